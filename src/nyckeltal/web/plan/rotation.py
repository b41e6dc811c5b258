"""What changes with the season: what was in focus becomes a quiet guard, what waited on the list takes its turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nyckeltal.web.people.models import User
from nyckeltal.web.people.planned import Sight
from nyckeltal.web.plan import cards, choosing, ways
from nyckeltal.web.plan.models import Goal, Season

HIGH = frozenset({"company", "client"})  # what a company wants to get to changes less often than what people practise


@dataclass(frozen=True)
class Proposed:
    """One goal of the season that ends, and what it might be in the next."""

    goal: Goal
    label: str
    role: str
    waiting: str = ""  # what would take its place


def proposals(season: Season) -> Sequence[Proposed]:
    """Company's and clients' goals stay; of a team's and its agents' those in focus longest give way where something waits."""
    found = []
    for unit in season.units.all():
        queue = [choosing.name_of(one) for one in unit.rotation]
        for goal in cards.goals_of(unit):
            gives_way = unit.level not in HIGH and goal.role != "guard" and bool(queue)
            label = f"{choosing.name_of(goal.kpi)} · {cards.unit_name(unit)}"
            found.append(Proposed(goal, label, "guard" if gives_way else goal.role, queue.pop(0) if gives_way else ""))
    return found


def waiting(season: Season) -> list[tuple[str, list[str]]]:
    """The rotation lists, by unit."""
    return [(cards.unit_name(unit), [choosing.name_of(one) for one in unit.rotation]) for unit in season.units.all() if unit.rotation]


def with_waiting(season: Season, person: User, sight: Sight) -> Season:
    """The first on a list takes the place that became free, where this person sets goals there."""
    for unit in season.units.exclude(rotation=[]):
        level = unit.level
        free = 3 - sum(goal.level == level and goal.role != "guard" for goal in cards.goals_of(unit))
        for kpi in list(unit.rotation)[: max(free, 0)]:
            if sight.sets(level, unit.unit_id) and choosing.may_be(kpi, level):
                ways.set_up(person, unit, level, kpi, "primary")
    return season
