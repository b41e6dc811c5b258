"""Where stored visits and segments of touched contacts are looked for: in every month that has loaded ones, and around their contact."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from batches import column, put, read
from nyckeltal.contacts import touch
from nyckeltal.contacts.store import ContactStore

Row = dict[str, Any]


def contact(name: str, **words: Any) -> Row:
    plain = {"contact_id": name, "client_id": "one", "queue_id": "q", "channel": "voice", "offered_at": "2026-03-31T23:50:00Z", "outcome": "answered"}
    return {**plain, "own_agent_id": "anna", "own_talk_s": 10.0, **words}


@pytest.fixture
def store(tmp_path: Path) -> ContactStore:
    return ContactStore(tmp_path)


def test_a_visit_that_was_made_of_a_contact_and_lies_in_the_next_month_goes_with_it(store: ContactStore) -> None:
    """Offered just before midnight at the end of a month, and in the queue just after it."""
    put(store, "first", {"contact": [contact("a", queue_entered_at="2026-04-01T00:10:00Z"), contact("b")]})
    assert store.snapshot().months("queue_visit") == ["2026-03", "2026-04"]
    put(store, "second", {"contact": [contact("a", queue_entered_at="2026-03-31T23:55:00Z", own_talk_s=20.0)]})
    assert {row["visit_id"]: row["month"] for row in read(store.snapshot(), "queue_visit")} == {"a#1": "2026-03", "b#1": "2026-03"}
    assert column(store.snapshot(), "segment", "talk_s") == {"a#1": 20.0, "b#1": 10.0}


def test_a_clock_far_from_utc_puts_what_is_made_of_a_contact_into_another_month(store: ContactStore) -> None:
    client = {"client_id": "one", "tz": "Pacific/Auckland"}
    put(store, "first", {"client": [client], "contact": [contact("a", offered_at="2026-03-31T11:30:00Z")]})
    assert store.snapshot().months("segment") == ["2026-04"]
    put(store, "second", {"contact": [contact("a", offered_at="2026-03-31T11:30:00Z", own_talk_s=20.0)]})
    assert column(store.snapshot(), "segment", "talk_s") == {"a#1": 20.0}


def test_a_segment_that_was_loaded_is_found_however_far_from_its_contact(store: ContactStore) -> None:
    put(store, "parts", {"segment": [{"segment_id": "s", "contact_id": "a", "agent_id": "bengt", "started_at": "2026-09-01T09:00:00Z", "talk_s": 7.0}]})
    put(store, "first", {"contact": [contact("a"), contact("b")]})
    put(store, "second", {"contact": [contact("a", own_talk_s=20.0)]})
    assert column(store.snapshot(), "segment", "talk_s") == {"b#1": 10.0, "s": 7.0}
    assert column(store.snapshot(), "contact", "talk_s") == {"a": 7.0, "b": 10.0}


@pytest.mark.parametrize("few", [0, 1000])
def test_what_a_source_told_in_an_earlier_month_alone_is_remembered(store: ContactStore, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    """Whoever noted what kind of matter it was half a year ago left it out since: that is a note that is missing, not one that nobody takes."""
    monkeypatch.setattr(touch, "FEW", few)
    early = contact("early", offered_at="2026-01-05T09:00:00Z", reason_id="r", reason_type="value")
    put(store, "first", {"contact": [early, contact("later", offered_at="2026-06-05T09:00:00Z", reason_id="r")]})
    put(store, "other", {"contact": [contact("else", offered_at="2026-01-06T09:00:00Z", reason_id="r")]}, source="old")
    assert column(store.snapshot(), "contact", "logged") == {"early": True, "later": False, "else": None}
    put(store, "second", {"contact": [contact("new", offered_at="2026-06-06T09:00:00Z")]})
    put(store, "third", {"contact": [contact("kind", offered_at="2026-06-07T10:00:00Z", reason_type="failure")]}, source="old")
    told = {"early": True, "later": False, "else": False, "new": False, "kind": False}
    assert column(store.snapshot(), "contact", "logged") == told, "it had told what the matter was, months ago"
