"""How far several raters of the same things agree beyond chance, and whether one of them is stricter than the rest (kpi-reference 5.3)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Any, Literal

from nyckeltal.stats.interval import Interval
from nyckeltal.stats.mean import t_interval

Level = Literal["nominal", "ordinal", "interval", "ratio"]


@dataclass(frozen=True)
class Kappa:
    """Agreement beyond chance, with the observed and the expected agreement it comes from."""

    value: float
    observed: float
    expected: float


@dataclass(frozen=True)
class Drift:
    """How far one rater lies from the others on average, as mean, Student's t (None without any spread) and 95 % interval."""

    mean: float
    t: float | None
    interval: Interval

    def flagged(self, worthwhile: float = 3.0) -> bool:
        """Whether it is beyond chance and large enough to speak of."""
        return 0 not in self.interval and abs(self.mean) >= worthwhile


def krippendorff_alpha(ratings: Iterable[tuple[Hashable, Hashable, Any]], level: Level) -> float | None:
    """Krippendorff's alpha (2011) of (thing, rater, value); what was not rated is absent or None, a rater's last value of a thing counts.

    Things with one rater drop out. None where fewer than two different values are left: then nothing could have been disagreed on.
    """
    by_thing: dict[Hashable, dict[Hashable, Any]] = defaultdict(dict)
    for thing, rater, value in ratings:
        if value is not None:
            by_thing[thing][rater] = value
    things = [Counter(values.values()) for values in by_thing.values() if len(values) > 1]
    everything: Counter[Any] = sum(things, Counter())
    if len(everything) < 2:
        return None
    if level == "ordinal":
        ranks = _middle_ranks(everything)
        things, everything = [_renamed(thing, ranks) for thing in things], _renamed(everything, ranks)
    n = everything.total()
    observed = sum(_disagreement(thing, level) / (thing.total() - 1) for thing in things)
    return 1 - (n - 1) * observed / _disagreement(everything, level)


def cohen_kappa(table: Sequence[Sequence[float]]) -> Kappa | None:
    """Two raters (Cohen 1960): how often one said the row's and the other the column's category."""
    n = sum(map(sum, table))
    if n <= 0:
        return None
    observed = sum(row[at] for at, row in enumerate(table)) / n
    expected = sum(sum(row) * sum(column) for row, column in zip(table, zip(*table, strict=True), strict=True)) / n**2
    return _kappa(observed, expected)


def fleiss_kappa(table: Sequence[Sequence[int]]) -> Kappa | None:
    """Many raters (Fleiss 1971): per thing how many put it in each category; every thing has equally many raters, at least two."""
    raters = {sum(row) for row in table}
    if len(raters) != 1 or max(raters) < 2:
        return None
    m = raters.pop()
    observed = fmean((sum(count**2 for count in row) - m) / (m * (m - 1)) for row in table)
    expected = sum((sum(column) / (m * len(table))) ** 2 for column in zip(*table, strict=True))
    return _kappa(observed, expected)


def drift(differences: Sequence[float]) -> Drift | None:
    """One rater's values less those agreed on, over the things both rated: positive is lenient."""
    interval = t_interval(fmean(differences), stdev(differences), len(differences)) if len(differences) > 1 else None
    if interval is None:
        return None
    mean, sd = fmean(differences), stdev(differences)
    return Drift(mean, mean / (sd / len(differences) ** 0.5) if sd else None, interval)


def _kappa(observed: float, expected: float) -> Kappa | None:
    """None where all ratings fall in one category."""
    return Kappa((observed - expected) / (1 - expected), observed, expected) if expected < 1 else None


def _disagreement(bag: Counter[Any], level: Level) -> float:
    """Sum of the squared distances of all ordered pairs of values."""
    n = bag.total()
    if level == "nominal":
        return float(n**2 - sum(count**2 for count in bag.values()))
    if level == "ratio":
        return float(sum(here * there * ((a - b) / (a + b)) ** 2 for a, here in bag.items() for b, there in bag.items() if a != b))
    mean = sum(value * count for value, count in bag.items()) / n
    return float(2 * n * sum(count * (value - mean) ** 2 for value, count in bag.items()))


def _middle_ranks(bag: Counter[Any]) -> dict[Any, float]:
    """Krippendorff's ordinal distance is the distance between the middle ranks of the two values."""
    below, ranks = 0.0, {}
    for value in sorted(bag):
        ranks[value] = below + bag[value] / 2
        below += bag[value]
    return ranks


def _renamed(bag: Counter[Any], names: dict[Any, float]) -> Counter[Any]:
    return Counter({names[value]: count for value, count in bag.items()})
