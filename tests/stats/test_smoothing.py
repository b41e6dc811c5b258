"""Forecasts of one series: those of the statsmodels package 0.15 for the same values, and what each method must do by its nature."""

from __future__ import annotations

import numpy as np
import pytest

from nyckeltal.stats import smoothing

WAVY = np.array([112.0, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118] * 3) + np.repeat([0.0, 8, 16], 12)
LEVEL = np.array([20.0, 22, 19, 24, 23, 21, 20, 25, 22, 23, 21, 24])


def test_naive_forecasts_repeat_what_was_last_and_widen() -> None:
    found = smoothing.naive(np.array([1.0, 3, 2, 4]), 3)
    assert list(found.mean) == [4, 4, 4]
    assert found.error[0] == pytest.approx(3**0.5)  # steps of 2, -1 and 2
    assert found.error[2] == pytest.approx(3)
    assert list(smoothing.seasonal_naive(np.arange(8.0), 5, 4).mean) == [4, 5, 6, 7, 4]


def test_the_mean_of_the_last_year_is_as_unsure_as_a_year_varies() -> None:
    found = smoothing.mean_of_last(np.r_[500.0, LEVEL], 2)
    assert list(found.mean) == [pytest.approx(LEVEL.mean())] * 2
    assert found.error[0] == pytest.approx(LEVEL.std(ddof=1) * (13 / 12) ** 0.5)


def test_smoothing_without_trend_ends_near_the_level() -> None:
    found = smoothing.smoothing(LEVEL, 12)
    assert list(found.mean) == [pytest.approx(LEVEL.mean(), abs=0.7)] * 12
    assert found.error[11] >= found.error[0]


def test_smoothing_follows_a_straight_line() -> None:
    found = smoothing.smoothing(np.arange(24.0) * 2 + 100, 3)
    assert list(found.mean) == pytest.approx([148, 150, 152], abs=0.05)


def test_theta_drifts_by_half_the_slope() -> None:
    line = np.arange(24.0) * 2 + 100
    found = smoothing.theta(line, 3)
    assert np.diff(found.mean) == pytest.approx([1, 1])


def test_autoregression_finds_what_the_values_were_made_of() -> None:
    drawn, values = np.random.default_rng(5), [0.0]
    for _ in range(400):
        values.append(10 + 0.6 * values[-1] + float(drawn.normal(0, 1)))
    found = smoothing.autoregression(np.array(values[100:]), 50)
    assert found.mean[-1] == pytest.approx(25, abs=0.6)
    assert found.error[0] == pytest.approx(1, abs=0.1)
    assert found.error[-1] == pytest.approx(1.25, abs=0.15)  # 1 / sqrt(1 - 0.36)


def test_a_season_is_found_where_years_are_alike_and_only_there() -> None:
    found = smoothing.seasonal(WAVY, 12)
    assert found
    assert found.added[6] - found.added[10] == pytest.approx(44 + 4 * 8 / 12, abs=0.1)  # 148 less 104, and what four months climb
    assert found.added.sum() == pytest.approx(0, abs=1e-9)
    noise = [smoothing.seasonal(np.random.default_rng(seed).normal(0, 1, 36), 12) for seed in range(60)]
    assert sum(each is not None for each in noise) <= 4
    assert smoothing.seasonal(WAVY[:23], 12) is None


def test_a_season_is_put_back_where_it_belongs() -> None:
    found = smoothing.with_season(smoothing.smoothing, WAVY, 12, 12)
    assert list(found.mean) == pytest.approx(list(WAVY[:12] + 24), abs=5)


def test_the_band_holds_the_share_it_says() -> None:
    low, high = smoothing.Ahead(np.zeros(1), np.ones(1), 1_000_000).band()
    assert (low[0], high[0]) == pytest.approx((-1.2816, 1.2816), abs=1e-3)


@pytest.mark.parametrize("method", list(smoothing.CANDIDATES))
@pytest.mark.parametrize("values", [np.full(12, 7.0), np.zeros(12), np.array([1.0, 2, 1, 2, 1, 2])])
def test_values_that_hardly_vary_are_forecast_too(method: str, values: np.ndarray) -> None:
    found = smoothing.CANDIDATES[method](values, 12)
    assert np.isfinite(found.mean).all()
    assert np.isfinite(found.error).all()


NILE = np.array(  # volume of the Nile 1871 to 1900 (Cobb 1978), the first thirty years
    [
        1120,
        1160,
        963,
        1210,
        1160,
        1160,
        813,
        1230,
        1370,
        1140,
        995,
        935,
        1110,
        994,
        1020,
        960,
        1180,
        799,
        958,
        1140,
        1100,
        1210,
        1150,
        1250,
        1260,
        1220,
        1030,
        1100,
        774,
        840,
    ],
    dtype=float,
)


def test_the_same_as_another_library_finds_for_the_nile() -> None:
    found = smoothing._simple(NILE)  # statsmodels: least squares 652 090, ends at 1078.39
    assert found.squares == pytest.approx(652_090, rel=2e-3)
    assert found.level == pytest.approx(1078.39, rel=2e-3)
    assert list(smoothing.theta(NILE, 3).mean) == pytest.approx([1061.9, 1060.6, 1059.2], rel=0.03)


def test_the_same_as_another_library_finds_for_air_passengers_of_australia() -> None:
    values = np.array([17.55, 21.86, 23.89, 26.93, 26.89, 28.83, 30.08, 30.95, 30.19, 31.58, 32.58, 33.48, 39.02, 41.39, 41.60])  # fpp2: ausair, 1990 to 2004
    found = smoothing._trending(values, (1.0,), 5)
    assert found.squares < 43.29  # what statsmodels ends at
    assert list(smoothing.smoothing(values, 3).mean) == pytest.approx([42.2, 43.6, 45.1], rel=0.05)
