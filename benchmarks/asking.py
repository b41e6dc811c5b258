"""Two processes, one asking nyckeltal and one running the hand-written SQL, each keeping its own memory; they are asked in turn."""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from questions import QUESTIONS, Timed

Values = dict[tuple[str, str | None, str | None], float]
TABLES = ("contact", "segment", "agreement")


def ours(home: Path) -> Callable[[Timed], Values]:
    from nyckeltal.contacts.store import ContactStore
    from nyckeltal.kpi.ask import ask

    snapshot = ContactStore(home).snapshot()

    def run(timed: Timed) -> Values:
        answer = ask(*timed.kpis, facts=snapshot, **timed.asked)
        group = timed.by or ""
        return {(figure.kpi, figure.period, figure.by.get(group)): figure.value for figure in answer if figure.value is not None}

    return run


def by_hand(home: Path) -> Callable[[Timed], Values]:
    """The same files, as views; a connection that stays open, as in a program written by hand."""
    import duckdb

    from nyckeltal.contacts.store import ContactStore

    con = duckdb.connect()
    snapshot = ContactStore(home).snapshot()
    for table in TABLES:
        con.execute(f"create view {table} as select * from read_parquet({snapshot.files(table)!r}, hive_partitioning = true, union_by_name = true)")

    def run(timed: Timed) -> Values:
        return {(kpi, period, group): value for period, group, kpi, value in con.execute(timed.sql).fetchall() if value is not None}

    return run


def _serve(pipe: Connection, make: Callable[[Path], Callable[[Timed], Values]], home: Path) -> None:
    """Answers with seconds, values and the peak of memory in MB until told to stop."""
    run = make(home)
    while (number := pipe.recv()) is not None:
        began = time.perf_counter()
        values = run(QUESTIONS[number])
        took_s = time.perf_counter() - began
        pipe.send((took_s, values, _peak_mb()))


def _peak_mb() -> float:
    """Of this process alone: what getrusage says goes on from the process that started it."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


class Asked:
    """One of the two processes."""

    def __init__(self, make: Callable[[Path], Callable[[Timed], Values]], home: Path) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, make, home), daemon=True)
        self.process.start()

    def __call__(self, number: int) -> Any:
        self.pipe.send(number)
        return self.pipe.recv()

    def stop(self) -> None:
        self.pipe.send(None)
        self.process.join(30)


def same(one: Values, other: Values) -> list[str]:
    """Where the two differ, beyond the last digits of a float."""
    keys = one.keys() | other.keys()
    return [f"{key}: {one.get(key)} and {other.get(key)}" for key in sorted(keys, key=str) if not _near(one.get(key), other.get(key))]


def _near(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return (one or other or 0) == 0
    return abs(one - other) <= 1e-9 * max(1.0, abs(one))
