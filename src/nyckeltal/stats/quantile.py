"""Medians and percentiles: linear between the two nearest values, with an interval that assumes no distribution."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, sqrt

from nyckeltal.stats.interval import Interval


def quantile(values: Sequence[float], q: float) -> float | None:
    """The value below which the share `q` lies, linear between order statistics."""
    if not values:
        return None
    ordered = sorted(values)
    place = (len(ordered) - 1) * q
    below = floor(place)
    if below + 1 >= len(ordered):
        return ordered[-1]
    return ordered[below] + (place - below) * (ordered[below + 1] - ordered[below])


def quantile_ranks(n: int, q: float) -> tuple[int, int] | None:
    """Which two of `n` values in order (counted from 0) enclose the quantile with at least 95 %; None while n is too small for that."""
    if n < 1:
        return None
    import numpy as np
    from scipy.special import bdtr

    # how many values lie below the true quantile is binomial; ranks further than that from the middle need no look
    reach = 6 * sqrt(n * q * (1 - q)) + 3
    ranks = np.arange(max(0, floor(n * q - reach)), min(n, floor(n * q + reach) + 1))
    chance = bdtr(ranks, n, q)
    low, high = ranks[chance <= 0.025], ranks[chance >= 0.975]
    return (int(low[-1]), int(high[0])) if len(low) and len(high) else None


def quantile_interval(values: Sequence[float], q: float) -> Interval | None:
    """Interval of a quantile from two of the values themselves, by the binomial distribution of how many lie below it."""
    ranks = quantile_ranks(len(values), q)
    if ranks is None:
        return None
    ordered = sorted(values)
    return Interval(ordered[ranks[0]], ordered[ranks[1]], "order_statistics")
