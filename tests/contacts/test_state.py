from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from deltalake import write_deltalake

from batches import column, put
from nyckeltal.contacts.lake import recover
from nyckeltal.contacts.state import Staging, State, home_folder, sweep_staging
from nyckeltal.contacts.store import ContactStore
from nyckeltal.errors import CannotRead

row = {"contact_id": "a", "client_id": "one", "channel": "voice", "offered_at": "2026-03-02T09:00:00Z"}


def test_home_is_the_argument_else_the_environment_else_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NYCKELTAL_HOME", raising=False)
    assert home_folder() == tmp_path / "nyckeltal-data"
    monkeypatch.setenv("NYCKELTAL_HOME", str(tmp_path / "there"))
    assert home_folder() == tmp_path / "there"
    assert home_folder(tmp_path) == tmp_path


def test_a_state_is_read_as_it_was_saved(tmp_path: Path) -> None:
    state = State().with_versions({"contact": 3})
    state.save(tmp_path)
    assert State.read(tmp_path) == state
    assert state.with_versions({"contact": 4}).id != state.id
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": 99}'])
def test_a_broken_state_is_said_to_be(tmp_path: Path, content: str) -> None:
    (tmp_path / "state.json").write_text(content)
    with pytest.raises(CannotRead, match="is not a state"):
        State.read(tmp_path)


def test_a_table_ahead_of_the_state_is_rolled_back(tmp_path: Path) -> None:
    store = ContactStore(tmp_path)
    put(store, "one", {"contact": [row]})
    before = State.read(tmp_path)
    put(store, "two", {"contact": [{**row, "contact_id": "b"}], "case": [{"case_id": "k", "client_id": "one", "opened_at": "2026-03-02T09:00:00Z"}]})
    before.save(tmp_path)  # as if the second load had died before this

    assert list(column(store.snapshot(), "contact", "contact_id")) == ["a"]
    after = recover(tmp_path)
    assert (after.id, State.read(tmp_path)) == (before.id, after)
    assert after.tables["contact"] > before.tables["contact"]
    assert "case" not in after.tables
    assert not (tmp_path / "lake" / "case").exists()
    assert list(column(store.snapshot(), "contact", "contact_id")) == ["a"]
    assert recover(tmp_path) == after


def test_a_table_behind_the_state_is_a_damaged_store(tmp_path: Path) -> None:
    put(ContactStore(tmp_path), "one", {"contact": [row]})
    content = json.loads((tmp_path / "state.json").read_text())
    content["tables"]["contact"] = 7
    (tmp_path / "state.json").write_text(json.dumps(content))
    with pytest.raises(CannotRead, match="contact"):
        recover(tmp_path)


def test_a_folder_that_is_no_table_yet_goes(tmp_path: Path) -> None:
    put(ContactStore(tmp_path), "one", {"contact": [row]})
    (tmp_path / "lake" / "promise" / "_delta_log").mkdir(parents=True)
    recover(tmp_path)
    assert not (tmp_path / "lake" / "promise").exists()


def test_staging_is_private_and_goes_with_its_owner(tmp_path: Path) -> None:
    with Staging(tmp_path) as mine, Staging(tmp_path) as other:
        (mine.folder / "file").touch()
        assert mine.folder != other.folder
        sweep_staging(tmp_path)
        assert (mine.folder / "file").exists()
    assert list((tmp_path / "staging").iterdir()) == []


def test_what_dead_processes_staged_is_swept(tmp_path: Path) -> None:
    left = tmp_path / "staging" / "dead"
    left.mkdir(parents=True)
    (left / "contact.parquet").touch()
    left.with_suffix(".lock").touch()
    sweep_staging(tmp_path)
    assert list((tmp_path / "staging").iterdir()) == []


def test_a_table_made_before_a_column_was_added_is_read_and_gets_it(tmp_path: Path) -> None:
    store = ContactStore(tmp_path)
    put(store, "one", {"agent": [{"agent_id": "anna"}], "contact": [row]})
    old = {name: store.snapshot().small(name).drop_columns(["tz"]) for name in ("agent",)}
    shutil.rmtree(tmp_path / "lake" / "agent")
    write_deltalake(str(tmp_path / "lake" / "agent"), old["agent"])
    State.read(tmp_path).with_versions({"agent": 0}).save(tmp_path)
    assert column(store.snapshot(), "agent", "tz") == {"anna": None}
    put(store, "two", {"agent": [{"agent_id": "bengt", "tz": "Europe/Stockholm"}]})
    assert column(store.snapshot(), "agent", "tz") == {"anna": None, "bengt": "Europe/Stockholm"}


@pytest.mark.parametrize("name", ["a[b", "a]b", "a^b", "a|b", "a\\b", "a%20b"])
def test_a_folder_whose_name_no_table_can_lie_under_is_refused_when_it_is_chosen(tmp_path: Path, name: str) -> None:
    with pytest.raises(CannotRead, match="Choose a folder without it"):
        ContactStore(tmp_path / name)
    assert ContactStore(tmp_path / "100% åäö #1").home == tmp_path / "100% åäö #1"
