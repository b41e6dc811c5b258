"""Few at a time, in the directions that were chosen, changed in good time: R04, R05, R07, R16, R47."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import permutations
from typing import TYPE_CHECKING

from nyckeltal.plan.breach import Breach
from nyckeltal.plan.goal import DIRECTIONS, Goal, Level, Plan, Unit
from nyckeltal.plan.guardrails import sayings
from nyckeltal.plan.guardrails.sets import by_owner, in_focus, sets_in_time, under
from nyckeltal.when.period import add_months
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.kpi.definition import Kpi
    from nyckeltal.plan.around import Around

MOST: dict[Level, int] = {"agent": 3, "team": 3, "client": 5, "company": 5}
MOST_OF_UNIT = 15
FOR_EITHER = frozenset({"quality", "people"})
OBSERVED = frozenset({"survey_response", "interview", "qa_evaluation", "qa_item", "employee_response"})  # facts in which people judge
HEARD = frozenset({"upsell_offer_rate"})  # noted in the contact, and judged all the same (reference 1.1)
A_SEASON = 6  # months


def r04(plan: Plan, _around: Around) -> Iterator[Breach]:
    """More in focus at once than a person can hold."""
    for (level, unit, owner), goals in by_owner(in_focus(plan.goals)).items():
        chosen = max(sets_in_time(goals), key=len, default=())
        if len(chosen) > MOST[level]:
            values = {"n": len(chosen), "most": MOST[level]}
            said = Text("plan.r04", "%(n)s goals at once; focus holds for %(most)s.", values)
            remedy = Text("plan.r04.remedy", "Put them in order, keep the first %(most)s, and let the others wait in the rotation or stand guard.", values)
            ids = tuple(goal.id for goal in chosen)
            yield Breach("R04", "error" if level == "agent" else "warning", said, remedy, ids, unit or chosen[0].unit, owner)


def r05(plan: Plan, around: Around) -> Iterator[Breach]:
    """No two directions for a unit, or three goals of an agent that do not follow them."""
    for unit in _units(plan):
        if not _has_directions(unit):
            values = {"unit": around.named(unit.id), "directions": tuple(sayings.DIRECTION.values())}
            said = Text("plan.r05", "%(unit)s has no primary and secondary direction yet; everything else follows from them.", values)
            yield Breach("R05", "error", said, Text("plan.r05.remedy", "Choose two different ones of: %(directions)s.", values), unit=unit.id)
    sound = in_focus(goal for goal, _ in around.goals(plan) if goal.level == "agent")
    for (_, _, owner), goals in by_owner(sound).items():
        for chosen in sets_in_time(goals):
            directed = plan.unit(chosen[0].unit)
            if len(chosen) == 3 and directed and _has_directions(directed) and not _follows([around.catalogue[goal.kpi] for goal in chosen], directed):
                yield _mixed(chosen, directed, owner, around)


def _units(plan: Plan) -> list[Unit]:
    """Those of the plan, and those that only a goal names."""
    missing = {goal.unit: Unit(goal.unit, "team" if goal.level == "agent" else goal.level) for goal in plan.goals if plan.unit(goal.unit) is None}
    return [*plan.units, *missing.values()]


def _has_directions(unit: Unit) -> bool:
    return unit.primary in DIRECTIONS and unit.secondary in DIRECTIONS and unit.primary != unit.secondary


def _follows(kpis: list[Kpi], unit: Unit) -> bool:
    """Two of the primary direction and one of the secondary, in some order."""
    wanted = (unit.primary, unit.primary, unit.secondary)
    return any(all({way, *FOR_EITHER} & set(kpi.purpose) for kpi, way in zip(order, wanted, strict=True)) for order in permutations(kpis))


def _mixed(goals: tuple[Goal, ...], unit: Unit, owner: str, around: Around) -> Breach:
    ways = {"primary": sayings.DIRECTION[unit.primary or ""], "secondary": sayings.DIRECTION[unit.secondary or ""]}
    said = Text("plan.r05.mix", "The three goals are not two for the primary direction (%(primary)s) and one for the secondary (%(secondary)s).", ways)
    for_way = {way: _of_direction(around, str(getattr(unit, way))) for way in ways}
    remedy = Text("plan.r05.mix_remedy", "For the primary direction there are: %(primary)s. For the secondary: %(secondary)s.", for_way)
    return Breach("R05", "advice", said, remedy, tuple(goal.id for goal in goals), unit.id, owner)


def _of_direction(around: Around, direction: str, most: int = 6) -> tuple[Text, ...]:
    fit = [kpi for kpi in around.catalogue.values() if direction in kpi.purpose and "agent" in kpi.goal and sayings.lever(kpi, "agent")]
    return sayings.names(fit[:most])


def r07(plan: Plan, around: Around) -> Iterator[Breach]:
    """The same focus for more than half a year while others wait; or a goal replaced before it could tell anything."""
    for unit in plan.units:
        goals = in_focus(goal for goal, _ in around.goals(plan) if goal.unit == unit.id)
        since = around.focus_since.get(unit.id) or _unchanged_since(goals, around.today)
        if unit.rotation and since and around.today > add_months(since, A_SEASON):
            waiting = tuple(around.catalogue[name].text("name") for name in unit.rotation if name in around.catalogue) or unit.rotation
            values = {"unit": around.named(unit.id), "since": since, "next": waiting}
            said = Text("plan.r07", "Time to change the focus of %(unit)s: it has been the same since %(since)s.", values)
            yield Breach("R07", "advice", said, Text("plan.r07.remedy", "Waiting their turn: %(next)s.", values), unit=unit.id)
    for goals in by_owner(in_focus(goal for goal, _ in around.goals(plan))).values():
        yield from (_too_early(goal, around.catalogue[goal.kpi]) for goal in goals if goal.ends < plan.ends and _replaced_early(goal, goals))


def _unchanged_since(goals: Iterable[Goal], today: date) -> date | None:
    changes = [day for goal in goals for day in (goal.starts, goal.ends + timedelta(days=1)) if day <= today]
    return max(changes, default=None)


def _replaced_early(goal: Goal, goals: Iterable[Goal]) -> bool:
    """It ended before two of its periods were over, and another began within a month of it."""
    enough = goal.assess.next(goal.assess.next(goal.starts))
    ended = goal.ends + timedelta(days=1)
    return ended < enough and any(other.kpi != goal.kpi and ended <= other.starts <= add_months(ended, 1) for other in goals)


def _too_early(goal: Goal, kpi: Kpi) -> Breach:
    values = {"kpi": sayings.named(kpi), "period": sayings.PERIOD.get(goal.assess, goal.assess.value)}
    said = Text("plan.r07.early", "“%(kpi)s” was replaced before two of its periods (%(period)s) were over: too early to tell anything.", values)
    return Breach("R07", "advice", said, Text("plan.r07.early_remedy", "Keep it for at least two periods."), (goal.id,), goal.unit, goal.owner)


def r16(plan: Plan, around: Around) -> Iterator[Breach]:
    """More than fifteen different KPIs in focus, over all levels of one unit."""
    focus = {goal.id: goal.kpi for goal in in_focus(goal for goal, _ in around.goals(plan))}
    for unit in _units(plan):
        ids = [goal_id for goal_id in under(plan, unit.id) if goal_id in focus]
        count = len({focus[goal_id] for goal_id in ids})
        if count > MOST_OF_UNIT:
            values = {"n": count, "unit": around.named(unit.id), "most": MOST_OF_UNIT}
            said = Text("plan.r16", "%(n)s different key figures are in focus in %(unit)s. When everything is key, nothing is.", values)
            remedy = Text("plan.r16.remedy", "Keep at most %(most)s; look at the others without making them goals.", values)
            yield Breach("R16", "warning", said, remedy, tuple(sorted(ids)), unit.id)


def is_judged(kpi: Kpi) -> bool:
    """Rests on what people judge, an interaction or an experience, not on what systems count."""
    return kpi.base["over"] in OBSERVED or kpi.id in HEARD


def r47(plan: Plan, around: Around) -> Iterator[Breach]:
    """A unit's focus has only counted figures, or only judged ones."""
    focus: dict[str, list[Goal]] = {}
    for goal in in_focus(goal for goal, _ in around.goals(plan)):
        focus.setdefault(goal.unit, []).append(goal)
    for unit, goals in focus.items():
        kinds = {goal.kpi: is_judged(around.catalogue[goal.kpi]) for goal in goals}
        if len(kinds) >= 2 and len(set(kinds.values())) == 1:
            values = {"unit": around.named(unit)}
            counted = Text("plan.r47.counted", "Only counted figures are in focus in %(unit)s, none in which people judge.", values)
            judged = Text("plan.r47.judged", "Only judged figures are in focus in %(unit)s, none that is counted.", values)
            add_judged = Text("plan.r47.add_judged", "Add one in which customers or evaluators judge, such as satisfaction or quality.")
            add_counted = Text("plan.r47.add_counted", "Add one that systems count, such as matters solved at the first contact.")
            only = set(kinds.values()) == {True}
            yield Breach("R47", "advice", judged if only else counted, add_counted if only else add_judged, tuple(goal.id for goal in goals), unit)
