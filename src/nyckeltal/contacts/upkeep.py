"""Keeps the derived facts and words right: one derivation for a world in memory and for the part of the store that a load touched."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.contacts import (
    alone,
    columns,
    derive_contact,
    derive_made,
    derive_other,
    derive_quality,
    derive_reply,
    derive_summary,
    derive_time,
    derive_trade,
    derive_work,
    laid,
    same,
    telling,
)
from nyckeltal.contacts.facts import ROWS_AT_ONCE
from nyckeltal.contacts.laid import some, unsaid
from nyckeltal.contacts.lake import Fresh
from nyckeltal.contacts.schema import TABLES, arrow_schema, empty

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from nyckeltal.contacts.lake import Lake
    from nyckeltal.contacts.same_rules import Rules
    from nyckeltal.contacts.snapshot import Snapshot
    from nyckeltal.contacts.state import State

FACTS = tuple(table.name for table in TABLES.values() if table.family == "fact")
LOADED = tuple(table for table in FACTS if not TABLES[table].made)
ORGANISATION = tuple(table.name for table in TABLES.values() if table.family == "organisation")

Beside = Callable[[], bool]

FEW = 20_000  # rows that one thread is through with before others have begun

# What a load removed stays on disk this long, for readers that began before it.
KEEP_H = 24

_CALLED = {
    "queue_visit": "made_visit",
    "agent_state": "made_state",
    "survey_invitation": "made_invitation",
    "survey_response": "made_response",
}
MADE = {table: _CALLED.get(table, f"made_{table}") for table in FACTS}  # where the finished rows of each fact are while they are made

GATHERED = {"contact": "base_contact", "segment": "all_segment"}  # every row in hand, derived segments among them

CONTACTS = ("contact", "queue_visit", "segment")  # made together
_CLOCKS = {  # where the moments of each fact are that need a clock; of all others in `place_<fact>`
    "contact": [("place_contact", "moment"), ("place_visit", "moment")],
    "case": [("place_case", "moment"), ("place_case", "closed_at")],
    "agent_state": [("place_state", "moment")],
    "survey_invitation": [("place_invitation", "moment")],
    "survey_response": [("place_response", "moment")],
}
_REST = (derive_work, derive_trade, derive_quality, derive_reply, derive_summary)
_PLACES = {"contact": derive_contact.PLACES, **{table: sql for room in (derive_other, *_REST) for table, sql in room.PLACES.items()}}
_STEPS = {table: sql for room in _REST for table, sql in room.STEPS.items()}

REST = (*_STEPS, "forecast")  # facts that a store may well be without: no work is done for them where it is
CORE = tuple(table for table in LOADED if table not in REST)


def in_question(tables: Collection[str]) -> tuple[str, ...]:
    """Those of `REST` that are given, and what their words come from."""
    wanted = {*tables} | ({"qa_evaluation"} if "qa_answer" in tables else set())
    return tuple(table for table in REST if table in wanted)


MOST_BYTES = 1_200_000_000  # what a large change may hold in memory; a load has to fit on a small machine beside what people look at


def connect(temporary: str | None = None, threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """A DuckDB of one's own: in memory, in UTC, silent; what does not fit goes to the folder `temporary`. With so many threads, or one a core."""
    import duckdb

    con = duckdb.connect(config={"threads": threads} if threads else {})
    con.execute("set enable_progress_bar = false; set TimeZone = 'UTC'; set preserve_insertion_order = false")
    if temporary:
        memory = min(MOST_BYTES, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2)
        con.execute(f"set temp_directory = {columns.text(temporary)}; set memory_limit = '{memory}B'")
    return con


@cache
def _kept(threads: int | None) -> duckdb.DuckDBPyConnection:
    """A database that is kept: making one takes as long as half of a small work."""
    con = connect(threads=threads)
    derive_time.know_zones(con)
    return con


def beside(threads: int | None = 1) -> duckdb.DuckDBPyConnection:
    """A connection whose tables nobody else sees, for work that is small, or reads little."""
    con = _kept(threads).cursor()
    con.execute("set TimeZone = 'UTC'")
    return con


def derive_parts(con: duckdb.DuckDBPyConnection) -> None:
    """First half of the derivation: zones, reasons, and every visit and segment, derived ones included (`all_visit`, `all_segment`).

    Reads `base_<fact>` and the organisation's tables. Before the second half somebody makes `source_parts` and `source_notes`.
    """
    derive_time.find_zones(con)
    con.execute(derive_contact.REASONS)
    parts = derive_contact.TOLD + derive_contact.VISITS + derive_contact.SEGMENTS
    con.execute(parts.format(lasting=_lasting(con)) if _in_hand(con, CONTACTS) else derive_contact.NO_PARTS)


def _lasting(con: duckdb.DuckDBPyConnection) -> str:
    """How to make what is but a step on the way: few rows are soonest kept, of many they are worked out where they are needed."""
    counted = con.execute(f"select {' + '.join(f'(select count(*) from base_{table})' for table in CONTACTS)}").fetchone()
    return "table" if counted and counted[0] < FEW else "view"


def _in_hand(con: duckdb.DuckDBPyConnection, facts: Collection[str]) -> set[str]:
    """Those facts that have rows to start from."""
    return {relation.removeprefix("base_") for relation in some(con, [f"base_{fact}" for fact in facts])}


def nobody() -> bool:
    """Where those in hand are all that there are, nobody stands beside them."""
    return False


def derive_all(con: duckdb.DuckDBPyConnection, present: Collection[str], folder: Path | None = None, beside: Beside = nobody) -> dict[str, list[Fresh]]:
    """Second half: the words of every loaded fact, as the relations that `made` reads; those of forecasts are `derive_made`'s.

    `present` names the facts of `REST` that have a `base_…` table. Expects as well `case_contact`, every contact that names a case of
    `base_case`; and `near_schedule_shift`, `near_order` with the rows that those in hand depend on. With a `folder` the many rows of contacts and
    of their parts are written there, as the files that are returned, instead of held. `beside`, asked once `contact_words` are there,
    says whether `turn_beside` has contacts that stay where they stood.
    """
    there = _in_hand(con, [table for table in (*CORE, *_STEPS) if table in CORE or table in present])
    there |= {"contact"} if there & {*CONTACTS} else set()
    placed = [table for table in _PLACES if table in there]
    lasting = _lasting(con)
    for table in placed:
        con.execute(_PLACES[table].format(lasting=lasting))
    if placed:
        con.execute(derive_time.wind_clock([clock for table in placed for clock in _CLOCKS.get(table, [(f"place_{table}", "moment")])]))
    files: dict[str, list[Fresh]] = {}
    if "contact" in there:
        files = _contacts(con, "message" in present, lasting, folder if lasting == "view" else None, beside)
    else:
        con.execute(derive_contact.NO_WORDS)
        if beside():
            con.execute(derive_contact.NEIGHBOURS_BESIDE)
    steps = {**derive_other.STEPS, **{table: step for table, step in _STEPS.items() if table in present}}
    if absent := [f"create or replace temp table {MADE[table]} {columns.declared(table)}" for table in steps if table not in there]:
        con.execute("; ".join(absent))
    for table, step in steps.items():
        if table in there:
            con.execute(step)
    return files


def _contacts(con: duckdb.DuckDBPyConnection, has_messages: bool, lasting: str, folder: Path | None, beside: Beside) -> dict[str, list[Fresh]]:
    """The words of contacts, visits and segments; with a `folder` as files in it."""
    many, files = lasting == "view", dict[str, list[Fresh]]()
    _hours(con)
    con.execute(derive_contact.CONTACT_PLACED.format(lasting=lasting))
    if folder and alone.are(con):
        _replies(con, has_messages)
        files = alone.lay(con, folder)
        for table, fresh in files.items():
            _read_from(con, table, fresh)
        return files
    files["queue_visit"] = _lay(con, "queue_visit", derive_contact.VISIT_WORDS, [_as_based("queue_visit", "all_visit")] if many else [], folder)
    files["segment"] = _lay(con, "segment", derive_contact.SEGMENT_WORDS, [_as_based("segment", "all_segment")] if many else [], folder)
    con.execute(derive_contact.CONTACT_PARTS.format(lasting=lasting) + derive_contact.CONTACT_STAYS)
    without = "".join(f"{columns.quoted(name)}, " for name in unsaid(con, ["base_contact"])) if many else ""
    con.execute(derive_contact.CONTACT_WORDS.format(without=without, told=derive_contact.WITH_PARTS, lasting="view" if folder else "table"))
    con.execute(derive_contact.NEIGHBOURS_BESIDE if beside() else derive_contact.NEIGHBOURS)
    words = [] if folder else ["contact_words"]
    _replies(con, has_messages)
    files["contact"] = _lay(con, "contact", derive_contact.MADE_CONTACT, ["base_contact", "contact_reply", *words] if many else [], folder)
    return files if folder else {}


def _lay(con: duckdb.DuckDBPyConnection, table: str, rows: str, made_from: Sequence[str], folder: Path | None) -> list[Fresh]:
    """The finished rows of a fact in the order in which they are stored; with a `folder` as files in it. Columns of which no row that they are made
    from says anything, most of those that there are, are not carried along."""
    kinds, order = columns.types(table), f"order by date_trunc('month', local_date), {columns.sort_key(table)}"
    silent = [name for name in unsaid(con, made_from) if name in kinds]
    said = f"select columns(name -> name not in {('', *silent)!r}) from ({rows})"
    if folder:
        names = [name for name in kinds if name != "month"]
        chosen = columns.select(table, names, {*names} - {*silent})
        files = laid.lay(con, table, f"select {chosen}, date_trunc('month', local_date)::date as month from ({said} {order})", folder)
        _read_from(con, table, files)
        return files
    if not silent:
        con.execute(f"create or replace temp table {MADE[table]} as {rows} {order}")
        return []
    con.execute(f"create or replace temp table said_{table} as {said} {order}")
    nothing = ", ".join(f"null::{kinds[name]} as {columns.quoted(name)}" for name in silent)
    con.execute(f"create or replace temp view {MADE[table]} as select *, {nothing} from said_{table}")
    return []


def _read_from(con: duckdb.DuckDBPyConnection, table: str, files: Sequence[Fresh]) -> None:
    """Let `MADE` read finished rows from their files."""
    rows = f"from {columns.files_sql([str(file.path) for file in files], monthly=False)}" if files else f"select {columns.nothing(table)}"
    con.execute(f"create or replace temp view {MADE[table]} as {rows}")


def _as_based(table: str, relation: str) -> str:
    """Only what derivation starts from: the other columns of such a relation may yet be filled."""
    return f"(select {', '.join(map(columns.quoted, columns.based(table)))} from {relation})"


def _replies(con: duckdb.DuckDBPyConnection, has_messages: bool) -> None:
    """When written contacts were replied to and when that was due, counted in opening hours."""
    if not con.execute(f"select 1 from base_contact where channel in {derive_reply.WRITTEN} limit 1").to_arrow_table().num_rows:
        con.execute(derive_reply.NO_REPLIES)
        return
    if not has_messages:
        con.execute(f"create temp view base_message as select {columns.nothing('message')}")
    con.execute(derive_reply.TERMS)
    named, opened = _intervals(con, derive_reply.REPLY_DAYS, due=True)
    _keep_hours(con, "reply_hours", named, opened)
    con.execute(derive_reply.REPLIES)
    con.execute(derive_time.wind_clock([("place_reply", "moment")], "reply_clock"))
    con.execute(derive_reply.WORDS)


def _hours(con: duckdb.DuckDBPyConnection) -> None:
    """Which contacts and visits fell into opening hours; those of queues without calendar are not asked."""
    if not con.execute("from calendar limit 1").to_arrow_table().num_rows:
        con.execute(derive_time.NO_HOURS)
        return
    _open_hours(con)
    con.execute(f"create or replace temp table hours_contact as {derive_time.in_hours('place_contact', 'contact_id')}")
    con.execute(f"create or replace temp table hours_visit as {derive_time.in_hours('place_visit', 'visit_id')}")


def _open_hours(con: duckdb.DuckDBPyConnection) -> None:
    """The open intervals of every calendar on the days that are asked about."""
    named, opened = _intervals(con, derive_time.CALENDAR_DAYS)
    _keep_hours(con, "open_hours", named, opened)


def _intervals(con: duckdb.DuckDBPyConnection, days: str, due: bool = False) -> tuple[list[str], list[tuple[datetime, datetime]]]:
    """What is open on days that a query names, and by which calendar; a year without holidays is the calendar's mistake. With `due`
    as much more as is asked for then (`limit_s`), where the calendar says so much."""
    from nyckeltal.when.hours import Hours

    named: list[str] = []
    opened: list[tuple[datetime, datetime]] = []
    calendars = {row["calendar_id"]: row for row in con.execute("from calendar").to_arrow_table().to_pylist()}
    for asked in con.execute(days).to_arrow_table().to_pylist():
        row = calendars[asked["calendar_id"]]
        hours = Hours.read(row["calendar_id"], row["tz"], row["weekly"], row["holidays"], row["valid_from"], row["valid_to"])
        found = hours.open_intervals(asked["first_day"], asked["last_day"])
        found += hours.further(asked["last_day"], asked["limit_s"]) if due else []
        opened += found
        named += [row["calendar_id"]] * len(found)
    return named, opened


def _keep_hours(con: duckdb.DuckDBPyConnection, table: str, named: list[str], opened: list[tuple[datetime, datetime]]) -> None:
    con.execute(f"""
        create or replace temp table {table} as select unnest({columns.texts(named)}) as calendar_id,
            unnest({columns.moments(opens for opens, _ in opened)}) as opens_at, unnest({columns.moments(closes for _, closes in opened)}) as closes_at
    """)


def made(table: str) -> str:
    """SQL for the finished rows of a fact, in the columns and types of the store."""
    names = [name for name in columns.types(table) if name != "month"]
    day = "local_date"
    return f"select {columns.select(table, names)}, coalesce(strftime({day}, '%Y-%m'), 'unknown') as month from {MADE[table]}"


def derive_world(tables: Mapping[str, pa.Table], rules: Rules = ()) -> dict[str, pa.Table]:
    """A complete world from its loaded rows: every derived word, and every fact that is made. Tables that are not given are empty."""
    con = beside() if sum(map(len, tables.values())) < FEW else connect()
    try:
        return _derived(con, tables, rules)
    finally:
        con.close()


def _derived(con: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table], rules: Rules) -> dict[str, pa.Table]:
    present = in_question([name for name, rows in tables.items() if len(rows)])
    based = (*CORE, *present)
    for name in (*based, *ORGANISATION):
        _take_in(con, name, f"base_{name}" if name in based else name, tables.get(name))
    relations = {MADE[name]: made(name) for name in derive_whole(con, present, rules)} | {name: f"from {name}" for name in ORGANISATION}
    told = {relation: con.execute(relations[relation]).to_arrow_table(ROWS_AT_ONCE) for relation in some(con, relations)}
    done = {name: told[relation].cast(arrow_schema(name)) for name in (*FACTS, *ORGANISATION) if (relation := MADE.get(name, name)) in told}
    return {name: done[name] if name in done else empty(name) for name in (*FACTS, *ORGANISATION)}


def _take_in(con: duckdb.DuckDBPyConnection, name: str, relation: str, given: pa.Table | None) -> None:
    """The rows that derivation starts from, as a table; most worlds have rows in few."""
    wanted = columns.based(name)
    if given is None or not len(given):
        con.execute(f"create temp table {relation} {columns.declared(name, wanted)}")
        return
    con.register(f"given_{name}", given)
    derived_rows = " where is_derived is not true" if "is_derived" in given.column_names else ""
    con.execute(f"create temp table {relation} as select {columns.select(name, wanted, given.column_names)} from given_{name}{derived_rows}")


def derive_whole(con: duckdb.DuckDBPyConnection, present: Collection[str], rules: Rules = ()) -> list[str]:
    """The whole derivation, where the `base_…` tables are all that there is; returns the facts that have rows now."""
    if rules:
        same.join_all(con, rules)
        same.carry(con, [*CORE, *present])
    derive_parts(con)
    for name, (table, told, _) in telling.TELLING.items():
        con.execute(f"create temp table {name} as {told.format(rows=GATHERED[table])}")
    con.execute("create temp view case_contact as select case_id, direction, is_test, callback_of from base_contact where case_id is not null")
    for table in {*present} & {"schedule_shift", "order"}:
        con.execute(f"create temp view near_{table} as select * from base_{table}")
    derive_all(con, present)
    based = {f"base_{table}": table for table in (*CORE, *present)}
    there = {"queue_visit", "segment", *(based[relation] for relation in some(con, based))}  # those two may all be derived
    return [*dict.fromkeys((*CORE, *present, *derive_made.everything(con, MADE, there)))]


def tidy(snapshot: Snapshot, lake: Lake, folder: Path, most_files: int) -> None:
    """Join the small files of every month that has more than `most_files` of them, sorted by client and time."""
    small = {(table, month): snapshot.small_files(table, month) for table in FACTS for month in snapshot.months(table)}
    scattered = {place: files for place, files in small.items() if len(files) > most_files}
    if not scattered:
        return
    con = connect(str(folder))
    for (table, month), files in scattered.items():
        ordered = f"select * exclude (month) from ({snapshot.reading_files(table, files)}) order by {columns.sort_key(table)}"
        rows = con.execute(ordered).to_arrow_reader(laid.ROWS_A_GROUP)
        lake.take_in(table, laid.cut(month, folder / f"{table}-{month}", laid.file_schema(table), rows), files)
    con.close()


def vacuum(home: Path, state: State) -> None:
    """Remove files that no table in force needs and that no reader of the last day can have been told of."""
    from deltalake import DeltaTable

    for table, version in state.tables.items():
        delta = DeltaTable(str(home / "lake" / table))
        delta.vacuum(KEEP_H, dry_run=False, enforce_retention_duration=False, full=True, keep_versions=[version])
        delta.create_checkpoint()
