"""A template that was filled in is recognised in any language and loaded; its example row never is, and mistakes are told where they stand."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from nyckeltal.errors import CannotRead
from nyckeltal.sources import templates
from nyckeltal.sources.called import LANGUAGES
from nyckeltal.sources.load import describe, load


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
    from zipfile import ZipFile

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
    from nyckeltal.contacts.store import ContactStore

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


def test_there_is_no_template_of_what_does_not_exist() -> None:
    with pytest.raises(CannotRead, match="There is no fact"):
        templates.as_csv("abscence")
