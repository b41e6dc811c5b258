"""What is easily mixed up or lost about loads: files of several shapes, names, mappings, and promises judged after an interruption."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import Client

import nyckeltal
from nyckeltal.contacts.organisation.edit import Edit, Put
from nyckeltal.contacts.store import ContactStore
from nyckeltal.errors import StoreBusy
from nyckeltal.kpi import promises
from nyckeltal.web.contacts.loads import ledger, saved, work
from nyckeltal.web.contacts.models import Upload
from nyckeltal.web.frame.uploads import Arriving
from nyckeltal.web.jobs import worker
from nyckeltal.web.jobs.models import Job
from nyckeltal.web.people.models import User
from nyckeltal.words import Text
from web.contacts.loading import ENDS, HEADER, Making, calls, counts, load, number, send, sent

NOT_A_DAY = "3;31.09.2026 08:03:14;Faktura;00:00:03;elli;Besvarad"
OCTOBER = [f"{day}{at:02};{day:02}.10.2026 08:{at:02}:14;Faktura;00:00:{at:02};elli;{ENDS[at % 2]}" for day in range(1, 32) for at in range(10)]
MORE = [f"7{at:02};15.10.2026 10:{at:02}:14;Faktura;00:00:01;elli;Besvarad" for at in range(50)]
LATER = "29901;20.11.2026 08:00:00;Faktura;00:00:01;elli;Besvarad"
PROMISE = {"agreement_id": "p", "client_id": "nordkraft", "measure": "answer_rate", "target": 80.0, "valid_from": "2026-10-01", "period": "month"}


def _file(rows: list[str]) -> str:
    return "\n".join([HEADER, *rows, ""])


@pytest.fixture(scope="module")
def promised(making: Making) -> tuple[Path, str]:
    def begin(browser: Client) -> str:
        load(browser, sent(browser, _file([*OCTOBER, LATER])))
        more = load(browser, sent(browser, _file(MORE), "more.csv"))
        nyckeltal.edit(Edit((Put("agreement", PROMISE),)), home=settings.NYCKELTAL_HOME)
        return more

    return making(begin)


@pytest.fixture
def more(promised: tuple[Path, str]) -> str:
    """October with a promise about it; the address of a load whose undo changes the verdict's value."""
    shutil.copytree(promised[0], settings.NYCKELTAL_HOME, dirs_exist_ok=True)
    return promised[1]


def _kept() -> list[float]:
    return [round(row["value"], 2) for row in ContactStore(settings.NYCKELTAL_HOME).snapshot().small("promise").to_pylist()]


def test_promises_are_judged_though_the_undo_was_interrupted_after_it_counted(more: str, people: dict[str, User]) -> None:
    before = _kept()
    job = work.begin_undo(number(more), "more.csv", people["ingrid"])
    job.told(attempts=1)
    ContactStore(settings.NYCKELTAL_HOME).undo(number(more), now=datetime.now(UTC))
    worker.do_all()
    assert Job.objects.get(pk=job.pk).state == Job.State.DONE
    assert _kept() != before
    assert promises.keep(settings.NYCKELTAL_HOME, datetime.now(UTC)) is None


def test_rows_that_count_are_told_as_in_though_the_promises_could_not_be_judged(more: str, people: dict[str, User], monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> None:
        raise StoreBusy(Text("store.busy", "The store is busy."))

    monkeypatch.setattr(promises, "keep", busy)
    job = work.begin_undo(number(more), "more.csv", people["ingrid"])
    job.told(attempts=1)
    ContactStore(settings.NYCKELTAL_HOME).undo(number(more), now=datetime.now(UTC))
    worker.do_all()
    assert Job.objects.get(pk=job.pk).state == Job.State.DONE
    assert "The store is busy" in str(Job.objects.get(pk=job.pk).result["warnings"])


def test_judging_promises_is_no_load_that_could_be_taken_back(ingrid: Client, more: str) -> None:
    assert ingrid.get(more).status_code == 200
    [judged, *_] = [row["load_id"] for row in ledger.store().loads().to_pylist() if row["source"] == "promises"]
    assert judged not in ingrid.get("/loads/").content.decode()
    assert ingrid.get(f"/loads/{judged}/").status_code == 404
    assert ingrid.post(f"/loads/{judged}/undo/").status_code == 404
    assert _kept()


def test_a_job_and_its_files_are_kept_together_or_not_at_all(ingrid: Client, people: dict[str, User], monkeypatch: pytest.MonkeyPatch) -> None:
    sent(ingrid, calls())

    def dies(*_: object, **__: object) -> None:
        raise OSError("the power went away")

    monkeypatch.setattr(Upload, "told", dies)
    with pytest.raises(OSError, match="power"):
        work.begin_load(Upload.objects.get(), people["ingrid"])
    assert not Job.objects.exists()


@pytest.mark.parametrize("name", ["本" * 100 + ".csv", "a" * 300 + ".csv"])
def test_a_long_name_is_shortened_and_keeps_its_ending(ingrid: Client, name: str) -> None:
    assert send(ingrid, (name, calls())).status_code == 302
    assert Upload.objects.get().names[0].endswith(f"{name[0]}.csv")


def test_files_of_one_name_are_told_apart(ingrid: Client) -> None:
    assert send(ingrid, ("3-a.csv", calls()), ("a.csv", calls()), ("a.csv", calls())).status_code == 302
    assert Upload.objects.get().names == ["3-a.csv", "a.csv", "4-a.csv"]


def test_a_remembered_mapping_is_not_replaced_by_that_of_another_shape(ingrid: Client) -> None:
    words = {"remember": "1", "name": "export"}
    load(ingrid, sent(ingrid, calls(), "export.csv"), words)
    first = saved.read("export")
    other = "id,offered,wait,agent,result\n" + "".join(f"{at},2026-09-{1 + at % 28:02} 08:00:00,{at % 60},elli,answered\n" for at in range(60))
    load(ingrid, sent(ingrid, other, "export.csv"), words)
    assert saved.read("export") == first
    assert saved.names() == ["export", "export-2"]
    load(ingrid, sent(ingrid, calls(20), "export.csv"), words)
    assert saved.names() == ["export", "export-2"]


def test_refused_rows_of_files_with_other_columns_stand_under_their_own_header(ingrid: Client) -> None:
    order = [0, 2, 1, 3, 4, 5]
    turned = [[line.split(";")[at] for at in order] for line in calls(60, {3: NOT_A_DAY}).splitlines()]
    other = "\n".join(";".join(cells if cells[0] == "Samtal" else [f"1{cells[0]}", *cells[1:]]) for cells in turned) + "\n"
    address = load(ingrid, str(send(ingrid, ("a.csv", calls(60, {3: NOT_A_DAY})), ("b.csv", other))["Location"]))
    assert counts(address)["refused"] == 2
    answer = ingrid.get(f"{address}refused/")
    assert answer["Content-Type"].startswith("application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.namelist() == ["a-refused.csv", "b-refused.csv"]
        rows = {name: list(csv.DictReader(io.StringIO(packed.read(name).decode("utf-8-sig")), delimiter=";")) for name in packed.namelist()}
    assert [[row["Samtal start"] for row in found] for found in rows.values()] == [["31.09.2026 08:03:14"], ["31.09.2026 08:03:14"]]


def test_refused_rows_are_sent_with_the_letters_that_they_are_written_in(ingrid: Client) -> None:
    address = load(ingrid, sent(ingrid, calls(60, {3: NOT_A_DAY}).encode("cp1252"), "windows.csv"))
    answer = ingrid.get(f"{address}refused/")
    assert answer.content.decode(answer.charset).splitlines()[0].lstrip("\ufeff") == f"{HEADER};refused because"


def test_rows_left_out_for_the_same_reason_are_added_up_over_the_facts() -> None:
    given = {fact: {"read": 5, "left_out": {"test": 2}} for fact in ("contact", "case")}
    row = {"load_id": "l", "loaded_at": datetime(2026, 1, 1, tzinfo=UTC), "state": "loaded", "counts": json.dumps(given), "files": "a", "source": "s"}
    empty = dict.fromkeys(("loaded_by", "client_id", "system", "mapping", "undone_at"))
    assert ledger._line(row | empty, ZoneInfo("UTC")).left_out == (("test", 4),)


def test_who_feeds_no_data_sends_none_to_the_disk(as_person: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch) -> None:
    arrived: list[object] = []
    begins = Arriving.__init__

    def noting(self: Arriving, *given: Any) -> None:
        arrived.append(given)
        begins(self, *given)

    monkeypatch.setattr(Arriving, "__init__", noting)
    for name, n in (("ingrid", 1), ("david", 1)):
        browser = as_person(name)
        browser.handler.enforce_csrf_checks = True  # with the cookie, and without the token in a header, the body is read for it
        browser.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
        assert send(browser, ("a.csv", calls())).status_code == 403
        assert len(arrived) == n
