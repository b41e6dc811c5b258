from __future__ import annotations

import gzip
import os
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from nyckeltal.contacts.store import ContactStore
from nyckeltal.sources.load import load, undo
from nyckeltal.sources.pull import run
from nyckeltal.sources.pull.means import Means
from nyckeltal.sources.pull.schedule import Schedule
from nyckeltal.sources.pull.sources import Feed

BEGIN = datetime(2026, 3, 2, 8, tzinfo=UTC)


def _call(number: int) -> list[str]:
    at = int(BEGIN.timestamp()) + number * 60
    return [
        f"{at}|call{number}|support|NONE|ENTERQUEUE||+4670{number:07}|1",
        f"{at + 5}|call{number}|support|Agent/anna|CONNECT|5|x|2",
        f"{at + 65}|call{number}|support|Agent/anna|COMPLETECALLER|5|60|1",
    ]


DAYS, LOOKS_A_DAY = (30, 6) if os.environ.get("NYCKELTAL_SOAK") else (1, 3)
LINES = [line for number in range(4) for line in _call(number)]


class Clock:
    """Goes on by itself with every look."""

    def __init__(self) -> None:
        self.now = BEGIN + timedelta(hours=1)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def step(tmp_path: Path, clock: Clock) -> Callable[..., Any]:
    """Look once at the log; `means` what is different about it this time."""
    log = tmp_path / "log" / "queue_log"
    log.parent.mkdir()
    _with_secret(tmp_path / "home")
    feed = Feed("switch", "follow", "queue_log-shop", Schedule.read("1 minute"), "queue_log", client="shop", zone="UTC", place=log)
    means = Means(tmp_path / "home", now=clock, wait=lambda _: None)
    return lambda **changes: run.catch_up(feed, replace(means, **changes))


def _write(tmp_path: Path, lines: list[str], mode: str = "a") -> Path:
    log = tmp_path / "log" / "queue_log"
    with log.open(mode) as file:
        file.write("".join(f"{line}\n" for line in lines))
    return log


def _facts(home: Path) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    found = []
    store = ContactStore(home).snapshot()
    for table in ("contact", "queue_visit", "segment"):
        rows = [row for file in store.files(table) for row in pq.read_table(file, partitioning=None).to_pylist()]
        found += [{name: value for name, value in row.items() if name not in ("load_id", "loaded_at")} for row in rows]
    return sorted(found, key=str)


def _with_secret(home: Path) -> Path:
    """A home of a secret that all of them share: the same callers under the same pseudonyms."""
    home.mkdir()
    (home / "secret").write_text("0" * 64, encoding="ascii")
    return home


def _told(folder: Path, lines: list[str], now: datetime) -> list[dict[str, Any]]:
    """What these lines give when they are loaded as one file."""
    file = folder / "whole.log"
    file.write_text("".join(f"{line}\n" for line in lines))
    home = _with_secret(folder / "calm")
    load(file, system="queue_log", client="shop", zone="UTC", home=home, now=now)
    return _facts(home)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    return _told(tmp_path_factory.mktemp("whole"), LINES, BEGIN + timedelta(hours=2))


def test_lines_come_in_as_they_are_written_and_join_one_load_that_counts_each_once(step: Callable[..., Any], tmp_path: Path, whole: Any) -> None:
    for at in range(0, 12, 4):
        log = _write(tmp_path, LINES[at : at + 4])
        with log.open("a") as file:
            file.write(LINES[0][:20] if at == 0 else "")  # a line that is still being written
        done = step()
        if at == 0:
            log.write_text("".join(f"{line}\n" for line in LINES[:4]))
    loads = ContactStore(tmp_path / "home").loads().to_pylist()
    assert [load["state"] for load in loads] == ["loaded"]
    assert '"new": 4' in loads[0]["counts"]
    assert done.all_counts["read"] == len(LINES), "not the lines and what was made of them"
    assert done.all_counts["new"] == done.counts["new"] * 4
    assert _facts(tmp_path / "home") == whole
    undo(loads[0]["load_id"], tmp_path / "home")
    assert _facts(tmp_path / "home") == []


@pytest.mark.parametrize("how", ["renamed", "copied", "packed"])
def test_a_rotated_log_is_read_to_its_end_before_the_new_one(step: Callable[..., Any], tmp_path: Path, how: str, whole: Any) -> None:
    log = _write(tmp_path, LINES[:5])
    step()
    _write(tmp_path, LINES[5:7])
    aside = log.with_name("queue_log.1")
    if how == "renamed":
        log.rename(aside)
    elif how == "copied":
        shutil.copy(log, aside)
    else:
        aside.with_suffix(".1.gz").write_bytes(gzip.compress(log.read_bytes()))
    _write(tmp_path, LINES[7:], "w")
    step()
    assert _facts(tmp_path / "home") == whole


def test_a_rotated_log_that_is_being_packed_just_now_is_read_where_it_still_lies(step: Callable[..., Any], tmp_path: Path, whole: Any) -> None:
    log = _write(tmp_path, LINES[:3])
    step()
    _write(tmp_path, LINES[3:6])
    rotated = log.rename(log.with_name("queue_log.1"))
    packed = gzip.compress(rotated.read_bytes())
    log.with_name("queue_log.1.gz").write_bytes(packed[: len(packed) // 2])
    log.with_name("queue_log.2.gz").write_bytes(packed[:10])
    _write(tmp_path, LINES[6:])
    assert step().error is None
    assert _facts(tmp_path / "home") == whole


def test_what_was_rotated_more_than_once_while_nobody_looked_is_read_in_its_order(step: Callable[..., Any], tmp_path: Path, whole: Any) -> None:
    log = _write(tmp_path, LINES[:2])
    step()
    for number, (begin, end) in ((3, (2, 4)), (2, (4, 7)), (1, (7, 9))):
        _write(tmp_path, LINES[begin:end], "a")
        aside = log.with_name(f"queue_log.{number}")
        log.rename(aside)
        named = [aside]
        if number == 2:
            named.append(aside.with_name("queue_log.2.gz"))
            named[1].write_bytes(gzip.compress(aside.read_bytes()))
        for one in named:  # days lie between them, and not the moment that a test takes
            os.utime(one, (BEGIN.timestamp() - number,) * 2)
    log.with_name("queue_log.bak").write_text("no log\n")
    _write(tmp_path, LINES[9:], "w")
    step()
    assert _facts(tmp_path / "home") == whole


def _rotated(log: Path, number: int, dice: random.Random) -> None:
    """As logrotate does it in one way or another, and packed at once or by the next."""
    aside = log.with_name(f"queue_log.{number}")
    if dice.random() < 0.5:
        log.rename(aside)
        log.touch()
    else:
        shutil.copy(log, aside)
        log.write_bytes(b"")
    if dice.random() < 0.5:
        aside.with_name(f"{aside.name}.gz").write_bytes(gzip.compress(aside.read_bytes()))
        aside.unlink()
        aside = aside.with_name(f"{aside.name}.gz")
    os.utime(aside, (BEGIN.timestamp() + number,) * 2)


def test_a_log_is_followed_through_a_month_of_rotations_and_half_lines(step: Callable[..., Any], tmp_path: Path, clock: Clock) -> None:
    dice, log, lines, half = random.Random(11), tmp_path / "log" / "queue_log", [], ""
    _write(tmp_path, [f"{int(BEGIN.timestamp()) - 1}|NONE|NONE|NONE|CONFIGRELOAD|"])
    step()
    for number in range(DAYS * LOOKS_A_DAY):
        clock.now = max(clock.now, BEGIN + timedelta(minutes=number * 24 * 60 // LOOKS_A_DAY)) - timedelta(hours=30 if number % 40 == 2 else 0)
        call = _call(number * 24 * 60 // LOOKS_A_DAY)
        lines += call
        text = half + "".join(f"{line}\n" for line in call)
        cut = len(text) - (dice.randrange(1, 60) if number % 3 != 1 and dice.random() < 0.7 else 0)
        with log.open("a") as file:
            file.write(text[:cut])
        half = text[cut:]
        if dice.random() < 0.7:
            assert step().error is None
        if not half and (number % 3 == 1 or dice.random() < 0.3):
            _rotated(log, number, dice)
    with log.open("a") as file:
        file.write(half)
    step()
    assert _facts(tmp_path / "home") == _told(tmp_path, lines, clock.now + timedelta(days=40))


def test_killed_at_any_moment_it_goes_on_without_loss_or_doubling(step: Callable[..., Any], tmp_path: Path, whole: Any) -> None:
    def before(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    def after(*args: Any, **options: Any) -> Any:
        load(*args, **options)
        raise KeyboardInterrupt

    _write(tmp_path, LINES[:5])
    for fate in (before, after):
        with pytest.raises(KeyboardInterrupt):
            step(load=fate)
    _write(tmp_path, LINES[5:])
    step()
    assert _facts(tmp_path / "home") == whole
    assert len(ContactStore(tmp_path / "home").loads()) == 1


def test_each_hour_leaves_one_load_and_what_was_taken_back_stays_so(step: Callable[..., Any], tmp_path: Path, clock: Clock) -> None:
    settled = []
    _write(tmp_path, LINES[:6])
    done = step()
    clock.now += timedelta(hours=1)
    _write(tmp_path, LINES[6:9])
    step(settle=lambda report, *_: settled.append(report.load_id))
    assert settled == [done.load_id]
    loads = ContactStore(tmp_path / "home").loads()["load_id"].to_pylist()
    assert len(loads) == 2
    undo(loads[1], tmp_path / "home")
    _write(tmp_path, LINES[9:])
    step()
    ids = {row["contact_id"] for row in _facts(tmp_path / "home") if "offered_at" in row}
    assert ids == {"queue_log-shop:call0", "queue_log-shop:call1", "queue_log-shop:call3"}


def test_a_file_that_is_not_there_is_told(step: Callable[..., Any]) -> None:
    assert "There is no file" in str(step().error)


def test_a_line_that_is_no_event_holds_up_no_other(step: Callable[..., Any], tmp_path: Path) -> None:
    _write(tmp_path, [*LINES[:3], "what is this"])
    assert step().error is None
    refused = ContactStore(tmp_path / "home").set_aside().to_pylist()
    assert [row["original"] for row in refused] == ["what is this"]
    assert len([row for row in _facts(tmp_path / "home") if "offered_at" in row]) == 1
