"""Answers of the Table API and lists exported as JSON: values alone, or with the words that people see (`sysparm_display_value=all`), on the clock of UTC."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nyckeltal.sources.systems.servicenow.words import CANCELLED, STATES, WAITING_FOR_CALLER, WAYS
from nyckeltal.sources.tickets import Named, Ticket, Tickets, Unreadable, known, moment, same_word, whole, word
from nyckeltal.sources.tickets.told import Kept, Status, no_number, readable, statuses

SHOWN = ("number", "state", "opened_at", "sys_updated_on", "sys_mod_count")


def read(told: Tickets, files: Sequence[Path]) -> None:
    """Take in every incident of every answer."""
    for _, record in told.documents(files, {"result": SHOWN, "records": SHOWN}):
        try:
            with readable(record):
                told.tell(record, _ticket(told, record))
        except Unreadable as wrong:
            told.refuse(record, wrong.field, wrong.text, known(value(record.value, "number")))
            continue
        for kind, name in (("queue", "assignment_group"), ("agent", "assigned_to"), ("agent", "opened_by")):
            _name(told, record, kind, name)


def value(row: dict[str, Any], name: str) -> Any:
    """A field's value: plain, with its display value beside it, or as a reference with a link; of an answer in display values the words."""
    found = row.get(name)
    return found.get("value", found.get("display_value")) if isinstance(found, dict) else found


def _zone(told: Tickets, row: dict[str, Any]) -> str | None:
    """Values are on the clock of UTC, what is shown on that of the account which asked."""
    return told.setting.zone if any(isinstance(found, dict) and "value" not in found for found in row.values()) else None


def shown(row: dict[str, Any], name: str) -> str | None:
    found = row.get(name)
    return known(found.get("display_value")) if isinstance(found, dict) else known(found)


def _name(told: Tickets, record: Kept, kind: str, name: str) -> None:
    said, called = known(value(record.value, name)), shown(record.value, name)
    if said and called and said != called:
        told.tell(record, Named(kind="queue" if kind == "queue" else "agent", id=said, name=called))


def _ticket(told: Tickets, record: Kept) -> Ticket:
    row, zone = record.value, _zone(told, record.value)
    number, opened_at = known(value(row, "number")), moment(value(row, "opened_at"), "opened_at", zone, needed=True)
    if number is None or opened_at is None:
        raise Unreadable("number", no_number)
    state = value(row, "incident_state") or value(row, "state")
    gone = "cancelled" if same_word(state) in CANCELLED else None
    status = None if gone else _status(told, row, state)
    settled = status in ("solved", "closed")
    came_by = known(value(row, "contact_type"))
    return Ticket(
        ticket_id=number,
        opened_at=opened_at,
        status=status,
        changed_at=moment(value(row, "sys_updated_on"), "sys_updated_on", zone),
        came_by=came_by,
        channel=told.channel(came_by, WAYS),
        customer=known(value(row, "caller_id")),
        queue_id=known(value(row, "assignment_group")),
        agent_id=known(value(row, "assigned_to")),
        opened_by=known(value(row, "opened_by")),
        reason_id=known(value(row, "category")),
        priority=shown(row, "priority"),
        reference=known(value(row, "correlation_id")),
        resolved_at=moment(value(row, "resolved_at"), "resolved_at", zone) if settled else None,
        locked_at=moment(value(row, "closed_at"), "closed_at", zone) if status == "closed" else None,
        in_time={"true": True, "false": False}.get(str(same_word(value(row, "made_sla")))),
        reopened_n=whole(value(row, "reopen_count"), "reopen_count"),
        handovers_n=whole(value(row, "reassignment_count"), "reassignment_count"),
        gone=gone,
    )


def _status(told: Tickets, row: dict[str, Any], state: Any) -> Status | None:
    """On hold for the caller is waiting for the customer."""
    status = word(state, "state", statuses(told.setting.told, "states", STATES))
    return "pending" if status == "hold" and same_word(value(row, "hold_reason")) in WAITING_FOR_CALLER else status
