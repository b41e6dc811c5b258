"""Finished rows as files: those of a month, and before them what stays of stored files of which rows go or get other neighbours. Those files are read
and written piece by piece, and words of few different values as the numbers of a dictionary, which takes two fifths of what a query takes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts import columns, laid
from nyckeltal.contacts.laid import copied
from nyckeltal.contacts.lake import Fresh
from nyckeltal.contacts.schema import OF_NEIGHBOURS, TABLES
from nyckeltal.contacts.upkeep import CONTACTS, MADE

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from nyckeltal.contacts.change import Change

AT_ONCE = 2  # files, or the small ones of a month, that are exchanged: a piece of each lies in memory
NUMBER_BYTES = 4  # a column that takes no more a row lies in its file as numbers of a dictionary


def fresh(con: duckdb.DuckDBPyConnection, table: str, folder: Path) -> Iterator[Fresh]:
    """The finished rows of a fact as a file a month, each in order."""
    return _copied(con, table, folder, _coming(con, table))


def _copied(con: duckdb.DuckDBPyConnection, table: str, folder: Path, months: dict[str, str]) -> Iterator[Fresh]:
    for month, rows in months.items():
        path = folder / f"new-{table}-{month}.parquet"
        yield Fresh(month, path, copied(con, rows, path))


def _coming(con: duckdb.DuckDBPyConnection, table: str, only: str = "") -> dict[str, str]:
    """By month SQL for the finished rows of a fact, in order; `only` narrows them."""
    names = [name for name in columns.types(table) if name != "month"]
    rows, order = f"select {columns.select(table, names)} from {MADE[table]}{only}", "" if table in CONTACTS else f" order by {columns.sort_key(table)}"
    found = {}
    for (month,) in con.execute(f"select distinct date_trunc('month', local_date)::date from {MADE[table]}{only} order by 1").fetchall():
        held = "local_date is null" if month is None else f"local_date >= date '{month}' and local_date < date '{month}' + interval 1 month"
        found["unknown" if month is None else f"{month:%Y-%m}"] = f"{rows} where {held}{order}"
    return found


@dataclass(frozen=True)
class _Said:
    """What is said now of the neighbours of a file's rows: the rows' numbers in the file, in order, and the words."""

    numbers: Sequence[int]
    words: pa.Table


@dataclass(frozen=True)
class _Exchange:
    """Files of a month in which rows differ, its small ones or a large one: the ids of rows that go, by file what is said of others, SQL for what comes."""

    name: str
    month: str
    files: Sequence[str]
    gone: pa.Array[Any]
    turned: Mapping[str, _Said]
    come: str | None


def exchanged(change: Change, table: str, turned: bool) -> tuple[tuple[Fresh, ...], tuple[str, ...]]:
    """The files to be put for the rows that `difference` names, and the stored ones in whose place those stand. `turned`: there is `turned_<fact>`."""
    come = _coming(change.con, table, f" semi join difference on id = {TABLES[table].key}")
    asked = "select was_month as month from difference where was_month is not null" + (f" union select month from turned_{table}" if turned else "")
    months = [row["month"] for row in change.rows(f"select distinct month from ({asked}) order by 1")]
    exchanges = [one for month in months for one in _exchanges(change, table, month, come.pop(month, None), turned)]
    asking = Lock()  # one connection, one question at a time
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = [file for files in pool.map(partial(_exchanged, change, table, asking), exchanges) for file in files]
    return (*found, *_copied(change.con, table, change.folder, come)), tuple(file for exchange in exchanges for file in exchange.files)


def _exchanges(change: Change, table: str, month: str, come: str | None, turned: bool) -> Iterator[_Exchange]:
    """What comes is put with the small files, or, where none of those has a row that differs, into one of its own."""
    mine = columns.text(month)
    gone = change.table(f"select id from difference where was_month = {mine}").column(0).combine_chunks()
    said = _said(change, table, month) if turned else {}
    small, holding = change.snapshot.small_files(table, month), _holding(change, table, month, said)
    first = [file for file in holding if file in small]
    parts = [(first, come)] if first or come else []
    for number, (files, coming) in enumerate([*parts, *(([file], None) for file in holding if file not in small)]):
        yield _Exchange(f"{table}-{month}-{number}", month, files, gone, said, coming)


def _said(change: Change, table: str, month: str) -> dict[str, _Said]:
    files = change.rows(f"select distinct filename from turned_{table} where month = {columns.text(month)}")
    words = f"select file_row_number, {', '.join(OF_NEIGHBOURS)} from turned_{table}"
    told = {row["filename"]: change.table(f"{words} where filename = {columns.text(row['filename'])} order by 1") for row in files}
    return {file: _Said(found.to_pydict()["file_row_number"], found) for file, found in told.items()}


def _holding(change: Change, table: str, month: str, said: Collection[str]) -> list[str]:
    """The files of a month that hold rows that differ: the others stay as they are."""
    files = change.snapshot.files(table, [month])
    if len(files) == 1:
        return files
    listed = columns.files_sql(files, monthly=True, uniform=False)
    differing = change.rows(f"select distinct filename from {listed} semi join difference on id = {TABLES[table].key}")
    holding = {*said, *(row["filename"] for row in differing)}
    return [file for file in files if file in holding]


def _exchanged(change: Change, table: str, asking: Lock, exchange: _Exchange) -> list[Fresh]:
    """Write what stays of the files, then what comes."""
    import pyarrow as pa

    schema = laid.file_schema(table)
    few = _few_valued(exchange.files) - {TABLES[table].key or ""}
    told = pa.schema([field.with_type(pa.dictionary(pa.int32(), pa.string())) if field.name in few else field for field in schema])
    stay = (rows for file in exchange.files for rows in _staying(table, file, told, exchange))
    with closing(_told(change, exchange.come, asking, told)) as come:  # who fails asks no more: others wait for that
        return laid.cut(exchange.month, change.folder / f"new-{exchange.name}", told, chain(stay, come))


def _told(change: Change, come: str | None, asking: Lock, schema: pa.Schema) -> Generator[pa.RecordBatch]:
    if come:
        with asking:
            yield from (rows.cast(schema) for rows in change.con.execute(come).to_arrow_reader(laid.ROWS_A_GROUP))


def _few_valued(files: Iterable[str]) -> set[str]:
    """The text columns that lie in the first piece of each of these files as dictionaries."""
    import pyarrow.parquet as pq

    found = list[set[str]]()
    for path in files:
        part = pq.ParquetFile(path).metadata.row_group(0)
        chunks = [part.column(number) for number in range(part.num_columns)]
        found.append({it.path_in_schema for it in chunks if it.physical_type == "BYTE_ARRAY" and it.total_uncompressed_size <= NUMBER_BYTES * part.num_rows})
    return set.intersection(*found) if found else set()


def _read(table: str, path: str, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """The rows of a file, in the store's columns; one that an older file does not have has its default."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path, read_dictionary=[field.name for field in schema if pa.types.is_dictionary(field.type)])
    has = {*file.schema_arrow.names}
    for rows in file.iter_batches(laid.ROWS_A_GROUP, columns=[name for name in schema.names if name in has]):
        told = [rows.column(field.name).cast(field.type) if field.name in has else _default(table, field, len(rows)) for field in schema]
        yield pa.RecordBatch.from_arrays(told, schema=schema)


def _default(table: str, field: pa.Field[pa.DataType], rows: int) -> pa.Array[pa.Scalar[pa.DataType]]:
    import pyarrow as pa

    described = TABLES[table].named.get(field.name)
    default = None if described is None or described.nullable else described.default
    return pa.array([default] * rows, field.type)


def _staying(table: str, file: str, schema: pa.Schema, exchange: _Exchange) -> Iterator[pa.RecordBatch]:
    """The rows of a file that do not go, with what is said now of their neighbours."""
    import pyarrow.compute as pc

    said, first, key = exchange.turned.get(file), 0, TABLES[table].key or ""
    for rows in _read(table, file, schema):
        told = _turned(rows, said, first) if said else rows
        first += rows.num_rows
        yield told.filter(pc.invert(pc.is_in(told.column(key), exchange.gone))) if len(exchange.gone) else told


def _turned(rows: pa.RecordBatch, said: _Said, first: int) -> pa.RecordBatch:
    """The rows with what is said of some of them by their numbers in the file; `first` is that of the first."""
    import pyarrow as pa
    import pyarrow.compute as pc

    begin, end = (bisect_left(said.numbers, number) for number in (first, first + rows.num_rows))
    known = pc.is_in(_numbers(laid.ROWS_A_GROUP).slice(0, rows.num_rows), pa.array([number - first for number in said.numbers[begin:end]], pa.int64()))
    for word in OF_NEIGHBOURS:
        at = rows.schema.get_field_index(word)
        field, told = rows.schema.field(at), said.words.column(word).slice(begin, end - begin).combine_chunks()
        rows = rows.set_column(at, field, pc.replace_with_mask(rows.column(at), known, told.cast(field.type)))
    return rows


@cache
def _numbers(end: int) -> pa.Array[pa.Int64Scalar]:
    import pyarrow as pa

    return pa.array(range(end), pa.int64())
