"""The range in which a true value plausibly lies, and by which method it was found."""

from __future__ import annotations

from dataclasses import dataclass

z95 = 1.959963984540054  # two-sided 95 % of the normal distribution


@dataclass(frozen=True)
class Interval:
    """From `low` to `high`, both in the unit of the value."""

    low: float
    high: float
    method: str

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    @property
    def half_width(self) -> float:
        return (self.high - self.low) / 2

    def scaled(self, factor: float) -> Interval:
        """The same range in another unit; `factor` is positive."""
        return Interval(self.low * factor, self.high * factor, self.method)
