"""Incidents as TOPdesk's interface answers; a page that was fetched has the progress of each incident under `progress`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from nyckeltal.sources.systems.topdesk import words
from nyckeltal.sources.tickets import Message, Named, Ticket, Tickets, Unreadable, known, moment, number, same_word
from nyckeltal.sources.tickets.told import Kept, Status, no_number, readable
from nyckeltal.words import Text

SHOWN = ("id", "number", "status", "callDate", "creationDate", "modificationDate")
_partial = "partial"


def read(told: Tickets, files: Sequence[Path]) -> None:
    """Take in every incident of every answer."""
    for _, record in told.documents(files, {"incidents": SHOWN}):
        try:
            with readable(record):
                _incident(told, record)
        except Unreadable as wrong:
            told.refuse(record, wrong.field, wrong.text, known(record.value.get("number")))


def _name(row: Mapping[str, Any], field: str, part: str = "name") -> str | None:
    found = row.get(field)
    return known(found.get(part)) if isinstance(found, dict) else known(found)


def _incident(told: Tickets, record: Kept) -> None:
    row = record.value
    key = known(row.get("number"))
    opened_at = moment(row.get("callDate") or row.get("creationDate"), "callDate", needed=True)
    if key is None or opened_at is None:
        raise Unreadable("number", no_number)
    came_by, line = _name(row, "entryType"), same_word(row.get("status"))
    if line is not None and line not in words.TIERS and line not in words.PARTIAL:
        raise Unreadable("status", Text("sources.ticket.no_word", _no_word, {"value": line, "known": ", ".join([*words.TIERS, *words.PARTIAL])}))
    ticket = Ticket(
        ticket_id=key,
        opened_at=opened_at,
        changed_at=moment(row.get("modificationDate"), "modificationDate"),
        status=_status(row),
        came_by=came_by,
        channel=told.channel(came_by, words.WAYS),
        customer=_name(row, "caller", "id") or _name(row, "caller", "dynamicName"),
        queue_id=_name(row, "operatorGroup", "id"),
        agent_id=_name(row, "operator", "id"),
        opened_by=_name(row, "creator", "id"),
        reason_id=_name(row, "category"),
        reason_type=_name(row, "callType"),
        priority=_name(row, "priority"),
        reference=known(row.get("externalNumber")),
        tier=words.TIERS.get(line) if line else None,
        replied_at=moment(row.get("responseDate"), "responseDate"),
        resolved_at=moment(row.get("completedDate"), "completedDate") if row.get("completed") else None,
        locked_at=moment(row.get("closedDate"), "closedDate") if row.get("closed") else None,
        in_time=_in_time(row),
        on_hold_s=_minutes(row, "onHoldDuration"),
        worked_s=_minutes(row, "timeSpent") or None,
        gone=_partial if line in words.PARTIAL else None,
    )
    messages = [_message(key, entry) for entry in row.get("progress") or () if isinstance(entry, dict) and entry.get("entryDate")]
    told.tell(record, ticket)
    for message in messages:
        told.tell(record, message)
    _names(told, record, row)


_no_word = "Nobody has said what “%(value)s” means. There is: %(known)s."


def _status(row: Mapping[str, Any]) -> Status:
    if row.get("closed"):
        return "closed"
    if row.get("completed"):
        return "solved"
    return "hold" if row.get("onHold") else "open" if row.get("operator") else "new"


def _in_time(row: Mapping[str, Any]) -> bool | None:
    """Completed by its target, where it has one and is completed."""
    target, done = moment(row.get("targetDate"), "targetDate"), moment(row.get("completedDate"), "completedDate")
    return done <= target if target and done and row.get("completed") else None


def _minutes(row: Mapping[str, Any], field: str) -> float | None:
    minutes = number(row.get(field), field)
    return None if minutes is None else minutes * 60


def _message(key: str, entry: Mapping[str, Any]) -> Message:
    """What an operator or a person wrote; hidden from the caller it is a note among colleagues."""
    sent_at = moment(entry.get("entryDate"), "entryDate", needed=True)
    operator = _name(entry, "operator", "id")
    author: Literal["agent", "customer"] = "agent" if operator else "customer"
    if sent_at is None:
        raise Unreadable("entryDate", no_number)
    hidden = bool(entry.get("invisibleForCaller"))
    return Message(ticket_id=key, message_id=str(entry.get("id")), sent_at=sent_at, author=author, agent_id=operator, public=not hidden)


def _names(told: Tickets, record: Kept, row: Mapping[str, Any]) -> None:
    kinds: tuple[tuple[Literal["queue", "agent"], str], ...] = (("queue", "operatorGroup"), ("agent", "operator"), ("agent", "creator"))
    for kind, field in kinds:
        number_of, called = _name(row, field, "id"), _name(row, field)
        if number_of and called:
            told.tell(record, Named(kind=kind, id=number_of, name=called))
