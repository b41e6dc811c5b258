"""Somebody without instructions: a spreadsheet from HR and an export from a telephone exchange, sent, looked at, loaded."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date

import pytest
from django.conf import settings
from django.test import Client
from python_calamine import CalamineWorkbook

from nyckeltal.sources import templates
from nyckeltal.sources.load import load as load_files
from nyckeltal.web.jobs.models import Job
from web.contacts.loading import counts, form, load, sent

SignIn = Callable[[str], Client]


def _workbook(rows: Sequence[Sequence[object]]) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet("Frånvaro")
        for down, row in enumerate(rows):
            sheet.write_row(down, 0, row)
    return out.getvalue()


def test_a_swedish_workbook_of_absences_is_loaded_as_it_is_guessed(ingrid: Client) -> None:
    kinds = ("Sjuk", "Semester", "VAB")
    rows: list[tuple[object, ...]] = [("Medarbetare", "Typ av frånvaro", "Från och med", "Till och med", "Dagar")]
    rows += [(f"person{at % 5}", kinds[at % 3], date(2026, 9, 1 + at), date(2026, 9, 2 + at), 1) for at in range(24)]
    address = sent(ingrid, _workbook(rows), "Frånvaro september.xlsx")
    page = ingrid.get(address).content.decode()
    assert "Absences" in page
    assert counts(load(ingrid, address))["new"] == 24


def test_a_danish_export_of_calls_is_loaded_as_it_is_guessed(ingrid: Client) -> None:
    head = "Opkalds id;Dato;Klokkeslæt;Kønavn;Ventetid;Taletid;Medarbejder;Udfald"
    lines = [f"{at};{1 + at // 3:02}-09-2026;08:{at % 60:02}:10;Salg;00:00:{at % 60:02};00:03:20;mette;{('Besvaret', 'Tabt')[at % 2]}" for at in range(60)]
    address = sent(ingrid, "\n".join([head, *lines, ""]), "opkald-september.csv")
    said = form(ingrid, address)
    assert any("offered_at" in str(value) for value in said.values())
    assert counts(load(ingrid, address, {"client": "salg", "zone": "Europe/Copenhagen"}))["new"] == 60


def test_what_is_remembered_under_a_name_is_used_by_the_command_line_too(ingrid: Client, tmp_path_factory: pytest.TempPathFactory) -> None:
    rows = "Handläggare;Typ;Från;Till;Dagar\n" + "".join(f"a{at};Sjuk;2026-09-{at:02};2026-09-{at:02};1\n" for at in range(1, 25))
    address = sent(ingrid, rows, "frånvaro.csv")
    load(ingrid, address, {"client": "hr", "remember": "on", "name": "HR frånvaro"})
    file = tmp_path_factory.mktemp("next") / "october.csv"
    file.write_text(rows.replace("2026-09", "2026-10"), encoding="utf-8")
    report = load_files([file], mapping="HR frånvaro", home=settings.NYCKELTAL_HOME)
    assert report.facts["absence"].new == 24


@pytest.mark.parametrize("form_of_file", ["xlsx", "csv"])
def test_templates_are_offered_in_the_language_of_the_page(ingrid: Client, form_of_file: str) -> None:
    page = ingrid.get("/loads/").content.decode()
    assert all(f"/loads/template/{kind}.{form_of_file}" in page for kind in templates.OFFERED)
    answer = ingrid.get(f"/loads/template/absence.{form_of_file}", headers={"accept-language": "sv"})
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="absence.{form_of_file}"'
    if form_of_file == "xlsx":
        explained = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_name("i").to_python()
        assert explained[0][0] == "Frånvaro"
        assert any("sjuk, semester, vård av barn, övrigt" in str(cell) for row in explained for cell in row)
    assert ingrid.get(f"/loads/template/promise.{form_of_file}").status_code == 404
    assert not Job.objects.exists()


def test_a_template_is_for_those_who_feed_the_data(as_person: SignIn) -> None:
    assert as_person("anna").get("/loads/template/absence.csv").status_code == 403
