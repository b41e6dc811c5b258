"""Exports of ticket systems in forms that people have besides the usual one: workbooks, tickets line by line, shown values, lists without a way in."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from nyckeltal.errors import BadMapping
from nyckeltal.sources.find import recognise
from nyckeltal.sources.load import load
from tables import aside, put, rows

ZONE = "Europe/Stockholm"


def _name(file: Path) -> str:
    found = recognise(file)
    return found.name if found else ""


def test_a_list_of_incidents_is_known_as_a_workbook_and_its_own_words_can_be_said(home: Path, tmp_path: Path) -> None:
    import xlsxwriter

    file = tmp_path / "incident.xlsx"
    head = ["Number", "Opened", "State", "Caller", "Assignment group", "Updated"]
    with xlsxwriter.Workbook(file, {"default_date_format": "yyyy-mm-dd hh:mm:ss"}) as book:
        sheet = book.add_worksheet("Page 1")
        for down, row in enumerate([head, ["INC1", datetime(2026, 3, 2, 9), "Väntar", "Joe", "Desk", datetime(2026, 3, 3, 9)]]):  # noqa: DTZ001 a sheet has no zone
            sheet.write_row(down, 0, row)
    assert _name(file) == "servicenow"
    said: dict[str, Any] = {"states": {"Väntar": "hold"}, "channels": {"": "voice"}}
    load([file], system="servicenow", home=home, client="one", zone=ZONE, mapping=said)
    assert (rows(home, "case")["INC1"]["status"], rows(home)["INC1"]["channel"], aside(home)) == ("hold", "voice", [])
    with pytest.raises(BadMapping, match=r"\[states\]"):
        load([file], system="servicenow", home=home, client="one", mapping={"states": {"Väntar": "asleep"}})


def test_shown_values_of_incidents_keep_their_group_and_are_on_the_clock_of_who_asked(home: Path, tmp_path: Path) -> None:
    shown = {
        "number": "INC2",
        "sys_id": "a",
        "state": "In Progress",
        "opened_at": "2026-03-02 09:00:00",
        "assignment_group": {"display_value": "Desk", "link": "x"},
    }
    load(put(tmp_path, json.dumps({"result": [shown]}), "list.json"), system="servicenow", home=home, client="one", zone=ZONE)
    case = rows(home, "case")["INC2"]
    assert (case["queue_id"], case["opened_at"].isoformat()) == ("Desk", "2026-03-02T08:00:00+00:00")


def test_tickets_line_by_line_tell_their_ratings(home: Path, tmp_path: Path) -> None:
    ticket = {"via": {"channel": "email"}, "created_at": "2026-03-02T08:00:00Z", "updated_at": "2026-03-02T09:00:00Z", "status": "solved", "requester_id": 5}
    lines = [
        json.dumps({"id": number, **ticket, "submitter_id": 5, "satisfaction_rating": {"score": score}}) for number, score in ((1, "good"), (2, "unoffered"))
    ]
    file = put(tmp_path, "\n".join(lines), "tickets.json")
    assert _name(file) == "zendesk"
    load([file], home=home, client="one")
    assert (set(rows(home, "case")), [row["value"] for row in rows(home, "survey_response").values()]) == ({"1", "2"}, [1.0])


def test_an_archived_incident_of_the_second_line_is_one(home: Path, tmp_path: Path) -> None:
    incident = {"number": "I 1", "status": "secondLineArchived", "callDate": "2026-01-05T08:00:00.000+0000", "operatorGroup": {"id": "g", "name": "Desk"}}
    load(
        put(tmp_path, json.dumps([incident, {**incident, "number": "I 2", "status": "partialArchived"}]), "list.json"),
        system="topdesk",
        home=home,
        client="one",
    )
    assert {name: row["tier"] for name, row in rows(home, "case").items()} == {"I 1": 2}


def test_what_an_export_says_of_feelings_is_an_answer_and_a_word_about_time_stops_no_ticket(home: Path, tmp_path: Path) -> None:
    head = "Ticket ID,Status,Source,Created time,Resolved time,Resolution status,Survey results\n"
    lines = "11,Resolved,Email,2026-03-02 09:00:00,2026-03-02 12:00:00,Within SLA,Extremely Happy\n12,Open,Phone,2026-03-02 09:30:00,,In Progress,Superb\n"
    report = load(put(tmp_path, head + lines, "tickets.csv"), home=home, client="one", zone=ZONE)
    assert {name: row["in_time"] for name, row in rows(home, "case").items()} == {"11": True, "12": None}
    assert [row["value"] for row in rows(home, "survey_response").values()] == [7]
    assert sum(report.facts["freshdesk"].left_out.values()) == 1


def test_answers_exported_with_the_name_of_their_clock_are_placed_by_it(home: Path, tmp_path: Path) -> None:
    head = "No.,Response ID,Timestamp,Finished,Survey ID,1. How likely?\n"
    said = {"r1": "2026-03-29 02:30:00 UTC", "r2": "2026-03-02 14:30:00 GMT+5:30", "r3": "2026-03-02 14:30:00 GMT-2", "r4": "2026-03-02 14:30:00 PST"}
    text = head + "".join(f"1,{name},{moment},Yes,s1,9\n" for name, moment in said.items())
    survey = {"survey": [{"question": "nps", "measure": "nps", "scale": "0_10", "value": "1. How likely?"}]}
    load(put(tmp_path, text, "export.csv"), system="formbricks", home=home, client="one", zone=ZONE, mapping=survey)
    told = [row["drawn_at"].strftime("%d %H:%M") for _, row in sorted(rows(home, "survey_invitation").items())]
    assert told == ["29 02:30", "02 09:00", "02 16:30", "02 22:30"]


def test_an_export_of_answers_is_known_as_a_workbook(tmp_path: Path) -> None:
    import xlsxwriter

    headers = {
        "limesurvey": ["Response ID", "Date submitted", "Last page", "Start language"],
        "formbricks": ["No.", "Response ID", "Timestamp", "Finished", "Survey ID"],
    }
    for system, head in headers.items():
        with xlsxwriter.Workbook(tmp_path / f"{system}.xlsx") as book:
            sheet = book.add_worksheet("Responses")
            sheet.write_row(0, 0, head)
            sheet.write_row(1, 0, ["1"] * len(head))
        assert _name(tmp_path / f"{system}.xlsx") == system
