"""Which part of the store a change touches, gathered as the `base_…` tables that derivation starts from and the `old_…` rows it is
compared with: the changed contacts, and what hangs on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from nyckeltal.contacts import columns, derive_contact, derive_reply, derive_time, telling, touch_same
from nyckeltal.contacts import same as same_contacts
from nyckeltal.contacts.change import Change, same
from nyckeltal.contacts.schema import TABLES
from nyckeltal.contacts.upkeep import FEW, GATHERED, ORGANISATION, REST, derive_parts

PARTS = ("queue_visit", "segment")  # of a contact
_COMING = ("contact", *PARTS)
SPEAKING = tuple(table for table in REST if "contact_id" in TABLES[table])  # of a contact, with words of it

_CLOCKS_OF = {
    "queue": "queue left join queue_zone using (queue_id) left join calendar using (calendar_id)",
    "client": "client left join client_zone using (client_id)",
    "agent": "agent left join agent_zone using (agent_id)",
    "reason": "reason left join reason_level using (reason_id)",
    "question": "question",
}
_MATTERS = {  # what of the organisation the words of facts depend on
    "queue": "struct_pack(zone, calendar_tz := calendar.tz, weekly, holidays, opens := calendar.valid_from, closes := calendar.valid_to)",
    "client": "zone",
    "agent": "zone",
    "reason": "coalesce(level2_id, reason_id)",
    "question": "struct_pack(measure, scale)",
}


def moved(change: Change) -> set[str]:
    """The organisation's tables of which rows come or go."""
    relations = {f"{when}_{name}": name for when in ("new", "was") for name in ORGANISATION}
    return {relations[relation] for relation in change.some(relations)}


def organise(change: Change) -> None:
    """The organisation as it will be, as tables `client`, `queue` …, and `changed_<table>`: the ids whose zone, hours, level or measure differ."""
    for name in ORGANISATION:
        rows = f"as select {_based(name)} from stored_{name}" if change.has_stored(name) else columns.declared(name, columns.based(name))
        change.run(f"create or replace temp table {name} {rows}")
    differing = moved(change)
    matters = bool(differing & {*_MATTERS, "calendar"}) and any(map(change.has_stored, change.facts))  # to rows that are stored
    if matters:
        _matters(change, "before")
    else:
        change.run("; ".join(f"create or replace temp table changed_{name} (id varchar)" for name in _MATTERS))
    for name in differing:
        change.run(f"""
            delete from {name} t using was_{name} o where {same(name, "t", "o")};
            delete from {name} t using new_{name} o where {same(name, "t", "o")};
            insert into {name} by name from new_{name};
        """)
    if matters:
        _compare_matters(change)


def _compare_matters(change: Change) -> None:
    _matters(change, "after")
    for name in _MATTERS:
        change.run(f"""
            create or replace temp table changed_{name} as
            select coalesce(a.{name}_id, b.{name}_id) as id from after_{name} a full join before_{name} b on a.{name}_id = b.{name}_id
            where a.matters is distinct from b.matters;
        """)


def _matters(change: Change, when: str) -> None:
    derive_time.find_zones(change.con)
    change.run(derive_contact.REASONS)
    for name, matters in _MATTERS.items():
        change.run(f"create or replace temp table {when}_{name} as select {name}_id, {matters} as matters from {_CLOCKS_OF[name]}")


def _based(table: str) -> str:
    return ", ".join(columns.quoted(name) for name in columns.based(table))


def gather(change: Change) -> None:
    """Make what `derive_all` starts from: every `base_…` table, visits and segments, what each source tells, `case_contact`; and the `old_…` rows."""
    change.run("create or replace temp table touched (contact_id varchar)")
    _touch_by_rows(change)
    _touch_by_organisation(change)
    _gather_contacts(change)
    if _telling_changed(change):
        _gather_contacts(change)
    _gather_surveys_and_states(change)
    _gather_cases(change)
    _gather_rest(change)
    if change.joins:
        same_contacts.carry(change.con, change.facts)


def _touch_by_rows(change: Change) -> None:
    for table in (*(() if change.begins else _COMING), *_in_question(change, SPEAKING)):
        change.run(f"insert into touched select contact_id from new_{table} union select contact_id from was_{table}")
    if change.any("new_case") or change.any("was_case"):
        change.run(
            "insert into touched select contact_id from stored_contact where case_id in (select case_id from new_case union select case_id from was_case)"
        )
    if change.any(f"({_REPLY_TERMS})"):
        change.run(f"insert into touched select contact_id from stored_contact where channel in {derive_reply.WRITTEN} and client_id in ({_REPLY_TERMS})")
    if {"qa_evaluation", "qa_answer"} <= {*change.facts}:
        change.run(f"insert into touched select contact_id from stored_qa_evaluation where evaluation_id in ({_ANSWERED})")
    if change.any("changed_client"):
        for table in _in_question(change, SPEAKING):
            if table != "message":  # whose client is its contact's
                change.run(f"insert into touched select contact_id from stored_{table} where client_id in (from changed_client)")


def _in_question(change: Change, tables: Iterable[str]) -> list[str]:
    return [table for table in tables if table in change.facts]


# Clients whose agreements about replies differ, or the hours that those name.
_REPLY_TERMS = f"""
    select client_id from (select * from new_agreement union all by name select * from was_agreement) where measure in {derive_reply.MEASURES}
    union
    select client_id from stored_agreement where measure in {derive_reply.MEASURES}
        and calendar_id in (select calendar_id from new_calendar union select calendar_id from was_calendar)
"""
_OF_AGENT, _OF_CLIENT, _ASKED_THAT = "agent_id in (from changed_agent)", "client_id in (from changed_client)", "question_id in (from changed_question)"
_OF_CONTACT = "contact_id in (select contact_id from within)"
_ANSWERED = "select evaluation_id from new_qa_answer union select evaluation_id from was_qa_answer"


def _touch_by_organisation(change: Change) -> None:
    for name, links in {"queue": ("contact", "queue_visit", "segment"), "client": ("contact",), "reason": ("contact",)}.items():
        if change.any(f"changed_{name}"):
            for table in links:
                change.run(f"insert into touched select contact_id from stored_{table} where {name}_id in (select id from changed_{name})")


def _gather_contacts(change: Change) -> None:
    """The touched contacts, their visits and segments."""
    _touch_by_surveys(change)
    touch_same.reach(change)
    _take_touched(change)
    within = "select contact_id from touched where contact_id is not null union select contact_id from old_contact"
    if change.begins:  # all that comes, which is too much to be listed for what else is stored, most often nothing
        coming = " union all ".join(f"select contact_id from new_{table}" for table in _COMING)
        change.run(f"create or replace temp view within as ({within}) union all {coming}")
    else:
        change.run(f"create or replace temp table within as {within}")
    keep_base(change, "contact")
    for table in PARTS:
        change.take_by(table, {"within": _OF_CONTACT}, f"old_{table}", months=_months_of_parts(change, table))
        keep_base(change, table, " and not o.is_derived")
    if change.joins:
        same_contacts.join(change.con, change.same)
    derive_parts(change.con)


def _months_of_parts(change: Change, table: str) -> set[str]:
    """Where stored visits or segments of the contacts in hand can lie: those from files in any month that has such; those made from a contact
    within a day of when it came, whoever's clock is looked at."""
    if not change.has_stored(table):
        return set()
    loaded = change.rows(f"select distinct month from stored_{table} where is_derived = false")
    made = change.rows("""
        select distinct strftime(day + unnest([-1, 0, 1]), '%Y-%m') as month
        from (select distinct unnest([offered_at, queue_entered_at])::date as day from old_contact) where day is not null
    """)
    return {"unknown", *(row["month"] for row in (*loaded, *made))}


def _take_touched(change: Change) -> None:
    """`old_contact`: the touched contacts as they are stored. Those that change themselves are in hand already, unless joining had altered them."""
    if change.joins or not change.has_stored("contact"):
        change.take_by("contact", {"touched": "contact_id in (select contact_id from touched)"}, "old_contact", ("contact_id",))
        return
    change.run("""
        create or replace temp table touched_else as
        select contact_id from touched except (select contact_id from new_contact union all select contact_id from was_contact);
    """)
    change.take_by("contact", {"touched_else": "contact_id in (select contact_id from touched_else)"}, "old_contact", ("contact_id",))
    change.run("insert into old_contact by name from was_contact")


def keep_base(change: Change, table: str, only: str = "") -> None:
    """`base_<table>`: the new rows, and the stored ones in question that stay."""
    new, there = f"select {_based(table)} from new_{table}", change.some((f"new_{table}", f"old_{table}"))
    kept = f"select {_based(table)} from old_{table} o where not exists (select 1 from was_{table} w where {same(table, 'w', 'o')}){only}"
    if change.streams:
        stays = f"old_{table}" in there and change.fill(f"kept_{table}", kept)
        change.run(f"create or replace temp view base_{table} as {new}{f' union all by name select * from kept_{table}' if stays else ''}")
    elif there:
        change.run(f"create or replace temp table base_{table} as {new} union all by name {kept}")
    else:
        change.run(f"create or replace temp table base_{table} {columns.declared(table, columns.based(table))}")


def _touch_by_surveys(change: Change) -> None:
    """Contacts that touched answers speak of: an answer's words come from its contact."""
    change.run("""
        create or replace temp table asked as
        select invitation_id from new_survey_response
        union select invitation_id from new_survey_invitation
        union select invitation_id from was_survey_invitation;
        insert into touched select contact_id from new_survey_invitation where contact_id is not null;
    """)
    if change.has_stored("survey_invitation") and change.any("asked"):
        change.run("insert into touched select contact_id from stored_survey_invitation where contact_id is not null and invitation_id in (from asked)")
    if change.any("changed_client"):
        for table in ("survey_invitation", "survey_response"):
            change.run(f"insert into touched select contact_id from stored_{table} where client_id in (from changed_client) and contact_id is not null")
    if change.has_stored("survey_response") and change.any("changed_question"):
        change.run("insert into touched select contact_id from stored_survey_response where question_id in (from changed_question) and contact_id is not null")


def _telling_changed(change: Change) -> bool:
    """Make `source_parts` and `source_notes`: what each source tells. Where that differs from before, every contact of the source is touched."""
    changed = [name for name, telling in telling.TELLING.items() if _tells_otherwise(change, name, *telling)]
    return bool(changed)


def _tells_otherwise(change: Change, name: str, table: str, told: str, flags: Mapping[str, str]) -> bool:
    if not change.has_stored(table) or not change.some(("within", GATHERED[table])):
        change.run(f"create or replace temp table {name} as {told.format(rows=GATHERED[table])}")
        return False
    ever = ", ".join(f"bool_or({flag}) as {flag}" for flag in flags)
    change.run(f"""
        create or replace temp table told_before as {_told_before(change, table, told, flags)};
        create or replace temp table told_here as {told.format(rows=GATHERED[table])};
    """)
    fewer = " or ".join(f"o.{flag} and not coalesce(h.{flag}, false)" for flag in flags)
    said = f"({told.format(rows=f'old_{table}')}) o left join told_here h using (source, part) where h.source is null or {fewer}"
    rest = f"(select s.* from stored_{table} s anti join within w on w.contact_id = s.contact_id)"
    others = told.format(rows=rest) if change.any(said) else "from told_before"  # those in hand still say all that they said: nobody else has to be asked
    change.run(f"create or replace temp table {name} as select source, part, {ever} from (from told_here union all by name {others}) group by source, part")
    now, before = (", ".join(f"coalesce({one}.{flag}, false)" for flag in flags) for one in ("a", "b"))
    differing = f"""
        select source from {name} a full join told_before b using (source, part)
        where ({now}) is distinct from ({before}) and source in (select source from told_before)
    """
    if not change.fill("changed_source", differing):
        return False
    change.run(f"insert into touched select contact_id from stored_{table} where source in (from changed_source)")
    return True


def _told_before(change: Change, table: str, told: str, flags: Mapping[str, str]) -> str:
    """SQL for what each source told so far. What one tells in the latest month is not looked for in others: there only rows are read that may tell more,
    which whole files do not have where a source never tells it. What contacts took over, which is told apart, can be in any."""
    months = change.snapshot.months(table)
    if len(months) < 2 or change.snapshot.rows(table) < FEW:
        return told.format(rows=f"stored_{table}")
    change.fill("told_latest", told.format(rows=f"({change.snapshot.reading(table, months[-1:])})"))
    latest = change.rows("select * from told_latest where part = ''")
    may = [" and ".join(["true", *(f"source <> {columns.text(row['source'])}" for row in latest)])]
    for flag, has in flags.items():
        silent = [columns.text(row["source"]) for row in latest if not row[flag]]
        may += [f"{has} and source in ({', '.join(silent)})"] if silent else []
    may += ["taken is not null"] if "taken" in TABLES[table] else []
    rest = told.format(rows=f"({' union all '.join(f'select * from stored_{table} where {one}' for one in may)})")
    ever = ", ".join(f"bool_or({flag}) as {flag}" for flag in flags)
    return f"select source, part, {ever} from (select * from told_latest union all by name {rest}) group by source, part"


def _gather_surveys_and_states(change: Change) -> None:
    linked = {"asked": "invitation_id in (from asked where invitation_id is not null)", "within": _OF_CONTACT}
    named = "invitation_id in (select invitation_id from base_survey_response where invitation_id is not null)"
    _keep(change, "survey_response", {**linked, "changed_question": _ASKED_THAT, "changed_client": _OF_CLIENT})
    _keep(change, "survey_invitation", {"base_survey_response": named, "within": _OF_CONTACT, "changed_client": _OF_CLIENT})
    _keep(change, "agent_state", {"changed_agent": _OF_AGENT, "changed_queue": "queue_id in (from changed_queue)", "changed_client": _OF_CLIENT})
    _keep(change, "promise", {})


def _keep(change: Change, table: str, conditions: Mapping[str, str]) -> None:
    """`old_<table>`: the stored rows that meet a condition, each for the relation that it looks into, or that go; and `base_<table>`."""
    going = f"(source, source_id) in (select (source, source_id) from was_{table})"
    change.take_by(table, {**conditions, f"was_{table}": " or ".join(filter(None, (conditions.get(f"was_{table}"), going)))}, f"old_{table}")
    keep_base(change, table)


def _gather_cases(change: Change) -> None:
    """The cases that the gathered contacts name or named, and every contact that names one of them."""
    change.run("""
        create or replace temp table named_case as
        select case_id from (select case_id from base_contact union select case_id from old_contact union select case_id from new_case
            union select case_id from was_case) where case_id is not null
    """)
    named = {"named_case": "case_id in (from named_case)", "changed_reason": "reason_id in (from changed_reason)", "changed_client": _OF_CLIENT}
    change.take_by("case", named, "old_case")
    keep_base(change, "case")
    few = "case_id, direction, is_test, callback_of"
    change.run(f"""
        create or replace temp table case_contact as
        select {few} from base_contact where case_id in (select case_id from base_case)
        union all
        select {few} from stored_contact where case_id in (select case_id from base_case) and contact_id not in (select contact_id from within);
    """)


def _gather_rest(change: Change) -> None:
    """The other facts: what speaks of the gathered contacts, or lies under what changed in the organisation; and what depends on its like."""
    people, clients = {"changed_agent": _OF_AGENT}, {"changed_client": _OF_CLIENT}
    spoken = {"within": _OF_CONTACT, **clients}
    answered = f"evaluation_id in ({_ANSWERED})"
    customers = "(client_id, customer_key) in (select (client_id, customer_key) from {})"
    conditions: dict[str, dict[str, str]] = {
        "message": {"within": _OF_CONTACT},
        "qa_evaluation": {**spoken, **(_both(answered, "qa_answer") if "qa_answer" in change.facts else {})},
        "qa_answer": {f"{when}_qa_evaluation": f"evaluation_id in (select evaluation_id from {when}_qa_evaluation)" for when in ("base", "old")},
        "order": {**spoken, **{f"{when}_order": customers.format(f"{when}_order") for when in ("new", "was")}},
        "schedule_shift": {**people, **{f"{when}_schedule_shift": _overlaps(f"{when}_schedule_shift") for when in ("new", "was")}},
        **dict.fromkeys(("sale", "retention_case", "complaint"), spoken),
        **dict.fromkeys(("absence", "feedback_talk"), people),
        "employee_response": {"changed_question": _ASKED_THAT},
        "report_task": clients,
        "summary": {"changed_queue": "queue_id in (from changed_queue)", **clients},
        "outage": {"changed_queue": "scope = 'queue' and scope_id in (from changed_queue)"},
        "customer_base_month": {},
        "finance_month": {},
    }
    for table in _in_question(change, conditions):
        _keep(change, table, conditions[table])
    _gather_neighbours(change)


def _both(condition: str, table: str) -> dict[str, str]:
    return dict.fromkeys((f"new_{table}", f"was_{table}"), condition)


def _overlaps(rows: str) -> str:
    return f"exists (select 1 from {rows} n where n.agent_id = o.agent_id and n.started_at < o.ended_at and n.ended_at > o.started_at)"


def _gather_neighbours(change: Change) -> None:
    """`near_schedule_shift`, `near_order`: those in hand, and the ones that their words depend on."""
    customers = "(client_id, customer_key) in (select (client_id, customer_key) from base_order)"
    conditions = {"schedule_shift": _overlaps("base_schedule_shift"), "order": customers}
    for table in _in_question(change, conditions):
        change.take_by(table, {f"base_{table}": conditions[table]}, "met")
        change.run(f"""
            create or replace temp table near_{table} as select * from base_{table} union all by name
            select {_based(table)} from met m anti join old_{table} o on {same(table, "m", "o")};
        """)
