"""Who can see one agent's figures and contacts, why, and until when: read from the same memberships that access reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from nyckeltal.web.frame import facts
from nyckeltal.web.people.models import User
from nyckeltal.web.people.organisation import agents, teams
from nyckeltal.web.people.roles import Role
from nyckeltal.words import Text

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Seer:
    """`who` by name, or by role where all who hold it may; `since` and `until` where the right does not hold on both sides of today."""

    who: str
    what: Text
    why: Text
    since: date | None = None
    until: date | None = None


def of(agent_id: str, today: date) -> list[Seer]:
    """Persons first, then roles. Oneself is not named."""
    return [*_leaders(agent_id, today), *_roles()] if agent_id else []


def _leaders(agent_id: str, today: date) -> list[Seer]:
    rows = [row for row in facts.current().small("team_membership").to_pylist() if row["valid_to"] is None or row["valid_from"] < row["valid_to"]]
    own = [row for row in rows if row["agent_id"] == agent_id]
    leading = [row for row in rows if row["role"] == "leader" and row["agent_id"] != agent_id and (row["valid_to"] is None or today < row["valid_to"])]
    found = [_leader(mine, lead, today) for mine in own for lead in leading if lead["team_id"] == mine["team_id"]]
    once = {repr(one): one for one in found if one}
    return sorted(once.values(), key=lambda one: (one.since is not None, one.who))


def _leader(mine: Row, lead: Row, today: date) -> Seer | None:
    """What a leader sees of this membership: figures while both belong to the team, contacts of that time while the leader leads it."""
    values: dict[str, object] = {"team": teams().get(mine["team_id"], mine["team_id"])}
    who = _account(lead["agent_id"])
    if mine["valid_to"] is not None and mine["valid_to"] <= today:
        if lead["valid_from"] > today or mine["role"] != "agent":
            return None
        why = Text("seers.was", "Leads %(team)s, to which you belonged at that time.", values)
        return Seer(who, Text("seers.contacts_then", "Single contacts from your time in the team"), why, until=lead["valid_to"])
    since = max(mine["valid_from"], lead["valid_from"])
    ends = [row["valid_to"] for row in (mine, lead) if row["valid_to"] is not None]
    why = Text("seers.leads", "Leads %(team)s, to which you belong.", values)
    return Seer(who, Text("seers.all", "Your figures and your single contacts"), why, since if since > today else None, min(ends, default=None))


def _account(agent_id: str) -> str:
    """The leader's account, else the agent's own name: the right stands as soon as there is an account."""
    person = User.objects.filter(agent_id=agent_id, is_active=True).first()
    return person.name if person and person.holds(Role.LEADER) else agents().get(agent_id, agent_id)


def _roles() -> list[Seer]:
    contacts = Text("seers.unnamed", "Single contacts, without your name")
    return [
        Seer(_holders(Role.MANAGER), contacts, Text("seers.manager", "Managers check how figures of the whole were counted.")),
        Seer(_holders(Role.CLIENT), contacts, Text("seers.client", "Clients see the contacts of their own customers.")),
    ]


def _holders(role: Role) -> str:
    names = ", ".join(person.name for person in holding(role))
    return f"{role.label}: {names}" if names else str(role.label)


def holding(role: Role) -> list[User]:
    """Open accounts with this role, by name."""
    return [person for person in User.objects.filter(is_active=True).order_by("name") if person.holds(role)]
