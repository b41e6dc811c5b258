"""Which rows that are made of other facts a change touches: gathers what `derive_made` starts from, and the `old_…` rows it is compared with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from functools import cache

from nyckeltal.contacts import columns, derive_days, derive_made, derive_work
from nyckeltal.contacts.change import Change, same
from nyckeltal.contacts.derive_days import DAY_US
from nyckeltal.contacts.touch import keep_base
from nyckeltal.contacts.upkeep import MADE


def gather(change: Change) -> tuple[list[str], list[str]]:
    """Make what each group reads, of what the change touches; returns the groups to make and the tables that differ by them. What there
    is nothing to make of any more goes."""
    found = derive_made.groups(change.con, _present(change))
    touched = [group for group in found if _GATHER[group](change)]
    gone = [table for group, tables in derive_made.MAKES.items() if group not in found for table in tables if change.has_stored(table)]
    for table in gone:
        change.take(table, "true", f"old_{table}")
        change.run(f"create or replace temp table {MADE[table]} {columns.declared(table)}")
    return touched, [*(table for group in touched for table in derive_made.MAKES[group]), *gone]


def _present(change: Change) -> set[str]:
    """The facts that have rows when the change is through."""
    going = change.some([f"was_{table}" for table in change.facts])
    relations = {f"new_{table}": table for table in change.facts} | {_kept(table): table for table in change.facts if f"was_{table}" in going}
    stay = {table for table in change.facts if f"was_{table}" not in going and change.snapshot.rows(table)}
    return stay | {relations[relation] for relation in change.some(relations)}


def _in_hand(change: Change, tables: Iterable[str]) -> set[str]:
    """Those facts of which the change holds rows, before or afterwards: of the others nothing differs."""
    relations = {relation: table for table in tables if table in change.facts for relation in (MADE[table], f"old_{table}")}
    return {relations[relation] for relation in change.some(relations)}


def _kept(table: str) -> str:
    """The stored rows of a fact that stay."""
    return f"(select 1 from stored_{table} s anti join was_{table} w on {same(table, 's', 'w')})"


def _whole(change: Change, into: str, table: str, where: str) -> None:
    """Table `into` of a fact's rows as they will stand: the finished ones in hand, and of the stored ones those that meet a condition."""
    if table not in change.facts:
        change.run(f"create or replace temp table {into} as select {columns.nothing(table)}")
        return
    change.take(table, where, "rest")
    names = ", ".join(columns.quoted(name) for name in columns.types(table) if name != "month")
    rest = f"select {names} from rest r anti join old_{table} o on {same(table, 'r', 'o')}"
    change.run(f"create or replace temp table {into} as select {names} from {MADE[table]} union all by name {rest}")


def _now(change: Change, table: str, names: Sequence[str]) -> str:
    """SQL for a few columns of all rows of a fact as they will stand."""
    if table not in change.facts:
        return f"select {', '.join(names)} from (select {columns.nothing(table)})"
    listed = ", ".join(names)
    made = f"select {listed} from (select *, strftime(local_date, '%Y-%m') as month from {MADE[table]})"
    return f"{made} union all select {listed} from stored_{table} s anti join old_{table} o on {same(table, 's', 'o')}"


def _differing(change: Change, table: str, names: str) -> str:
    """SQL for what these columns said of rows that change, before and afterwards."""
    here, there = f"select {names} from {MADE[table]}", f"select {names} from old_{table}"
    return (
        f"(({here} except {there}) union all ({there} except {here}))" if table in change.facts else f"(select {names} from (select {columns.nothing(table)}))"
    )


def _moved(change: Change, before: str, after: str, key: str, into: str) -> None:
    """Days between the bounds that a key had before and has afterwards: `from_day`, `until_day`."""
    change.run(f"""
        create or replace temp table {into} as
        with bounds as (
            select coalesce(a.{key}, b.{key}) as {key}, coalesce(b.first_day, a.first_day) as first_before, coalesce(b.last_day, a.first_day) as last_before,
                coalesce(a.first_day, b.first_day) as first_after, coalesce(a.last_day, b.first_day) as last_after,
                (a.first_day, a.last_day, a.until_us) is distinct from (b.first_day, b.last_day, b.until_us) as differs
            from (select {key}, first_day, last_day, until_us from {after}) a
            full join (select {key}, first_day, last_day, until_us from {before}) b on a.{key} = b.{key}
        )
        select {key}, least(first_before, first_after) as from_day, greatest(first_before, first_after) as until_day from bounds where differs
        union all
        select {key}, least(last_before, last_after), greatest(last_before, last_after) from bounds where differs;
    """)


# ── forecasts: the intervals into which visits came, or fell out of, and those whose contacts become known ──


def _forecasts(change: Change) -> bool:
    came = bool(_in_hand(change, ["queue_visit"]))
    if came:
        _compare_arrivals(change)
    else:
        change.run("""
            create or replace temp table queue_moved (queue_id varchar, from_day date, until_day date);
            create or replace temp table arrived (queue_id varchar, day bigint);
        """)
    change.run("""
        create or replace temp table asked_forecast as
        select queue_id, interval_start from new_forecast union select queue_id, interval_start from was_forecast
    """)
    if change.some(("arrived", "queue_moved", "new_queue", "was_queue", "changed_queue", "changed_client")):
        change.run(f"insert into asked_forecast select queue_id, interval_start from stored_forecast o where {_ASKED}")
    change.take_by("forecast", {"asked_forecast": "(queue_id, interval_start) in (select (queue_id, interval_start) from asked_forecast)"}, "old_forecast")
    keep_base(change, "forecast")
    if not change.any("asked_forecast"):
        change.run(f"create or replace temp table made_forecast {columns.declared('forecast')}")
        return False
    if not came:
        change.run(derive_work.QUEUE_KNOWN.format(rows="stored_queue_visit", into="queue_known"))
    between = "entered_at >= (select min(interval_start) from base_forecast)"
    between += " and entered_at < (select max(interval_start + to_microseconds(cast(interval_s * 1e6 as bigint))) from base_forecast)"
    _whole(change, "whole_queue_visit", "queue_visit", f"queue_id in (select queue_id from base_forecast) and {between}")
    return True


def _compare_arrivals(change: Change) -> None:
    """Make `queue_known`, `queue_moved` and `arrived`: where the contacts of a queue become known, and the days on which others came."""
    visits = _now(change, "queue_visit", ("queue_id", "client_id", "source", "local_date"))
    change.run(derive_work.QUEUE_KNOWN.format(rows=f"({visits})", into="queue_known"))
    change.run(derive_work.QUEUE_KNOWN.format(rows="stored_queue_visit", into="queue_known_before"))
    _moved(change, "(select *, 0 as until_us from queue_known_before)", "(select *, 0 as until_us from queue_known)", "queue_id", "queue_moved")
    differing = _differing(change, "queue_visit", "visit_id, queue_id, entered_at, offered, direction, is_test")
    change.run(f"create or replace temp table arrived as select distinct queue_id, epoch_us(entered_at) // {DAY_US} - unnest([0, 1]) as day from {differing}")


_ASKED = f"""
    (queue_id, epoch_us(interval_start) // {DAY_US}) in (select (queue_id, day) from arrived)
    or queue_id in (select queue_id from new_queue union select queue_id from was_queue union select id from changed_queue
        union select queue_id from queue where client_id in (from changed_client))
    or exists (select 1 from queue_moved m where m.queue_id = o.queue_id and o.local_date between m.from_day and m.until_day)
"""

# ── items and interviews: those of the evaluations and invitations in hand ──


def _items(change: Change) -> bool:
    change.run("""
        create or replace temp table touched_evaluation as
        select evaluation_id from base_qa_evaluation union select evaluation_id from old_qa_evaluation;
        create or replace temp view whole_qa_evaluation as select * from made_qa_evaluation;
    """)
    answers = "made_qa_answer" if "qa_answer" in change.facts else f"(select {columns.nothing('qa_answer')})"
    change.run(f"create or replace temp view whole_qa_answer as select * from {answers}")
    change.take("qa_item", "evaluation_id in (from touched_evaluation)", "old_qa_item")
    return change.any("touched_evaluation")


def _interviews(change: Change) -> bool:
    tables = [f"{when}_{table}" for when in ("base", "old") for table in ("survey_invitation", "survey_response")]
    named = " union ".join(f"select invitation_id from {table}" for table in tables)
    change.run(f"create or replace temp table touched_invitation as select invitation_id from ({named}) where invitation_id is not null")
    if not change.any("touched_invitation"):
        return False
    for table in ("survey_invitation", "survey_response"):
        _whole(change, f"whole_{table}", table, "invitation_id in (from touched_invitation)")
    change.take("interview", "invitation_id in (from touched_invitation)", "old_interview")
    return True


# ── days and months of work: of the agents and months whose traces differ ──

_DAYS = {  # fact → what of it the days of work depend on, and from which day until which
    "agent_state": ("state_id, agent_id, started_at, ended_at, state, local_date, utc_offset_s", "local_date", "coalesce(ended_at::date + 1, local_date)"),
    "schedule_shift": (
        "shift_id, agent_id, started_at, ended_at, state_class, exception, counts, local_date, source, changed_at, loaded_at, load_id",
        "local_date",
        "greatest(ended_at::date + 1, local_date)",
    ),
    "absence": (
        "absence_id, agent_id, kind, started_at, ended_at, days, hours, local_date",
        "local_date",
        "greatest(coalesce(ended_at::date + 1, date '9999-01-01'), local_date)",
    ),
    "feedback_talk": ("talk_id, agent_id, local_date", "local_date", "local_date"),
    "qa_evaluation": ("evaluation_id, agent_id, local_date, completed_at, purpose", "local_date", "local_date"),
    "segment": ("segment_id, agent_id, local_date, handled", "local_date", "local_date"),
}

_PEOPLE = ("agent", "employment", "team_membership")  # what is said of those who work


def _work(change: Change) -> bool:
    hand = _in_hand(change, {*_DAYS, *derive_made.TRACES})
    was_employed = derive_made.employed(change.con, [table for table in change.facts if change.snapshot.rows(table)], "stored_")
    if was_employed and not hand and not change.some([f"{when}_{table}" for when in ("new", "was") for table in _PEOPLE]):
        return False
    _compare_edges(change, hand)
    spans = [
        f"select agent_id, {start} as from_day, {end} as until_day from {_differing(change, table, names)}"
        for table, (names, start, end) in _DAYS.items()
        if table in hand
    ]
    described = " union ".join(f"select agent_id from {when}_{table}" for when in ("new", "was") for table in _PEOPLE)
    spans.append(f"select agent_id, date '0001-01-01' as from_day, date '9999-01-01' as until_day from ({described})")
    spans.append("select agent_id, from_day, until_day from agent cross join edge_moved")
    if not was_employed:
        spans.append("select agent_id, date '0001-01-01', date '9999-01-01' from agent")
    compared = "schedule_shift" in change.facts and "agent_state" in hand
    if compared:
        _compare_known(change)
        spans.append("select agent_id, from_day, until_day from state_moved")
    change.run(f"""
        create or replace temp table touched_work as
        select distinct agent_id, strftime(cast(unnest(generate_series(date_trunc('month', from_day), until_day, interval 1 month)) as date), '%Y-%m') as month
        from (select s.agent_id, greatest(s.from_day, {_bound(change, "min", hand)}) as from_day, least(s.until_day, {_bound(change, "max", hand)}) as until_day
            from ({" union all ".join(spans)}) s) where agent_id is not null and from_day <= until_day
    """)
    if not change.any("touched_work"):
        return False
    if not compared:
        states = "stored_agent_state" if "schedule_shift" in change.facts else f"(select {columns.nothing('agent_state')})"
        change.run(derive_days.STATE_KNOWN.format(rows=states, into="state_known"))
    _gather_work(change)
    return True


def _gather_work(change: Change) -> None:
    """What the touched agents did around the touched months, and what was made of it before."""
    change.run("""
        create or replace temp table work_bounds as
        select (min(month) || '-01')::date - 2 as starts, (max(month) || '-01')::date + interval 1 month + interval 2 day as ends from touched_work
    """)
    mine = "agent_id in (select agent_id from touched_work)"
    around = f"{mine} and started_at < (select ends from work_bounds) and ended_at > (select starts from work_bounds)"
    months = f"{mine} and month in (select month from touched_work)"
    where = {"agent_state": around, "schedule_shift": around, "absence": mine}
    for into, table in derive_made.READS["work"].items():
        _whole(change, into, table, where.get(table, months))
    for table in derive_made.MAKES["work"]:
        change.take(table, "(agent_id, month) in (select (agent_id, month) from touched_work)", f"old_{table}")


def _compare_known(change: Change) -> None:
    """Make `state_known`, and `state_moved`: on which days a shift becomes known to have been kept or not, or unknown."""
    rows = _now(change, "agent_state", ("agent_id", "source", "local_date", "loaded_at", "ended_at"))
    change.run(derive_days.STATE_KNOWN.format(rows=f"({rows})", into="state_known"))
    change.run(derive_days.STATE_KNOWN.format(rows="stored_agent_state", into="state_known_before"))
    last = "greatest(last_day, make_timestamp(ended_us)::date + 1) as last_day"
    before, after = (
        f"(select agent_id, first_day, {last}, (last_day, ended_us, until_us) as until_us from {known})" for known in ("state_known_before", "state_known")
    )
    _moved(change, before, after, "agent_id", "state_moved")


def _compare_edges(change: Change, hand: Collection[str]) -> None:
    """Make `work_edge`, and `edge_moved`: the days on which it says something else than before."""
    stored = cache(lambda table, where, what: _extreme(change, table, where, what, before=True))
    derive_made.keep_edge(change.con, "edge_before", stored)
    derive_made.keep_edge(change.con, "work_edge", lambda *asked: _extreme(change, *asked) if asked[0] in hand else stored(*asked))
    ends = {"first_day": "last_day", "last_day": "first_day"} | dict.fromkeys(derive_made.BEGINS, "last_day")
    change.run(
        "create or replace temp table edge_moved as "
        + " union ".join(
            f"""
        select least(a.{edge}, b.{edge}, case when a.{edge} is null or b.{edge} is null then coalesce(a.{end}, b.{end}) end) as from_day,
            greatest(a.{edge}, b.{edge}, case when a.{edge} is null or b.{edge} is null then coalesce(a.{end}, b.{end}) end) as until_day
        from edge_before a cross join work_edge b where a.{edge} is distinct from b.{edge}
    """
            for edge, end in ends.items()
        )
    )


def _bound(change: Change, which: str, hand: Collection[str]) -> str:
    """The first or last day that days in service or shifts can have, before or afterwards, as SQL."""
    edge = "first_day" if which == "min" else "last_day"
    days = [change.rows(f"select {edge} as day from {relation}")[0]["day"] for relation in ("edge_before", "work_edge")]
    moments = (True, False) if "schedule_shift" in hand else (True,)
    days += [_extreme(change, "schedule_shift", "true", f"{which}(local_date)", before) for before in moments]
    found = (min if which == "min" else max)([day for day in days if day], default=date(1, 1, 1))
    return f"(date '{found}' {'-' if which == 'min' else '+'} 40)"


def _extreme(change: Change, table: str, where: str, what: str, before: bool = False) -> date | None:
    """The first or last local day of a fact's rows, found month by month so that a long history is not read for it."""
    if table not in change.facts:
        return None
    rows = f"stored_{table}"
    months = {*change.snapshot.months(table)}
    if not before:
        rows = f"({_now(change, table, [columns.quoted(name) for name in columns.types(table)])})"
        months |= {row["month"] for row in change.rows(f"select distinct strftime(local_date, '%Y-%m') as month from {MADE[table]}")}
    for month in sorted((month for month in months if month and month[0].isdigit()), reverse=what.startswith("max")):
        found: date | None = change.rows(f"select {what} as day from {rows} where month = '{month}' and {where}")[0]["day"]
        if found:
            return found
    return None


_GATHER = {"forecast": _forecasts, "item": _items, "interview": _interviews, "work": _work}
