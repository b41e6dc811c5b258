"""How many it takes, against the tables of kpi-reference 1.6, 3.10 and 3.11."""

from __future__ import annotations

import pytest

from nyckeltal.stats.power import (
    chance_of_looking_lower,
    detectable_difference,
    detectable_fall,
    false_alarm,
    half_width_of_mean,
    half_width_of_share,
    needed_for_half_width,
    needed_for_ratio,
    needed_for_shares,
    share_sd,
)


@pytest.mark.parametrize(
    ("sd", "half_width", "n"),
    [
        pytest.param(share_sd(0.5), 0.15, 43, id="a share, to be shown"),
        pytest.param(share_sd(0.5), 0.10, 97, id="a share, to be compared"),
        pytest.param(share_sd(0.75), 0.10, 73, id="a share of three in four, to be compared"),
        pytest.param(1, 0.35, 32, id="a time, to be shown"),
        pytest.param(1, 0.20, 97, id="a time, to be compared"),
        pytest.param(2, 1.0, 16, id="a score, to be shown"),
        pytest.param(2, 0.5, 62, id="a score, to be compared"),
        pytest.param(12, 10, 6, id="a form, to be shown"),
        pytest.param(12, 5, 23, id="a form, to be compared"),
        pytest.param(0.75, 0.20, 55, id="a balance, to be shown"),
        pytest.param(0.75, 0.10, 217, id="a balance, to be compared"),
        pytest.param(1, 0.50, 16, id="events, to be shown"),
    ],
)
def test_smallest_samples(sd: float, half_width: float, n: int) -> None:
    assert needed_for_half_width(sd, half_width) == n


@pytest.mark.parametrize(("cv", "means", "logs"), [(0.50, 354, 316), (0.75, 796, 632), (1.00, 1415, 981), (1.25, 2210, 1331)])
def test_to_see_times_a_tenth_shorter(cv: float, means: int, logs: int) -> None:
    assert needed_for_ratio(cv, 0.9) == means
    assert needed_for_ratio(cv, 0.9, logs=True) == logs


@pytest.mark.parametrize(("before", "n"), [(0.60, 1471), (0.70, 1251), (0.75, 1094), (0.80, 906), (0.85, 686)])
def test_to_see_a_share_five_points_higher(before: float, n: int) -> None:
    assert needed_for_shares(before, before + 0.05) == n


@pytest.mark.parametrize(
    ("n", "fall", "points", "half_time", "half_share", "chance"),
    [(15, 64.0, 44.3, 55.4, 21.9, 0.614), (75, 36.7, 19.8, 23.0, 9.8, 0.741), (300, 20.4, 9.9, 11.4, 4.9, 0.902), (900, 12.4, 5.7, 6.5, 2.8, 0.987)],
)
def test_what_a_day_a_week_a_month_and_a_quarter_can_show(n: int, fall: float, points: float, half_time: float, half_share: float, chance: float) -> None:
    half = half_width_of_mean(1, n)
    assert half is not None
    seen = (detectable_fall(1, n), detectable_difference(share_sd(0.75), n), half, half_width_of_share(0.75, n))
    assert [100 * value for value in seen] == pytest.approx([fall, points, half_time, half_share], abs=0.05)
    assert chance_of_looking_lower(1, 0.9, n) == pytest.approx(chance, abs=5e-4)


def test_five_points_of_one_person_take_four_months() -> None:
    assert round(needed_for_shares(0.75, 0.80) / 300) == 4


@pytest.mark.parametrize(("n", "points"), [(10, 2.51), (200, 0.56)])
def test_what_ten_and_two_hundred_answers_show(n: int, points: float) -> None:
    assert detectable_difference(2, n) == pytest.approx(points, abs=5e-3)


def test_sixty_tests_find_something_almost_surely() -> None:
    assert 100 * false_alarm(20 * 3) == pytest.approx(95.4, abs=0.05)


def test_one_value_has_no_width() -> None:
    assert half_width_of_mean(1, 1) is None
