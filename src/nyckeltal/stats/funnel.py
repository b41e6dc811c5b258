"""Room for chance around a common value, by how much each value rests on: the funnel of Spiegelhalter (2005a, 2005b), kpi-reference 3.7."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, sqrt

from nyckeltal.stats.quantile import quantile

INNER, OUTER = 1.959963984540054, 3.090232306167813  # 19 in 20, and 998 in 1,000
EXACT_BELOW = 50


@dataclass(frozen=True)
class Funnel:
    """`error` is the standard error of a single observation; `extra` the variance between values that chance alone does not explain."""

    middle: float
    error: float
    share: bool = False
    extra: float = 0.0
    dispersion: float = 1.0

    def limits(self, n: float, z: float) -> tuple[float, float]:
        """Where a value resting on n lies, but for the rarest chance."""
        if self.share and self.extra == 0 and n < EXACT_BELOW:
            return _binomial(self.middle, round(n), z)
        half = z * sqrt(self.error**2 / n + self.extra)
        low, high = self.middle - half, self.middle + half
        return (max(low, 0.0), min(high, 1.0)) if self.share else (low, high)

    def holds(self, value: float, n: float, z: float = INNER) -> bool:
        low, high = self.limits(n, z)
        return low <= value <= high


def of_shares(middle: float, values: Sequence[float], ns: Sequence[float]) -> Funnel:
    return _spread(Funnel(middle, sqrt(middle * (1 - middle)), share=True), values, ns)


def of_means(middle: float, error: float, values: Sequence[float], ns: Sequence[float]) -> Funnel:
    return _spread(Funnel(middle, error), values, ns)


def _spread(plain: Funnel, values: Sequence[float], ns: Sequence[float]) -> Funnel:
    """The same, wider where the values lie further apart than chance would put them."""
    if plain.error == 0 or len(values) < 2:
        return plain
    weights = [n / plain.error**2 for n in ns]
    scores = [(value - plain.middle) * sqrt(weight) for value, weight in zip(values, weights, strict=True)]
    least, most = quantile(scores, 0.1) or 0.0, quantile(scores, 0.9) or 0.0
    count = len(scores)
    dispersion = sum(min(max(score, least), most) ** 2 for score in scores) / count
    total = sum(weights)
    room = total - sum(weight**2 for weight in weights) / total
    extra = max(0.0, (count * dispersion - (count - 1)) / room) if dispersion > 1 and room > 0 else 0.0
    return Funnel(plain.middle, plain.error, plain.share, extra, dispersion)


def _binomial(p: float, n: int, z: float) -> tuple[float, float]:
    """Exact limits, drawn smoothly between the whole numbers."""
    from scipy.special import ndtr

    tail = float(ndtr(-z))
    return max(_quantile(p, n, tail), 0.0) / n, min(_quantile(p, n, 1 - tail), float(n)) / n


def _quantile(p: float, n: int, chance: float) -> float:
    from scipy.special import bdtr

    at = next((k for k in range(n + 1) if bdtr(k, n, p) >= chance), n)
    here, below = float(bdtr(at, n, p)), float(bdtr(at - 1, n, p)) if at else 0.0
    return floor(at) - (here - chance) / (here - below) if here > below else float(at)
