"""Zammad's answers: lists of tickets and articles told with names (`expand=true`), and each ticket's history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nyckeltal.contacts.model.kinds import Channel
from nyckeltal.sources.said import listed, objects
from nyckeltal.sources.tickets import Change, Message, Named, Ticket, Tickets, Unreadable, known, moment, same_word, word
from nyckeltal.sources.tickets.lists import Lists, closed, key_of, needed, take_all
from nyckeltal.sources.tickets.told import Kept, Status, statuses
from nyckeltal.words import Text

SHOWN: Mapping[str, Sequence[str]] = {
    "tickets": ("id", "number", "state", "created_at", "updated_at", "create_article_type"),
    "articles": ("id", "ticket_id", "type", "sender", "created_at"),
    "history": ("id", "o_id", "object", "attribute", "value_from", "value_to", "created_at"),
}
STATES: Mapping[str, Status] = {
    "new": "new", "open": "open", "pending reminder": "pending", "pending close": "pending", "closed": "closed", "merged": "closed", "removed": "closed",
}  # fmt: skip
GONE: Mapping[str, str] = {"merged": "merged into another ticket", "removed": "removed at the source"}
CHANNELS: Mapping[str, Channel] = {
    "email": "email", "web": "email", "phone": "voice", "sms": "message", "chat": "chat", "twitter status": "social", "twitter direct message": "social",
    "facebook feed post": "social", "facebook feed comment": "social", "telegram personal message": "message", "whatsapp message": "message", "fax": "email",
}  # fmt: skip
NOBODY = (None, "1")  # the user that Zammad itself is, who also stands for no owner
_expand = Text("sources.zammad.expand", "The ticket's state is told as a number only. Ask with expand=true.")


def read(told: Tickets, files: Sequence[Path]) -> None:
    """Every item of every answer."""
    take_all(told, files, opened, SHOWN, {"tickets": _ticket, "articles": _article, "history": _change, "closed_to_us": closed("articles")})


def opened(value: Any) -> Lists:
    """The lists of a document: one of ours with several, or a list of tickets or one ticket as they are answered, with the articles told inside."""
    if isinstance(value, dict) and isinstance(value.get("tickets"), list) and not isinstance(value.get("assets"), dict):
        return value
    if isinstance(value, list) or (isinstance(value, dict) and "state_id" in value):
        tickets = value if isinstance(value, list) else [value]
        inside = [one for ticket in tickets if isinstance(ticket, dict) for one in listed(ticket, "articles")]
        return {"tickets": tickets, "articles": inside}
    return {}


def _status(told: Tickets, value: object) -> Status | None:
    """Ours; a state that an installation made for itself is known once a person has said what it means."""
    return word(value, "state", statuses(told.setting.told, "states", STATES))


def _ticket(told: Tickets, record: Kept) -> None:
    value, key = record.value, key_of(record)
    if value.get("state") is None:
        raise Unreadable("state", _expand, key)
    now, came_by = _status(told, value["state"]), same_word(value.get("create_article_type"))
    owner, group = _person(value.get("owner_id")), known(value.get("group_id"))
    closed = moment(value.get("last_close_at"), "last_close_at") or moment(value.get("close_at"), "close_at")
    ours = same_word(value.get("create_article_sender")) == "agent"
    told.tell(
        record,
        Ticket(
            ticket_id=key,
            opened_at=needed(value.get("created_at"), "created_at"),
            status=now,
            changed_at=moment(value.get("updated_at"), "updated_at"),
            came_by=came_by,
            channel=told.channel(came_by, CHANNELS),
            direction="outbound" if ours and came_by != "phone" else "inbound",
            customer=known(value.get("customer_id")),
            queue_id=group,
            agent_id=owner,
            opened_by=_person(value.get("created_by_id")) if ours or came_by == "phone" else None,
            priority=known(value.get("priority")),
            replied_at=moment(value.get("first_response_at"), "first_response_at"),
            resolved_at=closed if now == "closed" else None,
            gone=GONE.get(str(same_word(value["state"]))),
        ),
    )
    for kind, named, name in (("agent", owner, value.get("owner")), ("queue", group, value.get("group"))):
        if named and known(name):
            told.tell(record, Named(kind="agent" if kind == "agent" else "queue", id=named, name=str(name)))


def _article(told: Tickets, record: Kept) -> None:
    """A note is written to nobody outside, also where the customer may read it; an answer of the customer's own machine brings nothing."""
    value = record.value
    sender = word(value.get("sender"), "sender", {"customer": "customer", "agent": "agent", "system": "system"})
    came_by = same_word(value.get("type"))
    preferences = objects(value, "preferences")
    told.tell(
        record,
        Message(
            ticket_id=key_of(record, "ticket_id"),
            message_id=key_of(record),
            sent_at=needed(value.get("created_at"), "created_at"),
            author="customer" if sender == "customer" else "agent" if sender == "agent" else "system",
            agent_id=_person(value.get("created_by_id")) if sender == "agent" else None,
            public=value.get("internal") is not True and (sender == "customer" or came_by != "note"),
            is_auto=sender == "system" or preferences.get("is-auto-response") is True,
            channel=None if came_by == "note" else told.channel(came_by, CHANNELS),
        ),
    )


def _change(told: Tickets, record: Kept) -> None:
    """What happened to the ticket's state, group or owner; all else of a history is none of our business."""
    value, attribute = record.value, record.value.get("attribute")
    if value.get("object") != "Ticket" or attribute not in ("state", "group", "owner") or value.get("type") not in ("updated", "created"):
        told.leave_out(Text("sources.ticket.other_change", "change of something else than state, group or owner"))
        return
    was, became = (_standing(told, value, attribute, end) for end in ("from", "to"))
    told.tell(
        record,
        Change(
            ticket_id=key_of(record, "o_id"),
            made_at=needed(value.get("created_at"), "created_at"),
            what="status" if attribute == "state" else "agent" if attribute == "owner" else "queue",
            value=became,
            was=was,
            made_by=_person(value.get("created_by_id")),
        ),
    )


def _standing(told: Tickets, value: Mapping[str, Any], attribute: str, end: str) -> str | None:
    """What stood before or after a change: our status, or the id of a group or person."""
    if attribute == "state":
        return _status(told, value.get(f"value_{end}")) if known(value.get(f"value_{end}")) else None
    found = known(value.get(f"id_{end}"))
    return None if attribute == "owner" and found in NOBODY else found


def _person(value: object) -> str | None:
    said = known(value)
    return None if said in NOBODY else said
