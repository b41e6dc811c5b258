"""Which engine runs a question: DuckDB in this process, or the Spark cluster that `NYCKELTAL_ENGINE` names. The expressions are the same."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Protocol

import ibis

from nyckeltal.contacts.columns import quoted
from nyckeltal.contacts.facts import ROWS_AT_ONCE
from nyckeltal.contacts.schema import TABLES, arrow_schema
from nyckeltal.contacts.snapshot import Snapshot
from nyckeltal.contacts.spelled import literal
from nyckeltal.errors import BadQuestion
from nyckeltal.kpi.engine.session import Cursor
from nyckeltal.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from nyckeltal.contacts.store import Facts

SETTING = "NYCKELTAL_ENGINE"
_SPARK = re.compile(r"spark://[^\s/,:]+:\d+(,[^\s/,:]+:\d+)*|local(\[(\d+|\*)\])?")
_NAMED = re.compile(r'"(\w+)"')
_WITH = "WITH "
_usual = ("", "duckdb")


@dataclass(frozen=True)
class Lies:
    """A table of the facts as the SQL knows it, and the months of it that are looked at (None: all)."""

    table: str
    months: Sequence[str] | None = None


def whole_table(table: str, name: str | None = None, words: Collection[str] | None = None) -> ibis.Table:
    """A table of the facts, under its own name in SQL or another; as if it had these columns only, where any are named: expressions over few
    are written in a fraction of the time."""
    columns = _columns(table)
    return ibis.table(columns if words is None else {word: kind for word, kind in columns.items() if word in words}, name=name or table)


@cache
def _columns(table: str) -> ibis.Schema:
    return ibis.Schema.from_pyarrow(arrow_schema(table))


class Runner(Protocol):
    """`name` tells apart what was compiled for one engine from what was compiled for another."""

    name: str

    def tried(self) -> None:
        """Raises EngineAway where it cannot answer."""

    def written(self, expression: ibis.Table) -> str:
        """The SQL of an expression."""

    def text(self, value: str) -> str:
        """A text as a constant in that SQL."""

    def fetch(self, sql: str, facts: Facts, tables: Mapping[str, Lies], small: Mapping[str, pa.Table]) -> pa.Table:
        """What the SQL gives over these tables, by the names it has for them."""


def runner() -> Runner:
    """The engine of the moment; raises BadQuestion where the setting names none."""
    address = os.environ.get(SETTING, "").strip()
    if address in _usual:
        return _duckdb
    if not _SPARK.fullmatch(address):
        english = "“%(address)s” is no engine. Say duckdb, or the address of a Spark master: spark://host:7077"
        raise BadQuestion(Text("engine.unknown", english, {"address": address}))
    return _spark(address)


@cache
def _spark(address: str) -> Runner:
    from nyckeltal.kpi.engine.spark import Spark

    return Spark(address)


class _DuckDB:
    name = "duckdb"

    def tried(self) -> None:
        """It is in this process."""

    def written(self, expression: ibis.Table) -> str:
        return str(ibis.to_sql(expression, dialect="duckdb"))

    def text(self, value: str) -> str:
        return literal(value, "text")

    def fetch(self, sql: str, facts: Facts, tables: Mapping[str, Lies], small: Mapping[str, pa.Table]) -> pa.Table:
        with Cursor() as con:
            said = frozenset(_NAMED.findall(sql))
            read = []
            for name, lies in tables.items():
                if not TABLES[lies.table].monthly:
                    con.register(name, facts.small(lies.table))
                elif isinstance(facts, Snapshot):
                    read.append(f"{quoted(name)} as not materialized ({facts.reading(lies.table, lies.months, said)})")
                else:
                    facts.attach(con, lies.table, lies.months, name, said)
            for name, table in small.items():
                con.register(name, table)
            return con.execute(_beginning_with(read, sql)).to_arrow_table(ROWS_AT_ONCE)


def _beginning_with(read: Sequence[str], sql: str) -> str:
    """A statement with what its tables are before it."""
    if not read:
        return sql
    return f"with {', '.join(read)}{f', {sql[len(_WITH) :]}' if sql.startswith(_WITH) else f' {sql}'}"


_duckdb = _DuckDB()
