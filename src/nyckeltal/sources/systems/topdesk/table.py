"""The list of incidents that TOPdesk exports, one row for each as it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from nyckeltal.sources import cells
from nyckeltal.sources.systems.topdesk import words
from nyckeltal.sources.tickets.sheet import Sheet, zone_note
from nyckeltal.sources.tickets.told import Tickets

_moments = ("Call date", "Creation date", "Modification date", "Date completed", "Completed date", "Closed date", "Date closed", "Target date")

_SETTLED = ("Completed", "Completed date", "Date completed", "Closed", "Closed date", "Date closed")


def read(told: Tickets, files: Sequence[Path]) -> None:
    """Take in every list."""
    for at, file in enumerate(files):
        told.setting.tell("read", at, len(files))
        _take(told, Sheet(told, file, at, _moments, others=words.HEADERS))
    if files:
        told.reading.warnings += zone_note(told.setting)


def _one_of(meanings: Mapping[str, object], text: str) -> str:
    return f"CASE {text} {' '.join(f'WHEN {cells.quote(said)} THEN {cells.quote(means)}' for said, means in meanings.items())} END"


def _take(told: Tickets, sheet: Sheet) -> None:
    sheet.needs(["Incident number", "Number"], ["Call date"])
    key = sheet.text("Incident number", "Number")
    rows = sheet.take(key, "Call date", ("Incident number", "Number", "Call date"))
    sheet.note_unread(key, rows, *_moments[1:])
    completed, closed = sheet.moment("Completed date", "Date completed"), sheet.moment("Closed date", "Date closed")
    is_completed = f"coalesce({sheet.flag('Completed')}, {completed} IS NOT NULL)"
    is_closed = f"coalesce({sheet.flag('Closed')}, {closed} IS NOT NULL)"
    agent = sheet.text("Operator")
    settled = f"CASE WHEN {is_closed} THEN 'closed' WHEN {is_completed} THEN 'solved' WHEN {sheet.flag('On hold')} THEN 'hold'"
    told.take(
        "ticket",
        rows,
        {
            "n": "n",
            "place": "n",
            "ticket_id": key,
            "opened_at": sheet.moment("Call date"),
            "changed_at": sheet.moment("Modification date"),
            "resolved_at": f"CASE WHEN {is_completed} THEN {completed} END",
            "locked_at": f"CASE WHEN {is_closed} THEN {closed} END",
            # a list without any of these columns does not say whether an incident is settled
            "status": f"{settled} WHEN {agent} IS NOT NULL THEN 'open' ELSE 'new' END" if sheet.has(*_SETTLED) else "NULL",
            "came_by": sheet.text("Entry type", "Entry"),
            "channel": told.channel_sql(sheet.word("Entry type", "Entry"), words.WAYS),
            "customer_key": told.setting.hide_sql(sheet.text("Caller", "Caller name")),
            "queue_id": sheet.text("Operator group"),
            "agent_id": agent,
            "opened_by": sheet.text("Creator", "Created by"),
            "reason_id": sheet.text("Category"),
            "reason_type": sheet.text("Call type"),
            "priority": sheet.text("Priority"),
            "reference": sheet.text(told.reference_field or "External number"),
            "tier": _one_of(words.TIERS, sheet.word("Line", "Status")),
            "in_time": f"CASE WHEN {is_completed} THEN {completed} <= {sheet.moment('Target date')} END",
        },
    )
