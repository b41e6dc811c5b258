"""Clients, queues, agents and reasons that a row names and nobody has described: created when first seen, marked so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts import columns
from nyckeltal.contacts.same import as_loaded
from nyckeltal.contacts.schema import TABLES

if TYPE_CHECKING:
    import pyarrow as pa

    from nyckeltal.contacts.change import Change

_PROVENANCE = ("source", "source_id", "loaded_at", "load_id")

source = "seen"

NAMES = {  # organisation table → where facts name its rows
    "client": tuple(
        (table, "client_id")
        for table in (
            *("contact", "case", "agent_state", "survey_invitation", "survey_response", "queue", "agreement", "promise", "qa_evaluation"),
            *("sale", "retention_case", "order", "complaint", "customer_base_month", "finance_month", "report_task", "summary"),
            *("qa_item", "interview"),  # a case may state these; in a store they are made of others
        )
    ),
    "queue": (
        *((table, "queue_id") for table in ("contact", "queue_visit", "segment", "case", "agent_state", "forecast", "summary")),
        ("segment", "target_queue_id"),
    ),
    "agent": (
        *((table, "agent_id") for table in ("segment", "case", "agent_state", "survey_invitation", "team_membership", "employment", "message")),
        *((table, "agent_id") for table in ("schedule_shift", "absence", "feedback_talk", "qa_evaluation", "sale", "retention_case", "order")),
        *(("contact", "own_agent_id"), ("contact", "logged_by"), ("case", "opened_by"), ("qa_evaluation", "evaluator_id")),
        *(("feedback_talk", "leader_id"), ("report_task", "leader_id")),
        *((table, "agent_id") for table in ("shift_part", "agent_day", "agent_month", "qa_item", "interview")),
    ),
    "reason": (("contact", "reason_id"), ("case", "reason_id")),
}
ORDER = ("queue", "agent", "reason", "client")  # clients last: a queue seen for the first time may name one
KEYS = {"client": "client_id", "queue": "queue_id", "agent": "agent_id", "reason": "reason_id"}


def row(table: str, name: str, client_id: str | None = None) -> dict[str, Any]:
    """A row for something nobody has described."""
    found: dict[str, Any] = {KEYS[table]: name, "described": False, "source": source, "source_id": name}
    return found | ({"client_id": client_id or "unknown"} if table == "queue" else {})


def rows(tables: Mapping[str, pa.Table]) -> dict[str, list[dict[str, Any]]]:
    """What the tables name and do not describe, for a world in memory."""
    clients = _queue_clients(tables)
    found: dict[str, list[dict[str, Any]]] = {}
    for table in ORDER:
        known = set(tables[table].column(KEYS[table]).to_pylist()) if table in tables else set()
        named = {name for fact, column in NAMES[table] if fact in tables for name in tables[fact].column(column).to_pylist() if name is not None}
        if table == "client":
            named |= {queue["client_id"] for queue in found.get("queue", [])}
        if named - known:
            found[table] = [row(table, name, clients.get(name)) for name in sorted(named - known)]
    return found


def _queue_clients(tables: Mapping[str, pa.Table]) -> dict[str, str]:
    """Whose a queue is, judged by the contacts that name it or whose visits do."""
    summed = {row["queue_id"]: row["client_id"] for row in tables["summary"].select(["queue_id", "client_id"]).to_pylist()} if "summary" in tables else {}
    if "contact" not in tables:
        return summed
    contacts = tables["contact"].select(["contact_id", "client_id", "queue_id"]).to_pylist()
    client_of = {contact["contact_id"]: contact["client_id"] for contact in contacts}
    found = summed | {contact["queue_id"]: contact["client_id"] for contact in contacts}
    for fact in ("queue_visit", "segment"):
        if fact in tables:
            for part in tables[fact].select(["contact_id", "queue_id"]).to_pylist():
                found.setdefault(part["queue_id"], client_of.get(part["contact_id"]))
    return found


def _naming(change: Change, table: str, when: str) -> str:
    """SQL for the ids that rows of `new_…` or `was_…` name, each once."""
    naming = [(fact, column) for fact, column in NAMES[table] if fact in change.telling]
    there = change.some({f"{when}_{fact}" for fact, _ in naming})
    told = [f"select {column} as id from {when}_{fact}" for fact, column in naming if f"{when}_{fact}" in there]
    return " union ".join(["select null::varchar as id", *told])


def meet(change: Change) -> None:
    """Add to `new_<organisation>` what the new rows name and nobody has described."""
    for table in ORDER:
        key = KEYS[table]
        named = _naming(change, table, "new")
        unknown = f"""
            select id from ({named}) where id is not null
            and id not in (select {key} from new_{table}) and id not in (select s.{key} from stored_{table} s anti join was_{table} w using ({key}))
        """
        if change.fill("unknown", unknown):
            _create(change, table)
    _find_clients(change)


def _find_clients(change: Change) -> None:
    """A queue that a forecast named first is nobody's until a contact names it too."""
    change.run(f"""
        create or replace temp table unknown as select distinct queue_id as id from new_contact join stored_queue q using (queue_id)
        where q.source = '{source}' and q.client_id = 'unknown' and queue_id not in (select queue_id from new_queue);
        insert into was_queue by name select * from stored_queue where queue_id in (select id from unknown);
    """)
    if change.any("unknown"):
        _create(change, "queue")


def meet_again(change: Change) -> None:
    """The same after rows were taken away: what was described and is still named is seen again; what was only seen and is
    named no more goes, whichever load it first came with."""
    for table in ORDER:
        key = KEYS[table]
        named = _naming(change, table, "was")
        change.run(f"""
            create or replace temp table going as
            select {key} as id from was_{table} where {key} not in (select {key} from new_{table})
            union select {key} from stored_{table} where source = '{source}' and {key} in (select id from ({named}) where id is not null);
        """)
        if change.any("going"):
            _still_named(change, table)
            change.run(f"""
                insert into was_{table} by name select * from stored_{table} where source = '{source}'
                    and {key} in (select id from going) and {key} not in (select id from still);
                create or replace temp table unknown as select id from still where id in (select {key} from was_{table});
            """)
            _create(change, table)


def _still_named(change: Change, table: str) -> None:
    """Make `still`: which of `going` the rows that stay name."""
    change.run("create or replace temp table still (id varchar)")
    for fact, column in ((fact, column) for fact, column in NAMES[table] if fact in change.telling):
        key, loaded = TABLES[fact].key, " and not is_derived" if "is_derived" in TABLES[fact] else ""
        change.run(f"""
            insert into still select {as_loaded(fact, column)} from stored_{fact}
            where {as_loaded(fact, column)} in (select id from going) and {key} not in (select {key} from was_{fact}){loaded}
            union select {column} from new_{fact} where {column} in (select id from going);
        """)
    change.run("create or replace temp table still as select distinct id from still")


def _create(change: Change, table: str) -> None:
    """Rows for the ids in `unknown`; a queue is the client's whose contact names it."""
    key = KEYS[table]
    fields = f"id as {key}, false as described, '{source}' as source, id as source_id, {change.stamp}"
    relation = "unknown"
    if table == "queue":
        whens = ("new", "stored") if "summary" in change.telling else ()
        summed = " union all ".join(f"select null, client_id, queue_id from {when}_summary where queue_id in (from unknown)" for when in whens)
        change.run(f"""
            create or replace temp table naming as
            select distinct null::varchar as contact_id, client_id, queue_id from new_contact where queue_id in (from unknown)
            union all select contact_id, null, queue_id from new_queue_visit where queue_id in (from unknown)
            union all select contact_id, null, queue_id from new_segment where queue_id in (from unknown)
            union all select contact_id, null, target_queue_id from new_segment where target_queue_id in (from unknown)
            union all select null, client_id, queue_id from new_case where queue_id in (from unknown)
            union all select distinct null, client_id, queue_id from stored_contact where queue_id in (from unknown)
            {"union all " + summed if summed else ""};
        """)
        relation = """(
            select id, coalesce(min(coalesce(n.client_id, c.client_id, s.client_id)), 'unknown') as client_id from unknown
            left join naming n on n.queue_id = id
            left join new_contact c on c.contact_id = n.contact_id
            left join (select contact_id, client_id from stored_contact where contact_id in (select contact_id from naming)) s on s.contact_id = n.contact_id
            group by id)"""
        fields += ", client_id"
    chosen = columns.select(table, columns.based(table), [key, "described", *_PROVENANCE, *(["client_id"] if table == "queue" else [])])
    change.run(f"insert into new_{table} by name select {chosen} from (select {fields} from {relation})")
