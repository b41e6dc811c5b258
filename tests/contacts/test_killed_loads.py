"""Loaders killed with SIGKILL at random moments and at every point between the tables, while a reader reads."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from batches import read
from killing import carry_out, inconsistencies, load_and_die, points, processes, read_until
from nyckeltal.contacts.schema import TABLES
from nyckeltal.contacts.store import ContactStore
from nyckeltal.contacts.upkeep import FACTS

SOAK = os.environ.get("NYCKELTAL_SOAK") == "1"
operations = 8 if SOAK else 5  # the fifth takes a load back
random_kills = 600 if SOAK else 5
# just after one table is written and just before the next the same lies on disk
where = [point for point in points if SOAK or point == "commit 0" or not point.startswith("commit ")]


def run(target: Callable[..., None], *args: Any, kill_after_s: float | None = None) -> int:
    """Run in a process of its own; the exit code, −9 where it was killed."""
    process = processes.Process(target=target, args=args)
    process.start()
    process.join(kill_after_s)
    if process.is_alive():
        process.kill()
        process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode


def told(home: Path) -> dict[str, list[dict[str, Any]]]:
    """Everything that counts, for comparison."""
    snapshot = ContactStore(home).snapshot()
    facts = {table: read(snapshot, table) for table in FACTS}
    rest = {name: sorted(snapshot.small(name).to_pylist(), key=repr) for name, table in TABLES.items() if table.family != "fact"}
    return {**facts, **rest}


@pytest.mark.slow
def test_killed_loads_leave_the_last_complete_state_and_end_as_if_undisturbed(tmp_path: Path) -> None:
    undisturbed, home = tmp_path / "undisturbed", tmp_path / "home"
    began = time.monotonic()
    for number in range(operations):
        carry_out(undisturbed, number)
    one_s = (time.monotonic() - began) / operations

    stop, findings = processes.Event(), processes.Queue()
    reader = processes.Process(target=read_until, args=(home, stop, findings))
    reader.start()
    chance = random.Random(7)
    killed = 0
    for number in range(operations):
        for point in [*where[number::operations], *(["restore"] if SOAK or number == 3 else [])]:
            killed += run(load_and_die, home, number, point) != 0
            assert inconsistencies(ContactStore(home).snapshot()) == []
        for moment in sorted(chance.uniform(0.02, one_s) for _ in range(random_kills // operations)):  # the early ones first: a load that ends cannot die
            killed += run(carry_out, home, number, kill_after_s=moment) != 0
        carry_out(home, number)
    stop.set()
    snapshots, states, wrong = findings.get(timeout=60)
    reader.join()

    assert wrong == []
    assert killed >= (500 if SOAK else 12), killed
    assert states >= operations // 2
    assert snapshots > states
    assert told(home) == told(undisturbed)
    assert list((home / "staging").iterdir()) == []
