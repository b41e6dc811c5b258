"""`nyckeltal describe`: what a file or folder looks like, and a mapping file to start from; without a file, what a fact may hold."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.cli import output
from nyckeltal.errors import CannotRead
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.sources.describe import Description

MOST_COLUMNS, MOST_LETTERS = 12, 40
NAME = "describe"
HELP = "Say what a file looks like and propose a mapping file; without a file, list the facts there are, or the fields of one."
EXAMPLE = "nyckeltal describe calls.csv > calls.toml\n  nyckeltal describe --fact survey_response"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="file, or folder of files")
    parser.add_argument("--fact", metavar="KIND", help="which fact the file tells; without a file: list the fields of that fact")
    output.add_format(parser)


def run(args: argparse.Namespace) -> int:
    if args.file is None:
        return _fields(args) if args.fact else _facts(args)
    if args.file.is_dir():
        return _folder(args)
    from nyckeltal.sources.load import describe

    description = describe(args.file, fact=args.fact)
    if args.fact is None and description.says_nothing:
        raise _unrecognised(description)
    if args.format == "json":
        output.print_json(description.as_dict())
    else:
        print(description.mapping_toml(), end="")
    return 0


def _unrecognised(description: Description) -> CannotRead:
    english = (
        "%(file)s: nothing in it is recognised. It is no file of a system known here (nyckeltal load --list names them), and none of its columns has a name or "
        "values from which a fact could be told, such as when a contact began, how long somebody waited, who answered or how it ended. Its columns: "
        "%(columns)s. If it is such a table all the same, look at its header and separator, or say with --fact what it tells (nyckeltal describe lists the "
        "facts)."
    )
    columns = tuple(column.name[:MOST_LETTERS] for column in description.columns[:MOST_COLUMNS])
    return CannotRead(Text("cli.describe_nothing", english, {"file": description.file, "columns": columns or "–"}))


def _facts(args: argparse.Namespace) -> int:
    from nyckeltal.sources.fields import facts

    _print(args, [{"fact": kind, "is": meaning} for kind, meaning in facts()])
    return 0


def _fields(args: argparse.Namespace) -> int:
    from nyckeltal.sources.describe import known_fact
    from nyckeltal.sources.fields import fields

    rows = [asdict(field) for field in fields(known_fact(args.fact))]
    _print(args, [row | {"required": "yes" if row["required"] else ""} for row in rows] if args.format == "table" else rows)
    return 0


def _print(args: argparse.Namespace, rows: list[dict[str, object]]) -> None:
    if args.format == "json":
        output.print_json(rows)
    else:
        output.print_table(rows)


def _folder(args: argparse.Namespace) -> int:
    """Files of one form are described by one mapping; of a mixed folder each file's kind is told, and that is all."""
    from nyckeltal.sources.load import describe

    files = sorted(file for file in args.file.rglob("*") if file.is_file() and not file.name.startswith("."))
    if not files:
        raise CannotRead(Text("cli.describe_empty", "The folder %(folder)s holds no file.", {"folder": args.file}))
    found = [(file, describe(file, fact=args.fact)) for file in files]
    alike = len({(said.system, said.kind, tuple(column.name for column in said.columns)) for _, said in found}) == 1
    if args.format == "json":
        output.print_json([said.as_dict() for _, said in found])
    else:
        print("\n".join(_told(args.file, found, alike=alike)))
    return 0 if alike else 1


def _told(folder: Path, found: Sequence[tuple[Path, Description]], *, alike: bool) -> Iterator[str]:
    first = found[0][1]
    for file, said in found:
        looks = f"{said.system} file" if said.system else f"{said.kind}, {said.rows} rows, {'can be loaded as proposed' if said.complete else 'needs more'}"
        yield f"# {file.relative_to(folder)}: {looks}"
    if not alike:
        yield "# These files differ. Describe each of them by itself, and load them one kind at a time."
    elif first.system:
        yield f"# No mapping is needed: nyckeltal load --as {first.system} {folder}"
    else:
        most = max((said for _, said in found), key=lambda said: said.rows)
        yield f"# All have the same columns, so one mapping reads them together: nyckeltal load {folder} --mapping FILE.toml\n"
        yield most.mapping_toml().rstrip()
