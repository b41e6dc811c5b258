"""Percentiles: linear as NumPy's, with textbook ranks for their interval, and what holds for every set of values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nyckeltal.stats.quantile import quantile, quantile_interval, quantile_ranks

values = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=200)


def test_no_value_has_no_median() -> None:
    assert quantile([], 0.5) is None
    assert quantile_interval([], 0.5) is None


def test_between_two_values_the_line() -> None:
    assert quantile([10, 20], 0.9) == pytest.approx(19)
    assert quantile([3, 1, 2], 0.5) == 2
    assert quantile([3, 1, 2], 1) == 3


@pytest.mark.parametrize(("n", "ranks"), [(5, None), (6, (0, 5)), (10, (1, 8)), (20, (5, 14)), (100, (39, 60))])
def test_ranks_around_the_median_are_those_of_the_sign_test(n: int, ranks: tuple[int, int] | None) -> None:
    """Textbook tables give, counted from 1: none, 1–6, 2–9, 6–15, 40–61."""
    assert quantile_ranks(n, 0.5) == ranks


def test_thirty_values_do_not_bound_their_ninetieth_percentile_from_above() -> None:
    assert quantile_ranks(30, 0.9) is None
    assert quantile_ranks(40, 0.9) == (31, 39)


def test_a_million_values_need_only_the_ranks() -> None:
    found = quantile_ranks(1_000_000, 0.9)
    assert found is not None
    assert found == pytest.approx((900_000 - 588, 900_000 + 588), abs=2)


@given(values, st.floats(0, 1))
def test_the_quantile_is_numpys(numbers: list[float], q: float) -> None:
    assert quantile(numbers, q) == pytest.approx(float(np.quantile(numbers, q)), rel=1e-9, abs=1e-6)


@given(values, st.floats(0.01, 0.99))
def test_the_interval_is_made_of_values_and_holds_the_quantile(numbers: list[float], q: float) -> None:
    found, middle = quantile_interval(numbers, q), quantile(numbers, q)
    if found is not None and middle is not None:
        assert found.low in numbers
        assert found.high in numbers
        assert found.low - 1e-6 <= middle <= found.high + 1e-6


@given(st.integers(1, 3000), st.floats(0.01, 0.99))
def test_the_ranks_cover_at_least_95_percent(n: int, q: float) -> None:
    from scipy.stats import binom

    ranks = quantile_ranks(n, q)
    if ranks is None:
        assert q**n > 0.0249 or (1 - q) ** n > 0.0249
    else:
        low, high = ranks
        assert 0 <= low < high < n
        assert binom.cdf(high, n, q) - binom.cdf(low, n, q) >= 0.95 - 1e-9
