"""What goals below give together for the one above, and what they must be for it to hold (kpi-reference R15): numbers add up, ratios never do.

A number is added up, or made of what is asked of persons: sales a day × days worked × agents; the share kept × those who want to leave. A ratio is the
mean of the ratios below, each counting for as much as it rests on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from nyckeltal.plan.goal import Goal, Plan
from nyckeltal.when.period import Grain

if TYPE_CHECKING:
    from datetime import date

    from nyckeltal.kpi.definition import Kpi

Way = Literal["sum", "mean"]
MOST_OFF = 0.10  # what a sum may miss, of what is needed
MONTHS = {Grain.MONTH: 1.0, Grain.QUARTER: 3.0, Grain.YEAR: 12.0, Grain.WEEK: 12 / 52, Grain.DAY: 12 / 365}
_ROUNDING = 1e-9


class Sizes(Protocol):
    """How much stands behind a goal; what is not known is missing. `planned_days` and `requests` are of a month, by agent or unit."""

    @property
    def agents(self) -> Mapping[str, int]: ...
    @property
    def planned_days(self) -> Mapping[str, float]: ...
    @property
    def requests(self) -> Mapping[str, float]: ...
    @property
    def volumes(self) -> Mapping[str, float]: ...


@dataclass(frozen=True)
class Part:
    """A goal below and what one unit of it is worth above: `worth` what it is multiplied by in a sum, `weight` how much it counts in a mean."""

    goal: Goal
    value: float
    worth: float = 1.0
    weight: float = 1.0

    @property
    def gives(self) -> float:
        return self.value * self.worth


@dataclass(frozen=True)
class Given:
    """What the goals below give together, in the unit and period of the goal above. `weighed`: how much each rests on is known."""

    value: float
    needed: float
    way: Way
    parts: tuple[Part, ...]
    enough: bool
    weighed: bool = True


@dataclass(frozen=True)
class Need:
    """What a goal below must be for the one above to hold: `alone` while the others stay, `together` if all move alike. None where no value does."""

    goal: Goal
    alone: float | None
    together: float | None


@dataclass(frozen=True)
class Branch:
    """A goal with those that hang on it and what they give; `holding_back` are those whose own target is worse than what is needed here."""

    goal: Goal
    below: tuple[Branch, ...]
    given: Given | None
    needs: tuple[Need, ...]
    holding_back: tuple[str, ...]


def tree(plan: Plan, catalogue: Mapping[str, Kpi], sizes: Sizes, day: date | None = None) -> tuple[Branch, ...]:
    """From the goals that hang on none, down to the agents' own. `day`: only those active on it, by default all of the season."""
    active = {goal.id: goal for goal in plan.goals if day is None or goal.active(day)}
    tops = [goal for goal in active.values() if goal.parent not in active]
    return tuple(_branch(goal, active, catalogue, sizes, frozenset()) for goal in tops)


def _branch(goal: Goal, active: Mapping[str, Goal], catalogue: Mapping[str, Kpi], sizes: Sizes, above: frozenset[str]) -> Branch:
    """A goal that hangs on itself by a detour hangs on nothing there."""
    seen = above | {goal.id}
    children = [child for child in active.values() if child.parent == goal.id and child.id not in seen]
    below = tuple(_branch(child, active, catalogue, sizes, seen) for child in children)
    kpi = catalogue.get(goal.kpi)
    found = given(goal, kpi, children, sizes) if kpi else None
    return Branch(goal, below, found, tuple(needs(found, kpi)) if found and kpi else (), _holding_back(found, kpi))


def given(goal: Goal, kpi: Kpi, children: Sequence[Goal], sizes: Sizes) -> Given | None:
    """None where nothing is needed, no child has the same key figure or one that can be turned into it, or a child cannot be turned yet."""
    needed = goal.aim()
    if needed is None:
        return None
    additive = kpi.unit == "count"
    parts = list(_summed(goal, children, sizes) if additive else _meant(goal, needed, children, sizes))
    if not parts or None in parts:
        return None
    known = tuple(part for part in parts if part is not None)
    if additive:
        total = sum(part.gives for part in known)
        return Given(total, needed, "sum", known, enough=abs(total - needed) <= MOST_OFF * abs(needed) + _ROUNDING)
    return _mean(goal, kpi, needed, known)


def needs(found: Given, kpi: Kpi) -> Iterator[Need]:
    """For each goal below; a share beyond 0 and 1, or less than nothing, is no value."""
    total = sum(part.weight for part in found.parts)
    for part in found.parts:
        if found.way == "sum":
            alone = part.value + (found.needed - found.value) / part.worth if part.worth else None
            together = part.value * found.needed / found.value if found.value else None
        else:
            alone = part.value + (found.needed - found.value) * total / part.weight if part.weight else None
            together = part.value + found.needed - found.value
        yield Need(part.goal, _possible(alone, kpi, found.way), _possible(together, kpi, found.way))


def _possible(value: float | None, kpi: Kpi, way: Way) -> float | None:
    if value is None or (value < -_ROUNDING and kpi.unit not in ("points", "score", "alpha")):
        return None
    return None if way == "mean" and kpi.unit == "share" and value > 1 + _ROUNDING else value


def _mean(goal: Goal, kpi: Kpi, needed: float, parts: Sequence[Part]) -> Given:
    """Each as much as it rests on; all alike where that is not known of every one."""
    weighed = all(part.weight > 0 for part in parts)
    even = parts if weighed else [Part(part.goal, part.value) for part in parts]
    value = sum(part.value * part.weight for part in even) / sum(part.weight for part in even)
    return Given(value, needed, "mean", tuple(even), not falls_short(value, needed, goal, kpi), weighed)


def falls_short(value: float, needed: float, goal: Goal, kpi: Kpi) -> bool:
    if goal.band is not None:
        return not goal.band.holds(value)
    tolerance = _ROUNDING * max(1.0, abs(needed))
    return value > needed + tolerance if kpi.better == "lower" else value < needed - tolerance


def _meant(goal: Goal, needed: float, children: Sequence[Goal], sizes: Sizes) -> Iterator[Part | None]:
    """The same key figure below; a band counts by its edge nearest to what is needed. A weight of nought: it is not known."""
    for child in children:
        value = child.band.edge_nearest(needed) if child.band is not None else child.target
        if child.kpi == goal.kpi and value is not None:
            yield Part(child, value, weight=volume(child, sizes) or 0.0)


def volume(goal: Goal, sizes: Sizes) -> float | None:
    """Observations in a month: as said, else as in the baseline."""
    base = goal.baseline
    return sizes.volumes.get(goal.id) or (base.n / base.periods if base and base.n and base.periods else None)


def _summed(goal: Goal, children: Sequence[Goal], sizes: Sizes) -> Iterator[Part | None]:
    """None for a child that counts, but cannot be turned into a number yet."""
    months = MONTHS.get(goal.assess, 1.0)
    for child in children:
        value = child.target if child.band is None else child.aim()
        factor = 1 / MONTHS.get(child.assess, 1.0) if child.kpi == goal.kpi else None
        if child.kpi != goal.kpi and (goal.kpi, child.kpi) not in CONVERSIONS:
            continue
        if factor is None:
            factor = CONVERSIONS[goal.kpi, child.kpi](child, sizes)
        yield None if value is None or factor is None else Part(child, value, worth=factor * months)


def _days(child: Goal, sizes: Sizes) -> float | None:
    """Days worked in a month by all to whom the goal is set."""
    days = next((sizes.planned_days[name] for name in (child.owner, child.unit, "") if name in sizes.planned_days), None)
    people = 1 if child.level == "agent" else sizes.agents.get(child.unit)
    return None if days is None or people is None else days * people


def _requests(child: Goal, sizes: Sizes) -> float | None:
    return next((sizes.requests[name] for name in (child.owner, child.unit) if name in sizes.requests), None)


# what a goal of persons is multiplied by to be a number a month
CONVERSIONS: Mapping[tuple[str, str], Callable[[Goal, Sizes], float | None]] = {
    ("sales_count", "sales_per_day"): _days,
    ("retentions_count", "retention_rate"): _requests,
}


def _holding_back(found: Given | None, kpi: Kpi | None) -> tuple[str, ...]:
    """Of a ratio: the goals below that pull the mean away from what is needed."""
    if found is None or kpi is None or found.way == "sum" or found.enough:
        return ()
    worse = [part.goal.id for part in found.parts if (part.value > found.needed) == (found.value > found.needed) and part.value != found.needed]
    return tuple(worse)
