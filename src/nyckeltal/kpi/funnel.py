"""Figures of several persons or teams against what chance alone would do: never in a row. Not adjusted for kind of contacts and experience."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nyckeltal.kpi.answer import Figure
    from nyckeltal.stats.compare import Funnel

FEWEST = 3  # with fewer there is nothing to compare
WIDER = 1.5  # a spread so many times what chance gives is worth a word


@dataclass(frozen=True)
class Compared:
    """The figures that may be compared, and the funnel around what they have in common."""

    figures: tuple[Figure, ...]
    funnel: Funnel
    logs: bool

    @property
    def middle(self) -> float:
        return self._value(self.funnel.middle)

    @property
    def spread(self) -> bool:
        """Whether they lie further apart than chance puts them."""
        return self.funnel.dispersion > WIDER

    def limits(self, n: float, z: float) -> tuple[float, float]:
        low, high = self.funnel.limits(n, z)
        return self._value(low), self._value(high)

    def inside(self, figure: Figure) -> bool:
        low, high = self.limits(rests_on(figure), _inner())
        return low <= (figure.value or 0) <= high

    def _value(self, worked: float) -> float:
        return exp(worked) if self.logs else worked


def comparable(figure: Figure) -> bool:
    return figure.value is not None and figure.parts.get("compare", True) and rests_on(figure) > 0


def rests_on(figure: Figure) -> float:
    return float(figure.denominator or 0) if figure.unit == "share" else float(figure.n or 0)


def compared(figures: Sequence[Figure]) -> Compared | None:
    """None for too few, and for kinds of figure that have no such limits."""
    from nyckeltal.stats.compare import of_means, of_shares

    chosen = tuple(figure for figure in figures if comparable(figure))
    if len(chosen) < FEWEST or len({figure.unit for figure in chosen}) > 1:
        return None
    ns = [rests_on(figure) for figure in chosen]
    middle = sum((figure.value or 0) * n for figure, n in zip(chosen, ns, strict=True)) / sum(ns)
    if chosen[0].unit == "share":
        return Compared(chosen, of_shares(middle, [figure.value or 0 for figure in chosen], ns), logs=False)
    logs = chosen[0].unit == "seconds"
    errors = [_error(figure, logs=logs) for figure in chosen]
    if chosen[0].unit not in ("score", "seconds") or None in errors or (logs and middle <= 0):
        return None
    values = [log(figure.value or 1) if logs else figure.value or 0 for figure in chosen]
    error = sqrt(sum((each or 0) ** 2 * n for each, n in zip(errors, ns, strict=True)) / sum(ns))
    return Compared(chosen, of_means(log(middle) if logs else middle, error, values, ns), logs)


def _error(figure: Figure, *, logs: bool) -> float | None:
    """The standard error of a single observation, told by the figure's own interval."""
    if figure.low is None or figure.high is None or (logs and figure.low <= 0):
        return None
    width = log(figure.high) - log(figure.low) if logs else figure.high - figure.low
    return width / (2 * _inner()) * sqrt(rests_on(figure))


def _inner() -> float:
    from nyckeltal.stats.compare import INNER

    return INNER
