"""A home folder filled with made-up contacts as anybody would fill it: by mappings and loads, in order of time."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import contacts
from nyckeltal.contacts.store import ContactStore
from nyckeltal.kpi.rollup import held
from nyckeltal.kpi.upkeep import keep, worth
from nyckeltal.sources.load import load

CONTACT = """[fact]
kind = "contact"
source = "bench"
[key]
columns = ["id"]
[columns]
client_id = "client"
queue_id = "queue"
channel = { is = "voice" }
offered_at = "offered_at"
wait_s = "wait_s"
outcome = "outcome"
customer_key = "customer"
reason_id = "reason"
agent_id = "agent"
talk_s = "talk_s"
hold_s = "hold_s"
acw_s = "acw_s"
end_kind = "ending"
"""
ANSWER = """[fact]
kind = "survey_response"
source = "bench"
[key]
columns = ["id"]
[columns]
client_id = "client"
question_id = { is = "satisfied" }
scale = { is = "1_5" }
value = "mark"
answered_at = "answered_at"
"""
ROWS_A_LOAD = 10_000_000  # as many months at once as come to about so many contacts


@dataclass(frozen=True)
class Home:
    """What was filled: how many contacts, in how many seconds of loading, from which files."""

    folder: Path
    rows: int
    seed: int
    load_s: float
    files: Path
    mapping: Path


def filled(folder: Path, rows: int, seed: int) -> Home:
    """The home in `folder`; one that was filled with the same by an earlier run is used again."""
    place = folder / f"{rows}-{seed}"
    home, files, mapping, mark = place / "home", place / "files", place / "contact.toml", place / "filled.json"
    if not mark.exists():
        files.mkdir(parents=True)
        mapping.write_text(CONTACT, encoding="utf-8")
        (place / "answer.toml").write_text(ANSWER, encoding="utf-8")
        _organise(place, home)
        with _setting(keep.NEVER):  # they are made once, when all is in
            took_s = _fill(place, home, files, rows, seed)
        mark.write_text(json.dumps({"load_s": took_s}), encoding="utf-8")
    return Home(home, rows, seed, json.loads(mark.read_text(encoding="utf-8"))["load_s"], files, mapping)


def with_sums(home: Home, *, few: bool = False) -> float | None:
    """Seconds of making sums by day of a home that is filled, where it is so large that the product would; made by an earlier run they are used
    again. `few`: however small, and of them only those of which there are few however many the rows."""
    mark, snapshot = home.folder.parent / "sums.json", ContactStore(home.folder).snapshot()
    if held.of(snapshot) is None or not mark.exists():
        began, every = time.perf_counter(), worth.cuts
        worth.cuts = lambda request, facts: [cut for cut in every(request, facts) if cut.by_client or not few]
        with _setting("0" if few else None):
            keep.keep(home.folder)
        worth.cuts = every
        mark.write_text(json.dumps({"sums_s": time.perf_counter() - began}), encoding="utf-8")
    return float(json.loads(mark.read_text(encoding="utf-8"))["sums_s"]) if held.of(snapshot) else None


@contextmanager
def _setting(value: str | None) -> Iterator[None]:
    """From how many rows on sums are kept, for a while."""
    before = os.environ.pop(keep.SETTING, None)
    os.environ |= {} if value is None else {keep.SETTING: value}
    try:
        yield
    finally:
        os.environ.pop(keep.SETTING, None)
        os.environ |= {} if before is None else {keep.SETTING: before}


def _organise(place: Path, home: Path) -> None:
    for table, lines in contacts.organisation().items():
        file = place / f"{table}.csv"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        columns = {name: name for name in lines[0].split(",")}
        load([file], mapping={"fact": {"kind": table, "source": "organisation"}, "columns": columns}, home=home)


def _fill(place: Path, home: Path, files: Path, rows: int, seed: int) -> float:
    """Seconds of loading contacts and answers; drawing them is not counted."""
    took_s = 0.0
    for name in ("contact", "answer"):
        with contacts.Drawing(rows, seed) as drawing:
            months = drawing.written(files, name, rows)
        together = max(1, len(months) * ROWS_A_LOAD // rows)
        for start in range(0, len(months), together):
            began = time.perf_counter()
            load(months[start : start + together], mapping=place / f"{name}.toml", home=home)
            took_s += time.perf_counter() - began
    return took_s
