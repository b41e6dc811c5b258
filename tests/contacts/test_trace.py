"""Which days a change touched is told from one state to the next, and nowhere a way is told that was not gone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from batches import put
from nyckeltal.contacts import trace
from nyckeltal.contacts.store import ContactStore

monday, tuesday = date(2026, 3, 2), date(2026, 3, 3)


@pytest.fixture
def traced(tmp_path: Path) -> Path:
    (tmp_path / trace.FOLDER).mkdir()
    return tmp_path


def told(days: list[date]) -> dict[str, dict[str, list[date]]]:
    return {"contact": {"local_date": days}}


def test_the_days_of_every_step_are_put_together(traced: Path) -> None:
    trace.write(traced, "a", "b", told([monday]))
    trace.write(traced, "b", "c", told([tuesday]))
    assert trace.between(traced, "a", "c") == told([monday, tuesday])
    assert trace.between(traced, "c", "c") == {}


def test_where_a_step_is_missing_the_way_is_not_known(traced: Path) -> None:
    trace.write(traced, "a", "b", told([monday]))
    assert trace.between(traced, "a", "c") is None
    trace.write(traced, "b", "a", told([monday]))
    assert trace.between(traced, "a", "c") is None, "nor where it leads in a circle"


def test_of_a_state_that_was_left_twice_the_last_way_counts(traced: Path) -> None:
    """A load was killed before it counted; the next one leaves the same state."""
    trace.write(traced, "a", "killed", told([monday]))
    trace.write(traced, "a", "b", told([tuesday]))
    assert trace.between(traced, "a", "b") == told([tuesday])


def test_nothing_is_written_where_nothing_is_kept(tmp_path: Path) -> None:
    trace.write(tmp_path, "a", "b", told([monday]))
    assert list(tmp_path.iterdir()) == []


def test_what_leads_from_elsewhere_is_forgotten(traced: Path) -> None:
    trace.write(traced, "a", "b", told([monday]))
    trace.write(traced, "b", "c", told([tuesday]))
    trace.forget(traced, "b")
    assert trace.between(traced, "a", "c") is None
    assert trace.between(traced, "b", "c") == told([tuesday])


def test_a_load_tells_the_days_of_what_it_changes_and_of_what_links_to_that(traced: Path) -> None:
    def contact(name: str, day: int, **said: Any) -> dict[str, Any]:
        return {"contact_id": name, "client_id": "one", "channel": "voice", "outcome": "answered", "offered_at": datetime(2026, 3, day, 9, tzinfo=UTC), **said}

    store = ContactStore(traced)
    visit = {"visit_id": "v", "contact_id": "a", "queue_id": "q", "entered_at": datetime(2026, 3, 9, 9, tzinfo=UTC), "outcome": "answered"}
    state = {"state_id": "s", "agent_id": "anna", "started_at": datetime(2026, 3, 5, 22, tzinfo=UTC), "ended_at": datetime(2026, 3, 6, 2, tzinfo=UTC)}
    put(store, "first", {"contact": [contact("a", 2), contact("b", 4)], "queue_visit": [visit], "agent_state": [{**state, "state": "available"}]})
    before = store.snapshot().id
    put(store, "second", {"contact": [contact("a", 3, left_in_menu=True)]})
    found = trace.between(traced, before, store.snapshot().id) or {}
    assert found["contact"]["local_date"] == [monday, tuesday]
    assert found["queue_visit"]["local_date"] == [date(2026, 3, 9)]
    assert "agent_state" not in found
    put(store, "third", {"agent_state": [{**state, "state": "break"}]})
    lasting = (trace.between(traced, before, store.snapshot().id) or {})["agent_state"]["local_date"]
    assert lasting[0] <= date(2026, 3, 5)
    assert lasting[-1] >= date(2026, 3, 6)
