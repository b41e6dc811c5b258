from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from nyckeltal.contacts.store import ContactStore
from nyckeltal.sources import templates, written
from nyckeltal.sources.systems import zendesk
from nyckeltal.web.contacts.loads import saved
from nyckeltal.web.contacts.models import Upload
from nyckeltal.web.frame import uploads as arriving
from nyckeltal.web.jobs import worker
from nyckeltal.web.jobs.models import Job

Program = Callable[..., Client]
MAPPING = """
[fact]
kind = "contact"
client = "one"

[file]
zone = "Europe/Stockholm"

[columns]
contact_id = "id"
offered_at = { from = "at", as = "%Y-%m-%d %H:%M" }
queue_id = "queue"
channel = { is = "voice" }
direction = { is = "inbound" }
outcome = { from = "end", values = { ok = "answered", lost = "abandoned" } }
wait_s = "wait"
"""


def _calls(n: int = 40, wrong: int = 0) -> str:
    rows = [f"{at},{'2026-10-01 08:' + format(at % 60, '02') if at >= wrong else 'yesterday'},invoice,{('ok', 'lost')[at % 2]},{at}" for at in range(n)]
    return "\n".join(["id,at,queue,end,wait", *rows, ""])


def _sent(program: Client, text: str = "", name: str = "calls.csv", **words: str) -> Any:
    return program.post("/api/loads", {"files": [SimpleUploadedFile(name, (text or _calls()).encode())], **words})


def _loaded(program: Client, answer: Any) -> dict[str, Any]:
    """The job, once the worker is done."""
    assert answer.status_code == 202, answer.content
    worker.do_all()
    job: dict[str, Any] = program.get(answer["Location"]).json()
    return job


def test_a_file_sent_is_loaded_by_the_worker_once_and_taken_back(as_program: Program, settings: Settings) -> None:
    program = as_program("ingrid")
    answer = _sent(program, mapping=MAPPING)
    assert answer.json()["state"] == "waiting"
    job = _loaded(program, answer)
    assert (job["state"], job["mistake"], job["already"]) == ("done", None, False)
    address = f"/api/loads/{job['load_id']}"
    load = program.get(address).json()
    assert (load["files"], load["loaded_by"], load["counts"]["contact"]["new"]) == ("calls.csv", "ingrid", 40)
    assert ContactStore(settings.NYCKELTAL_HOME).snapshot().months("contact") == ["2026-10"]
    again = _loaded(program, _sent(program, mapping=MAPPING))
    assert (again["already"], again["load_id"]) == (True, job["load_id"])
    assert [one["load_id"] for one in program.get("/api/loads").json()] == [job["load_id"]]
    assert program.get(f"{address}/refused").json() == []
    assert _loaded(program, program.delete(address))["undone"] is True
    assert program.get(address).json()["state"] == "undone"
    assert program.delete(address).status_code == 409


def test_refused_rows_are_told_in_every_form(as_program: Program) -> None:
    program = as_program("ingrid")
    job = _loaded(program, _sent(program, _calls(100, wrong=3), mapping=MAPPING))
    path = f"/api/loads/{job['load_id']}/refused"
    rows = program.get(path).json()
    assert [(row["line"], row["field"]) for row in rows] == [(2, "offered_at"), (3, "offered_at"), (4, "offered_at")]
    assert "yesterday" in rows[0]["original"]
    assert pa.ipc.open_stream(program.get(f"{path}?format=arrow").content).read_all().column("line").to_pylist() == [2, 3, 4]
    assert [row["line"] for row in csv.DictReader(io.StringIO(program.get(f"{path}?format=csv").content.decode()))] == ["2", "3", "4"]
    assert [row["line"] for row in program.get(f"{path}?limit=2").json()] == [2, 3]
    assert len(program.get(f"{path}?all=true").json()) == 3


def test_refused_rows_are_settled_and_opened_again(as_program: Program) -> None:
    program = as_program("ingrid")
    path = f"/api/loads/{_loaded(program, _sent(program, _calls(100, wrong=3), mapping=MAPPING))['load_id']}/refused"
    first = program.get(path).json()[0]["row_id"]
    rows = program.post(path, {"rows": [first], "settled": True}, content_type="application/json").json()
    assert [(row["line"], row["settled_by"]) for row in rows] == [(2, "ingrid"), (3, None), (4, None)]
    assert [row["line"] for row in program.get(path).json()] == [3, 4]
    assert len(program.get(f"{path}?all=true").json()) == 3
    assert [row["settled_at"] for row in program.post(path, {"settled": False}, content_type="application/json").json()] == [None] * 3
    unknown = program.post(path, {"rows": ["nobody’s"], "settled": True}, content_type="application/json")
    assert (unknown.status_code, "nobody’s" in unknown.json()["detail"]) == (422, True)
    assert program.post(path, {}, content_type="application/json").status_code == 422


def test_a_mapping_that_is_kept_reads_the_next_file(as_program: Program) -> None:
    program = as_program("ingrid")
    saved.keep("telephone", written.tables_of(MAPPING), ["id", "at", "queue", "end", "wait"])
    named, fitting = _sent(program, mapping_name="telephone"), _sent(program, _calls(50))
    assert (named.status_code, fitting.status_code) == (202, 202)
    assert {upload.mapping["fact"]["client"] for upload in Upload.objects.all()} == {"one"}
    assert _sent(program, mapping_name="nobody’s").json()["issues"][0]["field"] == "mapping_name"


def test_a_client_and_a_zone_said_beside_a_mapping_go_before_what_it_says(as_program: Program, settings: Settings) -> None:
    program = as_program("ingrid")
    saved.keep("telephone", written.tables_of(MAPPING), ["id", "at", "queue", "end", "wait"])
    for words in ({"mapping": MAPPING.replace('contact_id = "id"', 'contact_id = "id"\nclient_id = "queue"')}, {"mapping_name": "telephone"}, {}):
        job = _loaded(program, _sent(program, _calls(40 + len(words)), client="bank", zone="UTC", **words))
        assert (job["state"], job["mistake"]) == ("done", None)
        load = program.get(f"/api/loads/{job['load_id']}").json()
        assert set(load["kinds"]["contact"]) == {"bank"}
    snapshot = ContactStore(settings.NYCKELTAL_HOME).snapshot()
    assert {row["offered_at"].hour for row in snapshot.small("contact").to_pylist() if row["client_id"] == "bank"} == {8}


def test_a_file_of_the_organisation_changes_it(as_program: Program, settings: Settings) -> None:
    """What pages edit row by row, a program reads, changes and sends back."""
    program = as_program("ingrid")
    rows = program.get("/api/organisation/queue?format=csv").content.decode()
    job = _loaded(program, _sent(program, rows.replace("Invoice", "Invoices"), name="queue.csv"))
    assert (job["state"], job["mistake"]) == ("done", None)
    queues = ContactStore(settings.NYCKELTAL_HOME).snapshot().small("queue").to_pylist()
    assert sorted(row["name"] for row in queues) == ["Invoices", "Orders", "Outage"]


def test_a_filled_in_template_needs_no_mapping(as_program: Program, settings: Settings) -> None:
    head = ";".join(column.header for column in templates.columns("absence", "fi"))
    job = _loaded(as_program("ingrid"), _sent(as_program("ingrid"), f"{head}\nx1;anna;sick;2026-03-02 08:00;;;;\n", name="poissaolot.csv"))
    assert (job["state"], job["mistake"]) == ("done", None)
    assert [row["agent_id"] for row in ContactStore(settings.NYCKELTAL_HOME).snapshot().small("absence").to_pylist()] == ["anna"]


def test_a_file_that_shows_no_system_is_read_as_the_one_that_is_said(as_program: Program, settings: Settings) -> None:
    program, whole = as_program("ingrid"), json.loads((Path(zendesk.__file__).parent / "samples" / "export.json").read_text(encoding="utf-8"))
    tickets = [{name: value for name, value in ticket.items() if name not in ("submitter_id", "url")} for ticket in whole["tickets"]]
    bare = json.dumps({"tickets": tickets}, indent=1)
    assert _sent(program, bare, name="tickets.json").status_code == 422
    job = _loaded(program, _sent(program, bare, name="tickets.json", system="zendesk", client="nordkraft"))
    assert (job["state"], job["mistake"]) == ("done", None)
    assert ContactStore(settings.NYCKELTAL_HOME).snapshot().rows("case") == len(tickets) - 2  # one is deleted, one was merged into another


def test_without_a_mapping_one_is_proposed(as_program: Program) -> None:
    told = _sent(as_program("ingrid")).json()
    assert (told["status"], told["issues"][0]["field"]) == (422, "mapping")
    assert 'kind = "contact"' in told["proposed_mapping"]


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"mapping": "[[["}, None),
        ({"mapping": MAPPING.replace('"wait"', '"waited"')}, "mapping"),
        ({"mapping": MAPPING.replace("offered_at", "offered")}, "mapping"),
        ({"system": "nothing_known"}, "system"),
        ({"system": "queue_log", "mapping": MAPPING}, "mapping"),
        ({"mappings": MAPPING}, "mappings"),
    ],
)
def test_what_cannot_be_loaded_is_refused_at_once_and_not_kept(words: dict[str, str], field: str | None, as_program: Program) -> None:
    answer = _sent(as_program("ingrid"), **words)
    assert answer.status_code == 422
    told = answer.json()
    assert field is None or field in (told["issues"][0]["field"] or ""), told
    assert (Upload.objects.exists(), Job.objects.exists()) == (False, False)
    assert not list(arriving.folder().iterdir())


def test_too_many_wrong_rows_are_told_before_loading(as_program: Program) -> None:
    told = _sent(as_program("ingrid"), _calls(40, wrong=20), mapping=MAPPING).json()
    assert (told["status"], told["code"], told["issues"][0]["line"]) == (422, "api.would_not_load", 2)
    assert "yesterday" in told["issues"][0]["detail"]


@pytest.mark.parametrize(("sent", "status"), [({}, 422), ({"mapping": MAPPING}, 422), ({"other": "file"}, 422)])
def test_a_call_without_files_says_so(sent: dict[str, str], status: int, as_program: Program) -> None:
    assert as_program("ingrid").post("/api/loads", sent).status_code == status


def test_a_body_of_another_kind_is_refused(as_program: Program) -> None:
    program = as_program("ingrid")
    assert program.post("/api/loads", {"files": []}, content_type="application/json").status_code == 415
    broken = program.post("/api/loads", b"no parts", content_type="multipart/form-data; boundary=x")
    assert (broken.status_code in (400, 422), broken["Content-Type"]) == (True, "application/problem+json")


def test_nobody_but_an_administrator_sends_files(as_program: Program) -> None:
    for name in ("anna", "cecilia", "david", "fatima", "hanna", "nobody"):
        assert _sent(as_program(name), mapping=MAPPING).status_code == 403
    assert not list((Path(arriving.folder())).iterdir())


@pytest.mark.parametrize("job", ["x", "00000000-0000-4000-8000-000000000000"])
def test_a_job_that_is_none_is_not_found(job: str, as_program: Program) -> None:
    assert as_program("ingrid").get(f"/api/jobs/{job}").status_code == 404
