"""What one new day costs: a load of new and corrected contacts, beside writing once by hand the months that it touched; and within it the
upkeep of first contact resolution, beside working that out anew."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from homes import Home, with_sums

import contacts
from nyckeltal.contacts import change
from nyckeltal.contacts.derive_contact import REACH_US
from nyckeltal.contacts.store import ContactStore, Snapshot
from nyckeltal.kpi.upkeep import keep
from nyckeltal.sources.load import load

WRITTEN = ("contact", "segment", "queue_visit")
# The statements of a merge by which contacts of the same customer and matter find each other: where somebody came or went, which contacts, who is
# next, and of whom somebody else is that now.
NEIGHBOURLY = ("turn_span as", "turn_beside", "turn_crowd as", "turn_named as", "table neighbours as", "turned_contact as")
ANEW = f"""
create temp table neighbours as
select contact_id, case when epoch_us(after_at) - epoch_us(offered_at) <= {REACH_US} then after_at end as next_contact_at,
    case when epoch_us(offered_at) - epoch_us(before_at) <= {REACH_US} then before_at end as previous_handled_at
from (
    select contact_id, offered_at, lead(offered_at) over in_turn as after_at,
        max(case when handled then offered_at end) over (in_turn rows between unbounded preceding and 1 preceding) as before_at
    from read_parquet({{files}}, union_by_name = true)
    where customer_key is not null and reason_level2_id is not null and direction = 'inbound' and callback_of is null and not is_test
    window in_turn as (partition by client_id, customer_key, reason_level2_id order by offered_at, contact_id)
)
"""


@dataclass(frozen=True)
class Day:
    """Seconds of one round, and how many months were touched."""

    load_s: float
    merge_s: float
    once_s: float
    months: int
    fcr_s: float
    next_s: float
    anew_s: float
    sums_s: float | None  # of making the sums of the touched days anew, where sums are kept


class _Watched:
    """A connection that notes how long each statement took."""

    def __init__(self, con: duckdb.DuckDBPyConnection, noted: list[tuple[str, float]]) -> None:
        self._con, self._noted = con, noted

    def execute(self, sql: str, *given: Any) -> duckdb.DuckDBPyConnection:
        began = time.perf_counter()
        done = self._con.execute(sql, *given)
        self._noted.append((sql, time.perf_counter() - began))
        return done

    def __getattr__(self, name: str) -> Any:
        return getattr(self._con, name)


@contextmanager
def _watched(merges: list[float], statements: list[tuple[str, float]]) -> Iterator[None]:
    """Notes, from outside, how long the store's merge takes inside a load, and each statement of it."""
    merge, connect = ContactStore.merge, change.connect

    def timed(*args: Any, **how: Any) -> Any:
        began = time.perf_counter()
        merged = merge(*args, **how)
        merges.append(time.perf_counter() - began)
        return merged

    ContactStore.merge = timed  # type: ignore[method-assign]  # put back below
    change.connect = lambda *args: _Watched(connect(*args), statements)  # type: ignore[assignment,return-value]  # put back below
    try:
        yield
    finally:
        ContactStore.merge, change.connect = merge, connect  # type: ignore[method-assign]  # as it was


def days(home: Home, rounds: int) -> list[Day]:
    """Per round a day with a hundredth of the contacts, and a hundredth of those corrected in the last two months, into a copy of the home."""
    print("one new day", file=sys.stderr)
    with_sums(home)
    return loaded(home, max(100, home.rows // 100), rounds)


def loaded(home: Home, fresh: int, rounds: int, *, sums: bool = True) -> list[Day]:
    """The same with so many new contacts; `sums` tells whether those of the touched days are made anew."""
    with tempfile.TemporaryDirectory(prefix="nyckeltal-bench-", dir=home.folder.parent) as name:
        return [_day(home, Path(name), fresh, number, sums=sums) for number in range(rounds)]


def _linked(source: str, target: str) -> None:
    """Files with rows are never changed once they are written."""
    (os.link if source.endswith(".parquet") else shutil.copy2)(source, target)


def _day(home: Home, folder: Path, fresh: int, number: int, *, sums: bool) -> Day:
    batch = _batch(home, folder, fresh, number)
    copy = folder / f"home-{number}"
    shutil.copytree(home.folder, copy, copy_function=_linked)
    merges: list[float] = []
    statements: list[tuple[str, float]] = []
    before = ContactStore(copy).snapshot()
    began = time.perf_counter()
    with _watched(merges, statements):
        load([batch], mapping=home.mapping, home=copy)
    load_s = time.perf_counter() - began
    after = ContactStore(copy).snapshot()
    began = time.perf_counter()
    sums_s = time.perf_counter() - began if sums and keep.keep(copy) else None
    once_s, months = _written_once(before, after)
    found = Day(load_s, merges[0], once_s, months, _spent(statements, *NEIGHBOURLY), _spent(statements, "table neighbours as"), _anew(after, folder), sums_s)
    shutil.rmtree(copy)
    return found


def _batch(home: Home, folder: Path, fresh: int, number: int) -> Path:
    """A folder with two files: the new day's contacts and the corrected ones."""
    batch = folder / f"batch-{number}"
    batch.mkdir()
    months = sorted((home.files / "contact").iterdir())
    with contacts.Drawing(home.rows, home.seed + number) as drawing:
        drawing.one_day(batch / "fresh.parquet", 10_000_000_000 + number * fresh, fresh, months[-1])
        for month in months[-2:]:
            drawing.corrected(batch / f"corrected-{month.name}.parquet", month, max(1, fresh // 200))
    return batch


def _spent(statements: list[tuple[str, float]], *marks: str) -> float:
    """Seconds of the statements with one of these marks."""
    return sum(took_s for sql, took_s in statements if any(mark in sql for mark in marks))


def _written_once(before: Snapshot, after: Snapshot) -> tuple[float, int]:
    """Seconds that DuckDB takes to read and write the rows of the touched months once, without keys, neighbours, derived words or history."""
    touched = {table: [month for month in after.months(table) if _moved(before, after, table, month)] for table in WRITTEN}
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="nyckeltal-bench-") as folder, duckdb.connect() as con:
        for table, months in touched.items():
            for month in months:
                files = after.files(table, [month])
                con.execute(f"copy (from read_parquet({files!r}, union_by_name = true)) to '{folder}/{table}-{month}.parquet' (format parquet)")
    return time.perf_counter() - began, len({month for months in touched.values() for month in months})


def _moved(before: Snapshot, after: Snapshot, table: str, month: str) -> bool:
    return {Path(file).name for file in before.files(table, [month])} != {Path(file).name for file in after.files(table, [month])}


def _anew(snapshot: Snapshot, folder: Path) -> float:
    """Seconds of finding the neighbours of every contact; what memory does not hold goes to the folder."""
    with duckdb.connect() as con:
        con.execute(f"set enable_progress_bar = false; set temp_directory = '{folder / 'spilled'}'")
        began = time.perf_counter()
        con.execute(ANEW.format(files=repr(snapshot.files("contact"))))
        return time.perf_counter() - began
