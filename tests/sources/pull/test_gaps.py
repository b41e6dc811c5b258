from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from nyckeltal.contacts.store import World
from nyckeltal.sources.pull.gaps import Seen, seen

LAST = datetime(2026, 3, 30, 12, 20, tzinfo=UTC)  # a Monday, the day after clocks were put forward


def _world(missing: set[datetime], weeks: int = 5, contacts: int = 6) -> World:
    """Every working hour from nine to eleven by the clock in Stockholm, but for those missing."""
    rows = []
    for day in range(7 * weeks):
        date = LAST.replace(hour=0, minute=0) - timedelta(days=day)
        for local in (9, 10):
            begin = date + timedelta(hours=local - (2 if date >= datetime(2026, 3, 29, tzinfo=UTC) else 1))
            if date.weekday() < 5 and begin not in missing and begin < LAST:
                rows += [{"contact_id": f"{begin}{n}", "client_id": "shop", "offered_at": begin + timedelta(minutes=n)} for n in range(contacts)]
    return World.of({"client": [{"client_id": "shop", "tz": "Europe/Stockholm"}], "contact": rows}, defaults=True)


@pytest.mark.parametrize(("weeks", "contacts", "found"), [(5, 6, True), (3, 6, False), (5, 4, False)])
def test_an_hour_without_contacts_where_there_usually_are_some_is_a_gap(weeks: int, contacts: int, found: bool) -> None:
    gone = datetime(2026, 3, 30, 7, tzinfo=UTC)
    world = _world({gone}, weeks, contacts)
    source = world.small("contact")["source"][0].as_py()
    assert seen(world, source, LAST).gaps == ((gone,) if found else ())


def test_nothing_missing_is_no_gap_and_another_source_has_nothing() -> None:
    world = _world(set())
    source = world.small("contact")["source"][0].as_py()
    assert seen(world, source, LAST) == Seen(datetime(2026, 3, 30, 8, 5, tzinfo=UTC))
    assert seen(world, "another", LAST) == Seen(None)
