"""What Zendesk's words mean."""

from __future__ import annotations

from nyckeltal.contacts.model.kinds import Channel
from nyckeltal.sources.tickets.told import Status

STATES: dict[str, Status] = {"new": "new", "open": "open", "pending": "pending", "hold": "hold", "on hold": "hold", "solved": "solved", "closed": "closed"}
GONE = {"deleted": "deleted"}
MERGED = "closed_by_merge"  # the tag of a ticket that became part of another
TESTS = {"sample ticket", "sample interaction"}  # ways in by which Zendesk itself writes
AGENTS = {"agent", "admin"}
WRITTEN = ("web", "mobile", "mobile sdk", "help center", "web widget", "web form", "native messaging", "sms", "whatsapp", "line", "telegram", "viber", "wechat")
SOCIAL = ("twitter", "twitter dm", "twitter like", "facebook", "facebook post", "facebook message", "instagram dm")
WAYS: dict[str, Channel] = {
    "email": "email",
    "chat": "chat",
    "voice": "voice",
    "phone": "voice",
    **dict.fromkeys(WRITTEN, "message"),
    **dict.fromkeys(SOCIAL, "social"),
}
FIELDS = {"status": "status", "group_id": "queue", "assignee_id": "agent"}
QUESTION = "zendesk_satisfaction"
SCORES = {"good": 1.0, "good with comment": 1.0, "bad": 0.0, "bad with comment": 0.0}
ASKED = {"offered"}
NOT_ASKED = {"unoffered", ""}
