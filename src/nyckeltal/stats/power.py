"""How many observations it takes: to know a value well enough, and to see a change of a given size (kpi-reference 1.6 and 3.11).

A change is told at 5 % from either side; where a power is named it is 80 %.
"""

from __future__ import annotations

from math import ceil, exp, log, log1p, sqrt

from nyckeltal.stats.interval import z95

z80 = 0.8416212335729143  # one-sided 80 % of the normal distribution
BOTH = z95 + z80


def needed_for_half_width(sd: float, half_width: float) -> int:
    """So that a mean's 95 % interval is ± `half_width`; `sd` is √(p(1-p)) for a share, the coefficient of variation for a relative width, 1 for events."""
    return _up((z95 * sd / half_width) ** 2)


def share_sd(p: float) -> float:
    """Standard deviation of a single yes or no."""
    return sqrt(p * (1 - p))


def half_width_of_mean(sd: float, n: int) -> float | None:
    """Half of the 95 % interval by Student's t."""
    from nyckeltal.stats.mean import t_quantile

    return t_quantile(n - 1) * sd / sqrt(n) if n > 1 else None


def half_width_of_share(p: float, n: int) -> float:
    """Half of the 95 % interval by the normal distribution, for planning; an actual share has Wilson's."""
    return z95 * share_sd(p) / sqrt(n)


def needed_for_ratio(cv: float, factor: float, *, logs: bool = False) -> int:
    """In each of two periods, to see a mean change by `factor`; `logs` where logarithms of log-normal values are compared, which takes fewer."""
    return _up(2 * BOTH**2 * (log1p(cv**2) if logs else cv**2) / log(factor) ** 2)


def needed_for_shares(before: float, after: float) -> int:
    """In each of two periods, to see a share change (Fleiss, Levin & Paik 2003)."""
    middle = (before + after) / 2
    root = z95 * sqrt(2 * middle * (1 - middle)) + z80 * sqrt(before * (1 - before) + after * (1 - after))
    return _up((root / (after - before)) ** 2)


def detectable_difference(sd: float, n: int) -> float:
    """The smallest difference of two means that `n` in each period show."""
    return BOTH * sd * sqrt(2 / n)


def detectable_fall(cv: float, n: int) -> float:
    """The smallest fall of a mean, as a share of it, that `n` in each period show."""
    return 1 - exp(-detectable_difference(cv, n))


def chance_of_looking_lower(cv: float, factor: float, n: int) -> float:
    """That the mean of `n` with a truly `factor` times as high mean is seen below the mean of `n` others."""
    from scipy.special import ndtr

    return float(ndtr(-log(factor) / (cv * sqrt(2 / n))))


def false_alarm(tests: int, level: float = 0.05) -> float:
    """That at least one of so many independent tests finds something where there is nothing (kpi-reference 3.10)."""
    return 1 - (1 - level) ** tests


def _up(number: float) -> int:
    return ceil(round(number, 9))
