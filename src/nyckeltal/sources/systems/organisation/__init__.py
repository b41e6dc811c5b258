"""The organisation's own tables as nyckeltal writes them: each file names every field of one table, so it says by itself what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.contacts.organisation.files import RUN_BY_SPREADSHEETS
from nyckeltal.contacts.organisation.rows import EDITED, NAMES
from nyckeltal.contacts.schema import TABLES
from nyckeltal.errors import CannotRead
from nyckeltal.sources import cells
from nyckeltal.sources.documents import peek
from nyckeltal.sources.reading import Reading, Setting
from nyckeltal.sources.ready import beginning
from nyckeltal.sources.tables import FileForm, read_table
from nyckeltal.sources.tables.text import form, refuse
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb

    from nyckeltal.sources.tables import RawTable


class Organisation:
    """Reads what the Organisation page and `nyckeltal organisation export` write, unchanged or edited; several tables in one load."""

    name = "organisation"
    title = Text("sources.organisation.title", "The organisation as downloaded from nyckeltal: clients, queues, agreements, teams, people, reasons")

    def recognises(self, file: Path) -> bool:
        """By its header, which names every field of a table."""
        try:
            return table_of(_header(file)) is not None
        except (CannotRead, UnicodeDecodeError):
            return False

    def read(self, con: duckdb.DuckDBPyConnection, files: Sequence[Path], setting: Setting) -> Reading:
        """Each table's rows, the same table from several files together."""
        reading = Reading()
        found: dict[str, list[RawTable]] = {}
        for at, file in enumerate(files):
            raw = read_table(con, file, setting.folder, FileForm(), f"organisation{at}")
            table = table_of(raw.names)
            if table is None:
                raise refuse(file, Text("sources.organisation.other", "its columns are not those of a table of the organisation."))
            found.setdefault(table, []).append(_without_guards(con, raw))
        for table, raws in found.items():
            _read_table(con, table, raws, setting, reading)
        return reading


def table_of(names: Sequence[str]) -> str | None:
    """The table whose fields these are."""
    return next((table for table in EDITED if sorted(filter(None, names)) == sorted(column.name for column in TABLES[table].loaded)), None)


def _header(file: Path) -> list[str]:
    """The names in the first row, whatever the form of the file."""
    if form(file) == "workbook":
        from python_calamine import CalamineError, CalamineWorkbook

        try:
            with CalamineWorkbook.from_path(file) as book:
                return [str(cell) for cell in next(iter(book.get_sheet_by_index(0).iter_rows()), [])]
        except (CalamineError, OSError, IndexError):
            return []
    return beginning(iter(peek(file, 8192).splitlines()))[2]


def _without_guards(con: duckdb.DuckDBPyConnection, raw: RawTable) -> RawTable:
    """Texts without the apostrophe that keeps a spreadsheet from running them."""
    marks = "".join(RUN_BY_SPREADSHEETS).replace("-", r"\-")
    guard = cells.quote(f"^'+[{marks}]")
    columns = ", ".join(f"CASE WHEN regexp_matches(c{at}, {guard}) THEN c{at}[2:] ELSE c{at} END AS c{at}" for at in range(len(raw.names)))
    path = raw.rows.with_name(f"plain-{raw.rows.name}")
    con.execute(f"COPY (SELECT line, {columns} FROM read_parquet('{raw.rows}') ORDER BY line) TO '{path}' (FORMAT parquet)")
    return type(raw)(raw.file, raw.names, path, raw.ragged, raw.separator, raw.encoding, raw.notes)


def _read_table(con: duckdb.DuckDBPyConnection, table: str, raws: list[RawTable], setting: Setting, reading: Reading) -> None:
    from nyckeltal.sources.mapping_file import read_mapping
    from nyckeltal.sources.tabular import read_raw_tables

    mapping, issues = read_mapping({"fact": {"kind": table}, "columns": {column.name: column.name for column in TABLES[table].loaded}})
    folder = setting.folder / table
    folder.mkdir()
    one = read_raw_tables(con, raws, mapping, issues, replace(setting, folder=folder))
    for path in one.facts[table] if table in NAMES and "described" in TABLES[table] else ():
        _described(con, table, path)
    reading.facts[table] = one.facts[table]
    reading.set_aside += one.set_aside
    reading.counts |= one.counts
    reading.files |= one.files


def _described(con: duckdb.DuckDBPyConnection, table: str, path: Path) -> None:
    """Whoever gives a thing its name has described it."""
    new = path.with_name(f"described-{path.name}")
    con.execute(f"COPY (SELECT * REPLACE (described OR {NAMES[table]} IS NOT NULL AS described) FROM read_parquet('{path}')) TO '{new}' (FORMAT parquet)")
    new.replace(path)


SYSTEM = Organisation()
