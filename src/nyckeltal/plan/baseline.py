"""Where a measure stands before anything is asked of it (kpi-reference 3.13): its level since the last shift, how it varies, and whether it moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from statistics import fmean, stdev
from typing import TYPE_CHECKING

from nyckeltal.kpi import trend as judging
from nyckeltal.plan.goal import Baseline
from nyckeltal.plan.scale import scale
from nyckeltal.plan.series import number
from nyckeltal.stats.forecast import FEWEST_STABLE
from nyckeltal.stats.forecast import trend as slope_of
from nyckeltal.stats.interval import z95
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.kpi.answer import Figure

SLOPING = 0.05  # a slope is told of where one so steep is rarer than this without any trend (Mann and Kendall)
FEWEST_PEERS = 5  # with fewer, how much persons differ is taken from all of them


@dataclass(frozen=True)
class Measured:
    """A measure's baseline and what carries it forward, all in the unit of its figures and per period of the series.

    `level` is where it stood at the end of period `last`, `process_sd` how much a single period wanders beyond what is chance in counting it,
    `single` the standard deviation of one observation (of things that are counted, 1: their number varies as chance has it; None where it is not
    known), `per_period` on how many observations a period rests. `slope_p`: how often chance alone gives so steep a slope; `ends`: what no value
    lies beyond. `raw` is the baseline before it was drawn towards its peers, `mean_error` its standard error.
    """

    kpi: str
    unit: str
    baseline: Baseline
    level: float
    level_error: float
    slope: float
    slope_error: float
    process_sd: float
    single: float | None
    per_period: float | None
    first: str
    last: str
    signals: judging.Trend | None
    raw: float
    shrunken: bool = False
    slope_p: float = 1.0
    mean_error: float = 0.0
    ends: tuple[float, float] = (float("-inf"), float("inf"))

    @property
    def sloping(self) -> bool:
        """Whether the slope is worth a word. What is expected ahead follows it in any case, as far off as it may be."""
        return self.slope_p < SLOPING

    def sampling_variance(self, at: float, n: float | None) -> float:
        """What counting n observations adds to a value around `at`."""
        if self.unit == "count":
            return max(at, 0.0) if self.single else 0.0
        if not n or n <= 0:
            return 0.0
        if self.unit == "share" and self.per_period is not None:
            inside = min(max(at, 0.0), 1.0)
            return inside * (1 - inside) / n
        return self.single**2 / n if self.single is not None else 0.0


def baseline(
    series: Sequence[Figure], peers: Sequence[Sequence[Figure]] = (), between: float | None = None, rolling: int = 1, *, person: bool = False
) -> Measured | None:
    """From the figures of one group, period by period; None where `lacking` says why.

    A person's is drawn towards the `peers` (their series, this one left out). With fewer than five persons in all `between` must tell how much
    persons differ: the variance on the working scale, as `spread` finds it among all of the company. `rolling`: how many months each figure is read over.
    """
    known = alike(series)
    if len(known) < FEWEST_STABLE:
        return None
    found = _measured(known, judging.trend([one for one in series if one.value is None or one in known]), rolling)
    if found is None or not (person or peers):
        return found
    return _drawn(found, [one for series in peers if (one := baseline(series)) is not None], between)


def of_persons(everybody: Mapping[str, Sequence[Figure]], between: float | None = None, rolling: int = 1) -> dict[str, Measured]:
    """The same for each of a group at once, every series read once: each drawn towards all others. Whoever has no baseline is missing."""
    measured = {name: one for name, series in everybody.items() if (one := baseline(series, rolling=rolling)) is not None}
    return {name: _drawn(own, [one for other, one in measured.items() if other != name], between) for name, own in measured.items()}


def lacking(series: Sequence[Figure]) -> Text | None:
    """Why there is no baseline."""
    final = judging.judged(series)
    known = alike(series)
    if len(known) >= FEWEST_STABLE:
        return None
    values = {"known": len(known), "least": FEWEST_STABLE}
    if len(known) < len(final):
        said = "Since it is counted as it is now, %(known)s final values are known. A baseline takes at least %(least)s."
        return Text("baseline.counted_anew", said, values)
    if any(one.value is not None and not one.provisional for one in series) and not final:
        return Text("baseline.too_short_periods", "A baseline takes values of whole weeks or months.")
    few = sum(one.reason == "too_few" for one in series)
    if few:
        said = "%(known)s final values are known and a baseline takes at least %(least)s; in %(few)s periods too few were counted for a value."
        return Text("baseline.too_few_in_each", said, {**values, "few": few})
    return Text("baseline.too_few", "%(known)s final values are known. A baseline takes at least %(least)s.", values)


def alike(series: Sequence[Figure]) -> list[Figure]:
    """The final values that were counted as the last of them."""
    final = judging.judged(series)
    return [one for one in final if judging.kind(one) == judging.kind(final[-1])]


def spread(everybody: Sequence[Sequence[Figure]]) -> float | None:
    """The variance between persons on the working scale, for teams too small to tell it; None with fewer than five persons who have a baseline."""
    from nyckeltal.stats.compare import shrink

    measured = [one for series in everybody if (one := baseline(series)) is not None]
    sides = _on_scale(measured)
    pooled = shrink(*sides) if sides and len(measured) >= FEWEST_PEERS else None
    return pooled.between if pooled else None


def _measured(known: Sequence[Figure], seen: judging.Trend | None, rolling: int) -> Measured | None:
    stable = [one for one in known if seen is None or number(one.period or "") >= number(seen.stable_from)]
    if len(stable) < FEWEST_STABLE:
        return None
    values, at = [one.value or 0.0 for one in stable], [float(number(one.period or "")) for one in stable]
    value = _value(stable)
    slope, slope_error, slope_p, to_end = _slope(values, at)
    sd = _residual_sd(values, at, slope)
    n = _observations(stable)
    mean_error = sd * sqrt(rolling) / sqrt(len(stable))
    working = scale(stable[0].unit, values)
    found = Measured(
        kpi=stable[0].kpi,
        unit=stable[0].unit,
        baseline=Baseline(value, None if n is None else n * len(stable) / rolling, len(stable), *_usual(stable, seen)),
        level=min(max(value + slope * to_end, working.low), working.high),
        level_error=sqrt(mean_error**2 + (to_end * slope_error) ** 2),
        slope=slope,
        slope_error=slope_error,
        process_sd=sd,
        single=_single(stable),
        per_period=n,
        first=stable[0].period or "",
        last=stable[-1].period or "",
        signals=seen,
        raw=value,
        slope_p=slope_p,
        mean_error=mean_error,
        ends=(working.low, working.high),
    )
    return replace(found, process_sd=sqrt(max(0.0, sd**2 - found.sampling_variance(value, n))))


def _value(stable: Sequence[Figure]) -> float:
    """The mean; of shares all that were so by all that were counted."""
    parts = [(one.numerator, one.denominator) for one in stable]
    if stable[0].unit == "share" and all(top is not None and bottom for top, bottom in parts):
        return sum(top or 0 for top, _ in parts) / sum(bottom or 0 for _, bottom in parts)
    return fmean(one.value or 0.0 for one in stable)


def _slope(values: Sequence[float], at: Sequence[float]) -> tuple[float, float, float, float]:
    """The slope, how far off it may be, how often chance gives one so steep, and how far from the middle to the end."""
    found = slope_of(values, at)
    return (found.slope, found.error, found.p, at[-1] - fmean(at)) if found else (0.0, 0.0, 1.0, 0.0)


def _residual_sd(values: Sequence[float], at: Sequence[float], slope: float) -> float:
    """Of single values around the slope; the slope itself took one degree of freedom more than the mean."""
    rest = [value - slope * place for value, place in zip(values, at, strict=True)]
    return stdev(rest) * sqrt((len(rest) - 1) / (len(rest) - 2))


def _usual(stable: Sequence[Figure], seen: judging.Trend | None) -> tuple[float | None, float | None]:
    """Where one period usually lies: as on the chart where there is one, else drawn from these values alone."""
    if seen is not None:
        return seen.now.low, seen.now.high
    from nyckeltal.stats.change import individuals

    found = individuals([one.value or 0.0 for one in stable])
    if found is None:
        return None, None
    ends = scale(stable[0].unit, [one.value or 0.0 for one in stable])
    return max(found.limits.low, ends.low), min(found.limits.high, ends.high)


def _observations(stable: Sequence[Figure]) -> float | None:
    """On how many things that were counted a period rests; None for sums of money, hours and the like."""
    if stable[0].unit == "share" and any(one.denominator is None or one.denominator != one.n for one in stable):
        return None
    ns = [float(one.n) for one in stable if one.n]
    return fmean(ns) if len(ns) == len(stable) else None


def _single(stable: Sequence[Figure]) -> float | None:
    """The standard deviation of one observation, told by the figures' own intervals."""
    if stable[0].unit == "count":
        return 1.0 if all(one.n == one.value for one in stable) else None
    told = [((one.high - one.low) / (2 * z95)) ** 2 * one.n for one in stable if one.low is not None and one.high is not None and one.n]
    return sqrt(fmean(told)) if told else None


def _drawn(own: Measured, peers: Sequence[Measured], between: float | None) -> Measured:
    """Towards the peers, the more the less the own value is known (kpi-reference 3.8); as it is where nothing tells how much persons differ."""
    from nyckeltal.stats.compare import shrink

    group = [own, *(one for one in peers if one.unit == own.unit)]
    enough = len(group) >= FEWEST_PEERS
    sides = _on_scale(group) if len(group) > 1 and (enough or between is not None) else None
    pooled = shrink(*sides, None if enough else between) if sides else None
    if pooled is None:
        return own
    working, first = scale(own.unit, [one.raw for one in group]), pooled.groups[0]
    value = working.back(first.value)
    moved = value - own.raw
    error = working.error_back(value, first.sd)
    whole = sqrt(max(own.level_error**2 - own.mean_error**2, 0.0) + error**2)
    level = min(max(own.level + moved, own.ends[0]), own.ends[1])
    return replace(own, baseline=replace(own.baseline, value=value), level=level, level_error=whole, mean_error=error, shrunken=True)


def _on_scale(group: Sequence[Measured]) -> tuple[list[float], list[float]] | None:
    """Values and their standard errors on the working scale; None where one has no error."""
    working = scale(group[0].unit, [one.raw for one in group]) if group else None
    if working is None:
        return None
    errors = [working.error(one.raw, _error(one)) for one in group]
    return ([working.to(one.raw) for one in group], errors) if min(errors) > 0 else None


def _error(one: Measured) -> float:
    """How far off the mean over the stretch is: by counting alone, or by how its periods vary where that is more."""
    return one.mean_error if one.unit == "count" else max(sqrt(one.sampling_variance(one.raw, one.baseline.n)), one.mean_error)
