"""Shares of a whole, between 0 and 1, and the difference of two shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, sqrt

from nyckeltal.stats.interval import Interval, z95


@dataclass(frozen=True)
class Difference:
    """How much larger the first value is than the second; `z` and `p` test that it is not (None where both shares are all or nothing)."""

    value: float
    interval: Interval
    z: float | None
    p: float | None


def wilson(k: float, n: float, z: float = z95) -> Interval | None:
    """Interval of the share k/n (Wilson 1927)."""
    return wilson_weighted(k / n, n, z) if n > 0 else None


def wilson_weighted(p: float, n_effective: float, z: float = z95) -> Interval | None:
    """Interval of a weighted share that is worth `n_effective` equal observations."""
    if n_effective <= 0:
        return None
    n = n_effective
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(max(0.0, p * (1 - p)) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    # the share itself always lies inside; rounding must not push it out at 0 and 1
    return Interval(max(0.0, min(p, centre - half)), min(1.0, max(p, centre + half)), "wilson")


def effective_n(sum_of_weights: float, sum_of_squared_weights: float) -> float:
    """How many equal observations the weighted ones are worth (Kish)."""
    return sum_of_weights**2 / sum_of_squared_weights if sum_of_squared_weights > 0 else 0.0


def design_effect(weights: Sequence[float]) -> float | None:
    """How many times wider than with equal weights a variance is (Kish 1965), kpi-reference 6.4."""
    worth = effective_n(sum(weights), sum(weight**2 for weight in weights))
    return len(weights) / worth if worth > 0 else None


def newcombe(k1: float, n1: float, k2: float, n2: float, z: float = z95) -> Difference | None:
    """Difference of two independent shares with its hybrid score interval (Newcombe 1998b), tested by the pooled z."""
    first, second = wilson(k1, n1, z), wilson(k2, n2, z)
    if first is None or second is None:
        return None
    p1, p2 = k1 / n1, k2 / n2
    low = p1 - p2 - sqrt((p1 - first.low) ** 2 + (second.high - p2) ** 2)
    high = p1 - p2 + sqrt((first.high - p1) ** 2 + (p2 - second.low) ** 2)
    tested = _pooled_z(k1, n1, k2, n2)
    return Difference(p1 - p2, Interval(max(-1.0, low), min(1.0, high), "newcombe"), tested, None if tested is None else erfc(abs(tested) / sqrt(2)))


def _pooled_z(k1: float, n1: float, k2: float, n2: float) -> float | None:
    pooled = (k1 + k2) / (n1 + n2)
    variance = pooled * (1 - pooled) * (1 / n1 + 1 / n2)
    return (k1 / n1 - k2 / n2) / sqrt(variance) if variance > 0 else None
