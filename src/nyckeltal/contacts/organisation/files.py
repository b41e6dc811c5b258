"""Tables of the organisation as files that `nyckeltal load` takes back: every field by its own name, nothing said that is not in the row."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from nyckeltal.contacts.facts import Facts
from nyckeltal.contacts.organisation.rows import EDITED, Row, by_id
from nyckeltal.contacts.schema import TABLES

RUN_BY_SPREADSHEETS = "=+-@\t\r\n|%"


def columns(table: str) -> tuple[str, ...]:
    return tuple(column.name for column in TABLES[table].loaded)


def guarded(text: str) -> str:
    """A spreadsheet runs what begins like a formula; one more apostrophe in front makes it text, and reading takes one away again."""
    return f"'{text}" if text.lstrip("'")[:1] in tuple(RUN_BY_SPREADSHEETS) and text.lstrip("'") else text


def cell(value: Any) -> str:
    """A value as text: days in ISO form, lists parted by semicolons, yes and no as true and false."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        parts = [str(part) for part in value]
        return json.dumps(parts, ensure_ascii=False) if any(mark in part for part in parts for mark in ",;") else ";".join(parts)
    return guarded(str(value))


def as_csv(table: str, rows: Iterable[Row]) -> bytes:
    """UTF-8 with a mark, so that spreadsheets read the letters right."""
    out = io.StringIO(newline="")
    write = csv.writer(out)
    write.writerow(columns(table))
    write.writerows([cell(row[name]) for name in columns(table)] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_xlsx(table: str, rows: Iterable[Row]) -> bytes:
    """One sheet; text is written as text, days as days."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}) as book:
        strong, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet(table)
        for at, name in enumerate(columns(table)):
            sheet.write_string(0, at, name, strong)
        for down, row in enumerate(rows, 1):
            for at, name in enumerate(columns(table)):
                _write(sheet, down, at, row[name], day)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(columns(table)) - 1, 18)
    return out.getvalue()


def _write(sheet: Any, down: int, at: int, value: Any, day: Any) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(down, at, value)
    elif isinstance(value, int | float):
        sheet.write_number(down, at, value)
    elif isinstance(value, date):
        sheet.write_datetime(down, at, value, day)
    elif value is not None and (text := cell(value)):
        sheet.write_string(down, at, text)


FORMATS: Mapping[str, Any] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
}


def export(facts: Facts, folder: Path, form: str = "csv") -> list[Path]:
    """A file per table that has rows; loading the folder again changes nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for table in EDITED:
        if rows := list(by_id(facts, table).values()):
            path = folder / f"{table}.{form}"
            path.write_bytes(FORMATS[form][1](table, rows))
            written.append(path)
    return written
