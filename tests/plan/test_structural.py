"""Why a queue persists: the reference's example over twenty days, and each of the other verdicts from it by one change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from nyckeltal.plan.structural import Handling, Promise, Slot, finding, required

MONDAY = date(2026, 3, 2)
DAYS = [MONDAY + timedelta(days=week * 7 + day) for week in range(4) for day in range(5)]
PROMISE, HANDLING = Promise(0.80, 20.0), Handling(180.0, 178.0)
SLOT = Slot(MONDAY, 1800.0, 100.0, 100.0, 178.0, 11.0)


def _slots(a_day: int = 2, **changes: Any) -> list[Slot]:
    return [replace(SLOT, day=day, **changes) for day in DAYS for _ in range(a_day)]


def _verdict(slots: list[Slot], off: int = 20, handling: Handling = HANDLING, absence: float = 0.0) -> str:
    return finding(slots, [True] * off + [False] * (20 - off), PROMISE, handling, absence).verdict


def test_the_example_of_the_reference_needs_thirteen_where_eleven_work() -> None:
    assert required(SLOT, PROMISE) == 13
    found = finding(_slots(), [True] * 20, PROMISE, HANDLING)
    assert (found.verdict, found.gap) == ("structural_understaffing", 2.0)
    assert found.is_structural
    assert found.hours_a_week == pytest.approx(2 * 2 * 0.5 * 5)  # two agents in two half hours on five days
    assert found.handling_target_s == 180.0


def test_a_promise_that_is_kept_on_most_days_is_no_persisting_queue() -> None:
    assert _verdict(_slots(), off=9) == "kept"
    assert _verdict(_slots(), off=10) == "structural_understaffing"


def test_less_than_twenty_days_tell_nothing() -> None:
    assert finding(_slots(), [True] * 19, PROMISE, HANDLING).verdict == "unclear"


def test_handling_time_off_target_is_looked_at_first() -> None:
    assert _verdict(_slots(), handling=Handling(180.0, 190.0)) == "handling_time"
    assert _verdict(_slots(), handling=Handling(180.0, 185.0, 179.0)) == "structural_understaffing"  # the target lies within what is known


def test_more_contacts_than_expected_in_every_week_are_a_forecast_that_is_always_low() -> None:
    assert _verdict(_slots(forecast=90.0)) == "structural_forecast_bias"
    surprised = [replace(slot, forecast=60.0) if slot.day < DAYS[5] else slot for slot in _slots()]
    assert _verdict(surprised) == "temporary_demand"
    assert _verdict(_slots(forecast=95.3)) == "structural_understaffing"  # 4.9 per cent more


def test_absence_beyond_the_plan_and_outages_explain_by_themselves() -> None:
    assert _verdict(_slots(), absence=0.03) == "absence"
    assert _verdict(_slots(), absence=0.02) == "structural_understaffing"
    assert _verdict(_slots(outage=True)) == "outage"


def test_enough_people_at_the_wrong_time_of_day_is_a_schedule_that_does_not_fit() -> None:
    busy = [replace(slot, scheduled=12.0) for slot in _slots(1)]
    quiet = [replace(slot, contacts=101.0, forecast=101.0, scheduled=15.0) for slot in _slots(1)]
    assert _verdict([*busy, *quiet]) == "schedule_fit"
    assert _verdict([*busy, *(replace(slot, scheduled=13.0) for slot in quiet)]) == "unclear"


def test_nobody_is_needed_where_nobody_comes() -> None:
    assert required(replace(SLOT, contacts=0.0), PROMISE) == 0
