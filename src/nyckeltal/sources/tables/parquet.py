"""Parquet files as text cells, so that one mapping serves every form of table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.sources.tables.raw import RawTable
from nyckeltal.sources.tables.text import refuse
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb


def read_parquet(con: duckdb.DuckDBPyConnection, file: Path, path: Path, folder: Path, tag: str) -> RawTable:
    """Every column as the text a CSV would hold; the line is the row's number."""
    import duckdb

    rows = folder / f"{tag}-rows.parquet"
    try:
        described = con.execute("DESCRIBE SELECT * FROM read_parquet($path)", {"path": str(path)}).fetchall()
        cells = ", ".join(f"{_cell(name, kind)} AS c{at}" for at, (name, kind, *_) in enumerate(described))
        query = f"SELECT file_row_number + 1 AS line, {cells} FROM read_parquet($path, file_row_number=true)"
        con.execute(f"COPY ({query}) TO '{rows}' (FORMAT parquet)", {"path": str(path)})
    except duckdb.Error as broken:
        raise refuse(file, Text("sources.file.parquet", "the Parquet file is damaged or ends too early. Fetch it again.")) from broken
    return RawTable(file.name, tuple(str(name) for name, *_ in described), rows)


def _cell(name: str, kind: str) -> str:
    column = '"' + name.replace('"', '""') + '"'
    if kind in ("DOUBLE", "FLOAT"):
        return f"CASE WHEN {column} = floor({column}) AND abs({column}) < 1e15 THEN {column}::BIGINT::VARCHAR ELSE {column}::VARCHAR END"
    if kind.endswith("[]"):
        return f"array_to_string({column}::VARCHAR[], ';')"
    if kind == "BLOB":
        return "NULL::VARCHAR"
    return f"{column}::VARCHAR"
