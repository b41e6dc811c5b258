"""Zendesk's quirks: rows told several times, rows whose ticket never came, words of its own; tables together; and asking for what changed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from fake_vendor import FakeVendor, serving
from nyckeltal.errors import CannotFetch, CannotRead
from nyckeltal.sources.load import load
from nyckeltal.sources.pull.web import HttpWeb
from nyckeltal.sources.reading import Reading, Setting
from nyckeltal.sources.systems import zendesk
from nyckeltal.sources.systems.zendesk import schedules
from nyckeltal.sources.tables import connect
from nyckeltal.sources.tickets import Unreadable

SAMPLES = Path(zendesk.__file__).parent / "samples"
HISTORY = """field_name,ticket_id,updated,_fivetran_synced,user_id,value
status,601,2026-03-02 01:00:00,2026-03-10 02:00:00.000,,open
assignee_id,601,2026-03-02 09:00:00,2026-03-01 02:00:00.000,71,71
status,601,2026-03-03 01:00:00,2026-03-10 02:00:00.000,71,on-hold
status,601,2026-03-03 01:00:00,2026-03-10 02:00:00.000,71,on-hold
status,601,2026-03-04 01:00:00,2026-03-10 02:00:00.000,71,solved
assignee_id,601,2026-03-04 02:00:00,2026-03-10 02:00:00.000,71,
priority,601,2026-03-04 02:00:00,2026-03-10 02:00:00.000,71,medium
status,999,2026-03-04 01:00:00,2026-03-10 02:00:00.000,71,solved
"""
COMMENTS = """id,_fivetran_synced,body,created,public,ticket_id,user_id
1,2026-03-10 02:00:00.000,please,2026-03-02 08:00:00,TRUE,601,9001
2,2026-03-10 02:00:00.000,done,2026-03-02 10:00:00,TRUE,601,71
3,2026-03-10 02:00:00.000,who,2026-03-02 11:00:00,TRUE,601,555
4,2026-03-10 02:00:00.000,lost,2026-03-02 11:00:00,TRUE,999,71
"""
USERS = """id,_fivetran_synced,name,role,ticket_restriction
71,2026-03-10 02:00:00.000,Anna Berg,agent,
9001,2026-03-10 02:00:00.000,Kim Holm,end-user,requested
"""
TAGS = "tag,ticket_id,_fivetran_synced\nvip,601,2026-03-10 02:00:00.000\n"


class Read:
    def __init__(self, folder: Path, *files: Path) -> None:
        self.con = connect(folder, files)
        setting = Setting(folder, "desk", "one", "Europe/Stockholm", datetime(2026, 4, 1, tzinfo=UTC), lambda text: f"md5({text})")
        self.reading: Reading = zendesk.SYSTEM.read(self.con, files, setting)

    def rows(self, paths: list[Path]) -> list[dict[str, Any]]:
        named = ", ".join(f"'{path}'" for path in paths)
        return self.con.execute(f"FROM read_parquet([{named}], union_by_name = true)").to_arrow_table().to_pylist() if paths else []

    def __getitem__(self, table: str) -> list[dict[str, Any]]:
        return sorted(self.rows(self.reading.facts.get(table, [])), key=lambda row: str(row["source_id"]))


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Read:
    folder = tmp_path_factory.mktemp("zendesk")
    files = []
    for name, content in (("history", HISTORY), ("comment", COMMENTS), ("user", USERS), ("tag", TAGS)):
        files.append(folder / f"{name}.csv")
        files[-1].write_text(content, encoding="utf-8")
    assert all(zendesk.SYSTEM.recognises(file) for file in files)
    return Read(folder, SAMPLES / "ticket.csv", *files)


def test_tables_of_one_export_tell_each_tickets_life_in_utc(tables: Read) -> None:
    case = tables["case"][0]
    assert (case["opened_at"], case["closed_at"]) == (datetime(2026, 3, 2, 8, tzinfo=UTC), datetime(2026, 3, 4, 1, tzinfo=UTC))
    assert (case["open_s"], case["on_hold_s"], case["priority"]) == (86400, 86400, "medium")
    assert case["marks"] == ["clock_disagrees"]  # its first status is older than itself
    assert [(row["author"], row["agent_id"]) for row in tables["message"]] == [("customer", None), ("agent", "71")]
    assert [row["agent_id"] for row in tables["segment"]] == ["71"]
    assert [row["display_name"] for row in tables["agent"]] == ["Anna Berg"]


def test_rows_told_several_times_count_once_and_rows_without_their_ticket_are_set_aside(tables: Read) -> None:
    counts = tables.reading.counts
    assert (counts["ticket_change"].read, counts["ticket_change"].repeated, counts["ticket_change"].refused.total()) == (8, 1, 1)
    assert counts["ticket_message"].refused.total() == 1
    places = {(row["file"], row["line"], row["field"]) for row in tables.rows(tables.reading.set_aside)}
    assert {("history.csv", 9, "ticket_id"), ("comment.csv", 5, "ticket_id"), ("comment.csv", 4, "user_id")} <= places
    assert all("lost" not in str(row["original"]) for row in tables.rows(tables.reading.set_aside))


def test_deleted_and_merged_tickets_and_tables_that_tell_nothing_are_left_out_with_their_reason(tables: Read) -> None:
    left = tables.reading.counts["zendesk"].left_out
    assert (left["deleted"], left["merged"], left["rows of tables that tell nothing about tickets here"]) == (1, 1, 1)


def test_metrics_whose_ticket_is_not_there_and_comments_of_nobody_known_are_set_aside(tmp_path: Path) -> None:
    read = Read(tmp_path, SAMPLES / "export.json")
    assert {(row["field"], row["reason_id"]) for row in read.rows(read.reading.set_aside)} == {
        ("author_id", "sources.zendesk.no_role"),
        ("ticket_id", "sources.ticket.orphan"),
    }
    assert read.reading.counts["zendesk"].left_out == {"deleted": 1, "merged": 1}


def test_a_status_that_nobody_has_explained_is_not_guessed(tmp_path: Path) -> None:
    odd = json.loads((SAMPLES / "export.json").read_text(encoding="utf-8")) | {"audits": []}
    odd["tickets"][3]["status"] = "waiting"
    file = tmp_path / "odd.json"
    file.write_text(json.dumps({"tickets": odd["tickets"][3:4]}), encoding="utf-8")
    with pytest.raises(CannotRead, match="waiting"):
        Read(tmp_path, file)
    file.write_text(json.dumps(odd | {"tickets": [*odd["tickets"], *[{**odd["tickets"][0], "id": 700 + n} for n in range(20)]]}), encoding="utf-8")
    read = Read(tmp_path, file)
    assert [(row["source_id"], row["field"]) for row in read.rows(read.reading.set_aside) if row["field"] == "status"] == [("504", "status")]


class Desk(FakeVendor):
    """Its export by cursor, and the audits of a ticket page by page."""

    def answer(self, path: str) -> dict[str, Any]:
        parts, asked = urlsplit(path), {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        if parts.path.endswith("/holidays.json"):
            return {"holidays": [{"id": 5, "name": "New Year", "start_date": "2026-01-01", "end_date": "2026-01-01"}]}
        if "business_hours" in parts.path:
            return {"schedules": [{"id": 7, "name": "Office", "time_zone": "Copenhagen", "intervals": [{"start_time": 1920, "end_time": 2460}]}]}
        if "/audits" in parts.path:
            more = "page[after]" not in asked
            event = {"type": "Comment", "id": 1, "body": "a secret", "public": True}
            return {"audits": [{"id": 1 if more else 2, "ticket_id": 1, "events": [event]}], "meta": {"has_more": more, "after_cursor": "next"}}
        first = int(asked.get("cursor", "0"))
        tickets = [{"id": number, "status": "open", "updated_at": "2026-03-02T08:00:00Z", "subject": "a secret"} for number in range(first, min(first + 2, 3))]
        return {
            "tickets": tickets,
            "users": [{"id": 1, "role": "end-user", "email": "a secret"}],
            "after_cursor": str(first + len(tickets)),
            "end_of_stream": first + 2 >= 3,
        }


def test_it_is_asked_by_cursor_until_the_end_and_goes_on_from_there(tmp_path: Path) -> None:
    with serving(Desk()) as vendor:
        vendor.faults += ["", "", "429", "500"]
        waits: list[float] = []
        web = HttpWeb([vendor.address], sleep=waits.append)
        given = {"user": "reader@example.com", "token": "t", "from": "2026-03-01"}
        until = datetime(2026, 3, 3, tzinfo=UTC)
        pages = list(zendesk.SYSTEM.pull.pages(web, given, {}, until))
        schedules, *pages = pages
        assert schedules.document["schedules"][0]["holidays"][0]["start_date"] == "2026-01-01"  # type: ignore[index]  # a document is whatever the vendor says
        assert [page.cursor["cursor"] for page in pages] == ["2", "3"]
        assert "start_time=1772323200" in vendor.asked[2]
        assert waits[0] == 7
        assert vendor.tokens[0] == "Basic cmVhZGVyQGV4YW1wbGUuY29tL3Rva2VuOnQ="
        audits: list[Any] = pages[0].document["audits"]  # type: ignore[index]  # a document is whatever the vendor says
        assert len(audits) == 4  # two pages for each of two tickets
        assert "a secret" not in json.dumps(pages[0].document)
        list(zendesk.SYSTEM.pull.pages(web, {**given, "user": ""}, pages[-1].cursor, until))
        assert "cursor=3" in vendor.asked[-1]
        assert vendor.tokens[-1] == "Bearer t"
        again = zendesk.SYSTEM.pull.pages(web, given, pages[-1].cursor, until)
        assert [page.kind for page in again] == ["tickets"]  # schedules that are as before are not told again


def test_a_page_that_names_no_place_to_go_on_from_is_not_asked_for_ever() -> None:
    class Nameless(Desk):
        def answer(self, path: str) -> dict[str, Any]:
            return {"tickets": [], "users": [], "end_of_stream": False} if "cursor.json" in path else super().answer(path)

    with serving(Nameless()) as vendor, pytest.raises(CannotFetch, match="same page"):
        list(zendesk.SYSTEM.pull.pages(HttpWeb([vendor.address]), {"token": "t", "from": "2026-03-01"}, {}, datetime(2026, 3, 3, tzinfo=UTC)))
    assert len(vendor.asked) < 10


@pytest.mark.parametrize(
    ("odd", "field"),
    [
        ({"intervals": [{"start_time": 480, "end_time": 10**15}]}, "intervals"),
        ({"intervals": [{"start_time": 960, "end_time": 480}]}, "intervals"),
        ({"holidays": [{"start_date": "0001-01-01", "end_date": "9999-12-31"}]}, "holidays"),
        ({"holidays": [{"start_date": "2026-12-26", "end_date": "2026-12-25"}]}, "holidays"),
    ],
)
def test_a_schedule_without_end_or_turned_round_is_refused_at_once(odd: dict[str, Any], field: str) -> None:
    with pytest.raises(Unreadable) as told:
        schedules.calendar(1, {"id": 7, "name": "Office", "time_zone": "Copenhagen", **odd}, datetime(2026, 3, 1, tzinfo=UTC))
    assert told.value.field == field
    assert schedules.calendar(1, {"name": "Office", "time_zone": "Copenhagen", "intervals": "none", "holidays": 3}, datetime(2026, 3, 1, tzinfo=UTC)).tz


def test_a_schedule_becomes_a_calendar_and_a_clock_that_nobody_knows_is_not_guessed(tmp_path: Path) -> None:
    file = tmp_path / "schedules.json"
    whole = json.loads((SAMPLES / "schedules.json").read_text(encoding="utf-8"))
    file.write_text(json.dumps({"schedules": [*whole["schedules"], {"id": 13, "name": "Moon", "time_zone": "Tranquility", "intervals": []}]}), encoding="utf-8")
    read = Read(tmp_path, file)
    assert [(row["calendar_id"], row["tz"]) for row in read["calendar"]] == [("Night", "Europe/Oslo"), ("Office", "Europe/Copenhagen")]
    assert [(row["field"], row["source_id"]) for row in read.rows(read.reading.set_aside)] == [("time_zone", "13")]
    assert load([file], home=tmp_path / "home", client="one", now=datetime(2026, 4, 1, tzinfo=UTC)).as_dict()["facts"]["calendar"]["new"] == 2
    file.write_text('{"schedules": [{"id": 13, "name": "Moon", "time_zone": "Tranquility", "intervals": []}]}', encoding="utf-8")
    report = load([file], system="zendesk", home=tmp_path / "home", client="one")
    assert sum(report.facts["zendesk"].refused.values()) == 1  # and the source is not stopped by it
