"""How likely each goal of a plan is reached, and on how much it rests, as own figures have it: one question for all goals of a level."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nyckeltal.errors import BadQuestion
from nyckeltal.plan.baseline import Measured, baseline, of_persons
from nyckeltal.plan.goal import Band, Goal, Level, Plan
from nyckeltal.plan.reach import reach
from nyckeltal.plan.series import months_between
from nyckeltal.when.period import add_months

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from nyckeltal.contacts.store import Facts
    from nyckeltal.kpi.answer import Figure
    from nyckeltal.plan.around import Around

LOOKED_BACK = 24  # months
Series = Mapping[tuple[str, str], Sequence["Figure"]]  # by KPI and whose


@dataclass(frozen=True)
class _Alike:
    """Goals whose figures are one question; forms and settings are a key figure's own."""

    level: Level
    kpi: str = ""
    variant: str = ""
    settings: tuple[tuple[str, float], ...] = ()

    @classmethod
    def of(cls, goal: Goal) -> _Alike:
        settings = tuple(sorted(goal.settings.items()))
        return cls(goal.level, goal.kpi, goal.variant, settings) if goal.variant or settings else cls(goal.level)


@dataclass(frozen=True)
class Chances:
    """By goal: the chance of reaching it, what is planned included, and on how many observations a month of it rests."""

    reach: Mapping[str, float]
    volumes: Mapping[str, float]


def chances(plan: Plan, around: Around, *, facts: Facts | None = None, home: Path | str | None = None, now: datetime | None = None) -> Chances:
    """From the months up to today; goals without baseline, or with nothing to reach, are missing."""
    first, last = add_months(around.today.replace(day=1), -LOOKED_BACK), around.today
    measured = dict(_measured(plan, around, first, last, {"facts": facts, "home": home, "now": now}))
    reached = {goal.id: chance for goal in plan.goals if goal.id in measured and (chance := _chance(goal, measured[goal.id], around)) is not None}
    return Chances(reached, {name: one.per_period for name, one in measured.items() if one.per_period})


def _measured(plan: Plan, around: Around, first: date, last: date, of: Mapping[str, object]) -> Iterator[tuple[str, Measured]]:
    groups: dict[_Alike, list[Goal]] = {}
    for goal, _ in around.goals(plan):
        groups.setdefault(_Alike.of(goal), []).append(goal)
    for alike, goals in groups.items():
        told = _asked(alike, goals, first, last, of)
        for same in _same(goals):
            rolling = int(around.catalogue[same[0].kpi].said(same[0].variant or None, alike.level)["rolling_months"] or 1)
            series = {_whose(goal): told.get((goal.kpi, _whose(goal)), ()) for goal in same}
            if alike.level == "agent":
                found = of_persons(series, rolling=rolling)
            else:
                found = {who: one for who, own in series.items() if (one := baseline(own, rolling=rolling)) is not None}
            yield from ((goal.id, found[_whose(goal)]) for goal in same if _whose(goal) in found)


def _same(goals: Sequence[Goal]) -> Iterable[Sequence[Goal]]:
    """Goals on one key figure; of persons those of one team, who are drawn towards each other."""
    found: dict[tuple[str, str], list[Goal]] = {}
    for goal in goals:
        found.setdefault((goal.kpi, goal.unit if goal.level == "agent" else ""), []).append(goal)
    return found.values()


def _whose(goal: Goal) -> str:
    return "" if goal.level == "company" else goal.owner if goal.level == "agent" else goal.unit


def _asked(alike: _Alike, goals: Sequence[Goal], first: date, last: date, of: Mapping[str, object]) -> Series:
    """One question for goals that differ only in KPI and whose they are; what cannot be asked is told by the rules about the plan itself."""
    from nyckeltal.kpi.ask import ask

    names = sorted({_whose(goal) for goal in goals})
    whose = {} if alike.level == "company" else {"by": (alike.level,), "within": {alike.level: names}}
    kpis = sorted({goal.kpi for goal in goals})
    try:
        figures = ask(*kpis, per="month", start=first, end=last, variant=alike.variant or None, set=dict(alike.settings), **whose, **of).figures  # type: ignore[arg-type]  # keywords of one call, put together here
    except BadQuestion:
        return {}
    found: dict[tuple[str, str], list[Figure]] = {}
    for one in figures:
        found.setdefault((one.kpi, str(one.by.get(alike.level) or "")), []).append(one)
    return found


def _chance(goal: Goal, measured: Measured, around: Around) -> float | None:
    """What is planned included; None where there is nothing to reach."""
    aim = goal.band if goal.band is not None else goal.target
    if aim is None or aim == Band():
        return None
    return reach(measured, aim, around.catalogue[goal.kpi].better, months_between(measured.last, goal.ends), effect=goal.effect)
