"""Means with intervals: of well-behaved values, of skewed ones, and of values that come in groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import exp, sqrt
from typing import TYPE_CHECKING

from nyckeltal.stats.interval import Interval

if TYPE_CHECKING:
    import numpy as np

resamples = 10_000
rounding = 1e-12  # part of a sum of squares; a spread of less is what adding up rounds off, in whichever order
draws_at_once = 2_000_000  # what the bootstrap holds in memory


def weighted_mean(parts: Iterable[tuple[float, float | None]]) -> float | None:
    """Mean of (weight, value); what has no value has no weight either (kpi-reference 5.2)."""
    there = [(weight, value) for weight, value in parts if value is not None]
    total = sum(weight for weight, _ in there)
    return sum(weight * value for weight, value in there) / total if total > 0 else None


def t_interval(mean: float, sd: float, n: int) -> Interval | None:
    """Interval of a mean from its sample standard deviation."""
    if n < 2:
        return None
    half = t_quantile(n - 1) * sd / sqrt(n)
    return Interval(mean - half, mean + half, "t")


def modified_cox(mean_log: float, variance_log: float, n: int) -> Interval | None:
    """Interval of the mean of log-normal values, from mean and sample variance of their logarithms (Olsson 2005)."""
    if n < 2:
        return None
    half = t_quantile(n - 1) * sqrt(variance_log / n + variance_log**2 / (2 * (n - 1)))
    centre = mean_log + variance_log / 2
    return Interval(exp(centre - half), exp(centre + half), "modified_cox")


def log_normal_mean(mean_log: float, variance_log: float) -> float:
    """The mean that `modified_cox` stands around."""
    return exp(mean_log + variance_log / 2)


def bca(values: Sequence[float], seed: int = 0) -> Interval | None:
    """Interval of a mean by the bias-corrected, accelerated bootstrap (Efron 1987), for values no simple law describes.

    The work grows with 10,000 times the number of values: meant for samples, not for millions.
    """
    import numpy as np
    from scipy.special import ndtr, ndtri

    x = np.asarray(values, dtype=float)
    if len(x) < 2:
        return None
    spread = float(x.std())
    if x.min() == x.max() or spread == 0:  # a spread too small for a number to tell is none
        return Interval(float(x.min()), float(x.max()), "bca")
    means = _resampled_means(x, seed)
    below = (np.count_nonzero(means < x.mean()) + np.count_nonzero(means == x.mean()) / 2) / resamples
    bias = ndtri(min(max(below, 0.5 / resamples), 1 - 0.5 / resamples))
    acceleration = (((x - x.mean()) / spread) ** 3).sum() / (6 * len(x) ** 1.5)  # the jackknife's, which for a mean needs no resampling
    steps = bias + ndtri(np.array([0.025, 0.975]))
    low, high = np.quantile(means, ndtr(bias + steps / (1 - acceleration * steps)))
    return Interval(float(low), float(high), "bca")


def _resampled_means(x: np.ndarray[tuple[int], np.dtype[np.float64]], seed: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    import numpy as np

    draw = np.random.default_rng(seed)
    rows = max(1, draws_at_once // len(x))
    parts = [x[draw.integers(0, len(x), (min(rows, resamples - start), len(x)))].mean(axis=1) for start in range(0, resamples, rows)]
    return np.concatenate(parts)


def ratio_of_clusters(sum_y: float, sum_x: float, sum_y2: float, sum_xy: float, sum_x2: float, clusters: int) -> Interval | None:
    """Interval of Σy/Σx where each group gives one y and one x, and what happens within a group is not independent."""
    error = ratio_standard_error(sum_y, sum_x, sum_y2, sum_xy, sum_x2, clusters)
    if error is None:
        return None
    half = t_quantile(clusters - 1) * error
    return Interval(sum_y / sum_x - half, sum_y / sum_x + half, "clusters")


def ratio_standard_error(sum_y: float, sum_x: float, sum_y2: float, sum_xy: float, sum_x2: float, clusters: int) -> float | None:
    """Standard error of Σy/Σx over groups; the sums of squares and products are over groups too."""
    if clusters < 2 or sum_x <= 0:
        return None
    ratio = sum_y / sum_x
    spread = sum_y2 - 2 * ratio * sum_xy + ratio * ratio * sum_x2
    return sqrt(clusters / (clusters - 1) * spread) / sum_x if spread > rounding * sum_y2 else 0.0


def t_quantile(degrees: int) -> float:
    """Two-sided 95 % of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 0.975))
