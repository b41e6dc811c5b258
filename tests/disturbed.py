"""Everything that changes a store, step by step, and processes that are killed somewhere in a step: while it reads, maps, stages,
writes, renames the state, keeps sums by day, or asks a vendor and keeps its place."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import rolled
from batches import read
from fake_vendor import SECRET, FakeSystem
from killing import processes
from nyckeltal.contacts.store import ContactStore
from nyckeltal.contacts.upkeep import FACTS
from nyckeltal.kpi.upkeep import keep
from nyckeltal.sources import find
from nyckeltal.sources.load import load, undo
from nyckeltal.sources.pull import run
from nyckeltal.sources.pull.means import Means
from nyckeltal.sources.pull.schedule import Schedule
from nyckeltal.sources.pull.sources import Feed
from tables import CALLS, calls, put

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OURS = f"{os.sep}nyckeltal{os.sep}"


def first(home: Path, _address: str) -> None:
    _load(home, "first.csv", calls(12))


def corrected(home: Path, _address: str) -> None:
    """Some rows say something else, one moves to another month, others are new, one cannot be read."""
    _load(home, "corrected.csv", calls(30, row_2="2,2026-03-02 09:02:00,55", row_3="3,2026-04-02 09:03:00,3", row_30="30,soon,1"))


def pulled(home: Path, address: str) -> None:
    given, secret = {"address": address}, {"token": SECRET}
    feed = Feed("calls", "from", "fake-shop", Schedule.read("1 hour"), "fake", client="shop", first_day=date(2026, 3, 1), given=given, secret=secret)
    with pytest.MonkeyPatch.context() as patched:
        systems = {**find.systems(), "fake": FakeSystem()}
        patched.setattr(find, "systems", lambda: systems)
        done = run.catch_up(feed, Means(home, wait=lambda _: None, now=lambda: NOW))
    assert done is not None
    assert done.error is None


def taken_back(home: Path, _address: str) -> None:
    for row in ContactStore(home).loads().to_pylist():
        if row["files"] == "corrected.csv" and row["state"] == "loaded":
            undo(row["load_id"], home, now=NOW)


def summed(home: Path, _address: str) -> None:
    with pytest.MonkeyPatch.context() as patched:
        rolled.only_contacts(patched)
        keep.keep(home)


STEPS: tuple[Callable[[Path, str], None], ...] = (first, corrected, pulled, taken_back, summed)


def _load(home: Path, name: str, text: str) -> None:
    folder = home.parent / f"files-of-{home.name}"
    folder.mkdir(exist_ok=True)
    file = folder / name
    if not file.exists():
        put(folder, text, name)
    load(file, mapping=CALLS, home=home, now=NOW + timedelta(minutes=len(text)))


def facts(home: Path) -> dict[str, list[dict[str, Any]]]:
    """Every row of every fact but which load brought it, and when."""
    snapshot = ContactStore(home).snapshot()
    return {table: [{name: value for name, value in row.items() if name not in ("load_id", "loaded_at")} for row in read(snapshot, table)] for table in FACTS}


def begun(step: int, home: Path, address: str, dies_at: int) -> int:
    """A step in a process of its own, killed with its n-th call of or by our code; −9 where it did not live to the end."""
    process = processes.Process(target=_step, args=(step, home, address, dies_at))
    process.start()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode


def calls_of(step: int, home: Path, address: str) -> int:
    """How many calls a step makes, in this process."""
    counted = 0

    def count(frame: FrameType, event: str, _given: Any) -> None:
        nonlocal counted
        counted += _is_ours(frame, event)

    sys.setprofile(count)
    try:
        STEPS[step](home, address)
    finally:
        sys.setprofile(None)
    return counted


def _step(step: int, home: Path, address: str, dies_at: int) -> None:
    _die_at(dies_at)
    STEPS[step](home, address)


def _die_at(number: int) -> None:
    passed = 0

    def passing(frame: FrameType, event: str, _given: Any) -> None:
        nonlocal passed
        passed += _is_ours(frame, event)
        if passed >= number:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(passing)


def _is_ours(frame: FrameType, event: str) -> bool:
    return event in ("call", "c_call") and OURS in frame.f_code.co_filename
