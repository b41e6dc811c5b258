"""Data on standard output: JSON for scripts, a plain table for people."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any


def add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("table", "json"), default="table", help="table to read (default), json for scripts")


def print_json(data: object) -> None:
    json.dump(data, sys.stdout, ensure_ascii=False, indent=1, default=_plain)
    print()


def print_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str] | None = None, *, empty: str = "Nothing.") -> None:
    """Rows with the given columns, numbers to the right; on a terminal, text that is too long for its share of a line is cut."""
    if not rows:
        print(empty, end="\n" if empty else "")
        return
    names = list(columns or rows[0])
    cells = [[_cell(row.get(name)) for name in names] for row in rows]
    widest = _widest()
    widths = [min(widest, max(len(name), *(len(row[at]) for row in cells))) for at, name in enumerate(names)]
    right = [all(isinstance(row.get(name), int | float | None) for row in rows) for name in names]
    for line in ([name.upper() for name in names], *cells):
        print("  ".join(_fit(text, width, to_right=flush) for text, width, flush in zip(line, widths, right, strict=True)).rstrip())


def _widest() -> int:
    return max(20, shutil.get_terminal_size().columns // 2) if sys.stdout.isatty() else 200


def _fit(text: str, width: int, *, to_right: bool) -> str:
    cut = text if len(text) <= width else text[: width - 1] + "…"
    return cut.rjust(width) if to_right else cut.ljust(width)


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, list | tuple):
        return ", ".join(map(_cell, value))
    return " ".join(str(value).split())


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else str(value)
