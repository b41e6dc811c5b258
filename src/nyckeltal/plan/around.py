"""What rules ask beyond the plan itself: the catalogue, the organisation, and how measuring and following up have gone so far.

What nobody knows is None, or missing from its table. A rule that asks for something to be in place counts it as missing then
(forms, coverage, alpha, the register); a rule that needs to see something wrong says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

from nyckeltal.contacts.model.organisation import Agreement
from nyckeltal.plan.goal import Goal, Level, Plan
from nyckeltal.when.period import Grain

if TYPE_CHECKING:
    from nyckeltal.kpi.definition import Kpi
    from nyckeltal.plan.structural import Finding

Opposing = Literal["opposing", "supporting", "unclear"]
MARKS = ("target", "colour", "rank", "change", "comparison", "best_quartile")
JUDGING = frozenset({"target", "colour", "rank", "change"})
COMPARING = frozenset({"rank", "comparison", "best_quartile"})


@dataclass(frozen=True)
class Seen:
    """How two KPIs go together in the organisation's own data (reference 3.12)."""

    verdict: Opposing
    r: float | None = None
    agents: int = 0
    periods: int = 0


@dataclass(frozen=True)
class Entry:
    """What the register says about measuring persons by a KPI; a day as text, or the reference of a document."""

    purpose: str = ""
    legal_basis: str = ""
    informed: str = ""
    consulted: str = ""
    assessed: str = ""


@dataclass(frozen=True)
class Interviews:
    """An agent's call-back interviews in the window: how many were completed, whether customers were drawn by the seed, who answered."""

    completes: int
    drawn: bool = True
    response_rate: float | None = None


@dataclass(frozen=True)
class Ages:
    """Days since the answers of a survey were given: of the one in the middle, and of the last."""

    median: float | None = None
    last: float | None = None


@dataclass(frozen=True)
class Talk:
    """A talk in which results were given back; `kind` group for a team as a whole."""

    held_on: date
    agent: str = ""
    unit: str = ""
    kind: Literal["one_to_one", "side_by_side", "group"] = "one_to_one"


@dataclass(frozen=True)
class Tile:
    """A figure in a view; `person` is whose it is, where it is one person's. `off`: it misses its target, or shows a signal."""

    kpi: str
    person: str = ""
    n: float | None = None
    variant: str = ""
    explained: bool = True
    comment: bool = False
    off: bool = False
    information: bool = False


@dataclass(frozen=True)
class View:
    """A page, wall screen, report or contest as it is shown to somebody."""

    id: str
    audience: Level
    window: Grain = Grain.MONTH
    tiles: tuple[Tile, ...] = ()
    marks: frozenset[str] = frozenset()
    kind: Literal["page", "report", "contest"] = "page"
    opt_in: bool = False
    charts: int = 0
    since: date | None = None


@dataclass(frozen=True)
class Around:
    """Tables are by unit, agent, goal or KPI, as their names say; `today` is the day on which the plan is looked at."""

    today: date
    catalogue: Mapping[str, Kpi] = field(repr=False)
    names: Mapping[str, str] = field(default_factory=dict)

    # the organisation
    agreements: tuple[Agreement, ...] = ()
    per_agreement: bool = False  # figures over several agreements are shown with a row for each
    clients: Mapping[str, frozenset[str]] = field(default_factory=dict)  # by team
    queues: Mapping[str, frozenset[str]] = field(default_factory=dict)  # by team
    channels: Mapping[str, frozenset[str]] = field(default_factory=dict)  # by unit
    agents: Mapping[str, int] = field(default_factory=dict)  # how many, by team
    tenure_months: Mapping[str, float] = field(default_factory=dict)  # by agent
    learning: frozenset[str] = frozenset()  # agents with a path of their own
    planned_days: Mapping[str, float] = field(default_factory=dict)  # worked by one agent in a month, by agent or unit; "" for all
    requests: Mapping[str, float] = field(default_factory=dict)  # to leave, in a month, by agent or unit
    register: Mapping[str, Entry] = field(default_factory=dict)  # by KPI; "*" for all

    # quality
    forms: frozenset[str] | None = None  # channels with a published form
    upsell_item: bool | None = None
    coverage: Mapping[str, tuple[float | None, ...]] = field(default_factory=dict)  # of the last two closed months, by unit; "" for all
    alpha: float | None = None
    quality_sd: float | None = None

    # what the data says
    reach: Mapping[str, float] = field(default_factory=dict)  # by goal
    missed: frozenset[str] = frozenset()  # goals
    misses: Mapping[str, int] = field(default_factory=dict)  # in a row without another action, by goal
    moved: Mapping[tuple[str, str], Literal["better", "worse"]] = field(default_factory=dict)  # by agent or unit, and KPI
    volumes: Mapping[str, float] = field(default_factory=dict)  # observations in a month, by goal
    opposition: Mapping[frozenset[str], Seen] = field(default_factory=dict)
    structural: Mapping[str, Finding] = field(default_factory=dict)  # by unit
    inbound: Mapping[str, float] = field(default_factory=dict)  # share of handled parts, by agent or unit
    adjusted: frozenset[str] | None = None  # KPIs whose personal values allow for what contacts were about and the wait
    for_tenure: frozenset[str] | None = None  # and those that allow for experience
    scales: Mapping[str, str] = field(default_factory=dict)  # of the question asked, by KPI
    revenue_varies: float | None = None
    unowned: float | None = None  # share of contacts without reason, or whose reason has no area or kind of demand
    interviews: Mapping[str, Interviews] = field(default_factory=dict)  # by agent
    surveys: Mapping[str, Ages] = field(default_factory=dict)  # by KPI
    late_days: Mapping[str, int] = field(default_factory=dict)  # business days since the last row, by fact
    set_aside: Mapping[str, float] = field(default_factory=dict)  # share of rows, by fact
    without_customer: float | None = None

    # following up
    views: tuple[View, ...] = ()
    acted: Mapping[str, date] | None = None  # the last action, by KPI
    talks: tuple[Talk, ...] | None = None
    of_groups: bool = True  # talks with whole teams are among them
    follow_ups: Mapping[str, date] | None = None  # the last note, by goal
    reports: Mapping[str, frozenset[str]] | None = None  # months reported, by client
    equity: Mapping[str, float] = field(default_factory=dict)  # by unit
    without_feedback: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # agents, by unit
    focus_since: Mapping[str, date] = field(default_factory=dict)  # by unit

    refused: frozenset[str] = frozenset()  # goals that cannot be goals (R01); the other rules leave them alone

    def goals(self, plan: Plan) -> Iterator[tuple[Goal, Kpi]]:
        """Every goal that can be one, with its KPI."""
        for goal in plan.goals:
            if goal.id not in self.refused and goal.kpi in self.catalogue:
                yield goal, self.catalogue[goal.kpi]

    def day(self, plan: Plan) -> date:
        """Today, or the day of the season that is nearest to it."""
        return min(max(self.today, plan.starts), plan.ends)

    def named(self, thing: str) -> str:
        """A unit's or a person's name, where one is known."""
        return self.names.get(thing, thing)
