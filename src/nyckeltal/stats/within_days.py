"""Volume by slots of the day, weeks ahead: how much a day of its kind brings, times how a day is spread over its slots.

Closed days are absent, not nought. Back-tested on the days' own past against the mean of the last four weeks, of which the better one is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from nyckeltal.stats.forecast import missed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

WEEKS = 4  # of which the level is the mean
SPREAD_WEEKS = 8  # over which a day's spread is read
OF_ITS_KIND = 0.5  # how much of the spread is that of the weekday's own days, the rest that of all days
TRIALS = 3
_BAND = (0.1, 0.9)

Days = Mapping[date, Sequence[float]]


@dataclass(frozen=True)
class Slots:
    """Day by day what is expected in each slot, with the band of 80 %; `wape` and `coverage` are of the trials on the past, `simple` the WAPE
    of the mean of the last four weeks on the same days."""

    expected: Mapping[date, tuple[float, ...]]
    low: Mapping[date, tuple[float, ...]]
    high: Mapping[date, tuple[float, ...]]
    method: str
    wape: float
    simple: float
    coverage: float


def ahead(history: Days, days: Sequence[date]) -> Slots | None:
    """Of days to come; days of a kind that was never open are left out. None with too few weeks to try it on, or where nothing came."""
    known = sorted(history)
    trials = _trials(known, len(days))
    if len(trials) < TRIALS or len({len(history[day]) for day in known}) != 1:
        return None
    found = {name: [_told(method, history, past, future) for past, future in trials] for name, method in METHODS.items()}
    errors = {name: missed(*_flat(told)) for name, told in found.items()}
    sized = {name: error.wape for name, error in errors.items() if error}
    if len(sized) < len(METHODS):
        return None
    best = min(sized, key=lambda name: sized[name])
    low, high = _band(found[best])
    expected = METHODS[best](history, known, days)
    edges = {day: [_edges(value, low, high) for value in told] for day, told in expected.items()}
    return Slots(
        expected={day: tuple(map(float, told)) for day, told in expected.items()},
        low={day: tuple(edge for edge, _ in told) for day, told in edges.items()},
        high={day: tuple(edge for _, edge in told) for day, told in edges.items()},
        method=best,
        wape=sized[best],
        simple=sized["mean_of_weeks"],
        coverage=_covered(found[best]),
    )


def mean_of_weeks(history: Days, past: Sequence[date], days: Sequence[date]) -> dict[date, Floats]:
    """Each slot as in the last four days of the same weekday."""
    import numpy as np

    kinds = _kinds(past)
    return {day: np.mean([history[one] for one in kinds[day.weekday()][-WEEKS:]], axis=0) for day in days if day.weekday() in kinds}


def level_and_spread(history: Days, past: Sequence[date], days: Sequence[date]) -> dict[date, Floats]:
    """The sum as in the last four days of the same weekday, spread as days of that kind and days at all are."""
    import numpy as np

    kinds = _kinds(past)
    shares = _shares(history, past[-SPREAD_WEEKS * len(kinds) :])
    own = {kind: _shares(history, ones[-SPREAD_WEEKS:]) for kind, ones in kinds.items()}
    levels = {kind: float(np.mean([sum(history[one]) for one in ones[-WEEKS:]])) for kind, ones in kinds.items()}
    return {
        day: levels[kind] * (OF_ITS_KIND * own[kind] + (1 - OF_ITS_KIND) * shares) for day in days if (kind := day.weekday()) in kinds
    }  # fmt: skip


METHODS: Mapping[str, Callable[[Days, Sequence[date], Sequence[date]], dict[date, Floats]]] = {
    "mean_of_weeks": mean_of_weeks,
    "level_and_spread": level_and_spread,
}

_Pairs = list[tuple["Floats", "Floats"]]


def _kinds(days: Sequence[date]) -> dict[int, list[date]]:
    found: dict[int, list[date]] = {}
    for day in days:
        found.setdefault(day.weekday(), []).append(day)
    return found


def _shares(history: Days, days: Sequence[date]) -> Floats:
    """How the days' sum is spread over the slots; evenly where nothing came."""
    import numpy as np

    sums = np.sum([history[day] for day in days], axis=0)
    total = float(sums.sum())
    return np.asarray(sums / total if total > 0 else np.full(len(sums), 1 / len(sums)))


def _trials(known: Sequence[date], length: int) -> list[tuple[Sequence[date], Sequence[date]]]:
    """The past up to a day, and as many days after it as are to be forecast; only where as many weeks lie before as the methods read."""
    ends = [len(known) - length * (trial + 1) for trial in range(TRIALS)]
    return [(known[:end], known[end : end + length]) for end in ends if end > 0 and (known[end - 1] - known[0]).days >= 7 * SPREAD_WEEKS - 3]


def _told(method: Callable[[Days, Sequence[date], Sequence[date]], dict[date, Floats]], history: Days, past: Sequence[date], days: Sequence[date]) -> _Pairs:
    import numpy as np

    return [(np.asarray(history[day], dtype=float), told) for day, told in method(history, past, days).items()]


def _flat(trials: Sequence[_Pairs]) -> tuple[list[float], list[float]]:
    pairs = [pair for trial in trials for pair in trial]
    return [float(value) for actual, _ in pairs for value in actual], [float(value) for _, told in pairs for value in told]


def _band(trials: Sequence[_Pairs]) -> tuple[float, float]:
    """How many square roots of what is expected the ends of the band lie from it, as a count varies."""
    import numpy as np

    low, high = np.quantile(np.concatenate([(actual - told) / np.sqrt(np.maximum(told, 1)) for trial in trials for actual, told in trial]), _BAND)
    return float(low), float(high)


def _edges(value: float, low: float, high: float) -> tuple[float, float]:
    root = max(value, 1.0) ** 0.5
    return max(0.0, float(value) + low * root), float(value) + high * root


def _covered(trials: Sequence[_Pairs]) -> float:
    """Each trial against the band that the others give."""
    inside, counted = 0, 0
    for at, trial in enumerate(trials):
        low, high = _band([one for other, one in enumerate(trials) if other != at])
        for actual, told in trial:
            inside += sum(edge[0] <= value <= edge[1] for value, edge in zip(actual, (_edges(each, low, high) for each in told), strict=True))
            counted += len(actual)
    return inside / counted
