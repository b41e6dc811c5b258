"""Signal or noise: whether two values differ by more than chance, and whether a series has left its usual variation.

Two values (kpi-reference 3.6): each side's own interval is carried over to the difference, or to the ratio (MOVER, Zou & Donner 2008). For two
shares with Wilson intervals that is Newcombe's hybrid score interval; it holds as well for means, balances and, on logarithms, for times.
A series (kpi-reference 3.5): the XmR chart (Shewhart; Wheeler 1993), and Laney's p′ chart (2002) for shares. Limits come from the first points and
stay, until eight points in a row lie on one side of the middle: from the first of those they are drawn anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import erfc, exp, log, sqrt
from typing import Literal

from nyckeltal.stats.interval import Interval, z95

Verdict = Literal["changed", "small", "likely", "none"]
Rule = Literal["X1", "X2", "X3", "X4"]

LIKELY = 0.80
BASELINE = 12  # points that limits are drawn from; up to 24 make sense
RUN, TREND = 8, 6  # X2: points on one side; X4: steps in one direction
SIGMAS, D2, D4 = 2.66, 1.128, 3.268  # three standard deviations in mean moving ranges; the mean and the upper limit of a moving range of two
ROUNDING = 1e-12  # a spread smaller than this share of the values is none


@dataclass(frozen=True)
class Change:
    """How much higher the new value is (`value`; a factor where `nothing` is 1), and how far that may be off."""

    value: float
    interval: Interval
    nothing: float = 0.0

    @property
    def up(self) -> bool:
        return self.value > self.nothing

    @property
    def rises(self) -> float:
        """The probability that the new value is truly higher."""
        return self.above(self.nothing)

    def above(self, step: float) -> float:
        """The probability that the true change is more than `step`, from the side of the interval that faces it; factors on their logarithms."""
        value, low, high = self.value, self.interval.low, self.interval.high
        if self.nothing == 1:
            value, low, high, step = log(value), log(low), log(high), log(step)
        beyond = value - step
        error = (value - low if beyond > 0 else high - value) / z95
        return 0.5 * erfc(-beyond / error / sqrt(2)) if error > 0 else float(beyond > 0) if beyond else 0.5

    def verdict(self, worthwhile: float) -> Verdict:
        """`changed` where the interval leaves out no change and the step is worth speaking of; `small` where it is not (kpi-reference 3.6)."""
        if self.nothing not in self.interval:
            return "changed" if abs(self.value - self.nothing) >= worthwhile else "small"
        return "likely" if max(self.rises, 1 - self.rises) >= LIKELY and abs(self.value - self.nothing) >= worthwhile else "none"


def difference(new: float, new_interval: Interval, old: float, old_interval: Interval) -> Change:
    """New less old."""
    low = new - old - sqrt((new - new_interval.low) ** 2 + (old_interval.high - old) ** 2)
    high = new - old + sqrt((new_interval.high - new) ** 2 + (old - old_interval.low) ** 2)
    return Change(new - old, Interval(low, high, "mover"))


def ratio(new: float, new_interval: Interval, old: float, old_interval: Interval) -> Change | None:
    """New through old, for values that are never negative; None where an interval reaches nought."""
    if min(new, old, new_interval.low, old_interval.low) <= 0:
        return None
    logs = difference(log(new), _log(new_interval), log(old), _log(old_interval))
    return Change(new / old, Interval(exp(logs.interval.low), exp(logs.interval.high), "mover_log"), nothing=1.0)


def ratio_of_means(new: float, new_sd: float, new_n: int, old: float, old_sd: float, old_n: int) -> Change | None:
    """New mean through old from mean, standard deviation and number of values: the log ratio and its delta-method error (kpi-reference 3.6)."""
    if min(new, old) <= 0 or min(new_n, old_n) < 2:
        return None
    half = z95 * sqrt((new_sd / new) ** 2 / new_n + (old_sd / old) ** 2 / old_n)
    middle = log(new / old)
    return Change(new / old, Interval(exp(middle - half), exp(middle + half), "log_ratio"), nothing=1.0)


def _log(interval: Interval) -> Interval:
    return Interval(log(interval.low), log(interval.high), interval.method)


@dataclass(frozen=True)
class Limits:
    """Where a point usually lies. Shares are not cut at nought and one here: a point's place is told by the distance between middle and limit."""

    centre: float
    low: float
    high: float

    def place(self, value: float) -> float:
        """How far from the middle, where 1 is the upper limit and -1 the lower."""
        return (value - self.centre) / (self.high - self.centre)


@dataclass(frozen=True)
class Individuals:
    """Limits of single values, the mean of their moving ranges, and what a moving range usually stays below."""

    limits: Limits
    moving_range: float
    range_limit: float


@dataclass(frozen=True)
class Signal:
    """Rule `rule` is seen first at point `at` (from 0) and rests on the points from `since`; `up` tells the side or direction."""

    rule: Rule
    since: int
    at: int
    up: bool


@dataclass(frozen=True)
class Stretch:
    """Points `start` to before `stop` share a baseline."""

    start: int
    stop: int


@dataclass(frozen=True)
class Followed:
    """A series with the limits of each point, its signals, and the stretches between shifts; the last stretch is how things are now."""

    limits: tuple[Limits, ...]
    signals: tuple[Signal, ...]
    stretches: tuple[Stretch, ...]

    @property
    def latest(self) -> tuple[Signal, ...]:
        """The signals that the last point brought: none means no change beyond usual variation."""
        return tuple(signal for signal in self.signals if signal.at == len(self.limits) - 1)


def individuals(values: Sequence[float], sigmas: float = SIGMAS) -> Individuals | None:
    """Mean ± 2.66 mean moving ranges (kpi-reference 3.5; `sigmas` = 3/1.128 gives the published digits of NIST); None without any variation."""
    if len(values) < 2:
        return None
    centre, moving = sum(values) / len(values), moving_range(values)
    if moving <= ROUNDING * max(map(abs, values)):
        return None
    return Individuals(Limits(centre, centre - sigmas * moving, centre + sigmas * moving), moving, D4 * moving)


@dataclass(frozen=True)
class Shares:
    """Limits of each share: `spread` times as wide as chance alone would have them (Laney's sigma of z)."""

    centre: float
    spread: float

    def limits(self, n: float, sigmas: float = 3.0) -> Limits:
        half = sigmas * self.spread * sqrt(self.centre * (1 - self.centre) / n)
        return Limits(self.centre, self.centre - half, self.centre + half)


def laney(counts: Sequence[float], totals: Sequence[float]) -> Shares | None:
    """The p′ chart (Laney 2002): shares that vary more than chance from month to month; None where nothing varies."""
    if len(counts) < 2 or sum(totals) <= 0 or min(totals) <= 0:
        return None
    centre = sum(counts) / sum(totals)
    if not 0 < centre < 1:
        return None
    scores = [(k / n - centre) / sqrt(centre * (1 - centre) / n) for k, n in zip(counts, totals, strict=True)]
    spread = moving_range(scores) / D2
    return Shares(centre, spread) if spread > ROUNDING else None


def moving_range(values: Sequence[float]) -> float:
    """Mean absolute step from one value to the next."""
    return sum(abs(after - before) for before, after in pairwise(values)) / (len(values) - 1)


def followed(values: Sequence[float], baseline: int = BASELINE) -> Followed | None:
    """Signals of single values, one per period; None with fewer points than a baseline, or where the baseline does not vary."""

    def limits(start: int, stop: int) -> list[Limits] | None:
        found = individuals(values[start:stop])
        return None if found is None else [found.limits] * len(values)

    return _followed(values, limits, baseline)


def followed_shares(counts: Sequence[float], totals: Sequence[float], baseline: int = BASELINE) -> Followed | None:
    """Signals of shares that rest on many; periods with nothing in them are to be left out beforehand."""

    def limits(start: int, stop: int) -> list[Limits] | None:
        found = laney(counts[start:stop], totals[start:stop])
        return None if found is None else [found.limits(n) for n in totals]

    if any(n <= 0 for n in totals):
        return None
    return _followed([k / n for k, n in zip(counts, totals, strict=True)], limits, baseline)


def signals(values: Sequence[float], limits: Sequence[Limits]) -> list[Signal]:
    """Rules X1 to X4 over one stretch: X1 at every point outside, the others where they begin to hold."""
    places = [limit.place(value) for limit, value in zip(limits, values, strict=True)]
    found = [Signal("X1", at, at, place > 0) for at, place in enumerate(places) if abs(place) > 1]
    for up in (True, False):
        sided = places if up else [-place for place in places]
        steps = [(after > before) if up else (after < before) for before, after in pairwise(values)]
        found += [Signal("X2", at - RUN + 1, at, up) for at in _runs([place > 0 for place in sided], RUN)]
        found += [Signal("X3", max(0, at - 3), at, up) for at in _three_of_four([place > 0.5 for place in sided])]
        found += [Signal("X4", at - TREND + 1, at + 1, up) for at in _runs(steps, TREND)]
    return sorted(found, key=lambda signal: (signal.at, signal.rule))


def seasonally_adjusted(values: Sequence[float], season: int = 12) -> list[float] | None:
    """Each value through the factor of its month: the mean ratio to the moving average of a year around it (kpi-reference 3.5).

    None under two whole years, and where a year or a factor is not above nought.
    """
    if len(values) < 2 * season:
        return None
    around = {at: _year_around(values, at, season) for at in range(season // 2, len(values) - season // 2)}
    if min(around.values()) <= 0:
        return None
    ratios = [[values[at] / mean for at, mean in around.items() if at % season == month] for month in range(season)]
    factors = [sum(month) / len(month) for month in ratios]
    level = sum(factors) / season
    return None if min(factors) <= 0 else [value * level / factors[at % season] for at, value in enumerate(values)]


def _year_around(values: Sequence[float], at: int, season: int) -> float:
    """Mean of a whole season with `at` in its middle; of an even one the two ends count half."""
    reach = season // 2
    whole = sum(values[at - reach : at + reach + 1])
    return (whole - (values[at - reach] + values[at + reach]) / 2) / season if season % 2 == 0 else whole / season


def _followed(values: Sequence[float], limits: Callable[[int, int], list[Limits] | None], baseline: int) -> Followed | None:
    """Stretch after stretch: each ends where a run of eight within it begins, seen when the run is whole."""
    current = limits(0, baseline) if len(values) >= baseline else None
    if current is None:
        return None
    stretches: list[Stretch] = []
    found: list[Signal] = []
    start, seen, drawn = 0, -1, list(current)
    while True:
        here = [_moved(signal, start) for signal in signals(values[start:], current[start:])]
        shift = next((signal for signal in here if signal.rule == "X2" and signal.since > start and signal.at > seen), None)
        after = limits(shift.since, min(shift.since + baseline, len(values))) if shift else None
        last = shift.at if shift and after else len(values)
        found += [signal for signal in here if seen < signal.at <= last]
        if shift is None or after is None:
            return Followed(tuple(drawn), tuple(found), (*stretches, Stretch(start, len(values))))
        stretches.append(Stretch(start, shift.since))
        start, seen, current = shift.since, shift.at, after
        drawn[start:] = after[start:]


def _moved(signal: Signal, by: int) -> Signal:
    return Signal(signal.rule, signal.since + by, signal.at + by, signal.up)


def _runs(holds: Sequence[bool], length: int) -> list[int]:
    """Where a run first reaches its length."""
    found, run = [], 0
    for at, true in enumerate(holds):
        run = run + 1 if true else 0
        if run == length:
            found.append(at)
    return found


def _three_of_four(holds: Sequence[bool]) -> list[int]:
    full = [sum(holds[max(0, at - 3) : at + 1]) >= 3 for at in range(len(holds))]
    return [at for at, true in enumerate(full) if true and not (at and full[at - 1])]
