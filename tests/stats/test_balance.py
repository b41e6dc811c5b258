"""Those for less those against: published and worked figures, and what holds for every balance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nyckeltal.stats.balance import adjusted_wald, balance_standard_error
from nyckeltal.stats.interval import z95


def test_published_standard_error() -> None:
    """Shares 1/2, 1/3, 1/6 of 324 (whuber on Cross Validated): 33.3 with an error of 4.1409 points."""
    assert 100 * balance_standard_error(162, 54, 324) == pytest.approx(4.1409, abs=0.00005)


def test_sixty_for_and_fifteen_against_of_a_hundred() -> None:
    found = adjusted_wald(60, 15, 100)
    assert found is not None
    assert 100 * balance_standard_error(60, 15, 100) == pytest.approx(7.399, abs=0.0005)
    assert (100 * found.low, 100 * found.high) == pytest.approx((29.34, 58.04), abs=0.005)
    assert 50 * (found.low + found.high) == pytest.approx(43.69, abs=0.005)


def test_the_plain_interval_of_the_same_hundred_lies_higher() -> None:
    half = z95 * balance_standard_error(60, 15, 100)
    assert (100 * (0.45 - half), 100 * (0.45 + half)) == pytest.approx((30.50, 59.50), abs=0.005)


@pytest.mark.parametrize(
    ("up", "down", "n", "error", "within"),
    [(3, 1, 6, 0.304, 5e-4), (1, 1, 2, 0.707, 5e-4), (1, 0, 2, 0.354, 5e-4), (1, 1, 3, 0.471, 5e-4), (1, 0, 1, 0, 1e-12), (0, 1, 1, 0, 1e-12)],
)
def test_standard_errors_of_a_published_package(up: int, down: int, n: int, error: float, within: float) -> None:
    """Rocks's R package NPS, from its own tests."""
    assert balance_standard_error(up, down, n) == pytest.approx(error, abs=within)


def test_ten_answers_say_next_to_nothing() -> None:
    found = adjusted_wald(5, 2, 10)
    assert found is not None
    assert (100 * found.low, 100 * found.high) == pytest.approx((-19.05, 65.20), abs=0.005)


def test_no_answers_have_no_interval() -> None:
    assert adjusted_wald(0, 0, 0) is None


answers = st.tuples(st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 5000)).filter(lambda found: sum(found) > 0)


@given(answers)
def test_the_interval_stays_between_all_against_and_all_for(found: tuple[int, int, int]) -> None:
    up, down, rest = found
    interval = adjusted_wald(up, down, up + down + rest)
    assert interval is not None
    assert -1 <= interval.low <= interval.high <= 1


@given(answers.filter(lambda found: sum(found) >= 10))
def test_the_interval_holds_the_balance_and_narrows_with_n(found: tuple[int, int, int]) -> None:
    up, down, rest = found
    n = up + down + rest
    few, many = adjusted_wald(up, down, n), adjusted_wald(16 * up, 16 * down, 16 * n)
    assert few is not None
    assert many is not None
    assert (up - down) / n in few
    assert many.half_width < few.half_width
