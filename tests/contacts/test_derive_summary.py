"""A summary's words follow its row and its queue: corrected, described later, and taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nyckeltal.sources.load import load, undo
from tables import rows

SUMMARY = "Row id,Queue,Date,Calls offered,Calls answered,Calls abandoned\n1,help,2026-03-02,{},90,10\n2,help,2026-03-03,50,50,0\n"
MAPPING = {
    "fact": {"kind": "summary", "client": "one"},
    "key": {"columns": ["Row id"]},
    "columns": {"queue_id": "Queue", "started_at": "Date", "offered_n": "Calls offered", "answered_n": "Calls answered", "abandoned_n": "Calls abandoned"},
}
CALENDAR = {"fact": {"kind": "calendar", "source": "org"}, "columns": {name: name for name in ("calendar_id", "tz", "weekly", "holidays", "valid_from")}}
QUEUE = {"fact": {"kind": "queue", "client": "one", "source": "org"}, "columns": {"queue_id": "queue_id", "calendar_id": "calendar_id", "tz": "tz"}}


def _put(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def _of(home: Path, *words: str) -> list[tuple[Any, ...]]:
    return [tuple(row[word] for word in words) for row in sorted(rows(home, "summary").values(), key=lambda row: str(row["summary_id"]))]


def test_a_correction_replaces_the_row_and_an_undo_brings_it_back(home: Path, tmp_path: Path) -> None:
    load([_put(tmp_path, "march.csv", SUMMARY.format(100))], mapping=MAPPING, home=home)
    assert _of(home, "summary_id", "came_n", "in_hours") == [("one:1", 100, True), ("one:2", 50, True)]
    again = load([_put(tmp_path, "march2.csv", SUMMARY.format(101))], mapping=MAPPING, home=home)
    assert (again.facts["summary"].changed, again.facts["summary"].unchanged) == (1, 1)
    assert _of(home, "came_n") == [(101,), (50,)]
    undo(again.load_id, home=home)
    assert _of(home, "came_n") == [(100,), (50,)]


def test_a_queue_that_is_described_later_moves_its_summaries_and_their_hours(home: Path, tmp_path: Path) -> None:
    load([_put(tmp_path, "march.csv", SUMMARY.format(100))], mapping=MAPPING, home=home)
    calendar = "calendar_id,tz,weekly,holidays,valid_from\nc,Europe/Stockholm,mo-fr 08:00-17:00,2026,2026-01-01\n"
    load([_put(tmp_path, "calendar.csv", calendar)], mapping=CALENDAR, home=home)
    queue = load([_put(tmp_path, "queue.csv", "queue_id,calendar_id,tz\nhelp,c,Europe/Stockholm\n")], mapping=QUEUE, home=home)
    assert _of(home, "in_hours", "local_minute") == [(None, 60), (None, 60)]
    undo(queue.load_id, home=home)
    assert _of(home, "in_hours", "local_minute") == [(True, 0), (True, 0)]
