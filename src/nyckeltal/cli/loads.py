"""`nyckeltal loads`: what came in, when, and how much of it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from typing import Any

from nyckeltal.cli import opening, output

NAME = "loads"
HELP = "List the loads: what came in, when, from which file, and what became of it."
EXAMPLE = "nyckeltal loads --format json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    output.add_format(parser)


def run(args: argparse.Namespace) -> int:
    from nyckeltal.contacts.store import ContactStore

    opening.there(args.home)
    loads = ContactStore(args.home).loads().to_pylist()
    if args.format == "json":
        output.print_json([load | {"counts": json.loads(load["counts"]), "kinds": json.loads(load["kinds"])} for load in loads])
    else:
        output.print_table([_row(load) for load in loads], empty="Nothing has been loaded.")
    return 0


def _row(load: Mapping[str, Any]) -> dict[str, Any]:
    from nyckeltal.sources.report import rows_read

    counts = json.loads(load["counts"])
    of_table = {table: of for table, of in counts.items() if isinstance(of, dict)}
    sums = {name: sum(_n(of.get(name)) for of in of_table.values()) for name in ("new", "changed", "refused")}
    read = rows_read({table: _n(of.get("read")) for table, of in of_table.items()})
    row = {"load": load["load_id"], "at": load["loaded_at"], "state": load["state"], "source": load["source"], "client": load["client_id"]}
    return row | {"read": read} | sums | {"files": load["files"]}


def _n(count: Any) -> int:
    """Counts by reason are summed."""
    return sum(count.values()) if isinstance(count, dict) else count or 0
