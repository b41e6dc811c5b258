"""`nyckeltal load`: files into the store, told in counts; also lists the systems and takes a load back."""

from __future__ import annotations

import argparse
import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.cli import output
from nyckeltal.cli.progress import Line

if TYPE_CHECKING:
    from nyckeltal.sources.load import LoadReport

NAME = "load"
HELP = "Read files or folders into the store, or take a load back."
EXAMPLE = "nyckeltal load calls.csv --mapping calls.toml --client bank"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="file or folder")
    parser.add_argument("--as", dest="system", metavar="SYSTEM", help="the system the files come from, where they do not say it themselves")
    parser.add_argument("--mapping", type=Path, metavar="FILE.toml", help="how a table becomes facts (nyckeltal describe proposes one)")
    parser.add_argument("--client", metavar="ID", help="whose contacts they are, where the file does not say")
    parser.add_argument("--list", action="store_true", help="name the systems that can be read")
    parser.add_argument("--undo", metavar="LOAD", help="take this load back whole")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    parser.set_defaults(usage=parser.error)
    output.add_format(parser)


def run(args: argparse.Namespace) -> int:
    if args.list:
        return _list(args)
    if bool(args.paths) == bool(args.undo):
        args.usage("name files or folders to load, or --undo LOAD, or --list")
    report = _undo(args) if args.undo else _load(args)
    _say(report, args.format)
    return 1 if report.refused_n else 0


def _list(args: argparse.Namespace) -> int:
    from nyckeltal.sources.find import systems

    rows = [{"system": name, "reads": str(system.title)} for name, system in sorted(systems().items())]
    if args.format == "json":
        output.print_json(rows)
    else:
        output.print_table(rows, empty="No systems are built in; any table is read with --mapping.")
    return 0


def _load(args: argparse.Namespace) -> LoadReport:
    from nyckeltal.sources.load import load

    with Line(quiet=args.quiet) as progress:
        return load(args.paths, system=args.system, mapping=args.mapping, client=args.client, home=args.home, by=getpass.getuser(), progress=progress)


def _undo(args: argparse.Namespace) -> LoadReport:
    from nyckeltal.sources.load import undo

    return undo(args.undo, home=args.home)


def _say(report: LoadReport, form: str) -> None:
    if form == "json":
        output.print_json(report.as_dict())
        return
    print(report)
