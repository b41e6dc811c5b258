"""FreeScout's answers: conversations in pages, with threads, time logs and ratings embedded in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from nyckeltal.contacts.model.kinds import Channel
from nyckeltal.sources.said import listed, objects
from nyckeltal.sources.tickets import Change, Message, Named, Rating, Ticket, Tickets, known, moment, number, same_word, word
from nyckeltal.sources.tickets.lists import Lists, key_of, needed, take_all
from nyckeltal.sources.tickets.told import Kept, Status
from nyckeltal.words import Text

SHOWN: Mapping[str, Sequence[str]] = {
    "conversations": ("id", "number", "type", "status", "state", "createdAt"),
    "threads": ("id", "conversationId", "type", "status", "state", "createdAt"),
    "timelogs": ("id", "conversationId", "userId", "timeSpent"),
    "ratings": ("id", "conversationId", "rating", "createdAt"),
}
STATUSES: Mapping[str, Status | None] = {"active": "open", "pending": "pending", "closed": "closed", "spam": None, "nochange": None}
CHANNELS: Mapping[str, Channel] = {"email": "email", "phone": "voice", "chat": "chat"}
THREADS: Mapping[str, str] = {"customer": "customer", "message": "agent", "note": "note", "chat": "customer", "bounce": "system", "lineitem": "line"}
WAS = "status before"  # of a thread after which the conversation stands otherwise
LIKED: Mapping[str, int] = {"great": 1, "okay": 0, "not good": 0, "notgood": 0, "1": 1, "2": 0, "3": 0}
QUESTION = "freescout_satisfaction"


def read(told: Tickets, files: Sequence[Path]) -> None:
    """Every item of every answer."""
    take_all(told, files, opened, SHOWN, {"mailboxes": _mailbox, "conversations": _conversation, "threads": _thread, "timelogs": _worked, "ratings": _rating})


def opened(value: Any) -> Lists:
    """The lists of a document: a page of conversations or one alone, with what is embedded in each under its number."""
    if not isinstance(value, dict):
        return {}
    inside = objects(value, "_embedded")
    found = inside.get("conversations") if isinstance(inside.get("conversations"), list) else [value] if "mailboxId" in value else None
    if found is None:
        return {}
    parts = {name: [part for one in found if isinstance(one, dict) for part in _embedded(one, name)] for name in ("timelogs", "ratings")}
    parts["threads"] = [part for one in found if isinstance(one, dict) for part in _with_changes(_embedded(one, "threads"))]
    return {"mailboxes": inside.get("mailboxes") or (), "conversations": found, **parts}


def _embedded(conversation: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    parts = listed(objects(conversation, "_embedded"), name)
    return [{"conversationId": conversation.get("id"), **part} for part in parts]


def _with_changes(threads: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The threads in order of time, each that left another status than it found with that one: no line is written where an answer closes."""
    there = sorted((one for one in threads if same_word(one.get("state")) in (None, "published")), key=lambda one: str(one.get("createdAt")))
    status = None
    for one in there:
        now = same_word(one.get("status"))
        if now and now != "nochange":
            one[WAS] = status if status != now else None
            status = now
    return [*there, *(one for one in threads if WAS not in one and one not in there)]


def _mailbox(told: Tickets, record: Kept) -> None:
    if name := known(record.value.get("name")):
        told.tell(record, Named(kind="queue", id=key_of(record), name=name))


def _conversation(told: Tickets, record: Kept) -> None:
    value, key = record.value, key_of(record)
    person, maker, customer = (objects(value, name) for name in ("assignee", "createdBy", "customer"))
    ours = maker.get("type") == "user"
    came_by = same_word(value.get("type"))
    now = word(value.get("status"), "status", STATUSES)
    closed = moment(value.get("closedAt"), "closedAt")
    told.tell(
        record,
        Ticket(
            ticket_id=key,
            opened_at=needed(value.get("createdAt"), "createdAt"),
            status=now,
            changed_at=moment(value.get("updatedAt"), "updatedAt"),
            came_by=came_by,
            channel=told.channel(came_by, CHANNELS),
            direction="outbound" if ours and came_by == "email" else "inbound",
            customer=known(customer.get("id")),
            queue_id=known(value.get("mailboxId")),
            agent_id=known(person.get("id")),
            opened_by=known(maker.get("id")) if ours else None,
            resolved_at=closed if now == "closed" else None,
            gone=_gone(value),
            all_messages=isinstance(objects(value, "_embedded").get("threads"), list),
        ),
    )
    if known(person.get("id")) and (name := _name(person)):
        told.tell(record, Named(kind="agent", id=str(person["id"]), name=name))


def _gone(value: Mapping[str, Any]) -> str | None:
    """Why it counts nowhere: a draft was never sent to anybody."""
    if same_word(value.get("status")) == "spam":
        return "spam"
    return {"deleted": "deleted at the source", "draft": "draft that was never sent"}.get(str(same_word(value.get("state"))))


def _name(person: Mapping[str, Any]) -> str | None:
    return known(" ".join(part for part in (known(person.get("firstName")), known(person.get("lastName"))) if part))


def _thread(told: Tickets, record: Kept) -> None:
    """What a customer or a user wrote; a line about what happened tells who has it from then on."""
    value = record.value
    kind = word(value.get("type"), "type", THREADS)
    if same_word(value.get("state")) in ("draft", "hidden", "review", "deleted"):
        told.leave_out(Text("sources.freescout.draft", "draft, or thread that was taken back"))
        return
    if value.get(WAS):
        _change(told, record, "status", word(value.get("status"), "status", STATUSES), word(value[WAS], "status", STATUSES))
    if kind != "line":
        _wrote(told, record, str(kind))
    elif same_word(objects(value, "action").get("type")) == "changed ticket assignee":
        _change(told, record, "agent", known(objects(value, "assignedTo").get("id")))
    elif not value.get(WAS):
        told.leave_out(Text("sources.freescout.line", "line about something else than status or person"))


def _wrote(told: Tickets, record: Kept, kind: str) -> None:
    value, maker = record.value, objects(record.value, "createdBy")
    by_user = maker.get("type") == "user"
    told.tell(
        record,
        Message(
            ticket_id=key_of(record, "conversationId"),
            message_id=key_of(record),
            sent_at=needed(value.get("createdAt"), "createdAt"),
            author="system" if kind == "system" else "agent" if by_user else "customer",
            agent_id=known(maker.get("id")) if by_user else None,
            public=kind != "note",
            is_auto=kind == "system" or same_word(objects(value, "source").get("via")) == "workflow",
        ),
    )


def _change(told: Tickets, record: Kept, what: Literal["status", "agent"], value: str | None, was: str | None = None) -> None:
    maker = objects(record.value, "createdBy")
    told.tell(
        record,
        Change(
            ticket_id=key_of(record, "conversationId"),
            made_at=needed(record.value.get("createdAt"), "createdAt"),
            what=what,
            value=value,
            was=was,
            made_by=known(maker.get("id")) if maker.get("type") == "user" else None,
        ),
    )


def _worked(told: Tickets, record: Kept) -> None:
    """Time spent, as a note of whoever spent it: it is work, and no word to the customer. A clock that still runs has no length yet."""
    value = record.value
    if value.get("finished") is False:
        told.leave_out(Text("sources.freescout.running", "time log that still runs"))
        return
    told.tell(
        record,
        Message(
            ticket_id=key_of(record, "conversationId"),
            message_id=f"time-{key_of(record)}",
            sent_at=needed(value.get("createdAt"), "createdAt"),
            author="agent",
            agent_id=known(value.get("userId")),
            public=False,
            worked_s=number(value.get("timeSpent"), "timeSpent"),
        ),
    )


def _rating(told: Tickets, record: Kept) -> None:
    """Three faces: only the first is a customer who was satisfied. They are answers of yes and no and never part of a mean."""
    value, user = record.value, objects(record.value, "user")
    told.tell(
        record,
        Rating(
            ticket_id=key_of(record, "conversationId"),
            rating_id=key_of(record),
            question_id=QUESTION,
            scale="yes_no",
            value=word(value.get("rating"), "rating", LIKED),
            text=known(value.get("comments") or value.get("comment")),
            answered_at=needed(value.get("createdAt"), "createdAt"),
            agent_id=known(user.get("id")),
        ),
    )
