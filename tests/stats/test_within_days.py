"""Volume by slots of the day: days that are made up here, and a bank's five-minute calls where the folder with the public data sets is there."""

from __future__ import annotations

import csv
import gzip
import os
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from components import REPOSITORY
from nyckeltal.stats.forecast import missed
from nyckeltal.stats.within_days import ahead

CALLS = Path(os.environ.get("NYCKELTAL_SHARED_DATA", REPOSITORY.parent / "shared" / "data")) / "bank-calls-5min" / "bank_calls.csv.gz"
SHAPE = np.array([10.0, 40, 80, 60, 30, 10])
MONDAY = date(2026, 1, 5)


def weekdays(count: int) -> list[date]:
    return [day for at in range(count * 2) if (day := MONDAY + timedelta(days=at)).weekday() < 5][:count]


def made_up(count: int = 80) -> dict[date, list[float]]:
    drawn = np.random.default_rng(3)
    kinds = [1.3, 1.1, 1.0, 1.0, 0.9]
    return {day: [float(n) for n in drawn.poisson(SHAPE * kinds[day.weekday()])] for day in weekdays(count)}


def test_days_of_their_kind_are_spread_as_days_are() -> None:
    days, history = weekdays(90), made_up()
    found = ahead(history, days[80:])
    assert found
    assert found.expected.keys() == set(days[80:])
    monday = found.expected[days[80]]
    assert sum(monday) == pytest.approx(SHAPE.sum() * 1.3, rel=0.08)
    assert monday[2] / sum(monday) == pytest.approx(80 / 230, abs=0.03)
    assert found.wape <= found.simple
    assert 0.7 <= found.coverage <= 0.9
    assert all(low <= value <= high for low, value, high in zip(found.low[days[80]], monday, found.high[days[80]], strict=True))


def test_a_day_that_is_never_open_is_not_forecast() -> None:
    days = weekdays(90)[80:85]
    saturday = days[-1] + timedelta(days=1)
    found = ahead(made_up(), [*days, saturday])
    assert found
    assert saturday not in found.expected


def test_a_few_weeks_are_too_little_to_try_it_on() -> None:
    assert ahead(made_up(40), weekdays(60)[40:]) is None
    assert ahead({day: [0.0] * 6 for day in weekdays(80)}, weekdays(85)[80:]) is None


@pytest.mark.skipif(not CALLS.exists(), reason="needs the public data sets")
def test_a_banks_calls_are_forecast_better_than_by_the_mean_of_the_last_four_weeks() -> None:
    days: dict[date, list[float]] = {}
    for row in csv.DictReader(gzip.decompress(CALLS.read_bytes()).decode().splitlines()):
        days.setdefault(date.fromisoformat(row["DateTime"][:10]), []).append(float(row["Calls"]))
    known = sorted(days)
    last = known[-20:]
    found = ahead({day: days[day] for day in known[:-20]}, last)
    assert found
    actual = [value for day in last for value in days[day]]
    missed_by = missed(actual, [value for day in last for value in found.expected[day]])
    assert missed_by
    assert missed_by.wape < 0.0936  # the mean of the last four weeks, as the data set's page states it
    inside = sum(low <= value <= high for day in last for low, value, high in zip(found.low[day], days[day], found.high[day], strict=True))
    assert 0.72 <= inside / len(actual) <= 0.88
