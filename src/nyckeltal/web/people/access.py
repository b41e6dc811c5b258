"""The only place that answers what a person may see, and why: architecture 12, default no.

A question is about figures, asked by some dimensions, or about single contacts. Each role a person holds is asked in turn, the widest first;
the first that allows all of it decides. `explain` tells what every role says.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import Enum

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from nyckeltal.kpi.definition import Kpi
from nyckeltal.kpi.meaning import facts_of
from nyckeltal.web.people.models import User
from nyckeltal.web.people.organisation import client_of, ever_agents_in, organisation
from nyckeltal.web.people.roles import Role
from nyckeltal.when.period import add_months
from nyckeltal.words import Text

OF_TEAMS = frozenset({"team", "leader", "tenure", "site"})  # dimensions that part figures by groups of colleagues
INSIDE_THE_HOUSE = OF_TEAMS | {"agent", "area", "form", "item"}  # what a client organisation is not told
HOW_WE_WORK = frozenset(  # facts of those who work here, how they are judged, and money: with a client only as what may be a goal with it
    {
        "agent", "agent_state", "schedule_shift", "shift_part", "absence", "agent_day", "agent_month", "feedback_talk", "employee_response", "report_task",
        "qa_evaluation", "qa_answer", "qa_item", "forecast", "finance_month",
    }
)  # fmt: skip
LEAST_PERSONS = 3  # so many must stand behind a group of colleagues, for those who may not see the persons in it
JUDGING = frozenset({"qa_evaluation", "qa_answer", "qa_item"})  # facts in which an evaluator judges one person
BY_MONTH = frozenset({"month", "quarter", "year"})
OF_DAYS = frozenset({"weekday", "hour"})  # what narrows a month to some of its days
BESIDE_TENURE = frozenset({"client", "channel", "queue"})  # with any group of colleagues, time in the job would single persons out
Within = Mapping[str, frozenset[str]]


class Thing(Enum):
    FIGURES = "figures"
    CONTACTS = "contacts"


class Page(Enum):
    """Pages that belong to some roles; those open to everybody who is signed in are not named."""

    MY_FIGURES = "my figures"
    TEAM = "team"
    CUSTOMER_SERVICE = "customer service"
    OUR_SERVICE = "our service"
    LOADS = "loads"
    ORGANISATION = "organisation"
    PEOPLE = "people"
    CHANGES = "changes"
    LOOKS = "looks"
    OWN_KPIS = "own KPIs"
    PLAN = "plan"


@dataclass(frozen=True)
class Ruling:
    """What one role says to one question. `within` restricts what is counted (dimension to ids), `hidden` names fields not to be shown,
    `least_persons` is how many must stand behind a figure."""

    allowed: bool
    why: Text
    within: Within = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    role: Role | None = None
    least_persons: int = 0


@dataclass(frozen=True)
class Days:
    """Which days a question is about, first and last included, and how it parts them."""

    first: date
    last: date
    per: str = ""

    def whole_months(self, today: date) -> bool:
        """Parted by months or more, or not at all; the running month is whole as far as there is one."""
        ends = self.last >= today or (self.last + timedelta(days=1)).day == 1
        month_long = self.last >= add_months(self.first, 1) - timedelta(days=1)
        return self.first.day == 1 and (self.per in BY_MONTH or (not self.per and month_long)) and ends


@dataclass(frozen=True)
class Asked:
    """A question as access sees it."""

    thing: Thing = Thing.FIGURES
    by: frozenset[str] = frozenset()
    today: date = field(default_factory=lambda: timezone.now().date())

    @property
    def of_persons(self) -> bool:
        return "agent" in self.by


@dataclass(frozen=True)
class Contact:
    """A contact as access sees it: whose, on which local day, and who took part."""

    client_id: str
    day: date
    agent_ids: frozenset[str]


def figures(person: User, by: Iterable[str] = (), chosen: Mapping[str, str] | None = None, days: Days | None = None) -> Ruling:
    """May the person ask for figures by these dimensions, of whom, and of these days? `chosen` are single values the question is narrowed to."""
    asked = Asked(Thing.FIGURES, frozenset(by) | frozenset(chosen or {}))
    ruling = _decided(person, asked, chosen or {})
    return _of_few(ruling, asked, days) if ruling.allowed else ruling


def _of_few(ruling: Ruling, asked: Asked, days: Days | None) -> Ruling:
    """One person is followed by the month, by whomever; whoever may not see persons sees none through a group of colleagues either."""
    by_month = days is None or (days.whole_months(asked.today) and not asked.by & OF_DAYS)
    if asked.of_persons or "agent" in ruling.within:
        return ruling if by_month else replace(ruling, allowed=False, why=ONLY_BY_MONTH)
    sees_persons = ruling.role is Role.LEADER and by_month
    return replace(ruling, least_persons=LEAST_PERSONS) if asked.by & OF_TEAMS and not sees_persons else ruling


def of_kpi(ruling: Ruling, kpi: Kpi | None, about: Collection[str]) -> Ruling:
    """The ruling about figures, where it reaches this key figure asked so: what a client is not told of however it is asked, and who left."""
    counted = frozenset(facts_of(kpi)) if kpi and ruling.allowed else frozenset()
    if kpi and ruling.role is Role.CLIENT and counted & HOW_WE_WORK and "client" not in kpi.goal:
        return replace(ruling, allowed=False, why=HOUSE_ONLY)
    if "agent" in counted and ("agent" in about or "agent" in ruling.within):
        return replace(ruling, allowed=False, why=WHO_LEFT)
    return ruling


def evidence_of_kpi(ruling: Ruling, kpi: Kpi) -> bool:
    """Whether single contacts behind this key figure are shown: how one person was judged in one of them is for that person and the own leader."""
    return of_kpi(ruling, kpi, ()).allowed and not ("agent_id" in ruling.hidden and JUDGING.intersection(facts_of(kpi)))


def page(person: User, asked: Page) -> Ruling:
    """May the person open this page at all? What stands on it is asked for apart."""
    holder = next((role for role in _PAGES[asked] if person.holds(role)), None)
    if holder is None or not person.is_active:
        return _no("access.page", "This page is for those with the role %(role)s.", role=str(_PAGES[asked][0].label))
    return Ruling(allowed=True, why=Text("access.page_open", "Your role includes this page."), role=holder)


def organisation_table(person: User, table: str) -> Ruling:
    """May the person read this table of the organisation? `within` names the teams whose members may be read, `hidden` fields nobody is told.

    Who the persons are stays with those who need it: when somebody was hired would let a manager single out persons by their time in the job.
    """
    role = next((role for role in _ORGANISATION if person.is_active and person.holds(role) and table in _ORGANISATION[role]), None)
    if role is None:
        return _no("access.organisation", "This part of the organisation is not open to you. Your administrator keeps it.")
    why = Text("access.organisation_open", "Your role includes reading how the service is organised.")
    if role is Role.LEADER and table in PERSONAL:
        led = organisation(timezone.now().date()).teams_of(person.agent_id)
        why = Text("access.organisation_leader", "Leaders read who belongs to their own team.")
        return Ruling(allowed=True, why=why, within={"team": led}, hidden=frozenset({"left_kind"}), role=role)
    return Ruling(allowed=True, why=why, role=role)


ONLY_BY_MONTH = Text(
    "access.by_month",
    "One person’s figures are followed by the month. Ask per month, quarter or year, or for whole months together, and not by weekday or hour of the day.",
)
HOUSE_ONLY = Text("access.client_kpi", "This key figure tells of how we work, not of the service you receive.")
WHO_LEFT = Text("access.who_left", "Who left, and why, is counted in groups and never of one person.")
OUTSIDE = Text("access.outside", "What you chose lies outside what your roles show you.")
ONLY_READ = Text("access.organisation_read", "The organisation is changed by administrators. You may read it.")


def may_edit_organisation(person: User) -> bool:
    return person.is_active and person.holds(Role.ADMINISTRATOR)


def enter(person: User, asked: Page) -> None:
    """Refuses with the reason whoever may not open the page."""
    ruling = page(person, asked)
    if not ruling.allowed:
        raise PermissionDenied(ruling.why)


def enter_loads(person: User) -> None:
    """Asked before a file of theirs is taken in."""
    enter(person, Page.LOADS)


def contacts(person: User) -> Ruling:
    """May the person see single contacts, whose, and with which fields left out?"""
    return _decided(person, Asked(Thing.CONTACTS))


def contact(person: User, asked: Contact) -> Ruling | None:
    """The ruling under which this contact may be opened, that which shows most of it; none where no role reaches it."""
    found = [ruling for ruling in _allowing(person, Asked(Thing.CONTACTS)) if covers(ruling, asked)]
    return min(found, key=lambda ruling: len(ruling.hidden), default=None)


def covers(ruling: Ruling, asked: Contact) -> bool:
    """Does a ruling about contacts reach this one? Own contacts are those one took part in; a team's those of its members on that day."""
    clients = ruling.within.get("client")
    own = _people(ruling, asked.day)
    return ruling.allowed and (clients is None or asked.client_id in clients) and (own is None or bool(own & asked.agent_ids))


def named(person: User, ruling: Ruling, day: date) -> frozenset[str] | None:
    """Whose name and times stand on a contact of that day: with oneself, those for whom it may be seen. Not asked where agents are hidden at all."""
    own = _people(ruling, day)
    return None if own is None else own | ({person.agent_id} if person.agent_id else set())


def may_take_part(person: User) -> frozenset[str] | None:
    """The agents of whose contacts the person may see some; none of it narrowed where a role asks for nobody in particular."""
    found: set[str] = set()
    for ruling in _allowing(person, Asked(Thing.CONTACTS)):
        if not {"agent", "team"} & set(ruling.within):
            return None
        found |= ruling.within.get("agent", frozenset()) | ever_agents_in(ruling.within.get("team", frozenset()))
    return frozenset(found)


def _people(ruling: Ruling, day: date) -> frozenset[str] | None:
    """The agents a ruling about contacts is restricted to; those of a team as it stood on that day."""
    if "team" in ruling.within:
        return organisation(day).agents_in(ruling.within["team"])
    return ruling.within.get("agent")


def explain(person: User, thing: Thing, by: Iterable[str] = ()) -> list[Ruling]:
    """What each role the person holds says, the deciding one first."""
    asked = Asked(thing, frozenset(by))
    rulings = [_ruled(role, person, asked) for role in _BY_WIDTH if person.holds(role)]
    return sorted(rulings, key=lambda ruling: not ruling.allowed)


def dimensions(person: User, all_of_them: Iterable[str]) -> list[str]:
    """Those by which the person may ask at all."""
    return [one for one in all_of_them if figures(person, [one]).allowed]


def _allowing(person: User, asked: Asked) -> list[Ruling]:
    """The rulings that allow, the widest first."""
    rulings = [_ruled(role, person, asked) for role in _BY_WIDTH if person.holds(role)] if person.is_active else []
    return [ruling for ruling in rulings if ruling.allowed]


def _reaches(ruling: Ruling, chosen: Mapping[str, str]) -> bool:
    """Does all that was chosen lie within the ruling? A queue belongs to its client."""
    clients, queue = ruling.within.get("client"), chosen.get("queue")
    own_queue = clients is None or queue is None or client_of(queue) in clients
    return own_queue and all(value in ruling.within.get(dimension, {value}) for dimension, value in chosen.items())


def _decided(person: User, asked: Asked, chosen: Mapping[str, str] | None = None) -> Ruling:
    if not person.is_active:
        return _no("access.inactive", "This account is closed.")
    rulings = [_ruled(role, person, asked) for role in _BY_WIDTH if person.holds(role)]
    if not rulings:
        return _no("access.no_role", "You have been given no role yet. Your administrator can give you one.")
    allowing = [ruling for ruling in rulings if ruling.allowed]
    if chosen and chosen.get("agent") == person.agent_id:  # about oneself: not only what was done in the team one leads
        allowing.sort(key=lambda ruling: len(ruling.within))
    return next((ruling for ruling in allowing if _reaches(ruling, chosen or {})), next(iter(allowing), rulings[0]))


def _ruled(role: Role, person: User, asked: Asked) -> Ruling:
    ruling = _RULES[role](person, asked)
    return Ruling(ruling.allowed, ruling.why, ruling.within, ruling.hidden, role)


def _no(name: str, english: str, **values: object) -> Ruling:
    return Ruling(allowed=False, why=Text(name, english, values))


def _yes(why: Text, within: Within | None = None, hidden: Iterable[str] = ()) -> Ruling:
    return Ruling(allowed=True, why=why, within=within or {}, hidden=frozenset(hidden))


def _manager(_person: User, asked: Asked) -> Ruling:
    if asked.thing is Thing.CONTACTS:
        return _yes(Text("access.manager_contacts", "Managers see contacts drawn as evidence, without the agent."), hidden=("agent_id", "customer_key"))
    if asked.of_persons:
        return _no("access.manager_persons", "Managers see teams and the company, not persons. Personal figures stay with each person and the own leader.")
    if "tenure" in asked.by and asked.by - BESIDE_TENURE - {"tenure"}:
        return _no(
            "access.manager_tenure",
            "Time in the job can be asked for alone or with client, channel and queue. Together with anything else it would single out persons.",
        )
    return _yes(Text("access.manager", "Managers see all teams and the company."))


def _leader(person: User, asked: Asked) -> Ruling:
    led = organisation(asked.today).teams_of(person.agent_id)
    if not led:
        return _no("access.leads_nobody", "You lead no team today, so you see no figures as a leader. The organisation says who leads whom.")
    team: Within = {"team": led}
    members: Within = {"team": led, "agent": organisation(asked.today).people_in(led)}
    if asked.thing is Thing.CONTACTS:  # whose they are is decided by the day of each contact
        return _yes(Text("access.leader_contacts", "Leaders see their own team’s contacts."), team, hidden=("customer_key",))
    if asked.of_persons:
        return _yes(Text("access.leader_persons", "Leaders see the persons of their own team, while they belong to it."), members)
    if asked.by & OF_TEAMS:
        return _yes(Text("access.leader_team", "Leaders see their own team and the company, not other teams."), team)
    return _yes(Text("access.leader", "Leaders see the company’s figures."))


def _client(person: User, asked: Asked) -> Ruling:
    if not person.client_ids:
        return _no("access.no_client", "Your account is not tied to a client yet. Your administrator can do that.")
    own: Within = {"client": frozenset(person.client_ids)}
    if asked.thing is Thing.CONTACTS:
        hidden = ("agent_id", "customer_key", "team_id")
        return _yes(Text("access.client_contacts", "Clients see their own contacts, without agent and without customer."), own, hidden)
    if asked.by & INSIDE_THE_HOUSE:
        return _no("access.client_inside", "Clients see the service they receive, not the persons and teams that give it.")
    return _yes(Text("access.client", "Clients see their own service and no other client’s."), own)


def _agent(person: User, asked: Asked) -> Ruling:
    if not person.agent_id:
        return _no("access.no_agent", "Your account is not tied to an agent yet. Your administrator can do that.")
    own: Within = {"agent": frozenset({person.agent_id})}
    if asked.thing is Thing.CONTACTS:
        return _yes(Text("access.agent_contacts", "Agents see their own contacts as evidence."), own, hidden=("customer_key",))
    if asked.by & OF_TEAMS:
        return _no("access.agent_others", "Agents see their own figures. Those of teams are shared by the leader.")
    return _yes(Text("access.agent", "Agents see their own figures and nobody else’s."), own)


def _evaluator(_person: User, _asked: Asked) -> Ruling:
    return _no("access.evaluator", "Evaluators see the evaluations assigned to them, not figures.")


def _representative(_person: User, _asked: Asked) -> Ruling:
    return _no("access.representative", "Employee representatives see how everything is counted, for what, and who looked; not figures.")


def _administrator(_person: User, _asked: Asked) -> Ruling:
    return _no("access.administrator", "Administrators keep organisation, loads and users in order; they see no figures.")


_RULES: Mapping[Role, Callable[[User, Asked], Ruling]] = {
    Role.MANAGER: _manager,
    Role.LEADER: _leader,
    Role.CLIENT: _client,
    Role.AGENT: _agent,
    Role.EVALUATOR: _evaluator,
    Role.REPRESENTATIVE: _representative,
    Role.ADMINISTRATOR: _administrator,
}
_BY_WIDTH = tuple(_RULES)
_PAGES: Mapping[Page, tuple[Role, ...]] = {
    Page.MY_FIGURES: (Role.AGENT,),
    Page.TEAM: (Role.LEADER,),
    Page.CUSTOMER_SERVICE: (Role.MANAGER,),
    Page.OUR_SERVICE: (Role.CLIENT,),
    Page.LOADS: (Role.ADMINISTRATOR,),
    Page.ORGANISATION: (Role.ADMINISTRATOR, Role.MANAGER, Role.LEADER, Role.REPRESENTATIVE),
    Page.PEOPLE: (Role.ADMINISTRATOR,),
    Page.CHANGES: (Role.ADMINISTRATOR, Role.REPRESENTATIVE),
    Page.LOOKS: (Role.REPRESENTATIVE,),
    Page.OWN_KPIS: (Role.MANAGER, Role.ADMINISTRATOR),
    Page.PLAN: (Role.MANAGER, Role.LEADER, Role.AGENT, Role.CLIENT, Role.REPRESENTATIVE),  # what of it: planned.py
}
PERSONAL = frozenset({"agent", "team_membership", "employment"})
_SERVICE = frozenset({"client", "queue", "agreement", "calendar", "team", "reason"})  # how the service is organised, without its people
_ORGANISATION: Mapping[Role, frozenset[str]] = {  # the widest first
    Role.ADMINISTRATOR: _SERVICE | PERSONAL,
    Role.REPRESENTATIVE: _SERVICE | {"team_membership"},  # who leads whom decides who sees whom
    Role.LEADER: _SERVICE | PERSONAL,
    Role.MANAGER: _SERVICE,
}
