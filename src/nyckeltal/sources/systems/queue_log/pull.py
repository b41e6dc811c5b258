"""Reads the queue_log table out of Asterisk's database: MariaDB or MySQL, or PostgreSQL. Only reading, a few thousand rows at a time."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from nyckeltal.errors import CannotFetch, UserMistake
from nyckeltal.sources.pull.vendor import Cursor, Given, Page, Web
from nyckeltal.words import Text

ROWS = 20_000
AGAIN = 200  # rows with an earlier number may be written a little later; those that were read before change nothing
local = ("localhost", "127.0.0.1", "::1")
_table = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)?")
Row = dict[str, str | None]


class QueueLogTable:
    """The place is the last row's number, or its time where the table has no numbers."""

    given = (
        Given("engine", Text("pull.engine", "Kind of database: mariadb, mysql or postgresql"), "mariadb", default="mariadb"),
        Given("host", Text("pull.host", "Host"), "pbx.example.org"),
        Given("port", Text("pull.port", "Port"), "3306", default=""),
        Given("database", Text("pull.database", "Database"), "asterisk", default="asterisk"),
        Given("table", Text("pull.table", "Table"), "queue_log", default="queue_log"),
        Given("user", Text("pull.user", "User"), "nyckeltal"),
        Given("password", Text("pull.password", "Password"), "…", secret=True),
        Given("encrypted", Text("pull.encrypted", "Encrypted: yes, unverified or no"), "yes", default="yes"),
    )
    look_back = timedelta(0)

    def __init__(self, connect: Callable[[Mapping[str, str]], Any] | None = None) -> None:
        self.connect = connect or connected

    def pages(self, web: Web, given: Mapping[str, str], cursor: Cursor, until: datetime) -> Iterator[Page]:  # noqa: ARG002 no HTTP here, and no clock
        """The rows in their order."""
        if not _table.fullmatch(given["table"]):
            raise UserMistake(Text("pull.no_table", "“%(table)s” is no name of a table.", {"table": given["table"]}))
        with _FaultsTold(given):
            connection = self.connect(given)
            try:
                yield from _Table(connection, given["table"]).pages(given["from"], cursor)
            finally:
                connection.close()


class _Table:
    """The table behind a connection."""

    def __init__(self, connection: Any, name: str) -> None:
        self.connection, self.name = connection, name
        columns, _ = self.ask(f"SELECT * FROM {name} WHERE 1 = 0")
        self.numbered = "id" in columns

    def ask(self, query: str, *values: object) -> tuple[list[str], list[Sequence[object]]]:
        """Names of the columns and rows."""
        cursor = self.connection.cursor()
        try:
            cursor.execute(query, values)
            return [str(column[0]).lower() for column in cursor.description], list(cursor.fetchall())
        finally:
            cursor.close()

    def pages(self, first_day: str, cursor: Cursor) -> Iterator[Page]:
        yield from self._by_number(first_day, cursor) if self.numbered else self._by_time(first_day, cursor)

    def _by_number(self, first_day: str, cursor: Cursor) -> Iterator[Page]:
        if "id" in cursor:
            last = int(cursor["id"]) - AGAIN
        else:
            _, [[first]] = self.ask(f"SELECT min(id) FROM {self.name} WHERE time >= %s", first_day)
            if first is None:
                return
            last = int(str(first)) - 1
        while rows := self._rows(f"SELECT * FROM {self.name} WHERE id > %s ORDER BY id LIMIT {ROWS}", last):
            last = int(str(rows[-1]["id"]))
            yield Page("queue_log", rows, {"id": str(max(last, int(cursor.get("id", last))))})
            if len(rows) < ROWS:
                return

    def _by_time(self, first_day: str, cursor: Cursor) -> Iterator[Page]:
        """From the last time on, its own rows again: more of that moment may have come since."""
        since, most = cursor.get("time", first_day), ROWS
        while True:
            rows = self._rows(f"SELECT * FROM {self.name} WHERE time >= %s ORDER BY time LIMIT {most}", since)
            if not rows:
                return
            last = str(rows[-1]["time"])
            if len(rows) == most and last == since:
                most *= 2  # a moment with more rows than a page: take it whole
                continue
            yield Page("queue_log", rows, {"time": last})
            if len(rows) < most:
                return
            since, most = last, ROWS

    def _rows(self, query: str, *values: object) -> list[Row]:
        columns, found = self.ask(query, *values)
        return [{name: None if value is None else str(value) for name, value in zip(columns, row, strict=True)} for row in found]


def connected(given: Mapping[str, str]) -> Any:
    """A connection that cannot write."""
    if given["engine"] not in _ENGINES:
        values = {"engine": given["engine"], "known": ", ".join(_ENGINES)}
        raise UserMistake(Text("pull.no_engine", "“%(engine)s” is no kind of database that is known here. There is: %(known)s.", values))
    return _ENGINES[given["engine"]](given)


def _mariadb(given: Mapping[str, str]) -> Any:
    driver = _driver("pymysql", "mariadb")
    named = {"host": given["host"], "port": int(given["port"] or 3306), "user": given["user"], "password": given["password"], "database": given["database"]}
    connection = driver.connect(**named, ssl=_encryption(given), charset="utf8mb4", connect_timeout=10, read_timeout=300, autocommit=True)
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION TRANSACTION READ ONLY")
    return connection


def _encryption(given: Mapping[str, str]) -> ssl.SSLContext | None:
    if _is_plain(given):
        return None
    context = ssl.create_default_context()
    if given["encrypted"] != "yes":
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _postgresql(given: Mapping[str, str]) -> Any:
    driver = _driver("psycopg", "postgresql")
    mode = "prefer" if _is_plain(given) else {"yes": "verify-full", "unverified": "require"}.get(given["encrypted"], "require")
    named = {"host": given["host"], "port": int(given["port"] or 5432), "user": given["user"], "password": given["password"], "dbname": given["database"]}
    roots = {"sslrootcert": "system"} if mode == "verify-full" else {}
    return driver.connect(**named, **roots, sslmode=mode, connect_timeout=10, autocommit=True, options="-c default_transaction_read_only=on")


_ENGINES: Mapping[str, Callable[[Mapping[str, str]], Any]] = {"mariadb": _mariadb, "mysql": _mariadb, "postgresql": _postgresql}


def _is_plain(given: Mapping[str, str]) -> bool:
    return given["encrypted"] == "no" or (given["host"] in local and given["encrypted"] == "yes")


def _driver(module: str, extra: str) -> Any:
    try:
        return import_module(module)
    except ImportError:
        english = "This database needs the package %(module)s, which is not installed: pip install “nyckeltal[%(extra)s]”."
        raise UserMistake(Text("pull.no_driver", english, {"module": module, "extra": extra})) from None


class _FaultsTold:
    """What a driver raises, as a CannotFetch without the password."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self.given = given

    def __enter__(self) -> None:
        """Nothing to do."""

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: object) -> None:
        drivers = ("pymysql", "psycopg", "sqlite3", "_ssl", "ssl")
        if fault is None or not (isinstance(fault, OSError) or type(fault).__module__.split(".")[0] in drivers):
            return
        said = " ".join(str(fault).split()).replace(self.given["password"] or "\0", "•••")[:300]
        english = "The database at %(host)s did not answer as it should: %(what)s. It is asked again when it is next due."
        raise CannotFetch(Text("pull.no_database", english, {"host": self.given["host"], "what": said.rstrip(".")})) from fault
