"""A template that was filled in is recognised in any language and loaded; its example row never is, and mistakes are told where they stand."""

from __future__ import annotations

import csv
import io
import json
import os
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from nyckeltal.contacts.schema import TABLES
from nyckeltal.contacts.store import ContactStore
from nyckeltal.errors import CannotRead
from nyckeltal.sources import templates
from nyckeltal.sources.called import LANGUAGES
from nyckeltal.sources.columns import meanings
from nyckeltal.sources.describe import known_fact
from nyckeltal.sources.load import describe, load
from nyckeltal.sources.meanings import known_values

SOAK = os.environ.get("NYCKELTAL_SOAK") == "1"


def _at(day: int, hour: int) -> datetime:
    """A moment as a spreadsheet has it, without a zone."""
    return datetime.combine(date(2026, 3, day), time(hour))


FILLED: dict[str, list[dict[str, Any]]] = {
    "absence": [
        {"absence_id": "1", "agent_id": "anna", "kind": "sick", "started_at": _at(2, 8), "ended_at": _at(3, 17), "days": 2},
        {"absence_id": "2", "agent_id": "bengt", "kind": "leave", "started_at": _at(9, 8)},
    ],
    "finance_month": [{"finance_id": "1", "client_id": "bank", "month_start": "2026-03", "service_cost": 1234.5, "revenue": 99999, "currency": "SEK"}],
    "event_log": [
        {"case": "1", "activity": "Opened", "time": _at(2, 8), "resource": "anna"},
        {"case": "1", "activity": "Closed", "time": _at(2, 9), "resource": "anna"},
    ],
}


def _filled(kind: str, language: str, form: str, rows: list[dict[str, Any]], folder: Path) -> Path:
    """The template as somebody would send it: the example row left in, rows below it."""
    columns = templates.columns(kind, language)
    given = [[column.example for column in columns], *([row.get(column.field.name, "") for column in columns] for row in rows)]
    path = folder / f"{kind}.{form}"
    if form == "csv":
        head = templates.as_csv(kind, language).decode("utf-8-sig")
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=";").writerows([next(csv.reader([head.splitlines()[0]], delimiter=";")), *given])
        path.write_text(out.getvalue(), encoding="utf-8")
        return path
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        sheet = book.add_worksheet(kind)
        for down, row in enumerate([[column.header for column in columns], *given]):
            sheet.write_row(down, 0, row)
    return path


def _loaded(path: Path, home: Path, kind: str) -> Any:
    told = describe(path)
    if kind == templates.EVENT_LOG:
        assert told.system == kind
        return load([path], home=home, client="one")
    assert (told.kind, told.needed) == (kind, ())
    return load([path], mapping=told.mapping, home=home)


@pytest.mark.parametrize(
    ("kind", "language", "form"), [(kind, at, form) for kind, at in zip(FILLED, ("sv", "hu", "fi"), strict=True) for form in ("csv", "xlsx")]
)
def test_a_filled_template_is_recognised_and_loaded_without_its_example(kind: str, language: str, form: str, home: Path, tmp_path: Path) -> None:
    report = _loaded(_filled(kind, language, form, FILLED[kind], tmp_path), home, kind)
    [left_out] = [count.left_out for count in report.facts.values() if count.left_out]
    assert list(left_out.values()) == [1]
    assert report.refused_n == 0
    assert sum(count.new for count in report.facts.values()) == (1 if kind != "absence" else 2)


@pytest.mark.parametrize("kind", templates.OFFERED)
def test_every_template_is_made_in_every_language(kind: str, tmp_path: Path) -> None:
    headers = {tuple(column.header for column in templates.columns(kind, language)) for language in LANGUAGES}
    assert len(headers) == len(LANGUAGES)
    assert all(len(set(named)) == len(named) for named in headers)
    file = tmp_path / "filled.csv"
    file.write_bytes(templates.as_csv(kind, "da"))
    told = describe(file)
    assert (told.system or told.kind, told.needed) == (kind, ())


def test_the_workbook_explains_every_column_and_checks_cells(tmp_path: Path) -> None:
    from python_calamine import CalamineWorkbook

    file = tmp_path / "absence.xlsx"
    file.write_bytes(templates.as_xlsx("absence", "sv"))
    with CalamineWorkbook.from_path(file) as book:
        rows = book.get_sheet_by_name(book.sheet_names[1]).to_python()
    assert [row[0] for row in rows[3:]] == [column.header for column in templates.columns("absence", "sv")]
    assert all(row[2] and row[3] for row in rows[3:])
    with ZipFile(file) as packed:
        assert b'type="list"' in packed.read("xl/worksheets/sheet1.xml")


def test_a_wrong_cell_of_a_template_is_told_with_its_place(home: Path, tmp_path: Path) -> None:
    rows = [{"absence_id": str(at), "agent_id": "anna", "kind": "sick", "started_at": _at(at, 8)} for at in range(1, 25)]
    rows[3]["started_at"] = "soon"
    path = _filled("absence", "sv", "xlsx", rows, tmp_path)
    report = _loaded(path, home, "absence")
    [aside] = ContactStore(home).set_aside(report.load_id).to_pylist()
    assert (aside["file"], aside["line"], aside["field"]) == ("absence.xlsx", 6, "started_at")
    assert "soon" in aside["reason"]
    letter = "ABCDEFGHIJ"[[column.field.name for column in templates.columns("absence")].index("started_at")]
    assert json.loads(aside["values"])["cell"] == f"{letter}6"


def test_wrong_values_in_every_column_are_told_all_at_once(home: Path, tmp_path: Path) -> None:
    rows = [{column.field.name: "?!" for column in templates.columns("absence")} for _ in range(3)]
    path = _filled("absence", "en", "xlsx", rows, tmp_path)
    with pytest.raises(CannotRead) as told:
        load([path], mapping=describe(path).mapping, home=home)
    assert {issue.field for issue in told.value.issues} >= {"kind", "started_at", "ended_at", "days"}


def _with_the_example_as_a_row(kind: str, language: str, form: str, folder: Path) -> Path:
    """The template as somebody sends it who takes the example row for a row of the own."""
    mark = templates.columns(kind, language)[0].example
    path = folder / f"{kind}-{language}.{form}"
    if form == "csv":
        path.write_bytes(templates.as_csv(kind, language).replace(mark.encode(), b"R1"))
        return path
    path.write_bytes(templates.as_xlsx(kind, language))
    with ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    with ZipFile(path, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content.replace(f">{mark}<".encode(), b">R1<") if name == "xl/sharedStrings.xml" else content)
    return path


def _what_stands(home: Path, table: str) -> dict[str, Any]:
    """The one row of a table without what says where it came from."""
    [row] = [row for row in ContactStore(home).snapshot().small(table).to_pylist() if not row.get("is_derived")]
    by_language = ("source", "source_id", "loaded_at", "load_id", "currency", "tz", "language", "value", "customer_hash")
    return {name: value for name, value in row.items() if (name not in by_language and not isinstance(value, str)) or name in ("kind", "outcome", "about")}


@pytest.mark.parametrize("kind", [kind for kind, _ in templates.listed()])
def test_the_example_of_every_template_is_a_row_that_reads_alike_in_every_language(kind: str, tmp_path: Path) -> None:
    every = [(language, "csv") for language in LANGUAGES]
    every += [("hu", "xlsx")] if kind in ("absence", "forecast") else []
    stands = []
    for language, form in every if SOAK or kind == "absence" else [every[1 + len(kind) % 4]]:  # the short form: one language each
        home = tmp_path / f"{language}-{form}"
        file = _with_the_example_as_a_row(kind, language, form, tmp_path)
        report = load([file], home=home, client=None if kind == "client" else "bank", zone="Europe/Stockholm")
        assert report.refused_n == 0, ContactStore(home).set_aside().to_pylist()
        assert not [warning for warning in report.warnings if "column" in warning.english], report.warnings
        table = known_fact(kind) if kind != templates.EVENT_LOG else "case"
        assert report.facts[table].new == 1
        stands.append(_what_stands(home, table))
    assert [{name: one[name] for name in one if one[name] != stands[0][name]} for one in stands] == [{}] * len(stands)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_that_a_template_offers_reads_back_as_what_it_means(language: str) -> None:
    for kind, _ in templates.listed():
        for column in templates.columns(kind, language):
            if column.field.choices:
                name = column.field.name if column.field.name in TABLES[kind] else f"own_{column.field.name}"
                meant = meanings(list(column.words), known_values(kind, name))
                assert [meant[word] for word in column.words] == list(column.field.choices), (kind, column.field.name)


def test_words_and_numbers_of_a_template_are_those_of_its_language() -> None:
    rows = [templates.as_csv("absence", language).decode("utf-8-sig").splitlines()[1] for language in LANGUAGES]
    assert [row.split(";" if at else ",")[2] for at, row in enumerate(rows)] == ["sick", "sjuk", "syg", "beteg", "sairas"]
    assert [row.split(";" if at else ",")[7] for at, row in enumerate(rows)] == ["yes", "ja", "ja", "igen", "kyllä"]
    assert ";37,5;7,5;" in templates.as_csv("employment", "fi").decode()


def test_there_is_no_template_of_what_does_not_exist() -> None:
    with pytest.raises(CannotRead, match="There is no fact"):
        templates.as_csv("abscence")
