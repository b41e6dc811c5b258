"""What Jira's words mean, as its service projects are delivered; others are said under [statuses] and [channels] in a mapping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nyckeltal.contacts.model.kinds import Channel
from nyckeltal.sources.tickets.told import Status
from nyckeltal.sources.tickets.told import statuses as own_statuses

STATES: dict[str, Status] = {
    "open": "new",
    "to do": "new",
    "new": "new",
    "reopened": "open",
    "in progress": "open",
    "work in progress": "open",
    "waiting for support": "open",
    "under review": "open",
    "escalated": "hold",
    "waiting for customer": "pending",
    "pending": "hold",
    "waiting for vendor": "hold",
    "waiting for approval": "hold",
    "on hold": "hold",
    "resolved": "solved",
    "done": "solved",
    "completed": "solved",
    "declined": "solved",
    "canceled": "solved",
    "cancelled": "solved",
    "closed": "closed",
}
CATEGORIES: dict[str, Status] = {"new": "new", "indeterminate": "open", "done": "solved"}  # the key of a status's category
# Who creates a request in Jira itself or by a program may have had a call, a letter or nobody before them: that is not guessed.
WAYS: dict[str, Channel] = {"email": "email", "portal": "message", "anonymousportal": "message", "widget": "message", "chat": "chat"}
QUESTION = "jira_satisfaction"


def statuses(told: Mapping[str, Any]) -> dict[str, Status]:
    """Every status known, those of the mapping before our own."""
    return own_statuses(told, "statuses", STATES)
