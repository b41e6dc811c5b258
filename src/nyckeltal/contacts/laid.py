"""Finished rows of a large first load, written as they come out of their query: a file a month, and held nowhere else before. What is asked of rows first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nyckeltal.contacts.columns import quoted, text
from nyckeltal.contacts.lake import Fresh
from nyckeltal.contacts.schema import TABLES, arrow_schema

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

ROWS_A_GROUP = 122_880  # as DuckDB writes files: so many are read, or passed over, at once
ROWS_A_FILE = 4 * ROWS_A_GROUP  # a file that is written again is cut here, so that for a few rows that change little is read and written
COMPRESSION: Final = "lz4"  # a hundredth larger than snappy, and a sixth less work to read, a tenth to write


def lay(con: duckdb.DuckDBPyConnection, table: str, rows: str, folder: Path) -> list[Fresh]:
    """Write what a query gives, sorted and with `month`, the first day of it, as the last column."""
    schema, found = file_schema(table), []
    for month, parts in groupby(_by_month(con.execute(rows).to_arrow_reader(ROWS_A_GROUP)), key=itemgetter(0)):
        called = f"{month:%Y-%m}" if month else "unknown"
        path = folder / f"new-{table}-{called}.parquet"
        found.append(Fresh(called, path, written(path, schema, (part for _, part in parts))))
    return found


def _by_month(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[date | None, pa.RecordBatch]]:
    """The batches cut where a month begins, without the column that says so."""
    import pyarrow.compute as pc

    for batch in batches:
        months, start = pc.run_end_encode(batch.column(batch.num_columns - 1)), 0  # type: ignore[attr-defined]  # the stubs do not know it
        rows = batch.select(range(batch.num_columns - 1))
        for month, end in zip(months.values.to_pylist(), months.run_ends.to_pylist(), strict=True):
            yield month, rows.slice(start, end - start)
            start = end


def file_schema(table: str) -> pa.Schema:
    """The columns of a table as its files have them: the month stands in the folder's name."""
    schema = arrow_schema(table)
    return schema.remove(schema.get_field_index("month"))


def cut(month: str, called: Path, schema: pa.Schema, parts: Iterable[pa.RecordBatch]) -> list[Fresh]:
    """Write rows of a month as files that are full, and a last one: `called` with a number each."""
    found = []
    for number, rows in enumerate(_by_file(parts)):
        path = called.with_name(f"{called.name}-{number}.parquet")
        found.append(Fresh(month, path, written(path, schema, rows)))
    return found


def _by_file(parts: Iterable[pa.RecordBatch]) -> Iterator[Iterator[pa.RecordBatch]]:
    """Rows as they come, cut into what makes a file each; one is read to its end before the next."""
    rest = (part for part in parts if part.num_rows)
    for first in rest:
        yield _until_full(first, rest)


def _until_full(first: pa.RecordBatch, rest: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield first
    total = first.num_rows
    while total < ROWS_A_FILE and (part := next(rest, None)) is not None:
        total += part.num_rows
        yield part


def written(path: Path, schema: pa.Schema, parts: Iterable[pa.RecordBatch]) -> int:
    """Write rows to a file, group by group; how many they were. Columns may be dictionaries, which stay such in the file. Of what differs from row to
    row none is begun: that took a quarter of the writing, and a tenth of the file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    total, held = 0, list[pa.RecordBatch]()
    again = [name for name in schema.names if name not in _differing()]
    with pq.ParquetWriter(path, schema, compression=COMPRESSION, store_schema=False, use_dictionary=again) as file:  # type: ignore[arg-type]  # the stubs know no list
        for part in parts:
            held.append(part)
            total += part.num_rows
            if sum(map(len, held)) >= ROWS_A_GROUP:
                file.write_table(pa.Table.from_batches(held).cast(schema).unify_dictionaries())
                held = []
        if held:
            file.write_table(pa.Table.from_batches(held).cast(schema).unify_dictionaries())
    return total


@cache
def _differing() -> frozenset[str]:
    """The columns whose values differ from row to row: keys of facts and customers, and moments."""
    facts = [table for table in TABLES.values() if table.family == "fact"]
    unlike = {column.name for table in facts for column in table.columns if column.kind in ("moment", "hash")}
    return frozenset({table.key for table in facts if table.key} | unlike | {"source_id", "customer_key", "changed_at"})


def copied(con: duckdb.DuckDBPyConnection, query: str, path: Path, at_once: int = ROWS_A_GROUP) -> int:
    """How many rows a query has given, written to a file; so many of them are read, or passed over, at once."""
    found = con.execute(f"copy ({query}) to {text(str(path))} (format parquet, compression {COMPRESSION}, row_group_size {at_once})").fetchone()
    return int(found[0]) if found else 0


def some(con: duckdb.DuckDBPyConnection, relations: Collection[str]) -> set[str]:
    """Those of the relations that have rows: one question is answered sooner than one for each."""
    asked = " union all ".join(f"(select {text(relation)} from {relation} limit 1)" for relation in relations)
    return {relation for (relation,) in con.execute(asked).fetchall()} if relations else set()


def unsaid(con: duckdb.DuckDBPyConnection, relations: Sequence[str]) -> list[str]:
    """The columns of these relations of which no row says anything, where there are rows."""
    counted = [found for relation in relations for found in _counted(con, relation)] if some(con, relations) else []
    said = {name for name, n in counted if n}
    return [*dict.fromkeys(name for name, _ in counted if name not in said)]


def _counted(con: duckdb.DuckDBPyConnection, relation: str) -> Iterator[tuple[str, int]]:
    """The columns of a relation, each with how many rows say something in it."""
    names = [column[0] for column in con.execute(f"from {relation} limit 0").description]
    counted = con.execute(f"select {', '.join(f'count({quoted(name)})' for name in names)} from {relation}").fetchone() or ()
    return zip(names, counted, strict=True)
