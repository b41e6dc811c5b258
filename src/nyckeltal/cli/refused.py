"""`nyckeltal refused`: the rows that were set aside, with file, line, field and reason; also as a file. Those that a later load has put
right since are left out unless they are asked for."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nyckeltal.cli import opening, output

NAME = "refused"
HELP = "List the rows that were refused, with file, line, field and reason, or export them."
EXAMPLE = "nyckeltal refused --out refused.csv"

COLUMNS = ("load_id", "fact", "file", "line", "cell", "field", "reason", "original")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("load", nargs="?", metavar="LOAD", help="only this load's rows (nyckeltal loads names them)")
    parser.add_argument("--out", type=Path, metavar="FILE.csv", help="write all of them there, as they stood in the file")
    parser.add_argument("--all", action="store_true", help="also those that a later load has put right since")
    parser.add_argument("--limit", type=int, default=100, metavar="N", help="print at most N (default 100; 0 prints all)")
    output.add_format(parser)


def run(args: argparse.Namespace) -> int:
    from nyckeltal.contacts.store import ContactStore
    from nyckeltal.sources.refused import refused_rows

    opening.there(args.home)
    found = [row | {"cell": json.loads(row["values"] or "{}").get("cell")} for row in refused_rows(ContactStore(args.home), args.load).to_pylist()]
    rows = [row for row in found if args.all or row["corrected_by"] is None]
    if len(rows) < len(found):
        print(f"{len(found) - len(rows):,} rows were put right by a later load; --all lists them too", file=sys.stderr)
    if args.out:
        _export(rows, args.out)
        print(f"{len(rows):,} refused rows written to {args.out}", file=sys.stderr)
        return 0
    shown = rows[: args.limit] if args.limit else rows
    if args.format == "json":
        output.print_json(shown)
    else:
        columns = (*COLUMNS, "corrected_by") if args.all else COLUMNS
        output.print_table(shown, columns, empty="No row stands refused." if found else "No row was refused.")
    if len(shown) < len(rows):
        print(f"… {len(rows) - len(shown):,} more; --limit 0 or --out FILE.csv gives all", file=sys.stderr)
    return 0


def _export(rows: Sequence[Mapping[str, Any]], file: Path) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
