from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from batches import Rows, put, read
from nyckeltal.contacts import alone, change, upkeep
from nyckeltal.contacts.store import ContactStore

ORGANISATION: Rows = {
    "client": [{"client_id": "north", "name": "North", "tz": "Europe/Stockholm"}],
    "calendar": [{"calendar_id": "days", "tz": "Europe/Stockholm", "weekly": "mo-fr 08:00-17:00", "holidays": "2026-01-01"}],
    "queue": [{"queue_id": "far", "client_id": "north", "tz": "Asia/Kolkata", "calendar_id": "days"}],
    "reason": [{"reason_id": "bill", "level": 1}, {"reason_id": "late", "parent_id": "bill", "level": 2}],
}
ENDS = ({"outcome": "answered"}, {"outcome": "abandoned", "wait_s": 11_000}, {"answered_at": "2026-06-30T22:10:00Z"}, {"own_agent_id": "anna"}, {})


def contact(number: int) -> dict[str, Any]:
    """One of many that differ in all that words hang on; some stand in the night in which an hour comes twice, or at the end of a month."""
    day = ("2026-03-29T00:5", "2026-10-25T00:3", "2026-05-31T21:5", "2026-06-30T22:0")[number % 4]
    row: dict[str, Any] = {"contact_id": f"s:{number:03}", "client_id": ("north", "south")[number % 3 == 0], "offered_at": f"{day}{number % 10}:00Z"}
    row |= {"channel": ("voice", "voice", "email")[number % 3], "customer_key": f"k{number % 7}", "reason_id": ("late", "bill", None)[number % 8 // 3]}
    row |= {"queue_id": ("far", "near", None)[number % 6 // 2], "is_test": number % 13 == 0, "own_end_kind": ("transfer", None)[number % 2]}
    row |= {"own_talk_s": 10.1 * (number % 5), "own_ring_s": 3.5, "own_concurrency": (None, 2)[number % 2], "zone": (None, "Nowhere/Zone")[number % 17 == 0]}
    row |= {"ivr_started_at": f"{day}0:00Z", "marks": (["ambiguous_hour"] if number % 11 == 0 else [])}
    return row | ENDS[number % 5]


CONTACTS = [contact(number) for number in range(120)]


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Work as with very many rows; where contacts were laid down."""
    for room in (change, upkeep):
        monkeypatch.setattr(room, "FEW", 0)
    monkeypatch.setattr(alone, "MANY_A_MONTH", 1)
    laid, lay = list[Path](), alone.lay
    monkeypatch.setattr(alone, "lay", lambda con, folder: (laid.append(folder), lay(con, folder))[1])
    return laid


def stored(home: Path, contacts: list[dict[str, Any]], **others: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    store = ContactStore(home)
    put(store, "people", ORGANISATION)
    put(store, "contacts", {"contact": contacts, **others})
    return {table: read(store.snapshot(), table) for table in ("contact", "queue_visit", "segment", "client", "queue", "agent", "reason")}


def test_very_many_contacts_are_stored_as_few_are(tmp_path: Path, many: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    found = stored(tmp_path / "many", CONTACTS)
    assert len(many) == 1
    monkeypatch.undo()
    assert found == stored(tmp_path / "few", CONTACTS)
    assert (len(found["contact"]), len(found["queue_visit"]), len({row["month"] for row in found["contact"]})) == (120, 80, 5)


def test_contacts_alike_in_everything_but_their_key_are_stored_with_what_they_say(tmp_path: Path, many: list[Path]) -> None:
    alike = [{**CONTACTS[4], "contact_id": f"s:{number}", "marks": ["an 'odd', [mark]"]} for number in range(9)]
    found = stored(tmp_path, alike)["contact"]
    assert len(many) == 1
    assert {(row["customer_key"], row["is_test"], row["own_talk_s"], *row["marks"]) for row in found} == {("k4", False, 40.4, "an 'odd', [mark]")}


@pytest.mark.parametrize(
    "others",
    [
        {"segment": [{"segment_id": "s:a", "contact_id": "s:004", "started_at": "2026-03-29T00:55:00Z", "talk_s": 60.0}]},
        {"queue_visit": [{"visit_id": "s:a", "contact_id": "s:004", "queue_id": "far", "entered_at": "2026-03-29T00:55:00Z", "outcome": "answered"}]},
    ],
    ids=["a segment", "a visit"],
)
def test_contacts_with_a_part_of_their_own_among_them_are_not_alone(tmp_path: Path, many: list[Path], others: Any) -> None:
    found = stored(tmp_path, CONTACTS, **others)
    assert not many
    assert [row["is_derived"] for rows in (found["queue_visit"], found["segment"]) for row in rows if row["source_id"] == "s:a"] == [False]


def test_contacts_that_say_when_they_came_to_their_queue_are_not_alone(tmp_path: Path, many: list[Path]) -> None:
    """The visit may stand in another month than its contact."""
    late = {
        **CONTACTS[0],
        "offered_at": "2026-05-31T23:59:50Z",
        "queue_entered_at": "2026-06-01T00:00:10Z",
        "queue_id": "near",
        "zone": "UTC",
        "client_id": "south",
    }
    found = stored(tmp_path, [*CONTACTS[1:], late])
    assert not many
    assert [row["month"] for table in ("contact", "queue_visit") for row in found[table] if row["source_id"].startswith("s:000")] == ["2026-05", "2026-06"]
