"""How two measures move together within the same groups over time: supporting, opposing or unclear (kpi-reference 3.12)."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import atanh, sqrt, tanh
from typing import Literal, TypeVar

from nyckeltal.stats.compare import shrink
from nyckeltal.stats.interval import Interval, z95

Group = TypeVar("Group", bound=Hashable)
Series = Mapping[int, float]  # a value per period, numbered
Verdict = Literal["supporting", "opposing", "unclear"]

WEAKEST = 0.2  # a correlation nearer to nought is not worth speaking of
FEWEST_PERIODS, FEWEST_GROUPS = 12, 8
SWEEPS, STILL = 200, 1e-12  # what is missing here and there takes several rounds of taking means out


@dataclass(frozen=True)
class Together:
    """The pooled correlation with its interval, how much groups differ (variance of Fisher's z, and Cochran's Q), and each group's shrunken one."""

    r: float
    interval: Interval
    between: float
    heterogeneity: float
    groups: tuple[float, ...]

    @property
    def verdict(self) -> Verdict:
        """Beyond chance, and strong enough to speak of."""
        if self.interval.high < 0 and self.r <= -WEAKEST:
            return "opposing"
        return "supporting" if self.interval.low > 0 and self.r >= WEAKEST else "unclear"


def pooled(correlations: Sequence[float], periods: Sequence[int]) -> Together | None:
    """Correlations of several groups as one, on Fisher's z with random effects (DerSimonian & Laird 1986); None where a series has under four periods."""
    if not correlations or min(periods) < 4 or max(map(abs, correlations)) >= 1:
        return None
    found = shrink([atanh(r) for r in correlations], [1 / sqrt(count - 3) for count in periods])
    if found is None:
        return None
    low, high = tanh(found.middle - z95 * found.error), tanh(found.middle + z95 * found.error)
    groups = tuple(tanh(group.value) for group in found.groups)
    return Together(tanh(found.middle), Interval(low, high, "fisher_z"), found.between, found.heterogeneity, groups)


def together(first: Mapping[Group, Series], second: Mapping[Group, Series], lag: int = 0) -> Together | None:
    """Whether `second` follows `first`, `lag` periods later; both turned so that up is good.

    What a group always is and what a period brought to all is taken out first. None with fewer than eight groups of twelve periods each.
    """
    moved = {group: {period - lag: value for period, value in series.items()} for group, series in second.items()}
    common = {group: series.keys() & moved.get(group, {}).keys() for group, series in first.items()}
    enough = {group: periods for group, periods in common.items() if len(periods) >= FEWEST_PERIODS}
    if len(enough) < FEWEST_GROUPS:
        return None
    sides = [residuals({group: {period: side[group][period] for period in periods} for group, periods in enough.items()}) for side in (first, moved)]
    pairs = [(correlation(list(sides[0][group].values()), list(sides[1][group].values())), len(periods)) for group, periods in enough.items()]
    told = [(r, count) for r, count in pairs if r is not None]
    return pooled([r for r, _ in told], [count for _, count in told]) if len(told) >= FEWEST_GROUPS else None


def residuals(table: Mapping[Group, Series]) -> dict[Group, dict[int, float]]:
    """Each value less the mean of its group and that of its period, in order of period; where periods are missing, until nothing moves any more."""
    left = {group: {period: series[period] for period in sorted(series)} for group, series in table.items()}
    periods: dict[int, list[Group]] = {}
    for group, series in left.items():
        for period in series:
            periods.setdefault(period, []).append(group)
    scale = max((abs(value) for series in left.values() for value in series.values()), default=0.0)
    for _ in range(SWEEPS):
        step = 0.0
        for series in left.values():
            mean = sum(series.values()) / len(series)
            step = max(step, abs(mean))
            series.update({period: value - mean for period, value in series.items()})
        for period, groups in periods.items():
            mean = sum(left[group][period] for group in groups) / len(groups)
            step = max(step, abs(mean))
            for group in groups:
                left[group][period] -= mean
        if step <= STILL * scale:
            break
    return left


def correlation(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """Pearson's r; None where one of them does not vary."""
    import numpy as np

    x, y = np.asarray(xs, dtype=float), np.asarray(ys, dtype=float)
    if len(x) < 2:
        return None
    x, y = x - x.mean(), y - y.mean()
    size = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / size if size > 0 else None
