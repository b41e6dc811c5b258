"""Counts of events: how far a count could have been higher or lower, and whether two rates differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

from nyckeltal.stats.interval import Interval, z95
from nyckeltal.stats.mean import t_quantile


@dataclass(frozen=True)
class RateRatio:
    """How many times higher the first rate is than the second, and the exact probability of such a difference by chance."""

    value: float
    interval: Interval
    p: float


def garwood(count: int) -> Interval:
    """Exact interval of a Poisson count (Garwood 1936)."""
    from scipy.special import gammaincinv

    low = float(gammaincinv(count, 0.025)) if count else 0.0
    return Interval(low, float(gammaincinv(count + 1, 0.975)), "garwood")


def dispersion(values: Sequence[float]) -> float | None:
    """How many times more counts vary than chance alone would make them (1 = Poisson)."""
    if len(values) < 2 or sum(values) <= 0:
        return None
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values) / mean / (len(values) - 1)


def overdispersed_mean(values: Sequence[float]) -> Interval | None:
    """Interval of the mean of counts that vary more than chance (quasi-Poisson, Student's t)."""
    factor = dispersion(values)
    if factor is None:
        return None
    n, mean = len(values), sum(values) / len(values)
    half = t_quantile(n - 1) * sqrt(factor * mean / n)
    return Interval(max(0.0, mean - half), mean + half, "quasi_poisson")


def rate_ratio(count1: int, exposure1: float, count2: int, exposure2: float) -> RateRatio | None:
    """First rate through second: log interval, and the exact conditional binomial test. None when a count is 0."""
    if count1 <= 0 or count2 <= 0 or exposure1 <= 0 or exposure2 <= 0:
        return None
    from scipy.stats import binomtest

    ratio = (count1 / exposure1) / (count2 / exposure2)
    half = z95 * sqrt(1 / count1 + 1 / count2)
    p = binomtest(count1, count1 + count2, exposure1 / (exposure1 + exposure2)).pvalue
    return RateRatio(ratio, Interval(exp(log(ratio) - half), exp(log(ratio) + half), "log_rate_ratio"), float(p))
