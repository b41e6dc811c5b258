"""Forecasts of one series with their standard errors: the candidates of kpi-reference 3.14, small enough for a page that shows dozens of them.

Exponential smoothing in innovations form, simple and with a trend (Hyndman, Koehler, Ord & Snyder 2008); Theta as simple smoothing with half
the trend (Assimakopoulos & Nikolopoulos 2000; Hyndman & Billah 2003); autoregression of the values or their steps by least squares; naive ones.
Smoothing is sought on a grid, of which all members are worked at once; where it begins is solved by least squares.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil, log
from typing import TYPE_CHECKING

from nyckeltal.stats.compare import icc1, james_stein

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FEWEST = 6
LAGS = 3
STABLE = 0.98  # what returns more slowly is not told from what never does
_LEVELS = (0.001, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99)
_TRENDS = (0.02, 0.1, 0.3, 1.0)  # of the step of the level
_DAMPED = (0.8, 0.9, 0.98)
_RIDGE = 1e-9
RARE = 0.01  # a season that chance alone would show more often is none


@dataclass(frozen=True)
class Ahead:
    """What is expected step by step, its standard error, and the degrees of freedom that the error rests on."""

    mean: Floats
    error: Floats
    freedom: int

    def band(self, share: float = 0.8) -> tuple[Floats, Floats]:
        """Where so large a share of what comes will lie, by Student's t."""
        from scipy.special import stdtrit

        half = float(stdtrit(max(self.freedom, 1), 0.5 + share / 2)) * self.error
        return self.mean - half, self.mean + half


@dataclass(frozen=True)
class _Smoothed:
    """The best of a grid: its steps of level and trend, how much of the trend is left each time, where it ends, and how far off it was."""

    alpha: float
    beta: float
    phi: float
    level: float
    slope: float
    squares: float
    parameters: int


def naive(values: Floats, steps: int) -> Ahead:
    """As the last."""
    import numpy as np

    moved = np.diff(values)
    return Ahead(np.full(steps, values[-1]), _size(moved, len(moved)) * np.sqrt(np.arange(1, steps + 1)), len(moved))


def seasonal_naive(values: Floats, steps: int, season: int) -> Ahead:
    """As a season ago."""
    import numpy as np

    moved = values[season:] - values[:-season]
    ahead = np.arange(steps)
    mean = values[len(values) - season + ahead % season]
    return Ahead(mean, _size(moved, len(moved)) * np.sqrt([ceil((step + 1) / season) for step in ahead]), len(moved))


def mean_of_last(values: Floats, steps: int, last: int = 12) -> Ahead:
    import numpy as np

    kept = values[-last:]
    error = float(np.std(kept, ddof=1)) * (1 + 1 / len(kept)) ** 0.5
    return Ahead(np.full(steps, kept.mean()), np.full(steps, error), len(kept) - 1)


def smoothing(values: Floats, steps: int) -> Ahead:
    """Exponential smoothing, with a trend, damped or not, where that says enough more (corrected AIC)."""
    import numpy as np

    n = len(values)
    fits = [_simple(values), *([_trending(values, _DAMPED, 6), _trending(values, (1.0,), 5)] if n >= 2 * FEWEST else [])]
    best = min(fits, key=lambda fit: _criterion(fit.squares, n, fit.parameters))
    left = np.cumsum(best.phi ** np.arange(1, steps + 1)) if best.phi else np.zeros(steps)
    moves = best.alpha + best.beta * left[:-1]
    error = np.sqrt(best.squares / max(n - best.parameters + 1, 1) * np.concatenate([[1.0], 1 + np.cumsum(moves**2)]))
    return Ahead(best.level + left * best.slope, error, max(n - best.parameters + 1, 1))


def theta(values: Floats, steps: int) -> Ahead:
    """Simple smoothing that drifts by half of the straight line's slope."""
    import numpy as np

    n, fit = len(values), _simple(values)
    places = np.arange(n) - (n - 1) / 2
    drift = float(places @ values) / float(places @ places) / 2
    ahead = np.arange(steps)
    mean = np.asarray(fit.level + drift * (ahead + (1 - (1 - fit.alpha) ** n) / fit.alpha), dtype=np.float64)
    return Ahead(mean, np.sqrt(fit.squares / max(n - 2, 1) * (1 + ahead * fit.alpha**2)), max(n - 2, 1))


def autoregression(values: Floats, steps: int) -> Ahead:
    """ARIMA without moving averages: values, or their steps, from those before, as many as the corrected AIC finds worth it."""
    n = len(values)
    lags = min(LAGS, (n - 4) // 3)
    fits = [fit for apart in (0, 1) for p in range(lags + 1) for constant in (True, False) if (fit := _regressed(values, p, apart, lags, constant=constant))]
    best = min(fits, key=lambda fit: fit.criterion)
    return best.ahead(values, steps)


@dataclass(frozen=True)
class Seasonal:
    """What each place of the season adds, the first value's place first, and the standard error of that."""

    added: Floats
    error: float

    def at(self, first: int, count: int) -> Floats:
        import numpy as np

        return np.asarray(self.added[np.arange(first, first + count) % len(self.added)])


def seasonal(values: Floats, season: int) -> Seasonal | None:
    """None under two seasons, or where they do not repeat themselves."""
    import numpy as np

    if len(values) < 2 * season:
        return None
    rest = values - _moving_mean(values, season)
    if not _repeats(rest, season):
        return None
    places = [rest[place::season] for place in range(season)]
    noise = sum(float(((each - each.mean()) ** 2).sum()) for each in places) / max(len(values) - season, 1) * season / len(values)
    drawn = james_stein([float(each.mean()) for each in places], noise)
    return None if drawn is None else Seasonal(np.asarray(drawn) - float(np.mean(drawn)), noise**0.5)


def with_season(method: Callable[[Floats, int], Ahead], values: Floats, steps: int, season: int) -> Ahead:
    """What the season adds is taken out before and put back after; what is not known of it is added to what else is not."""
    import numpy as np

    found = seasonal(values, season) if season > 1 else None
    if found is None:
        return method(values, steps)
    n = len(values)
    ahead = method(values - found.at(0, n), steps)
    variance = ahead.error**2 * n / max(n - season + 1, 1) + found.error**2
    return Ahead(ahead.mean + found.at(n, steps), np.sqrt(variance), max(ahead.freedom - season + 1, 1))


CANDIDATES: Mapping[str, Callable[[Floats, int], Ahead]] = {
    "smoothing": smoothing,
    "theta": theta,
    "autoregression": autoregression,
}


def _size(errors: Floats, count: int) -> float:
    return float((errors @ errors / max(count, 1)) ** 0.5)


def _criterion(squares: float, n: int, parameters: int) -> float:
    """Corrected AIC; a perfect fit is as good as rounding lets it be."""
    room = n - parameters - 1
    return n * log(max(squares / n, 1e-300)) + 2 * parameters + (2 * parameters * (parameters + 1) / room if room > 0 else float("inf"))


def _simple(values: Floats) -> _Smoothed:
    import numpy as np

    alpha = np.asarray(_LEVELS)
    return _best(values, alpha, np.zeros_like(alpha), np.zeros_like(alpha), parameters=3)


def _trending(values: Floats, damped: tuple[float, ...], parameters: int) -> _Smoothed:
    import numpy as np

    grid = np.asarray([(a, a * b, phi) for a in _LEVELS for b in _TRENDS for phi in damped])
    return _best(values, grid[:, 0], grid[:, 1], grid[:, 2], parameters)


def _best(values: Floats, alpha: Floats, beta: Floats, phi: Floats, parameters: int) -> _Smoothed:
    """All members of the grid at once. The errors are linear in where level and slope begin, so three runs tell them for every beginning:
    the values from nought, and nothing from a level and from a slope of one."""
    import numpy as np

    a, b, f = alpha[:, None], beta[:, None], phi[:, None]
    centre = float(values.mean())
    level, slope = np.tile([0.0, 1.0, 0.0], (len(alpha), 1)), np.tile([0.0, 0.0, 1.0], (len(alpha), 1))
    errors = np.empty((len(values), len(alpha), 3))
    for at, value in enumerate(values - centre):
        told = level + f * slope
        error = -told
        error[:, 0] += value
        level, slope = told + a * error, f * slope + b * error
        errors[at] = error
    begins = _beginnings(errors, sloping=bool(phi.any()))
    squares = (np.einsum("tgr,gr->tg", errors, begins) ** 2).sum(axis=0)
    at = int(squares.argmin())
    ends = float(level[at] @ begins[at]) + centre, float(slope[at] @ begins[at])
    return _Smoothed(float(alpha[at]), float(beta[at]), float(phi[at]), *ends, float(squares[at]), parameters)


def _beginnings(errors: Floats, *, sloping: bool) -> Floats:
    """By what the three runs count, for the least squares: the first as it is, the others as level and slope begin."""
    import numpy as np

    runs = errors[:, :, 1:] if sloping else errors[:, :, 1:2]
    products = np.einsum("tgr,tgs->grs", runs, runs)
    size = np.trace(products, axis1=1, axis2=2)[:, None, None]
    towards = -np.einsum("tgr,tg->gr", runs, errors[:, :, 0])
    solved = np.linalg.solve(products + _RIDGE * size * np.eye(runs.shape[2]), towards[..., None])[..., 0]
    found = np.zeros((errors.shape[1], 3))
    found[:, 0], found[:, 1 : 1 + runs.shape[2]] = 1.0, solved
    return found


@dataclass(frozen=True)
class _Regressed:
    """A constant and what each value before counts for, of values that were taken `apart` so many times."""

    constant: float
    counts: Floats
    apart: int
    variance: float
    freedom: int
    criterion: float

    def ahead(self, values: Floats, steps: int) -> Ahead:
        import numpy as np

        told = list(np.diff(values) if self.apart else values)
        impulse, known = [1.0], len(told)
        for _ in range(steps):
            told.append(self.constant + sum(count * told[-lag] for lag, count in enumerate(self.counts, 1)))
            impulse.append(sum(count * impulse[-lag] for lag, count in enumerate(self.counts, 1) if lag <= len(impulse)))
        mean, weights = np.asarray(told[known:]), np.asarray(impulse[:steps])
        if self.apart:
            mean, weights = values[-1] + np.cumsum(mean), np.cumsum(weights)
        return Ahead(mean, np.sqrt(self.variance * np.cumsum(weights**2)), self.freedom)


def _regressed(values: Floats, p: int, apart: int, lags: int, *, constant: bool) -> _Regressed | None:
    """All on the same values, those that have `lags` and a step before them, so that they can be compared."""
    import numpy as np

    if not constant and not apart:
        return None
    worked = np.diff(values) if apart else values
    skip = lags + 1 - apart
    wanted = worked[skip:]
    columns = [*([np.ones(len(wanted))] if constant else []), *(worked[skip - lag : len(worked) - lag] for lag in range(1, p + 1))]
    found: Floats = np.asarray(np.linalg.lstsq(np.column_stack(columns), wanted, rcond=None)[0] if columns else [], dtype=np.float64)
    rest = wanted - (np.column_stack(columns) @ found if columns else 0.0)
    counts, squares, parameters = found[int(constant) :], float(rest @ rest), len(found) + 1
    if p and max(abs(np.roots([1.0, *(-counts)])), default=0.0) >= STABLE:
        return None
    freedom = max(len(wanted) - len(found), 1)
    return _Regressed(float(found[0]) if constant else 0.0, counts, apart, squares / freedom, freedom, _criterion(squares, len(wanted), parameters))


def _moving_mean(values: Floats, season: int) -> Floats:
    """The mean of a season around each value, carried on as it goes over all where the season is not whole."""
    import numpy as np

    weights = np.ones(season + 1 - season % 2) / season
    if season % 2 == 0:
        weights[[0, -1]] /= 2
    inside = np.convolve(values, weights, mode="valid")
    reach = (len(values) - len(inside)) // 2
    slope = (inside[-1] - inside[0]) / max(len(inside) - 1, 1)
    before, after = inside[0] - slope * np.arange(reach, 0, -1), inside[-1] + slope * np.arange(1, reach + 1)
    return np.concatenate([before, inside, after])


def _repeats(rest: Floats, season: int) -> bool:
    """Whether the places of a season differ by more than one place does from season to season (analysis of variance)."""
    from scipy.special import fdtrc

    found = icc1([(len(each), float(each.sum()), float(each @ each)) for each in (rest[place::season] for place in range(season))])
    if found.between is None or found.within is None:
        return False
    if found.within <= 0:
        return found.between > 0
    return float(fdtrc(season - 1, len(rest) - season, found.between / found.within)) < RARE
