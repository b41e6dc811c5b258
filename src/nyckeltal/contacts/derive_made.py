"""Carries out what is made of other facts: forecasts against what came, stretches of shifts, days and months of work, quality items, interviews.

Each group reads finished rows of the facts named in `READS`, under the names given there, and what is `touched_…`: to be made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from nyckeltal.contacts import columns, derive_days, derive_quality, derive_time, derive_work
from nyckeltal.when.clock import midnight

if TYPE_CHECKING:
    import duckdb

MAKES = {"forecast": ("forecast",), "item": ("qa_item",), "interview": ("interview",), "work": ("shift_part", "agent_day", "agent_month")}
READS = {
    "forecast": {"whole_queue_visit": "queue_visit"},
    "item": {"whole_qa_evaluation": "qa_evaluation", "whole_qa_answer": "qa_answer"},
    "interview": {"whole_survey_invitation": "survey_invitation", "whole_survey_response": "survey_response"},
    "work": {
        "work_state": "agent_state",
        "work_shift": "schedule_shift",
        "work_absence": "absence",
        "work_segment": "segment",
        "work_evaluation": "qa_evaluation",
        "work_talk": "feedback_talk",
    },
}

# Without any of these nobody has asked about days of work.
_WORK = {"agent_state", "schedule_shift", "absence", "feedback_talk", "qa_evaluation", "sale"}

# Days in service begin a year before the first trace of any work, so that twelve months can be read back, and end with the last.
# A day after the one on which it was loaded is no trace.
_LOADED = "(loaded_at is null or local_date <= cast(loaded_at as date) + 1)"
TRACES = {
    "contact": _LOADED,
    "agent_state": _LOADED,
    "sale": _LOADED,
    "feedback_talk": _LOADED,
    "qa_evaluation": _LOADED,
    "absence": f"kind = 'sick' and {_LOADED}",
}
# The last day that a row is a trace of: work at night goes on after midnight.
_LAST = {
    "agent_state": """case when state not in ('break', 'logged_out')
        and cast(make_timestamp(epoch_us(ended_at) - 1 + utc_offset_s * 1000000) as date) > local_date then local_date + 1 else local_date end"""
}
# A month before the first of these is not known to have had none.
BEGINS = {"absences_from": ("absence", "true"), "evaluations_from": ("qa_evaluation", "completed_at is not null"), "talks_from": ("feedback_talk", "true")}

Extreme = Callable[[str, str, str], date | None]  # fact, condition, the first or last of what, as SQL → its day


def groups(con: duckdb.DuckDBPyConnection, present: Collection[str]) -> list[str]:
    """What there is to make, where these facts have rows and the organisation's tables stand."""
    found = ["forecast"] if "forecast" in present else []
    found += ["item"] if "qa_evaluation" in present else []
    found += ["interview"] if {"survey_invitation", "survey_response"} <= {*present} and _some(con, "question where measure = 'total'") else []
    return [*found, "work"] if employed(con, present) else found


def employed(con: duckdb.DuckDBPyConnection, present: Collection[str], prefix: str = "") -> bool:
    """Whether anything is told of people's work."""
    return bool(_WORK & {*present}) or _some(con, f"{prefix}employment") or _some(con, f"{prefix}agent where hired_on is not null")


def everything(con: duckdb.DuckDBPyConnection, made_of: dict[str, str], present: Collection[str]) -> list[str]:
    """Make all there is to make, where the finished rows in hand are all that there is, of the facts that are `present`; returns the tables made."""
    found = groups(con, present)
    for group in found:
        for name, table in READS[group].items():
            rows = f"select * from {made_of[table]}" if table in present else f"select {columns.nothing(table)}"
            con.execute(f"create temp view {name} as {rows}")
    if "forecast" in found:
        con.execute(derive_work.QUEUE_KNOWN.format(rows="whole_queue_visit", into="queue_known"))
    if "item" in found:
        con.execute("create temp view touched_evaluation as select distinct evaluation_id from whole_qa_evaluation")
    if "interview" in found:
        con.execute("create temp view touched_invitation as select distinct invitation_id from whole_survey_invitation")
    if "work" in found:
        keep_edge(con, "work_edge", lambda table, where, what: _extreme(con, made_of[table], where, what) if table in present else None)
        con.execute(derive_days.ALL_WORK)
        con.execute(derive_days.STATE_KNOWN.format(rows="work_state", into="state_known"))
    make(con, found)
    return [table for group in found for table in MAKES[group]]


def _extreme(con: duckdb.DuckDBPyConnection, relation: str, where: str, what: str) -> date | None:
    found: date | None = con.execute(f"select {what} as day from {relation} where {where}").to_arrow_table().to_pylist()[0]["day"]
    return found


def keep_edge(con: duckdb.DuckDBPyConnection, into: str, extreme: Extreme) -> None:
    """Make the one row that says between which days somebody can be in service, and from which months on absences and talks are known."""
    first = min((day for table, where in TRACES.items() if (day := extreme(table, where, "min(local_date)"))), default=None)
    last = max((day for table, where in TRACES.items() if (day := extreme(table, where, f"max({_LAST.get(table, 'local_date')})"))), default=None)
    begins = {name: extreme(table, where, "min(local_date)") for name, (table, where) in BEGINS.items()}
    earliest = max(_year_before(first, 1), _year_before(last, 10)) if first and last else None
    told = {"first_day": earliest, "last_day": last, **{name: day and day.replace(day=1) for name, day in begins.items()}}
    items = ", ".join(f"'{day}'::date as {name}" if day else f"null::date as {name}" for name, day in told.items())
    con.execute(f"create or replace temp table {into} as select {items}")


def _year_before(day: date, years: int) -> date:
    return day.replace(year=day.year - years, day=1)


def make(con: duckdb.DuckDBPyConnection, found: Collection[str]) -> None:
    """The words of forecasts, and the rows of every fact that is made of others."""
    if "forecast" in found:
        con.execute(derive_work.FORECAST_PLACES)
        con.execute(derive_time.wind_clock([("place_forecast", "moment")], "forecast_clock"))
        con.execute(derive_work.FORECASTS)
    if "item" in found:
        con.execute(derive_quality.ITEMS)
    if "interview" in found:
        con.execute(derive_quality.INTERVIEWS)
    if "work" in found:
        _work(con)


def _work(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(derive_days.SPANS)
    _borders(con)
    con.execute(derive_days.PIECES)
    if _some(con, "shift_piece"):
        con.execute(derive_days.MEETINGS)
        con.execute(derive_time.wind_clock([("place_part", "moment")], "part_clock"))
        con.execute(derive_days.SHIFT_PARTS)
    else:
        con.execute(f"create or replace temp table made_shift_part as select {columns.nothing('shift_part')}")
    con.execute(derive_days.SERVICE + derive_days.AGENT_DAYS + derive_days.AGENT_MONTHS)


def _some(con: duckdb.DuckDBPyConnection, relation: str) -> bool:
    return bool(con.execute(f"select 1 from {relation} limit 1").to_arrow_table().num_rows)


def _borders(con: duckdb.DuckDBPyConnection) -> None:
    """`day_border`: where every local day in question begins and ends."""
    asked = con.execute(derive_days.BORDER_DAYS).to_arrow_table().to_pylist()
    found = [(row["zone"], day) for row in asked for day in _days(row["first_day"], row["last_day"])]
    days = ", ".join(f"'{day}'" for _, day in found)
    begins = [_microseconds(midnight(day, zone)) for zone, day in found]
    con.execute(f"""
        create or replace temp table day_border as
        select zone, day, begins_us, lead(begins_us) over (partition by zone order by day) as ends_us from (
            select unnest({columns.texts(zone for zone, _ in found)}) as zone, unnest([{days}]::date[]) as day, unnest({begins}::bigint[]) as begins_us
        ) qualify ends_us is not null
    """)


def _days(first: date, last: date) -> Iterator[date]:
    """One more than asked for: it ends the last."""
    for number in range((last - first).days + 2):
        yield first + timedelta(days=number)


def _microseconds(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
