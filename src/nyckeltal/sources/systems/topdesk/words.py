"""What TOPdesk's words mean; entry types are an organisation's own and may be said under [channels] in a mapping."""

from __future__ import annotations

from nyckeltal.contacts.model.kinds import Channel

TIERS = {"firstline": 1, "secondline": 2, "first line": 1, "second line": 2, "firstlinearchived": 1, "secondlinearchived": 2}
PARTIAL = {"partial", "partialarchived"}  # a part of a major incident, which is no matter of its own
WAYS: dict[str, Channel] = {
    **dict.fromkeys(("telephone", "phone", "telefon", "telefoon", "telefonisch", "by phone"), "voice"),
    **dict.fromkeys(("e mail", "email", "mail"), "email"),
    **dict.fromkeys(("self service portal", "selfserviceportal", "self service desk", "portal", "web", "form"), "message"),
    **dict.fromkeys(("desk", "counter", "walk in", "visit", "balie"), "visit"),
    "chat": "chat",
}
_HEADERS = {  # how Dutch lists head the columns of an English one
    "incident number": ("incidentnummer", "incident nummer", "meldingnummer"),
    "call date": ("aanmelddatum", "datum aangemeld"),
    "creation date": ("aanmaakdatum",),
    "modification date": ("wijzigingsdatum",),
    "completed": ("gereed",),
    "completed date": ("datum gereed",),
    "closed": ("afgemeld",),
    "closed date": ("datum afgemeld",),
    "target date": ("streefdatum",),
    "caller": ("aanmelder", "naam aanmelder"),
    "entry type": ("soort binnenkomst",),
    "call type": ("soort melding", "soort incident"),
    "category": ("categorie",),
    "priority": ("prioriteit",),
    "operator group": ("behandelaarsgroep",),
    "operator": ("behandelaar",),
    "external number": ("extern nummer",),
}
HEADERS = {said: english for english, others in _HEADERS.items() for said in others}
