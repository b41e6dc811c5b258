"""What Freshdesk's numbers and words mean."""

from __future__ import annotations

from collections.abc import Mapping

from nyckeltal.contacts.model.kinds import Channel
from nyckeltal.sources.tickets import Tickets, known, word
from nyckeltal.sources.tickets.told import Status, statuses
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

FELT: Mapping[str, int] = {  # the same in words, as an export writes them
    "extremely unhappy": 1, "very unhappy": 2, "unhappy": 3, "neutral": 4, "happy": 5, "very happy": 6, "extremely happy": 7,
}  # fmt: skip
QUESTION = "freshdesk_satisfaction"
OTHER_QUESTION = Text("sources.freshdesk.other_question", "answer to a further question of the survey, which nobody has said what it measures")


def status(told: Tickets, value: object) -> Status | None:
    """Ours; a status that an account made for itself is known once a person has said what it means."""
    return word(value, "status", statuses(told.setting.told, "statuses", STATUSES))


def source(value: object) -> str | None:
    """The word for a way in which tickets come; a number nobody knows stays a number."""
    said = known(value)
    return SOURCES.get(said, said) if said else None
