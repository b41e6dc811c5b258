"""The balance of two opposite shares, between −1 and 1: those for, less those against."""

from __future__ import annotations

from math import sqrt

from nyckeltal.stats.interval import Interval, z95


def adjusted_wald(up: float, down: float, n: float) -> Interval | None:
    """Interval of (up − down)/n: three quarters of an answer are added to either side and three to all (Rocks 2016)."""
    if n <= 0:
        return None
    centre = (up - down) / (n + 3)
    half = z95 * balance_standard_error(up + 0.75, down + 0.75, n + 3)
    return Interval(max(-1.0, centre - half), min(1.0, centre + half), "adjusted_wald")


def balance_standard_error(up: float, down: float, n: float) -> float:
    """Standard error of (up − down)/n."""
    p, d = up / n, down / n
    return sqrt(max(0.0, p + d - (p - d) ** 2) / n)
