"""An axis: where it starts and ends, and the round values on it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_STEPS = {
    "seconds": (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 36000, 86400),
    "share": (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25),
}


@dataclass(frozen=True)
class Scale:
    low: float
    high: float
    ticks: tuple[float, ...]

    @property
    def step(self) -> float:
        return self.ticks[1] - self.ticks[0] if len(self.ticks) > 1 else self.high - self.low

    def at(self, value: float, length: float) -> float:
        """Where the value stands on an axis of so many pixels."""
        return (value - self.low) / (self.high - self.low) * length


def scale(values: Sequence[float], unit: str, *, zero: bool = False, ticks: int = 4) -> Scale:
    """Round values around what is to be shown. `zero` for bars; lines and dots start where their variation can be read."""
    low, high = min(values), max(values)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        low, high = (low, low + 1) if zero else (low - _width(low, unit), high + _width(high, unit))
    step = _step((high - low) / ticks, unit)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    if unit == "share":
        first, last = max(first, 0), min(last, math.ceil(1 / step - 1e-9))
    elif min(values) >= 0:
        first = max(first, 0)
    marks = tuple(round(n * step, 9) for n in range(first, max(last, first + 1) + 1))
    return Scale(marks[0], marks[-1], marks)


def _width(value: float, unit: str) -> float:
    return 0.02 if unit == "share" else max(abs(value) * 0.1, 1)


def _step(wished: float, unit: str) -> float:
    for step in _STEPS.get(unit, ()):
        if step >= wished:
            return step
    power = 10.0 ** math.floor(math.log10(wished)) if wished > 0 else 1.0
    step = next(part * power for part in (1, 2, 5, 10) if part * power >= wished)
    return max(step, 1.0) if unit in {"count", "seconds"} else step
