from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from batches import read
from nyckeltal.contacts.store import World
from nyckeltal.errors import UserMistake

Row = dict[str, Any]


def placed(moment: str, **rows: list[Row]) -> tuple[date, int, int, str]:
    world = World.of({"contact": [{"offered_at": moment, "zone": "America/New_York"}], **rows}, defaults=True)
    found = read(world, "contact", "local_date", "local_minute", "utc_offset_s", "month")[0]
    assert read(world, "segment", "local_date", "local_minute", "utc_offset_s", "month")[0] == found
    return found["local_date"], found["local_minute"], found["utc_offset_s"], found["month"]


def test_the_queues_zone_comes_before_the_clients_and_the_files() -> None:
    queue = [{"queue_id": "q1", "tz": "Europe/Helsinki"}]
    client = [{"client_id": "c1", "tz": "Europe/Stockholm"}]
    assert placed("2026-03-31T21:30:00Z", queue=queue, client=client) == (date(2026, 4, 1), 30, 10800, "2026-04")
    assert placed("2026-03-31T21:30:00Z", client=client) == (date(2026, 3, 31), 1410, 7200, "2026-03")
    assert placed("2026-03-31T21:30:00Z") == (date(2026, 3, 31), 1050, -14400, "2026-03")


@pytest.mark.parametrize(
    ("moment", "minute", "offset"),
    [("2026-03-29T00:59:59Z", 119, 3600), ("2026-03-29T01:00:00Z", 180, 7200), ("2026-10-25T00:59:59Z", 179, 7200), ("2026-10-25T01:00:00Z", 120, 3600)],
)
def test_the_clock_changes_at_its_moment(moment: str, minute: int, offset: int) -> None:
    assert placed(moment, client=[{"client_id": "c1", "tz": "Europe/Stockholm"}])[1:3] == (minute, offset)


def test_a_zone_that_nobody_knows_is_passed_over_and_flagged() -> None:
    world = World.of({"contact": [{"zone": "Nowhere/Land"}]}, defaults=True)
    assert read(world, "contact", "local_minute", "flags") == [{"local_minute": 540, "flags": ["unknown_zone"]}]


def opening(*moments: str, **calendar: Any) -> list[bool]:
    hours = {"calendar_id": "k", "tz": "Europe/Stockholm", "weekly": "mo-fr 08:00-17:00", "holidays": "2026; 2026-12-25", **calendar}
    rows = {"contact": [{"contact_id": f"{n}", "offered_at": moment} for n, moment in enumerate(moments)]}
    world = World.of({**rows, "queue": [{"queue_id": "q1", "calendar_id": "k"}], "calendar": [hours]}, defaults=True)
    assert [row["in_hours"] for row in read(world, "queue_visit", "in_hours")] == [row["in_hours"] for row in read(world, "contact", "in_hours")]
    return [row["in_hours"] for row in read(world, "contact", "in_hours")]


def test_open_from_the_first_minute_until_before_the_last() -> None:
    moments = ("2026-03-02T06:59:59Z", "2026-03-02T07:00:00Z", "2026-03-02T15:59:59Z", "2026-03-02T16:00:00Z", "2026-03-07T10:00:00Z", "2026-12-25T10:00:00Z")
    assert opening(*moments) == [False, True, True, False, False, False]


def test_a_year_without_holidays_is_the_calendars_mistake() -> None:
    with pytest.raises(UserMistake, match="2027"):
        opening("2027-03-02T10:00:00Z")


def test_without_calendar_it_is_always_open() -> None:
    world = World.of({"contact": [{"offered_at": "2026-03-01T03:00:00Z"}]}, defaults=True)
    assert read(world, "contact", "in_hours") == [{"in_hours": True}]


def test_a_segment_nobody_knows_the_contact_of_stands_at_its_own_start() -> None:
    row = {"segment_id": "s", "contact_id": "unknown", "started_at": "2026-03-31T23:30:00Z", "source": "x"}
    world = World.of({"segment": [row], "queue": [{"queue_id": "q", "client_id": "c", "tz": "Europe/Stockholm", "source": "x"}]})
    assert read(world, "segment", "month", "local_minute") == [{"month": "2026-03", "local_minute": 1410}]
