from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from batches import read
from nyckeltal.contacts.store import World

Row = dict[str, Any]


def utc(day: str, clock: str) -> str:
    return f"{day}T{clock}:00Z"


def shift(start: str, end: str, **words: Any) -> Row:
    return {"agent_id": "anna", "started_at": start, "ended_at": end, **words}


def parts(shifts: list[Row], states: list[Row], tz: str = "UTC") -> list[tuple[str, str, str | None, bool, date]]:
    return parts_in(worked(shifts, states, tz))


def worked(shifts: list[Row], states: list[Row], tz: str) -> World:
    return World.of({"schedule_shift": shifts, "agent_state": states, "agent": [{"agent_id": "anna", "tz": tz}]}, defaults=True)


def parts_in(world: World) -> list[tuple[str, str, str | None, bool, date]]:
    rows = sorted(read(world, "shift_part"), key=lambda row: row["started_at"])
    assert all(row["duration_s"] == (row["ended_at"] - row["started_at"]).total_seconds() for row in rows)
    return [(_clock(row["started_at"]), _clock(row["ended_at"]), row["state"], row["in_class"], row["local_date"]) for row in rows]


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M}"


def test_a_shift_is_told_apart_by_states_and_the_gaps_between_them() -> None:
    day = date(2026, 3, 2)
    states = [
        shift(utc("2026-03-02", "08:05"), utc("2026-03-02", "12:00"), state="available"),
        shift(utc("2026-03-02", "12:00"), utc("2026-03-02", "13:00"), state="break"),
        shift(utc("2026-03-02", "13:30"), utc("2026-03-02", "18:00"), state="acw"),
    ]
    assert parts([shift(utc("2026-03-02", "08:00"), utc("2026-03-02", "17:00"))], states) == [
        ("08:00", "08:05", None, False, day),
        ("08:05", "12:00", "available", True, day),
        ("12:00", "13:00", "break", False, day),
        ("13:00", "13:30", None, False, day),
        ("13:30", "17:00", "acw", True, day),
    ]


def test_a_break_within_a_shift_is_planned_on_its_own() -> None:
    shifts = [
        shift(utc("2026-03-02", "08:00"), utc("2026-03-02", "17:00")),
        shift(utc("2026-03-02", "12:00"), utc("2026-03-02", "12:30"), state_class="break", exception="approved"),
    ]
    whole = [shift(utc("2026-03-02", "08:00"), utc("2026-03-02", "17:00"), state="available")]
    world = World.of({"schedule_shift": shifts, "agent_state": whole}, defaults=True)
    found = sorted((_clock(row["started_at"]), row["duration_s"], row["in_class"], row["exception"]) for row in read(world, "shift_part"))
    assert found == [("08:00", 4 * 3600, True, "none"), ("12:00", 1800, False, "approved"), ("12:30", 4.5 * 3600, True, "none")]


def test_a_newer_version_takes_the_place_of_what_it_overlaps() -> None:
    shifts = [
        shift(utc("2026-03-02", "08:00"), utc("2026-03-02", "17:00"), shift_id="old"),
        shift(utc("2026-03-02", "09:00"), utc("2026-03-02", "11:00"), shift_id="new", version=2),
        shift(utc("2026-03-03", "09:00"), utc("2026-03-03", "11:00"), shift_id="apart"),
    ]
    states = [shift(utc("2026-03-02", "08:00"), utc("2026-03-02", "17:00"), state="talking")]
    assert parts(shifts, states) == [("09:00", "11:00", "talking", True, date(2026, 3, 2))]
    counts = read(World.of({"schedule_shift": shifts}, defaults=True), "schedule_shift", "shift_id", "counts", "duration_s")
    assert [(row["shift_id"], row["counts"]) for row in counts] == [("apart", True), ("new", True), ("old", False)]


def test_a_day_beyond_the_states_is_a_plan_and_no_more_and_one_among_them_was_missed() -> None:
    shifts = [shift(utc(f"2026-03-0{day}", "08:00"), utc(f"2026-03-0{day}", "17:00")) for day in (2, 3, 4, 5)]
    states = [shift(utc(f"2026-03-0{day}", "08:00"), utc(f"2026-03-0{day}", "17:00"), state="available") for day in (2, 4)]
    assert [(state, day.day) for _, _, state, _, day in parts(shifts, states)] == [("available", 2), (None, 3), ("available", 4)]


@pytest.mark.parametrize(
    ("tz", "start", "border", "end", "night_h"),
    [
        ("Europe/Stockholm", "2026-03-28T21:00", "23:00", "2026-03-29T04:00", 7),  # 22 to 06 by the clock on the wall
        ("Europe/Stockholm", "2026-10-24T20:00", "22:00", "2026-10-25T05:00", 9),
        ("America/New_York", "2026-03-08T03:00", "05:00", "2026-03-08T10:00", 7),
        ("America/New_York", "2026-11-01T02:00", "04:00", "2026-11-01T11:00", 9),
        ("Australia/Lord_Howe", "2026-10-03T11:30", "13:30", "2026-10-03T19:00", 7.5),  # half an hour goes
        ("Australia/Lord_Howe", "2026-04-04T11:00", "13:00", "2026-04-04T19:30", 8.5),
    ],
)
def test_a_night_is_cut_at_local_midnight_and_is_as_long_as_it_was(tz: str, start: str, border: str, end: str, night_h: float) -> None:
    night = {"started_at": f"{start}:00Z", "ended_at": f"{end}:00Z", "agent_id": "anna"}
    world = worked([night], [{**night, "state": "available"}], tz)
    found = parts_in(world)
    assert [(piece[0], piece[1]) for piece in found] == [(start[11:], border), (border, end[11:])]
    assert (found[1][4] - found[0][4]).days == 1
    assert sum(row["duration_s"] for row in read(world, "shift_part")) == night_h * 3600
    assert [row["local_minute"] for row in sorted(read(world, "shift_part"), key=lambda row: row["started_at"])] == [22 * 60, 0]
    assert {row["day"]: row["worked_s"] for row in read(world, "agent_day") if row["worked_s"]} == {
        found[0][4]: 7200.0,
        found[1][4]: (night_h - 2) * 3600,
    }


def test_states_that_overlap_are_worked_once() -> None:
    states = [
        shift(utc("2026-03-02", "08:00"), utc("2026-03-02", "16:00"), state="available"),
        shift(utc("2026-03-02", "10:00"), utc("2026-03-02", "11:00"), state="break"),
        shift(utc("2026-03-02", "15:00"), utc("2026-03-02", "17:00"), state="talking"),
        shift(utc("2026-03-02", "17:00"), utc("2026-03-02", "18:00"), state="logged_out"),
    ]
    assert days({"agent_state": states})[date(2026, 3, 2)]["worked_s"] == 8 * 3600


def days(rows: dict[str, list[Row]]) -> dict[date, Row]:
    return {row["day"]: row for row in read(World.of(rows, defaults=True), "agent_day", where="agent_id = 'anna'")}


def test_a_day_of_work_is_counted_in_days_of_the_contract_of_that_day() -> None:
    worked = [shift(utc(f"2026-03-0{day}", "08:00"), utc(f"2026-03-0{day}", "14:00"), state="available") for day in (2, 3)]
    contracts = [
        {"employment_id": "1", "agent_id": "anna", "valid_from": "2026-01-01", "day_h": 8.0, "hours_week": 40.0, "profile": "service"},
        {"employment_id": "2", "agent_id": "anna", "valid_from": "2026-03-03", "day_h": 6.0, "hours_week": 30.0, "profile": "sales"},
    ]
    found = days({"agent_state": worked, "employment": contracts})
    monday, tuesday = found[date(2026, 3, 2)], found[date(2026, 3, 3)]
    assert (monday["worked_days"], monday["contracted_h"], monday["profile"]) == (0.75, 8.0, "service")
    assert (tuesday["worked_days"], tuesday["contracted_h"], tuesday["profile"]) == (1.0, 6.0, "sales")
    assert found[date(2026, 3, 1)]["contracted_h"] == 0  # a Sunday
    assert (found[date(2026, 3, 1)]["worked_s"], found[date(2026, 2, 27)]["worked_s"]) == (0.0, None)
    assert min(found) == date(2026, 1, 1)
    assert max(found) == date(2026, 3, 3)


def test_a_month_in_service_adds_up_to_one_and_a_leavers_last_day_is_the_one_before() -> None:
    people = [{"agent_id": "anna", "hired_on": "2026-01-11", "left_on": "2026-03-03"}]
    world = World.of({"agent": people, "contact": [{"offered_at": "2026-03-31T09:00:00Z"}]}, defaults=True)
    found: dict[str, float] = {}
    for row in read(world, "agent_day"):
        found[row["month"]] = found.get(row["month"], 0) + row["month_share"]
    assert {month: round(share, 9) for month, share in found.items()} == {"2026-01": round(21 / 31, 9), "2026-02": 1.0, "2026-03": round(2 / 31, 9)}
    assert {row["month"]: row["in_service"] for row in read(world, "agent_month")} == {"2026-01": 21 / 31, "2026-02": 1.0, "2026-03": 2 / 31}


def test_who_only_leads_is_not_in_service_as_an_agent() -> None:
    people = [{"agent_id": name, "hired_on": "2026-03-01"} for name in ("anna", "cecilia")]
    teams = [{"agent_id": "anna", "role": "agent", "valid_from": "2026-03-01"}, {"agent_id": "cecilia", "role": "leader", "valid_from": "2026-03-03"}]
    world = World.of({"agent": people, "team_membership": teams, "feedback_talk": [{"agent_id": "anna", "held_at": "2026-03-04T09:00:00Z"}]}, defaults=True)
    assert {row["agent_month_id"]: (row["in_service"], row["talks_n"]) for row in read(world, "agent_month")} == {
        "anna@2026-03": (4 / 31, 1),
        "cecilia@2026-03": (2 / 31, 0),
    }


def sick(start: str, end: str | None, **words: Any) -> dict[date, float]:
    rows: dict[str, list[Row]] = {
        "absence": [{"agent_id": "anna", "kind": "sick", "started_at": start, "ended_at": end, **words}],
        "employment": [{"agent_id": "anna", "valid_from": "2026-01-01", "hours_week": 32.0, "day_h": 8.0}],
        "contact": [{"offered_at": "2026-03-10T09:00:00Z"}],
    }
    found = days(rows)
    assert found[date(2026, 2, 27)]["sick_h"] is None  # nothing is known of absences before the first month that has one
    assert found[date(2026, 3, 10)]["sick"] is (end is None)
    return {day: row["sick_h"] for day, row in found.items() if row["sick"]}


def test_hours_of_sickness_are_the_registers_else_the_contracts() -> None:
    friday, saturday, monday = date(2026, 3, 6), date(2026, 3, 7), date(2026, 3, 9)
    weekend = {date(2026, 3, 8): 0.0, saturday: 0.0}
    assert sick("2026-03-06T00:00:00Z", "2026-03-10T00:00:00Z") == {friday: 6.4, **weekend, monday: 6.4}
    assert sick("2026-03-06T00:00:00Z", "2026-03-10T00:00:00Z", hours=10.0) == {friday: 5.0, **weekend, monday: 5.0}
    assert sick("2026-03-06T00:00:00Z", "2026-03-10T00:00:00Z", days=1.0) == {friday: 4.0, **weekend, monday: 4.0}
    assert sick("2026-03-06T12:00:00Z", "2026-03-06T15:00:00Z") == {friday: 3.0}
    assert sick("2026-03-09T00:00:00Z", None) == {monday: 6.4, date(2026, 3, 10): 6.4}


def test_without_contract_nobody_knows_how_many_hours_an_illness_took_unless_the_register_says_so() -> None:
    ill: Row = {"agent_id": "anna", "kind": "sick", "started_at": "2026-03-03T00:00:00Z", "ended_at": "2026-03-04T00:00:00Z"}
    agent: list[Row] = [{"agent_id": "anna", "hired_on": "2026-03-01"}]
    for told, expected in ((None, None), (3.0, 3.0)):
        row = days({"agent": agent, "absence": [{**ill, "hours": told}], "contact": [{"offered_at": "2026-03-10T09:00:00Z"}]})[date(2026, 3, 3)]
        assert (row["contracted_h"], row["sick"], row["sick_h"]) == (None, True, expected)


def test_a_months_working_days_are_worked_else_planned_else_those_with_a_handled_contact() -> None:
    work: dict[str, list[Row]] = {"agent_state": [shift(utc("2026-03-02", "08:00"), utc("2026-03-02", "14:00"), state="available")]}
    plan: dict[str, list[Row]] = {"schedule_shift": [shift(utc(f"2026-03-0{day}", "08:00"), utc(f"2026-03-0{day}", "14:00")) for day in (2, 3)]}
    handled: dict[str, list[Row]] = {
        "contact": [{"agent_id": "anna", "offered_at": utc(f"2026-03-0{day}", "09:00")} for day in (2, 3, 4)],
        "feedback_talk": [{"agent_id": "bengt"}],
    }
    cases: list[tuple[dict[str, list[Row]], int]] = [({**work, **plan, **handled}, 1), ({**plan, **handled}, 2), (handled, 3)]
    for rows, expected in cases:
        told = read(World.of(rows, defaults=True), "agent_month", "working_days_n", where="agent_id = 'anna'")
        assert told == [{"working_days_n": expected}]


def test_evaluations_of_the_sample_are_counted_and_unknown_before_the_first() -> None:
    evaluations: list[Row] = [
        {"agent_id": "anna", "completed_at": "2026-03-02T09:00:00Z"},
        {"agent_id": "anna", "completed_at": "2026-03-03T09:00:00Z", "purpose": "coaching"},
        {"agent_id": "anna", "completed_at": None, "started_at": "2026-03-03T09:00:00Z"},
    ]
    world = World.of({"qa_evaluation": evaluations, "agent": [{"agent_id": "anna", "hired_on": "2026-02-01"}]}, defaults=True)
    assert {row["month"]: row["evaluations_n"] for row in read(world, "agent_month")} == {"2026-02": None, "2026-03": 1}
