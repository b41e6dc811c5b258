"""Months ahead: where a measure stands, its trend, how hard a target is, and how good a forecast was (kpi-reference 3.9, 3.13 and 3.14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, isnan, log, log2, sqrt
from statistics import fmean, stdev
from typing import Literal

from nyckeltal.stats.change import followed
from nyckeltal.stats.interval import Interval, z95

Difficulty = Literal["too_easy", "unreachable", "fitting"]

FEWEST_STABLE = 6
EASY, HARD = 0.90, 0.10
SOFTEST, HARDEST = 0.7, 0.3  # the chance that a proposed target leaves


@dataclass(frozen=True)
class Level:
    """Mean of the last stretch without a shift, its standard error, the standard deviation of a single period, and how many periods it rests on."""

    mean: float
    error: float
    process_sd: float
    periods: int


@dataclass(frozen=True)
class Trend:
    """Median slope per period with its interval, and the probability that a series without trend looks so much like one."""

    slope: float
    interval: Interval
    p: float

    @property
    def error(self) -> float:
        return self.interval.half_width / z95


@dataclass(frozen=True)
class Outlook:
    """What a measure is expected to be in a later window, and how far that may be off."""

    mean: float
    sd: float

    def chance(self, target: float, *, up: bool = True) -> float:
        """Of reaching the target, where more is better (or less, without `up`)."""
        from scipy.special import ndtr

        return float(ndtr((self.mean - target) / self.sd * (1 if up else -1)))

    def target(self, chance: float, *, up: bool = True) -> float:
        """The target that is reached with this chance."""
        from scipy.special import ndtri

        return self.mean - float(ndtri(chance)) * self.sd * (1 if up else -1)


@dataclass(frozen=True)
class Missed:
    """Absolute errors through all that came (WAPE); and how much more came than was forecast, through the forecast."""

    wape: float
    bias: float


def level(values: Sequence[float]) -> Level | None:
    """Where a series stands now; None where the last stretch has fewer than six periods. Under a baseline's length the whole series is one stretch."""
    series = followed(values)
    last = values[series.stretches[-1].start :] if series else values
    if len(last) < FEWEST_STABLE:
        return None
    sd = stdev(last)
    return Level(fmean(last), sd / sqrt(len(last)), sd, len(last))


def trend(values: Sequence[float], at: Sequence[float] | None = None) -> Trend | None:
    """Theil (1950) and Sen (1968), tested by Mann (1945) and Kendall: one wild month does not turn it. None under four periods.

    `at` numbers the periods, where some are missing.
    """
    return None if len(values) < 4 else _trend(tuple(values), None if at is None else tuple(at))


@lru_cache(maxsize=4096)  # pages ask for the same series again and again, and each takes milliseconds
def _trend(values: tuple[float, ...], at: tuple[float, ...] | None) -> Trend:
    from scipy.stats import kendalltau, theilslopes

    found = theilslopes(values, at)
    p = float(kendalltau(range(len(values)), values).pvalue)
    interval = Interval(float(found.low_slope), float(found.high_slope), "theil_sen")
    return Trend(float(found.slope), interval, 1.0 if isnan(p) else p)  # values all alike have no p, and no trend


def outlook(now: tuple[float, float], slope: tuple[float, float], ahead: float, process_sd: float, sampling_variance: float) -> Outlook:
    """`ahead` periods on, from level and slope with their standard errors: what is not known, what wanders, and what sampling adds are independent."""
    (at, at_error), (per, per_error) = now, slope
    return Outlook(at + ahead * per, sqrt(at_error**2 + (ahead * per_error) ** 2 + process_sd**2 + sampling_variance))


def outlook_of_share(now: tuple[float, float], slope: tuple[float, float], ahead: float, process_sd: float, n: float) -> Outlook:
    """Of a share that will rest on n."""
    mean = min(max(now[0] + ahead * slope[0], 0.0), 1.0)
    return outlook(now, slope, ahead, process_sd, mean * (1 - mean) / n)


def difficulty(chance: float) -> Difficulty:
    """A target almost surely met asks for nothing, one almost surely missed discourages."""
    if chance > EASY:
        return "too_easy"
    return "unreachable" if chance < HARD else "fitting"


def proposed_target(baseline: float, best_quartile: float, expected: Outlook, *, up: bool = True, top: float | None = None) -> float:
    """Half the way to the best quarter, moved until the chance of reaching it lies between 0.3 and 0.7; never beyond `top`, the best known elsewhere."""
    half_way = baseline + 0.5 * (best_quartile - baseline)
    ends = sorted((expected.target(SOFTEST, up=up), expected.target(HARDEST, up=up)))
    moved = min(max(half_way, ends[0]), ends[1])
    if top is None:
        return moved
    return min(moved, top) if up else max(moved, top)


def mase(training: Sequence[float], actual: Sequence[float], forecast: Sequence[float], season: int = 1) -> float | None:
    """Mean error in steps of the naive forecast within the training values (Hyndman & Koehler 2006): under 1 it is better than that one."""
    steps = [abs(after - before) for before, after in zip(training, training[season:], strict=False)]
    scale = fmean(steps) if steps else 0.0
    if scale == 0 or not actual:
        return None
    return fmean(abs(a - f) for a, f in zip(actual, forecast, strict=True)) / scale


def missed(actual: Sequence[float], forecast: Sequence[float]) -> Missed | None:
    """How far forecasts were off in all; None where nothing came or nothing was forecast."""
    if sum(actual) <= 0 or sum(forecast) <= 0:
        return None
    errors = [a - f for a, f in zip(actual, forecast, strict=True)]
    return Missed(sum(map(abs, errors)) / sum(actual), sum(errors) / sum(forecast))


def learning_exponent(rate: float) -> float:
    """The b of ln time = a - b * ln number where each doubling leaves the share `rate` of the time (Wright 1936)."""
    return -log2(rate)


def learned(value: float, so_far: float, later: float, exponent: float) -> float:
    """The time to expect after `later` repetitions from the one after `so_far`."""
    return value * exp(-exponent * log(later / so_far))


def learning_curve(numbers: Sequence[float], times: Sequence[float]) -> tuple[float, float] | None:
    """The a and b of ln time = a - b * ln number, by least squares of the logarithms; None with fewer than three different numbers."""
    if len(set(numbers)) < 3 or min(times) <= 0 or min(numbers) <= 0:
        return None
    from statistics import linear_regression

    fitted = linear_regression([log(number) for number in numbers], [log(time) for time in times])
    return fitted.intercept, -fitted.slope
