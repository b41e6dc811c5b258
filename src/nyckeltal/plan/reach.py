"""How likely a goal is reached, from where a measure stands and how it moves (kpi-reference 3.13)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nyckeltal.plan.goal import Band
from nyckeltal.stats.forecast import EASY, HARD, Difficulty, Outlook, difficulty, outlook, outlook_of_share

if TYPE_CHECKING:
    from nyckeltal.plan.baseline import Measured


@dataclass(frozen=True)
class Chance:
    """Of reaching a goal as things go, and with what the planned action is expected to add."""

    without: float
    planned: float

    @property
    def difficulty(self) -> Difficulty:
        return difficulty(self.planned)


def reach(measured: Measured, goal: float | Band, better: str, ahead: float, n: float | None = None, effect: float = 0.0) -> float:
    """The chance that the value of a single period, `ahead` periods on and resting on `n`, is where it should be.

    `better` is the KPI's: higher, lower or band. Without `n`, as many are expected as in the periods of the baseline.
    """
    return met(expected(measured, ahead, n, effect), goal, better)


def chance(measured: Measured, goal: float | Band, better: str, ahead: float, n: float | None = None, effect: float = 0.0) -> Chance:
    return Chance(reach(measured, goal, better, ahead, n), reach(measured, goal, better, ahead, n, effect))


def expected(measured: Measured, ahead: float, n: float | None = None, effect: float = 0.0) -> Outlook:
    """Where the value of a single period will lie, in the unit of the figures."""
    now, slope = (measured.level + effect, measured.level_error), (measured.slope, measured.slope_error)
    rests_on = n or measured.per_period
    if measured.unit == "share" and measured.per_period is not None and rests_on:
        return outlook_of_share(now, slope, ahead, measured.process_sd, rests_on)
    variance = measured.sampling_variance(now[0] + ahead * slope[0], rests_on)
    found = outlook(now, slope, ahead, measured.process_sd, variance)
    return replace(found, mean=min(max(found.mean, measured.ends[0]), measured.ends[1]))


def met(expectation: Outlook, goal: float | Band, better: str) -> float:
    """The chance of a value within a band, or on the good side of a target."""
    if isinstance(goal, Band):
        under_high = 1.0 if goal.high is None else _chance(expectation, goal.high, up=False)
        under_low = 0.0 if goal.low is None else 1 - _chance(expectation, goal.low, up=True)
        return max(0.0, under_high - under_low)
    return _chance(expectation, goal, up=better != "lower")


def too_easy(chance_of_it: float) -> bool:
    """Almost surely met: it asks for nothing."""
    return chance_of_it > EASY


def unreachable(chance_of_it: float) -> bool:
    """Almost surely missed: it discourages."""
    return chance_of_it < HARD


def _chance(expectation: Outlook, target: float, *, up: bool) -> float:
    if expectation.sd > 0:
        return expectation.chance(target, up=up)
    return float(expectation.mean >= target if up else expectation.mean <= target)
