"""A change in words: real, perhaps, too small, or none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.trend import trend
from nyckeltal.web.kpi.changed import delta, signal_words


def figure(period: str, value: float | None, half: float = 0.01) -> Figure:
    low, high = (None, None) if value is None else (value - half, value + half)
    return Figure("fcr", 1, "repeat_window", period, {}, value, "share", low=low, high=high)


@pytest.mark.parametrize(
    ("now", "before", "sign", "said"),
    [
        (0.80, 0.70, "up", "A real change. Higher than in September 2026, by more than chance would have it."),
        (0.70, 0.80, "fall", "A real change. Lower than in September 2026, by more than chance would have it."),
        (0.701, 0.70, "even", "No clear change. The months differ as much as chance would have it."),
        (0.717, 0.70, "up", "A small change. Higher than in September 2026, but by too little to matter."),
    ],
)
def test_a_change_says_whether_it_is_real(now: float, before: float, sign: str, said: str) -> None:
    found = delta(figure("2026-10", now), figure("2026-09", before))
    assert found
    assert (found.sign, f"{found.strong} {found.text}") == (sign, said)


def test_wide_intervals_leave_it_at_perhaps() -> None:
    found = delta(figure("2026-10", 0.77, 0.05), figure("2026-09", 0.70, 0.05))
    assert found
    assert found.strong == "Perhaps a change."
    assert not found.real


def test_a_month_before_without_value_is_named() -> None:
    found = delta(figure("2026-10", 0.8), figure("2026-09", None))
    assert found
    assert found.text == "September 2026 has no value to compare with."
    assert delta(figure("2026-10", None), figure("2026-09", 0.8)) is None
    assert delta(figure("2026-10", 0.8), None) is None


def months(values: list[float]) -> list[Figure]:
    return [figure(f"{2025 + at // 12}-{at % 12 + 1:02d}", value, 0.001) for at, value in enumerate(values)]


YEAR = [0.78, 0.80, 0.77, 0.79, 0.81, 0.78, 0.80, 0.79, 0.77, 0.80, 0.78, 0.79]


@pytest.mark.parametrize(
    ("last", "sign", "said"),
    [
        (0.81, "even", "No change beyond usual variation. Usually between 73.3 and 84.4%."),
        (0.88, "up", "Unusual since January 2026: above what varied before. Usually between 73.3 and 84.4%."),
        (0.70, "fall", "Unusual since January 2026: below what varied before. Usually between 73.3 and 84.4%."),
    ],
)
def test_with_a_year_of_months_the_series_speaks_and_not_the_month_before(last: float, sign: str, said: str) -> None:
    figures = months([*YEAR, last])
    found = delta(figures[-1], figures[-2], trend(figures))
    assert found
    assert (found.sign, f"{found.strong} {found.text}", found.real) == (sign, said, sign != "even")


def test_what_is_not_final_is_not_judged() -> None:
    figures = months([*YEAR, 0.88])
    found = delta(replace(figures[-1], provisional=True), figures[-2], trend(figures[:-1]))
    assert found
    assert (found.strong, found.text, found.real) == ("Not final yet.", "Only what is final is judged.", False)


def test_a_mark_says_why_it_is_one() -> None:
    found = trend(months([*YEAR, 0.88]))
    assert found
    assert signal_words(found.usual["2026-01"]) == "above what varied before"
    assert signal_words(found.usual["2025-12"]) == ""
