"""A table stays open for the next load of its process, whatever has happened to its folder meanwhile."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from batches import column, put
from killing import processes
from nyckeltal.contacts import ledger
from nyckeltal.contacts.store import ContactStore


def load(home: Path, name: str) -> None:
    row = {"contact_id": name, "client_id": "one", "channel": "voice", "offered_at": "2026-03-02T09:00:00Z", "outcome": "answered"}
    put(ContactStore(home), f"load-{name}", {"contact": [row]})


def there(home: Path) -> list[str]:
    return sorted(column(ContactStore(home).snapshot(), "contact", "client_id"))


def test_what_another_process_loads_in_between_stays(tmp_path: Path) -> None:
    load(tmp_path, "a")
    other = processes.Process(target=load, args=(tmp_path, "b"))
    other.start()
    other.join()
    load(tmp_path, "c")
    assert there(tmp_path) == ["a", "b", "c"]


def test_a_load_that_failed_after_its_first_tables_were_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(tmp_path, "a")

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as once:
        once.setattr(ledger, "keep_load", full)
        with pytest.raises(OSError, match="No space left"):
            load(tmp_path, "b")
    assert there(tmp_path) == ["a"]
    load(tmp_path, "c")
    assert there(tmp_path) == ["a", "c"]


def test_a_copy_put_in_the_place_of_a_home_is_what_the_next_load_goes_into(tmp_path: Path) -> None:
    home = tmp_path / "home"
    load(home, "a")
    shutil.copytree(home, tmp_path / "copy")
    load(home, "b")
    shutil.rmtree(home)
    (tmp_path / "copy").rename(home)
    load(home, "c")
    assert there(home) == ["a", "c"]


def test_a_home_that_is_a_link_may_be_pointed_elsewhere(tmp_path: Path) -> None:
    first, second, link = tmp_path / "first", tmp_path / "second", tmp_path / "link"
    load(first, "a")
    shutil.copytree(first, second)
    link.symlink_to(first)
    load(link, "b")
    link.unlink()
    link.symlink_to(second)
    load(link, "c")
    assert (there(first), there(second)) == (["a", "b"], ["a", "c"])
