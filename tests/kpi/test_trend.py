"""A series of figures against its usual variation, by the worked numbers of kpi-reference 3.5."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from nyckeltal.kpi import trend as trend_module
from nyckeltal.kpi.answer import Answer, Figure
from nyckeltal.kpi.trend import Trend, trend

year = [372, 365, 381, 358, 369, 376, 362, 370, 379, 366, 374, 361]
better = [352, 350, 349, 355, 347, 351, 348, 353]


def months(values: Sequence[float], unit: str = "seconds") -> list[Figure]:
    return [Figure("aht", 1, "default", f"{2025 + at // 12}-{at % 12 + 1:02d}", {}, float(value), unit) for at, value in enumerate(values)]


def shares(counts: Sequence[int], of: int) -> list[Figure]:
    found = zip(months([count / of for count in counts], "share"), counts, strict=True)
    return [replace(figure, numerator=float(count), denominator=float(of), n=of) for figure, count in found]


def told(figures: Sequence[Figure]) -> Trend:
    found = trend(figures)
    assert found
    return found


def test_a_year_that_varies_as_usual_has_no_finding() -> None:
    found = told(months(year))
    assert (found.finding, found.unusual) == ("none", False)
    assert (found.now.low, found.now.centre, found.now.high) == pytest.approx((338.22, 369.42, 400.61), abs=5e-3)


def test_a_month_outside_the_limits_is_unusual_in_that_month() -> None:
    found = told(months([*year, 405]))
    assert (found.finding, found.up, found.since, found.unusual) == ("outside", True, "2026-01", True)
    assert found.now.rule == "X1"
    assert found.usual["2025-12"].rule is None


def test_an_improvement_within_the_limits_is_seen_after_three_months_and_is_the_new_level_after_eight() -> None:
    soon, confirmed = told(months([*year, *better[:3]])), told(months([*year, *better[:7]]))
    assert (soon.finding, soon.up, soon.since) == ("near", False, "2026-01")
    assert (confirmed.finding, confirmed.up, confirmed.since, confirmed.new) == ("shift", False, "2025-12", True)
    assert confirmed.unusual
    later = told(months([*year, *better, 350]))
    assert (later.finding, later.unusual) == ("shift", False)


def test_six_rises_in_a_row_are_told_from_where_they_began() -> None:
    found = told(months([*year, 362, 364, 366, 368, 370, 372]))
    assert (found.finding, found.up, found.since) == ("steps", True, "2025-12")


def test_what_lies_below_the_limit_is_said_before_what_lies_near_the_other() -> None:
    assert told(months([*year, 396, 397, 395, 330])).up is False


def test_what_is_not_final_is_no_signal() -> None:
    assert told([*months(year), replace(months([*year, 500])[-1], provisional=True)]).last == "2025-12"


@pytest.mark.parametrize("label", ["2025-01-{:02d}", "2025-01-01T{:02d}:00+01:00"])
def test_single_days_and_hours_are_never_judged(label: str) -> None:
    assert trend([replace(figure, period=label.format(at + 1)) for at, figure in enumerate(months([*year, 500]))]) is None


def test_eleven_months_and_months_counted_in_two_ways_are_not_judged() -> None:
    other = [replace(figure, version=2) for figure in months([*year, 370])[12:]]
    assert trend(months(year[:11])) is None
    assert trend([*months(year), *other]) is None


def test_shares_of_many_are_held_against_their_own_variation_as_laney_has_it() -> None:
    counts = [1510, 1442, 1568, 1495, 1478, 1549, 1421, 1506]
    found = told(shares([*counts, 1496, 1496, 1496, 1496], of=2000))
    assert found.finding == "none"
    alone = told([replace(figure, numerator=None) for figure in shares([*counts, 1496, 1496, 1496, 1496], of=2000)])
    assert found.now.high == pytest.approx(alone.now.high, abs=0.02)


def test_limits_of_a_share_stay_within_all_and_nothing() -> None:
    found = told(shares([190, 195, 180, 199, 185, 199, 178, 198, 190, 195, 180, 199], of=200))
    assert found.now.high == 1


def test_a_season_that_comes_back_every_year_is_no_signal() -> None:
    season = [1.2, 1.1, 1, 1, 0.9, 0.8, 0.8, 0.9, 1, 1, 1.1, 1.2]
    noise = [0, 1, -1, 2, 0, -2, 1, 0, -1, 1, 2, 0, 1, -1, -2, 0, 2, -1]
    values = [1000 * season[at % 12] + noise[at % 18] for at in range(48)]
    assert not told(months(values, "count")).unusual
    assert told(months([*values, 1300], "count")).finding == "outside"
    assert told(months([*values, 1300], "count")).now.centre == pytest.approx(1200, rel=0.02)


def test_a_month_that_the_days_asked_for_cut_is_not_judged() -> None:
    figures = months([*year, 500])
    assert told(figures).finding == "outside"
    cut = trend(figures, date(2025, 1, 1), date(2026, 1, 15))
    assert cut
    assert (cut.last, cut.finding) == ("2025-12", "none")


def test_a_count_of_the_month_in_which_the_data_begins_is_not_judged() -> None:
    counts = months([40, 120, *year], "count")
    found = told([replace(counts[0], value=None, reason="no_data"), *counts[1:]])
    assert next(iter(found.usual)) == "2025-03"


def test_programs_are_told_of_each_figure_what_pages_say() -> None:
    figures = [*months([*year, 405]), replace(months([370])[0], by={"queue": "sum"})]
    *usual, last, alone = trend_module.told(figures)
    assert alone is None
    assert last is not None
    assert (last["signal"], last["signal_up"], last["finding"], last["up"], last["since"], last["unusual"]) == ("X1", True, "outside", True, "2026-01", True)
    assert str(last["says"]) == "Unusual since 2026-01: above what varied before."
    assert [(one["signal"], one["since"], one["low"]) for one in usual if one] == [(None, "2026-01", last["low"])] * 12
    asked = Answer(tuple(figures), date(2025, 1, 1), date(2026, 1, 30))
    assert [one["trend"] and one["trend"]["says"] for one in asked.as_dicts()] == [*["No change beyond usual variation."] * 13, None]
