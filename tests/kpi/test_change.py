"""Whether a month differs from the month before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.change import compared, parts_compared


def figure(value: float | None, low: float | None, high: float | None, unit: str = "share") -> Figure:
    return Figure("fcr", 1, "repeat_window", "2026-10", {}, value, unit, low=low, high=high)


@pytest.mark.parametrize(
    ("now", "before", "unit", "verdict"),
    [
        ((0.80, 0.78, 0.82), (0.70, 0.68, 0.72), "share", "changed"),
        ((0.72, 0.66, 0.77), (0.71, 0.65, 0.76), "share", "none"),
        ((330, 325, 335), (360, 355, 365), "seconds", "changed"),
        ((4.31, 4.29, 4.33), (4.25, 4.23, 4.27), "score", "small"),
        ((20, 5, 35), (30, 15, 45), "points", "likely"),
    ],
)
def test_a_change_is_told_from_chance_in_each_unit(now: tuple[float, float, float], before: tuple[float, float, float], unit: str, verdict: str) -> None:
    found = compared(figure(*now, unit), figure(*before, unit))
    assert found
    assert found.verdict == verdict
    assert found.up == (now[0] > before[0])


def test_nothing_is_said_without_a_value_or_where_counting_changed() -> None:
    known = figure(0.8, 0.7, 0.9)
    assert compared(known, figure(None, None, None)) is None
    assert compared(known, replace(known, version=2)) is None
    assert compared(known, replace(known, variant="survey")) is None


def test_a_count_is_compared_by_its_share_of_all() -> None:
    now = replace(figure(300, None, None, "count"), parts={"share_of_all": 0.30})
    before = replace(figure(200, None, None, "count"), parts={"share_of_all": 0.20})
    found = parts_compared(now, before)
    assert found
    assert (found.verdict, found.up) == ("changed", True)
    assert parts_compared(now, figure(0, None, None, "count")) is None
