"""What comes without any action, months ahead, with a band and with how good such forecasts were on this series (kpi-reference 3.14)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from nyckeltal.plan.baseline import alike
from nyckeltal.plan.scale import scale
from nyckeltal.plan.series import after, grain_of, number
from nyckeltal.stats import smoothing
from nyckeltal.stats.forecast import mase
from nyckeltal.when.period import Grain
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.kpi.answer import Figure
    from nyckeltal.stats.smoothing import Ahead, Floats

Confidence = Literal["usual", "low"]
SEASONS = {Grain.MONTH: 12, Grain.QUARTER: 4, Grain.WEEK: 52}
FEWEST = smoothing.FEWEST
FEWEST_ORIGINS, MOST_ORIGINS = 3, 8
YEAR_AHEAD_FROM, USUAL_FROM = 18, 36  # months before a year ahead is forecast at all, and before it is as sure as any
COVERED = (0.65, 0.95)
_BAND = 0.8
_HALF_YEAR = 6
_HOLES = 0.25  # as many periods may be without a value

METHODS: dict[str, Text] = {
    "naive": Text("forecast.naive", "as the last value"),
    "seasonal_naive": Text("forecast.seasonal_naive", "as a year before"),
    "mean": Text("forecast.mean", "mean of the last year"),
    "smoothing": Text("forecast.smoothing", "exponential smoothing"),
    "theta": Text("forecast.theta", "smoothing with half the trend"),
    "autoregression": Text("forecast.autoregression", "from the values before (autoregression)"),
}


@dataclass(frozen=True)
class Point:
    period: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Forecast:
    """`mase`: error in steps of the naive forecast; `coverage`: the share of values that lay in the band of 80 %; both over `origins` times that the
    past was forecast from what was known before it. `accepted`: whether that was good enough; else the points are the naive forecast's."""

    kpi: str
    unit: str
    points: tuple[Point, ...]
    method: str
    mase: float | None
    coverage: float | None
    origins: int
    accepted: bool
    confidence: Confidence
    because: Text

    @property
    def called(self) -> Text:
        return METHODS[self.method]

    @property
    def last(self) -> Point:
        return self.points[-1]


@dataclass(frozen=True)
class _Series:
    """Values on an unbroken row of periods, None where one is missing."""

    values: tuple[float | None, ...]
    unit: str
    season: int
    per_period: float | None

    def until(self, length: int) -> _Series:
        return _Series(self.values[:length], self.unit, self.season, self.per_period)

    @property
    def known(self) -> list[float]:
        return [value for value in self.values if value is not None]


@dataclass(frozen=True)
class _Tried:
    mase: float
    coverage: float
    origins: int

    @property
    def good(self) -> bool:
        return self.mase < 1 and COVERED[0] <= self.coverage <= COVERED[1]


@dataclass(frozen=True)
class _Outcome:
    method: str
    points: tuple[tuple[float, float, float], ...]
    tried: _Tried | None

    @property
    def accepted(self) -> bool:
        return self.tried is not None and self.tried.good


def forecast(series: Sequence[Figure], months: int = 3) -> Forecast | None:
    """`months` periods on from the last final value; None where `refused` says why."""
    if refused(series, months) is not None:
        return None
    known = alike(series)
    row = _row(known)
    found = _forecast(row, months)
    last = known[-1].period or ""
    points = tuple(Point(after(last, step), *point) for step, point in enumerate(found.points, 1))
    tried = found.tried
    sure = found.accepted and (months <= _HALF_YEAR or len(row.values) >= USUAL_FROM)
    return Forecast(
        kpi=known[0].kpi,
        unit=known[0].unit,
        points=points,
        method=found.method,
        mase=tried.mase if tried else None,
        coverage=tried.coverage if tried else None,
        origins=tried.origins if tried else 0,
        accepted=found.accepted,
        confidence="usual" if sure else "low",
        because=_because(found, row, months),
    )


def refused(series: Sequence[Figure], months: int = 3) -> Text | None:
    """Why there is no forecast."""
    known = alike(series)
    if len(known) < FEWEST:
        return Text("forecast.too_few", "%(known)s final values are known. A forecast takes at least %(least)s.", {"known": len(known), "least": FEWEST})
    row = _row(known)
    if months > _HALF_YEAR and len(row.values) < YEAR_AHEAD_FROM:
        values = {"months": months, "known": len(row.values), "least": YEAR_AHEAD_FROM}
        return Text("forecast.too_short", "To look %(months)s periods ahead takes at least %(least)s; %(known)s are known.", values)
    if len(row.known) < (1 - _HOLES) * len(row.values):
        values = {"missing": len(row.values) - len(row.known), "periods": len(row.values)}
        return Text("forecast.holes", "%(missing)s of %(periods)s periods have no final value, too many for a forecast.", values)
    return None


def _because(found: _Outcome, row: _Series, months: int) -> Text:
    if len(set(row.known)) == 1:
        return Text("forecast.constant", "The value never changed.")
    if found.tried is None:
        return Text("forecast.untried", "The series is too short to try forecasts on its own past, so it is carried on as it was.")
    if not found.accepted:
        return Text("forecast.none_better", "No way of forecasting this series was good enough on its own past, so it is carried on as it was.")
    if months > _HALF_YEAR and len(row.values) < USUAL_FROM:
        return Text("forecast.young", "The series is shorter than three years: a forecast so far ahead is uncertain.")
    return Text("forecast.chosen", "Of all that were tried, this one came nearest on the series' own past.")


def _row(known: Sequence[Figure]) -> _Series:
    places = [number(one.period or "") for one in known]
    values: list[float | None] = [None] * (places[-1] - places[0] + 1)
    for place, one in zip(places, known, strict=True):
        values[place - places[0]] = one.value
    ns = [one.n for one in known if one.n]
    return _Series(tuple(values), known[0].unit, SEASONS.get(grain_of(known[0].period or ""), 1), sum(ns) / len(ns) if ns else None)


@lru_cache(maxsize=4096)
def _forecast(series: _Series, steps: int) -> _Outcome:
    """A series that was forecast is not forecast again: pages show the same ones over and over."""
    plain = "seasonal_naive" if _repeats(series) else "naive"
    tried = _tried(series, steps)
    good = {method: found for method, found in tried.items() if found.good}
    method = min(good, key=lambda name: good[name].mase) if good else plain
    return _Outcome(method, _points(series, method, steps), tried.get(method))


def _tried(series: _Series, steps: int) -> dict[str, _Tried]:
    """Each method forecasts the past from what was known before it; none where that cannot be done often enough."""
    longest = len(series.values) - steps
    origins = range(longest, max(FEWEST, longest - MOST_ORIGINS + 1) - 1, -1)
    season = series.season if _repeats(series) else 1
    told = [found for method in _methods(series) if (found := _trial(series, method, steps, origins, season)) is not None]
    return dict(told)


def wanted(steps: int) -> int:
    """How often at least the past must be forecast; a year ahead, as often as fits."""
    return FEWEST_ORIGINS if steps <= _HALF_YEAR else 1


def _trial(series: _Series, method: str, steps: int, origins: range, season: int) -> tuple[str, _Tried] | None:
    errors, inside, counted, used = 0.0, 0, 0, 0
    for origin in origins:
        past = series.until(origin)
        told = [(at, value) for at, value in enumerate(series.values[origin : origin + steps]) if value is not None]
        points = _points(past, method, steps) if method in _methods(past) else ()
        scaled = _scaled(past, [value for _, value in told], [points[at][0] for at, _ in told], season) if points and told else None
        if scaled is None:
            continue
        errors += scaled * len(told)
        inside += sum(points[at][1] <= value <= points[at][2] for at, value in told)
        counted, used = counted + len(told), used + 1
    return (method, _Tried(errors / counted, inside / counted, used)) if used >= wanted(steps) else None


def _scaled(past: _Series, actual: Sequence[float], told: Sequence[float], season: int) -> float | None:
    known = past.known
    return mase(known, actual, told, season if len(known) > season + 1 else 1)


def _methods(series: _Series) -> tuple[str, ...]:
    """Which there is enough for; the season of a year before only where two years are known."""
    known = len(series.known)
    if known < FEWEST:
        return ()
    year = ("mean",) if known >= series.season > 1 else ()
    return ("naive", *(("seasonal_naive",) if _repeats(series) else ()), *year, *smoothing.CANDIDATES)


@lru_cache(maxsize=4096)
def _repeats(series: _Series) -> bool:
    return series.season > 1 and smoothing.seasonal(_worked(series)[0], series.season) is not None


@lru_cache(maxsize=4096)
def _points(series: _Series, method: str, steps: int) -> tuple[tuple[float, float, float], ...]:
    """Value, low and high in the unit again, worked on its scale."""
    values, back = _worked(series)
    found = _ahead(values, method, steps, series.season)
    low, high = found.band(_BAND)
    return tuple((back(float(m)), back(float(a)), back(float(b))) for m, a, b in zip(found.mean, low, high, strict=True))


def _ahead(values: Floats, method: str, steps: int, season: int) -> Ahead:
    match method:
        case "naive":
            return smoothing.naive(values, steps)
        case "seasonal_naive":
            return smoothing.seasonal_naive(values, steps, season)
        case "mean":
            return smoothing.mean_of_last(values, steps, season)
    return smoothing.with_season(smoothing.CANDIDATES[method], values, steps, season)


def _worked(series: _Series) -> tuple[Floats, Callable[[float], float]]:
    """The values on their scale, holes filled straight from neighbour to neighbour; and the way back."""
    import numpy as np

    known = [(at, value) for at, value in enumerate(series.values) if value is not None]
    working = scale(series.unit, [value for _, value in known], series.per_period)
    places = [at for at, _ in known]
    return np.interp(np.arange(len(series.values)), places, [working.to(value) for _, value in known]), working.back
