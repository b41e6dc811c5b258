"""Freshdesk's answers: lists of tickets, conversations, satisfaction ratings, agents and groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nyckeltal.sources.said import listed, objects
from nyckeltal.sources.systems.freshdesk.words import CHANNELS, MARKS, OTHER_QUESTION, PRIORITIES, QUESTION, source, status
from nyckeltal.sources.tickets import Message, Named, Rating, Ticket, Tickets, Unreadable, known, moment, whole
from nyckeltal.sources.tickets.lists import Lists, Take, closed, key_of, needed, take_all
from nyckeltal.sources.tickets.told import Kept
from nyckeltal.words import Text

SHOWN: Mapping[str, Sequence[str]] = {
    "tickets": ("id", "status", "source", "created_at", "updated_at"),
    "conversations": ("id", "ticket_id", "created_at", "source"),
    "ratings": ("id", "ticket_id", "created_at", "ratings"),
}
NOTE, FEEDBACK = "2", "6"
_spam, _deleted = "spam", "deleted at the source"
_no_mark = Text("sources.freshdesk.mark", "“%(value)s” is no mark of Freshdesk: those are 103, 102, 101, 100, -101, -102 and -103.")


def read(told: Tickets, files: Sequence[Path]) -> None:
    """Every item of every answer."""
    take: dict[str, Take] = {"agents": _agent, "groups": _group, "tickets": _ticket, "conversations": _conversation, "ratings": _rating}
    take["closed_to_us"] = closed("conversations")
    take_all(told, files, opened, SHOWN, take)


def opened(value: Any) -> Lists:
    """The lists of a document: one of ours with several, a list of tickets as it is answered, or one ticket, each with what is told inside it."""
    if isinstance(value, dict) and isinstance(value.get("tickets"), list):
        lists: dict[str, Any] = dict(value)
    elif isinstance(value, list) or (isinstance(value, dict) and "requester_id" in value):
        lists = {"tickets": value if isinstance(value, list) else [value]}
    else:
        return {}
    inside = [one for ticket in lists["tickets"] if isinstance(ticket, dict) for one in listed(ticket, "conversations")]
    return {**lists, "conversations": [*listed(lists, "conversations"), *inside]}


def _agent(told: Tickets, record: Kept) -> None:
    person = objects(record.value, "contact")
    if (name := known(person.get("name"))) and (key := known(record.value.get("id"))):
        told.tell(record, Named(kind="agent", id=key, name=name))


def _group(told: Tickets, record: Kept) -> None:
    if (name := known(record.value.get("name"))) and (key := known(record.value.get("id"))):
        told.tell(record, Named(kind="queue", id=key, name=name))


def _ticket(told: Tickets, record: Kept) -> None:
    value, key = record.value, key_of(record)
    stats = objects(value, "stats")
    came_by, now = source(value.get("source")), status(told, value.get("status"))
    settled = now in ("solved", "closed")
    opened_at = needed(value.get("created_at"), "created_at")
    told.tell(
        record,
        Ticket(
            ticket_id=key,
            opened_at=opened_at,
            status=now,
            changed_at=moment(value.get("updated_at"), "updated_at"),
            came_by=came_by,
            channel=told.channel(came_by, CHANNELS),
            direction="outbound" if came_by == "outbound email" else "inbound",
            customer=known(value.get("requester_id")),
            queue_id=known(value.get("group_id")),
            agent_id=known(value.get("responder_id")),
            reason_id=known(value.get("type")),
            priority=PRIORITIES.get(str(value.get("priority")), known(value.get("priority"))),
            replied_at=moment(stats.get("first_responded_at"), "first_responded_at"),
            resolved_at=moment(stats.get("resolved_at"), "resolved_at") or moment(stats.get("closed_at"), "closed_at") if settled else None,
            locked_at=moment(stats.get("closed_at"), "closed_at") if now == "closed" else None,
            gone=_spam if value.get("spam") is True else _deleted if value.get("deleted") is True else None,
        ),
    )
    if came_by not in ("phone", "outbound email"):
        told.tell(record, Message(ticket_id=key, message_id="0", sent_at=opened_at, author="customer"))


def _conversation(told: Tickets, record: Kept) -> None:
    """A reply, a note or what a customer wrote; feedback given with a rating is no matter brought to anybody."""
    value = record.value
    if known(value.get("source")) == FEEDBACK:
        told.leave_out(Text("sources.ticket.feedback", "what a customer wrote with a rating"))
        return
    incoming, author = value.get("incoming") is True, known(value.get("user_id"))
    machine = value.get("auto_response") is True or known(value.get("automation_id")) is not None  # an absence, or a rule
    public = value.get("private") is not True and (incoming or known(value.get("source")) != NOTE)
    told.tell(
        record,
        Message(
            ticket_id=key_of(record, "ticket_id"),
            message_id=key_of(record),
            sent_at=needed(value.get("created_at"), "created_at"),
            author="customer" if incoming else "bot" if machine else "agent",
            agent_id=None if incoming or machine else author,
            public=public,
            is_auto=machine,
        ),
    )


def _rating(told: Tickets, record: Kept) -> None:
    """The default question; marks from -103 to 103 stand for seven steps, and shorter scales use the same ends."""
    value = record.value
    marks: Mapping[str, Any] = objects(value, "ratings")
    for _ in marks.keys() - {"default_question"}:
        told.leave_out(OTHER_QUESTION)
    given = whole(marks.get("default_question"), "ratings")
    if given is None:
        return
    if given not in MARKS:
        raise Unreadable("ratings", Text(_no_mark.id, _no_mark.english, {"value": str(given)}), key_of(record))
    told.tell(
        record,
        Rating(
            ticket_id=key_of(record, "ticket_id"),
            rating_id=key_of(record),
            question_id=QUESTION,
            scale="1_7",
            value=MARKS[given],
            answered_at=needed(value.get("created_at"), "created_at"),
            agent_id=known(value.get("agent_id")),
        ),
    )
