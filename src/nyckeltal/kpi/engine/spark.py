"""Spark as the engine: SQL of the same expressions, run by a cluster over the same Parquet files."""

from __future__ import annotations

import os
import re
import shutil
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.schema import TABLES, arrow_schema
from nyckeltal.errors import EngineAway
from nyckeltal.words import Text

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

    from nyckeltal.contacts.store import Facts
    from nyckeltal.kpi.engine.runner import Lies

KNOCKS_S = 5.0
WORKERS_COME_S = 60.0

# What expressions call that Spark has by another name.
_TAUGHT = "create or replace temporary function epoch_us(moment timestamp) returns bigint return unix_micros(moment)"

# How a session must be for figures to be the same as anywhere: moments in UTC, nothing divided by nought is an error.
_SAME = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "false",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "false",
}
# How it should be beside a web server: people click at once, nobody reads its progress, and its own pages have no sign-in.
_BESIDE = {"spark.scheduler.mode": "FAIR", "spark.ui.showConsoleProgress": "false", "spark.ui.enabled": "false", "spark.log.level": "ERROR"}


class Spark:
    """One session of this process with a master; every question has views of its own. Options of Spark itself come from its own files and variables."""

    def __init__(self, master: str) -> None:
        self.name = f"spark {master}"
        self.master = master
        self._starting = Lock()
        self._session: Any = None

    def tried(self) -> None:
        """Raises EngineAway where it cannot answer: what is missing here, or nobody there. Starts nothing."""
        if find_spec("pyspark") is None:
            english = "Spark is asked for, and the package pyspark is not installed. Install it: pip install 'nyckeltal[spark]'; beside it Java 17 or newer."
            raise EngineAway(Text("engine.no_spark", english))
        if _java() is None:
            english = "Spark is asked for, and Java is not found. Install Java 17 or newer (Debian: apt-get install default-jre-headless), or set JAVA_HOME."
            raise EngineAway(Text("engine.no_java", english))
        doors = _doors(self.master)
        if doors and not any(_answers(*door) for door in doors):
            english = "Nobody answers at %(address)s. Is the Spark master running, and can this machine reach it?"
            raise EngineAway(Text("engine.no_master", english, {"address": self.master}))

    def written(self, expression: ibis.Table) -> str:
        import ibis

        session = self._ready()
        with self._starting:
            return str(ibis.pyspark.connect(session).compile(expression))

    def text(self, value: str) -> str:
        escaped = value.replace("\\", "\\\\").replace("'", "\\'")
        return f"'{escaped}'"

    def fetch(self, sql: str, facts: Facts, tables: Mapping[str, Lies], small: Mapping[str, pa.Table]) -> pa.Table:
        whole = self._ready()
        with _told_as_mistakes():
            session = whole.newSession()
            for name, value in _SAME.items():
                session.conf.set(name, value)
            session.sql(_TAUGHT)
            for name, lies in tables.items():
                _lying(session, facts, lies).createOrReplaceTempView(name)
            for name, table in small.items():
                _given(session, table).createOrReplaceTempView(name)
            found: pa.Table = session.sql(sql).toArrow()
            return found

    def _ready(self) -> Any:
        """The session, started at the first question, and anew after it was stopped."""
        with self._starting, _told_as_mistakes():
            if self._session is None or _is_over(self._session):
                self.tried()
                self._session = None
                self._session = self._started()
            return self._session

    def _started(self) -> Any:
        from pyspark.sql import SparkSession

        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        building = SparkSession.builder.master(self.master).appName("nyckeltal")
        for name, value in {**_SAME, **_BESIDE}.items():
            building = building.config(name, value)
        session = building.getOrCreate()
        if not self._has_workers(session):
            session.stop()
            english = "%(address)s gives no worker within %(seconds)s seconds: none is running, or others have all their cores. See docs/guide/scale-out.md."
            raise EngineAway(Text("engine.no_workers", english, {"address": self.master, "seconds": f"{WORKERS_COME_S:g}"}))
        return session

    def _has_workers(self, session: Any) -> bool:
        """A question would wait for ever for a worker that does not come. Where workers come and go by need there is nothing to wait for."""
        context = session.sparkContext
        if not _doors(self.master) or context.getConf().get("spark.dynamicAllocation.enabled", "false") == "true":
            return True
        until = time.monotonic() + WORKERS_COME_S
        while (alone := len(context._jsc.sc().statusTracker().getExecutorInfos()) < 2) and time.monotonic() < until:  # noqa: SLF001 - as above; itself is one
            time.sleep(0.1)
        return not alone


def _is_over(session: Any) -> bool:
    """Whether a session was stopped, or the Java beside this process died: then it is forgotten, so that the next one starts anew."""
    from py4j.protocol import Py4JError
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    java = session.sparkContext._jsc  # noqa: SLF001 - pyspark has no other way to ask, nor to forget
    try:
        return java is None or bool(java.sc().isStopped())
    except (Py4JError, OSError):
        SparkContext._gateway = SparkContext._jvm = SparkContext._active_spark_context = SparkSession._instantiatedSession = None  # noqa: SLF001 - as above
        return True


def _java() -> str | None:
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")


def _doors(master: str) -> list[tuple[str, int]]:
    """Hosts and ports of `spark://one:7077,two:7077`; none where Spark runs in this process."""
    pairs = re.findall(r"([^,/]+):(\d+)", master.removeprefix("spark://")) if master.startswith("spark://") else []
    return [(host.strip("[]"), int(port)) for host, port in pairs]


def _answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=KNOCKS_S).close()
    except (OSError, OverflowError):
        return False
    return True


@contextmanager
def _told_as_mistakes() -> Iterator[None]:
    """What a cluster does wrong, or keeps Java from starting, is said in its first line; SQL that Spark does not understand is a fault of ours
    and stays one."""
    ours, theirs = _faults()
    try:
        yield
    except ours:
        raise
    except theirs as fault:
        why = next((line for line in str(fault).splitlines() if line.strip()), type(fault).__name__)[:300]
        english = "Spark could not answer: %(why)s. Its master and workers say more in their logs; see docs/guide/scale-out.md."
        raise EngineAway(Text("engine.failed", english, {"why": why.rstrip(".")})) from fault


def _faults() -> tuple[tuple[type[Exception], ...], tuple[type[Exception], ...]]:
    """What pyspark raises where we are wrong, and where the cluster is."""
    if find_spec("pyspark") is None:
        return (), ()
    from py4j.protocol import Py4JError
    from pyspark.errors import AnalysisException, ParseException, PySparkException

    return (AnalysisException, ParseException), (Py4JError, PySparkException, OSError)


def _lying(session: Any, facts: Facts, lies: Lies) -> Any:
    """A table of the facts: the files that it has in this snapshot of the store, else what is in memory."""
    monthly = TABLES[lies.table].monthly
    files = facts.files(lies.table, lies.months) if monthly else []
    if files:
        return session.read.schema(_schema(arrow_schema(lies.table))).parquet(*map(_address, files))
    in_files = facts.files(lies.table) if monthly else []
    return _given(session, arrow_schema(lies.table).empty_table() if in_files else facts.small(lies.table))


def _address(path: str) -> str:
    """A path as Spark reads it: on the file system, and nothing in it a pattern."""
    return "file://" + re.sub(r"([\\{}\[\]*?])", r"\\\1", path) if path.startswith("/") else path


def _given(session: Any, table: pa.Table) -> Any:
    return session.createDataFrame(table) if len(table) else session.createDataFrame([], _schema(table.schema))


def _schema(schema: pa.Schema) -> Any:
    from pyspark.sql.pandas.types import from_arrow_schema

    return from_arrow_schema(schema, prefer_timestamp_ntz=False)
