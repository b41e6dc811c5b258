"""Separated text (CSV and its kin): DuckDB reads the regular file, Python's csv module the irregular one with its exact lines."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.contacts.laid import COMPRESSION
from nyckeltal.sources import refusing
from nyckeltal.sources.tables.heading import header_at, looked_at
from nyckeltal.sources.tables.raw import RawTable, batch_rows, write_rows
from nyckeltal.sources.tables.text import Plain, longest_line, refuse, too_ragged
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb

separators = (",", ";", "\t", "|")
most_columns = 2000
_batch_characters = 1 << 25


def read_separated(
    con: duckdb.DuckDBPyConnection, file: Path, text: Plain, folder: Path, separator: str | None, tag: str, given: tuple[str, ...] | None
) -> RawTable:
    """The rows of the file as text; the first record names the columns, unless they are `given`."""
    csv.field_size_limit(longest_line)
    mark = separator or sniff(text.path)
    names, header_lines = (given, 0) if given else _header(file, text, mark)
    rows = folder / f"{tag}-rows.parquet"
    if not _regular(con, text, rows, names, header_lines, mark):
        ragged = folder / f"{tag}-ragged.parquet"
        _irregular(file, text, rows, ragged, names, mark, header_lines)
        return RawTable(file.name, names, rows, ragged, mark, text.encoding)
    return RawTable(file.name, names, rows, None, mark, text.encoding)


def sniff(path: Path) -> str:
    """The separator that cuts the first records into as many cells as the header, or as one below titles; else the most evenly; else a comma."""
    records = {mark: [record for record in _records(path, mark, 100) if record] for mark in separators}
    for worth_of in (_like_the_header, _below_titles, _evenly):
        worth = {mark: worth_of(found) for mark, found in records.items() if found}
        if worth and max(worth.values()) > 0:
            return max(worth, key=lambda mark: worth[mark])
    return ","


def _like_the_header(records: list[list[str]]) -> float:
    """Cells that hold lists have separators of their own, more of them than there are columns; the header has none."""
    width = len(records[0])
    alike = sum(len(record) in (width, width + 1) for record in records[1:])
    return (width - 1) * ((1 + alike) / len(records) if 2 * alike >= len(records) - 1 else 0)


def _below_titles(records: list[list[str]]) -> float:
    return _like_the_header(records[header_at(records) :])


def _evenly(records: list[list[str]]) -> float:
    widths = Counter(map(len, records))
    width, times = widths.most_common(1)[0]
    return times / widths.total() * (width - 1)


def _records(path: Path, separator: str, most: int) -> list[list[str]]:
    try:
        with path.open(encoding="utf-8", newline="") as text:
            return list(islice(csv.reader(text, delimiter=separator), most))
    except csv.Error:
        return []


def _header(file: Path, text: Plain, separator: str) -> tuple[tuple[str, ...], int]:
    with text.path.open(encoding="utf-8", newline="") as opened:
        reader = csv.reader(opened, delimiter=separator)
        try:
            first = [(record, reader.line_num) for record in islice(reader, looked_at) if record]
        except csv.Error as wrong:
            raise _never_closes(file, reader.line_num) from wrong
    if not first:
        raise refuse(file, Text("sources.file.empty", "the file is empty."))
    record, header_lines = first[header_at([record for record, _ in first])]
    if len(record) > most_columns:
        raise refuse(file, Text("sources.file.wide", "has %(n)s columns; more than %(most)s are not read.", {"n": len(record), "most": most_columns}))
    return tuple(name.strip() for name in record), header_lines


def _regular(con: duckdb.DuckDBPyConnection, text: Plain, rows: Path, names: Sequence[str], header_lines: int, separator: str) -> bool:
    """Read fast; False where the rows are not one line each, so that no line number could be trusted, or where some of them say nothing."""
    import duckdb

    if len(separator) != 1 or text.lines - text.blank_end == header_lines:
        return False
    columns = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(len(names)))
    options = f"auto_detect=false, header=false, skip={header_lines}, delim=$separator, quote='\"', escape='\"', nullstr='', ignore_errors=true"
    query = f"SELECT row_number() OVER () + {header_lines} AS line, * FROM read_csv($path, columns={{{columns}}}, {options}, max_line_size={2 * longest_line})"
    try:
        copied = con.execute(f"COPY ({query}) TO '{rows}' (FORMAT parquet, COMPRESSION {COMPRESSION})", {"path": str(text.path), "separator": separator})
        counted = copied.fetchone()
    except duckdb.Error:
        return False
    if counted is None or counted[0] != text.lines - text.blank_end - header_lines:
        return False
    blank = " AND ".join(f"c{at} IS NULL" for at in range(len(names)))
    return con.execute(f"SELECT 1 FROM read_parquet('{rows}') WHERE {blank} LIMIT 1").fetchone() is None


def _irregular(file: Path, text: Plain, rows: Path, ragged: Path, names: Sequence[str], separator: str, header_lines: int) -> None:
    """Read with care: cells that hold line breaks, blank lines, rows with too many or too few cells."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {"line": pa.int64(), "original": pa.string(), "cells": pa.int64(), "columns": pa.int64()}
    schema = pa.schema([pa.field(name, kind) for name, kind in kinds.items()])
    width, odd_lines, first = len(names), 0, 0
    with pq.ParquetWriter(ragged, schema) as odd:

        def batches() -> Iterator[tuple[list[int], list[list[str | None]]]]:
            nonlocal odd_lines, first
            for records in _batched(file, text, separator, header_lines):
                fitting = [(line, record, _fitted(record, names)) for line, record in records]
                wrong = [[line, separator.join(record), len(record), width] for line, record, fit in fitting if fit is None]
                if wrong:
                    odd.write_table(pa.Table.from_arrays([pa.array(column) for column in zip(*wrong, strict=True)], schema=schema))
                    odd_lines, first = odd_lines + len(wrong), first or int(str(wrong[0][0]))
                if refusing.too_many(odd_lines, text.lines):
                    raise too_ragged(file, odd_lines, text.lines, first)
                good = [(line, fit) for line, _, fit in fitting if fit is not None]
                yield [line for line, _ in good], [fit for _, fit in good]

        write_rows(rows, width, batches())


def _fitted(record: list[str], names: Sequence[str]) -> list[str | None] | None:
    """The cells of a row, or None. Some programs write a separator after the last cell, in the header or in the rows only."""
    width = len(names)
    if len(record) == width + 1 and not record[-1].strip():
        record = record[:-1]
    elif len(record) == width - 1 and not names[-1]:
        record = [*record, ""]
    return [cell or None for cell in record] if len(record) == width else None


def _batched(file: Path, text: Plain, separator: str, header_lines: int) -> Iterator[list[tuple[int, list[str]]]]:
    with text.path.open(encoding="utf-8", newline="") as opened:
        reader = csv.reader(opened, delimiter=separator)
        while reader.line_num < header_lines:
            next(reader)
        records: list[tuple[int, list[str]]] = []
        line, size = reader.line_num + 1, 0
        try:
            for record in reader:
                if any(record):  # a row of separators alone is a blank line
                    records.append((line, record))
                    size += sum(map(len, record))
                line = reader.line_num + 1
                if len(records) >= batch_rows or size > _batch_characters:
                    yield records
                    records, size = [], 0
        except csv.Error as wrong:
            raise _never_closes(file, line) from wrong
        if records and "\n" in records[-1][1][-1] and not _ends_with_quote(text.path):
            raise _never_closes(file, records[-1][0])
        yield records


def _ends_with_quote(path: Path) -> bool:
    with path.open("rb") as opened:
        opened.seek(max(0, path.stat().st_size - longest_line))
        return opened.read().rstrip().endswith(b'"')


def _never_closes(file: Path, line: int) -> Exception:
    return refuse(
        file, Text("sources.file.quote", "the quoted cell that opens on line %(line)s never closes, or is longer than a megabyte.", {"line": line or 1})
    )
