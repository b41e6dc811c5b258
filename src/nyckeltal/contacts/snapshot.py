"""The store as it stood at one moment: one version of every table, read as plain Parquet files."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.contacts import columns, laid
from nyckeltal.contacts.derive_made import TRACES
from nyckeltal.contacts.facts import Coverage, joined
from nyckeltal.contacts.lake import Files, active_files
from nyckeltal.contacts.schema import TABLES, arrow_schema, empty
from nyckeltal.contacts.state import State

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

# Whoever knows the contacts of a time knows the visits and segments that are derived from them; what is made of others is known with them.
_KNOWN_BY = {
    "queue_visit": ("queue_visit", "contact"),
    "segment": ("segment", "contact"),
    "qa_answer": ("qa_answer", "qa_evaluation"),
    "qa_item": ("qa_evaluation",),
    "interview": ("survey_response",),
    "shift_part": ("agent_state",),
}
_WORK = ("agent_day", "agent_month")  # days in service begin a year before the first trace of work, whichever fact left it
_YEAR = timedelta(days=366)

SMALL_BYTES = 1 << 16  # files of ledgers that are kept once read


class Snapshot:
    """Facts at one state of the store. What it reads stays as it is, whatever is loaded meanwhile, for at least a day."""

    def __init__(self, home: Path, state: State) -> None:
        self.home = home
        self.state = state
        self._small: dict[str, pa.Table] = {}
        self._files: dict[str, Files] = {}

    @property
    def id(self) -> str:
        return self.state.id

    def attach(
        self,
        con: duckdb.DuckDBPyConnection,
        table: str,
        months: Collection[str] | None = None,
        name: str | None = None,
        words: Collection[str] | None = None,
    ) -> None:
        con.execute(f"create or replace temp view {columns.quoted(name or table)} as {self.reading(table, months, words)}")

    def reading(self, table: str, months: Collection[str] | None = None, words: Collection[str] | None = None, places: bool = False) -> str:
        """SQL that reads these columns of a table (all where none are named): quicker than a view, which is looked into once more. With `places` it
        tells of each row of months that are there in which file it lies, and its number in that: `filename`, `file_row_number`."""
        return self.reading_files(table, self.files(table, months), words, places)

    def reading_files(self, table: str, files: Collection[str], words: Collection[str] | None = None, places: bool = False) -> str:
        """The same of some of its files."""
        if not files:
            return f"select {columns.nothing(table)}"
        held = self._held(table)
        wanted = [name for name in columns.types(table) if words is None or name in words]
        relation, place = columns.files_sql(files, TABLES[table].monthly, held.uniform), ", filename, file_row_number" if places else ""
        if not held.uniform:  # a column that came since may be in none of these files yet
            relation = f"(select {columns.nothing(table)} union all by name select *{place} from {relation})"
        return f"select {columns.select(table, wanted, held.columns, fill=False)}{place} from {relation}"

    def small(self, table: str) -> pa.Table:
        """A table whole, cached: for the organisation and the ledgers."""
        import pyarrow as pa

        if table not in self._small:
            parts = [_read(path) for path in self.files(table)]
            self._small[table] = pa.concat_tables([_fitted(table, part) for part in parts]) if parts else empty(table)
        return self._small[table]

    def files(self, table: str, months: Collection[str] | None = None) -> list[str]:
        return [path for path, month, _ in self._held(table).parts if months is None or month in months]

    def small_files(self, table: str, month: str) -> list[str]:
        """The files of a month that have room for more rows."""
        return [path for path, of, n in self._held(table).parts if of == month and n < laid.ROWS_A_FILE // 2]

    def rows(self, table: str) -> int:
        """How many rows a table has."""
        return sum(n for _, _, n in self._held(table).parts)

    def months(self, table: str) -> list[str]:
        return sorted({month for _, month, _ in self._held(table).parts if month})

    def _held(self, table: str) -> Files:
        if table not in self.state.tables:
            return Files((), (), uniform=True)
        if table not in self._files:
            self._files[table] = active_files(self.home / "lake", table, self.state.tables[table], self.state.id)
        return self._files[table]

    def coverage(self, fact: str) -> list[Coverage]:
        if fact in _WORK:
            found = [stretch for trace in TRACES for stretch in self._stretches(trace)]
            return [Coverage(None, min(it.known_from for it in found) - _YEAR, max(it.known_until for it in found))] if found else []
        return joined([stretch for known in _KNOWN_BY.get(fact, (fact,)) for stretch in self._stretches(known)])

    def _stretches(self, fact: str) -> list[Coverage]:
        """What each load that counts says that it covers."""
        told = [json.loads(load["kinds"]).get(fact, {}) for load in self.small("load").to_pylist() if load["state"] == "loaded"]
        return [
            Coverage(client or None, datetime.fromisoformat(start), datetime.fromisoformat(end)) for clients in told for client, (start, end) in clients.items()
        ]


def _read(path: str) -> pa.Table:
    import pyarrow.parquet as pq

    return _once(path) if Path(path).stat().st_size < SMALL_BYTES else pq.ParquetFile(path).read()


@lru_cache(maxsize=256)
def _once(path: str) -> pa.Table:
    """A small file, which nobody changes once it is written."""
    import pyarrow.parquet as pq

    return pq.ParquetFile(path).read()


def _fitted(table: str, part: pa.Table) -> pa.Table:
    """The table's columns in order; one that an older file does not have is null."""
    import pyarrow as pa

    schema = arrow_schema(table)
    found = [part.column(field.name) if field.name in part.column_names else pa.nulls(len(part), field.type) for field in schema]
    return pa.table([column.cast(field.type) for column, field in zip(found, schema, strict=True)], schema=schema)
