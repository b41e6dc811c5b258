"""What of a plan a person reads and sets: the part of access that is about plans, default no.

Managers set the goals of the company, the clients and the teams, and know persons as counts. Leaders set those of their own team's agents and see them by
name. Agents see their own, clients their own unit's, the employee representative how it is set up, without persons and without figures.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from nyckeltal.web.people import access
from nyckeltal.web.people.access import Page
from nyckeltal.web.people.models import User
from nyckeltal.web.people.organisation import organisation
from nyckeltal.web.people.roles import Role
from nyckeltal.words import Text

ABOVE_PERSONS = frozenset({"company", "client", "team"})
NOT_YOURS = Text("access.plan_unit", "This part of the plan is not open to you. Managers see it, and whoever answers for it.")
NOT_YOURS_TO_SET = Text("access.plan_set", "You may read this part of the plan. It is set by whoever answers for it.")


@dataclass(frozen=True)
class Sight:
    """What one person sees of any plan. `led` are the teams led today, `team` those one serves in, `names` the persons seen by name."""

    manages: bool = False
    represents: bool = False
    led: frozenset[str] = frozenset()
    team: frozenset[str] = frozenset()
    clients: frozenset[str] = frozenset()
    agent: str = ""
    names: frozenset[str] = field(default_factory=frozenset)

    @property
    def figures(self) -> bool:
        """Whether baselines and chances are shown at all."""
        return self.manages or bool(self.led or self.agent or self.clients)

    @property
    def whole(self) -> bool:
        """Whether the plan is seen from top to bottom, persons as counts or by name."""
        return self.manages or self.represents or bool(self.led)

    def reads_unit(self, level: str, unit_id: str) -> bool:
        """May the goals of this unit be read, those for its persons not counted?"""
        if self.manages or self.represents:
            return True
        if level == "company":
            return bool(self.led or self.team)
        return unit_id in (self.led | self.team if level == "team" else self.clients)

    def reads_goal(self, level: str, unit_level: str, unit_id: str) -> bool:
        """`level` is the goal's. What is set for persons: the own leader, who agrees to it, and as a setting whoever sees the whole."""
        if level != "agent":
            return self.reads_unit(unit_level, unit_id)
        return self.manages or self.represents or unit_id in self.led | self.team

    def sets(self, level: str, unit_id: str, *, bottom_up: bool = False) -> bool:
        """May goals of this level be set for this unit? Where a plan grows from below, leaders propose those of their teams, too."""
        if level in ABOVE_PERSONS and self.manages:
            return True
        return unit_id in self.led and (level == "agent" or (level == "team" and bottom_up))

    def sees_person(self, agent_id: str) -> bool:
        return agent_id in self.names


def tells_figures(sight: Sight, level: str, unit_id: str) -> bool:
    """What was measured of a team and kept with its goal: of fewer than three persons it would tell of one, but to their own leader."""
    if level != "team" or unit_id in sight.led:
        return True
    return len(organisation(timezone.now().date()).agents_in(frozenset({unit_id}))) >= access.LEAST_PERSONS


def sight(person: User) -> Sight:
    """Nothing for whoever the page is closed to."""
    if not access.page(person, Page.PLAN).allowed:
        return Sight()
    now = organisation(timezone.now().date())
    led = now.teams_of(person.agent_id) if person.holds(Role.LEADER) else frozenset()
    agent = person.agent_id if person.holds(Role.AGENT) or led else ""
    serves = frozenset(team for team, agents in now.agents.items() if agent and agent in agents) if person.holds(Role.AGENT) else frozenset()
    clients = frozenset(person.client_ids) if person.holds(Role.CLIENT) else frozenset()
    names = now.agents_in(led) | (frozenset({agent}) if agent else frozenset())
    return Sight(person.holds(Role.MANAGER), person.holds(Role.REPRESENTATIVE), led, serves, clients, agent, names)


SAID = (  # what the widest role says
    (Role.MANAGER, Text("access.plan_manager", "Managers set the goals of the company, of clients and of teams, and see persons as counts.")),
    (Role.LEADER, Text("access.plan_leader", "Leaders set the goals of their own team’s agents, see who has agreed, and agree to the team’s own.")),
    (Role.AGENT, Text("access.plan_agent", "Agents see their own goals and those they serve, and say whether they agree.")),
    (Role.CLIENT, Text("access.plan_client", "Clients read the goals that concern their own service.")),
    (Role.REPRESENTATIVE, Text("access.plan_representative", "Employee representatives read how the plan is set up, without persons and without figures.")),
)


def ruling(person: User) -> access.Ruling:
    """Whether the plan is open to the person, and what of it."""
    asked = access.page(person, Page.PLAN)
    return replace(asked, why=next(why for role, why in SAID if role is asked.role)) if asked.allowed else asked


def enter(person: User) -> Sight:
    """Refuses with the reason whoever may not open the plan at all."""
    access.enter(person, Page.PLAN)
    return sight(person)


def require(allowed: bool, why: Text = NOT_YOURS) -> None:
    if not allowed:
        raise PermissionDenied(why)
