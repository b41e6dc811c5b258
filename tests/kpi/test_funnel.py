"""People against chance, never in a row."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.funnel import compared
from nyckeltal.stats.proportion import wilson


def share(k: int, n: int) -> Figure:
    around = wilson(k, n)
    assert around
    return Figure("fcr", 1, "repeat_window", None, {}, k / n, "share", numerator=k, denominator=n, n=n, low=around.low, high=around.high)


def mean(value: float, half: float, n: int, unit: str = "score") -> Figure:
    return Figure("csat", 1, "mean", None, {}, value, unit, n=n, low=value - half, high=value + half)


def test_the_middle_is_that_of_all_their_contacts() -> None:
    found = compared([share(80, 100), share(160, 200), share(60, 100)])
    assert found
    assert found.middle == pytest.approx(300 / 400)
    assert not found.inside(share(60, 100)) or found.spread


def test_who_has_too_few_to_be_compared_stays_out() -> None:
    few = replace(share(30, 50), parts={"compare": False})
    assert compared([share(80, 100), share(160, 200), few]) is None


def test_marks_and_times_have_limits_from_their_own_intervals() -> None:
    marks = compared([mean(4.0, 0.196, 100), mean(4.1, 0.196, 100), mean(3.9, 0.196, 100)])
    assert marks
    assert marks.limits(100, 1.959963984540054) == pytest.approx((3.804, 4.196), abs=0.01)
    times = compared([mean(300, 30, 100, "seconds"), mean(310, 30, 100, "seconds"), mean(290, 30, 100, "seconds")])
    assert times
    low, high = times.limits(100, 1.959963984540054)
    assert low < 300 < high
    assert times.inside(mean(310, 30, 100, "seconds"))
