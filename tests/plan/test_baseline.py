"""Where a measure stands: its level since the last shift, how it varies, and what is said where that cannot be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import sqrt
from statistics import fmean, stdev

import numpy as np
import pytest

from monthly import months, shares
from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.trend import trend
from nyckeltal.plan.baseline import Measured, baseline, lacking, of_persons, spread
from nyckeltal.plan.reach import expected

YEAR = [372, 365, 381, 358, 369, 376, 362, 370, 379, 366, 374, 361]
BETTER = [352, 350, 349, 355, 347, 351, 348, 353]


def told(series: Sequence[Figure], **more: object) -> Measured:
    found = baseline(series, **more)  # type: ignore[arg-type]  # whatever the test says beside the series
    assert found
    return found


def test_a_year_that_varies_as_usual_is_its_mean_within_the_limits_of_the_chart() -> None:
    found = told(months(YEAR))
    assert (found.baseline.value, found.baseline.periods) == (pytest.approx(fmean(YEAR)), 12)
    assert (found.baseline.low, found.baseline.high) == pytest.approx((338.22, 400.61), abs=5e-3)
    assert (found.sloping, found.slope) == (False, pytest.approx(0, abs=1))
    assert found.process_sd == pytest.approx(stdev(YEAR), rel=0.06)  # the slope takes one degree of freedom
    assert found.mean_error == pytest.approx(found.process_sd / sqrt(12))


def test_after_a_shift_only_what_came_since_counts() -> None:
    series = months([*YEAR, *BETTER])
    found, seen = told(series), trend(series)
    assert seen
    assert found.first == seen.stable_from == "2024-12"  # the last month of the year lay on the good side already
    assert found.baseline.value == pytest.approx(fmean([YEAR[-1], *BETTER]))
    assert found.signals == seen
    assert (seen.finding, seen.since) == ("shift", "2024-12")


def test_a_share_is_all_that_were_so_by_all_that_were_counted() -> None:
    found = told(shares([8, 90, 80, 85, 9, 88], [10, 100, 100, 100, 10, 100]))
    assert found.baseline.value == pytest.approx(360 / 420)
    assert found.baseline.n == 420
    assert found.per_period == 70


def test_what_chance_adds_to_a_share_is_not_counted_twice() -> None:
    by_chance = told(shares([72, 75, 70, 74, 73, 71, 76, 72], 100))
    assert by_chance.process_sd == 0  # less than a hundred draws vary by
    wanders = told(shares([60, 80, 65, 85, 62, 84, 70, 78], 1000))
    p, values = wanders.baseline.value, [0.060, 0.080, 0.065, 0.085, 0.062, 0.084, 0.070, 0.078]
    around = [value - wanders.slope * at for at, value in enumerate(values)]
    assert wanders.process_sd == pytest.approx(sqrt(stdev(around) ** 2 * 7 / 6 - p * (1 - p) / 1000))


def test_the_level_is_where_the_slope_ends_and_a_slope_is_told_of_once_it_is_shown() -> None:
    climbing = told(months([300, 303, 305, 309, 312, 316, 318, 322]))
    assert climbing.slope == pytest.approx(3.1, abs=0.2)
    assert climbing.level == pytest.approx(322, abs=2)
    assert climbing.sloping
    unsteady = told(months([300, 310, 302, 309, 301, 308, 303, 307]))
    assert not unsteady.sloping
    assert abs(unsteady.slope) < 3 * unsteady.slope_error


def test_what_is_expected_ahead_is_about_as_often_too_high_as_too_low_with_and_without_a_slope() -> None:
    drawn = np.random.default_rng(3)
    for slope in (0.0, 1.0):
        above = dict.fromkeys((0.2, 0.5, 0.8), 0)
        for _ in range(60):
            values = 340 + slope * np.arange(18) + drawn.normal(0, 6, 18)
            outlook = expected(told(months([float(value) for value in values[:12]])), 6)
            for chance in above:
                above[chance] += bool(values[17] >= outlook.target(chance))
        assert [count / 60 for count in above.values()] == [pytest.approx(chance, abs=0.15) for chance in above]


def test_counts_vary_as_chance_has_it_only_where_things_are_counted() -> None:
    counted = [replace(one, n=int(one.value or 0)) for one in months([100, 110, 95, 104, 99, 102], "count", "sales_count")]
    assert told(counted).single == 1
    net = [replace(one, n=3) for one in months([100, -20, 95, 104, 99, 102], "count", "net_customer_growth")]
    assert told(net).sampling_variance(100, None) == 0
    assert told(net).ends[0] == float("-inf")


def test_what_falls_does_not_fall_below_nought() -> None:
    falling = told(months([5.6, 5.0, 4.4, 3.9, 3.3, 2.8, 2.2, 1.7, 1.1, 0.6], "score", "qa_consistency"))
    assert expected(falling, 12).mean == 0


def test_a_month_that_is_missing_is_a_month_of_time() -> None:
    whole = told(months([300.0, 310, 320, 330, 340, 350, 360, 370, 380]))
    gap = told(months([300.0, 310, None, None, 340, 350, 360, None, 380]))
    assert (whole.slope, gap.slope) == (pytest.approx(10), pytest.approx(10))
    assert gap.level == pytest.approx(380)


def test_too_few_final_values_are_no_baseline_and_the_reason_is_said() -> None:
    series = months([300, 310, 305, 302, 308])
    assert baseline(series) is None
    assert "5 final values are known. A baseline takes at least 6" in str(lacking(series))
    assert lacking(months(YEAR)) is None
    assert "0 final values" in str(lacking([]))


def test_what_is_not_final_is_no_part_of_it() -> None:
    series = months([300, 310, 305, 302, 308, 304])
    assert baseline([*series[:5], replace(series[5], provisional=True)]) is None


def test_months_of_too_few_are_named_as_the_reason() -> None:
    series = [*months([300, 310, 305]), *(replace(one, reason="too_few") for one in months([None, None], first="2024-04"))]
    assert "in 2 periods too few were counted" in str(lacking(series))


def test_only_what_is_counted_as_now_counts() -> None:
    before, now = months([400] * 12), [replace(one, version=2) for one in months([300, 310, 305, 302, 308, 304], first="2025-01")]
    assert told([*before, *now]).baseline.value == pytest.approx(fmean([300, 310, 305, 302, 308, 304]))
    assert baseline([*before, *now[:3]]) is None
    assert "Since it is counted as it is now, 3 final values" in str(lacking([*before, *now[:3]]))


def test_days_have_no_baseline() -> None:
    days = [Figure("aht", 1, "default", f"2026-03-{day:02d}", {}, 300.0 + day, "seconds") for day in range(2, 20)]
    assert baseline(days) is None
    assert "whole weeks or months" in str(lacking(days))


def test_values_all_alike_are_a_baseline_without_variation() -> None:
    found = told(months([300] * 14))
    assert (found.baseline.value, found.process_sd, found.baseline.low) == (300, 0, None)


TEAM = {"anna": (231, 300), "bo": (198, 280), "cia": (260, 310), "dan": (150, 220), "eva": (175, 240), "fia": (244, 300)}


def person(k: int, n: int) -> list[Figure]:
    """A year's half with so many of so many in all, about as even as chance has it."""
    return shares([k // 6 + (at % 2) * 2 - 1 for at in range(6)], n // 6)


def test_a_person_is_drawn_towards_the_others_the_more_the_less_is_known() -> None:
    series = {name: person(*counts) for name, counts in TEAM.items()}
    own = told(series["dan"], peers=[each for name, each in series.items() if name != "dan"], person=True)
    assert own.shrunken
    assert own.raw < own.baseline.value < 0.75
    fewer = told(person(15 * 6, 22 * 6), peers=[each for name, each in series.items() if name != "dan"], person=True)
    assert (fewer.baseline.value - fewer.raw) > (own.baseline.value - own.raw)


def test_in_a_small_team_how_much_persons_differ_is_taken_from_all() -> None:
    series = [person(*counts) for counts in TEAM.values()]
    between = spread(series)
    assert between is not None
    alone, among = told(series[3], peers=series[:2], person=True), told(series[3], peers=series[:2], between=between, person=True)
    assert not alone.shrunken
    assert alone.baseline.value == alone.raw
    assert among.shrunken
    assert alone.raw < among.baseline.value


def test_months_that_overlap_tell_less() -> None:
    once, thrice = told(months(YEAR, n=100)), told(months(YEAR, n=100), rolling=3)
    assert (once.baseline.n, thrice.baseline.n) == (1200, 400)
    assert thrice.mean_error == pytest.approx(once.mean_error * sqrt(3))


def test_a_group_at_once_gives_what_each_gives_beside_the_others() -> None:
    group = {f"agent{place}": person(60 + 3 * place, 100) for place in range(6)}
    together = of_persons(group)
    for name, series in group.items():
        assert together[name] == baseline(series, [other for one, other in group.items() if one != name], person=True)
    assert all(one.shrunken for one in together.values())
