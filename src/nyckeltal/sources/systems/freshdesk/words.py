"""What Freshdesk's numbers and words mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from nyckeltal.contacts.model.kinds import Channel
from nyckeltal.errors import BadMapping
from nyckeltal.sources.tickets import Tickets, known, same_word, word
from nyckeltal.sources.tickets.told import Status
from nyckeltal.words import Text

STATUSES: Mapping[str, Status] = {
    "2": "open", "3": "pending", "4": "solved", "5": "closed", "6": "pending", "7": "hold",
    "open": "open", "pending": "pending", "resolved": "solved", "closed": "closed", "waiting on customer": "pending", "waiting on third party": "hold",
}  # fmt: skip
PRIORITIES: Mapping[str, str] = {"1": "low", "2": "medium", "3": "high", "4": "urgent"}
SOURCES: Mapping[str, str] = {
    "1": "email", "2": "portal", "3": "phone", "4": "forum", "5": "twitter", "6": "facebook", "7": "chat", "8": "mobihelp", "9": "feedback widget",
    "10": "outbound email", "11": "ecommerce", "12": "bot", "13": "whatsapp",
}  # fmt: skip
CHANNELS: Mapping[str, Channel] = {
    "email": "email", "portal": "email", "phone": "voice", "forum": "social", "twitter": "social", "facebook": "social", "chat": "chat",
    "mobihelp": "message", "feedback widget": "email", "outbound email": "email", "ecommerce": "message", "bot": "chat", "whatsapp": "message",
}  # fmt: skip
MARKS: Mapping[int, int] = {-103: 1, -102: 2, -101: 3, 100: 4, 101: 5, 102: 6, 103: 7}  # extremely unhappy to extremely happy


def status(told: Tickets, value: object) -> Status | None:
    """Ours; a status that an account made for itself is known once a person has said what it means."""
    own: dict[str, Status] = {}
    for name, meant in told.setting.told.get("statuses", {}).items():
        if meant not in get_args(Status):
            english = "“%(value)s” is none of: %(known)s. Say under [statuses] which of these “%(name)s” is."
            raise BadMapping(Text("sources.ticket.statuses", english, {"value": str(meant), "known": ", ".join(get_args(Status)), "name": str(name)}))
        own[str(same_word(name))] = meant
    return word(value, "status", {**STATUSES, **own})


def source(value: object) -> str | None:
    """The word for a way in which tickets come; a number nobody knows stays a number."""
    said = known(value)
    return SOURCES.get(said, said) if said else None
