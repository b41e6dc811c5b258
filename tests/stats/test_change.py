"""Changes between two values and along a series, against kpi-reference 3.5 and 3.6."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nyckeltal.stats.change import (
    Change,
    Followed,
    Rule,
    Stretch,
    difference,
    followed,
    followed_shares,
    individuals,
    laney,
    ratio,
    ratio_of_means,
    seasonally_adjusted,
)
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


def test_two_means_of_times_by_their_own_spread() -> None:
    change = ratio_of_means(341, 318, 310, 372, 340, 290)
    assert change
    assert change.value == pytest.approx(0.9167, abs=5e-5)
    assert (change.interval.low, change.interval.high) == pytest.approx((0.7907, 1.0627), abs=5e-5)
    assert 1 - change.rises == pytest.approx(0.8757, abs=5e-5)
    assert 1 - change.above(0.95) == pytest.approx(0.682, abs=5e-4)
    assert change.verdict(0.03) == "likely"


@pytest.mark.parametrize(("new", "verdict"), [(0.80, "changed"), (0.715, "small"), (0.70, "none")])
def test_a_change_is_called_so_where_it_is_sure_and_worth_speaking_of(new: float, verdict: str) -> None:
    change = difference(new, Interval(new - 0.005, new + 0.005, ""), 0.70, Interval(0.695, 0.705, ""))
    assert change.verdict(0.02) == verdict


def test_wide_intervals_say_nothing() -> None:
    assert difference(0.75, Interval(0.55, 0.9, ""), 0.72, Interval(0.5, 0.9, "")).verdict(0.02) == "none"


def test_nought_has_no_ratio() -> None:
    assert ratio(0, Interval(0, 1, ""), 5, Interval(4, 6, "")) is None
    assert ratio_of_means(0, 1, 5, 5, 1, 5) is None
    assert ratio_of_means(4, 1, 1, 5, 1, 5) is None


published = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
year = [372, 365, 381, 358, 369, 376, 362, 370, 379, 366, 374, 361]
after = [352, 350, 349, 355, 347, 351, 348, 353]


def where(found: Followed | None, rule: Rule) -> list[int]:
    """Counted from 1, as the reference does."""
    assert found
    return [signal.at + 1 for signal in found.signals if signal.rule == rule]


def test_limits_of_ten_flow_rates_are_those_that_nist_published() -> None:
    found = individuals(published, 3 / 1.128)
    assert found
    assert found.limits.centre == pytest.approx(50.81, abs=5e-3)
    assert found.moving_range == pytest.approx(1.8778, abs=5e-5)
    assert (found.limits.low, found.limits.high) == pytest.approx((45.8159, 55.8041), abs=5e-5)
    series = followed(published, baseline=10)
    assert series
    assert series.signals == ()


def test_a_year_of_months_stays_within_its_limits() -> None:
    found, series = individuals(year), followed(year)
    assert found
    assert found.limits.centre == pytest.approx(369.42, abs=5e-3)
    assert found.moving_range == pytest.approx(11.727, abs=5e-4)
    assert (found.limits.low, found.limits.high) == pytest.approx((338.22, 400.61), abs=5e-3)
    assert found.range_limit == pytest.approx(3.268 * 11.72727, abs=1e-3)
    assert series
    assert series.signals == ()
    assert series.latest == ()


def test_an_improvement_within_the_limits_is_seen_by_its_run() -> None:
    series = followed([*year, *after])
    assert where(series, "X1") == []
    assert where(series, "X3")[0] == 15
    assert where(series, "X2")[0] == 19
    assert series
    assert all(not signal.up for signal in series.signals)


def test_after_a_shift_the_limits_are_drawn_from_where_it_began() -> None:
    series, moved = followed([*year, *after]), individuals([361, *after])
    assert series
    assert moved
    assert series.stretches == (Stretch(0, 11), Stretch(11, 20))
    assert series.limits[10].centre == pytest.approx(369.42, abs=5e-3)
    assert series.limits[-1] == moved.limits


def test_limits_stay_frozen_while_nothing_shifts() -> None:
    short, long = followed(year), followed([*year, 372, 366, 371, 367])
    assert short
    assert long
    assert long.limits[-1] == short.limits[0]
    assert long.stretches == (Stretch(0, 16),)


def test_one_month_far_off_is_a_signal_of_its_own() -> None:
    series = followed([*year, 405])
    assert where(series, "X1") == [13]
    assert series
    assert [(signal.rule, signal.up) for signal in series.latest] == [("X1", True)]


def test_six_rises_in_a_row_are_a_trend() -> None:
    assert where(followed([*year, 362, 364, 366, 368, 370]), "X4") == []
    assert where(followed([*year, 362, 364, 366, 368, 370, 372]), "X4") == [18]


@pytest.mark.parametrize("values", [year[:11], [5.0] * 20, [0.1 + 0.2] * 6 + [0.3] * 6])
def test_too_few_points_and_points_all_alike_have_no_limits(values: list[float]) -> None:
    assert followed(values) is None


counts = [1510, 1442, 1568, 1495, 1478, 1549, 1421, 1506]


def test_shares_of_many_are_held_against_their_own_variation() -> None:
    totals = [2000] * 8
    found = laney(counts, totals)
    assert found
    assert found.centre == pytest.approx(0.74806, abs=5e-6)
    assert found.spread == pytest.approx(3.705, abs=5e-4)
    wide = found.limits(2000)
    assert (wide.low, wide.high) == pytest.approx((0.6402, 0.8560), abs=5e-5)
    plain = type(found)(found.centre, 1.0).limits(2000)
    assert (plain.low, plain.high) == pytest.approx((0.7189, 0.7772), abs=5e-5)
    assert sum(abs(plain.place(count / 2000)) > 1 for count in counts) == 2
    series = followed_shares(counts, totals, baseline=8)
    assert where(series, "X1") == []


def test_months_without_anything_have_no_share() -> None:
    assert followed_shares([*counts, 0], [*([2000] * 8), 0], baseline=8) is None
    assert laney([5, 5], [5, 5]) is None


season = [1.2, 1.1, 1, 1, 0.9, 0.8, 0.8, 0.9, 1, 1, 1.1, 1.2]


def test_what_every_year_repeats_is_taken_out() -> None:
    adjusted = seasonally_adjusted([100 * season[month % 12] for month in range(25)])
    assert adjusted
    assert adjusted == pytest.approx([100] * 25)
    assert seasonally_adjusted([1.0] * 23) is None
    assert seasonally_adjusted([0.0] * 24) is None


def test_what_grows_all_the_time_is_left_in() -> None:
    adjusted = seasonally_adjusted([(100 + month) * season[month % 12] for month in range(36)])
    assert adjusted
    assert adjusted == pytest.approx([100 + month for month in range(36)], rel=0.01)


def test_a_week_has_an_odd_number_of_days() -> None:
    adjusted = seasonally_adjusted([10 * (1 + day % 7) for day in range(21)], season=7)
    assert adjusted == pytest.approx([40] * 21)


@given(st.lists(st.integers(-50, 50), min_size=12, max_size=60))
def test_every_point_has_limits_and_the_stretches_join(values: list[int]) -> None:
    series = followed(values)
    if series is None:
        return
    assert len(series.limits) == len(values)
    assert [stretch.start for stretch in series.stretches[1:]] == [stretch.stop for stretch in series.stretches[:-1]]
    assert (series.stretches[0].start, series.stretches[-1].stop) == (0, len(values))
    assert len({(signal.rule, signal.at, signal.up) for signal in series.signals}) == len(series.signals)
    assert all(0 <= signal.since <= signal.at < len(values) for signal in series.signals)
