"""Freshdesk's words, marks and pages."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from fake_vendor import FakeVendor, serving
from nyckeltal.errors import BadMapping, CannotRead
from nyckeltal.sources.load import load
from nyckeltal.sources.pull.web import HttpWeb, Patience
from nyckeltal.sources.systems.freshdesk.pull import PULL
from tables import aside, put, rows

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def ticket(number: int, **said: Any) -> dict[str, Any]:
    at = f"2026-03-02T08:{number % 60:02}:00Z"
    same = {"requester_id": 9, "responder_id": 5, "group_id": 7, "fr_escalated": False, "spam": False, "stats": {}}
    return {"id": number, "status": 2, "priority": 1, "source": 1, "created_at": at, "updated_at": at, **same, **said}


def told(home: Path, folder: Path, document: Any, **options: Any) -> Any:
    return load(put(folder, json.dumps(document), "tickets.json"), system="freshdesk", client="one", home=home, **options)


def test_a_status_of_ones_own_is_set_aside_until_somebody_says_what_it_means(home: Path, tmp_path: Path) -> None:
    document = [ticket(1), ticket(2, status=8)]
    assert told(home, tmp_path, document).refused_n == 1
    assert ("status", "8") in {(row["field"], json.loads(row["values"])["value"]) for row in aside(home)}
    told(home, tmp_path, document, mapping={"statuses": {"8": "pending"}})
    assert rows(home, "case")["2"]["status"] == "pending"
    with pytest.raises(BadMapping, match="none of: new, open, pending, hold, solved, closed"):
        told(home, tmp_path, document, mapping={"statuses": {"8": "waiting"}})


def test_marks_are_seven_steps_and_what_is_no_mark_is_no_answer(home: Path, tmp_path: Path) -> None:
    marks = [103, 102, 101, 100, -101, -102, -103, 5]
    ratings = [{"id": n, "ticket_id": 1, "created_at": "2026-03-02T09:00:00Z", "ratings": {"default_question": mark}} for n, mark in enumerate(marks)]
    report = told(home, tmp_path, {"tickets": [ticket(1)], "ratings": ratings})
    assert [row["value"] for row in rows(home, "survey_response").values()] == [7, 6, 5, 4, 3, 2, 1]
    assert report.refused_n == 1
    assert {row["outcome"] for row in rows(home, "survey_invitation").values()} == {None}


def test_what_a_rule_sent_answers_nobody_and_an_automatic_reply_of_the_customer_s_begins_no_contact(home: Path, tmp_path: Path) -> None:
    def said(number: int, at: str, incoming: bool, **more: Any) -> dict[str, Any]:
        return {"id": number, "ticket_id": 1, "incoming": incoming, "private": False, "source": 0, "created_at": f"2026-03-02T{at}:00Z", "user_id": 5} | more

    conversations = [
        said(10, "08:02", False, automation_id=7, user_id=None),
        said(11, "09:00", False),
        said(12, "09:01", True, auto_response=True),
        said(13, "10:00", True, auto_response=False, automation_id=None),
    ]
    told(home, tmp_path, {"tickets": [ticket(1)], "conversations": conversations})
    assert {key: row["answered_at"] and f"{row['answered_at']:%H:%M}" for key, row in rows(home).items()} == {"1": "09:00", "1/13": None}
    assert {key: (row["author"], row["is_auto"]) for key, row in rows(home, "message").items()}["1/10"] == ("bot", True)


def test_a_ticket_that_became_spam_or_was_deleted_counts_no_longer(home: Path, tmp_path: Path) -> None:
    told(home, tmp_path, [ticket(1), ticket(2)])
    told(home, tmp_path, [ticket(1, deleted=True, updated_at="2026-03-03T08:00:00Z"), ticket(3, spam=True)])
    assert {key: row["is_test"] for key, row in rows(home, "case").items()} == {"1": True, "2": False}


def test_a_document_with_nothing_of_it_is_refused(home: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotRead, match="none of: agents, groups, tickets"):
        told(home, tmp_path, {"description": "Validation failed", "errors": []})


class Desk(FakeVendor):
    """Tickets as documented: changed at or after a moment, sorted, at most three on a page here; ratings only of some plans."""

    tickets: list[dict[str, Any]]

    def answer(self, path: str) -> Any:
        split = urlsplit(path)
        asked = {name: values[0] for name, values in parse_qs(split.query).items()}
        if split.path.endswith("/conversations"):
            number = int(split.path.split("/")[-2])
            return [{"id": number * 10, "ticket_id": number, "incoming": True, "created_at": "2026-03-02T10:00:00Z", "source": 0}]
        if split.path.endswith(("/agents", "/groups", "/satisfaction_ratings")):
            return []
        if "filter" in asked:
            return [ticket(99, deleted=True)] if asked["filter"] == "deleted" else []
        assert (asked["order_by"], asked["order_type"], asked["include"]) == ("updated_at", "asc", "stats")
        found = sorted((one for one in self.tickets if one["updated_at"] >= asked["updated_since"]), key=lambda one: str(one["updated_at"]))
        size = int(asked["per_page"])
        return found[size * (int(asked["page"]) - 1) :][:size]


def test_every_ticket_comes_though_more_changed_than_pages_may_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nyckeltal.sources.systems.freshdesk.pull.MOST", 3)
    with serving(Desk()) as vendor:
        assert isinstance(vendor, Desk)
        vendor.tickets = [ticket(n) for n in (1, 2, 3)] + [ticket(n, updated_at="2026-03-02T08:30:00Z") for n in range(4, 12)] + [ticket(40)]
        vendor.faults += ["429", "truncated"]
        waits: list[float] = []
        pages = list(PULL.pages(HttpWeb([vendor.address], patience=Patience(), sleep=waits.append), {"key": "k", "from": "2026-01-01"}, {}, NOON))
    found = [one["id"] for page in pages for one in page.document["tickets"]]  # type: ignore[index]  # a document is an object here
    assert set(found) == {*range(1, 12), 40, 99}
    assert pages[-1].cursor == {"tickets": "2026-03-02T08:40:00Z", "deleted": "2026-03-02T08:39:00Z"}
    assert waits[0] == 7
    assert vendor.tokens[0] == "Basic azpY"
    assert {one["ticket_id"] for page in pages for one in page.document.get("conversations", ())} == {*range(1, 12), 40}  # type: ignore[attr-defined]  # the same


def test_a_ticket_whose_conversation_is_closed_to_the_key_is_set_aside_and_stops_nothing(home: Path, tmp_path: Path) -> None:
    with serving(Desk()) as vendor:
        assert isinstance(vendor, Desk)
        vendor.tickets = [ticket(1), ticket(2)]
        vendor.faults += ["", "", "", "404"]  # agents, groups, tickets
        [page, *_] = PULL.pages(HttpWeb([vendor.address], patience=Patience(), sleep=lambda _: None), {"key": "k", "from": "2026-01-01"}, {}, NOON)
    assert isinstance(page.document, dict)
    assert (page.document["closed_to_us"], [one["id"] for one in page.document["tickets"]]) == ([{"id": 1}], [2])
    load(put(tmp_path, json.dumps(page.document), "page.json"), system="freshdesk", client="one", home=home)
    assert [(row["source_id"], row["field"]) for row in aside(home)] == [("1", "conversations")]
    assert list(rows(home, "case")) == ["2"]
