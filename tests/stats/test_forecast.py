"""Levels, trends, targets and forecasts, against kpi-reference 1.5, 3.9, 3.13 and 3.14."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nyckeltal.stats.forecast import (
    Outlook,
    difficulty,
    learned,
    learning_curve,
    learning_exponent,
    level,
    mase,
    missed,
    outlook,
    outlook_of_share,
    proposed_target,
    trend,
)


def test_half_a_point_more_each_month() -> None:
    found = trend([0.70, 0.71, 0.705, 0.72, 0.718, 0.725])
    assert found
    assert found.slope == pytest.approx(0.005, abs=5e-4)
    assert found.slope in found.interval
    assert found.p == pytest.approx(40 / 720, abs=1e-9)  # two of fifteen pairs fall: 1 + 5 + 14 of 720 orders have as few, and as many as few rises


def test_one_wild_month_does_not_turn_the_trend() -> None:
    found = trend([1, 2, 3, 4, 90, 6, 7, 8])
    assert found
    assert found.slope == pytest.approx(1)
    assert found.p < 0.01


def test_values_all_alike_have_no_trend() -> None:
    found = trend([3.0] * 6)
    assert found
    assert (found.slope, found.p) == (0, 1)
    assert trend([1, 2, 3]) is None


share = outlook_of_share((0.72, 0.012), (0.002, 0.0015), 3, 0.015, 300)


def test_a_share_in_three_months() -> None:
    assert share.mean == pytest.approx(0.726, abs=5e-4)
    assert share.sd == pytest.approx(0.03244, abs=5e-6)


@pytest.mark.parametrize(
    ("target", "chance", "said"),
    [(0.68, 0.922, "too_easy"), (0.70, 0.789, "fitting"), (0.74, 0.333, "fitting"), (0.75, 0.230, "fitting"), (0.80, 0.011, "unreachable")],
)
def test_how_hard_a_target_is(target: float, chance: float, said: str) -> None:
    assert share.chance(target) == pytest.approx(chance, abs=5e-4)
    assert difficulty(share.chance(target)) == said


def test_less_may_be_better() -> None:
    expected = outlook((340, 6), (0, 0), 3, 8, 25)
    assert expected.sd == pytest.approx((36 + 64 + 25) ** 0.5)
    assert expected.chance(330, up=False) == pytest.approx(1 - expected.chance(330))
    assert expected.chance(expected.target(0.4, up=False), up=False) == pytest.approx(0.4)


def test_a_proposal_is_half_way_to_the_best_unless_too_hard_or_too_easy() -> None:
    expected = Outlook(0.72, 0.03)
    assert proposed_target(0.72, 0.74, expected) == pytest.approx(0.73)
    assert expected.chance(proposed_target(0.72, 0.90, expected)) == pytest.approx(0.3)
    assert expected.chance(proposed_target(0.60, 0.62, expected)) == pytest.approx(0.7)
    assert proposed_target(0.72, 0.74, expected, top=0.725) == pytest.approx(0.725)
    assert proposed_target(340, 320, Outlook(340, 30), up=False) == pytest.approx(330)
    assert proposed_target(340, 320, Outlook(340, 30), up=False, top=335) == 335


def test_a_level_is_that_of_the_months_since_the_last_shift() -> None:
    year, after = [372, 365, 381, 358, 369, 376, 362, 370, 379, 366, 374, 361], [352, 350, 349, 355, 347, 351, 348, 353]
    found = level([*year, *after])
    assert found
    assert found.periods == 9
    assert found.mean == pytest.approx((361 + sum(after)) / 9)
    assert found.error == pytest.approx(found.process_sd / 3)
    short = level(year[:7])
    assert short
    assert short.periods == 7
    assert level(year[:5]) is None


def test_errors_in_steps_of_the_naive_forecast() -> None:
    training = [10, 12, 11, 13, 12, 14]
    assert mase(training, [0], [1.6]) == pytest.approx(1)
    assert mase(training, [15, 13, 16], [14, 14, 14]) == pytest.approx(0.8333, abs=5e-5)
    assert mase([5, 5], [1], [2]) is None
    assert mase([5], [1], [2]) is None
    assert mase([1, 5, 2, 7], [4], [2.5], season=2) == pytest.approx(1)


def test_errors_through_all_there_was() -> None:
    found = missed([100, 120, 80], [90, 130, 100])
    assert found
    assert (100 * found.wape, 100 * found.bias) == pytest.approx((13.33, -6.25), abs=5e-3)
    assert missed([0], [1]) is None


def test_each_doubling_saves_a_tenth() -> None:
    exponent = learning_exponent(0.9)
    assert exponent == pytest.approx(0.15200, abs=5e-6)
    assert learned(600, 50, 400, exponent) == pytest.approx(437.40, abs=5e-3)


def test_a_curve_is_found_again() -> None:
    numbers = [50, 100, 200, 400]
    found = learning_curve(numbers, [learned(600, 50, number, 0.152) for number in numbers])
    assert found
    assert found[1] == pytest.approx(0.152)
    assert learning_curve([1, 2, 2], [1, 1, 1]) is None


@given(st.floats(0.01, 0.99), st.floats(-1, 1), st.floats(0.01, 2), st.booleans())
def test_a_target_is_reached_with_the_chance_it_was_made_for(chance: float, mean: float, sd: float, up: bool) -> None:
    expected = Outlook(mean, sd)
    assert expected.chance(expected.target(chance, up=up), up=up) == pytest.approx(chance)
