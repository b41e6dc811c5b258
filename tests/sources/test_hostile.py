"""Files made to do harm are refused with a reason, or are nothing but text: nothing in them is run, opened, or unpacked without end."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from nyckeltal.contacts.organisation.files import cell
from nyckeltal.errors import CannotRead
from nyckeltal.sources.load import describe
from nyckeltal.sources.tables import FileForm, connect, read_table

BILLION = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(9)) + "]>"
OUTSIDE = '<!DOCTYPE x [<!ENTITY j SYSTEM "file:///etc/passwd">]>'


def _workbook(change: Callable[[str, bytes], bytes]) -> bytes:
    """A workbook of one row whose parts were changed by hand."""
    import xlsxwriter

    plain, out = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(plain, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Agent", "Text"])
        sheet.write_row(1, 0, ["anna", "kept"])
        sheet.write_formula(2, 1, '=HYPERLINK("http://example.invalid","x")', value="kept too")
    with zipfile.ZipFile(plain) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for part in given.namelist():
            made.writestr(part, change(part, given.read(part)))
    return out.getvalue()


def _rows(file: Path, folder: Path) -> list[tuple[object, ...]]:
    con = connect(folder)
    raw = read_table(con, file, folder, FileForm())
    return con.execute(f"SELECT * EXCLUDE (line) FROM read_parquet('{raw.rows}') ORDER BY line").fetchall()


def _put(folder: Path, name: str, content: bytes) -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


@pytest.mark.parametrize("declared", [BILLION, OUTSIDE], ids=["a billion laughs", "a file outside"])
def test_entities_in_a_workbook_are_neither_unfolded_nor_opened(declared: str, tmp_path: Path) -> None:
    def planted(part: str, content: bytes) -> bytes:
        return content.replace(b"<sst", declared.encode() + b"<sst", 1).replace(b">kept<", b">&j;<") if part == "xl/sharedStrings.xml" else content

    file = _put(tmp_path, "planted.xlsx", _workbook(planted))
    try:
        cells = [value for row in _rows(file, tmp_path) for value in row]
    except CannotRead:
        return
    assert sum(len(str(value)) for value in cells) < 100
    assert not any("root:" in str(value) or "haha" in str(value) for value in cells)


def test_a_formula_is_what_it_showed_and_is_not_run(tmp_path: Path) -> None:
    assert _rows(_put(tmp_path, "formula.xlsx", _workbook(lambda _, content: content)), tmp_path) == [("anna", "kept"), (None, "kept too")]


@pytest.mark.parametrize("value", ['=cmd|"/c calc"!A0', "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "|x", "'=1"])
def test_a_cell_that_a_spreadsheet_would_run_is_text_and_leaves_with_an_apostrophe(value: str, tmp_path: Path) -> None:
    file = _put(tmp_path, "cells.csv", f'a;b\n1;"{value.replace(chr(34), chr(34) * 2)}"\n'.encode())
    [(_, read)] = _rows(file, tmp_path)
    assert str(read).strip() == value.strip()
    assert cell(value).startswith("'")


def _zip(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


TABLE = b"a,b\n1,2\n"
HOSTILE = {
    "a packed folder": ("folder.zip", _zip({"a.csv": TABLE})),
    "a packed folder in another": ("nested.xlsx", _zip({"inner.zip": _zip({"a.csv": TABLE})})),
    "names that lead elsewhere": ("names.xlsx", _zip({"../../outside.csv": TABLE, "/outside.csv": TABLE})),
    "a workbook without its parts": ("parts.xlsx", _zip({"xl/nothing.xml": b"<x/>"})),
    "packed twice": ("twice.csv.gz", gzip.compress(gzip.compress(TABLE))),
    "cut short": ("cut.csv.gz", gzip.compress(TABLE * 100)[:-20]),
    "zero bytes": ("nul.csv", b"a,b\n1,\0\n2,3\n"),
    "zero bytes far inside": ("later.csv", TABLE * 20_000 + b"1,\0\n"),
    "a program": ("program.csv", b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 40),
    "nothing": ("empty.csv", b""),
    "one line without end": ("line.csv", b"a," * (2 << 20)),
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_what_is_no_table_is_refused_with_a_reason_and_leaves_nothing_outside(name: str, tmp_path: Path) -> None:
    file_name, content = HOSTILE[name]
    inside = tmp_path / "inside"
    inside.mkdir()
    file = _put(inside, file_name, content)
    with pytest.raises(CannotRead) as refused:
        describe(file)
    assert file_name in str(refused.value)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [file_name]
