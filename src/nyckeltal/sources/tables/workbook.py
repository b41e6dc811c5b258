"""Workbooks (XLSX): one sheet as text cells, after its size was measured, because a small file can unpack to a huge one."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from nyckeltal.errors import did_you_mean
from nyckeltal.sources.tables.heading import header_at, looked_at
from nyckeltal.sources.tables.raw import RawTable, batch_rows, write_rows
from nyckeltal.sources.tables.text import beginning as text_beginning
from nyckeltal.sources.tables.text import refuse, refuse_folder
from nyckeltal.words import Text

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

unpacked_at_most = 1 << 29
cells_at_most = 40_000_000
EXPLAINED = "i"  # the sheet of a template that explains its columns
_other_sheets = "Only the sheet “%(sheet)s” was read. There is also: %(others)s. Say under [file] which one is meant: sheet = “…”."
_reference = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"')


def read_workbook(file: Path, path: Path, folder: Path, sheet: str | None, tag: str) -> RawTable:
    """The rows of a sheet: the named one, else the first that is seen and holds a table, the others being told; titles above its header are passed over."""
    from python_calamine import CalamineError, CalamineWorkbook

    _measure(file, path)
    try:
        with CalamineWorkbook.from_path(path) as book:
            cells, others = _sheet(file, book, sheet)
            first = [[_text(cell) for cell in row] for row in islice(cells.iter_rows(), looked_at)]
            at = header_at(first)
            if not any(first[at] if first else ()):
                raise refuse(file, Text("sources.file.empty_sheet", "the sheet is empty."))
            names = [
                name or above or "" for name, above in zip(first[at], first[max(0, at - 1)], strict=True)
            ]  # of two lines, the upper one names what the lower does not
            while names and not names[-1].strip():
                names.pop()
            rows = folder / f"{tag}-rows.parquet"
            numbered = islice(enumerate(_spread(cells), start=1), at + 1, None)
            write_rows(rows, len(names), _batches(numbered, len(names)))
    except (CalamineError, zipfile.BadZipFile) as broken:
        raise _broken(file) from broken
    notes = (Text("sources.warning.sheets", _other_sheets, {"sheet": cells.name, "others": ", ".join(others)}),) if others else ()
    return RawTable(file.name, tuple(name.strip() for name in names), rows, notes=notes, first_column=cells.start[1] if cells.start else 0)


def _spread(cells: CalamineSheet) -> Iterator[list[Any]]:
    """The rows, a word in merged cells standing in each row that they cover; figures stay where they are, since they would count twice."""
    first = cells.start[1] if cells.start else 0
    below = {(row, left - first): (top, left - first) for (top, left), (bottom, _) in cells.merged_cell_ranges or () for row in range(top + 1, bottom + 1)}
    words: dict[tuple[int, int], str] = {}
    covered: dict[int, list[int]] = {}
    for row, column in (*below, *below.values()):
        covered.setdefault(row, []).append(column)
    for at, cells_of_it in enumerate(cells.iter_rows()):
        told = list(cells_of_it)
        for column in (column for column in covered.get(at, ()) if 0 <= column < len(told)):
            top, cell = below.get((at, column)), told[column]
            if top is None and isinstance(cell, str):
                words[at, column] = cell
            elif top in words:
                told[column] = words[top]
        yield told


def beginning(file: Path, size: int = 1 << 16) -> bytes:
    """The first bytes of a file; of a workbook the header of its table, as a line whose cells are tabs apart."""
    start = text_beginning(file, size)
    return "\t".join(_headers(file, file.stat().st_mtime_ns)).encode() if start.startswith(b"PK") else start


@lru_cache(maxsize=8)
def _headers(file: Path, changed: int) -> tuple[str, ...]:  # noqa: ARG001 a file that was changed is read anew
    """What the columns are called; every system looks at them."""
    with TemporaryDirectory() as made:
        return tuple(" ".join(name.split()) for name in read_workbook(file, file, Path(made), None, "head").names)


def _batches(numbered: Iterator[tuple[int, list[Any]]], width: int) -> Iterator[tuple[list[int], list[list[str | None]]]]:
    while batch := list(islice(numbered, batch_rows)):
        filled = [(line, row) for line, row in batch if any(cell != "" for cell in row)]
        yield [line for line, _ in filled], [[_text(cell) for cell in (*row[:width], *[""] * (width - len(row)))] for _, row in filled]


def _text(cell: Any) -> str | None:
    """A cell as the text a CSV would hold: clock times as h:mm:ss, whole numbers without decimals, durations in hours."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        seconds = cell.total_seconds()
        return f"{'-' if seconds < 0 else ''}{int(abs(seconds)) // 3600}:{int(abs(seconds)) // 60 % 60:02}:{abs(seconds) % 60:02g}"
    return str(cell) if cell not in ("", None) else None


def _sheet(file: Path, book: CalamineWorkbook, wanted: str | None) -> tuple[CalamineSheet, list[str]]:
    """The sheet to be read, and which others hold tables too: nobody named one of them."""
    if wanted is not None:
        if wanted in book.sheet_names:
            return book.get_sheet_by_name(wanted), []
        near = did_you_mean(wanted, book.sheet_names) or ", ".join(book.sheet_names)
        raise refuse(file, Text("sources.file.no_sheet", "there is no sheet “%(sheet)s”. There is: %(near)s.", {"sheet": wanted, "near": near}))
    seen = [one.name for one in book.sheets_metadata if str(one.visible).endswith("Visible")] or book.sheet_names
    sheets = [book.get_sheet_by_name(name) for name in seen if name != EXPLAINED or len(seen) == 1]
    tables = [sheet for sheet in sheets if sum(sum(cell != "" for cell in row) > 1 for row in islice(sheet.iter_rows(), looked_at)) > 1] or sheets
    return tables[0], [sheet.name for sheet in tables[1:]]


def _measure(file: Path, path: Path) -> None:
    """Unpack every part once without keeping it: sizes a zip states may lie, and one far cell makes a sheet of billions."""
    try:
        with zipfile.ZipFile(path) as book:
            parts = book.infolist()
            if sum(part.file_size for part in parts) > unpacked_at_most:
                raise _bomb(file)
            refuse_folder(file, book.namelist())
            for part in parts:
                if _cells(book, part) > cells_at_most:
                    raise _bomb(file)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as broken:  # the fourth: packed in a way Python has not
        raise _broken(file) from broken


def _cells(book: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    """How many cells the rectangle around the part's cells has; reads all of it, which also checks its sum."""
    columns: set[bytes] = set()
    last_row, rest = 0, b""
    with book.open(part) as opened:
        while chunk := opened.read(1 << 20):
            for column, row in _reference.findall(rest + chunk):
                columns.add(column)
                last_row = max(last_row, int(row))
            rest = chunk[-32:]
    return last_row * max((_column_number(column) for column in columns), default=0)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _bomb(file: Path) -> Exception:
    return refuse(file, Text("sources.file.workbook_bomb", "unpacks to far more than a workbook holds. It was not read."))


def _broken(file: Path) -> Exception:
    return refuse(file, Text("sources.file.workbook", "the workbook is damaged or ends too early. Fetch it again, or save it anew."))
