"""Stretches of time cut at local midnight, and at quarters of an hour where the hour is asked for (reference 9.3.2), so that each piece belongs
to the day and slot it lies in. Between two changes of its clock a zone is a fixed number of seconds away from UTC: so all is arithmetic."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import ibis

from nyckeltal.contacts.schema import TABLES
from nyckeltal.errors import UserMistake
from nyckeltal.kpi.engine.shape import first_mark
from nyckeltal.kpi.engine.zones import zones_named
from nyckeltal.when.clock import zone
from nyckeltal.when.period import Grain, Period, add_months

if TYPE_CHECKING:
    import pyarrow as pa

    from nyckeltal.kpi.compile import Scan
    from nyckeltal.kpi.organisation import Organisation

PLACED = ("local_date", "local_minute", "utc_offset_s", "duration_s")
_DAY_US, _QUARTER_US, _MINUTE_US, _SECOND_US = 86_400_000_000, 900_000_000, 60_000_000, 1_000_000
_FAR_US = 2**62
_epoch = datetime(1970, 1, 1, tzinfo=UTC)
# whose zone a row has, first the nearest: who is at work, else the queue, else the client (what the file says comes last)
_WHOSE = {"zone_of_agent": "agent_id", "zone_of_queue": "queue_id", "zone_of_client": "client_id"}


def words_for(scan: Scan) -> set[str]:
    """The columns without which a row cannot be cut."""
    needed = ("started_at", "ended_at", "local_date", "utc_offset_s", "zone", *_WHOSE.values())
    return {word for word in needed if word in TABLES[scan.over]}


def clocks_of(scan: Scan, organisation: Organisation) -> dict[str, pa.Table]:
    """The small tables that rows are cut by: who has which zone, and when each zone was how far from UTC."""
    import pyarrow as pa

    zones = {
        "zone_of_agent": {row["agent_id"]: row["tz"] for row in organisation.rows("agent")},
        "zone_of_queue": {row["queue_id"]: row["tz"] for row in organisation.rows("queue")},
        "zone_of_client": organisation.zones,
    }
    there = {name: {key: tz for key, tz in zones[name].items() if tz and _is_known(tz)} for name, key in _WHOSE.items() if key in TABLES[scan.over]}
    used = {*(tz for found in there.values() for tz in found.values()), *filter(_is_known, zones_named(organisation.facts, scan.over)), "UTC"}
    tables = {name: pa.table({"key": pa.array(list(found), pa.string()), "zone": pa.array(list(found.values()), pa.string())}) for name, found in there.items()}
    return {**tables, "offsets": _offsets(frozenset(used), _reach(scan, organisation))}


def _is_known(name: str) -> bool:
    try:
        zone(name)
    except UserMistake:
        return False
    return True


def _reach(scan: Scan, organisation: Organisation) -> Period:
    """The days on which rows of the scan may lie."""
    months = organisation.facts.months(scan.over) or ["2026-01"]
    known = [month for month in months if month[:1].isdigit()] or ["2026-01"]
    return Period(add_months(Period.of(known[0]).start, -1), add_months(Period.of(known[-1]).end, 1))


@lru_cache(maxsize=64)
def _offsets(zones: frozenset[str], reach: Period) -> pa.Table:
    """For every zone the stretches in which it kept one distance from UTC; the first and the last have no end."""
    import pyarrow as pa

    rows = [{"zone": name, "from_us": start, "until_us": end, "offset_s": offset} for name in sorted(zones) for start, end, offset in _kept(name, reach)]
    kinds = [("zone", pa.string()), ("from_us", pa.int64()), ("until_us", pa.int64()), ("offset_s", pa.int64())]
    return pa.Table.from_pylist(rows, pa.schema([pa.field(*kind) for kind in kinds]))


def _kept(name: str, reach: Period) -> Iterator[tuple[int, int, int]]:
    """Every hour is asked on days that differ from the next; no zone changes its clock but at a quarter."""
    tz = zone(name)

    def offset_at(moment: datetime) -> int:
        return int((moment.astimezone(tz).utcoffset() or timedelta()) / timedelta(seconds=1))

    days = [datetime(day.year, day.month, day.day, tzinfo=UTC) for day in _days(reach)]
    start, before = -_FAR_US, offset_at(days[0])
    for day in days:
        if offset_at(day + timedelta(days=1)) == before:
            continue
        change = next(at for at in (day + timedelta(minutes=15 * quarter) for quarter in range(97)) if offset_at(at) != before)
        yield start, _microseconds(change), before
        start, before = _microseconds(change), offset_at(change)
    yield start, _FAR_US, before


def _days(reach: Period) -> Iterator[date]:
    for number in range((reach.end - reach.start).days):
        yield reach.start + timedelta(days=number)


def _microseconds(moment: datetime) -> int:
    return (moment - _epoch) // timedelta(microseconds=1)


def pieces(rows: ibis.Table, scan: Scan, tables: Collection[str]) -> ibis.Table:
    """The rows in pieces: `duration_s` and all that places a row are the piece's. What has not ended has no length yet."""
    rows = rows.filter(rows["ended_at"].notnull() & (rows["ended_at"] > rows["started_at"]))
    if scan.first:
        rows = rows.filter(rows["ended_at"] >= (ibis.literal(first_mark).cast("date") - ibis.interval(days=1)).cast("timestamp('UTC')"))
    rows = _with_offsets(rows, tables)
    rows = rows.mutate(
        piece_from=ibis.greatest(_us(rows["started_at"]), rows["offsets__from_us"].fill_null(-_FAR_US)) + rows["offset_us"],
        piece_until=ibis.least(_us(rows["ended_at"]), rows["offsets__until_us"].fill_null(_FAR_US)) + rows["offset_us"],
    )
    step = _DAY_US if scan.split is Grain.DAY else _QUARTER_US
    rows = rows.mutate(slot=ibis.range(_whole(rows["piece_from"], step), _whole(rows["piece_until"] - 1, step) + 1).unnest())
    rows = rows.mutate(
        piece_from=ibis.greatest(rows["piece_from"], rows["slot"] * step), piece_until=ibis.least(rows["piece_until"], (rows["slot"] + 1) * step)
    )
    days = _whole(rows["piece_from"], _DAY_US)
    placed = {
        "local_date": (ibis.literal(date(1970, 1, 1)) + days.as_interval("D")).cast("date"),
        "local_minute": _whole(rows["piece_from"] - days * _DAY_US, _MINUTE_US),
        "utc_offset_s": _whole(rows["offset_us"], _SECOND_US),
        "duration_s": (rows["piece_until"] - rows["piece_from"]).cast("float64") / float(_SECOND_US),
    }
    return rows.mutate(**placed)


def _with_offsets(rows: ibis.Table, tables: Collection[str]) -> ibis.Table:
    """Each row beside every stretch of its zone that it meets; of no known zone it keeps the distance it began with."""
    found: list[str] = []
    for name, key in _WHOSE.items():
        if name in tables:
            whose = ibis.table({"key": "string", "zone": "string"}, name=name).rename(lambda column, name=name: f"{name}__{column}")
            rows = rows.left_join(whose, rows[key] == whose[f"{name}__key"])
            found.append(f"{name}__zone")
    found += ["zone"] if "zone" in rows.columns else []
    rows = rows.mutate(own_zone=ibis.coalesce(*(rows[name] for name in found), ibis.literal(None, "string")))
    kept = ibis.table({"zone": "string", "from_us": "int64", "until_us": "int64", "offset_s": "int64"}, name="offsets")
    kept = kept.rename(lambda column: f"offsets__{column}")
    meets = [rows["own_zone"] == kept["offsets__zone"], _us(rows["started_at"]) < kept["offsets__until_us"], _us(rows["ended_at"]) > kept["offsets__from_us"]]
    rows = rows.left_join(kept, meets)
    return rows.mutate(offset_us=rows["offsets__offset_s"].coalesce(rows["utc_offset_s"], 0) * _SECOND_US)


def _microseconds_since_1970(moment: Any) -> Any:
    """DuckDB's own function; an engine that has none by that name is taught it."""


epoch_us: Any = ibis.udf.scalar.builtin(_microseconds_since_1970, name="epoch_us", signature=(("timestamp('UTC')",), "int64"))


def _us(moment: Any) -> Any:
    return epoch_us(moment.cast("timestamp('UTC')"))


def _whole(number: Any, size: int) -> Any:
    """How many whole times a size fits, of what is never before 1970."""
    return (number // size).cast("int64")
