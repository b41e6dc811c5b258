"""Changes between two values, against kpi-reference 3.6."""

from __future__ import annotations

import pytest

from nyckeltal.stats.change import Change, difference, ratio
from nyckeltal.stats.interval import Interval
from nyckeltal.stats.mean import t_interval
from nyckeltal.stats.proportion import newcombe, wilson


def shares(k1: int, n1: int, k2: int, n2: int) -> Change:
    one, other = wilson(k1, n1), wilson(k2, n2)
    assert one
    assert other
    return difference(k1 / n1, one, k2 / n2, other)


def test_two_shares_differ_as_newcombe_published() -> None:
    change = shares(56, 70, 48, 80)
    assert change.value == pytest.approx(0.2)
    assert (change.interval.low, change.interval.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_for_shares_it_is_newcombes_interval() -> None:
    exact = newcombe(246, 310, 216, 295)
    assert exact
    change = shares(246, 310, 216, 295)
    assert (change.interval.low, change.interval.high) == pytest.approx((exact.interval.low, exact.interval.high))
    assert change.verdict(0.02) == "likely"


def test_a_time_of_work_is_compared_by_its_ratio() -> None:
    new, old = t_interval(341, 318, 310), t_interval(372, 340, 290)
    assert new
    assert old
    change = ratio(341, new, 372, old)
    assert change
    assert change.value == pytest.approx(0.9167, abs=1e-4)
    assert (change.interval.low, change.interval.high) == pytest.approx((0.7907, 1.0627), abs=2e-3)
    assert 1 - change.rises == pytest.approx(0.8757, abs=5e-3)
    assert not change.up


@pytest.mark.parametrize(("new", "verdict"), [(0.80, "changed"), (0.715, "small"), (0.70, "none")])
def test_a_change_is_called_so_where_it_is_sure_and_worth_speaking_of(new: float, verdict: str) -> None:
    change = difference(new, Interval(new - 0.005, new + 0.005, ""), 0.70, Interval(0.695, 0.705, ""))
    assert change.verdict(0.02) == verdict


def test_wide_intervals_say_nothing() -> None:
    assert difference(0.75, Interval(0.55, 0.9, ""), 0.72, Interval(0.5, 0.9, "")).verdict(0.02) == "none"


def test_nought_has_no_ratio() -> None:
    assert ratio(0, Interval(0, 1, ""), 5, Interval(4, 6, "")) is None
