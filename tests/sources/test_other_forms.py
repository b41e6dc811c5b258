"""The sample files as other programs write them: below an empty line, below Excel's word about cells, in UTF-16, with the line ends of old Macs."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nyckeltal.sources import find
from nyckeltal.sources.load import load
from sources.test_samples import FOLDER, read
from tables import aside, mapping, put, rows


def below_an_empty_line(text: str) -> bytes:
    return ("\n" + text).encode()


def below_a_word_about_cells(text: str) -> bytes:
    told = io.StringIO(newline="")
    csv.writer(told, delimiter=";", lineterminator="\r\n").writerows(csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text)))
    return ("sep=;\r\n" + told.getvalue()).encode()


def separator_of(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max(",;\t", key=first.count)


def as_an_old_mac(text: str) -> bytes:
    return text.replace("\n", "\r").encode()


def with_a_mark(text: str) -> bytes:
    return ("\ufeff" + text).encode()


def in_utf_16(text: str) -> bytes:
    return ("\ufeff" + text).encode("utf-16-le")


def with_narrow_spaces(text: str) -> bytes:
    return re.sub(r" (?=[AP]M)", "\u202f", text).encode()


@pytest.mark.parametrize(
    ("name", "written"),
    [
        *((f"{system}/samples/{name}", below_an_empty_line) for system, name in (
            ("jira", "liste.csv"), ("freshdesk", "tickets.csv"), ("servicenow", "updates.csv"), ("topdesk", "lijst.csv"), ("limesurvey", "tokens_482615.csv"),
            ("formbricks", "export-service-2026-03-03.csv"), ("limesurvey", "results-survey482615.csv"), ("twilio_taskrouter", "webhooks.txt"),
        )),
        *((f"{system}/samples/{name}", below_a_word_about_cells) for system, name in (
            ("formbricks", "export-service-2026-03-03.csv"), ("limesurvey", "results-survey482615.csv"), ("jira", "lista.csv"), ("five9", "call-log.csv"),
        )),
        *((f"twilio_taskrouter/samples/{name}", written) for name in ("webhooks.txt",) for written in (with_a_mark, in_utf_16, as_an_old_mac)),
        ("queue_log/samples/an-hour-at-the-desk.log", as_an_old_mac),
        ("jira/samples/list.csv", with_narrow_spaces),
    ],
)  # fmt: skip
def test_a_file_in_another_form_is_known_and_tells_the_same(name: str, written: Callable[[str], bytes], tmp_path: Path) -> None:
    sample = FOLDER / name
    file = tmp_path / sample.parent.parent.name / "samples" / sample.name
    file.parent.mkdir(parents=True)
    file.write_bytes(written(sample.read_text(encoding="utf-8-sig")))
    if (told := sample.with_name(f"{sample.name}.mapping.toml")).exists():
        shutil.copy(told, file.parent)
    assert [system for system, source in find.systems().items() if source.recognises(file)] == [sample.parent.parent.name]
    assert read(file, tmp_path) == json.loads(sample.with_name(f"{sample.name}.expected.json").read_text(encoding="utf-8"))


def test_a_narrow_space_before_am_and_pm_is_one_in_any_table(home: Path, tmp_path: Path) -> None:
    at = {"from": "at", "as": "%m/%d/%Y, %I:%M:%S %p"}
    file = put(tmp_path, "id,at,wait\n" + "".join(f'{day},"3/{day}/2026, 9:00:00\u202fPM",1\n' for day in range(1, 6)))
    load(file, home=home, mapping=mapping({"offered_at": at}))
    assert {row["offered_at"].hour for row in rows(home).values()} == {20}  # nine in the evening in Stockholm


@pytest.mark.parametrize("form", [lambda rows: {"records": rows}, lambda rows: rows, lambda rows: {"result": rows}], ids=["records", "list", "result"])
def test_a_list_of_incidents_exported_as_json_tells_what_the_interface_answers(form: Callable[[Any], Any], tmp_path: Path) -> None:
    sample = FOLDER / "servicenow" / "samples" / "table-api.json"
    (folder := tmp_path / "servicenow" / "samples").mkdir(parents=True)
    file = put(folder, json.dumps(form(json.loads(sample.read_text(encoding="utf-8"))["result"])), sample.name)
    assert [name for name, source in find.systems().items() if source.recognises(file)] == ["servicenow"]
    assert read(file, tmp_path) == json.loads(sample.with_name(f"{sample.name}.expected.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("jira/samples/list.csv", "HELP-11"), ("servicenow/samples/updates.csv", "INC001"), ("topdesk/samples/list.csv", "I 2603 011"),
        ("freshdesk/samples/tickets.csv", "101"),
    ],
)  # fmt: skip
def test_a_row_without_number_and_one_of_another_width_are_set_aside_and_the_others_count(name: str, key: str, home: Path, tmp_path: Path) -> None:
    sample = FOLDER / name
    text = sample.read_text(encoding="utf-8-sig")
    head, first, *_ = text.splitlines()
    separator = separator_of(text)
    many = [first.replace(key, f"{key}{number}") for number in range(60)]
    file = put(tmp_path, "\n".join([head, *many, first.replace(key, ""), f"Total{separator}60"]) + "\n", sample.name)
    told = {"file": {"dates": "%d/%m/%Y %H:%M"}} if sample.name == "updates.csv" else None
    report = load(file, home=home, system=sample.parent.parent.name, client="one", zone="UTC", mapping=told)
    assert report.refused_n == 2
    assert {row["line"] for row in aside(home)} == {62, 63}
    assert len(rows(home, "case")) == 60
