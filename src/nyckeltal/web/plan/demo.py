"""The demo's plan: a season in force with agreements, a no with its reason and a rule set aside, and a draft for the next season. Only where NYCKELTAL_DEMO=1.

Nothing of it is a figure: targets follow from baselines that are measured on the demo's own data, as on the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.ask import ask
from nyckeltal.plan.baseline import Measured, baseline, of_persons
from nyckeltal.web.frame import facts
from nyckeltal.web.kpi import asking
from nyckeltal.web.people.access import LEAST_PERSONS
from nyckeltal.web.people.demo import demo_person
from nyckeltal.web.people.models import User
from nyckeltal.web.people.organisation import agents, teams
from nyckeltal.web.people.roles import Role
from nyckeltal.web.plan import actions, agreeing, choosing, measuring, setting, ways
from nyckeltal.web.plan.measuring import Start
from nyckeltal.web.plan.models import COMPANY, Agreement, Goal, Override, Season, Unit
from nyckeltal.when.period import add_months

BEGAN = 4  # months ago, so that there is something to follow and something to start from
MONTHS = 6


@dataclass(frozen=True)
class Set:
    """One goal of the demo: what it is tied to, what is done about it, who helps."""

    kpi: str
    role: str
    serves: str = ""
    why: str = ""
    action: str = ""
    support: tuple[str, ...] = ()
    is_band: bool = False


OBJECTIVE = "Customers get their answer the first time, and those who answer have what it takes."
ACTION = "Two months in a row: listen to ten contacts together and mend the guide, before talking about persons."
GUIDE, TALKS = ("invoice guide", "half an hour a week"), ("talks every month",)
COMPANY_GOALS = (
    Set("csat", "primary", why="Satisfied customers stay, and tell others.", action="Look with the teams at what customers write.", support=TALKS),
    Set("fcr", "primary", "csat", "Those who must call twice are a point less satisfied.", "Mend the guide behind the largest cause.", GUIDE),
    Set("repeat_contact_rate", "secondary", "", "Every needless contact costs two people's time.", "Take the largest cause to its owner.", GUIDE),
)
TEAM_GOALS = (
    Set("fcr", "primary", "fcr", "It is what the company's goal rests on.", ACTION, GUIDE),
    Set("csat", "primary", "csat", "Customers tell us whether it was worth calling.", ACTION, TALKS),
)
AGENT_GOALS = (
    Set("fcr", "primary", "fcr", "Those who must call twice are a point less satisfied.", ACTION, GUIDE),
    Set("csat", "primary", "csat", "Customers remember the person more than the company.", ACTION, TALKS),
    # only watched: too few have enough evaluations for a time to be in focus
    Set("aht", "guard", "csat", "There is time for each customer, and none is kept waiting needlessly.", ACTION, ("question list",), is_band=True),
)
REGISTER = {
    "purpose": "Talks about development and fair goals; never pay, never dismissal.",
    "legal_basis": "Legitimate interest, weighed together with the employees' representatives.",
    "consulted": "Minutes of the works meeting in spring, item 4.",
    "assessed": "Assessment 2026-3, kept by the data protection officer.",
}
NO = "Half of my contacts are transfers from sales, and those come back whatever I do."
KEPT = "Both are watched together at each talk, and handling time is a range that nobody is pushed out of."


def make(now: datetime | None = None) -> Season | None:
    """Once: where there is a plan, or nothing to plan with, it is left alone."""
    now = now or timezone.now()
    if Season.objects.exists() or not teams() or not facts.current().months("contact"):
        return None
    with translation.override("en"), transaction.atomic():
        starts = add_months(now.date().replace(day=1), -BEGAN)
        figures, manager = Figures(now), demo_person(Role.MANAGER)
        season = actions.make_season(_name(starts), starts, add_months(starts, MONTHS) - timedelta(days=1), by=manager, objective=OBJECTIVE)
        actions.keep_register(season, REGISTER | {"informed": (starts - timedelta(days=20)).isoformat()}, by=manager)
        _filled(season, manager, figures)
        _answered(season, datetime.combine(starts, time(9), UTC))
        actions.put_in_force(season, by=manager)
        season.changes.update(at=datetime.combine(starts, time(9), UTC))  # as it was written down then
        _drafted(season, manager, figures)
    return season


class Figures:
    """Everything that baselines are measured from, asked in three questions: of the company, of each team, of each agent in each team."""

    def __init__(self, now: datetime) -> None:
        end = now.date().replace(day=1) - timedelta(days=1)
        first = add_months(now.date().replace(day=1), -measuring.LOOKED_BACK)
        terms: dict[str, Any] = {"per": "month", "start": first, "end": end, "facts": facts.current(), "home": settings.NYCKELTAL_HOME, "now": now}
        self.company = ask(*_kpis(COMPANY_GOALS), **terms).figures
        self.teams = ask(*_kpis(TEAM_GOALS + AGENT_GOALS), by=("team",), least_persons=LEAST_PERSONS, **terms).figures
        self.agents = ask(*_kpis(AGENT_GOALS), by=("team", "agent"), **terms).figures

    def start(self, goal: Goal) -> Start:
        found = self.company if goal.unit.level == "company" else self.teams
        own = [one for one in found if one.kpi == goal.kpi and one.by.get("team", COMPANY) == goal.unit.unit_id and _before(one, goal.season)]
        return Start(own, baseline(own))

    def persons(self, goal: Goal) -> dict[str, Measured]:
        by_agent: dict[str, list[Figure]] = {}
        for one in self.agents:
            if one.kpi == goal.kpi and one.by["team"] == goal.unit.unit_id and one.by["agent"] and _before(one, goal.season):
                by_agent.setdefault(str(one.by["agent"]), []).append(one)
        return of_persons(by_agent)


def _kpis(goals: Iterable[Set]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.kpi for one in goals))


def _before(figure: Figure, season: Season) -> bool:
    return (figure.period or "") < season.starts.isoformat()[:7]


def _name(starts: date) -> str:
    return f"{'Spring' if starts.month <= 6 else 'Autumn'} {starts.year}"


def _filled(season: Season, manager: User, figures: Figures) -> None:
    company = season.units.get(level="company", unit_id=COMPANY)
    actions.set_directions(company, "service", "efficiency", by=manager)
    tops: dict[str, Goal] = {}
    for one in COMPANY_GOALS:
        tops[one.kpi] = _goal(company, "company", one, manager, tops, figures)
    for unit in season.units.filter(level="team"):
        leaders = setting.leaders_of(unit.unit_id, season.starts)
        if not leaders:
            continue
        own = {one.kpi: _goal(unit, "team", one, manager, tops, figures) for one in TEAM_GOALS}
        leader = _leader(leaders[0])
        for one in AGENT_GOALS:
            _goal(unit, "agent", one, leader, tops | own, figures)
        setting.park_kpi(unit, "logged_share", by=None)


def _leader(agent_id: str) -> User:
    """The account of a leader, or one that is asked for and never kept: only one of the demo's leaders can sign in."""
    found = User.objects.filter(agent_id=agent_id, is_active=True).first()
    return found or User(username=f"demo-{agent_id}", name=agents().get(agent_id, agent_id), roles=[Role.LEADER.value], agent_id=agent_id)


def _goal(unit: Unit, level: str, one: Set, by: User, above: Mapping[str, Goal], figures: Figures) -> Goal:
    kpi = asking.kpis()[one.kpi]
    said = {"why": one.why, "action": one.action, "support": list(one.support), "is_band": one.is_band}
    said["benchmark_source"] = kpi.benchmark.get("source", "none found")
    said["effect"] = 0.02 if kpi.unit == "share" and kpi.better == "higher" else 0.0  # what the support is expected to add
    parent = above.get(one.serves) if level != "company" else None
    return _measured(setting.add_goal(unit, level, kpi, by=by if by.pk else None, role=one.role, parent=parent, **said), figures)


def _measured(goal: Goal, figures: Figures) -> Goal:
    """As the page does it: a baseline, the proposed target or the range of its natural variation, the chance; for each person the own."""
    found = figures.start(goal)
    goal.baseline = measuring.kept(found.measured)
    if goal.is_band and goal.baseline:
        goal.band_low, goal.band_high = ways.edges(goal)
    elif (proposal := measuring.proposed(found, goal)) is not None:
        goal.target = ways.sound(proposal, asking.kpis()[goal.kpi])
    goal.reach = measuring.chance(found.measured, goal)
    goal.save()
    persons = figures.persons(goal) if goal.level == "agent" else {}
    agreements = [one for one in goal.agreements.all() if one.agent_id in persons]
    for one in agreements:
        one.baseline, one.reach = measuring.kept(persons[one.agent_id]), measuring.chance(persons[one.agent_id], goal, one)
    Agreement.objects.bulk_update(agreements, ["baseline", "reach"])
    return goal


def _answered(season: Season, asked: datetime) -> None:
    """Nearly everybody agreed in the first week; one said why not, one has not answered."""
    agreeing.ask(season.goals.filter(removed_at=None), by=None, now=asked)
    waiting = Agreement.objects.filter(goal__season=season, state=Agreement.State.ASKED)
    nay, silent = _odd(season)
    waiting.exclude(pk__in=[one.pk for one in (nay, silent) if one]).update(state=Agreement.State.AGREED, answered_at=asked + timedelta(days=2))
    if nay:
        who = User(name=agents().get(nay.agent_id, nay.agent_id))
        _said_no(nay, who, asked + timedelta(days=3))
    leader = demo_person(Role.LEADER)
    pushed = season.goals.filter(unit__unit_id__in=_led(leader, season), level="agent", kpi="fcr").first()
    if pushed:
        Override.objects.create(season=season, goal=pushed, rule="R06", by=leader, by_name=leader.name, reason=KEPT, at=asked)


def _said_no(agreement: Agreement, who: User, at: datetime) -> None:
    account = User.objects.filter(agent_id=agreement.agent_id, is_active=True).first()
    agreement.state, agreement.refused_why, agreement.answered_at = Agreement.State.REFUSED, NO, at
    agreement.save()
    agreement.said.create(by=account, by_name=who.name, text=NO, at=at)


def _odd(season: Season) -> tuple[Agreement | None, Agreement | None]:
    """Of the team that one can sign in to: somebody beside the demo's own agent says no; the demo's own agent has one goal left to answer."""
    leader, agent = demo_person(Role.LEADER), demo_person(Role.AGENT)
    own = Agreement.objects.filter(goal__season=season, goal__unit__unit_id__in=_led(leader, season), goal__level="agent")
    nay = own.filter(goal__kpi="fcr").exclude(agent_id=agent.agent_id).order_by("agent_id").last()
    return nay, own.filter(goal__kpi="csat", agent_id=agent.agent_id).first()


def _led(leader: User, season: Season) -> list[str]:
    return [unit.unit_id for unit in season.units.filter(level="team") if leader.agent_id in setting.leaders_of(unit.unit_id, season.starts)]


def _drafted(season: Season, manager: User, figures: Figures) -> None:
    """The next one, as somebody left it on a Friday: a queue's figure given to persons, a time before its range, answers missing."""
    kept = {goal.pk: goal.role for goal in season.goals.filter(level__in=("company", "team"), removed_at=None)}
    starts = season.ends + timedelta(days=1)
    draft = actions.next_season(season, _name(starts), starts, add_months(starts, MONTHS) - timedelta(days=1), roles=kept, by=manager)
    for goal in draft.goals.select_related("unit", "season"):
        _measured(goal, figures)
    leader = demo_person(Role.LEADER)
    for unit in draft.units.filter(unit_id__in=_led(leader, season)):
        above = {goal.kpi: goal for goal in reversed(choosing.parents(draft, unit, "agent"))}
        for kpi, role, serves in (("fcr", "primary", "fcr"), ("service_level", "primary", ""), ("aht", "secondary", "csat")):
            _measured(setting.add_goal(unit, "agent", asking.kpis()[kpi], by=leader, role=role, parent=above.get(serves)), figures)
