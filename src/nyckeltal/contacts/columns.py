"""The columns of a table as DuckDB types and select lists; the schema says what they are, this says how SQL writes them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache, lru_cache

from nyckeltal.contacts.schema import PROVENANCE, TABLES, Column

_TYPES = {
    "id": "varchar",
    "text": "varchar",
    "choice": "varchar",
    "moment": "timestamptz",
    "date": "date",
    "seconds": "double",
    "number": "double",
    "count": "bigint",
    "money": "bigint",
    "hash": "bigint",
    "flag": "boolean",
    "ids": "varchar[]",
}
_MOMENTS = ("changed_at", "loaded_at")


@cache
def types(table: str) -> dict[str, str]:
    """Every stored column of a table and its DuckDB type, in order."""
    described = TABLES[table]
    found = {column.name: _TYPES[column.kind] for column in described.columns}
    if described.family != "ledger":
        found |= {name: "timestamptz" if name in _MOMENTS else "varchar" for name in PROVENANCE}
    return found | ({"month": "varchar"} if described.monthly else {})


@cache
def loaded(table: str) -> tuple[str, ...]:
    """The columns that come from files, by name."""
    return tuple(column.name for column in TABLES[table].loaded)


@cache
def based(table: str) -> tuple[str, ...]:
    """What derivation starts from: the loaded columns, what joining made of them, and the provenance."""
    return (*loaded(table), *joined(table), *PROVENANCE)


@cache
def joined(table: str) -> tuple[str, ...]:
    """The columns that say what another source's row changed about this one, by name."""
    return tuple(column.name for column in TABLES[table].columns if column.joined)


def sort_key(table: str) -> str:
    """The order of rows within a month, for `order by`."""
    return ", ".join(name for name in ("client_id", TABLES[table].placed_by) if name and name in types(table))


def select(table: str, columns: Iterable[str], has: Iterable[str] | None = None, fill: bool = True) -> str:
    """A select list that gives `columns` their types. One that the relation does not have gets its default, as does,
    with `fill`, a cell that is empty and may not be."""
    return _select(table, tuple(columns), None if has is None else frozenset(has), fill)


@lru_cache(maxsize=1024)
def _select(table: str, columns: tuple[str, ...], has: frozenset[str] | None, fill: bool) -> str:
    known = types(table)
    return ", ".join(f"{_value(table, name, has, fill)}::{known[name]} as {quoted(name)}" for name in columns)


def _value(table: str, name: str, has: frozenset[str] | None, fill: bool) -> str:
    default = literal(TABLES[table][name]) if name in TABLES[table] else "null"
    if has is not None and name not in has:
        return default
    return f"coalesce({quoted(name)}, {default})" if fill and default != "null" else quoted(name)


def literal(column: Column) -> str:
    """The default of a column as SQL; only a column that may not be null has one that matters."""
    value = column.default
    if column.kind == "ids":
        return "[]::varchar[]"
    if value is None or column.nullable:
        return "null"
    return str(value).lower() if isinstance(value, bool) else text(value) if isinstance(value, str) else str(value)


def moment(value: datetime) -> str:
    """A moment as an SQL literal. Values are written out, not bound: binding one makes DuckDB import pandas, which takes longer than a load."""
    return f"timestamptz '{value.isoformat()}'"


def once(value: str, name: str, then: str) -> str:
    """SQL in which an expression that is dear has a name: written out at each place where it is needed, it is worked out as often."""
    return f"list_transform([{value}], lambda {name}: {then})[1]"


def texts(values: Iterable[str]) -> str:
    return f"[{', '.join(text(value) for value in values)}]::varchar[]"


def moments(values: Iterable[datetime]) -> str:
    return f"[{', '.join(moment(value) for value in values)}]::timestamptz[]"


@cache
def declared(table: str, names: tuple[str, ...] | None = None) -> str:
    """The columns of a table that is made without a row, all or those named: told so it is made faster than by a query for nothing."""
    kinds = types(table)
    return f"({', '.join(f'{quoted(name)} {kinds[name]}' for name in names or kinds)})"


@cache
def nothing(table: str) -> str:
    """A select list and condition that give the table's columns and no row."""
    return ", ".join(f"null::{kind} as {quoted(name)}" for name, kind in types(table).items()) + " where false"


def quoted(name: str) -> str:
    return f'"{name}"'


def text(value: str) -> str:
    """A string as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def files_sql(paths: Iterable[str], monthly: bool, uniform: bool = True) -> str:
    """A table function over Parquet files; the month lies in the folder's name, not in the file. Files that are not
    `uniform` are all opened to find the columns that some of them have."""
    listed = ", ".join(text(path) for path in paths)
    hive = ", hive_partitioning=true, hive_types={'month': 'varchar'}" if monthly else ", hive_partitioning=false"
    return f"read_parquet([{listed}], union_by_name={str(not uniform).lower()}{hive})"
