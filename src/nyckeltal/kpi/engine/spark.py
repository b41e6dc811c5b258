"""Spark as the engine: SQL of the same expressions, run by a cluster over the same Parquet files."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.schema import TABLES, arrow_schema
from nyckeltal.errors import CannotRead
from nyckeltal.words import Text

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

    from nyckeltal.contacts.store import Facts
    from nyckeltal.kpi.engine.runner import Lies

# What expressions call that Spark has by another name.
_TAUGHT = "create or replace temporary function epoch_us(moment timestamp) returns bigint return unix_micros(moment)"

# How a session must be for figures to be the same as anywhere: moments in UTC, nothing divided by nought is an error.
_SET = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "false",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


class Spark:
    """One session of this process with a master; every question has views of its own. Options of Spark itself come from its own files and variables."""

    def __init__(self, master: str) -> None:
        self.name = f"spark {master}"
        self.master = master
        self._starting = Lock()

    def _ready(self) -> Any:
        """The session, started at the first question."""
        with self._starting:
            return self._started

    @cached_property
    def _started(self) -> Any:
        try:
            from pyspark.sql import SparkSession
        except ImportError:
            raise CannotRead(Text("engine.no_spark", "Spark is not installed. Install nyckeltal[spark], and Java 17 or newer.")) from None
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        building = SparkSession.builder.master(self.master).appName("nyckeltal")
        for name, value in _SET.items():
            building = building.config(name, value)
        return building.getOrCreate()

    @cached_property
    def _compiler(self) -> Any:
        import ibis

        return ibis.pyspark.connect(self._started)

    def written(self, expression: ibis.Table) -> str:
        with self._starting:
            compiler = self._compiler
        return str(compiler.compile(expression))

    def text(self, value: str) -> str:
        escaped = value.replace("\\", "\\\\").replace("'", "\\'")
        return f"'{escaped}'"

    def fetch(self, sql: str, facts: Facts, tables: Mapping[str, Lies], small: Mapping[str, pa.Table]) -> pa.Table:
        session = self._ready().newSession()
        for name, value in _SET.items():
            if name.startswith("spark.sql."):
                session.conf.set(name, value)
        session.sql(_TAUGHT)
        for name, lies in tables.items():
            _lying(session, facts, lies).createOrReplaceTempView(name)
        for name, table in small.items():
            _given(session, table).createOrReplaceTempView(name)
        found: pa.Table = session.sql(sql).toArrow()
        return found


def _lying(session: Any, facts: Facts, lies: Lies) -> Any:
    """A table of the facts: its files where it has some, else what is in memory."""
    files = facts.files(lies.table, lies.months) if TABLES[lies.table].monthly else []
    if files:
        return session.read.schema(_schema(arrow_schema(lies.table))).parquet(*files)
    in_files = facts.files(lies.table) if TABLES[lies.table].monthly else []
    return _given(session, arrow_schema(lies.table).empty_table() if in_files else facts.small(lies.table))


def _given(session: Any, table: pa.Table) -> Any:
    return session.createDataFrame(table) if len(table) else session.createDataFrame([], _schema(table.schema))


def _schema(schema: pa.Schema) -> Any:
    from pyspark.sql.pandas.types import from_arrow_schema

    return from_arrow_schema(schema, prefer_timestamp_ntz=False)
