"""SQL for where a moment falls: known zones, the local clock, and open hours.

Offsets are looked up per zone and quarter of an hour, not per row: no zone changes its clock within a quarter,
and the calendar library is slow enough to notice on every row of four tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from nyckeltal.contacts.columns import texts

if TYPE_CHECKING:
    import duckdb

QUARTER_US = 900_000_000

# Joins the clock to a relation `p` of places.
AT = "clock.zone = p.zone and clock.quarter = epoch_us(p.moment) // 900000000"

ZONES = """
create or replace temp table queue_zone as select q.queue_id, z.zone from queue q join known_zone z on z.zone = q.tz;
-- a client who says no zone lives by that of the first of its queues
create or replace temp table client_zone as
select c.client_id, coalesce(z.zone, q.zone) as zone from client c left join known_zone z on z.zone = c.tz
left join (select client_id, arg_min(zone, queue_id) as zone from queue join queue_zone using (queue_id) group by client_id) q on q.client_id = c.client_id
where coalesce(z.zone, q.zone) is not null;
create or replace temp table agent_zone as select a.agent_id, z.zone from agent a join known_zone z on z.zone = a.tz;
create or replace temp table calendar_zone as select c.calendar_id, z.zone from calendar c join known_zone z on z.zone = c.tz;
"""


@cache
def known_zones() -> list[str]:
    """Every zone the calendar library knows; finding out takes it a while."""
    import duckdb

    with duckdb.connect() as con:
        return [name for (name,) in con.execute("select distinct name from pg_timezone_names()").fetchall()]


def find_zones(con: duckdb.DuckDBPyConnection) -> None:
    """Which zone each queue, client, agent and calendar has; one that nobody knows is none."""
    if not con.execute("from duckdb_tables() where table_name = 'known_zone'").fetchone():
        know_zones(con)
    con.execute(ZONES)


def know_zones(con: duckdb.DuckDBPyConnection) -> None:
    """Make `known_zone`, for all connections to this database."""
    con.execute(f"create table known_zone as select unnest({texts(known_zones())}) as zone")


def quarter(moment: str) -> str:
    """The number of the quarter of an hour, since 1970, that `moment` lies in."""
    return f"(epoch_us({moment}) // {QUARTER_US})"


def wind_clock(places: Iterable[tuple[str, str]], name: str = "clock") -> str:
    """Make the table `name`: the offset for every zone and quarter that the moments of these relations fall in."""
    asked = " union ".join(f"select distinct zone, {quarter(moment)} as quarter from {place} where {moment} is not null" for place, moment in places)
    return f"""
    create or replace temp table {name} as
    select zone, quarter, cast(epoch(timezone(zone, to_timestamp(quarter * 900))) as bigint) - quarter * 900 as offset_s from ({asked});
    """


def local_words(moment: str, offset: str = "clock.offset_s", date: str = "local_date", minute: str = "local_minute", offset_name: str = "utc_offset_s") -> str:
    """Three select items: local date, minute of the local day, offset from UTC."""
    shifted = f"(epoch_us({moment}) + {offset} * 1000000)"
    return (
        f"cast(make_timestamp({shifted}) as date) as {date}, "
        f"cast(({shifted} // 60000000) % 1440 as bigint) as {minute}, "
        f"cast({offset} as bigint) as {offset_name}"
    )


# The days, per calendar and year, for which somebody must say when it is open.
CALENDAR_DAYS = f"""
select calendar_id, min(day) as first_day, max(day) as last_day from (
    select distinct a.calendar_id, a.moment_quarter, cast(timezone(z.zone, to_timestamp(a.moment_quarter * 900)) as date) as day
    from (
        select distinct q.calendar_id, {quarter("p.moment")} as moment_quarter
        from (select queue_id, moment from place_contact union all select queue_id, moment from place_visit) p
        join queue q on q.queue_id = p.queue_id
        where q.calendar_id is not null
    ) a join calendar_zone z on z.calendar_id = a.calendar_id
) group by calendar_id, year(day)
"""


def in_hours(place: str, key: str) -> str:
    """SQL for `key` and `in_hours` of each row of a place relation whose queue has a calendar that we know."""
    return f"""
    select p.{key}, h.closes_at is not null and p.moment < h.closes_at as in_hours
    from (
        select p.{key}, p.moment, q.calendar_id from {place} p
        join queue q on q.queue_id = p.queue_id join calendar_zone z on z.calendar_id = q.calendar_id
    ) p
    asof left join open_hours h on h.calendar_id = p.calendar_id and p.moment >= h.opens_at
    """


NO_HOURS = """
create or replace temp table hours_contact (contact_id varchar, in_hours boolean);
create or replace temp table hours_visit (visit_id varchar, in_hours boolean);
"""
