"""Carries out what is made of other facts: forecasts against what came, stretches of shifts, days and months of work, quality items, interviews.

Reads `whole_<fact>` (finished rows in question), `touched_<thing>` (what is to be made anew) and `work_edge`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from nyckeltal.contacts import columns, derive_days, derive_quality, derive_time, derive_work
from nyckeltal.contacts.schema import TABLES
from nyckeltal.when.clock import midnight

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

MADE = tuple(table.name for table in TABLES.values() if table.made)

# Whose finished rows these are made of.
WHOLE = (
    *("contact", "queue_visit", "segment", "agent_state", "schedule_shift", "absence", "feedback_talk", "sale"),
    *("qa_evaluation", "qa_answer", "survey_invitation", "survey_response"),
)

# Days in service begin a year before the first trace of any work, so that twelve months can be read back, and end with the last.
# Nothing is known beyond the day on which it was loaded, whatever day a row names.
_TRACES = " union all ".join(
    f"select least(local_date, cast(loaded_at as date)) as day from whole_{table} where {condition}"
    for table, condition in {
        "contact": "true",
        "agent_state": "true",
        "sale": "true",
        "feedback_talk": "true",
        "qa_evaluation": "true",
        "absence": "kind = 'sick'",
    }.items()
)
EDGE = f"""
create or replace temp table work_edge as
select cast(date_trunc('month', greatest(min(day) - interval 1 year, max(day) - interval 10 year)) as date) as first_day, max(day) as last_day,
    (select cast(date_trunc('month', min(local_date)) as date) from whole_absence) as absences_from,
    (select cast(date_trunc('month', min(local_date)) as date) from whole_qa_evaluation where completed_at is not null) as evaluations_from,
    (select cast(date_trunc('month', min(local_date)) as date) from whole_feedback_talk) as talks_from
from ({_TRACES});
"""

# Without any of these nobody has asked about days of work.
_WORK = ("agent_state", "schedule_shift", "absence", "feedback_talk", "qa_evaluation", "sale")


def everything(con: duckdb.DuckDBPyConnection, made_of: dict[str, str]) -> None:
    """Where the finished rows in hand are all that there is: they are the whole, and all is to be made."""
    for table in WHOLE:
        con.execute(f"create or replace temp view whole_{table} as select * from {made_of[table]}")
    ask_for_all(con)


def ask_for_all(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("""
        create or replace temp view whole_state_day as select * from whole_agent_state;
        create or replace temp table touched_evaluation as select distinct evaluation_id from whole_qa_evaluation;
        create or replace temp table touched_invitation as select distinct invitation_id from whole_survey_invitation;
        create or replace temp view contact_client as select contact_id, client_id from whole_contact;
    """)
    con.execute(EDGE)
    con.execute(ALL_WORK)


# Every agent and month that may be in service, or has a shift.
ALL_WORK = """
create or replace temp table touched_work as
select agent_id, strftime(cast(unnest(generate_series(first_day, last_day, interval 1 month)) as date), '%Y-%m') as month from agent cross join work_edge
union
select agent_id,
    strftime(cast(unnest(generate_series(date_trunc('month', local_date), cast(ended_at as date) + 1, interval 1 month)) as date), '%Y-%m') as month
from whole_schedule_shift where agent_id is not null;
"""


def make(con: duckdb.DuckDBPyConnection) -> None:
    """The words of forecasts, and the rows of every fact that is made of others."""
    _forecasts(con)
    _quality(con)
    if any(_some(con, f"whole_{table}") for table in _WORK) or _some(con, "employment") or _some(con, "agent where hired_on is not null"):
        _work(con)
    else:
        for table in ("shift_part", "agent_day", "agent_month"):
            con.execute(nothing(table))


def nothing(table: str) -> str:
    return f"create or replace temp table made_{table} as select {columns.nothing(table)}"


def _some(con: duckdb.DuckDBPyConnection, relation: str) -> bool:
    return bool(con.execute(f"select 1 from {relation} limit 1").to_arrow_table().num_rows)


def _forecasts(con: duckdb.DuckDBPyConnection) -> None:
    if not _some(con, "base_forecast"):
        con.execute(nothing("forecast"))
        return
    con.execute(derive_work.QUEUE_KNOWN + derive_work.FORECAST_PLACES)
    con.execute(derive_time.wind_clock([("place_forecast", "moment")], "forecast_clock"))
    con.execute(derive_work.FORECASTS)


def _quality(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(derive_quality.ITEMS if _some(con, "whole_qa_evaluation") else nothing("qa_item"))
    con.execute(derive_quality.INTERVIEWS if _some(con, "whole_survey_invitation") else nothing("interview"))


def _work(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(derive_days.SPANS)
    _borders(con)
    con.execute(derive_days.PIECES)
    if _some(con, "shift_piece"):
        con.execute(derive_days.STATE_KNOWN + derive_days.MEETINGS)
        con.execute(derive_time.wind_clock([("place_part", "moment")], "part_clock"))
        con.execute(derive_days.SHIFT_PARTS)
    else:
        con.execute(nothing("shift_part"))
    con.execute(derive_days.SERVICE + derive_days.AGENT_DAYS + derive_days.AGENT_MONTHS)


def _borders(con: duckdb.DuckDBPyConnection) -> None:
    """`day_border`: where every local day in question begins and ends."""
    zones: list[str] = []
    days: list[date] = []
    asked = con.execute(derive_days.BORDER_DAYS).to_arrow_table().to_pylist()
    for row in asked:
        found = list(_days(row["first_day"], row["last_day"]))
        zones += [row["zone"]] * len(found)
        days += found
    begins = [_microseconds(midnight(day, zone)) for zone, day in zip(zones, days, strict=True)]
    con.execute(f"""
        create or replace temp table day_border as
        select zone, day, begins_us, lead(begins_us) over (partition by zone order by day) as ends_us from (
            select unnest({columns.texts(zones)}) as zone, unnest({[day.isoformat() for day in days]}::date[]) as day, unnest({begins}::bigint[]) as begins_us
        ) qualify ends_us is not null
    """)


def _days(first: date, last: date) -> Iterator[date]:
    """One more than asked for: it ends the last."""
    for number in range((last - first).days + 2):
        yield first + timedelta(days=number)


def _microseconds(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
