"""The vendor's own statistics of XiVO/Wazo queue logs, scenario by scenario: each cell is asked as a key figure and compared as the vendor writes it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

COUNTS: dict[str, dict[str, Any]] = {
    "Received": {"ask": "contacts_offered"},
    "Answered": {"ask": "contacts_handled"},
    "Abandoned": {"ask": "contacts_offered", "outcome": "abandoned"},
    "Blocking": {"ask": "contacts_offered", "outcome": "blocked"},
    "Closed": {"ask": "contacts_offered", "outcome": "closed"},
    "Saturated": {"ask": "contacts_offered", "outcome": "saturated"},
}
VALUES: dict[str, dict[str, Any]] = {
    "AWT": {"ask": "asa", "variant": "all"},
    "Answered rate": {"ask": "answer_rate", "variant": "all"},
    "QoS": {"ask": "service_level", "variant": "answered_only"},
}
STATES = {"Login": lambda state: state != "logged_out", "Pause": lambda state: state == "break"}


@dataclass(frozen=True)
class Cell:
    """One cell of one expected table; `found` as the vendor would write it."""

    scenario: str
    about: str
    row: str
    column: str
    expected: str
    found: str

    @property
    def agrees(self) -> bool:
        return self.expected == self.found


@dataclass(frozen=True)
class Span:
    """What one row of a table covers: part of a day, or whole days."""

    label: str
    start: datetime
    end: datetime
    per: str | None

    @property
    def period(self) -> str | None:
        return {"hour": self.start.strftime("%Y-%m-%dT%H:%M+00:00"), "day": self.start.strftime("%Y-%m-%d")}.get(self.per or "")

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last."""
        return self.start.date(), (self.end - timedelta(microseconds=1)).date()


def scenarios(folder: Path, kind: str) -> list[Path]:
    """The folders of `kind` (queue or agent)."""
    return sorted(found.parent for found in folder.glob(f"{kind}-*/scenario.json"))


def cells(scenario: Path, *, home: Path, log: str = "queue_log") -> Iterator[Cell]:
    """Load the scenario's log into `home` and compare every cell."""
    from nyckeltal.sources.load import load

    load([scenario / log], system="queue_log", client="xivo", home=home)
    said = json.loads((scenario / "scenario.json").read_text(encoding="utf-8"))
    for table in said["expected"]:
        for label, row in table["rows"].items():
            span = _span(label, table, said)
            for column, expected in zip(table["columns"], row, strict=True):
                found = _found(column, table["name"], span, said, home)
                yield Cell(scenario.name, f"{table['on']} {table['name']}", label, column, expected, found)


def _span(label: str, table: Mapping[str, Any], said: Mapping[str, Any]) -> Span:
    """Rows are named "8h-9h", "Monday 30" or "Total"; the total covers the window of the report."""
    first = datetime.fromisoformat(table["date"]).replace(tzinfo=UTC)
    if hours := re.fullmatch(r"(\d+)h-(\d+)h", label):
        return Span(label, first + timedelta(hours=int(hours[1])), first + timedelta(hours=int(hours[2])), "hour")
    names = [name for name in table["rows"] if name != "Total"]
    if label != "Total":
        at = first + timedelta(days=names.index(label))
        return Span(label, at, at + timedelta(days=1), "day")
    if table["granularity"] == "weekly":
        return Span(label, first, first + timedelta(days=len(names)), None)
    window = next(each for each in said["configurations"] if each["name"] == table["configuration"])
    return Span(label, first + _clock(window["work_start"]), first + _clock(window["work_end"]), None)


def _clock(text: str) -> timedelta:
    hours, minutes = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def _found(column: str, name: str, span: Span, said: Mapping[str, Any], home: Path) -> str:
    if column in STATES:
        return _duration(_state_s(column, name, span, home))
    if column in COUNTS:
        return f"{sum(figure.value or 0 for figure in _asked(COUNTS[column], name, span, said, home)):.0f}"
    values = [figure.value for figure in _asked(VALUES[column], name, span, said, home) if figure.value is not None]
    if not values:
        return ""
    return _duration(math.floor(values[0])) if column == "AWT" else f"{values[0] * 100:.0f} %"


def _asked(question: Mapping[str, Any], name: str, span: Span, said: Mapping[str, Any], home: Path) -> list[Any]:
    """The figures of this queue or agent in this span."""
    from nyckeltal.kpi.ask import ask

    level = "queue" if said["expected"][0]["on"] == "queue" else "agent"
    by = [level, "outcome"] if "outcome" in question else [level]
    within = {"within": said["qos_threshold_seconds"]} if question["ask"] == "service_level" else None
    start, end = span.days
    figures = ask(question["ask"], by=by, per=span.per, start=start, end=end, variant=question.get("variant"), set=within, floor=0, home=home)
    return [
        figure
        for figure in figures
        if _same_name(figure.by[level], name) and figure.period == span.period and figure.by.get("outcome") == question.get("outcome")
    ]


def _same_name(found: Any, name: str) -> bool:
    """The log writes an agent as Agent/12, the tables as 12."""
    return str(found).rpartition("/")[2] == name


def _state_s(column: str, name: str, span: Span, home: Path) -> float:
    """Seconds in the state within the span, from the agent's state rows; a state that lasts reaches to the end of the span."""
    total = 0.0
    for row in _state_rows(home):
        if _same_name(row["agent_id"], name) and STATES[column](row["state"]):
            ended = min(row["ended_at"] or span.end, span.end)
            total += max(0.0, (ended - max(row["started_at"], span.start)).total_seconds())
    return total


def _state_rows(home: Path) -> list[dict[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from nyckeltal.contacts.store import ContactStore

    files = ContactStore(home).snapshot().files("agent_state")
    return pa.concat_tables([pq.read_table(file, partitioning=None) for file in files]).to_pylist() if files else []


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest:02}"
