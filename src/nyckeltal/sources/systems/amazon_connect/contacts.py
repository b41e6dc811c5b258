"""Contact records of Amazon Connect as contacts. A transfer is a record of its own: the records of one contact are its parts, told
together however they came; a call-back is a contact of its own."""

from __future__ import annotations

from nyckeltal.sources import cells
from nyckeltal.sources.coverage import coverage
from nyckeltal.sources.gathered import Gathered
from nyckeltal.sources.kept import keep, take_up

COLUMNS = {
    **dict.fromkeys(("id", "chain", "previous", "next", "method", "channel", "direction", "customer", "reason", "queue", "agent"), "text"),
    **dict.fromkeys(("initiated", "connected", "disconnected", "transferred", "updated", "enqueued", "dequeued", "answered", "tried", "acw_ended"), "moment"),
    **dict.fromkeys(("waited", "talk", "hold", "acw"), "seconds"),
}
_goes_on = "('TRANSFER', 'QUEUE_TRANSFER', 'DISCONNECT')"
_technical = "('TELECOM_PROBLEM', 'AGENT_NETWORK_DISCONNECT', 'CUSTOMER_CONNECTION_NOT_ESTABLISHED', 'SYSTEM_ERROR')"


def make(gathered: Gathered) -> None:
    """Contacts, visits and segments of the records, together with those that earlier loads kept of the same contacts."""
    con = gathered.con
    relation = take_up(gathered, "part", "chain IN (SELECT chain FROM part)")
    con.execute(_PARTS.format(relation=relation))
    [twice] = con.execute("SELECT count(*) - count(DISTINCT id) FROM part").fetchone() or (0,)
    gathered.counted.repeated += twice
    for query in (_ROOTS, _TOLD):
        con.execute(query)
    con.execute(_CONTACTS)
    _leave_what_is_known_better(gathered)
    gathered.hand_over("contact", "(SELECT * FROM whole)", _contact_columns(gathered))
    gathered.hand_over("queue_visit", "(SELECT * FROM told WHERE queue IS NOT NULL)", _visit_columns(gathered))
    gathered.hand_over("segment", "(SELECT * FROM told WHERE coalesce(answered, tried) IS NOT NULL)", _segment_columns(gathered))
    keep(gathered, "part", "(SELECT * FROM told WHERE next IS NOT NULL OR previous IS NOT NULL OR chain <> id)", "coalesce(disconnected, initiated)")
    _say_what_is_known(gathered)


def _leave_what_is_known_better(gathered: Gathered) -> None:
    """A contact of which only later parts are in hand stays as the store has it."""
    con, setting = gathered.con, gathered.setting
    if setting.facts is None:
        return
    setting.facts.attach(con, "contact", name="in_store")
    con.execute(f"DELETE FROM whole WHERE headless AND source_id IN (SELECT source_id FROM in_store WHERE source = {cells.quote(setting.source)})")


def _say_what_is_known(gathered: Gathered) -> None:
    """Only these files' own records say how far contacts are known, not what was taken up from earlier ones."""
    path = gathered.setting.folder / "known-contacts.parquet"
    rows = f"SELECT c.* FROM read_parquet('{gathered.reading.facts['contact'][0]}') c WHERE source_id IN (SELECT root FROM told WHERE fresh)"
    gathered.con.execute(f"COPY ({rows}) TO '{path}' (FORMAT parquet)")
    gathered.reading.kinds |= coverage(gathered.con, {"contact": [path]}, gathered.setting, gathered.setting.zone)


# The same record may come again, later ones know more.
_PARTS = """
CREATE OR REPLACE TEMP TABLE parts AS SELECT * FROM {relation}
QUALIFY row_number() OVER (PARTITION BY id ORDER BY updated DESC NULLS LAST, fresh DESC, n DESC) = 1
"""

# The record with which a contact begins: from a transfer back to what it goes on. Where that is not in hand, the initial one by its id.
_ROOTS = f"""
CREATE OR REPLACE TEMP TABLE roots AS
WITH RECURSIVE up AS (
    SELECT id, id AS here, previous, chain, method IN {_goes_on} AS goes_on, 0 AS steps FROM parts
    UNION ALL
    SELECT up.id, p.id, p.previous, p.chain, p.method IN {_goes_on}, steps + 1 FROM up JOIN parts p ON p.id = up.previous WHERE up.goes_on AND steps < 100)
SELECT id, arg_max(CASE WHEN goes_on THEN chain ELSE here END, steps) AS root FROM up GROUP BY id
"""

_TOLD = f"""
CREATE OR REPLACE TEMP TABLE told AS
SELECT p.*, r.root, coalesce(b.root, p.previous, CASE WHEN p.chain <> p.id THEN p.chain END) AS called_back,
    row_number() OVER (PARTITION BY r.root ORDER BY p.initiated, p.id) AS seq, f.method AS next_method, f.queue AS next_queue,
    CASE WHEN p.answered IS NOT NULL THEN 'answered' WHEN p.tried IS NOT NULL THEN NULL
        WHEN f.method = 'CALLBACK' THEN 'callback_requested' WHEN f.id IS NOT NULL THEN 'overflowed'
        WHEN p.next IS NOT NULL OR p.disconnected IS NULL THEN NULL WHEN p.reason IN {_technical} THEN 'technical'
        WHEN coalesce(p.reason, 'CUSTOMER_DISCONNECT') = 'CUSTOMER_DISCONNECT' THEN 'abandoned' WHEN p.queue IS NOT NULL THEN 'overflowed' END AS outcome
FROM parts p JOIN roots r USING (id) LEFT JOIN parts f ON f.id = p.next LEFT JOIN roots b ON b.id = p.previous
"""

_CONTACTS = """
CREATE OR REPLACE TEMP TABLE whole AS
SELECT root AS source_id, max(n) AS n, max(updated) AS changed_at, bool_and(id <> root) AS headless,
    arg_min(queue, seq) AS queue, arg_min(method, seq) AS method, arg_min(channel, seq) AS of_channel, arg_min(direction, seq) AS of_direction,
    arg_min(customer, seq) AS customer, arg_min_null(called_back, seq) AS called_back, arg_min(initiated, seq) AS begins,
    arg_min_null(connected, seq) AS menu, arg_min_null(enqueued, seq) AS first_enqueued, min(enqueued) AS enqueued,
    min(answered) AS answered, bool_or(answered IS NOT NULL) AS taken, arg_max_null(outcome, seq) AS last_outcome,
    arg_max_null(dequeued, seq) AS last_dequeued, arg_max_null(disconnected, seq) AS disconnected, arg_max_null(reason, seq) AS reason,
    CASE WHEN count(*) = 1 OR arg_min_null(answered, seq) IS NOT NULL THEN arg_min_null(waited, seq) END AS waited,
    max(disconnected) AS ended, bool_or(disconnected IS NULL) AS lasts
FROM told GROUP BY root
"""


def _contact_columns(gathered: Gathered) -> dict[str, str]:
    callback = "method = 'CALLBACK'"
    in_menu = "enqueued IS NULL AND NOT taken AND of_direction = 'inbound' AND method <> 'CALLBACK' AND coalesce(last_outcome, '') <> 'callback_requested'"
    offered = f"CASE WHEN {callback} THEN begins ELSE coalesce(first_enqueued, begins) END"
    outcome = "CASE WHEN taken THEN 'answered' ELSE last_outcome END"
    return {
        "source_id": "source_id",
        "n": "n",
        "changed_at": "changed_at",
        "queue_id": "queue",
        "channel": f"CASE WHEN {callback} THEN 'callback' ELSE of_channel END",
        "direction": "of_direction",
        "customer_key": "customer",
        "offered_at": offered,
        "ivr_started_at": f"CASE WHEN of_direction = 'inbound' AND NOT {callback} THEN coalesce(menu, begins) END",
        "queue_entered_at": f"CASE WHEN {callback} THEN begins ELSE enqueued END",
        "answered_at": "answered",
        "abandoned_at": f"CASE WHEN {outcome} = 'abandoned' THEN coalesce(last_dequeued, disconnected) END",
        "ended_at": "CASE WHEN NOT lasts THEN ended END",
        "wait_s": f"CASE WHEN {callback} THEN epoch_us(answered - begins) / 1e6 WHEN {in_menu} AND last_outcome = 'abandoned' THEN 0 ELSE waited END",
        "outcome": outcome,
        "left_in_menu": in_menu,
        "callback_of": f"CASE WHEN {callback} THEN {gathered.own('called_back')} END",
        "marks": "CASE WHEN headless THEN ['entry_not_logged'] ELSE [] END::VARCHAR[]",
    }


def _visit_columns(gathered: Gathered) -> dict[str, str]:
    return {
        "source_id": "id",
        "n": "n",
        "changed_at": "updated",
        "contact_id": gathered.own("root"),
        "seq": "seq",
        "queue_id": "queue",
        "entered_at": "coalesce(enqueued, initiated)",
        "left_at": "coalesce(dequeued, answered, disconnected)",
        "wait_s": "waited",
        "outcome": "outcome",
    }


def _segment_columns(gathered: Gathered) -> dict[str, str]:
    ends = f"""CASE WHEN transferred IS NOT NULL OR next_method IN ('TRANSFER', 'QUEUE_TRANSFER') OR (next IS NOT NULL AND next_method IS NULL) THEN 'transfer'
        WHEN reason = 'CUSTOMER_DISCONNECT' THEN 'customer' WHEN reason IN ('AGENT_DISCONNECT', 'AGENT_COMPLETED') THEN 'agent'
        WHEN reason = 'THIRD_PARTY_DISCONNECT' THEN 'conference' WHEN reason IN {_technical} THEN 'technical' END"""
    return {
        "source_id": "id",
        "n": "n",
        "changed_at": "updated",
        "contact_id": gathered.own("root"),
        "visit_id": f"CASE WHEN queue IS NOT NULL THEN {gathered.own('id')} END",
        "seq": "seq",
        "answered": "answered IS NOT NULL",
        "agent_id": "agent",
        "queue_id": "queue",
        "started_at": "coalesce(answered, tried)",
        "ended_at": "coalesce(acw_ended, coalesce(transferred, disconnected) + to_microseconds((coalesce(acw, 0) * 1e6)::BIGINT))",
        **{f"{name}_s": f"CASE WHEN answered IS NOT NULL THEN {name} END" for name in ("talk", "hold", "acw")},
        "end_kind": f"CASE WHEN answered IS NOT NULL THEN {ends} END",
        "target_queue_id": f"CASE WHEN {ends} = 'transfer' THEN next_queue END",
    }
