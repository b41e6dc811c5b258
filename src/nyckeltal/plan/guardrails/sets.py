"""Which goals stand together: those of one owner at a time, those of a unit with all that hang under them, and which KPIs pull against each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import TYPE_CHECKING

from nyckeltal.plan.goal import LEVELS, Goal, Level, Plan
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.kpi.definition import Kpi
    from nyckeltal.plan.around import Around, Seen

Owner = tuple[Level, str, str]


def by_owner(goals: Iterable[Goal]) -> Mapping[Owner, list[Goal]]:
    """Goals by who answers for them; an agent's wherever that agent serves."""
    found: dict[Owner, list[Goal]] = {}
    for goal in goals:
        unit = "" if goal.level == "agent" else goal.unit
        found.setdefault((goal.level, unit, goal.owner), []).append(goal)
    return found


def in_focus(goals: Iterable[Goal]) -> list[Goal]:
    return [goal for goal in goals if goal.in_focus]


def sets_in_time(goals: Iterable[Goal]) -> Iterator[tuple[Goal, ...]]:
    """The different sets that are active together on some day, none within another that holds all of it."""
    listed = list(goals)
    sets = {frozenset(goal.id for goal in listed if goal.active(day)) for day in {goal.starts for goal in listed}}
    for chosen in sets:
        if chosen and not any(chosen < other for other in sets):
            yield tuple(goal for goal in listed if goal.id in chosen)


def overlap(one: Goal, other: Goal) -> bool:
    return one.starts <= other.ends and other.starts <= one.ends


def under(plan: Plan, unit: str) -> set[str]:
    """Ids of a unit's goals and of all that hang under them."""
    children: dict[str, list[str]] = {}
    for goal in plan.goals:
        children.setdefault(goal.parent, []).append(goal.id)
    waiting = [goal.id for goal in plan.goals if goal.unit == unit]
    found: set[str] = set()
    while waiting:
        goal_id = waiting.pop()
        if goal_id not in found:
            found.add(goal_id)
            waiting += children.get(goal_id, [])
    return found


def higher(one: Level, other: Level) -> bool:
    return LEVELS.index(one) < LEVELS.index(other)


def serves(child: Goal, kpi: Kpi, parent_kpi: str) -> bool:
    """Whether a goal contributes to one on that KPI: the same, or in its row of the contribution map, where its condition holds."""
    if child.kpi == parent_kpi:
        return True
    only = kpi.serves.get(parent_kpi)
    return only is not None and (not only or (only == "band" and child.band is not None) or (only == "outbound" and child.variant.startswith("outbound")))


def opposed(one: Kpi, other: Kpi) -> bool:
    """Known to pull against each other; either file may say so."""
    return other.id in one.reading.get("opposed", ()) or one.id in other.reading.get("opposed", ())


def clears(one: Goal, other: Goal) -> bool:
    """One of the two is held back: a guard, or a secondary goal with a band."""
    return not (one.in_focus and other.in_focus) or any(goal.role == "secondary" and goal.band is not None for goal in (one, other))


def against(one: Kpi, other: Kpi, around: Around) -> Text | None:
    """Why two KPIs pull against each other, if they do: known to the craft, or seen in own data."""
    if one.id == other.id:
        return None
    seen = around.opposition.get(frozenset({one.id, other.id}))
    if opposed(one, other):
        return _known(seen)
    return _seen(seen) if seen and seen.verdict == "opposing" else None


def pairs(goals: Iterable[Goal]) -> Iterator[tuple[Goal, Goal]]:
    return combinations(goals, 2)


def _known(seen: Seen | None) -> Text:
    if seen is None:
        return Text("plan.known_pair", "known of these two, not yet looked for in your data")
    values = {"agents": seen.agents, "periods": seen.periods}
    if seen.verdict == "opposing":
        return Text("plan.known_and_seen", "known of these two, and seen here among %(agents)s agents over %(periods)s periods", values)
    return Text("plan.known_not_seen", "known of these two; not seen here among %(agents)s agents over %(periods)s periods", values)


def _seen(seen: Seen) -> Text:
    return Text("plan.seen_pair", "seen here among %(agents)s agents over %(periods)s periods", {"agents": seen.agents, "periods": seen.periods})
