"""How the goals of a season hang together: boxes by column, lines from each to the one it serves, dashed where it does not add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from nyckeltal.plan.cascade import Given, tree
from nyckeltal.web.kpi import asking
from nyckeltal.web.people.planned import Sight, tells_figures
from nyckeltal.web.plan import cards, choosing, guarding, keeping, surroundings, targets
from nyckeltal.web.plan.cards import Answered
from nyckeltal.web.plan.guarding import Guards
from nyckeltal.web.plan.models import Goal, Season, Unit

ADDS_UP = "R15"
LEAST_COUNTED = 3  # of fewer, a count would tell of a person


@dataclass(frozen=True)
class Box:
    """One goal. `place` is the height of its middle in its column, from 0 to 100; `short` says what the goals below lack, `off` what those
    for the goal above lack, this one among them, `adds` what it gives together."""

    goal: Goal
    title: str
    aim: str
    now: str
    adds: str
    short: str
    off: str
    address: str
    place: float
    chip: cards.Chip | None
    serves: str
    counted: str


@dataclass(frozen=True)
class Link:
    """A line between two neighbouring columns, as the path of a drawing 100 by 100."""

    path: str
    off: bool


@dataclass(frozen=True)
class Picture:
    """Three columns: the company; clients and teams; people. Links between the first two and the last two."""

    company: Sequence[Box]
    middle: Sequence[Box]
    people: Sequence[Box]
    left: Sequence[Link]
    right: Sequence[Link]

    @property
    def columns(self) -> dict[str, Sequence[Box]]:
        return {"company": self.company, "middle": self.middle, "people": self.people}

    @property
    def every(self) -> list[Box]:
        return [*self.company, *self.middle, *self.people]


@dataclass(frozen=True)
class UnitLine:
    """One unit in the list below the picture."""

    unit: Unit
    name: str
    goals: int
    guards: int
    answered: str
    address: str
    sets: bool


def cascade(sight: Sight, season: Season, guards: Guards) -> Picture:
    return keeping.seen("picture", season, sight, guards.around, lambda: _cascade(sight, season, guards))


def _cascade(sight: Sight, season: Season, guards: Guards) -> Picture:
    goals = [goal for unit in season.units.all() for goal in cards.goals_of(unit) if goal.role != "guard"]
    seen = [goal for goal in goals if sight.reads_goal(goal.level, goal.unit.level, goal.unit.unit_id)]
    sums = _sums(season)
    columns = [[goal for goal in seen if goal.level in levels] for levels in (("company",), ("client", "team"), ("agent",))]
    company, middle, people = ([_box(goal, place, len(column), sight, guards, sums) for place, goal in enumerate(column)] for column in columns)
    return Picture(company, middle, people, _links(company, middle), _links(middle, people))


def _box(goal: Goal, place: int, of: int, sight: Sight, guards: Guards, sums: Mapping[str, Given]) -> Box:
    kpi = asking.kpis().get(goal.kpi)
    whose, name = cards.unit_name(goal.unit), choosing.name_of(goal.kpi)
    base = goal.baseline if sight.figures and tells_figures(sight, goal.unit.level, goal.unit.unit_id) else None
    answered = cards.answered(goal, sight)
    known = answered.all >= LEAST_COUNTED or len(answered.people) == answered.all
    return Box(
        goal=goal,
        title=name if goal.level == "company" else f"{whose} · {name}",
        aim=targets.aim(goal, kpi),
        now=targets.in_words(base["value"], kpi.unit) if base and kpi else "",
        adds=_adds(goal, sums) if sight.figures and known else "",
        short=_short(goal, guards),
        off=_short(goal.parent, guards) if goal.parent else "",
        address=reverse("plan:measure", args=[goal.season.pk, goal.unit.unit_id]) + f"#goal-{goal.pk}",
        place=100 * (place + 0.5) / of,
        chip=_chip(answered) if known else None,
        serves=cards.serves(goal),
        counted=counted(answered) if goal.level == "agent" else "",
    )


def _sums(season: Season) -> dict[str, Given]:
    """What the goals below each goal give together, by its key."""
    plan = keeping.plan(season)
    around = surroundings.of(plan).around
    found: dict[str, Given] = {}
    branches = list(tree(plan, around.catalogue, around))
    while branches:
        branch = branches.pop()
        branches += branch.below
        if branch.given is not None:
            found[branch.goal.id] = branch.given
    return found


def _adds(goal: Goal, sums: Mapping[str, Given]) -> str:
    """For the people of a team: what they give for the goal that theirs serves, where it is the same key figure."""
    parent, kpi = goal.parent, asking.kpis().get(goal.kpi)
    given = sums.get(parent.key) if parent and goal.level == "agent" and parent.kpi == goal.kpi else None
    if given is None or kpi is None:
        return ""
    said = {"given": targets.in_words(given.value, kpi.unit), "needed": targets.in_words(given.needed, kpi.unit)}
    if given.enough:
        return gettext("If all reach theirs, the team gets %(given)s. It adds up.") % said
    return gettext("Adds up to %(given)s, the team needs %(needed)s.") % said


def _short(goal: Goal, guards: Guards) -> str:
    """What the goals below give together, where this one needs more."""
    return next((one.message for one in guards.of(goal) if one.rule == ADDS_UP), "")


def _chip(answered: Answered) -> cards.Chip | None:
    """Whether those who are to reach it have agreed; what managers answer for themselves nobody is asked about."""
    if not answered.all:
        return None
    if answered.refused:
        return cards.Chip("attend", "ring", ngettext("%(n)s says no", "%(n)s say no", answered.refused) % {"n": answered.refused})
    if answered.unasked == answered.all:
        return cards.Chip("open", "open", gettext("Not asked yet"))
    if answered.waiting or answered.unasked:
        missing = answered.waiting + answered.unasked
        return cards.Chip("open", "open", ngettext("%(n)s has not agreed yet", "%(n)s have not agreed yet", missing) % {"n": missing})
    return cards.Chip("good", "check", gettext("Agreed"))


def counted(answered: Answered) -> str:
    """So many people, and how many of them have agreed."""
    said = ngettext("%(n)s person", "%(n)s people", answered.all) % {"n": answered.all}
    return said if answered.all < LEAST_COUNTED else f"{said}, {gettext('%(n)s agreed') % {'n': answered.agreed}}"


def _links(left: Sequence[Box], right: Sequence[Box]) -> list[Link]:
    places = {box.goal.pk: box.place for box in left}
    return [_link(places[box.goal.parent_id], box.place, bool(box.off)) for box in right if box.goal.parent_id in places]


def _link(start: float, end: float, off: bool) -> Link:
    path = f"M0 {start:.1f}H100" if abs(start - end) < 0.05 else f"M0 {start:.1f}C50 {start:.1f} 50 {end:.1f} 100 {end:.1f}"
    return Link(path, off)


def units(sight: Sight, season: Season, guards: Guards) -> list[UnitLine]:
    """Every unit that is read, with how far it has come."""
    return [_line(sight, unit, guards) for unit in season.units.all() if sight.reads_unit(unit.level, unit.unit_id)]


def _line(sight: Sight, unit: Unit, guards: Guards) -> UnitLine:
    level = cards.level_set(sight, unit)
    goals = [goal for goal in cards.goals_of(unit) if sight.reads_goal(goal.level, unit.level, unit.unit_id)]
    own = [goal for goal in goals if goal.level == level]
    everyone = [cards.answered(goal, sight) for goal in goals]
    told = [one for one in everyone if one.all >= LEAST_COUNTED or len(one.people) == one.all]  # of fewer, the sum less the others would tell
    agreed, everybody = sum(one.agreed for one in told), sum(one.all for one in told)
    said = gettext("%(agreed)s of %(all)s answers are yes") % {"agreed": agreed, "all": everybody} if everybody >= LEAST_COUNTED else ""
    sets = sight.sets(level, unit.unit_id, bottom_up=unit.season.bottom_up) and not unit.season.is_over
    first = "plan:choose" if level != unit.level and unit.primary else "plan:purpose"  # a leader chooses; what it is for is set above
    page = "plan:measure" if own or not sets else first
    standing = sum(1 for guard in [*guards.of_unit(unit), *(one for goal in own for one in guards.of(goal))] if guard.holds_up)
    return UnitLine(unit, cards.unit_name(unit), len(goals), standing, said, reverse(page, args=[unit.season.pk, unit.unit_id]), sets)


def readable(sight: Sight, season: Season) -> list[UnitLine]:
    """For those who do not see the whole: what they may read of it."""
    return [one for one in units(sight, season, guarding.Guards()) if one.goals]
