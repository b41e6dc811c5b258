"""Processes that are asked in turn, one for each way of asking, each keeping its own memory: nyckeltal, DuckDB by hand, PostgreSQL, pandas."""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib.abc import MetaPathFinder
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from questions import ALL, DUCKDB, POSTGRESQL, Dialect, Timed, Values, finished

Run = Callable[[Timed], Values]
TABLES = ("contact", "segment", "survey_response", "agreement", "team_membership")


def ours(home: str) -> Run:
    """From question to figures, with their intervals and what they rest on."""
    from nyckeltal.contacts.store import ContactStore
    from nyckeltal.kpi.ask import ask

    snapshot = ContactStore(home).snapshot()

    def run(timed: Timed) -> Values:
        answer = ask(*timed.kpis, facts=snapshot, **timed.asked)
        group = timed.by or ""
        found: Values = {}
        for each in answer:
            at = each.period if timed.per else None, each.by.get(group)
            told = {"": each.value, ".n": each.n, ".low": each.low, ".high": each.high, **{f".{name}": value for name, value in each.parts.items()}}
            found |= {(f"{each.kpi}{name}", *at): value for name, value in told.items() if value is not None and each.value is not None}
        return _top(found, timed) if timed.top else found

    return run


def from_rows(home: str) -> Run:
    """The same without the sums by day that are kept beside them."""
    from nyckeltal.kpi.rollup import held

    held.of = lambda facts: None  # noqa: ARG005 - as it is called
    return ours(home)


def _top(found: Values, timed: Timed) -> Values:
    """Of the groups with most of the first KPI."""
    counted = sorted((-value, group) for (kpi, _, group), value in found.items() if kpi == timed.kpis[0] and group is not None)
    wanted = {group for _, group in counted[: timed.top]}
    return {key: value for key, value in found.items() if key[2] in wanted}


def by_hand(home: str) -> Run:
    """The same files, as views; a connection that stays open, as in a program written by hand."""
    import duckdb

    from nyckeltal.contacts.store import ContactStore

    con = duckdb.connect()
    con.execute("set enable_progress_bar = false")
    snapshot = ContactStore(home).snapshot()
    for table in TABLES:
        con.execute(f"create view {table} as select * from read_parquet({snapshot.files(table)!r}, hive_partitioning = true)")
    return lambda timed: _values(timed, DUCKDB, lambda sql: con.execute(sql).fetchall())


def postgresql(address: str) -> Run:
    """The same columns in a server's tables; a connection that stays open."""
    import psycopg

    con = psycopg.connect(address, autocommit=True)
    return lambda timed: _values(timed, POSTGRESQL, lambda sql: con.execute(sql).fetchall())  # type: ignore[call-overload]  # our own text, no literal


def pandas(home: str) -> Run:
    """The same columns, read into memory once."""
    import frames

    held = frames.read(home)
    return lambda timed: frames.ANSWERS[timed.name](held, timed)


def _values(timed: Timed, dialect: Dialect, fetched: Callable[[str], Iterable[tuple[Any, ...]]]) -> Values:
    found: Values = {}
    for kpis, sql in timed.statements(dialect):
        for period, group, *values in fetched(sql):
            found |= {(kpi, period, group): float(value) for kpi, value in zip(kpis, values, strict=True) if value is not None}
    return found


class _NoPandas(MetaPathFinder):
    """Nobody who installs nyckeltal gets pandas: it is here to be compared with, and Arrow would import it into every process."""

    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError(name=fullname)


def _serve(pipe: Connection, make: Callable[[str], Run], where: str) -> None:
    """Answers with seconds, on the clock and of the processor, values and the peak of memory in MB until told to stop."""
    if make is not pandas:
        sys.meta_path.insert(0, _NoPandas())
    run = make(where)
    while (number := pipe.recv()) is not None:
        began, worked = time.perf_counter(), time.process_time()
        values = run(ALL[number])
        took = time.perf_counter() - began, time.process_time() - worked
        pipe.send((took, values if make in (ours, from_rows) else finished(values), _peak_mb()))


def _peak_mb() -> float:
    """Of this process alone: what getrusage says goes on from the process that started it."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


class Asked:
    """One of the processes; `where` is a home folder or a server's address."""

    def __init__(self, make: Callable[[str], Run], where: str) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, make, where), daemon=True)
        self.process.start()
        theirs.close()

    def __call__(self, number: int) -> tuple[tuple[float, float], Values, float]:
        self.pipe.send(number)
        took, values, peak_mb = self.pipe.recv()
        return took, values, peak_mb

    def stop(self) -> None:
        with suppress(BrokenPipeError):  # it may have ended by itself, which is told where it was asked
            self.pipe.send(None)
        self.process.join(30)
