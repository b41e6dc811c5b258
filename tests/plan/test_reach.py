"""How likely a goal is reached, by the worked numbers of kpi-reference 3.13."""

from __future__ import annotations

import pytest

from nyckeltal.plan.baseline import Measured
from nyckeltal.plan.goal import Band, Baseline
from nyckeltal.plan.reach import chance, expected, reach, too_easy, unreachable

FCR = Measured("fcr", "share", Baseline(0.72, 3600, 12), 0.72, 0.012, 0.002, 0.0015, 0.015, None, 300, "2025-01", "2025-12", None, 0.72)
AHT = Measured("aht", "seconds", Baseline(340, 1800, 6), 340, 6, 0, 0, 8, 100.0, 400, "2025-01", "2025-06", None, 340)


@pytest.mark.parametrize(("target", "known"), [(0.68, 0.922), (0.70, 0.789), (0.74, 0.333), (0.75, 0.230), (0.80, 0.011)])
def test_a_share_in_three_months(target: float, known: float) -> None:
    assert expected(FCR, 3).mean == pytest.approx(0.726)
    assert expected(FCR, 3).sd == pytest.approx(0.03244, abs=5e-6)
    found = reach(FCR, target, "higher", 3, 300)
    assert found == pytest.approx(known, abs=5e-4)
    assert (too_easy(found), unreachable(found)) == (target == 0.68, target == 0.80)


def test_what_is_planned_is_shown_beside_what_comes_without_it() -> None:
    found = chance(FCR, 0.75, "higher", 3, 300, effect=0.03)
    assert (found.without, found.difficulty) == (pytest.approx(0.230, abs=5e-4), "fitting")
    assert found.planned > 0.55
    assert chance(FCR, 0.80, "higher", 3, 300).difficulty == "unreachable"


def test_a_time_is_to_fall() -> None:
    assert expected(AHT, 3).sd == pytest.approx((36 + 64 + 100**2 / 400) ** 0.5)
    assert reach(AHT, 330, "lower", 3) == pytest.approx(1 - reach(AHT, 330, "higher", 3))
    assert reach(AHT, 330, "lower", 3, effect=-20) > 0.7
    assert reach(AHT, 330, "lower", 3, 10_000) < reach(AHT, 330, "lower", 3, 50)  # what few say, wanders further


def test_within_a_band() -> None:
    both = reach(AHT, Band(320, 350), "band", 3)
    assert both == pytest.approx(reach(AHT, 350, "lower", 3) - reach(AHT, 320, "lower", 3))
    assert reach(AHT, Band(None, 350), "lower", 3) == pytest.approx(reach(AHT, 350, "lower", 3))
    assert reach(AHT, Band(320, None), "lower", 3) == pytest.approx(reach(AHT, 320, "higher", 3))


def test_a_measure_that_never_varies_is_where_it_is() -> None:
    still = Measured("aht", "seconds", Baseline(300, None, 6), 300, 0, 0, 0, 0, None, None, "2025-01", "2025-06", None, 300)
    assert reach(still, 300, "lower", 12) == 1
    assert reach(still, 299, "lower", 12) == 0


def test_counts_vary_by_chance_as_they_are_many() -> None:
    sales = Measured("sales_count", "count", Baseline(100, None, 12), 100, 3, 0, 0, 0, 1.0, None, "2025-01", "2025-12", None, 100)
    assert expected(sales, 3).sd == pytest.approx((9 + 100) ** 0.5)
