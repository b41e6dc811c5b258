"""The list that Jira exports as CSV: one row for each request as it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from nyckeltal.sources import cells
from nyckeltal.sources.systems.jira import words
from nyckeltal.sources.tickets.sheet import Sheet, zone_note
from nyckeltal.sources.tickets.told import Tickets
from nyckeltal.words import Text

_no_state = Text("sources.jira.status", "Nobody has said what “%(value)s” means. Say it under [statuses] in a mapping.")
_moments = ("Created", "Updated", "Resolved")


def read(told: Tickets, files: Sequence[Path]) -> None:
    """Take in every list."""
    for at, file in enumerate(files):
        told.setting.tell("read", at, len(files))
        _take(told, Sheet(told, file, at, _moments, others=words.HEADERS))
    if files:
        told.reading.warnings += zone_note(told.setting)


def _one_of(meanings: Mapping[str, str], text: str) -> str:
    return f"CASE {text} {' '.join(f'WHEN {cells.quote(said)} THEN {cells.quote(means)}' for said, means in meanings.items())} END"


def _take(told: Tickets, sheet: Sheet) -> None:
    sheet.needs(["Issue key"], ["Status", "Status Category"], ["Created"])
    key = sheet.text("Issue key")
    rows = sheet.take(key, "Created", ("Issue key", "Status", "Created"))
    sheet.note_unread(key, rows, "Updated", "Resolved")
    category = _one_of(words.STEPS, sheet.word("Status Category"))
    status = f"coalesce({_one_of(words.statuses(told.setting.told), sheet.word('Status'))}, {category})"
    told.set_aside_later(f"(SELECT n, {key} AS id, {sheet.text('Status')} AS value FROM {rows} WHERE {status} IS NULL)", "status", _no_state)
    way, reporter, creator = "Custom field (Request channel)", sheet.text("Reporter Id", "Reporter"), sheet.text("Creator Id", "Creator")
    told.take(
        "ticket",
        f"(FROM {rows} WHERE {status} IS NOT NULL)",
        {
            "n": "n",
            "place": "n",
            "ticket_id": key,
            "opened_at": sheet.moment("Created"),
            "changed_at": sheet.moment("Updated"),
            "resolved_at": sheet.moment("Resolved"),
            "status": status,
            "came_by": sheet.text(way, "Request channel"),
            "channel": told.channel_sql(sheet.word(way, "Request channel"), words.WAYS),
            "customer_key": told.setting.hide_sql(reporter),
            "queue_id": f"coalesce({sheet.text('Project key')}, nullif(regexp_extract({key}, '{words.PROJECT}', 1), ''))",
            "agent_id": sheet.text("Assignee Id", "Assignee"),
            "opened_by": f"CASE WHEN {creator} <> {reporter} THEN {creator} END",
            "reason_id": sheet.text("Custom field (Request Type)", "Issue Type"),
            "priority": sheet.text("Priority"),
            "reference": sheet.text(told.reference_field or "-"),
        },
    )
    rating = sheet.number("Satisfaction rating", "Custom field (Satisfaction)", "Custom field (Satisfaction rating)")
    answered = sheet.moment("Resolved") if sheet.has("Resolved") else sheet.moment("Updated")
    told.take(
        "ticket_rating",
        f"(FROM {rows} WHERE {rating} IS NOT NULL AND {status} IS NOT NULL AND {answered} IS NOT NULL)",
        {
            "n": "n",
            "place": "n",
            "ticket_id": key,
            "rating_id": key,
            "question_id": cells.quote(words.QUESTION),
            "measure": "'csat'",
            "scale": "'1_5'",
            "value": rating,
            "answered_at": answered,
        },
    )
