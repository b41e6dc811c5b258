"""Time belongs to the local day and the slot it lies in, in every zone and on both nights on which the clock changes."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import oracle
from nyckeltal.contacts.world import World
from nyckeltal.kpi.ask import ask

ZONES = ("Europe/Stockholm", "Europe/Helsinki", "Europe/Budapest")
SOAK = os.environ.get("NYCKELTAL_SOAK") == "1"
PER, BY = ("hour", "interval", "day", None), ((), ("agent",), ("hour",), ("weekday",))
NIGHTS = ((date(2026, 3, 29), 92), (date(2026, 10, 25), 100), (date(2026, 6, 1), 96))


def states(zone: str, day: date) -> World:
    """One who is available without an end to it, from noon to noon over the night, and one who talks for ten minutes across midnight."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    rows = [{"agent_id": "anna", "state": "available", "started_at": noon - timedelta(days=1), "ended_at": noon + timedelta(days=1, seconds=0.5)}]
    return World.of({"agent": [{"agent_id": "anna", "tz": zone}], "agent_state": rows}, defaults=True)


def hours(facts: World, day: date, **question: Any) -> dict[str | None, float | None]:
    """Seconds by period, as the denominator of occupancy has them."""
    figures = ask("occupancy", facts=facts, start=day, end=day, floor=0, **question)
    return {figure.period: figure.denominator for figure in figures}


@pytest.mark.parametrize(("zone", "day", "quarters"), [(zone, *night) for at, zone in enumerate(ZONES) for of, night in enumerate(NIGHTS) if SOAK or at != of])
def test_a_day_has_92_96_or_100_quarters_and_each_its_900_seconds(zone: str, day: date, quarters: int) -> None:
    facts = states(zone, day)
    assert hours(facts, day) == {None: quarters * 900}
    found = hours(facts, day, per="interval")
    assert (len(found), set(found.values())) == (quarters, {900})
    assert set(hours(facts, day, per="hour").values()) == {3600}
    assert hours(facts, day, per="day") == {day.isoformat(): quarters * 900}


def test_a_stretch_across_midnight_is_part_of_both_days_whatever_days_are_asked_for() -> None:
    start = datetime(2026, 2, 28, 22, 55, tzinfo=UTC)
    row = {"agent_id": "anna", "state": "talking", "started_at": start, "ended_at": start + timedelta(minutes=20)}
    facts = World.of({"agent": [{"agent_id": "anna", "tz": "Europe/Stockholm"}], "agent_state": [row]}, defaults=True)
    assert hours(facts, date(2026, 2, 28)) == {None: 300}
    assert hours(facts, date(2026, 3, 1)) == {None: 900}
    figures = ask("occupancy", facts=facts, per="month", start="2026-02", end="2026-03", floor=0)
    assert [(figure.period, figure.denominator) for figure in figures] == [("2026-02", 300), ("2026-03", 900)]


def test_what_no_zone_is_known_of_keeps_the_distance_it_began_with() -> None:
    row = {"agent_id": "anna", "state": "talking", "started_at": "2026-03-01T23:50:00Z", "ended_at": "2026-03-02T00:05:00Z"}
    assert hours(World.of({"agent_state": [row]}, defaults=True), date(2026, 3, 1)) == {None: 600}


def test_a_state_that_has_not_ended_has_no_length_yet() -> None:
    row = {"agent_id": "anna", "state": "talking", "started_at": "2026-03-01T23:50:00Z"}
    (figure,) = ask("occupancy", facts=World.of({"agent_state": [row]}, defaults=True), floor=0)
    assert (figure.value, figure.reason) == (None, "no_data")


@pytest.mark.parametrize(("per", "by"), [(per, by) for at, per in enumerate(PER) for of, by in enumerate(BY) if SOAK or (at + of) % 2 == 0])
def test_plain_python_cuts_alike(per: str | None, by: tuple[str, ...]) -> None:
    base, day = datetime(2026, 10, 24, 20, 7, 30, tzinfo=UTC), date(2026, 10, 25)
    rows: dict[str, Any] = {
        "agent": [{"agent_id": "anna", "tz": "Europe/Helsinki"}, {"agent_id": "eva"}],
        "agent_state": [
            {
                "state_id": f"{number}",
                "agent_id": agent,
                "state": state,
                "started_at": base + timedelta(minutes=37 * number),
                "ended_at": base + timedelta(hours=number, minutes=50),
                "zone": zone,
            }
            for number, (agent, state, zone) in enumerate(
                [("anna", "talking", None), ("eva", "available", "Europe/Budapest"), ("anna", "acw", "UTC"), ("eva", "holding", None)]
            )
        ],
    }
    period = (day, day + timedelta(days=1))
    mine = oracle.ask(oracle.World(rows), "occupancy", by, per=per, period=period)
    figures = ask("occupancy", facts=World.of(rows), by=by, per=per, start=day, end=day, floor=0)
    theirs = {(figure.period, *figure.by.values()): (figure.numerator, figure.denominator) for figure in figures if figure.denominator}
    assert theirs == {key: (found.numerator, found.denominator) for key, found in mine.items()}


def test_a_part_of_a_shift_is_cut_at_quarters_too(tmp_path: Path) -> None:
    part = {
        "agent_id": "anna",
        "started_at": "2026-03-02T09:10:00Z",
        "ended_at": "2026-03-02T09:40:00Z",
        "duration_s": 1800.0,
        "state_class": "contact",
        "exception": "none",
        "in_class": True,
    }
    facts = World.of({"shift_part": [part]}, defaults=True)
    figures = ask("adherence", facts=facts, per="interval", start="2026-03-02", end="2026-03-02", floor=0, home=tmp_path)
    assert [figure.denominator for figure in figures if figure.denominator] == [300, 900, 600]
