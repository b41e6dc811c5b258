"""Chatwoot's answers: lists of conversations, messages, ratings, reporting events, inboxes; moments are seconds since 1970."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from nyckeltal.contacts.model.kinds import Channel
from nyckeltal.sources.said import objects
from nyckeltal.sources.tickets import Change, Message, Named, Rating, Ticket, Tickets, Unreadable, known, moment, same_word, whole, word
from nyckeltal.sources.tickets.lists import Lists, key_of, needed, take_all
from nyckeltal.sources.tickets.told import Kept, Status
from nyckeltal.words import Text

SHOWN: Mapping[str, Sequence[str]] = {
    "conversations": ("id", "inbox_id", "status", "created_at"),
    "messages": ("id", "conversation_id", "message_type", "content_type", "created_at"),
    "ratings": ("id", "conversation_id", "message_id", "rating", "created_at"),
    "events": ("id", "conversation_id", "name", "event_end_time"),
}
STATUSES: Mapping[str, Status] = {"open": "open", "resolved": "solved", "pending": "new", "snoozed": "hold"}  # pending: a bot has it, and no person yet
CHANNELS: Mapping[str, Channel] = {
    "web widget": "chat", "email": "email", "api": "message", "whatsapp": "message", "sms": "message", "twilio sms": "message", "telegram": "message",
    "line": "message", "facebook page": "social", "twitter profile": "social", "instagram": "social", "tiktok": "social", "voice": "voice",
}  # fmt: skip
INCOMING, OUTGOING, ACTIVITY, TEMPLATE = 0, 1, 2, 3
QUESTION = "chatwoot_satisfaction"
Author = Literal["customer", "agent", "bot", "system"]
_activity = Text("sources.chatwoot.activity", "line about what happened, in the words of the account's language")
_deleted = Text("sources.freescout.draft", "draft, or thread that was taken back")
_no_type = Text("sources.chatwoot.type", "“%(value)s” is no kind of message: those are 0, 1, 2 and 3.")
_off = Text("sources.row.scale", "“%(value)s” is not on the scale from %(low)s to %(high)s.", {"low": 1, "high": 5})


def read(told: Tickets, files: Sequence[Path]) -> None:
    """Every item of every answer; a rating that is told twice counts as the list of ratings tells it."""
    take = {"inboxes": _inbox, "conversations": _conversation, "messages": _message, "ratings": _rating, "events": _event}
    take_all(told, files, opened, SHOWN, take)


def opened(value: Any) -> Lists:
    """The lists of a document: one of ours with several; else conversations as they are listed, filtered or alone, with the messages told inside."""
    if isinstance(value, dict) and isinstance(value.get("conversations"), list):
        return value
    inner = value.get("data", value) if isinstance(value, dict) else value
    payload = inner.get("payload") if isinstance(inner, dict) else inner
    found = payload if isinstance(payload, list) else [value] if isinstance(value, dict) and "inbox_id" in value else None
    return {} if found is None else {"conversations": found}


def _inbox(told: Tickets, record: Kept) -> None:
    if name := known(record.value.get("name")):
        told.tell(record, Named(kind="queue", id=f"inbox-{key_of(record)}", name=name))


def _conversation(told: Tickets, record: Kept) -> None:
    value, key = record.value, key_of(record)
    about = objects(value, "meta")
    person, team, customer = (objects(about, name) for name in ("assignee", "team", "sender"))
    came_by = _way(about.get("channel"))
    now = word(value.get("status"), "status", STATUSES)
    inbox = known(value.get("inbox_id"))
    told.tell(
        record,
        Ticket(
            ticket_id=key,
            opened_at=needed(value.get("created_at"), "created_at"),
            status=now,
            changed_at=_at(value.get("updated_at"), "updated_at") or _at(value.get("last_activity_at"), "last_activity_at"),
            came_by=came_by,
            channel=told.channel(came_by, CHANNELS),
            customer=known(customer.get("id")),
            queue_id=f"team-{team['id']}" if team.get("id") else f"inbox-{inbox}" if inbox else None,
            agent_id=known(person.get("id")),
            priority=known(value.get("priority")),
            replied_at=_at(value.get("first_reply_created_at"), "first_reply_created_at"),
        ),
    )
    for kind, who, mark in (("agent", person, ""), ("queue", team, "team-")):
        if known(who.get("id")) and known(who.get("name")):
            told.tell(record, Named(kind="agent" if kind == "agent" else "queue", id=f"{mark}{who['id']}", name=str(who["name"])))


def _way(value: object) -> str | None:
    """Channel::WebWidget is a web widget."""
    said = (known(value) or "").split("::")[-1]
    return same_word(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", said))


def _at(value: object, name: str) -> datetime | None:
    """A moment; nought is none."""
    return None if value in (0, "0") else moment(value, name)


def _message(told: Tickets, record: Kept) -> None:
    value = record.value
    kind = whole(value.get("message_type"), "message_type")
    if kind == ACTIVITY:
        told.leave_out(_activity)
        return
    if kind not in (INCOMING, OUTGOING, TEMPLATE):
        raise Unreadable("message_type", Text(_no_type.id, _no_type.english, {"value": str(value.get("message_type"))}))
    sent_at, inside = needed(value.get("created_at"), "created_at"), objects(value, "content_attributes")
    if inside.get("deleted") is True:  # it stays in the list, with other words
        told.leave_out(_deleted)
        return
    author = _author(value, kind, inside)
    told.tell(
        record,
        Message(
            ticket_id=key_of(record, "conversation_id"),
            message_id=key_of(record),
            sent_at=sent_at,
            author=author,
            agent_id=known(objects(value, "sender").get("id")) if author == "agent" else None,
            public=value.get("private") is not True,
            is_auto=author in ("bot", "system") or inside.get("automation_rule_id") is not None or objects(inside, "email").get("auto_reply") is True,
        ),
    )
    if known(value.get("content_type")) == "input_csat":
        given = objects(objects(inside, "submitted_values"), "csat_survey_response")
        _rated(told, record, key_of(record), given.get("rating"), given.get("feedback_message"), asked_at=sent_at, answered_at=sent_at)


def _author(value: Mapping[str, Any], kind: int, inside: Mapping[str, Any]) -> Author:
    """A template is sent by the inbox; what goes out may be a person's, a bot's or a campaign's."""
    if kind == INCOMING:
        return "customer"
    sender = same_word(objects(value, "sender").get("type") or value.get("sender_type"))
    if kind == TEMPLATE or inside.get("campaign_id") is not None:
        return "system"
    return "agent" if sender == "user" else "bot" if sender else "system"


def _rating(told: Tickets, record: Kept) -> None:
    """As the list of ratings tells it, under the message that asked for it."""
    value = record.value
    agent, at = objects(value, "assigned_agent").get("id"), needed(value.get("created_at"), "created_at")
    key = known(value.get("message_id")) or f"r{key_of(record)}"
    _rated(told, record, key, value.get("rating"), value.get("feedback_message"), ticket=key_of(record, "conversation_id"), answered_at=at, agent=known(agent))


def _rated(
    told: Tickets,
    record: Kept,
    key: str,
    mark: object,
    text: object,
    *,
    ticket: str | None = None,
    asked_at: datetime | None = None,
    answered_at: datetime | None = None,
    agent: str | None = None,
) -> None:
    given = whole(mark, "rating")
    if given is not None and not 1 <= given <= 5:
        raise Unreadable("rating", Text(_off.id, _off.english, {**_off.values, "value": str(given)}), key)
    told.tell(
        record,
        Rating(
            ticket_id=ticket or key_of(record, "conversation_id"),
            rating_id=key,
            question_id=QUESTION,
            scale="1_5",
            value=given,
            text=known(text),
            asked_at=asked_at or answered_at,
            answered_at=answered_at if given is not None else None,
            agent_id=agent,
        ),
    )


def _event(told: Tickets, record: Kept) -> None:
    """When it was resolved, by whom, and when opened again; first replies are told by the messages."""
    value = record.value
    became: Mapping[str, Status] = {"conversation_resolved": "solved", "conversation_opened": "open"}
    name = known(value.get("name")) or ""
    if name not in became:
        told.leave_out(Text("sources.chatwoot.event", "event about something else than the end of a conversation"))
        return
    made_at = needed(value.get("event_end_time") or value.get("created_at"), "event_end_time")
    told.tell(
        record,
        Change(ticket_id=key_of(record, "conversation_id"), made_at=made_at, what="status", value=became[name], made_by=known(value.get("user_id"))),
    )
