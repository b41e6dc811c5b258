"""Two loaders, somebody who takes loads back, and a reader, each in a process of its own."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from batches import column, put, today
from killing import operation, processes, read_until, refused
from nyckeltal.contacts.state import locked
from nyckeltal.contacts.store import ContactStore
from nyckeltal.errors import StoreBusy


def load_many(home: Path, source: str, numbers: list[int]) -> None:
    for number in numbers:
        rows = operation(number)[1]
        for table, key in (("contact", "contact_id"), ("segment", "segment_id"), ("segment", "contact_id")):
            for row in rows[table]:
                row[key] = f"{source}:{row[key]}"
        rows["case"] = []
        put(ContactStore(home), f"{source}-{number}", rows, source=source, refused=[refused])


def take_back(home: Path, load_id: str) -> None:
    store = ContactStore(home)
    while store.loaded(load_id) is None:
        time.sleep(0.05)
    store.undo(load_id, now=today)


def test_two_loaders_an_undo_and_a_reader_do_not_disturb_each_other(tmp_path: Path) -> None:
    home = tmp_path / "home"
    stop, findings = processes.Event(), processes.Queue()
    reader = processes.Process(target=read_until, args=(home, stop, findings))
    writers = [processes.Process(target=load_many, args=(home, source, [0, 1])) for source in ("x", "y")]
    writers.append(processes.Process(target=take_back, args=(home, "x-0")))
    for process in (reader, *writers):
        process.start()
    for process in writers:
        process.join()
    stop.set()
    snapshots, _, wrong = findings.get(timeout=60)
    reader.join()
    assert [process.exitcode for process in writers] == [0, 0, 0]
    assert wrong == []
    assert snapshots > 0
    loads = {row["load_id"]: row["state"] for row in ContactStore(home).loads().to_pylist()}
    assert loads == {f"{source}-{number}": "undone" if (source, number) == ("x", 0) else "loaded" for source in "xy" for number in range(2)}
    of_x, of_y = ({name.split(":")[1] for name in column(ContactStore(home).snapshot(), "contact", "contact_id") if name.startswith(source)} for source in "xy")
    assert {f"c{number}-{n}" for number in range(2) for n in range(8)} == of_y
    assert of_y - of_x == {f"c0-{n}" for n in range(8)} - of_x
    assert {f"c1-{n}" for n in range(8)} <= of_x


def test_a_store_that_is_busy_too_long_says_so(tmp_path: Path) -> None:
    with locked(tmp_path, 1), pytest.raises(StoreBusy):
        put(ContactStore(tmp_path, wait_s=0.05), "one", {})


def test_readers_do_not_wait_for_writers(tmp_path: Path) -> None:
    put(ContactStore(tmp_path), "one", {"contact": operation(0)[1]["contact"]})
    with locked(tmp_path, 1):
        assert len(column(ContactStore(tmp_path).snapshot(), "contact", "contact_id")) == 8
