"""Counts: published Poisson limits, ten days that vary more than chance, two rates, and what holds for every count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nyckeltal.stats.count import dispersion, garwood, overdispersed_mean, rate_ratio

days = [52, 61, 47, 80, 55, 43, 66, 71, 49, 58]


@pytest.mark.parametrize(("count", "low", "high", "within"), [(10, 4.795, 18.390, 0.0005), (21, 13.00, 32.10, 0.005), (0, 0, 3.689, 0.0005)])
def test_published_limits(count: int, low: float, high: float, within: float) -> None:
    found = garwood(count)
    assert (found.low, found.high) == pytest.approx((low, high), abs=within)


def test_ten_days_vary_more_than_chance() -> None:
    found = overdispersed_mean(days)
    assert found is not None
    assert sum(days) / len(days) == pytest.approx(58.2)
    assert dispersion(days) == pytest.approx(2.2864, abs=0.00005)
    assert found.half_width == pytest.approx(8.25, abs=0.005)


def test_46_percent_more_sales_may_still_be_chance() -> None:
    found = rate_ratio(34, 21, 21, 19)
    assert found is not None
    assert found.value == pytest.approx(1.465, abs=0.0005)
    assert (found.interval.low, found.interval.high) == pytest.approx((0.850, 2.524), abs=0.0005)
    assert found.p == pytest.approx(0.179, abs=0.0005)


def test_nothing_counted_gives_no_answer() -> None:
    assert dispersion([0, 0]) is None
    assert overdispersed_mean([3]) is None
    assert rate_ratio(0, 1, 5, 1) is None
    assert rate_ratio(5, 0, 5, 1) is None


@given(st.integers(0, 1_000_000))
def test_the_limits_hold_the_count(count: int) -> None:
    found = garwood(count)
    assert 0 <= found.low <= count <= found.high


@given(st.integers(1, 100_000))
def test_four_times_as_many_are_known_more_exactly(count: int) -> None:
    assert garwood(4 * count).half_width / (4 * count) < garwood(count).half_width / count


@given(st.lists(st.integers(0, 500), min_size=2, max_size=60))
def test_the_mean_lies_in_its_interval(values: list[int]) -> None:
    found = overdispersed_mean(values)
    if found is not None:
        assert 0 <= found.low <= sum(values) / len(values) <= found.high


@given(st.integers(1, 300), st.integers(1, 300), st.floats(0.5, 50), st.floats(0.5, 50))
def test_the_ratio_turned_round_is_its_inverse(first: int, second: int, exposure1: float, exposure2: float) -> None:
    there, back = rate_ratio(first, exposure1, second, exposure2), rate_ratio(second, exposure2, first, exposure1)
    assert there is not None
    assert back is not None
    assert there.value in there.interval
    assert there.value == pytest.approx(1 / back.value)
    assert there.interval.low == pytest.approx(1 / back.interval.high)
    assert 0 <= there.p <= 1 + 1e-9
