"""What ServiceNow's words and numbers mean, as it delivers them; an instance that has words of its own says them in a mapping."""

from __future__ import annotations

from nyckeltal.contacts.model.kinds import Channel
from nyckeltal.sources.tickets.told import Status

STATES: dict[str, Status] = {
    "1": "new",
    "2": "open",
    "3": "hold",
    "6": "solved",
    "7": "closed",
    "new": "new",
    "active": "open",
    "in progress": "open",
    "on hold": "hold",
    "resolved": "solved",
    "closed": "closed",
    "awaiting user info": "pending",
    "awaiting caller": "pending",
    "awaiting vendor": "hold",
    "awaiting problem": "hold",
    "awaiting evidence": "hold",
    "awaiting change": "hold",
}
WAITING_FOR_CALLER = {"1", "awaiting caller"}  # the reason of a state on hold
CANCELLED = {"8", "canceled", "cancelled"}
WAYS: dict[str, Channel] = {
    "phone": "voice",
    "ivr": "voice",
    "email": "email",
    "chat": "chat",
    "virtual agent": "chat",
    "walk in": "visit",
    "self service": "message",
    "web": "message",
    "portal": "message",
    "service portal": "message",
}
