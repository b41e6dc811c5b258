"""Forecasts of months on series of every kind: how far off they were on the past, and what is said where nothing is good enough."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
import pytest

from monthly import months
from nyckeltal.plan import forecast as forecasting
from nyckeltal.plan.forecast import Forecast, forecast, refused

FLAT, TRENDING, SEASONAL = "flat", "trending", "seasonal"


def made(kind: str, count: int, seed: int = 0) -> list[float]:
    t, drawn = np.arange(count), np.random.default_rng(seed)
    match kind:
        case "flat":
            values = 300 + drawn.normal(0, 8, count)
        case "trending":
            values = 300 + 2 * t + drawn.normal(0, 3, count)
        case "seasonal":
            values = 300 * (1 + 0.15 * np.sin(2 * np.pi * t / 12)) * np.exp(drawn.normal(0, 0.02, count))
        case _:
            values = np.where(t < 15, 300, 250) + drawn.normal(0, 6, count)
    return [float(value) for value in values]


def told(values: Sequence[float | None], ahead: int = 3, unit: str = "seconds") -> Forecast:
    found = forecast(months(values, unit), ahead)
    assert found
    return found


def test_a_flat_series_stays_where_it_is() -> None:
    found = told(made(FLAT, 36))
    assert found.accepted
    assert found.mase is not None
    assert found.mase < 1
    assert [point.period for point in found.points] == ["2027-01", "2027-02", "2027-03"]
    assert all(point.value == pytest.approx(300, abs=8) and point.low < 300 < point.high for point in found.points)


def test_a_series_that_climbs_goes_on_climbing() -> None:
    found = told(made(TRENDING, 48), 12)
    assert (found.accepted, found.confidence) == (True, "usual")
    assert found.last.value == pytest.approx(300 + 2 * 59, abs=14)
    assert found.last.value > found.points[0].value > 300 + 2 * 46


def test_a_season_comes_again() -> None:
    found = told(made(SEASONAL, 48, seed=1), 12)
    values = [point.value for point in found.points]
    assert found.accepted
    assert values.index(max(values)) in (2, 3, 4)  # April of months counted from January
    assert values.index(min(values)) in (8, 9, 10)


def test_under_two_years_no_season_is_read_into_it() -> None:
    found = told(made(SEASONAL, 23))
    assert found.method != "seasonal_naive"
    assert not forecasting._repeats(forecasting._row(months(made(SEASONAL, 23))))
    assert forecasting._repeats(forecasting._row(months(made(SEASONAL, 30))))


def test_after_a_shift_the_new_level_counts() -> None:
    found = told(made("shifted", 36))
    assert found.last.value == pytest.approx(250, abs=10)


def test_what_is_not_good_enough_on_the_past_is_not_used_and_that_is_said() -> None:
    values = [float(value) for value in 300 + np.cumsum(np.random.default_rng(2).normal(0, 6, 30))]
    found = told(values)
    assert not found.accepted
    assert found.method == "naive"
    assert found.points[0].value == pytest.approx(values[-1])
    assert (found.because.id, found.confidence) == ("forecast.none_better", "low")


def test_a_young_series_is_not_looked_a_year_ahead_of_and_a_middling_one_with_low_confidence() -> None:
    assert forecast(months(made(FLAT, 17)), 12) is None
    assert "takes at least 18; 17 are known" in str(refused(months(made(FLAT, 17)), 12))
    assert told(made(FLAT, 30), 12).confidence == "low"
    assert told(made(FLAT, 40), 12).confidence == "usual"


def test_a_short_series_is_carried_on_as_it_was_and_a_shorter_one_not_at_all() -> None:
    found = told(made(FLAT, 8))
    assert (found.method, found.mase, found.accepted, found.because.id) == ("naive", None, False, "forecast.untried")
    assert forecast(months(made(FLAT, 5)), 3) is None
    assert "5 final values are known" in str(refused(months(made(FLAT, 5))))


def test_shares_and_counts_stay_within_their_ends() -> None:
    drawn = np.random.default_rng(4)
    shares = told([float(k) / 40 for k in drawn.binomial(40, 0.97, 30)], 12, "share")
    counts = told([float(k) for k in drawn.poisson(1.2, 30)], 12, "count")
    assert all(0 <= point.low <= point.value <= point.high <= 1 for point in shares.points)
    assert all(0 <= point.low <= point.value <= point.high for point in counts.points)
    scores = told([float(value) for value in drawn.normal(4.1, 0.05, 30)], 3, "score")
    assert scores.last.value == pytest.approx(4.1, abs=0.1)


def test_a_hole_is_time_that_passed() -> None:
    values: list[float | None] = [*made(TRENDING, 36)]
    values[5] = values[20] = values[34] = None
    assert told(values).last.value == pytest.approx(300 + 2 * 38, abs=10)
    for at in range(1, 20, 2):
        values[at] = None
    assert forecast(months(values)) is None
    assert "have no final value" in str(refused(months(values)))


def test_a_series_that_never_changed_goes_on_so() -> None:
    found = told([300.0] * 30)
    assert (found.last.low, found.last.value, found.last.high) == (pytest.approx(300),) * 3
    assert found.because.id == "forecast.constant"


@pytest.mark.parametrize("kind", [FLAT, TRENDING, SEASONAL, "shifted"])
def test_on_series_not_seen_it_beats_the_naive_forecast_and_its_band_holds_what_it_says(kind: str) -> None:
    error = simple = 0.0
    inside = 0
    for seed in range(10, 16):
        values = made(kind, 39, seed)
        found = told(values[:36])
        error += sum(abs(point.value - actual) for point, actual in zip(found.points, values[36:], strict=True))
        simple += sum(abs(values[35] - actual) for actual in values[36:])
        inside += sum(point.low <= actual <= point.high for point, actual in zip(found.points, values[36:], strict=True))
    assert error < simple
    assert inside / 18 >= 0.6


def test_a_page_of_series_is_forecast_while_one_waits() -> None:
    series = [months(made(SEASONAL, 36, seed)) for seed in range(100, 110)]
    told(made(FLAT, 36))  # what is loaded once
    began = time.process_time()
    for one in series:
        forecast(one, 3)
    assert time.process_time() - began < 5  # about half a second by itself
    began = time.process_time()
    for one in series:
        forecast(one, 3)
    assert time.process_time() - began < 0.1
