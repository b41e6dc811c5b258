"""The people of the demo as accounts, one for each role, tied to whatever organisation the store holds. Only where NYCKELTAL_DEMO=1."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from nyckeltal.demo.people import PEOPLE, Person
from nyckeltal.web.people.models import User
from nyckeltal.web.people.organisation import agents, clients, organisation
from nyckeltal.web.people.roles import Role
from nyckeltal.web.people.standing import DEMO

_BY_ROLE = {Role(person.role): person for person in PEOPLE}
_SAYS: dict[Role, Promise] = {
    Role.MANAGER: _("Are we going where we want?"),
    Role.LEADER: _("What does my team need?"),
    Role.AGENT: _("How am I doing?"),
    Role.EVALUATOR: _("How is it counted?"),
    Role.CLIENT: _("Did we get what was agreed?"),
    Role.REPRESENTATIVE: _("Who sees what about whom?"),
    Role.ADMINISTRATOR: _("Did the data come in?"),
}


def offered() -> list[tuple[Role, str, Promise]]:
    """Role, name, and the question this person comes with."""
    return [(role, _BY_ROLE[role].name, says) for role, says in _SAYS.items()]


def demo_person(role: Role) -> User:
    """All are made at the first sign-in and brought up to date at each, since the demo may have been built again. Nobody can type a way in."""
    return {role: _kept(one) for role, one in _BY_ROLE.items()}[role]


def _kept(one: Person) -> User:
    described = _described(one)
    person, made = User.objects.get_or_create(username=f"{DEMO}{one.username}", defaults=described)
    if made:
        person.set_unusable_password()
        person.save()
    else:
        User.objects.filter(pk=person.pk).update(**described)
        person.refresh_from_db()
    return person


def _described(one: Person) -> dict[str, Any]:
    role = Role(one.role)
    agent_id = _agent(one) if role in {Role.LEADER, Role.AGENT} else ""
    client_ids = _clients(one) if role is Role.CLIENT else []
    own = not agent_id or agent_id == one.agent_id  # in another organisation than the demo's the agent's own name is shown
    return {"roles": [role.value], "name": one.name if own else agents()[agent_id], "agent_id": agent_id, "client_ids": client_ids, "is_active": True}


def _agent(one: Person) -> str:
    if one.agent_id in agents():
        return str(one.agent_id)
    return _first_leader() if one.role == "leader" else _first_agent()


def _clients(one: Person) -> list[str]:
    return [known for known in one.client_ids if known in clients()] or sorted(clients())[:1]


def _first_leader() -> str:
    return min(organisation(timezone.now().date()).led, default="")


def _first_agent() -> str:
    """Somebody in that leader's team, so that a demo can show both sides of one talk."""
    now = organisation(timezone.now().date())
    leader = _first_leader()
    team = now.people_in(now.teams_of(leader)) if leader else frozenset(agents())
    return min(team - frozenset(now.led), default="")
