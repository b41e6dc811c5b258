"""What TOPdesk's words mean; entry types are an organisation's own and may be said under [channels] in a mapping."""

from __future__ import annotations

from nyckeltal.contacts.model.kinds import Channel

TIERS = {"firstline": 1, "secondline": 2, "first line": 1, "second line": 2, "firstlinearchived": 1, "secondlinearchived": 2}
PARTIAL = {"partial", "partialarchived"}  # a part of a major incident, which is no matter of its own
WAYS: dict[str, Channel] = {
    **dict.fromkeys(("telephone", "phone", "telefon", "telefoon", "by phone"), "voice"),
    **dict.fromkeys(("e mail", "email", "mail"), "email"),
    **dict.fromkeys(("self service portal", "selfserviceportal", "self service desk", "portal", "web", "form"), "message"),
    **dict.fromkeys(("desk", "counter", "walk in", "visit", "balie"), "visit"),
    "chat": "chat",
}
