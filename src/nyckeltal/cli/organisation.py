"""`nyckeltal organisation`: the organisation's tables as files, in the form in which `nyckeltal load` takes them back."""

from __future__ import annotations

import argparse
from pathlib import Path

from nyckeltal.cli import opening, output

NAME = "organisation"
HELP = "Write clients, queues, agreements, teams, people and reasons as files that can be changed and loaded again."
EXAMPLE = "nyckeltal organisation export organisation/ --as xlsx"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="export", required=True)
    export = verbs.add_parser("export", help="a file for each table that has rows", description="A file for each table that has rows.", allow_abbrev=False)
    export.add_argument("folder", type=Path, metavar="FOLDER", help="is made where it is not there; files of the same names are replaced")
    export.add_argument("--as", dest="form", choices=("csv", "xlsx"), default="csv", help="the form of the files (default %(default)s)")
    export.add_argument("--home", type=Path, metavar="FOLDER", default=argparse.SUPPRESS, help="may stand here too")
    output.add_format(export)


def run(args: argparse.Namespace) -> int:
    from nyckeltal.contacts.organisation import files
    from nyckeltal.contacts.organisation.rows import by_id
    from nyckeltal.contacts.store import ContactStore

    opening.there(args.home)
    facts = ContactStore(args.home).snapshot()
    written = files.export(facts, args.folder, args.form)
    rows = [{"table": path.stem, "rows": len(by_id(facts, path.stem)), "file": str(path)} for path in written]
    if args.format == "json":
        output.print_json(rows)
    else:
        output.print_table(rows, empty="There is no organisation yet, so there was nothing to write.")
    return 0
