"""The facts that the tables of `rows.py` make: which column of a fact says what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nyckeltal.sources import cells
from nyckeltal.sources.staging import select_staged
from nyckeltal.sources.tickets.aside import set_aside
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.sources.gathered import Gathered

_same = ("client_id", "customer_key", "opened_at", "closed_at", "opened_by", "reason_id", "queue_id", "agent_id", "channel", "came_by", "priority")
_english = "Nobody has said what channel “%(value)s” is. Say it under [channels] in a mapping."
_no_channel = Text("sources.ticket.no_channel", _english)
_whole = "(FROM ticket_contact WHERE channel IS NOT NULL)"
_life_says = ("client_id", "direction", "customer_key", "language", "reason_id", "reason_type", "is_test", "reference", "changed_at", "came_by")
_contact_of = f"(SELECT c.*, {', '.join(f'l.{name}' for name in _life_says)} FROM ticket_contact c JOIN life l USING (ticket_id))"


def hand_over(told: Gathered, handovers_told: bool) -> None:
    """Cases first; whatever nothing was told of is no fact of this load."""
    _cases(told)
    _contacts(told)
    _parts(told, handovers_told)
    if _any(told, "said WHERE public"):
        _messages(told)
    if _any(told, "rating_once SEMI JOIN told_ticket USING (ticket_id)"):
        _ratings(told)
    if _any(told, "ticket_name"):
        _names(told)


def _any(told: Gathered, relation: str) -> bool:
    return told.con.execute(f"SELECT 1 FROM {relation} LIMIT 1").fetchone() is not None


def _cases(told: Gathered) -> None:
    early = "first_at < opened_at"
    told.hand_over(
        "case",
        "life",
        {
            **{name: name for name in (*_same, "status", "resolved_at", "locked_at", "is_test", "changed_at", "n")},
            "source_id": "ticket_id",
            "in_time": "CASE WHEN is_settled OR NOT in_time THEN in_time END",  # what is still going on may yet be late
            "reopened_at": "again_at",
            "reopened_n": "coalesce(reopened_n, again_n)",
            "handovers_n": "coalesce(handovers_n, handed_n)",
            "new_s": "new_s",
            "open_s": "open_s",
            "pending_s": "pending_s",
            "on_hold_s": "coalesce(on_hold_s, hold_s)",
            "tier": "coalesce(tier, 1)",
            "marks": f"list_concat(CASE WHEN {early} THEN ['clock_disagrees'] ELSE [] END, CASE WHEN closing_untold THEN ['closing_untold'] ELSE [] END)",
        },
    )


def _contacts(told: Gathered) -> None:
    """What came by a way that nobody has explained is no contact yet."""
    set_aside(told, "contact", f"(SELECT n, contact AS id, came_by AS value FROM {_contact_of} WHERE channel IS NULL)", "channel", _no_channel)
    told.hand_over(
        "contact",
        f"(SELECT * FROM {_contact_of} WHERE channel IS NOT NULL)",
        {
            **{name: name for name in (*_life_says[:-1], "n", "channel")},
            "source_id": "contact",
            "queue_id": "queue",
            "offered_at": "starts_at",
            "queue_entered_at": "CASE WHEN channel = 'chat' AND replied_at >= starts_at THEN starts_at END",
            "answered_at": "replied_at",
            "ended_at": "last_at",
            "outcome": "CASE WHEN answered THEN 'answered' END",
            "case_id": told.own("ticket_id"),
            "reference": "CASE WHEN is_first THEN reference END",
        },
    )


def _parts(told: Gathered, handovers_told: bool) -> None:
    """The time worked counts with the agent's first part in the contact; told of the whole ticket only where one agent had all of it."""
    work = "SELECT contact, agent_id AS agent, sum(worked_s) AS worked_s FROM said WHERE author = 'agent' GROUP BY ALL"
    relation = f"""(SELECT p.*, c.ticket_id, l.changed_at, c.is_first, count(*) OVER (PARTITION BY c.ticket_id) = 1 AS alone, l.worked_s AS ticket_worked_s,
        w.worked_s FROM part p
        JOIN {_whole} c USING (contact) JOIN life l USING (ticket_id)
        LEFT JOIN ({work}) w ON w.contact = p.contact AND w.agent = p.agent)"""
    whole = "CASE WHEN is_first AND alone THEN ticket_worked_s END"
    told.hand_over(
        "segment",
        relation,
        {
            "source_id": "contact || '|' || seq",
            "n": "n",
            "contact_id": told.own("contact"),
            "seq": "seq",
            "answered": "true",
            "agent_id": "agent",
            "queue_id": "queue",
            "started_at": "started_at",
            "talk_s": f"CASE WHEN first_of_agent THEN coalesce(worked_s, {whole}) END",
            "end_kind": "CASE WHEN moved THEN 'transfer' WHEN answered THEN 'agent' END" if handovers_told else "NULL",
            "target_queue_id": "CASE WHEN moved THEN next_queue END" if handovers_told else "NULL",
            "changed_at": "changed_at",
        },
    )


def _messages(told: Gathered) -> None:
    told.hand_over(
        "message",
        f"(SELECT s.*, l.changed_at FROM said s JOIN life l USING (ticket_id) WHERE public AND contact IN (SELECT contact FROM {_whole}))",
        {
            "source_id": "ticket_id || '/' || message_id",
            "n": "n",
            "contact_id": told.own("contact"),
            "direction": "CASE WHEN author = 'customer' THEN 'inbound' ELSE 'outbound' END",
            "author": "author",
            "agent_id": "agent_id",
            "sent_at": "sent_at",
            "is_auto": "is_auto",
            "changed_at": "changed_at",
        },
    )


def _ratings(told: Gathered) -> None:
    """Asked about the contact that was last answered before."""
    told.con.execute("""CREATE OR REPLACE TEMP TABLE rated AS
        SELECT r.*, coalesce(c.contact, CASE WHEN l.channel IS NOT NULL THEN r.ticket_id END) AS contact, l.client_id, l.customer_key, l.channel AS through,
            l.changed_at
        FROM (SELECT *, coalesce(asked_at, answered_at) AS drawn_at FROM rating_once SEMI JOIN told_ticket USING (ticket_id)) r JOIN life l USING (ticket_id)
        ASOF LEFT JOIN (SELECT * FROM ticket_contact WHERE answered AND channel IS NOT NULL) c ON r.ticket_id = c.ticket_id AND r.drawn_at >= c.starts_at""")
    told.hand_over(
        "survey_invitation",
        "rated",
        {
            "source_id": "rating_id",
            "n": "n",
            "client_id": "client_id",
            "survey_id": "question_id",
            "contact_id": told.own("contact"),
            "customer_key": "customer_key",
            "agent_id": "agent_id",
            "channel": "through",
            "drawn_at": "drawn_at",
            "changed_at": "changed_at",
            # who was asked in vain is told together with when they were asked; a system that tells only answers has no response rate
            "outcome": "CASE WHEN asked_at IS NULL THEN NULL WHEN value IS NOT NULL OR text IS NOT NULL THEN 'complete' ELSE 'unknown' END",
        },
    )
    told.hand_over(
        "survey_response",
        "(SELECT * FROM rated WHERE value IS NOT NULL OR (scale = 'text' AND text IS NOT NULL))",
        {
            "source_id": "rating_id",
            "n": "n",
            "invitation_id": told.own("rating_id"),
            "client_id": "client_id",
            "question_id": "question_id",
            "scale": "scale",
            "value": "value",
            "text": "text",
            "answered_at": "coalesce(answered_at, asked_at)",
            "changed_at": "changed_at",
        },
    )
    _questions(told)


def _questions(told: Gathered) -> None:
    given = {
        "survey_id": "question_id",
        "words": "NULL",
        "source": cells.quote(told.setting.source),
        "source_id": "question_id",
        "changed_at": "NULL",
        "line": "0",
    }
    path = told.setting.folder / "question.parquet"
    known = ", ".join(map(cells.quote, sorted(told.setting.known_questions))) or "NULL"
    rows = f"SELECT DISTINCT question_id, measure, scale FROM rated WHERE (question_id IN ({known})) IS NOT TRUE"
    told.con.execute(f"COPY (SELECT {select_staged('question', given)} FROM ({rows})) TO '{path}' (FORMAT parquet)")
    told.reading.facts["question"] = [path]


def _names(told: Gathered) -> None:
    """Names for groups and agents whom nobody has described."""
    used = {
        "queue": "SELECT queue AS id FROM ticket_contact UNION SELECT queue_id FROM life UNION SELECT queue FROM part UNION SELECT next_queue FROM part",
        "agent": "SELECT agent AS id FROM part UNION SELECT agent_id FROM life UNION SELECT opened_by FROM life UNION SELECT agent_id FROM said",
    }
    called = {"queue": "name", "agent": "display_name"}
    client = "(SELECT min(client_id) FROM life)"
    for kind, query in used.items():
        if not _any(told, f"ticket_name WHERE kind = '{kind}' AND id IN ({query})"):
            continue
        told.con.execute(
            f"CREATE OR REPLACE TEMP TABLE named AS SELECT id, arg_max(name, n) AS name, max(n) AS n FROM ticket_name WHERE kind = '{kind}' GROUP BY 1"
        )
        known = "SELECT NULL::VARCHAR WHERE false"
        if told.setting.facts is not None:
            told.setting.facts.attach(told.con, kind, name=f"{kind}_in_store")
            known = f"SELECT {kind}_id FROM {kind}_in_store WHERE described"
        told.hand_over(
            kind,
            f"(SELECT * FROM named WHERE id IN ({query}) AND id NOT IN ({known}))",
            {
                "source_id": "id",
                f"{kind}_id": "id",
                "n": "n",
                called[kind]: "name",
                "described": "false",
                **({"client_id": client} if kind == "queue" else {}),
            },
        )
