"""Shares: published intervals (Newcombe 1998), worked ones, and what holds for every share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nyckeltal.stats.proportion import design_effect, effective_n, newcombe, wilson, wilson_weighted


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718), (63, 84, 0.6479, 0.8303), (8, 10, 0.4902, 0.9433)],
)
def test_published_shares(k: int, n: int, low: float, high: float) -> None:
    found = wilson(k, n)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.00005)
    assert found.method == "wilson"


def test_nothing_counted_has_no_interval() -> None:
    assert wilson(0, 0) is None
    assert wilson_weighted(0.5, 0) is None
    assert newcombe(1, 2, 0, 0) is None


def test_equal_weights_are_as_good_as_none() -> None:
    assert effective_n(84 * 2.5, 84 * 2.5**2) == pytest.approx(84)
    assert wilson_weighted(63 / 84, 84) == wilson(63, 84)


def test_ten_answers_each_for_three_hundred_and_one_hundred() -> None:
    assert design_effect([30] * 10 + [10] * 10) == pytest.approx(1.25, abs=1e-9)
    assert design_effect([2, 2, 2]) == pytest.approx(1)
    assert design_effect([]) is None


def test_uneven_weights_make_the_interval_wider() -> None:
    worth = effective_n(10 * 3 + 10 * 1, 10 * 9 + 10 * 1)
    assert worth == pytest.approx(16)
    uneven, even = wilson_weighted(0.5, worth), wilson(10, 20)
    assert uneven is not None
    assert even is not None
    assert uneven.half_width > even.half_width


def test_published_difference() -> None:
    found = newcombe(56, 70, 48, 80)
    assert found is not None
    assert found.value == pytest.approx(0.2)
    assert (found.interval.low, found.interval.high) == pytest.approx((0.0524, 0.3339), abs=0.00005)


def test_six_points_more_may_still_be_chance() -> None:
    found = newcombe(246, 310, 216, 295)
    assert found is not None
    assert 100 * found.value == pytest.approx(6.13, abs=0.005)
    assert (100 * found.interval.low, 100 * found.interval.high) == pytest.approx((-0.64, 12.88), abs=0.005)
    assert found.z == pytest.approx(1.775, abs=0.0005)
    assert found.p == pytest.approx(0.076, abs=0.0005)


def test_all_against_all_cannot_be_tested() -> None:
    found = newcombe(5, 5, 7, 7)
    assert found is not None
    assert (found.value, found.z, found.p) == (0, None, None)


counts = st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts)
def test_the_interval_holds_the_share_and_stays_between_nothing_and_all(count: tuple[int, int]) -> None:
    k, n = count
    found = wilson(k, n)
    assert found is not None
    assert 0 <= found.low <= k / n <= found.high <= 1


@given(counts)
def test_more_of_the_same_narrows_the_interval(count: tuple[int, int]) -> None:
    k, n = count
    few, many = wilson(k, n), wilson(2 * k, 2 * n)
    assert few is not None
    assert many is not None
    assert many.half_width < few.half_width


@given(counts, counts)
def test_the_difference_lies_in_its_interval_and_turns_with_its_shares(first: tuple[int, int], second: tuple[int, int]) -> None:
    there, back = newcombe(*first, *second), newcombe(*second, *first)
    assert there is not None
    assert back is not None
    assert -1 <= there.interval.low <= there.value <= there.interval.high <= 1
    assert there.interval.low == pytest.approx(-back.interval.high)
