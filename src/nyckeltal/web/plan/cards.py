"""A unit's goals as its page shows them: each a card with form, line, chance, messages and who has agreed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from django.utils.translation import gettext, ngettext

from nyckeltal.kpi.definition import Kpi
from nyckeltal.plan.guardrails.agreed import SHORTEST
from nyckeltal.plan.reach import too_easy, unreachable
from nyckeltal.web.frame import numbers
from nyckeltal.web.frame.drawing import Chart
from nyckeltal.web.frame.say import say
from nyckeltal.web.kpi import asking, names, standings
from nyckeltal.web.kpi.question import period_words, variant_words
from nyckeltal.web.people.models import User
from nyckeltal.web.people.planned import Sight
from nyckeltal.web.plan import choosing, drawn, measuring, money, setting, stored, targets
from nyckeltal.web.plan.ahead import Ahead, ahead
from nyckeltal.web.plan.forms import GoalForm
from nyckeltal.web.plan.guarding import Guard, Guards
from nyckeltal.web.plan.measuring import Start
from nyckeltal.web.plan.models import Agreement, Goal, Unit
from nyckeltal.web.plan.surroundings import Known
from nyckeltal.when.period import Period


@dataclass(frozen=True)
class Chance:
    """Of reaching the goal as things go, with the support, and whether that is a goal worth having; `whose` where it is the one in the middle."""

    without: str
    planned: str
    verdict: str
    whose: str = ""


@dataclass(frozen=True)
class Chip:
    kind: str
    icon: str
    words: str


@dataclass(frozen=True)
class Answered:
    """How many have agreed, said no, not answered; by name for whoever may see that."""

    agreed: int
    refused: int
    waiting: int
    unasked: int
    people: Sequence[tuple[Agreement, str, str]] = ()  # with name and what that person is to reach, where that is another

    @property
    def all(self) -> int:
        return self.agreed + self.refused + self.waiting + self.unasked


@dataclass(frozen=True)
class Card:
    goal: Goal
    number: int
    name: str
    asks: str
    aim: str
    sets: bool
    form: GoalForm | None
    unit: str
    chart: Chart | None
    lacks: str
    chance: Chance | None
    proposal: str
    because: str
    benchmark: str
    guards: Sequence[Guard]
    chip: Chip
    answered: Answered
    serves: str
    support: Sequence[str] = field(default_factory=list)
    ahead: Sequence[Ahead] = ()
    allowed: str = ""  # what a share of revenue is in money

    @property
    def typed(self) -> list[Any]:
        """The four answers, as fields."""
        return [self.form[name] for name in ("purpose", "why", "influence", "method")] if self.form else []

    @property
    def unsaid(self) -> bool:
        """Whether something is still to be written, or could not be kept as it was."""
        wanted = (*stored_answers(self.goal), self.goal.action)
        return min(map(len, wanted)) < SHORTEST or bool(self.form and (self.form.clashes or any(field.errors for field in self.typed)))

    @property
    def first_guards(self) -> Sequence[Guard]:
        """What keeps the goal from being agreed to, the gravest first: for whoever sets it, and one thing at a time."""
        holding = [one for one in self.guards if one.holds_up] if self.sets else []
        return sorted(holding, key=lambda one: one.severity != "error")[:1]

    @property
    def more_guards(self) -> Sequence[Guard]:
        return [one for one in self.guards if one not in self.first_guards]

    @property
    def said(self) -> list[tuple[str, str]]:
        """The four answers, as text."""
        return [(question, said) for question, said in zip(questions(), stored_answers(self.goal), strict=True) if said]


def questions() -> tuple[str, ...]:
    return gettext("What do we want from it?"), gettext("Why does it matter?"), gettext("How can you influence it?"), gettext("How is it measured?")


def stored_answers(goal: Goal) -> tuple[str, str, str, str]:
    return goal.purpose, goal.why, goal.influence, goal.method


def card(person: User, sight: Sight, goal: Goal, number: int, guards: Guards, data: Any = None) -> Card:
    kpi = asking.kpis().get(goal.kpi)
    sets = sight.sets(goal.level, goal.unit.unit_id, bottom_up=goal.season.bottom_up) and not goal.season.is_over
    found = measuring.start(person, goal) if sight.figures else Start()
    peers = measuring.peers(person, goal) if sets and found.measured else []
    proposal = measuring.proposed(found, goal, peers) if sets else None
    told = guards.of(goal)
    return Card(
        goal=goal,
        number=number,
        name=choosing.name_of(goal.kpi),
        asks=say(kpi.text("asks")) if kpi else "",
        aim=targets.aim(goal, kpi),
        sets=sets,
        form=(data if isinstance(data, GoalForm) else form_of(goal, kpi, data)) if sets else None,
        unit=targets.unit_word(kpi.unit) if kpi else "",
        chart=_chart(goal, kpi, found, proposal.best_quartile if proposal else None) if kpi else None,
        lacks=say(found.lacks),
        chance=_chance(person, sight, goal, found),
        proposal=targets.in_words(proposal.target, kpi.unit) if proposal and kpi else "",
        because=say(proposal.because) if proposal else "",
        benchmark=say(kpi.text("benchmark.text")) if kpi else "",
        guards=told,
        chip=_chip(told),
        answered=answered(goal, sight),
        serves=serves(goal) if goal.parent is None or _read(sight, goal.parent) else "",
        support=goal.support,
        ahead=ahead(found.series, kpi.unit) if kpi and found.measured else (),
        allowed=money.allowed(person, goal, kpi, found.series) if kpi else "",
    )


def form_of(goal: Goal, kpi: Kpi | None, data: Any = None) -> GoalForm:
    parents = {str(one.pk): _called(one) for one in choosing.parents(goal.season, goal.unit, goal.level)}
    variants = {"": gettext("As defined")} | ({one: variant_words(kpi, one) for one in kpi.variants} if kpi else {})
    owners = {one: names.named("agent", one) for one in setting.leaders_of(goal.unit.unit_id, goal.starts)} if goal.level == "team" else {}
    if owners and goal.owner not in owners:
        owners = {goal.owner: names.named("agent", goal.owner) if goal.owner else gettext("nobody yet")} | owners
    return GoalForm(data, goal=goal, kpi=kpi, parents=parents, variants=variants, owners=owners)


def _called(goal: Goal) -> str:
    return f"{choosing.name_of(goal.kpi)} · {unit_name(goal.unit)}"


def unit_name(unit: Unit) -> str:
    return gettext("The company") if unit.level == "company" else names.named(unit.level, unit.unit_id)


def serves(goal: Goal) -> str:
    parent = goal.parent
    if parent is None or parent.removed_at is not None:
        return ""
    return f"{choosing.name_of(parent.kpi)}, {targets.aim(parent, asking.kpis().get(parent.kpi))}"


def chain(goal: Goal) -> list[tuple[str, str, str]]:
    """What it serves, and what that serves, the highest first: name, what is to be reached, whose."""
    found: list[tuple[str, str, str]] = []
    one = goal.parent
    while one is not None and one.removed_at is None and len(found) < len(choosing.ABOVE):
        found.insert(0, (choosing.name_of(one.kpi), targets.aim(one, asking.kpis().get(one.kpi)), unit_name(one.unit)))
        one = one.parent
    return found


def _chart(goal: Goal, kpi: Kpi, found: Start, best: float | None) -> Chart | None:
    if found.measured is None:
        return None
    made, base = stored.goal(goal, None), found.measured.baseline
    first, last = Period.of(found.measured.first).start, Period.of(found.measured.last).last
    line = drawn.Line(kpi.unit, base.value, base.low, base.high, made.target, made.band, best, kpi.better)
    whose = "" if goal.unit.level == "company" else f", {unit_name(goal.unit)}"
    return drawn.line(line, f"{choosing.name_of(goal.kpi)}{whose}, {period_words(first, last)}")


def _chance(person: User, sight: Sight, goal: Goal, found: Start) -> Chance | None:
    """For the unit; where each person has the goal, for the one in the middle."""
    if goal.level == "agent":
        if not sight.sets("agent", goal.unit.unit_id):
            return None
        persons = measuring.people(person, goal).persons
        agreements = {one.agent_id: one for one in goal.agreements.all()}
        pairs = [(persons[agent], agreement) for agent, agreement in agreements.items() if agent in persons]
        planned = [one for measured, agreement in pairs if (one := measuring.chance(measured, goal, agreement)) is not None]
        without = [one for measured, agreement in pairs if (one := measuring.chance(measured, goal, agreement, effect=0)) is not None]
        return chance_words(median(without), median(planned), gettext("for the one in the middle of the team")) if planned else None
    planned_one, without_one = measuring.chance(found.measured, goal), measuring.chance(found.measured, goal, effect=0)
    return chance_words(without_one, planned_one) if planned_one is not None and without_one is not None else None


def chance_words(without: float, planned: float, whose: str = "") -> Chance:
    if unreachable(planned):
        verdict = gettext("Out of reach for almost everybody: that discourages. Lower it, give it more time, or add support.")
    elif too_easy(planned):
        verdict = gettext("Reached almost by itself: it asks for nothing.")
    else:
        verdict = gettext("Neither given nor out of reach. Under 10% or over 90% would be pointed out.").replace("10%", numbers.percent(0.1))
        verdict = verdict.replace("90%", numbers.percent(0.9))
    return Chance(standings.chance_words(without), standings.chance_words(planned) if abs(planned - without) >= 0.005 else "", verdict, whose)


def _chip(guards: Sequence[Guard]) -> Chip:
    standing = [one for one in guards if one.override is None]
    if any(one.severity == "error" and one.holds_up for one in standing):
        return Chip("bad", "info", gettext("Not possible"))
    if warnings := sum(one.severity != "advice" for one in standing):
        return Chip("attend", "warning", ngettext("%(n)s thing to look at", "%(n)s things to look at", warnings) % {"n": warnings})
    if standing:
        return Chip("attend", "info", ngettext("%(n)s piece of advice", "%(n)s pieces of advice", len(standing)) % {"n": len(standing)})
    return Chip("good", "check", gettext("Ready"))


def _seen(sight: Sight, goal: Goal, agent_id: str) -> bool:
    """A leader's word on the team's goal is for managers and the team's leaders; of persons, those whom one sees by name."""
    return sight.sees_person(agent_id) if goal.level == "agent" else sight.manages or goal.unit.unit_id in sight.led


def answered(goal: Goal, sight: Sight) -> Answered:
    agreements = stored.of_those_present(goal)
    count = {state: sum(one.state == state for one in agreements) for state in Agreement.State}
    kpi = asking.kpis().get(goal.kpi)
    seen = [one for one in agreements if _seen(sight, goal, one.agent_id)]
    people = [(one, names.named("agent", one.agent_id), targets.aim(goal, kpi, one) if one.own_target else "") for one in seen]
    state = Agreement.State
    by_name = sorted(people, key=lambda one: one[1].casefold())
    return Answered(count[state.AGREED], count[state.REFUSED], count[state.ASKED], count[state.PROPOSED], by_name)


@dataclass(frozen=True)
class Person:
    """One person's answers about all goals of the page, for whoever sees that person by name."""

    name: str
    answers: Sequence[tuple[Agreement, str, str]]  # with what the goal is called, and another target where there is one

    @property
    def alike(self) -> str:
        """The state in which all of them are; empty where they differ, or where somebody said no."""
        states = {agreement.state for agreement, _, _ in self.answers}
        return next(iter(states)) if len(states) == 1 and Agreement.State.REFUSED not in states else ""


@dataclass(frozen=True)
class Page:
    """One unit's part of a season. `level` is whose goals are set here: the unit's own, or those of a team's agents."""

    unit: Unit
    name: str
    level: str
    cards: Sequence[Card]
    others: Sequence[Card]
    guards: Sequence[Guard]
    sets: bool
    above: Sequence[tuple[str, str]]
    known: Known = "known"  # what rules that rest on figures have to go by

    @property
    def people(self) -> list[Person]:
        """Those who are to agree to goals set for persons, by name."""
        found: dict[str, list[tuple[Agreement, str, str]]] = {}
        for card in (*self.cards, *self.others):
            for agreement, who, own in card.answered.people if card.goal.level == "agent" else ():
                found.setdefault(who, []).append((agreement, card.name, own))
        return [Person(who, answers) for who, answers in sorted(found.items(), key=lambda pair: pair[0].casefold())]

    @property
    def alike(self) -> list[tuple[str, list[Person]]]:
        """Those of them who have said the same to all goals, by what they said: one line each way."""
        found: dict[str, list[Person]] = {}
        for person in self.people:
            found.setdefault(person.alike, []).append(person)
        return [(state, people) for state, people in found.items() if state]

    @property
    def every(self) -> list[Guard]:
        return [*self.guards, *(guard for card in self.cards for guard in card.guards)]

    @property
    def blocked(self) -> bool:
        return not self.cards or self.known == "asking" or any(guard.holds_up for guard in self.every)

    @property
    def to_ask(self) -> int:
        return sum(card.answered.unasked for card in self.cards)

    @property
    def lead(self) -> str:
        """What the page has to say."""
        if not self.cards:
            return gettext("No goal has been chosen yet. Three are enough.")
        bad = [card for card in self.cards if card.chip.kind == "bad"]
        ready = sum(not any(guard.holds_up for guard in card.guards) for card in self.cards)
        said = ngettext("%(ready)s of %(all)s goal is ready to be agreed.", "%(ready)s of %(all)s goals are ready to be agreed.", len(self.cards))
        first = said % {"ready": ready, "all": len(self.cards)}
        if not bad:
            return first
        second = ngettext("%(n)s cannot stand as it is; the ways out are beside it.", "%(n)s cannot stand as they are; the ways out are beside them.", len(bad))
        return f"{first} {(second % {'n': len(bad)}).capitalize()}"


def goals_of(unit: Unit) -> list[Goal]:
    found = unit.goals.filter(removed_at=None).select_related("unit", "season", "parent", "parent__unit").prefetch_related("agreements").order_by("pk")
    order = {"primary": 0, "secondary": 1, "guard": 2}
    return sorted(found, key=lambda goal: (order.get(goal.role, 3), goal.pk))


def begin(person: User, sight: Sight, unit: Unit) -> None:
    """What came from a ready plan or from the season before is measured when whoever sets it opens it: before the rules look at it."""
    for goal in goals_of(unit) if unit.season.is_draft and sight.figures else ():
        sets = sight.sets(goal.level, unit.unit_id, bottom_up=unit.season.bottom_up)
        if sets and goal.baseline is None and measuring.start(person, goal).measured is not None:
            measuring.measure(person, goal)
    for goal in goals_of(unit) if sight.sets("agent", unit.unit_id) and not unit.season.is_over else ():
        if any(one.state == Agreement.State.MEASURING for one in goal.agreements.all()):
            measuring.measure(person, goal)


def page(person: User, sight: Sight, unit: Unit, guards: Guards, data: Mapping[int, Any] | None = None) -> Page:
    season = unit.season
    level = level_set(sight, unit)
    goals = [goal for goal in goals_of(unit) if sight.reads_goal(goal.level, unit.level, unit.unit_id)]
    own = [goal for goal in goals if goal.level == level]
    made = [card(person, sight, goal, number, guards, (data or {}).get(goal.pk)) for number, goal in enumerate(own, 1)]
    others = [card(person, sight, goal, number, guards) for number, goal in enumerate((one for one in goals if one.level != level), len(own) + 1)]
    sets = sight.sets(level, unit.unit_id, bottom_up=season.bottom_up) and not season.is_over
    above = [(_called(one), targets.aim(one, asking.kpis().get(one.kpi))) for one in choosing.parents(season, unit, level) if _read(sight, one)]
    return Page(unit, unit_name(unit), level, made, others, guards.of_unit(unit), sets, above, guards.known)


def level_set(sight: Sight, unit: Unit) -> str:
    """A leader sets the goals of the own team's agents there, a manager the team's."""
    return "agent" if unit.level == "team" and sight.sets("agent", unit.unit_id) else unit.level


def _read(sight: Sight, goal: Goal) -> bool:
    return sight.reads_goal(goal.level, goal.unit.level, goal.unit.unit_id)
