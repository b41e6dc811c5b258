from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from nyckeltal.contacts.organisation.files import guarded
from nyckeltal.web.kpi.export import FORMATS
from nyckeltal.web.people.models import Look

SignIn = Callable[[str], Client]
BY_CLIENT = "kpi=contacts_offered&by=client&per=month&first=2026-08-01&last=2026-10-31"


def _export(browser: Client, kind: str, query: str) -> bytes:
    answer = browser.get(f"/explore/export/{kind}/?{query}")
    assert answer.status_code == 200
    assert answer["Content-Disposition"].endswith(f'.{kind}"')
    return answer.content


def _csv(content: bytes) -> tuple[list[str], list[dict[str, str]]]:
    lines = content.decode().splitlines()
    about = [line for line in lines if line.startswith("# ")]
    return about, list(csv.DictReader(lines[len(about) :]))


def test_csv_carries_all_rows_and_says_what_they_are(as_person: SignIn) -> None:
    about, rows = _csv(_export(as_person("david"), "csv", BY_CLIENT))
    assert len(rows) == 6
    assert sum(float(row["value"]) for row in rows) == 600
    said = "\n".join(about)
    assert all(part in said for part in ("Contacts offered", "1 August 2026 to 31 October 2026", "kind: count", "Rows: 6", "nyckeltal "))


def test_the_three_forms_hold_the_same(as_person: SignIn) -> None:
    browser = as_person("david")
    _, rows = _csv(_export(browser, "csv", BY_CLIENT))
    sheet: list[list[Any]] = CalamineWorkbook.from_filelike(io.BytesIO(_export(browser, "xlsx", BY_CLIENT))).get_sheet_by_index(0).to_python()
    table = pq.read_table(io.BytesIO(_export(browser, "parquet", BY_CLIENT)))
    values = [float(row["value"]) for row in rows]
    assert [line[sheet[0].index("value")] for line in sheet[1:]] == values
    assert table.column("value").to_pylist() == values
    assert table.column_names == list(rows[0]) == sheet[0]


def test_a_spreadsheet_explains_itself_on_its_second_sheet(as_person: SignIn) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(_export(as_person("david"), "xlsx", f"{BY_CLIENT}&client=one")))
    about = dict(book.get_sheet_by_index(1).to_python())
    assert about["Only client"] == "Nordkraft"
    assert about["Rows"] == "3"


def test_parquet_explains_itself_in_its_metadata(as_person: SignIn) -> None:
    metadata = pq.read_table(io.BytesIO(_export(as_person("david"), "parquet", BY_CLIENT))).schema.metadata
    assert metadata[b"nyckeltal.rows"] == b"6"
    assert b"Contacts offered" in metadata[b"nyckeltal.00"]


@pytest.mark.parametrize("kind", sorted(FORMATS))
def test_persons_go_out_by_pseudonym(as_person: SignIn, kind: str) -> None:
    content = _export(as_person("cecilia"), kind, "kpi=contacts_handled&by=agent")
    if kind == "xlsx":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"".join(archive.read(name) for name in archive.namelist())
    if kind == "parquet":
        content = repr(pq.read_table(io.BytesIO(content)).to_pydict()).encode() + repr(pq.read_table(io.BytesIO(content)).schema.metadata).encode()
    assert not any(name in content.lower() for name in (b"anna", b"bengt", b"berg"))


def test_a_pseudonym_stays_the_same_from_export_to_export(as_person: SignIn) -> None:
    first, second = (_csv(_export(as_person("cecilia"), "csv", "kpi=contacts_handled&by=agent"))[1] for _ in range(2))
    assert [row["agent"] for row in first] == [row["agent"] for row in second]
    assert len({row["agent"] for row in first}) == 2


def test_a_name_that_is_a_formula_arrives_as_text(as_person: SignIn) -> None:
    browser = as_person("david")
    _, rows = _csv(_export(browser, "csv", BY_CLIENT))
    assert {row["client_name"] for row in rows} == {"Nordkraft", "'=Webb & Co"}
    with zipfile.ZipFile(io.BytesIO(_export(browser, "xlsx", BY_CLIENT))) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(("text", "safe"), [("=1+1", "'=1+1"), ("+46", "'+46"), ("-x", "'-x"), ("@cmd", "'@cmd"), ("\tx", "'\tx"), ("a=b", "a=b"), ("", "")])
def test_what_a_spreadsheet_would_run_is_made_text(text: str, safe: str) -> None:
    assert guarded(text) == safe


def test_a_file_says_what_its_reader_was_restricted_to(as_person: SignIn) -> None:
    about, rows = _csv(_export(as_person("gustav"), "csv", "kpi=contacts_offered"))
    assert "# Only client: =Webb & Co" in about
    assert float(rows[0]["value"]) == 200


def test_a_figure_that_is_not_given_says_why_in_the_file(as_person: SignIn) -> None:
    _, rows = _csv(_export(as_person("david"), "csv", "kpi=service_level&per=day&first=2026-10-01&last=2026-10-07"))
    assert {bool(row["message"]) for row in rows if not row["value"]} == {True}


@pytest.mark.parametrize(("name", "query"), [("hanna", "kpi=aht"), ("ingrid", "kpi=aht"), ("nobody", "kpi=aht"), ("eva", "kpi=aht")])
def test_who_sees_no_figures_exports_none(as_person: SignIn, name: str, query: str) -> None:
    assert as_person(name).get(f"/explore/export/csv/?{query}").status_code == 403
    assert not Look.objects.exists()


@pytest.mark.parametrize(
    ("name", "query"), [("david", "kpi=aht&by=agent"), ("fatima", "kpi=aht&by=team"), ("gustav", "kpi=aht&client=one"), ("david", "kpi=nonsense")]
)
def test_what_may_not_be_asked_may_not_be_exported(as_person: SignIn, name: str, query: str) -> None:
    answer = as_person(name).get(f"/explore/export/csv/?{query}")
    assert answer.status_code in {400, 403} or "Nordkraft" not in answer.content.decode()


def test_there_is_no_other_form(as_person: SignIn) -> None:
    assert as_person("david").get("/explore/export/exe/?kpi=aht").status_code == 404
