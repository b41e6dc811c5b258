"""The scale on which values of a unit are averaged, drawn together and carried forward: shares by their odds, times and money by their logarithms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Literal

from nyckeltal.kpi.trend import ENDS

Kind = Literal["odds", "log", "plain"]

_PROPORTIONAL = ("seconds", "hours", "days", "money", "count", "per_100", "per_1000", "per_hour", "per_day", "per_month", "ratio")


@dataclass(frozen=True)
class Scale:
    kind: Kind
    low: float
    high: float
    nearest: float = 0.001  # to nought and to one, of a share where none or all were so

    def to(self, value: float) -> float:
        if self.kind == "odds":
            inside = min(max(value, self.nearest), 1 - self.nearest)
            return log(inside / (1 - inside))
        return log(value) if self.kind == "log" else value

    def back(self, worked: float) -> float:
        """In the unit again, and never beyond its ends."""
        if self.kind == "odds":
            return 1 / (1 + exp(-min(max(worked, -700), 700)))
        return min(max(exp(min(worked, 700)) if self.kind == "log" else worked, self.low), self.high)

    def error(self, value: float, error: float) -> float:
        """A standard error on this scale, where it is small (delta method)."""
        if self.kind == "odds":
            inside = min(max(value, self.nearest), 1 - self.nearest)
            return error / (inside * (1 - inside))
        return error / value if self.kind == "log" else error

    def error_back(self, value: float, error: float) -> float:
        """The same from this scale into the unit."""
        return error / self.error(value, 1.0)


def scale(unit: str, values: Sequence[float], n: float | None = None) -> Scale:
    """By the unit; logarithms only where every value has one. A share of `n` of which none were so stands at half a one."""
    if unit == "share":
        return Scale("odds", 0, 1, min(0.5 / n, 0.25)) if n else Scale("odds", 0, 1)
    low, high = ENDS.get(unit, (0.0 if min(values, default=0) >= 0 else float("-inf"), float("inf")))  # a net number of customers goes below nought
    return Scale("log" if unit in _PROPORTIONAL and values and min(values) > 0 else "plain", low, high)
