"""`nyckeltal verify`: loads public data sets, asks for their published figures, and writes down where we agree."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nyckeltal.cli import published, scenarios
from nyckeltal.cli.published import Compared
from nyckeltal.cli.scenarios import Cell
from nyckeltal.errors import CannotRead
from nyckeltal.words import Text

NAME = "verify"
HELP = "Load public data sets, compare their published figures, and write docs/verification.md. For developers, from a clone."
EXAMPLE = "nyckeltal verify --data ../shared/data"

XIVO = "xivo-queue-log"
HEAD = """# Verification

Public data sets that were not made for nyckeltal, and the figures that it must give for them. Written by `make verify`, which loads each set into a
store of its own with the mapping in `tests/real_data/mappings` and asks as shown, also for key figures of our own in `tests/real_data/kpi`; not edited by
hand. Nobody's data is copied here.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    data = Path(os.environ.get("NYCKELTAL_SHARED_DATA") or "../shared/data")
    parser.add_argument("--data", type=Path, default=data, metavar="FOLDER", help="folder with the data sets (default %(default)s)")
    parser.add_argument(
        "--expected", type=Path, default=Path("tests/real_data/expected.toml"), metavar="FILE", help="what they must give (default %(default)s)"
    )
    parser.add_argument("--out", type=Path, default=Path("docs/verification.md"), metavar="FILE", help="where to write (default %(default)s)")


def run(args: argparse.Namespace) -> int:
    for needed in (args.data, args.expected):
        if not needed.exists():
            raise CannotRead(Text("cli.not_there", "There is no %(path)s. Run this in a clone, and name the data sets with --data.", {"path": needed}))
    parts, wrong = [HEAD], 0
    for text, differing in (*_sets(args), _xivo(args.data / XIVO, "queue"), _xivo(args.data / XIVO, "agent")):
        parts.append(text)
        wrong += differing
    args.out.write_text("\n".join(parts), encoding="utf-8")
    print(f"{args.out}: {'everything agrees' if not wrong else f'{wrong} figures differ'}")
    return 1 if wrong else 0


def _sets(args: argparse.Namespace) -> list[tuple[str, int]]:
    return [_set(described, args) for described in published.sets(args.expected)]


def _set(described: dict[str, Any], args: argparse.Namespace) -> tuple[str, int]:
    print(described["title"], file=sys.stderr)
    with tempfile.TemporaryDirectory() as home:
        report = published.load_set(described, data=args.data, mappings=args.expected.parent / "mappings", home=Path(home))
        compared = list(published.compare_set(described, home=Path(home)))
    return _written(described, report, compared), sum(not each.agrees for each in compared)


def _written(described: dict[str, Any], report: Any, compared: Sequence[Compared]) -> str:
    lines = [
        f"## {described['title']}",
        "",
        f"`{described['folder']}`, loaded with `{described.get('mapping') or described['system']}`: {_counts(report)}.",
        "",
    ]
    lines += ["| figure | asked | expected | found | published | agrees |", "|---|---|---|---|---|---|", *map(_line, compared), ""]
    return "\n".join(lines)


def _counts(report: Any) -> str:
    counts = report.as_dict()["facts"]
    return "; ".join(f"{fact}: {of['read']:,} read, {of['new']:,} new" for fact, of in counts.items() if of.get("read"))


def _line(compared: Compared) -> str:
    found = {key: compared.found.get(key) for key in compared.expected}
    asked = compared.command.replace("|", "\\|")
    agrees = "yes" if compared.agrees else f"**no**: {', '.join(compared.differing)}"
    return f"| {compared.say} | `{asked}` | {_said(compared.expected)} | {_said(found)} | {compared.published or ''} | {agrees} |"


def _said(values: Any) -> str:
    if set(values) <= {"", "numerator", "denominator"}:
        rests = f" ({_number(values['numerator'])} / {_number(values['denominator'])})" if "numerator" in values else ""
        return f"{_number(values[''])}{rests}"
    return ", ".join(f"{key} {_number(value)}" for key, value in values.items())


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.4f}".rstrip("0").rstrip(".")


def _xivo(folder: Path, kind: str) -> tuple[str, int]:
    """The vendor's tables, cell by cell."""
    print(f"XiVO queue_log, {kind} scenarios", file=sys.stderr)
    rows, wrong, total = [], 0, 0
    for scenario in scenarios.scenarios(folder, kind):
        with tempfile.TemporaryDirectory() as home:
            found = list(scenarios.cells(scenario, home=Path(home)))
        differing = [cell for cell in found if not cell.agrees]
        rows.append(f"| {scenario.name} | {len(found)} | {len(found) - len(differing)} | {'; '.join(map(_cell, differing))} |")
        wrong, total = wrong + len(differing), total + len(found)
    lines = [f"## XiVO/Wazo queue_log: {len(rows)} {kind} scenarios, {total - wrong} of {total} cells", ""]
    lines += [
        "Expected: the statistics that the vendor's own acceptance tests demand.",
        "",
        "| scenario | cells | agree | differ |",
        "|---|---|---|---|",
        *rows,
        "",
    ]
    return "\n".join(lines), wrong


def _cell(cell: Cell) -> str:
    return f"{cell.about} {cell.row} {cell.column}: expected {cell.expected or 'nothing'}, found {cell.found or 'nothing'}"
