"""On which local days each fact was touched by each change of the store: written for what is kept by day beside the facts, where anything is."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.contacts import columns
from nyckeltal.contacts.schema import TABLES
from nyckeltal.contacts.upkeep import FACTS, MADE

if TYPE_CHECKING:
    from nyckeltal.contacts.change import Change

FOLDER = "rollup"
Touched = dict[str, dict[str, list[date]]]  # fact → which of its columns of days → the days

_KEYS = {TABLES[fact].key: fact for fact in FACTS if not TABLES[fact].made}


def is_on(home: Path) -> bool:
    """Whether anything is kept by day."""
    return (home / FOLDER).is_dir()


def note(change: Change, table: str, relation: str = "difference") -> None:
    """Remember which rows of a fact differ: `relation` has their ids as `id`."""
    if is_on(change.snapshot.home):
        change.run(f"create or replace temp table differing_{table} as select id from {relation}")
        change.differing.append(table)


def touched(change: Change, there: Collection[str]) -> Touched:
    """The days on which rows of each fact came, went or changed, or on which those that they link to did; `there`: the relations that have rows."""
    if not change.differing:
        return {}
    found: Touched = {}
    for table in FACTS:
        parts = list(_touching(change, table, there))
        if parts:
            found[table] = {day: _days(change, table, day, parts) for day in day_columns(table)}
    return found


def day_columns(table: str) -> list[str]:
    return [name for name, kind in columns.types(table).items() if kind == "date"]


def _touching(change: Change, table: str, there: Collection[str]) -> Iterable[str]:
    """Where touched rows are, and how they are told: by themselves, then and now; and by what they link to."""
    if table in change.differing:
        yield from (f"{own} where {TABLES[table].key} in (from differing_{table})" for own in (MADE[table], f"old_{table}") if own in there)
        yield from [f"turned_{table} where true"] if f"turned_{table}" in there else []
    linked = [(link, fact) for link, fact in _KEYS.items() if fact != table and fact in change.differing and link in columns.types(table)]
    yield from (f"{MADE[table]} where {link} in (from differing_{fact})" for link, fact in linked if MADE[table] in there)


def _days(change: Change, table: str, day: str, parts: Iterable[str]) -> list[date]:
    """What lasts touches every day from before it begins till after it ends, whoever's clock is looked at."""
    lasts = day == "local_date" and {"started_at", "ended_at"} <= columns.types(table).keys()
    last = f"greatest({day}, coalesce(ended_at, started_at)::date) + 1" if lasts else day
    first = f"least({day}, started_at::date) - 1" if lasts else day
    each = " union ".join(f"select unnest(generate_series({first}, {last}, interval 1 day))::date as day from {part} and {day} is not null" for part in parts)
    return [row["day"] for row in change.rows(f"select distinct day from ({each}) order by 1")]


def write(home: Path, before: str, after: str, days: Mapping[str, Mapping[str, Sequence[date]]]) -> None:
    """Put beside what is kept by day what leads from one state to the next; called before that is in force. Of a state that was left twice the
    last way out counts."""
    if not is_on(home):
        return
    path = _path(home, before)
    new = path.with_suffix(f".{os.getpid()}")
    plain = {table: {column: [day.isoformat() for day in each] for column, each in told.items()} for table, told in days.items()}
    new.write_text(json.dumps({"after": after, "days": plain}), "utf-8")
    new.replace(path)


def between(home: Path, before: str, after: str) -> Touched | None:
    """What was touched on the way from one state to another; None where the way is not known."""
    found: Touched = {}
    state, seen = before, set[str]()
    while state != after:
        path = _path(home, state)
        if state in seen or not path.exists():
            return None
        seen.add(state)
        told = json.loads(path.read_text("utf-8"))
        for table, by_column in told["days"].items():
            for column, days in by_column.items():
                known = found.setdefault(table, {}).setdefault(column, [])
                known += [date.fromisoformat(day) for day in days]
        state = told["after"]
    return found


def forget(home: Path, state: str) -> None:
    """Remove what leads elsewhere than from this state."""
    for path in (home / FOLDER).glob("from-*.json"):
        if path != _path(home, state):
            path.unlink(missing_ok=True)


def _path(home: Path, state: str) -> Path:
    return home / FOLDER / f"from-{state}.json"
