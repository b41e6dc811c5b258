"""Text files of one line per row: every line with its number, and JSON lines as a table of text cells."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.laid import COMPRESSION
from nyckeltal.sources.tables.raw import RawTable
from nyckeltal.sources.tables.text import Plain, refuse
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb

deepest = 3
most_keys = 2000
_lines_at_once = 1 << 24


def write_lines(text: Plain, target: Path) -> None:
    """Parquet of `line` and `raw`, blank lines left out."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    fields: list[pa.Field[Any]] = [pa.field("line", pa.int64()), pa.field("raw", pa.string())]
    schema = pa.schema(fields)
    with pq.ParquetWriter(target, schema, compression=COMPRESSION) as writer:
        at = 1
        for lines in _blocks(text.path):
            table = pa.Table.from_arrays([pa.array(range(at, at + len(lines)), pa.int64()), pa.array(lines, pa.binary()).cast(pa.string())], schema=schema)
            stripped = pc.utf8_trim_whitespace(table["raw"])
            writer.write_table(table.set_column(1, schema.field(1), stripped).filter(pc.greater(pc.utf8_length(stripped), pa.scalar(0))))
            at += len(lines)


def _blocks(path: Path) -> Iterator[list[bytes]]:
    with path.open("rb") as file:
        while lines := file.readlines(_lines_at_once):
            yield b"".join(lines).splitlines()  # a lone carriage return ends a line too


def looks_like_json(start: bytes) -> bool:
    """Whether the first line is an object."""
    first = start.lstrip(b"\xef\xbb\xbf \t\r\n").split(b"\n", 1)[0].strip()
    return first.startswith(b"{")


def read_json_lines(con: duckdb.DuckDBPyConnection, file: Path, text: Plain, folder: Path, tag: str) -> RawTable:
    """Objects, one a line. Nested objects become columns named with a dot; a line that is no object is set aside."""
    lines, rows, ragged = (folder / f"{tag}-{name}.parquet" for name in ("lines", "rows", "ragged"))
    write_lines(text, lines)
    good = f"(SELECT line, raw FROM read_parquet('{lines}') WHERE CASE WHEN json_valid(raw) THEN json_type(raw) = 'OBJECT' END)"
    paths = _keys(con, file, good, (), deepest)
    if not paths:
        raise refuse(file, Text("sources.file.no_json", "no line is a JSON object."))
    cells = ", ".join(f"json_extract_string(raw, {_path(path)}) AS c{at}" for at, path in enumerate(paths))
    con.execute(f"COPY (SELECT line, {cells} FROM {good}) TO '{rows}' (FORMAT parquet)")
    bad = f"SELECT line, raw AS original, 0::BIGINT AS cells, {len(paths)}::BIGINT AS columns FROM read_parquet('{lines}')"
    con.execute(f"COPY ({bad} WHERE NOT coalesce(CASE WHEN json_valid(raw) THEN json_type(raw) = 'OBJECT' END, false)) TO '{ragged}' (FORMAT parquet)")
    return RawTable(file.name, tuple(".".join(path) for path in paths), rows, ragged, ",", text.encoding)


def _path(path: tuple[str, ...]) -> str:
    joined = "$" + "".join(f'."{part}"' for part in path)
    return "'" + joined.replace("'", "''") + "'"


def _keys(con: duckdb.DuckDBPyConnection, file: Path, rows: str, prefix: tuple[str, ...], depth: int) -> list[tuple[str, ...]]:
    """Every key below `prefix`, in order of first appearance, objects opened up to `depth`."""
    here = f"json_extract(raw, {_path(prefix)})"
    found = con.execute(
        f"SELECT key, min(line) AS line, min(place) AS place FROM (SELECT line, unnest(json_keys({here})) AS key, "
        f"generate_subscripts(json_keys({here}), 1) AS place FROM {rows}) GROUP BY key ORDER BY line, place LIMIT {most_keys + 1}"
    ).fetchall()
    if len(found) > most_keys:
        raise refuse(file, Text("sources.file.wide", "has %(n)s columns; more than %(most)s are not read.", {"n": len(found), "most": most_keys}))
    keys: list[tuple[str, ...]] = []
    for key, _, _ in found:
        path = (*prefix, str(key))
        if '"' in str(key):
            continue
        nested = depth > 1 and con.execute(f"SELECT 1 FROM {rows} WHERE json_type(raw, {_path(path)}) = 'OBJECT' LIMIT 1").fetchone()
        keys += _keys(con, file, rows, path, depth - 1) if nested else [path]
    return keys
