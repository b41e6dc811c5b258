"""Means: worked intervals for twenty skewed durations and five groups, and what holds for every mean."""

from math import log
from statistics import fmean, stdev, variance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nyckeltal.stats.mean import bca, log_normal_mean, modified_cox, ratio_of_clusters, ratio_standard_error, t_interval, weighted_mean

durations = [62, 95, 118, 140, 155, 171, 188, 204, 221, 240, 262, 287, 318, 355, 402, 468, 560, 705, 980, 1450]
handle_sums = [36000, 41400, 33600, 52200, 38880]
contacts = [120, 115, 105, 145, 108]


def sums(y: list[float], x: list[float]) -> tuple[float, float, float, float, float, int]:
    pairs = list(zip(y, x, strict=True))
    return sum(y), sum(x), sum(a * a for a in y), sum(a * b for a, b in pairs), sum(b * b for b in x), len(pairs)


def test_t_of_twenty_durations() -> None:
    found = t_interval(fmean(durations), stdev(durations), len(durations))
    assert found is not None
    assert (fmean(durations), stdev(durations)) == pytest.approx((369.05, 339.61), abs=0.005)
    assert (found.low, found.high) == pytest.approx((210.11, 527.99), abs=0.005)


def test_modified_cox_of_twenty_durations() -> None:
    logs = [log(duration) for duration in durations]
    mean, spread = fmean(logs), variance(logs)
    assert (mean, spread) == pytest.approx((5.6036, 0.6137), abs=0.00005)
    assert log_normal_mean(mean, spread) == pytest.approx(368.86, abs=0.005)
    found = modified_cox(mean, spread, len(logs))
    assert found is not None
    assert (found.low, found.high) == pytest.approx((241.95, 562.35), abs=0.005)


def test_bootstrap_of_twenty_durations() -> None:
    found = bca(durations)
    assert found is not None
    assert found.low == pytest.approx(260, abs=8)
    assert found.high == pytest.approx(576, abs=20)


def test_the_bootstrap_gives_the_same_for_the_same_seed_only() -> None:
    assert bca(durations, seed=1) == bca(durations, seed=1)
    assert bca(durations, seed=1) != bca(durations, seed=2)


def test_the_bootstrap_agrees_with_scipy() -> None:
    import numpy as np
    from scipy.stats import bootstrap

    theirs = bootstrap((durations,), np.mean, n_resamples=10_000, method="BCa", rng=np.random.default_rng(5)).confidence_interval
    ours = bca(durations, seed=5)
    assert ours is not None
    assert ours.low == pytest.approx(theirs.low, abs=4)
    assert ours.high == pytest.approx(theirs.high, abs=12)


def test_the_bootstrap_of_equal_values_is_the_value() -> None:
    found = bca([7.0, 7.0, 7.0])
    assert found is not None
    assert (found.low, found.high) == (7.0, 7.0)
    assert bca([0.0, 5e-297]) is not None


def test_five_groups() -> None:
    numbers = sums([float(y) for y in handle_sums], [float(x) for x in contacts])
    assert numbers[0] / numbers[1] == pytest.approx(340.78, abs=0.005)
    assert ratio_standard_error(*numbers) == pytest.approx(12.74, abs=0.005)
    found = ratio_of_clusters(*numbers)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((305.4, 376.2), abs=0.05)


Items = list[tuple[float, float | None]]
a: Items = [(2, 1.0), (1, 0.5), (1, None)]
b: Items = [(3, 1.0), (2, 0), (1, 1.0)]
c: Items = [(2, 0.5), (2, None)]


def sections(*parts: Items) -> float:
    """The form of kpi-reference 5.2: three sections with their weights."""
    found = weighted_mean(zip((45, 35, 20), map(weighted_mean, parts), strict=True))
    assert found is not None
    return 100 * found


def test_what_does_not_apply_weighs_nothing() -> None:
    assert [weighted_mean(part) for part in (a, b, c)] == pytest.approx([0.8333, 0.6667, 0.5000], abs=5e-5)
    assert sections(a, b, c) == pytest.approx(70.83, abs=5e-3)
    assert sections(a, b, [(2, None), (2, None)]) == pytest.approx(76.04, abs=5e-3)
    pooled = weighted_mean([*a, *b, *c])
    assert pooled is not None
    assert 100 * pooled == pytest.approx(68.18, abs=5e-3)
    full: list[Items] = [[(weight, 1.0 if value is None else value) for weight, value in part] for part in (a, b, c)]
    assert sections(*full) == pytest.approx(77.71, abs=5e-3)


def test_nothing_that_applies_has_no_mean() -> None:
    assert weighted_mean([(1, None)]) is None
    assert weighted_mean([]) is None


def test_two_persons_count_by_the_customers_they_stand_for() -> None:
    weighted, plain = weighted_mean([(300, 90), (100, 60)]), weighted_mean([(1, 90), (1, 60)])
    assert (weighted, plain) == (82.5, 75.0)


def test_one_observation_has_no_interval() -> None:
    assert t_interval(1, 0, 1) is None
    assert modified_cox(1, 0, 1) is None
    assert bca([1]) is None
    assert ratio_of_clusters(1, 1, 1, 1, 1, 1) is None
    assert ratio_of_clusters(0, 0, 0, 0, 0, 3) is None


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6), st.integers(2, 10_000))
def test_t_stands_around_the_mean_and_narrows_with_n(mean: float, sd: float, n: int) -> None:
    few, many = t_interval(mean, sd, n), t_interval(mean, sd, 2 * n)
    assert few is not None
    assert many is not None
    assert few.low <= mean <= few.high
    assert many.half_width <= few.half_width


@given(st.floats(-5, 10), st.floats(0, 4), st.integers(2, 10_000))
def test_modified_cox_is_above_zero_and_holds_the_log_normal_mean(mean: float, spread: float, n: int) -> None:
    found = modified_cox(mean, spread, n)
    if found is not None and n > 3:
        assert 0 <= found.low <= log_normal_mean(mean, spread) * (1 + 1e-12)
        assert found.high >= log_normal_mean(mean, spread) * (1 - 1e-12)


@given(st.lists(st.tuples(st.floats(0, 1e5), st.floats(1, 1e3)), min_size=2, max_size=40))
def test_groups_stand_around_their_ratio(groups: list[tuple[float, float]]) -> None:
    numbers = sums([y for y, _ in groups], [x for _, x in groups])
    found = ratio_of_clusters(*numbers)
    assert found is not None
    assert numbers[0] / numbers[1] in found


@given(st.lists(st.floats(0, 1e4), min_size=2, max_size=30))
def test_the_bootstrap_stays_within_the_values(values: list[float]) -> None:
    found = bca(values)
    assert found is not None
    assert min(values) - 1e-6 <= found.low <= found.high <= max(values) + 1e-6
