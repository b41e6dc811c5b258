"""How far a source's contacts reach, and the hours in which there are none although there should be some.

The rule: in the last seven days, a whole hour without a contact of the source counts as a gap where the same hour of the same weekday had at
least five contacts in at least three of the four weeks before. The running hour, and whatever lies behind the last catch-up, is not judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from nyckeltal.sources import cells

if TYPE_CHECKING:
    import duckdb

    from nyckeltal.contacts.store import Facts

LOOKED_AT, BEFORE = timedelta(days=7), 4
LEAST_CONTACTS, LEAST_WEEKS = 5, 3


@dataclass(frozen=True)
class Seen:
    """The moment of the source's latest contact, None where it has none, and the beginning of every hour that lacks them, UTC."""

    latest: datetime | None
    gaps: tuple[datetime, ...] = ()


def seen(facts: Facts, source: str, reaches: datetime) -> Seen:
    """By the contacts of the last five weeks."""
    from nyckeltal.contacts.upkeep import beside

    con = beside()
    try:
        facts.attach(con, "contact", sorted(_months(reaches)), "lately")
        con.execute(f"CREATE TEMP TABLE own AS SELECT offered_at, utc_offset_s FROM lately WHERE source = {cells.quote(source)}")
        end = reaches.replace(minute=0, second=0, microsecond=0)
        first, last = (f"TIMESTAMPTZ '{moment.isoformat()}'" for moment in (end - LOOKED_AT, end))
        found = _moments(con, _GAPS.replace("$first", first).replace("$last", last))
        return Seen(_latest(con, facts, source), tuple(moment for moment in found if moment))
    finally:
        con.close()


def _moments(con: duckdb.DuckDBPyConnection, query: str) -> list[datetime | None]:
    """The column `moment` of a query, in UTC."""
    rows = con.execute(query).to_arrow_table().to_pylist()
    return [datetime.fromtimestamp(row["moment"].timestamp(), UTC) if row["moment"] else None for row in rows]


def _latest(con: duckdb.DuckDBPyConnection, facts: Facts, source: str) -> datetime | None:
    """Of the last month in which it has any."""
    for month in sorted(facts.months("contact"), reverse=True):
        facts.attach(con, "contact", [month], "one_month")
        (found,) = _moments(con, f"SELECT max(offered_at) AS moment FROM one_month WHERE source = {cells.quote(source)}")
        if found:
            return found
    return None


def _months(reaches: datetime) -> set[str]:
    first = reaches - LOOKED_AT - timedelta(weeks=BEFORE)
    return {f"{first + timedelta(days=day):%Y-%m}" for day in range((reaches - first).days + 2)}


# Hours are told by the clock on the wall: the change to summer time moves what is usual.
_GAPS = f"""
WITH hours AS (SELECT time_bucket(INTERVAL 1 HOUR, (offered_at + to_seconds(coalesce(utc_offset_s, 0)))::TIMESTAMP) AS hour, count(*) AS n FROM own GROUP BY 1),
starts AS (SELECT unnest(generate_series($first, $last - INTERVAL 1 HOUR, INTERVAL 1 HOUR)) AS start),
asked AS (SELECT start, time_bucket(INTERVAL 1 HOUR, (start + to_seconds(coalesce(later.utc_offset_s, sooner.utc_offset_s, 0)))::TIMESTAMP) AS hour
    FROM starts ASOF LEFT JOIN own sooner ON start >= sooner.offered_at ASOF LEFT JOIN own later ON start <= later.offered_at),
usual AS (SELECT a.start, count(*) AS weeks FROM asked a JOIN hours h ON h.n >= {LEAST_CONTACTS} AND h.hour < a.hour
    AND h.hour >= a.hour - INTERVAL {BEFORE * 7} DAY AND dayofweek(h.hour) = dayofweek(a.hour) AND hour(h.hour) = hour(a.hour) GROUP BY 1)
SELECT a.start AS moment FROM asked a JOIN usual u USING (start) WHERE u.weeks >= {LEAST_WEEKS} AND a.hour NOT IN (SELECT hour FROM hours) ORDER BY 1
"""
