"""The queue_log table of Asterisk's database: read by number or by time, in pages, gone on from, and never written to."""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from nyckeltal.errors import CannotFetch, UserMistake
from nyckeltal.sources import find
from nyckeltal.sources.load import load
from nyckeltal.sources.pull import run
from nyckeltal.sources.pull.means import Means
from nyckeltal.sources.pull.schedule import Schedule
from nyckeltal.sources.pull.sources import Feed
from nyckeltal.sources.systems import queue_log
from nyckeltal.sources.systems.queue_log import pull
from nyckeltal.sources.systems.queue_log.pull import QueueLogTable
from tables import put, rows

SAMPLE = (Path(find.__file__).parent / "systems" / "queue_log" / "samples" / "an-hour-at-the-desk.log").read_text(encoding="utf-8")
GIVEN = {"engine": "mariadb", "host": "localhost", "port": "", "database": "asterisk", "table": "queue_log", "user": "reader", "encrypted": "yes"}
SECRET = {"password": "s3cret"}
APART = ("load_id", "loaded_at", "customer_key")  # each home has a secret of its own
TABLES = ("contact", "queue_visit", "segment", "agent_state")


class Database:
    """A table in a file, spoken to as the drivers of MariaDB and PostgreSQL are."""

    def __init__(self, path: Path, *, numbered: bool = True) -> None:
        self.path = path
        with sqlite3.connect(path) as con:
            number = "id INTEGER PRIMARY KEY, " if numbered else ""
            con.execute(f"CREATE TABLE queue_log ({number}time TEXT, callid TEXT, queuename TEXT, agent TEXT, event TEXT, data1, data2, data3, data4, data5)")

    def put(self, lines: list[str]) -> None:
        with sqlite3.connect(self.path) as con:
            for line in lines:
                epoch, *told = line.split("|")
                moment = datetime.fromtimestamp(float(epoch), UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
                con.execute(f"INSERT INTO queue_log VALUES ({self._number(con)}?,?,?,?,?,?,?,?,?,?)", [moment, *(told + [""] * 9)[:9]])

    def _number(self, con: sqlite3.Connection) -> str:
        return "NULL," if "id" in [column[1] for column in con.execute("PRAGMA table_info(queue_log)")] else ""

    def connect(self, _: Mapping[str, str]) -> Any:
        class Connection(sqlite3.Connection):
            def cursor(self, *_: object) -> Any:
                return Cursor(self)

        class Cursor(sqlite3.Cursor):
            def execute(self, query: str, values: Any = (), /) -> Any:
                assert query.startswith("SELECT ")
                return super().execute(query.replace("%s", "?"), values)

        return sqlite3.connect(self.path, factory=Connection)


def _caught_up(home: Path, database: Database, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(queue_log.SYSTEM, "pull", QueueLogTable(database.connect))
    feed = Feed("pbx", "from", "queue_log", Schedule.read("1 minute"), "queue_log", zone="UTC", first_day=date(2026, 3, 2), given=GIVEN, secret=SECRET)
    return run.catch_up(feed, Means(home, wait=lambda _: None, now=lambda: datetime(2026, 3, 3, tzinfo=UTC)))


def _facts(home: Path) -> dict[str, dict[str, Any]]:
    return {table: {key: {name: value for name, value in row.items() if name not in APART} for key, row in rows(home, table).items()} for table in TABLES}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What the log gives as one file."""
    folder = tmp_path_factory.mktemp("whole")
    load(put(folder, SAMPLE, "queue_log"), system="queue_log", zone="UTC", home=folder / "home")
    return _facts(folder / "home")


@pytest.mark.parametrize("numbered", [True, False])
def test_the_table_read_as_it_grows_gives_what_the_log_gives(numbered: bool, whole: Any, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pull, "ROWS", 6)
    database, lines = Database(tmp_path / "asterisk.db", numbered=numbered), SAMPLE.splitlines()
    for first, last in ((0, 14), (14, len(lines))):
        database.put(lines[first:last])
        done = _caught_up(home, database, monkeypatch)
        assert done.error is None
    assert _facts(home) == whole


def test_a_moment_with_more_rows_than_a_page_is_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pull, "ROWS", 2)
    database = Database(tmp_path / "asterisk.db", numbered=False)
    database.put([f"1772438410|c{at}|q|NONE|CLOSED|" for at in range(7)])
    found: list[Any] = list(QueueLogTable(database.connect).pages(None, {**GIVEN, **SECRET, "from": "2026-03-02"}, {}, datetime.now(UTC)))  # type: ignore[arg-type]  # a table needs no web
    assert {row["callid"] for page in found for row in page.document} == {f"c{at}" for at in range(7)}


def test_a_database_that_does_not_answer_is_told_without_the_password(tmp_path: Path) -> None:
    def refuses(given: Mapping[str, str]) -> Any:
        raise ConnectionRefusedError(f"refused {given['password']}")

    with pytest.raises(CannotFetch, match="localhost") as told:
        list(QueueLogTable(refuses).pages(None, {**GIVEN, **SECRET, "from": "2026-03-02"}, {}, datetime.now(UTC)))  # type: ignore[arg-type]  # a table needs no web
    assert "s3cret" not in str(told.value)


@pytest.mark.parametrize("wrong", [{"table": "queue_log; DROP TABLE cdr"}, {"engine": "oracle"}])
def test_what_is_no_table_or_engine_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(UserMistake, match=next(iter(wrong.values()))[:6]):
        list(QueueLogTable().pages(None, {**GIVEN, **SECRET, **wrong, "from": "2026-03-02"}, {}, datetime.now(UTC)))  # type: ignore[arg-type]  # a table needs no web


def test_rotated_files_are_read_together_packed_or_not_and_may_overlap(whole: Any, home: Path, tmp_path: Path) -> None:
    lines, folder = SAMPLE.splitlines(), tmp_path / "log"
    folder.mkdir()
    put(folder, gzip.compress(("\n".join(lines[:7]) + "\n").encode()), "queue_log.2.gz")
    put(folder, "\n".join(lines[5:15]) + "\n", "queue_log.1")
    put(folder, "\n".join(lines[13:]) + "\n", "queue_log")
    load(folder, zone="UTC", home=home)
    assert _facts(home) == whole


def test_rows_as_json_are_recognised_and_one_without_its_time_is_set_aside_with_its_number(home: Path, tmp_path: Path) -> None:
    told = [{"time": "2026-03-02 08:00:00", "callid": f"c{at}", "queuename": "q", "agent": "NONE", "event": "CLOSED", "data1": None} for at in range(30)]
    report = load(put(tmp_path, json.dumps([*told, {**told[0], "time": None}]), "rows.json"), home=home, zone="UTC")
    assert report.facts["contact"].new == 30
    assert report.refused_n == 1
