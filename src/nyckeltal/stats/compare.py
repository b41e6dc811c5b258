"""Fair comparison of several groups: room for chance, small samples, different mixes, many tests at once, and how far groups lie apart."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import floor, sqrt

from nyckeltal.stats.interval import Interval
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
        half = z * self.error_at(n)
        low, high = self.middle - half, self.middle + half
        return (max(low, 0.0), min(high, 1.0)) if self.share else (low, high)

    def error_at(self, n: float) -> float:
        """Standard error of a value resting on n, with what groups differ by anyway."""
        return sqrt(self.error**2 / n + self.extra)

    def holds(self, value: float, n: float, z: float = INNER) -> bool:
        low, high = self.limits(n, z)
        return low <= value <= high

    def p(self, value: float, n: float) -> float:
        """How probable a value so far from the middle is by chance."""
        from scipy.special import ndtr

        return 2 * float(ndtr(-abs(value - self.middle) / self.error_at(n)))


@dataclass(frozen=True)
class Shrunken:
    """A group's value drawn towards the common one: `weight` is what its own observations count for, `sd` the uncertainty left."""

    value: float
    weight: float
    sd: float


@dataclass(frozen=True)
class Pooled:
    """The common value with its standard error, the variance between groups, Cochran's Q, and each group's shrunken value."""

    middle: float
    error: float
    between: float
    heterogeneity: float
    groups: tuple[Shrunken, ...]


@dataclass(frozen=True)
class BetaPrior:
    """What shares of such groups look like: their mean, and how many observations that knowledge is worth."""

    mean: float
    worth: float

    def posterior(self, k: float, n: float) -> float:
        return (k + self.mean * self.worth) / (n + self.worth)

    def interval(self, k: float, n: float) -> Interval:
        from scipy.special import betaincinv

        a, b = k + self.mean * self.worth, n - k + (1 - self.mean) * self.worth
        return Interval(float(betaincinv(a, b, 0.025)), float(betaincinv(a, b, 0.975)), "beta_binomial")


@dataclass(frozen=True)
class Standardised:
    """What was observed through what the group's mix alone would give, and the same in the unit of the overall mean."""

    ratio: float
    adjusted: float
    raw: float


@dataclass(frozen=True)
class Between:
    """One-way analysis of variance: mean squares between and within groups, the share of variance between, and the standard deviation between."""

    icc: float | None
    sd: float | None
    between: float | None
    within: float | None


def of_shares(middle: float, values: Sequence[float], ns: Sequence[float]) -> Funnel:
    """The funnel of Spiegelhalter (2005a, 2005b), kpi-reference 3.7."""
    return _spread(Funnel(middle, sqrt(middle * (1 - middle)), share=True), values, ns)


def of_means(middle: float, error: float, values: Sequence[float], ns: Sequence[float]) -> Funnel:
    """The same for means; times on their logarithms, where `error` is the coefficient of variation."""
    return _spread(Funnel(middle, error), values, ns)


def _spread(plain: Funnel, values: Sequence[float], ns: Sequence[float]) -> Funnel:
    """The same, wider where the values lie further apart than chance would put them."""
    if plain.error == 0 or len(values) < 2:
        return plain
    weights = [n / plain.error**2 for n in ns]
    scores = [(value - plain.middle) * sqrt(weight) for value, weight in zip(values, weights, strict=True)]
    least, most = quantile(scores, 0.1) or 0.0, quantile(scores, 0.9) or 0.0
    squares = sum(min(max(score, least), most) ** 2 for score in scores)
    dispersion = squares / len(scores)
    extra = _between_variance(squares, weights) if dispersion > 1 else 0.0
    return Funnel(plain.middle, plain.error, plain.share, extra, dispersion)


def _between_variance(heterogeneity: float, weights: Sequence[float]) -> float:
    """Moments estimate of the variance between groups (DerSimonian & Laird 1986)."""
    total = sum(weights)
    room = total - sum(weight**2 for weight in weights) / total
    return max(0.0, (heterogeneity - (len(weights) - 1)) / room) if room > 0 else 0.0


def shrink(values: Sequence[float], errors: Sequence[float], between: float | None = None) -> Pooled | None:
    """Empirical-Bayes shrinkage with the variance between groups by DerSimonian & Laird (1986), kpi-reference 3.8.

    `between` gives that variance from elsewhere, where the groups are too few to tell it. None where an error is not above nought.
    """
    if not values or min(errors) <= 0:
        return None
    weights = [1 / error**2 for error in errors]
    plain = _mean(values, weights)
    heterogeneity = sum(weight * (value - plain) ** 2 for value, weight in zip(values, weights, strict=True))
    variance = _between_variance(heterogeneity, weights) if between is None else between
    wide = [1 / (error**2 + variance) for error in errors]
    middle = _mean(values, wide)
    groups = tuple(_shrunken(value, error, middle, variance) for value, error in zip(values, errors, strict=True))
    return Pooled(middle, 1 / sqrt(sum(wide)), variance, heterogeneity, groups)


def _shrunken(value: float, error: float, middle: float, between: float) -> Shrunken:
    weight = between / (between + error**2)
    return Shrunken(middle + weight * (value - middle), weight, error * sqrt(weight))


def james_stein(values: Sequence[float], variance: float) -> tuple[float, ...] | None:
    """Values of equal variance drawn towards their mean (Efron & Morris 1977), at most the whole way; None for fewer than four or no spread."""
    if len(values) < 4:
        return None
    mean = sum(values) / len(values)
    squares = sum((value - mean) ** 2 for value in values)
    if squares == 0:
        return None
    own = max(0.0, 1 - (len(values) - 3) * variance / squares)
    return tuple(mean + own * (value - mean) for value in values)


def beta_binomial(counts: Sequence[tuple[float, float]]) -> BetaPrior | None:
    """From (k, n) of each group by moments (Kleinman 1973), kpi-reference 3.8; None where the groups differ no more than chance, or cannot tell."""
    ns = [n for _, n in counts]
    total, groups = sum(ns), len(counts)
    mean = sum(k for k, _ in counts) / total if total > 0 else 0.0
    if groups < 2 or not 0 < mean < 1 or min(ns) <= 0:
        return None
    squares = sum(n * (k / n - mean) ** 2 for k, n in counts)
    room = total - sum(n**2 for n in ns) / total - (groups - 1)
    alike = (squares / (mean * (1 - mean)) - (groups - 1)) / room if room > 0 else 0.0
    return BetaPrior(mean, 1 / alike - 1) if 0 < alike < 1 else None


def standardise(cells: Mapping[Hashable, Mapping[Hashable, tuple[float, float]]]) -> dict[Hashable, Standardised]:
    """Indirect standardisation (kpi-reference 3.9) of {group: {cell: (number, sum)}}: each group against all groups' means in its own mix of cells."""
    numbers: dict[Hashable, float] = {}
    sums: dict[Hashable, float] = {}
    for mix in cells.values():
        for cell, (number, total) in mix.items():
            numbers[cell] = numbers.get(cell, 0.0) + number
            sums[cell] = sums.get(cell, 0.0) + total
    overall = sum(sums.values()) / sum(numbers.values()) if sum(numbers.values()) else 0.0
    found = {}
    for group, mix in cells.items():
        observed, count = sum(total for _, total in mix.values()), sum(number for number, _ in mix.values())
        expected = sum(number * sums[cell] / numbers[cell] for cell, (number, _) in mix.items() if number)
        if expected > 0:
            found[group] = Standardised(observed / expected, observed / expected * overall, observed / count)
    return found


def mix_moved(before: Mapping[Hashable, float], after: Mapping[Hashable, float]) -> float | None:
    """How much of the whole lies in other cells than before: the total variation distance of the two shares of cells (kpi-reference 3.6)."""
    first, second = sum(before.values()), sum(after.values())
    if first <= 0 or second <= 0:
        return None
    return sum(abs(before.get(cell, 0) / first - after.get(cell, 0) / second) for cell in {*before, *after}) / 2


def benjamini_hochberg(ps: Sequence[float]) -> list[float]:
    """Each p-value as it stands among the others: at most q where fewer than the share q of those so named are false (1995), kpi-reference 3.10."""
    from scipy.stats import false_discovery_control

    return [float(p) for p in false_discovery_control(ps)] if ps else []


def gini(values: Sequence[float]) -> float | None:
    """How unevenly something is handed out: 0 all the same, towards 1 all to one (kpi-reference 5.5); None where nothing was."""
    n, total = len(values), sum(values)
    if n == 0 or total <= 0:
        return None
    return 2 * sum(rank * value for rank, value in enumerate(sorted(values), 1)) / (n * total) - (n + 1) / n


def icc1(groups: Sequence[tuple[float, float, float]]) -> Between:
    """ICC(1) (Shrout & Fleiss 1979; kpi-reference 5.5) from each group's number of values, their sum and their sum of squares.

    Groups may differ in size. Everything is None with one group, or where no group has two values.
    """
    filled = [group for group in groups if group[0] > 0]
    count, total = len(filled), sum(n for n, _, _ in filled)
    if count < 2 or total <= count:
        return Between(None, None, None, None)
    mean = sum(added for _, added, _ in filled) / total
    between = sum(n * (added / n - mean) ** 2 for n, added, _ in filled) / (count - 1)
    within = sum(max(0.0, squares - added**2 / n) for n, added, squares in filled) / (total - count)
    size = (total - sum(n**2 for n, _, _ in filled) / total) / (count - 1)
    whole = between + (size - 1) * within
    return Between((between - within) / whole if whole > 0 else None, sqrt(max(0.0, (between - within) / size)), between, within)


def _mean(values: Sequence[float], weights: Sequence[float]) -> float:
    return sum(value * weight for value, weight in zip(values, weights, strict=True)) / sum(weights)


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
