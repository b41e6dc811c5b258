"""A plan and what it is made of, as kpi-reference section 7 names it: frozen, without knowledge of where it is stored or shown.

Targets, bands, baselines and benchmarks are in the unit of the KPI's figures: shares as fractions, durations in seconds, money in major units.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from nyckeltal.when.period import Grain

Level = Literal["company", "client", "team", "agent"]
Direction = Literal["service", "efficiency", "sales"]
Role = Literal["primary", "secondary", "guard"]

LEVELS: tuple[Level, ...] = ("company", "client", "team", "agent")  # the highest first
DIRECTIONS: tuple[Direction, ...] = ("service", "efficiency", "sales")
ROLES: tuple[Role, ...] = ("primary", "secondary", "guard")
ANSWERS = ("purpose", "why", "influence", "method")  # the four questions, by the field that holds the answer


@dataclass(frozen=True)
class Band:
    """Between two edges, of which one may be open: a limit to stay within, not a value to push."""

    low: float | None = None
    high: float | None = None

    def holds(self, value: float) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def edge_nearest(self, value: float) -> float | None:
        """The edge that stands for the target where a single number is needed."""
        return min((edge for edge in (self.low, self.high) if edge is not None), key=lambda edge: abs(edge - value), default=None)


@dataclass(frozen=True)
class Baseline:
    """Where we are before the goal: `n` over all its `periods`; `low` and `high` are the natural variation of one period."""

    value: float
    n: float | None
    periods: int
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Benchmark:
    """A figure from outside or from comparable peers. Where none was found: no value, and a source that says so (`none found`)."""

    value: float | None
    source: str
    variant: str = ""
    peers: bool = False

    @property
    def none_found(self) -> bool:
        return self.value is None and self.source.strip().casefold().rstrip(".") == NONE_FOUND


NONE_FOUND = "none found"


@dataclass(frozen=True)
class Goal:
    """A KPI with what is to be reached, by whom, until when, why, how, and whether that was agreed.

    `owner` is the agent at the agent's level, else whoever answers for the unit. `ends` is the last day. `together` is the id that goals share
    which were set for each person of a unit at once. `effect` is what the planned action is expected to add to the value.
    """

    id: str
    unit: str
    kpi: str
    level: Level
    owner: str
    starts: date
    ends: date
    role: Role = "primary"
    variant: str = ""
    settings: Mapping[str, float] = field(default_factory=dict)
    target: float | None = None
    band: Band | None = None
    assess: Grain = Grain.MONTH
    provisional: bool = False
    baseline: Baseline | None = None
    benchmark: Benchmark | None = None
    reach: float | None = None
    effect: float = 0.0
    purpose: str = ""
    why: str = ""
    influence: str = ""
    method: str = ""
    action: str = ""
    support: tuple[str, ...] = ()
    parent: str = ""
    link_reason: str = ""
    accepted_at: datetime | None = None
    refused_why: str = ""
    together: str = ""

    @property
    def in_focus(self) -> bool:
        return self.role != "guard"

    def active(self, day: date) -> bool:
        return self.starts <= day <= self.ends

    def aim(self, from_value: float | None = None) -> float | None:
        """The single number to reach; of a band the edge nearest to where one stands, by default the baseline."""
        if self.band is None:
            return self.target
        start = from_value if from_value is not None else self.baseline.value if self.baseline else None
        if start is None:
            return self.band.high if self.band.low is None else self.band.low
        return self.band.edge_nearest(start)

    def met(self, value: float, better: str) -> bool | None:
        """Decided on the unrounded value; `better` is the KPI's: higher, lower or band. None where nothing is to be reached."""
        if self.band is not None:
            return self.band.holds(value)
        if self.target is None:
            return None
        return value <= self.target if better == "lower" else value >= self.target


@dataclass(frozen=True)
class Unit:
    """The company, a client or a team with its directions; `rotation` are the KPIs that wait for their turn in focus."""

    id: str
    level: Level
    primary: Direction | None = None
    secondary: Direction | None = None
    claims_quality: bool = False
    rotation: tuple[str, ...] = ()


@dataclass(frozen=True)
class Override:
    """A rule that a named person set aside for a goal, or for the plan where `goal` is empty, and why."""

    rule: str
    goal: str
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class Plan:
    """A season: what it is for, who is in it, what each is to reach. `ends` is the last day.

    `stated` is what its file says of the organisation around it where the data does not tell (`plan/stated.py`).
    """

    id: str
    name: str
    objective: str
    starts: date
    ends: date
    units: tuple[Unit, ...] = ()
    goals: tuple[Goal, ...] = ()
    overrides: tuple[Override, ...] = ()
    stated: Mapping[str, Any] = field(default_factory=dict)

    def unit(self, name: str) -> Unit | None:
        return next((unit for unit in self.units if unit.id == name), None)

    def goal(self, name: str) -> Goal | None:
        return next((goal for goal in self.goals if goal.id == name), None)

    def parent(self, goal: Goal) -> Goal | None:
        return self.goal(goal.parent) if goal.parent else None

    def children(self, goal: Goal) -> Iterator[Goal]:
        return (one for one in self.goals if one.parent == goal.id)

    def of(self, unit: str, level: Level, owner: str, day: date) -> tuple[Goal, ...]:
        """The goals that someone answers for on a day; at the agent's level, wherever that person serves."""
        return tuple(
            goal for goal in self.goals if goal.level == level and goal.owner == owner and goal.active(day) and (level == "agent" or goal.unit == unit)
        )
