"""Puzzel's call events, with what only a call's other events tell: whether it ever left the menu, and whether it went on from a queue."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from nyckeltal.sources.ready import beginning, rewritten
from nyckeltal.sources.tables.text import plain

IN_QUEUE, WITH_AGENT, BEGINS = "q", "c", "i"


def told_whole(file: Path, folder: Path) -> Path:
    """The same rows in a file of the same name; in `answered` stands "menu" for a call that met no queue, "overflowed" for a queue that it went on from."""
    with plain(file, folder).path.open(encoding="utf-8", newline="") as said:
        _, mark, names = beginning(said)
        calls = _Calls(dict(zip(names, row, strict=True)) for row in csv.reader(said, delimiter=mark) if len(row) == len(names))
    return rewritten(file, folder, lambda row: row | {"answered": calls.answered(row)})


class _Calls:
    """The last place of each call at which it was in a queue, and of those that met a queue or an agent at all."""

    def __init__(self, rows: Iterable[dict[str, str]]) -> None:
        self.queued: dict[str, int] = {}
        self.met: set[str] = set()
        self.last: datetime | None = None
        for row in rows:
            call, kind, at = row["call_id"], row["event_type"], _moment(row["dte_start"])
            self.last = max(filter(None, (self.last, at)), default=None)
            if kind in (IN_QUEUE, WITH_AGENT):
                self.met.add(call)
            if kind == IN_QUEUE:
                self.queued[call] = max(_number(row["call_sequence"]), self.queued.get(call, 0))

    def answered(self, row: dict[str, str]) -> str:
        kind, call = row["event_type"], row["call_id"]
        if kind == IN_QUEUE and row["answered"] == "0" and _number(row["call_sequence"]) < self.queued[call]:
            return "overflowed"
        began = _moment(row["dte_start"])
        ends = began + timedelta(seconds=_number(row["duration_tot_sec"])) if began else None
        over = ends is not None and self.last is not None and ends <= self.last  # else the next file may tell more
        return "menu" if kind == BEGINS and call not in self.met and over else row["answered"]


def _number(said: str) -> int:
    return int(said) if said.isdigit() else 0


def _moment(said: str) -> datetime | None:
    try:
        return datetime.fromisoformat(said.strip())
    except ValueError:
        return None
