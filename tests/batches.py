"""Plain dict rows as a batch for the store, the way a reader hands it over."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from nyckeltal.contacts.facts import ROWS_AT_ONCE
from nyckeltal.contacts.schema import TABLES, arrow_schema, staged_schema
from nyckeltal.contacts.store import Batch, ContactStore, Facts, Merged
from nyckeltal.contacts.upkeep import connect

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
today = datetime(2026, 11, 22, 12, tzinfo=UTC)


def staged(folder: Path, rows: Rows, source: str) -> dict[str, list[Path]]:
    """A Parquet file per table; fields that a row does not name take the model's defaults, its key is the source's."""
    paths = {}
    for table, given in rows.items():
        defaults = {column.name: column.default for column in TABLES[table].loaded if column.default not in (None, ())}
        defaults |= {column.name: [] for column in TABLES[table].loaded if column.default == ()}
        whole = [
            {**defaults, "source": source, "source_id": row[TABLES[table].key or ""], "line": line, **{name: _typed(value) for name, value in row.items()}}
            for line, row in enumerate(given, start=1)
        ]
        paths[table] = [folder / f"{table}.parquet"]
        pq.write_table(pa.Table.from_pylist(whole, staged_schema(table)), paths[table][0])
    return paths


def _told_whole(folder: Path, table: str, rows: Sequence[Mapping[str, Any]], parts: Sequence[str], of_each: Mapping[str, Sequence[str]]) -> Path:
    key, path = TABLES[table].key or "", folder / f"whole-{table}.parquet"
    kinds = pa.schema([("id", pa.string()), ("source_id", pa.string()), ("changed_at", pa.timestamp("us", "UTC")), ("parts", pa.list_(pa.string()))])
    told = [{"id": row[key], "source_id": row[key], "changed_at": _typed(row.get("changed_at")), "parts": [*of_each.get(row[key], parts)]} for row in rows]
    pq.write_table(pa.Table.from_pylist(told, kinds), path)
    return path


def _typed(value: Any) -> Any:
    """Moments in ISO form, as tests write them."""
    return datetime.fromisoformat(value) if isinstance(value, str) and value[:2] == "20" and "T" in value else value


def put(
    store: ContactStore,
    load_id: str,
    rows: Rows,
    *,
    source: str = "s",
    marker: str | None = None,
    now: datetime = today,
    refused: Sequence[Mapping[str, Any]] = (),
    progress: Callable[[str, int, int], None] | None = None,
    whole: Mapping[str, Sequence[str]] | None = None,
    told_parts: Mapping[str, Sequence[str]] | None = None,
    **more: Any,
) -> Merged:
    """`whole` names the facts of which the rows are told with all of their parts, and the facts of those; `told_parts` those of single rows."""
    with store.stage() as staging:
        set_aside = staging.folder / "set_aside.parquet"
        if refused:
            pq.write_table(pa.Table.from_pylist([{"load_id": load_id, "set_aside_at": now, **row} for row in refused], arrow_schema("set_aside")), set_aside)
        batch = Batch(
            load_id=load_id,
            marker=marker or load_id,
            source=source,
            facts=staged(staging.folder, rows, source),
            set_aside=[set_aside] if refused else [],
            whole={table: [_told_whole(staging.folder, table, rows[table], parts, told_parts or {})] for table, parts in (whole or {}).items()},
            **more,
        )
        return store.merge(batch, now=now, progress=progress)


def read(facts: Facts, table: str, *names: str, where: str = "true") -> list[dict[str, Any]]:
    """Rows of a table in the order of its key; all columns, or those named."""
    if TABLES[table].monthly and not facts.months(table):
        return []
    con = asking()
    facts.attach(con, table, name="asked")
    chosen = ", ".join(names) or "*"
    key = TABLES[table].key or "all"
    rows: list[dict[str, Any]] = con.execute(f"select {chosen} from asked where {where} order by {key}").to_arrow_table(ROWS_AT_ONCE).to_pylist()
    con.execute("drop view asked")
    return rows


@cache
def asking() -> duckdb.DuckDBPyConnection:
    return connect()


def column(facts: Facts, table: str, name: str) -> dict[str, Any]:
    """One word of every row, by key."""
    key = TABLES[table].key or ""
    return {row[key]: row[name] for row in read(facts, table, key, name)}


def day(text: str) -> date:
    return date.fromisoformat(text)
