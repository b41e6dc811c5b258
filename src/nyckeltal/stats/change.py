"""Whether two values differ by more than chance: the interval of their difference, or of their ratio, from the interval of each.

Each side's own interval is carried over (MOVER, Zou & Donner 2008). For two shares with Wilson intervals that is Newcombe's hybrid score
interval; it holds as well for means, balances and, on logarithms, for times.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, exp, log, sqrt
from typing import Literal

from nyckeltal.stats.interval import Interval, z95

Verdict = Literal["changed", "small", "likely", "none"]
LIKELY = 0.80


@dataclass(frozen=True)
class Change:
    """How much higher the new value is (`value`; a factor where `nothing` is 1), and the probability that it is truly higher."""

    value: float
    interval: Interval
    rises: float
    nothing: float = 0.0

    @property
    def up(self) -> bool:
        return self.value > self.nothing

    def verdict(self, worthwhile: float) -> Verdict:
        """`changed` where the interval leaves out no change and the step is worth speaking of; `small` where it is not (kpi-reference 3.6)."""
        if self.nothing not in self.interval:
            return "changed" if abs(self.value - self.nothing) >= worthwhile else "small"
        return "likely" if max(self.rises, 1 - self.rises) >= LIKELY and abs(self.value - self.nothing) >= worthwhile else "none"


def difference(new: float, new_interval: Interval, old: float, old_interval: Interval) -> Change:
    """New less old."""
    low = new - old - sqrt((new - new_interval.low) ** 2 + (old_interval.high - old) ** 2)
    high = new - old + sqrt((new_interval.high - new) ** 2 + (old - old_interval.low) ** 2)
    return Change(new - old, Interval(low, high, "mover"), _rises(new - old, low, high))


def ratio(new: float, new_interval: Interval, old: float, old_interval: Interval) -> Change | None:
    """New through old, for values that are never negative; None where an interval reaches nought."""
    if min(new, old, new_interval.low, old_interval.low) <= 0:
        return None
    logs = difference(log(new), _log(new_interval), log(old), _log(old_interval))
    return Change(new / old, Interval(exp(logs.interval.low), exp(logs.interval.high), "mover_log"), logs.rises, nothing=1.0)


def _log(interval: Interval) -> Interval:
    return Interval(log(interval.low), log(interval.high), interval.method)


def _rises(value: float, low: float, high: float) -> float:
    """From the side of the interval that faces no change."""
    error = (value - low if value > 0 else high - value) / z95
    return 0.5 * erfc(-value / error / sqrt(2)) if error > 0 else float(value > 0) if value else 0.5
