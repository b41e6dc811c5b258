"""The words that rules share: levels, periods, KPIs by name, numbers by their unit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from nyckeltal.plan.goal import Goal, Level
from nyckeltal.when.period import Grain
from nyckeltal.words import Amount, Text

if TYPE_CHECKING:
    from nyckeltal.kpi.definition import Kpi
    from nyckeltal.plan.around import Around

LEVEL: dict[Level, Text] = {
    "company": Text("plan.level.company", "company"),
    "client": Text("plan.level.client", "client"),
    "team": Text("plan.level.team", "team"),
    "agent": Text("plan.level.agent", "agent"),
}
DIRECTION = {
    "service": Text("plan.direction.service", "service"),
    "efficiency": Text("plan.direction.efficiency", "efficiency"),
    "sales": Text("plan.direction.sales", "sales"),
}
PERIOD = {
    Grain.DAY: Text("plan.period.day", "day"),
    Grain.WEEK: Text("plan.period.week", "week"),
    Grain.MONTH: Text("plan.period.month", "month"),
    Grain.QUARTER: Text("plan.period.quarter", "quarter"),
    Grain.YEAR: Text("plan.period.year", "year"),
}
GRAINS = tuple(Grain)  # the shortest first
MONTHS = {Grain.MONTH: 1.0, Grain.QUARTER: 3.0, Grain.YEAR: 12.0, Grain.WEEK: 12 / 52, Grain.DAY: 12 / 365}
OF_OUTBOUND = frozenset({"contacts_per_hour"})  # a goal of persons only where they make the contacts themselves (R30)
A_MONTH = 300  # contacts of one agent (reference 3.11)
PER_MONTH = {Grain.DAY: 20.0, Grain.WEEK: 4.0, Grain.MONTH: 1.0, Grain.QUARTER: 1 / 3, Grain.YEAR: 1 / 12}  # parts of a month with work in them


def shorter(one: Grain, other: Grain) -> bool:
    return GRAINS.index(one) < GRAINS.index(other)


def named(kpi: Kpi) -> Text:
    return kpi.text("name")


def names(kpis: Iterable[Kpi]) -> tuple[Text, ...]:
    return tuple(named(kpi) for kpi in kpis)


def unit_of(goal: Goal, kpi: Kpi) -> str:
    """The unit of the variant that the goal is on."""
    return str(kpi.said(goal.variant or None)["unit"] or kpi.unit)


def amount(value: float, goal: Goal, kpi: Kpi) -> Amount:
    return Amount(value, unit_of(goal, kpi))


def share(value: float) -> Amount:
    return Amount(value, "share")


def lever(kpi: Kpi, level: Level) -> str:
    """What the owner at a level can do; a client also has what the company has."""
    return kpi.levers.get(level, "") or (kpi.levers.get("company", "") if level == "client" else "")


def allowed_levels(kpi: Kpi) -> tuple[Text, ...]:
    return tuple(said for level, said in LEVEL.items() if level in kpi.goal and not (level == "agent" and kpi.unit == "count"))


def for_agents(around: Around, purposes: Iterable[str], most: int = 6) -> tuple[Text, ...]:
    """Names of KPIs on which an agent has a lever, those of these purposes first."""
    wanted = set(purposes)
    fit = [kpi for kpi in around.catalogue.values() if "agent" in kpi.goal and kpi.unit != "count" and lever(kpi, "agent") and kpi.id not in OF_OUTBOUND]
    return names(sorted(fit, key=lambda kpi: not wanted & set(kpi.purpose))[:most])


def observations(goal: Goal, period: Grain) -> float:
    """How many a period of this length holds: by the baseline, else as the reference reckons for one agent."""
    base = goal.baseline
    a_month = base.n / base.periods if base and base.n and base.periods else A_MONTH
    return max(1.0, a_month / PER_MONTH.get(period, 1.0))


def detectable(goal: Goal, kpi: Kpi, period: Grain) -> Amount | None:
    """The smallest change that two such periods can tell from chance (reference 3.11): in percentage points of a share, in per cent of a time."""
    from nyckeltal.stats.power import detectable_difference, detectable_fall, share_sd

    n = round(observations(goal, period))
    unit = unit_of(goal, kpi)
    if unit == "share":
        p = min(max(goal.baseline.value if goal.baseline else 0.75, 0.01), 0.99)
        return Amount(min(1.0, detectable_difference(share_sd(p), n)), "share_points")
    return share(detectable_fall(1.0, n)) if unit == "seconds" else Amount(detectable_difference(_spread(kpi), n), unit) if unit == "score" else None


def _spread(kpi: Kpi) -> float:
    """Of single scores: 12 of a form's hundred, 2 of a customer's ten (reference 1.6)."""
    return 12.0 if kpi.base["over"] in ("qa_evaluation", "interview") else 2.0


def worthwhile(unit: str, value: float) -> float:
    """The smallest step worth speaking of, in the unit itself (reference 3.6)."""
    from nyckeltal.kpi.change import WORTHWHILE

    step = WORTHWHILE.get(unit, 0.03)
    return step if unit in ("share", "score", "points") else step * abs(value)
