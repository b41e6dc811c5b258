"""How far the facts of a load are known: per fact and client, from the first local day to the end of the last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.contacts.schema import TABLES
from nyckeltal.sources.reading import Setting
from nyckeltal.when import clock

if TYPE_CHECKING:
    import duckdb

Known = dict[str, dict[str, tuple[datetime, datetime]]]
_placed_by = {"case": "opened_at", "segment": "started_at"}


def coverage(con: duckdb.DuckDBPyConnection, facts: Mapping[str, Sequence[Path]], setting: Setting, zone: str | None) -> Known:
    """Per fact and client ("" where the fact names none) what the load covers; a contact's visits and segments go with it."""
    known: Known = {}
    for table, paths in facts.items():
        described = TABLES[table]
        if described.family != "fact" or not paths:
            continue
        placed = _placed_by.get(table, described.placed_by)
        client = "coalesce(client_id, '')" if "client_id" in described and not described["client_id"].derived else "''"
        listed = ", ".join(f"'{path}'" for path in paths)
        query = f"SELECT {client}, epoch_us(min({placed})), epoch_us(max({placed})) FROM read_parquet([{listed}]) GROUP BY 1 HAVING min({placed}) IS NOT NULL"
        known[table] = {
            name: _days(first, last, zone or setting.known_clients.get(name) or setting.zone or "UTC", setting.now)
            for name, first, last in con.execute(query).fetchall()
        }
    if "contact" in known:
        for derived in ("queue_visit", "segment"):
            known[derived] = known["contact"]
    return {table: found for table, found in known.items() if found}


def _days(first_us: int, last_us: int, zone: str, now: datetime) -> tuple[datetime, datetime]:
    start = datetime(1970, 1, 1, tzinfo=UTC)
    here = clock.zone(zone)
    first, last = ((start + timedelta(microseconds=moment)).astimezone(here).date() for moment in (first_us, last_us))
    end = clock.midnight(last + timedelta(days=1), zone)
    return clock.midnight(first, zone), min(now, end)
