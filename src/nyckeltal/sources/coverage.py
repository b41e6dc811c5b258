"""How far the facts of a load are known: per fact and client, from the first local day to the end of the last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.contacts.schema import TABLES
from nyckeltal.sources.placing import placed_by, span_of
from nyckeltal.sources.reading import Setting
from nyckeltal.when import clock

if TYPE_CHECKING:
    import duckdb

Known = dict[str, dict[str, tuple[datetime, datetime]]]


def coverage(con: duckdb.DuckDBPyConnection, facts: Mapping[str, Sequence[Path]], setting: Setting, zone: str | None) -> Known:
    """Per fact and client ("" where the fact names none) what the load covers; a contact's visits and segments go with it.

    What is placed in a month or week is known until its end.
    """
    known: Known = {}
    for table, paths in facts.items():
        described = TABLES[table]
        placed = placed_by(table)
        if described.family != "fact" or not paths or placed is None:
            continue
        client = "coalesce(client_id, '')" if "client_id" in described and not described["client_id"].derived else "''"
        listed = ", ".join(f"'{path}'" for path in paths)
        least, most = (f"{found}({placed})" if described[placed].kind == "date" else f"epoch_us({found}({placed}))" for found in ("min", "max"))
        query = f"SELECT {client}, {least}, {most} FROM read_parquet([{listed}]) GROUP BY 1 HAVING {least} IS NOT NULL"
        known[table] = {
            name: _days(first, last, span_of(table), zone or setting.known_clients.get(name) or setting.zone or "UTC", setting.now)
            for name, first, last in con.execute(query).fetchall()
        }
    if "contact" in known:
        for derived in ("queue_visit", "segment"):
            known[derived] = known["contact"]
    return {table: found for table, found in known.items() if found}


def _days(first: date | int, last: date | int, span: str, zone: str, now: datetime) -> tuple[datetime, datetime]:
    start, end = _local_day(first, zone), _after(_local_day(last, zone), span)
    return clock.midnight(start, zone), min(now, clock.midnight(end, zone))


def _local_day(placed: date | int, zone: str) -> date:
    """A moment is given in microseconds since 1970."""
    if isinstance(placed, date):
        return placed
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=placed)).astimezone(clock.zone(zone)).date()


def _after(day: date, span: str) -> date:
    """The first day after the day, week or month that begins with it."""
    if span == "month":
        return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return day + timedelta(days=7 if span == "week" else 1)
