"""Tickets told again and again: an older telling changes nothing, and one that is withdrawn later counts no more."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from batches import column
from nyckeltal.contacts.store import ContactStore, Facts
from nyckeltal.kpi.ask import ask
from nyckeltal.sources.load import LoadReport, load, undo
from nyckeltal.sources.systems import chatwoot, freescout, jira, zendesk

SAMPLE = json.loads((Path(zendesk.__file__).parent / "samples" / "export.json").read_text(encoding="utf-8"))


def told(folder: Path, name: str, **changed: Any) -> LoadReport:
    """A page in which ticket 501 stands as said; of a deleted one nothing else is told."""
    tickets = [{**ticket, **changed} if ticket["id"] == 501 else ticket for ticket in SAMPLE["tickets"]]
    audits = [audit for audit in SAMPLE["audits"] if changed.get("status") != "deleted" or audit["ticket_id"] != 501]
    page = folder / f"{name}.json"
    page.write_text(json.dumps({**SAMPLE, "tickets": tickets, "audits": audits}), encoding="utf-8")
    return load([page], home=folder / "home", client="one", now=datetime(2026, 4, 1, tzinfo=UTC))


def offered(folder: Path) -> float | None:
    [figure] = ask("contacts_offered", home=folder / "home", floor=0, start="2026-03-01", end="2026-03-31", now=datetime(2026, 4, 1, tzinfo=UTC)).figures
    return figure.value


def test_an_older_telling_changes_nothing_and_a_withdrawn_ticket_counts_no_more(tmp_path: Path) -> None:
    first = told(tmp_path, "first").as_dict()["facts"]
    assert (first["contact"]["new"], first["case"]["new"]) == (4, 3)
    assert offered(tmp_path) == 4
    older = told(tmp_path, "older", updated_at="2026-03-05T08:00:00Z", status="solved").as_dict()["facts"]
    assert (older["case"]["changed"], older["case"]["older"]) == (0, 1)
    again = told(tmp_path, "again", priority="normal", tags=["invoice", "paid"]).as_dict()["facts"]
    assert (again["contact"]["new"], again["contact"]["changed"]) == (0, 0)
    gone = told(tmp_path, "gone", updated_at="2026-03-10T08:00:00Z", status="deleted").as_dict()["facts"]
    assert gone["case"]["changed"] == 1
    assert offered(tmp_path) == 2


# ── what is taken out of a ticket that stays ──

ISSUES = json.loads((Path(jira.__file__).parent / "samples" / "search.json").read_text(encoding="utf-8"))
THREADS = json.loads((Path(freescout.__file__).parent / "samples" / "conversations-0001.json").read_text(encoding="utf-8"))


def loaded(folder: Path, name: str, document: Any, system: str) -> dict[str, Any]:
    page = folder / f"{name}.json"
    page.write_text(json.dumps(document), encoding="utf-8")
    facts: dict[str, Any] = load([page], home=folder / "home", system=system, client="one", now=datetime(2026, 4, 1, tzinfo=UTC)).as_dict()["facts"]
    return facts


def stored(folder: Path) -> Facts:
    return ContactStore(folder / "home").snapshot()


def messages(folder: Path) -> list[str]:
    return sorted(column(stored(folder), "message", "source_id").values())


def test_a_comment_that_jira_has_no_more_counts_no_more_where_it_says_how_many_there_are(tmp_path: Path) -> None:
    loaded(tmp_path, "first", ISSUES, "jira")
    assert messages(tmp_path) == ["HELP-1/2", "HELP-1/3"]
    cut = issues_with_one_comment_less(3)
    assert loaded(tmp_path, "cut", cut, "jira")["message"]["withdrawn"] == 0
    assert messages(tmp_path) == ["HELP-1/2", "HELP-1/3"]
    facts = loaded(tmp_path, "less", issues_with_one_comment_less(2), "jira")
    assert (facts["message"]["withdrawn"], facts["contact"]["withdrawn"]) == (1, 1)  # the customer had come back with it
    assert messages(tmp_path) == ["HELP-1/2"]
    assert column(stored(tmp_path), "case", "contacts_n") == {"jira-one:HELP-1": 1, "jira-one:HELP-2": 0}  # of a way that nobody has explained


def issues_with_one_comment_less(said_to_be: int) -> dict[str, Any]:
    document = copy.deepcopy(ISSUES)
    document["issues"][0]["fields"]["comment"]["comments"].pop()
    document["issues"][0]["fields"]["comment"]["total"] = said_to_be
    return document


def test_a_thread_that_freescout_took_back_counts_no_more_and_returns_with_the_undo(tmp_path: Path) -> None:
    loaded(tmp_path, "first", THREADS, "freescout")
    assert messages(tmp_path) == ["11/201", "11/204", "13/211"]
    document = copy.deepcopy(THREADS)
    threads = document["_embedded"]["conversations"][0]["_embedded"]["threads"]
    next(one for one in threads if one["id"] == 204)["state"] = "deleted"
    assert loaded(tmp_path, "second", document, "freescout")["message"]["withdrawn"] == 1
    assert messages(tmp_path) == ["11/201", "13/211"]
    [second] = [row for row in ContactStore(tmp_path / "home").loads().to_pylist() if row["files"] == "second.json"]
    undo(second["load_id"], home=tmp_path / "home")
    assert messages(tmp_path) == ["11/201", "11/204", "13/211"]


def test_what_zendesk_was_asked_for_whole_is_all_there_is_and_what_a_file_happens_to_have_is_not(tmp_path: Path) -> None:
    told(tmp_path, "first")
    before = messages(tmp_path)
    rest = [audit for audit in SAMPLE["audits"] if audit["id"] not in (5, 7)]  # what the customer wrote on the second day, and the rating
    assert loaded(tmp_path, "part", {**SAMPLE, "audits": rest}, "zendesk")["message"]["withdrawn"] == 0
    assert messages(tmp_path) == before
    whole = {"messages": ["501"], "ratings": ["501"]}
    facts = loaded(tmp_path, "whole", {**SAMPLE, "audits": rest, "whole": whole}, "zendesk")
    assert (facts["message"]["withdrawn"], facts["contact"]["withdrawn"], facts["survey_response"]["withdrawn"]) == (1, 1, 1)
    assert [name for name in before if name not in messages(tmp_path)] == ["501/111"]


def test_a_ticket_of_which_something_could_not_be_read_withdraws_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told(tmp_path, "first")
    before = messages(tmp_path)
    rest = [{**audit, "created_at": "one day"} if audit["id"] == 8 else audit for audit in SAMPLE["audits"] if audit["id"] != 5]
    monkeypatch.setattr("nyckeltal.sources.refusing.too_many", lambda *_: False)
    facts = loaded(tmp_path, "odd", {**SAMPLE, "audits": rest, "whole": {"messages": ["501", "502"]}}, "zendesk")
    assert facts["message"]["withdrawn"] == 0
    assert messages(tmp_path) == before


def test_of_a_ticket_that_several_files_of_one_load_tell_whole_the_newest_says_what_it_has(tmp_path: Path) -> None:
    newer = copy.deepcopy(THREADS)
    conversation = newer["_embedded"]["conversations"][0]
    conversation["_embedded"]["threads"] = [one for one in conversation["_embedded"]["threads"] if one["id"] != 204]
    conversation["updatedAt"] = "2026-03-03T09:00:00Z"
    folder = tmp_path / "pages"
    folder.mkdir()
    for name, document in (("a", newer), ("b", THREADS)):
        (folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    load([folder], home=tmp_path / "home", system="freescout", client="one", now=datetime(2026, 4, 1, tzinfo=UTC))
    assert messages(tmp_path) == ["11/201", "13/211"]


def test_what_another_kind_of_file_told_of_a_ticket_is_none_of_its_parts(tmp_path: Path) -> None:
    """Calls loaded under the source of the tickets, to be counted with their cases."""
    loaded(tmp_path, "first", THREADS, "freescout")
    calls = tmp_path / "calls.csv"
    calls.write_text("id,at,ticket\nc1,2026-03-02T08:00:00Z,11\n", encoding="utf-8")
    fact = {"kind": "contact", "client": "one", "source": "freescout-one"}
    said = {"channel": {"is": "voice"}, "outcome": {"is": "answered"}, "offered_at": "at", "case_id": "ticket"}
    mapping = {"file": {"zone": "UTC"}, "fact": fact, "key": {"columns": ["id"]}, "columns": said}
    load([calls], mapping=mapping, home=tmp_path / "home")
    assert column(stored(tmp_path), "case", "contacts_n")["freescout-one:11"] == 2
    later = copy.deepcopy(THREADS)
    later["_embedded"]["conversations"][0]["updatedAt"] = "2026-03-04T09:00:00Z"
    loaded(tmp_path, "later", later, "freescout")
    assert column(stored(tmp_path), "case", "contacts_n")["freescout-one:11"] == 2


def test_a_message_that_chatwoot_shows_as_deleted_counts_no_more(tmp_path: Path) -> None:
    chats = json.loads((Path(chatwoot.__file__).parent / "samples" / "conversations-0001.json").read_text(encoding="utf-8"))
    loaded(tmp_path, "first", chats, "chatwoot")
    before = messages(tmp_path)
    gone = next(one for one in chats["messages"] if one["message_type"] == chatwoot.answers.OUTGOING and not one.get("private"))
    gone["content_attributes"] = {"deleted": True}
    whole = [str(one["id"]) for one in chats["conversations"]]
    loaded(tmp_path, "second", {**chats, "whole": {"messages": whole}}, "chatwoot")
    assert [name for name in before if name not in messages(tmp_path)] == [f"{gone['conversation_id']}/{gone['id']}"]
