"""`nyckeltal refused`: the rows that were set aside, with file, line, field and reason; also as a file. Those that a later load has put
right since, or that somebody has settled, are left out unless they are asked for."""

from __future__ import annotations

import argparse
import csv
import getpass
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nyckeltal.cli import opening, output, usage

if TYPE_CHECKING:
    import pyarrow as pa

    from nyckeltal.contacts.store import ContactStore

NAME = "refused"
HELP = "List the rows that were refused, with file, line, field and reason, or export them."
EXAMPLE = "nyckeltal refused --out refused.csv"

COLUMNS = ("load_id", "fact", "file", "line", "cell", "field", "reason", "original")
SHOWN = ("load_id", "row_id", *COLUMNS[1:])


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("load", nargs="?", metavar="LOAD", help="only this load's rows (nyckeltal loads names them)")
    parser.add_argument("--out", type=Path, metavar="FILE.csv", help="write all of them there, as they stood in the file")
    parser.add_argument("--all", action="store_true", help="also those that a later load has put right since, or that are settled")
    parser.add_argument("--settle", action="store_true", help="say that nothing more is to be done about LOAD's refused rows: they leave the list")
    parser.add_argument("--reopen", action="store_true", help="let settled rows of LOAD stand open again")
    parser.add_argument("--row", action="append", metavar="ROW_ID", help="with --settle or --reopen: only this row (may be repeated)")
    parser.add_argument("--limit", type=usage.whole(0), default=100, metavar="N", help="print at most N (default 100; 0 prints all)")
    output.add_format(parser)


def run(args: argparse.Namespace) -> int:
    from nyckeltal.contacts.store import ContactStore
    from nyckeltal.sources.refused import refused_rows, still_refused

    opening.there(args.home)
    store = ContactStore(args.home)
    if args.settle or args.reopen or args.row:
        return _settle(store, args)
    if args.load is not None:
        store.ensure(args.load)
    every = refused_rows(store, args.load)
    rows = [row | {"cell": json.loads(row["values"] or "{}").get("cell")} for row in (every if args.all else still_refused(every)).to_pylist()]
    if len(rows) < len(every):
        print(_done_with(every), file=sys.stderr)
    if args.out:
        _export(rows, args.out)
        print(f"{len(rows):,} refused rows written to {args.out}", file=sys.stderr)
        return 0
    shown = rows[: args.limit] if args.limit else rows
    if args.format == "json":
        output.print_json(shown)
    else:
        columns = (*SHOWN, "corrected_by", "settled_at", "settled_by") if args.all else SHOWN
        output.print_table(shown, columns, empty="No row stands refused." if len(every) else "No row was refused.")
    if len(shown) < len(rows):
        print(f"… {len(rows) - len(shown):,} more; --limit 0 or --out FILE.csv gives all", file=sys.stderr)
    return 0


def _settle(store: ContactStore, args: argparse.Namespace) -> int:
    from nyckeltal.sources.refused import settle

    if args.settle == args.reopen or args.load is None:
        print("Say one of --settle and --reopen, and the LOAD whose rows it is about.", file=sys.stderr)
        return 2
    store.ensure(args.load)
    n = settle(store, args.load, args.row, settled=args.settle, now=datetime.now(UTC), by=getpass.getuser())
    print(f"{n:,} rows {'settled' if args.settle else 'opened again'}", file=sys.stderr)
    return 0


def _done_with(every: pa.Table) -> str:
    right = sum(load is not None for load in every.column("corrected_by").to_pylist())
    settled = sum(row["corrected_by"] is None and row["settled_at"] is not None for row in every.select(["corrected_by", "settled_at"]).to_pylist())
    parts = [f"{right:,} rows were put right by a later load"] * bool(right) + [f"{settled:,} rows are settled"] * bool(settled)
    return f"{', '.join(parts)}; --all lists them too"


def _export(rows: Sequence[Mapping[str, Any]], file: Path) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
