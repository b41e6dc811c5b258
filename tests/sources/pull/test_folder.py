from __future__ import annotations

import errno
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from nyckeltal.contacts.store import ContactStore
from nyckeltal.sources.load import undo
from nyckeltal.sources.pull import run
from nyckeltal.sources.pull.means import Means
from nyckeltal.sources.pull.schedule import Schedule
from nyckeltal.sources.pull.sources import Feed
from nyckeltal.words import Field, Text

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
MAPPING = """
[file]
zone = "UTC"
[fact]
kind = "contact"
client = "shop"
[key]
columns = ["id"]
[columns]
channel = { is = "voice" }
offered_at = "at"
wait_s = "wait"
outcome = { is = "answered" }
"""


@pytest.fixture
def look(tmp_path: Path) -> Callable[..., Any]:
    (tmp_path / "drop").mkdir()
    (tmp_path / "calls.toml").write_text(MAPPING)
    feed = Feed("calls", "folder", "shop", Schedule.read("1 minute"), mapping=tmp_path / "calls.toml", place=tmp_path / "drop", pattern="*.csv")
    return lambda wait=lambda _: None: run.catch_up(feed, Means(tmp_path / "home", now=lambda: NOW, wait=wait))


def _put(tmp_path: Path, name: str, wait_s: object, age_s: float = 60) -> Path:
    path = tmp_path / "drop" / name
    path.write_text(f"id,at,wait\n{name},2026-03-01 10:00:00,{wait_s}\n")
    os.utime(path, (NOW.timestamp() - age_s,) * 2)
    return path


def _waits(tmp_path: Path) -> list[float]:
    import pyarrow.parquet as pq

    files = ContactStore(tmp_path / "home").snapshot().files("contact")
    return sorted(wait for file in files for wait in pq.read_table(file, partitioning=None)["wait_s"].to_pylist())


def test_files_are_loaded_once_and_again_when_they_have_changed(look: Callable[..., Any], tmp_path: Path) -> None:
    for name, wait_s in (("a.csv", 1), ("b.csv", 2), (".hidden.csv", 9), ("c.csv.part", 9), ("d.txt", 9)):
        _put(tmp_path, name, wait_s)
    assert look().counts["new"] == 2
    look()
    assert len(ContactStore(tmp_path / "home").loads()) == 2
    for wait_s in (5, 1):
        _put(tmp_path, "a.csv", wait_s, age_s=30 - wait_s)
        look()
        assert _waits(tmp_path) == [wait_s, 2] if wait_s == 1 else [2, wait_s]
    (tmp_path / "drop" / "a.csv").rename(tmp_path / "drop" / "a-old.csv")
    look()
    assert _waits(tmp_path) == [1, 2]


def test_what_an_undo_took_of_a_later_file_is_loaded_again_by_itself(look: Callable[..., Any], tmp_path: Path) -> None:
    once = _put(tmp_path, "a.csv", 1, age_s=60)
    look()
    later = tmp_path / "drop" / "b.csv"
    later.write_text(once.read_text() + "b,2026-03-01 11:00:00,2\n")
    os.utime(later, (NOW.timestamp() - 30,) * 2)
    look()
    first = next(row["load_id"] for row in ContactStore(tmp_path / "home").loads().to_pylist() if row["files"] == "a.csv")
    undo(first, home=tmp_path / "home")
    assert _waits(tmp_path) == [2]
    look()
    assert _waits(tmp_path) == [1, 2]
    look()
    assert sorted(row["state"] for row in ContactStore(tmp_path / "home").loads().to_pylist()) == ["loaded", "undone"]


def test_a_file_that_is_still_being_written_waits(look: Callable[..., Any], tmp_path: Path) -> None:
    path = _put(tmp_path, "a.csv", 1, age_s=1)
    look(lambda _: path.write_text(path.read_text() + "more,2026-03-01 10:01:00,4\n"))
    assert len(ContactStore(tmp_path / "home").loads()) == 0
    os.utime(path, (NOW.timestamp() - 60,) * 2)
    look()
    assert _waits(tmp_path) == [1, 4]


def test_a_refused_file_keeps_out_no_other_and_is_told_until_it_is_right(look: Callable[..., Any], tmp_path: Path) -> None:
    _put(tmp_path, "a.csv", "soon")
    _put(tmp_path, "b.csv", 2)
    for _ in range(2):
        done = look()
        assert "a.csv" in str(done.error)
        assert [(issue.field, "%(" in issue.text.english) for issue in done.issues] == [("wait_s", True)], "each reader reads it in the own language"
        assert _waits(tmp_path) == [2]
    _put(tmp_path, "a.csv", 3, age_s=30)
    assert look().error is None
    assert _waits(tmp_path) == [2, 3]


def test_what_may_not_be_read_is_told_and_keeps_out_no_other(look: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed, opened = _put(tmp_path, "a.csv", 1), Path.open

    def refuse(path: Path, *args: Any, **options: Any) -> Any:
        if path == closed:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return opened(path, *args, **options)

    def shut(_: str, onerror: Callable[[OSError], None]) -> None:
        onerror(PermissionError(errno.EACCES, "Permission denied", "drop"))

    _put(tmp_path, "b.csv", 2)
    _put(tmp_path, "c.csv", "soon")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", refuse)
        done = look()
    assert f"Permission denied: {closed}" in str(done.error)
    assert done.issues[0].file == "c.csv"
    assert _waits(tmp_path) == [2]
    (tmp_path / "drop" / "c.csv").unlink()
    assert look().error is None
    assert _waits(tmp_path) == [1, 2]
    with monkeypatch.context() as patched:
        patched.setattr(os, "walk", shut)
        assert "Permission denied: drop" in str(look().error)


def test_a_file_that_is_again_as_it_was_before_it_was_wrong_is_right(look: Callable[..., Any], tmp_path: Path) -> None:
    for wait_s, age_s, wrong in ((1, 60, False), ("soon", 30, True), (1, 20, False)):
        _put(tmp_path, "a.csv", wait_s, age_s)
        assert bool(look().error) is wrong
    assert look().error is None


def test_a_folder_that_is_not_there_is_told(look: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "drop").rmdir()
    assert "There is no folder" in str(look().error)


def test_that_columns_do_not_fit_is_told_in_the_readers_language_and_fields_by_what_they_are_called(look: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "drop" / "a.csv"
    for content in ("id,at\na,2026-03-01 10:00:00\n", "id,at,wait\n" + "".join(f"{n},2026-03-01 10:00:00,-3\n" for n in range(30))):
        path.write_text(content)
        os.utime(path, (NOW.timestamp() - 60,) * 2)
        error = look().error
        assert isinstance(error.values["first"], Text)
        first = error.values["first"]
        while first.id == "sources.issue":
            first = first.values["text"]
        assert str(first) in str(error)
        (tmp_path / "home" / "pulled" / "calls" / "files.json").unlink(missing_ok=True)
    assert isinstance(first.values["reason"].values["field"], Field)
    assert "a.csv:2: wait_s: 30 rows: wait_s is -3; a duration is never negative." in str(error)
