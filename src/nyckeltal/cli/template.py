"""`nyckeltal template`: a table to fill in for any fact, as a workbook or CSV."""

from __future__ import annotations

import argparse
from pathlib import Path

from nyckeltal.cli import output
from nyckeltal.errors import CannotRead
from nyckeltal.words import Text

NAME = "template"
HELP = "Write a template to fill in: absences, schedules, months of finances, sales … Without a kind, list those there are."
EXAMPLE = "nyckeltal template absence --language sv\n  nyckeltal load absence.xlsx --mapping absences"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", nargs="?", metavar="KIND", help="the fact that the table tells, or event_log")
    parser.add_argument("--format", choices=("xlsx", "csv"), default="xlsx", help="default %(default)s")
    parser.add_argument("--language", choices=("en", "sv", "da", "hu", "fi"), default="en", help="of the headers (default %(default)s)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to write it (default KIND.xlsx here)")


def run(args: argparse.Namespace) -> int:
    from nyckeltal.sources import templates

    if args.kind is None:
        output.print_table([{"template": kind, "is": meaning} for kind, meaning in templates.listed()])
        return 0
    path: Path = args.out or Path(f"{args.kind}.{args.format}")
    written = templates.FORMATS[args.format][1](args.kind, args.language)
    if path.exists():
        raise CannotRead(Text("cli.template_there", "%(file)s is there already. Name another file with --out.", {"file": path}))
    path.write_bytes(written)
    print(path)
    return 0
