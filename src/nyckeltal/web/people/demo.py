"""The people of the demo: one for each role, taken from whatever organisation the store holds. Only where NYCKELTAL_DEMO=1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from nyckeltal.web.frame import facts
from nyckeltal.web.people.models import User
from nyckeltal.web.people.organisation import organisation
from nyckeltal.web.people.roles import Role

OFFERED = (Role.MANAGER, Role.LEADER, Role.AGENT, Role.CLIENT, Role.REPRESENTATIVE, Role.ADMINISTRATOR)
NAMES = {Role.MANAGER: "Birgitta Hovland", Role.REPRESENTATIVE: "Hanna Virtanen", Role.ADMINISTRATOR: "Áron Balogh"}


def demo_person(role: Role) -> User:
    """Made at the first sign-in and brought up to date at each, since the demo may have been built again. Nobody can type a way in."""
    described = _described(role)
    person, made = User.objects.get_or_create(username=f"demo-{role.value}", defaults=described)
    if not made:
        User.objects.filter(pk=person.pk).update(**described)
        person.refresh_from_db()
    if made:
        person.set_unusable_password()
        person.save()
    return person


def _described(role: Role) -> dict[str, Any]:
    found: dict[str, Any] = {"roles": [role.value], "name": NAMES.get(role, str(role.label)), "agent_id": "", "client_ids": [], "is_active": True}
    if role in (Role.LEADER, Role.AGENT):
        found["agent_id"] = _leader() if role is Role.LEADER else _agent()
        found["name"] = _names("agent", "display_name").get(found["agent_id"]) or found["name"]
    if role is Role.CLIENT:
        first = next(iter(sorted(_names("client", "name").items())), None)
        found |= {"client_ids": [first[0]], "name": first[1]} if first else {}
    return found


def _names(table: str, column: str) -> Mapping[str, str]:
    rows = facts.current().small(table).to_pylist()
    return {row[f"{table}_id"]: row[column] or row[f"{table}_id"] for row in rows}


def _leader() -> str:
    return min(organisation(timezone.now().date()).led, default="")


def _agent() -> str:
    """Somebody in that leader's team, so that a demo can show both sides of one talk."""
    now = organisation(timezone.now().date())
    leader = _leader()
    team = now.people_in(now.teams_of(leader)) if leader else frozenset(_names("agent", "display_name"))
    return min(team - frozenset(now.led), default="")
