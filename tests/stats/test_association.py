"""Two measures together, against kpi-reference 3.12, and on made-up groups whose truth is known."""

from __future__ import annotations

import random

import pytest

from nyckeltal.stats.association import correlation, pooled, residuals, together


def test_six_groups_that_oppose_with_real_differences() -> None:
    found = pooled([-0.70, -0.05, -0.55, 0.10, -0.62, -0.20], [24, 18, 24, 20, 16, 22])
    assert found
    assert (found.r, found.interval.low, found.interval.high) == pytest.approx((-0.379, -0.615, -0.081), abs=5e-4)
    assert found.between == pytest.approx(0.09997, abs=5e-6)
    assert found.heterogeneity == pytest.approx(13.78, abs=5e-3)
    assert found.groups == pytest.approx((-0.614, -0.187, -0.499, -0.084, -0.525, -0.264), abs=5e-4)
    assert found.verdict == "opposing"


def test_weak_or_uncertain_is_unclear() -> None:
    weak, few, strong = pooled([-0.1] * 20, [60] * 20), pooled([-0.5], [10]), pooled([0.5] * 8, [24] * 8)
    assert weak
    assert few
    assert strong
    assert weak.interval.high < 0
    assert (weak.verdict, few.verdict, strong.verdict) == ("unclear", "unclear", "supporting")
    assert pooled([0.5], [3]) is None
    assert pooled([], []) is None


Table = dict[str, dict[int, float]]


def made(groups: int, periods: int, sign: float, lag: int = 0) -> tuple[Table, Table]:
    """Two measures with their own levels and seasons; the second follows the first's own movement."""
    draw = random.Random(9)
    first: Table = {}
    second: Table = {}
    season = [draw.gauss(0, 5) for _ in range(periods + lag)]
    for at in range(groups):
        own = [draw.gauss(0, 1) for _ in range(periods + lag)]
        first[f"g{at}"] = {t: 10 * at + season[t] + own[t] for t in range(periods)}
        second[f"g{at}"] = {t: -7 * at + season[t] + sign * own[t - lag] + draw.gauss(0, 1) for t in range(lag, periods + lag)}
    return first, second


def test_what_periods_bring_to_all_does_not_count() -> None:
    """The common season alone would make them look alike."""
    found = together(*made(10, 24, -1))
    assert found
    assert found.r == pytest.approx(-0.7, abs=0.1)
    assert found.verdict == "opposing"
    nothing = together(*made(10, 24, 0))
    assert nothing
    assert nothing.verdict == "unclear"


def test_one_may_follow_the_other_a_period_later() -> None:
    first, second = made(10, 24, 1, lag=1)
    later, same = together(first, second, lag=1), together(first, second)
    assert later
    assert same
    assert later.verdict == "supporting"
    assert same.verdict == "unclear"


def test_few_groups_and_short_series_tell_nothing() -> None:
    assert together(*made(7, 24, -1)) is None
    assert together(*made(10, 11, -1)) is None
    first, _ = made(10, 24, -1)
    assert together(first, {group: dict.fromkeys(series, 1.0) for group, series in first.items()}) is None


def test_means_are_taken_out_where_periods_are_missing_too() -> None:
    left = residuals({"a": {1: 5, 2: 7, 3: 9}, "b": {1: 1, 2: 3}, "c": {2: 8, 3: 10}})
    assert [value for series in left.values() for value in series.values()] == pytest.approx([0] * 7, abs=1e-9)


def test_no_variation_has_no_correlation() -> None:
    assert correlation([1, 1], [1, 2]) is None
    assert correlation([1], [1]) is None
    assert correlation([1, 2, 3], [2, 4, 6]) == pytest.approx(1)
