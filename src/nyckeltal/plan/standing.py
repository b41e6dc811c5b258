"""Where every goal of a plan stands: the figures behind them, asked once for all goals that are alike, and the verdict on each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from nyckeltal.kpi.ask import ask
from nyckeltal.kpi.catalogue import catalogue
from nyckeltal.plan.verdict import JUDGED, WIDER, Standing, Status, needs_wider, of, overridden
from nyckeltal.when.period import Grain, Period, add_months

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from nyckeltal.contacts.store import Facts
    from nyckeltal.kpi.answer import Figure
    from nyckeltal.kpi.definition import Kpi
    from nyckeltal.plan.goal import Goal, Plan

__all__ = ["JUDGED", "Asked", "Standing", "Status", "needs_wider", "of", "overridden", "standings"]

LOOKED_BACK = 25  # months
Alike = tuple[str, str, str, tuple[tuple[str, float], ...], Grain]  # level, KPI, variant, settings, period


@dataclass(frozen=True)
class Asked:
    """A plan on a day, over the facts of a home folder or those given."""

    plan: Plan
    day: date
    home: Path | str | None = None
    facts: Facts | None = None
    now: datetime | None = None

    @cached_property
    def kpis(self) -> Mapping[str, Kpi]:
        return catalogue(self.home)

    @cached_property
    def series(self) -> Mapping[Alike, Mapping[str, list[Figure]]]:
        """By what goals have in common and whose they are, period by period."""
        return {alike: self._by_owner(alike, whose) for alike, whose in self._groups().items()}

    def standing(self, goal: Goal) -> Standing:
        kpi, series = self.kpis[goal.kpi], self.series[alike(goal)].get(whose(goal), [])
        small = needs_wider(goal, series, self.day)
        wider = {months: self._wide(goal, small, months) for months in WIDER} if small else {}
        return of(goal, kpi, series, self.day, wider={months: one for months, one in wider.items() if one is not None}, overrides=self.plan.overrides)

    def _groups(self) -> Mapping[Alike, set[str]]:
        found: dict[Alike, set[str]] = defaultdict(set)
        for goal in self.plan.goals:
            found[alike(goal)].add(whose(goal))
        return found

    def _by_owner(self, alike: Alike, whose: set[str]) -> Mapping[str, list[Figure]]:
        level = alike[0]
        first = add_months(self.day.replace(day=1), -LOOKED_BACK)
        found: dict[str, list[Figure]] = defaultdict(list)
        for one in self._ask(alike, whose, Period.days(first, self.day), alike[4]):
            found[str(one.by.get(level, ""))].append(one)
        return found

    @cached_property
    def _wide_kept(self) -> dict[tuple[Alike, Period, int], Mapping[str, Figure]]:
        return {}

    def _wide(self, goal: Goal, last: Period, months: int) -> Figure | None:
        """Asked once for everybody whose goal is alike."""
        key = (alike(goal), last, months)
        if key not in self._wide_kept:
            found = self._ask(key[0], self._groups()[key[0]], last.rolling(months), None)
            self._wide_kept[key] = {str(one.by.get(goal.level, "")): one for one in found}
        return self._wide_kept[key].get(whose(goal))

    def _ask(self, alike: Alike, whose: set[str], period: Period, per: Grain | None) -> list[Figure]:
        level, kpi, variant, settings, _ = alike
        only: dict[str, Any] = {} if level == "company" else {"by": (level,), "within": {level: sorted(whose)}}
        terms: dict[str, Any] = {"variant": variant or None, "set": dict(settings) or None, "home": self.home, "facts": self.facts, "now": self.now}
        return list(ask(kpi, per=per, start=period.start, end=period.last, **only, **terms))


def alike(goal: Goal) -> Alike:
    return goal.level, goal.kpi, goal.variant, tuple(sorted(goal.settings.items())), goal.assess


def whose(goal: Goal) -> str:
    """The group whose figures a goal is about."""
    return {"company": "", "agent": goal.owner}.get(goal.level, goal.unit)


def standings(plan: Plan, day: date, home: Path | str | None = None, *, facts: Facts | None = None, now: datetime | None = None) -> tuple[Standing, ...]:
    """Of every goal on a day. For programs and commands: who may see which is for the caller to say."""
    asked = Asked(plan, day, home, facts, now)
    return tuple(asked.standing(goal) for goal in plan.goals)
