"""The store as it stood at one moment: one version of every table, read as plain Parquet files."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.contacts import columns
from nyckeltal.contacts.facts import Coverage, joined
from nyckeltal.contacts.lake import Files, active_files, empty
from nyckeltal.contacts.schema import TABLES, arrow_schema
from nyckeltal.contacts.state import State

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

# Whoever knows the contacts of a time knows the visits and segments that are derived from them.
_KNOWN_BY = {"queue_visit": ("queue_visit", "contact"), "segment": ("segment", "contact")}


class Snapshot:
    """Facts at one state of the store. What it reads stays as it is, whatever is loaded meanwhile, for at least a day."""

    def __init__(self, home: Path, state: State) -> None:
        self.home = home
        self.state = state
        self._small: dict[str, pa.Table] = {}

    @property
    def id(self) -> str:
        return self.state.id

    def attach(self, con: duckdb.DuckDBPyConnection, table: str, months: Collection[str] | None = None, name: str | None = None) -> None:
        here, files = columns.quoted(name or table), self.files(table, months)
        if not files:
            con.execute(f"create or replace temp view {here} as select {columns.nothing(table)}")
            return
        held = self._held(table)
        relation = columns.files_sql(files, TABLES[table].monthly, held.uniform)
        con.execute(f"create or replace temp view {here} as select {columns.select(table, columns.types(table), held.columns, fill=False)} from {relation}")

    def small(self, table: str) -> pa.Table:
        """A table whole, cached: for the organisation and the ledgers."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        if table not in self._small:
            parts = [pq.ParquetFile(path).read() for path in self.files(table)]
            self._small[table] = pa.concat_tables([_fitted(table, part) for part in parts]) if parts else empty(table)
        return self._small[table]

    def files(self, table: str, months: Collection[str] | None = None) -> list[str]:
        return [path for path, month in self._held(table).parts if months is None or month in months]

    def months(self, table: str) -> list[str]:
        return sorted({month for _, month in self._held(table).parts if month})

    def _held(self, table: str) -> Files:
        if table not in self.state.tables:
            return Files((), (), uniform=True)
        return active_files(self.home / "lake", table, self.state.tables[table], self.state.id)

    def coverage(self, fact: str) -> list[Coverage]:
        stretches = []
        for load in self.small("load").to_pylist():
            kinds = json.loads(load["kinds"]) if load["state"] == "loaded" else {}
            for known in _KNOWN_BY.get(fact, (fact,)):
                for client, (start, end) in kinds.get(known, {}).items():
                    stretches.append(Coverage(client or None, datetime.fromisoformat(start), datetime.fromisoformat(end)))
        return joined(stretches)


def _fitted(table: str, part: pa.Table) -> pa.Table:
    """The table's columns in order; one that an older file does not have is null."""
    import pyarrow as pa

    schema = arrow_schema(table)
    found = [part.column(field.name) if field.name in part.column_names else pa.nulls(len(part), field.type) for field in schema]
    return pa.table([column.cast(field.type) for column, field in zip(found, schema, strict=True)], schema=schema)
