"""Conversations of Genesys Cloud as contacts, visits and segments; of a conversation that came several times the newest counts."""

from __future__ import annotations

from collections.abc import Iterator

from nyckeltal.sources import cells
from nyckeltal.sources.coverage import coverage
from nyckeltal.sources.gathered import Gathered


def make(gathered: Gathered) -> None:
    """What the conversations tell."""
    for query in (_NEWEST, *_as_told_last(gathered), _LINKED, _STAYS, _CONTACTS):
        gathered.con.execute(query)
    [again] = gathered.con.execute("SELECT (SELECT count(*) FROM conversation) - (SELECT count(*) FROM newest)").fetchone() or (0,)
    gathered.counted.repeated += again
    gathered.hand_over("contact", "whole", _contact_columns(gathered))
    gathered.hand_over("queue_visit", "stays", _visit_columns(gathered))
    gathered.hand_over("segment", "linked", _segment_columns(gathered))
    _told_whole(gathered)
    gathered.reading.kinds |= coverage(gathered.con, {"contact": gathered.reading.facts["contact"]}, gathered.setting, gathered.setting.zone)


def _told_whole(gathered: Gathered) -> None:
    """A conversation is told with all of its sessions each time: stays and parts that a correction has no more are gone. Not where one was set aside."""
    path, came = gathered.setting.folder / "whole-contact.parquet", gathered.reading.facts
    aside = " UNION ALL ".join(
        f"SELECT conversation FROM {told} t ANTI JOIN read_parquet('{came[fact][0]}') c ON c.source_id = t.id"
        for told, fact in (("stays", "queue_visit"), ("linked", "segment"))
    )
    gathered.con.execute(f"""COPY (
        SELECT {gathered.own("id")} AS id, id AS source_id, changed AS changed_at, ['queue_visit', 'segment'] AS parts FROM whole WHERE id NOT IN ({aside})
    ) TO '{path}' (FORMAT parquet)""")
    gathered.reading.whole["contact"] = [path]


_NEWEST = """
CREATE OR REPLACE TEMP TABLE newest AS SELECT * FROM conversation
QUALIFY row_number() OVER (PARTITION BY id ORDER BY changed DESC NULLS LAST, n DESC) = 1
"""


def _as_told_last(gathered: Gathered) -> Iterator[str]:
    """Makes a conversation told to its end no older than the store has it told to its end: the vendor says nothing of which answer is the newer,
    a correction may shorten it, and what is asked comes in order."""
    if gathered.setting.facts is None:
        return
    gathered.setting.facts.attach(gathered.con, "contact", name="contact_in_store")
    yield f"""CREATE OR REPLACE TEMP TABLE newest AS
        SELECT c.* REPLACE (CASE WHEN c.ends IS NOT NULL THEN greatest(c.changed, s.changed_at) ELSE c.changed END AS changed)
        FROM newest c LEFT JOIN (SELECT source_id AS id, changed_at FROM contact_in_store WHERE source = {cells.quote(gathered.setting.source)}
            AND ended_at IS NOT NULL AND offered_at >= (SELECT min(begins) FROM newest)) s USING (id)"""


# An agent's session belongs to the stay in its queue that had begun when it rang.
_LINKED = """
CREATE OR REPLACE TEMP TABLE linked AS
WITH here AS (SELECT p.*, c.changed, coalesce(p.alerted, p.started, p.ended) + INTERVAL 2 SECOND AS came
    FROM part p JOIN newest c ON c.id = p.conversation AND c.n = p.n),
stay AS (SELECT v.* FROM visit v JOIN newest c ON c.id = v.conversation AND c.n = v.n),
found AS (SELECT h.*, s.id AS visit FROM here h ASOF LEFT JOIN stay s ON s.conversation = h.conversation AND s.queue = h.queue AND s.entered <= h.came)
SELECT f.*, row_number() OVER (PARTITION BY conversation ORDER BY came, id) AS seq,
    (SELECT arg_min(s.queue, s.entered) FROM stay s WHERE s.conversation = f.conversation AND s.entered >= f.started) AS next_queue
FROM found f
"""

_STAYS = """
CREATE OR REPLACE TEMP TABLE stays AS
SELECT v.*, c.changed, row_number() OVER (PARTITION BY v.conversation ORDER BY v.entered, v.id) AS seq,
    CASE WHEN v.ended_as IS NOT NULL THEN v.ended_as WHEN a.visit IS NOT NULL THEN 'answered' ELSE v.otherwise END AS outcome
FROM visit v JOIN newest c ON c.id = v.conversation AND c.n = v.n
LEFT JOIN (SELECT DISTINCT visit FROM linked WHERE answered AND visit IS NOT NULL) a ON a.visit = v.id
"""

_CONTACTS = """
CREATE OR REPLACE TEMP TABLE whole AS
SELECT c.*, s.first_queue, s.entered, s.first_wait, s.first_outcome, s.visits, s.last_outcome, s.last_left, p.answered_at,
    coalesce(p.taken, false) AS taken, coalesce(p.parts, 0) AS parts, p.first_part_queue
FROM newest c
LEFT JOIN (SELECT conversation, arg_min(queue, seq) AS first_queue, min(entered) AS entered, arg_min_null(waited, seq) AS first_wait,
    arg_min_null(outcome, seq) AS first_outcome, count(*) AS visits, arg_max_null(outcome, seq) AS last_outcome, arg_max_null(left_at, seq) AS last_left
    FROM stays GROUP BY 1) s ON s.conversation = c.id
LEFT JOIN (SELECT conversation, min(started) FILTER (answered) AS answered_at, bool_or(answered) AS taken, count(*) AS parts,
    arg_min(queue, seq) AS first_part_queue FROM linked GROUP BY 1) p ON p.conversation = c.id
"""


def _contact_columns(gathered: Gathered) -> dict[str, str]:
    in_menu = "visits IS NULL AND parts = 0 AND direction = 'inbound' AND ends IS NOT NULL"
    outcome = f"CASE WHEN taken THEN 'answered' WHEN visits IS NOT NULL THEN last_outcome WHEN {in_menu} AND left_by_customer THEN 'abandoned' END"
    return {
        "source_id": "id",
        "n": "n",
        "changed_at": "changed",
        "queue_id": "coalesce(first_queue, first_part_queue)",
        "channel": "channel",
        "direction": "direction",
        "customer_key": "customer",
        "offered_at": "CASE WHEN callback_of IS NOT NULL THEN begins ELSE coalesce(entered, begins) END",
        "ivr_started_at": "menu",
        "queue_entered_at": "CASE WHEN callback_of IS NOT NULL THEN begins ELSE entered END",
        "answered_at": "answered_at",
        "abandoned_at": f"CASE WHEN {outcome} = 'abandoned' THEN coalesce(last_left, ends) END",
        "ended_at": "ends",
        "wait_s": f"""CASE WHEN {in_menu} AND left_by_customer THEN 0 WHEN callback_of IS NOT NULL THEN epoch_us(answered_at - begins) / 1e6
            WHEN visits = 1 OR first_outcome = 'answered' THEN first_wait END""",
        "outcome": outcome,
        "reason_id": "reason",
        "reason_logged_at": "wrapped",
        "left_in_menu": in_menu,
        "callback_of": f"CASE WHEN callback_of IS NOT NULL THEN {gathered.own('callback_of')} END",
    }


def _visit_columns(gathered: Gathered) -> dict[str, str]:
    return {
        "source_id": "id",
        "n": "n",
        "changed_at": "changed",
        "contact_id": gathered.own("conversation"),
        "seq": "seq",
        "queue_id": "queue",
        "entered_at": "entered",
        "left_at": "left_at",
        "wait_s": "waited",
        "outcome": "outcome",
    }


def _segment_columns(gathered: Gathered) -> dict[str, str]:
    return {
        "source_id": "id",
        "n": "n",
        "changed_at": "changed",
        "contact_id": gathered.own("conversation"),
        "visit_id": f"CASE WHEN visit IS NOT NULL THEN {gathered.own('visit')} END",
        "seq": "seq",
        "answered": "answered",
        "agent_id": "agent",
        "queue_id": "queue",
        "started_at": "started",
        "ended_at": "ended",
        "ring_s": "ring",
        "talk_s": "talk",
        "hold_s": "hold",
        "acw_s": "acw",
        "end_kind": "end_kind",
        "target_queue_id": "CASE WHEN end_kind = 'transfer' THEN next_queue END",
    }
