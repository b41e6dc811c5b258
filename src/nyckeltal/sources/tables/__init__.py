"""Tables people send, whatever their form: separated text, workbooks, Parquet, JSON lines, packed or not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.sources.tables.lines import looks_like_json, read_json_lines
from nyckeltal.sources.tables.parquet import read_parquet
from nyckeltal.sources.tables.raw import FileForm, RawTable
from nyckeltal.sources.tables.separated import read_separated
from nyckeltal.sources.tables.text import form, head, packed, plain, refuse, unpacked
from nyckeltal.sources.tables.workbook import read_workbook
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb

__all__ = ["FileForm", "RawTable", "connect", "read_table"]


SMALL_BYTES = 1 << 20  # files that one thread is through with before others have begun


def connect(folder: Path, files: Sequence[Path] = ()) -> duckdb.DuckDBPyConnection:
    """A connection that keeps the order of rows and speaks UTC: for these files, if they are small, to a database that is kept, else to one of
    its own, which spills to `folder`."""
    import duckdb

    if files and not any(packed(file) for file in files) and sum(file.stat().st_size for file in files) < SMALL_BYTES:
        con = _kept().cursor()
    else:
        con = duckdb.connect()
        con.execute(f"SET temp_directory = '{folder}'; SET memory_limit = '1GB'; SET enable_progress_bar = false")
    con.execute("SET TimeZone = 'UTC'")
    return con


@cache
def _kept() -> duckdb.DuckDBPyConnection:
    """A database for small files, whose temporary tables only their own connection sees: making one takes as long as reading them."""
    import duckdb

    con = duckdb.connect(config={"threads": 1})
    con.execute("SET enable_progress_bar = false")
    return con


def read_table(
    con: duckdb.DuckDBPyConnection,
    file: Path,
    folder: Path,
    said: FileForm,
    tag: str = "table",
    progress: Callable[[int], None] | None = None,
) -> RawTable:
    """Any table as text cells in Parquet under `folder`; what cannot be read is `CannotRead` with the reason."""
    kind = form(file)
    if kind == "workbook":
        return read_workbook(file, unpacked(file, folder), folder, said.sheet, tag)
    if kind == "parquet":
        return read_parquet(con, file, unpacked(file, folder), folder, tag)
    text = plain(file, folder, said.encoding, progress)
    if looks_like_json(head(text.path)):
        return read_json_lines(con, file, text, folder, tag)
    if not head(text.path, 4096).strip():
        raise refuse(file, Text("sources.file.empty", "the file is empty."))
    return read_separated(con, file, text, folder, said.separator, tag, said.names)
