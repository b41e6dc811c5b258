from __future__ import annotations

import os
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from batches import column, put, read
from nyckeltal.contacts import change, laid, upkeep
from nyckeltal.contacts.store import ContactStore, Snapshot
from nyckeltal.contacts.upkeep import KEEP_H


def load(store: ContactStore, number: int) -> None:
    rows = [
        {"contact_id": f"{client}{number}", "client_id": client, "channel": "voice", "offered_at": f"2026-03-{20 - number:02}T09:00:00Z", "outcome": "answered"}
        for client in ("two", "one")
    ]
    put(store, f"load-{number}", {"contact": rows})


def paths(snapshot: Snapshot) -> list[str]:
    return snapshot.files("contact")


def test_tidying_joins_and_sorts_and_changes_no_figure(tmp_path: Path) -> None:
    store = ContactStore(tmp_path)
    for number in range(3):
        load(store, number)
    before = store.snapshot()
    told = read(before, "contact")
    assert len(paths(before)) == 3
    store.tidy()
    after = store.snapshot()
    assert (after.id, read(after, "contact")) == (before.id, told)
    assert len(paths(after)) == 1
    order = [(row["client_id"], row["offered_at"]) for row in pq.ParquetFile(paths(after)[0]).read(["client_id", "offered_at"]).to_pylist()]
    assert order == sorted(order)


def test_what_is_large_already_is_not_joined_with_what_is_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laid, "ROWS_A_FILE", 4)
    store = ContactStore(tmp_path)
    load(store, 0)
    load(store, 1)
    large = paths(store.snapshot())
    for name in "ab":
        row = {"contact_id": name, "client_id": "three", "channel": "voice", "offered_at": "2026-03-21T09:00:00Z", "outcome": "answered"}
        put(store, f"load-{name}", {"contact": [row]})
    before = read(store.snapshot(), "contact")
    store.tidy()
    after = paths(store.snapshot())
    assert read(store.snapshot(), "contact") == before
    assert {*large} < {*after}
    assert len(after) == 3


def test_a_load_that_leaves_many_files_joins_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nyckeltal.contacts.store.MANY_FILES", 2)
    store = ContactStore(tmp_path)
    found = []
    for number in range(3):
        load(store, number)
        found.append(len(paths(store.snapshot())))
    assert found == [1, 2, 1]
    assert len(column(store.snapshot(), "contact", "contact_id")) == 6
    assert len(store.snapshot().files("load")) == 1
    assert len(store.loads()) == 3


def test_many_segments_may_come_before_their_contacts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for room in (change, upkeep):
        monkeypatch.setattr(room, "FEW", 0)
    store = ContactStore(tmp_path)
    put(store, "load-0", {"segment": [{"segment_id": "1", "contact_id": "two1", "started_at": "2026-03-20T09:00:00Z", "talk_s": 60}]})
    assert column(store.snapshot(), "segment", "handle_s") == {"1": 60}
    load(store, 1)
    assert column(store.snapshot(), "contact", "talk_s") == {"one1": None, "two1": 60}


def test_what_leads_to_an_older_version_is_kept_for_a_day(tmp_path: Path) -> None:
    """A log that is followed for a month commits half a million times."""
    store = ContactStore(tmp_path)
    load(store, 0)
    tables = [DeltaTable(str(folder)) for folder in sorted((tmp_path / "lake").iterdir())]
    assert {table.metadata().configuration.get("delta.logRetentionDuration") for table in tables} == {"interval 1 days"}


def test_a_reader_keeps_its_files_for_a_day_and_the_store_for_ever(tmp_path: Path) -> None:
    store = ContactStore(tmp_path)
    load(store, 0)
    load(store, 1)
    old = store.snapshot()
    store.tidy()
    store.tidy()
    assert len(column(old, "contact", "contact_id")) == 4
    _age(tmp_path, (KEEP_H + 1) * 3600)
    store.tidy()
    assert len(column(store.snapshot(), "contact", "contact_id")) == 4


def test_what_killed_loads_left_in_the_lake_goes_after_a_day(tmp_path: Path) -> None:
    store = ContactStore(tmp_path)
    load(store, 0)
    left = tmp_path / "lake" / "contact" / "month=2026-03" / "part-of-a-killed-load.parquet"
    left.touch()
    store.tidy()
    assert left.exists()
    _age(tmp_path, (KEEP_H + 1) * 3600)
    store.tidy()
    assert not left.exists()
    assert len(column(store.snapshot(), "contact", "contact_id")) == 2


def _age(home: Path, seconds: float) -> None:
    """Make every file of the lake look that much older."""
    then = time.time() - seconds
    for path in (home / "lake").rglob("*.parquet"):
        os.utime(path, (then, then))
