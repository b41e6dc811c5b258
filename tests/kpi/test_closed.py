"""Months that were final and changed afterwards are seen to have been revised."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from batches import put
from nyckeltal import ask
from nyckeltal.contacts.store import ContactStore
from nyckeltal.contacts.world import World
from nyckeltal.kpi import closing
from nyckeltal.kpi.answer import Figure
from nyckeltal.words import Text

CLOSED = datetime(2026, 4, 9, tzinfo=UTC)  # business day 5 of April is the 7th
LATER = datetime(2026, 4, 20, tzinfo=UTC)
WAS = pytest.approx(125 / 150)


def calls(in_time: int, late: int, day: int = 2, client: str = "one", month: int = 3) -> list[dict[str, Any]]:
    waits = [5.0] * in_time + [90.0] * late
    shared = {"client_id": client, "queue_id": f"q-{client}", "channel": "voice", "outcome": "answered", "offered_at": f"2026-{month:02}-{day:02}T09:00:00Z"}
    return [{**shared, "contact_id": f"{client}-{month}-{day}-{number}", "wait_s": wait} for number, wait in enumerate(waits)]


MARCH, APRIL = calls(80, 20) + calls(45, 5, client="two"), calls(10, 0, month=4) + calls(5, 0, client="two", month=4)


def centre(*contacts: dict[str, Any]) -> World:
    return World.of({"contact": list(contacts)}, datetime(2026, 4, 8, tzinfo=UTC), defaults=True)


@cache
def before() -> World:
    return centre(*MARCH, *APRIL)


@cache
def after() -> World:
    return centre(*MARCH, *calls(50, 0, day=3), *APRIL)


def march(home: Path, facts: World | None = None, **question: Any) -> Figure:
    (figure,) = ask("service_level", facts=facts or after(), home=home, now=LATER, **{"start": "2026-03", "end": "2026-03", "floor": 0, **question})
    return figure


@pytest.fixture(autouse=True)
def few_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which are kept is a matter of what is in focus; two are enough to see how."""
    monkeypatch.setattr(closing, "_kpis", lambda _facts, _home: ["contacts_offered", "service_level"])


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A home in which March was written down when it had closed."""
    assert closing.keep(tmp_path, CLOSED, before()) == ["2026-03"]
    return tmp_path


def test_a_closed_month_that_moved_says_what_it_was(kept: Path) -> None:
    assert march(kept).value == pytest.approx(175 / 200)
    assert march(kept).revised_from == WAS
    assert march(kept, per="month").revised_from == WAS
    assert march(kept, before()).revised_from is None


def test_so_does_each_client_by_itself_and_narrowed_to_it(kept: Path) -> None:
    assert march(kept, within={"client": ["one"]}).revised_from == pytest.approx(0.8)
    assert march(kept, within={"client": ["two"]}).revised_from is None
    by_client = ask("service_level", by="client", start="2026-03", end="2026-03", facts=after(), home=kept, now=LATER)
    assert {figure.by["client"]: figure.revised_from for figure in by_client} == {"one": pytest.approx(0.8), "two": None}


@pytest.mark.parametrize(
    "question",
    [
        {"where": "wait_s > 1"},
        {"set": {"within": 60}},
        {"variant": "all_offered"},
        {"start": "2026-03-02"},
        {"per": "day", "start": "2026-03-03", "end": "2026-03-03"},
        {"within": {"client": ["one", "two"]}},
    ],
)
def test_a_question_of_something_else_is_not_compared(kept: Path, question: dict[str, Any]) -> None:
    assert march(kept, **question).revised_from is None


def test_a_tenth_of_a_point_is_no_revision(kept: Path) -> None:
    _change(kept, 125 / 150 - 0.0010)
    assert march(kept, before()).revised_from is None
    _change(kept, 125 / 150 - 0.0011)
    assert march(kept, before()).revised_from is not None


def test_what_was_final_first_stays_what_it_was(kept: Path) -> None:
    closing.keep(kept, LATER, after())
    assert march(kept).revised_from == WAS


def test_a_month_taken_back_whole_shows_what_it_was(kept: Path) -> None:
    found = march(kept, centre(*APRIL))
    assert (found.value, found.reason) == (None, "no_data")
    assert found.revised_from == WAS


def test_a_month_that_has_not_closed_is_not_kept(tmp_path: Path) -> None:
    assert closing.keep(tmp_path, datetime(2026, 4, 6, tzinfo=UTC), before()) == []
    assert not (tmp_path / "closed").exists()


def test_what_is_not_final_at_closing_is_kept_as_soon_as_it_is(tmp_path: Path) -> None:
    facts = World.of({"contact": MARCH}, datetime(2026, 3, 20, tzinfo=UTC), defaults=True)
    closing.keep(tmp_path, CLOSED, facts)
    assert _figures(tmp_path) == []
    assert closing.keep(tmp_path, CLOSED, facts) == []
    closing.keep(tmp_path, LATER, before())
    assert ["service_level", "{}"] in [[entry[0], entry[3]] for entry in _figures(tmp_path)]


def test_a_load_says_since_when_and_what_was_final_is_written_before_it(home: Path) -> None:
    store = ContactStore(home)
    put(store, "first", {"contact": [*MARCH, *APRIL]}, now=CLOSED)
    closing.keep_before(home, CLOSED)
    assert not (home / "closed").exists()
    (home / "closed").mkdir()
    closing.keep_before(home, CLOSED)
    put(store, "more", {"contact": calls(50, 0, day=3)}, now=datetime(2026, 4, 15, 8, tzinfo=UTC))
    (found,) = ask("service_level", start="2026-03", end="2026-03", home=home, now=LATER)
    assert found.revised_from == WAS
    assert found.revised_since == date(2026, 4, 15)


def test_what_is_in_focus_and_what_was_promised_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    agreed = World.of({"agreement": [{"agreement_id": "a", "client_id": "one", "measure": "abandonment_rate", "valid_from": "2026-01-01"}]})
    assert {"abandonment_rate", "contacts_offered", "fcr", "nps", "service_level"} <= set(closing._kpis(agreed, None))
    assert "transfer_rate" not in closing._kpis(agreed, None)


def test_what_hides_a_value_hides_what_it_was() -> None:
    figure = Figure("csat", 1, "default", "2026-03", {}, 0.8, "share", revised_from=0.7, revised_since=date(2026, 4, 1))
    assert figure.without("hidden", Text("x", "x")).revised_from is None


def _figures(home: Path) -> list[list[Any]]:
    return list(json.loads((home / "closed" / "2026-03.json").read_text("utf-8"))["figures"])


def _change(home: Path, value: float) -> None:
    file = home / "closed" / "2026-03.json"
    told = json.loads(file.read_text("utf-8"))
    told["figures"] = [[*entry[:4], value if entry[0] == "service_level" and entry[3] == "{}" else entry[4], entry[5]] for entry in told["figures"]]
    file.write_text(json.dumps(told), "utf-8")
