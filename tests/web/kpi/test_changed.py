"""A change in words: real, perhaps, too small, or none."""

from __future__ import annotations

import pytest

from nyckeltal.kpi.answer import Figure
from nyckeltal.web.kpi.changed import delta


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
