"""A load of new and corrected contacts, its merge beside the cheapest thing that could be done by hand: writing the touched months once."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

import contacts
from nyckeltal.contacts.store import ContactStore
from nyckeltal.sources.load import load


@contextmanager
def _merge_timed(took_s: list[float]) -> Iterator[None]:
    """Notes how long the store's merge takes inside a load."""
    merge = ContactStore.merge

    def timed(*args: Any, **how: Any) -> Any:
        began = time.perf_counter()
        merged = merge(*args, **how)
        took_s.append(time.perf_counter() - began)
        return merged

    ContactStore.merge = timed  # type: ignore[method-assign]  # timed from outside
    try:
        yield
    finally:
        ContactStore.merge = merge  # type: ignore[method-assign]  # timed from outside


def timed_load(home: Path, file: Path, mapping: Path) -> tuple[float, float]:
    """Seconds of the whole load, and of the merge within it."""
    merges: list[float] = []
    began = time.perf_counter()
    with _merge_timed(merges):
        load([file], mapping=mapping, home=home)
    return time.perf_counter() - began, merges[0]


def written_once(home: Path) -> float:
    """Seconds that DuckDB takes to read and write the contacts, segments and visits of the last two months once."""
    snapshot = ContactStore(home).snapshot()
    months = snapshot.months("contact")[-2:]
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as con:
        for table in ("contact", "segment", "queue_visit"):
            files = snapshot.files(table, months)
            con.execute(f"copy (select * from read_parquet({files!r}, union_by_name = true)) to '{folder}/{table}.parquet' (format parquet, compression zstd)")
    return time.perf_counter() - began


def merged(home: Path, folder: Path, rows: int, rounds: int) -> list[tuple[float, float, float]]:
    """Per round: a batch of `rows` new contacts of the last two months with one in a hundred corrected, and the months written once."""
    mapping = folder / "contacts.toml"
    found = []
    for number in range(rounds):
        fresh, batch = folder / f"fresh-{number}.parquet", folder / f"batch-{number}.parquet"
        contacts.write_contacts(fresh, rows, first=10_000_000_000 + number * rows, last_days=59)
        contacts.write_corrected(folder / "corrected.parquet", folder / "contacts.parquet", max(1, rows // 100))
        with duckdb.connect() as con:
            con.execute(f"copy (from '{fresh}' union all from '{folder / 'corrected.parquet'}') to '{batch}' (format parquet)")
        copy = folder / f"home-{number}"
        shutil.copytree(home, copy)
        whole_s, merge_s = timed_load(copy, batch, mapping)
        found.append((whole_s, merge_s, written_once(copy)))
        shutil.rmtree(copy)
    return found
