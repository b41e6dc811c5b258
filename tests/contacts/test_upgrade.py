"""A store of an older version is brought up when it is opened: whole, once, and whatever kills it on the way."""

from __future__ import annotations

import json
import os
import shutil
import signal
import threading
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, write_deltalake

from batches import column, put, read, today
from killing import processes
from nyckeltal import ask
from nyckeltal.contacts import derive_contact
from nyckeltal.contacts.lake import Lake
from nyckeltal.contacts.schema import STORE_VERSION, TABLES
from nyckeltal.contacts.state import State
from nyckeltal.contacts.store import ContactStore
from nyckeltal.contacts.upkeep import FACTS
from nyckeltal.errors import CannotRead

Row = dict[str, Any]

# What the first version's rows did not have, and what it made of a source that does not tell.
NEW = {"contact": ["logged"], "case": ["reopened_after_s"], "agent": ["tz"], "load": ["loaded_by", "whole"], "replaced": ["gone_from"]}
OTHERWISE: dict[str, Row] = {"segment": {"transferred": False, "escalated": False}, "contact": {"transfers_n": 0}}


def contact(name: str, **words: Any) -> Row:
    plain = {"contact_id": name, "client_id": "one", "queue_id": "q", "channel": "voice", "offered_at": "2026-03-02T09:00:00Z", "outcome": "answered"}
    return {**plain, "wait_s": 5.0, "customer_key": "A", "reason_id": "r", "own_agent_id": "anna", **words}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two months, two sources of which one is silent, a case, a segment of its own, a correction, an undone load."""
    store = ContactStore(tmp_path_factory.mktemp("made"))
    case = {"case_id": "k", "client_id": "one", "opened_at": "2026-03-02T09:00:00Z", "closed_at": "2026-03-03T09:00:00Z"}
    segment = {"segment_id": "s", "contact_id": "b", "agent_id": "bengt", "talk_s": 50.0, "end_kind": "transfer"}
    put(store, "first", {"contact": [contact("a", own_end_kind="customer", reason_type="t", case_id="k"), contact("b")], "segment": [segment], "case": [case]})
    put(store, "second", {"contact": [contact("b", offered_at="2026-04-02T09:00:00Z")], "agent": [{"agent_id": "anna"}]})
    put(store, "mail", {"contact": [contact("m", channel="email")]}, source="mail")
    put(store, "undone", {"contact": [contact("x")]})
    store.undo("undone", now=today)
    return store.home


@pytest.fixture
def loaded(made: Path, tmp_path: Path) -> ContactStore:
    return ContactStore(shutil.copytree(made, tmp_path / "home"))


def aged(store: ContactStore) -> ContactStore:
    """The same store as the first version left it: tables without the new columns, old words, no version in state.json."""
    versions = {}
    for table in store.snapshot().state.tables:
        place = store.home / "lake" / table
        delta = DeltaTable(str(place))
        rows = delta.to_pyarrow_table()
        rows = rows.drop_columns(NEW.get(table, []))
        for name, value in OTHERWISE.get(table, {}).items():
            silent = rows.column(name).is_null().to_pylist()
            known = [value if nobody else told for nobody, told in zip(silent, rows.column(name).to_pylist(), strict=True)]
            rows = rows.set_column(rows.column_names.index(name), name, pa.array(known, rows.schema.field(name).type))
        partitions = ["month"] if TABLES[table].monthly else None
        write_deltalake(str(place), rows, mode="overwrite", schema_mode="overwrite", partition_by=partitions)
        versions[table] = DeltaTable(str(place)).version()
    old = State.read(store.home).with_versions(versions)
    old.save(store.home)
    content = json.loads((store.home / "state.json").read_text())
    del content["model"]
    (store.home / "state.json").write_text(json.dumps(content))
    return ContactStore(store.home)


@pytest.fixture(scope="module")
def aged_once(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return aged(ContactStore(shutil.copytree(made, tmp_path_factory.mktemp("aged") / "home"))).home


@pytest.fixture
def older(aged_once: Path, tmp_path: Path) -> ContactStore:
    """The store that was made, as the first version left it."""
    return ContactStore(shutil.copytree(aged_once, tmp_path / "older"))


def told(store: ContactStore) -> dict[str, list[Row]]:
    """Everything that counts."""
    snapshot = store.snapshot()
    rest = {name: sorted(snapshot.small(name).to_pylist(), key=repr) for name, table in TABLES.items() if table.family != "fact"}
    return {table: read(snapshot, table) for table in FACTS} | rest


def without(rows: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """The ledgers' new columns were never said, so nobody can say them afterwards."""
    loads = [{name: value for name, value in row.items() if name not in NEW["load"]} for row in rows["load"]]
    return {**rows, "load": loads}


def figures(home: Path) -> list[Row]:
    return ask("transfer_rate", "logged_share", "contacts_per_case", "aht", "fcr", by="client", per="month", floor=0, home=home).as_dicts()


def test_an_older_store_is_brought_up_when_it_is_opened(made: Path, older: ContactStore) -> None:
    store = older
    assert store.is_older
    old_id = State.read(store.home).id
    assert without(told(store)) == without(told(ContactStore(made)))
    assert figures(store.home) == figures(made)
    state = State.read(store.home)
    assert (state.model, store.is_older, state.id != old_id) == (STORE_VERSION, False, True)


def test_facts_that_an_older_store_never_had_are_empty_and_what_is_made_of_others_is_made(loaded: ContactStore) -> None:
    """Version 7 knew agents and their states, and made no days of work of them; its written contacts did not know when a reply was due."""
    state = {"state_id": "s", "agent_id": "anna", "started_at": "2026-03-02T08:00:00Z", "ended_at": "2026-03-02T12:00:00Z", "state": "available"}
    put(loaded, "states", {"agent_state": [state]})
    before = told(loaded)
    tables = State.read(loaded.home)
    for table in ("agent_day", "agent_month"):
        shutil.rmtree(loaded.home / "lake" / table)
    kept = {table: version for table, version in tables.tables.items() if table not in ("agent_day", "agent_month")}
    (loaded.home / "state.json").write_text(json.dumps(json.loads((loaded.home / "state.json").read_text()) | {"tables": kept, "model": 7}))
    after = told(ContactStore(loaded.home))
    assert after == before
    assert [row["worked_s"] for row in after["agent_day"] if row["worked_s"]] == [4 * 3600]
    assert [row["reply_due_at"] is not None for row in after["contact"]] == [row["channel"] == "email" for row in after["contact"]]
    assert after["sale"] == after["shift_part"] == []


def test_neighbours_beyond_the_reach_go_hashes_come_and_only_contacts_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Version 10 looked for neighbours however far off, and it and the next kept no hash of the customer."""
    store = ContactStore(tmp_path)
    days = {"a": "2026-01-05", "b": "2026-02-05", "c": "2026-08-05", "d": "2026-08-06"}
    rows = [contact(name, offered_at=f"{day}T09:00:00Z") for name, day in days.items()]
    with monkeypatch.context() as older:
        older.setattr(derive_contact, "NEIGHBOURS", derive_contact.NEIGHBOURS.replace(str(derive_contact.REACH_US), str(10**15)))
        unhashed = "zone_unknown),", "zone_unknown) replace (null::bigint as customer_hash),"
        older.setattr(derive_contact, "MADE_CONTACT", derive_contact.MADE_CONTACT.replace(*unhashed))
        put(store, "older", {"contact": rows})
    assert column(store.snapshot(), "contact", "next_contact_after_s") == {"a": 31 * 86400, "b": 181 * 86400, "c": 86400, "d": None}
    assert {*column(store.snapshot(), "contact", "customer_hash").values()} == {None}
    path = store.home / "state.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"model": 10}))
    before = _files(store.home)
    told_again = told(ContactStore(store.home))
    assert told_again == told(put_anew(tmp_path / "anew", rows))
    assert column(store.snapshot(), "contact", "next_contact_after_s") == {"a": 31 * 86400, "b": None, "c": 86400, "d": None}
    assert column(store.snapshot(), "contact", "previous_handled_after_s") == {"a": None, "b": 31 * 86400, "c": None, "d": 86400}
    snapshot = store.snapshot()
    assert {file for file in before if file not in _files(store.home)} == set()
    assert not {*snapshot.files("contact")} & before
    assert None not in column(snapshot, "contact", "customer_hash").values()
    assert {*snapshot.files("segment")} <= before


@pytest.mark.parametrize("version", [11, 12])
def test_what_a_load_told_whole_and_what_is_gone_are_new_words_of_the_ledgers(older_ledgers: ContactStore, version: int) -> None:
    """Version 12 knew of no row that it was gone."""
    store = older_ledgers
    path, before = store.home / "state.json", set(store.snapshot().files("contact")) if version > 11 else set()
    path.write_text(json.dumps(json.loads(path.read_text()) | {"model": version}))
    assert column(store.snapshot(), "segment", "segment_id") == {"s": "s", "a#1": "a#1"}
    assert before <= {*store.snapshot().files("contact")}
    put(store, "whole", {"contact": [contact("b")]}, whole={"contact": ["segment"]})
    assert sorted(column(store.snapshot(), "segment", "segment_id")) == ["a#1", "b#1"]
    store.undo("whole", now=today)
    assert sorted(column(store.snapshot(), "segment", "segment_id")) == ["a#1", "s"]


@pytest.fixture
def older_ledgers(tmp_path: Path) -> ContactStore:
    """A store with a correction, of which the ledgers lack the columns that came with version 12."""
    store = ContactStore(tmp_path / "ledgers")
    put(store, "first", {"contact": [contact("a"), contact("b")], "segment": [{"segment_id": "s", "contact_id": "b", "agent_id": "bengt", "talk_s": 50.0}]})
    put(store, "second", {"contact": [contact("a", wait_s=6.0)]})
    versions = {}
    for table, columns in {"load": ["whole"], "replaced": ["gone_from"]}.items():
        place = str(store.home / "lake" / table)
        write_deltalake(place, DeltaTable(place).to_pyarrow_table().drop_columns(columns), mode="overwrite", schema_mode="overwrite")
        DeltaTable(place).alter.set_table_description("columns of version 12")
        versions[table] = DeltaTable(place).version()
    State.read(store.home).with_versions(versions).save(store.home)
    return ContactStore(store.home)


def put_anew(home: Path, rows: list[Row]) -> ContactStore:
    store = ContactStore(home)
    put(store, "older", {"contact": rows})
    return store


def _files(home: Path) -> set[str]:
    return {str(path) for path in home.rglob("*.parquet")}


def test_it_is_brought_up_once(older: ContactStore) -> None:
    store = older
    assert (store.bring_up(), store.bring_up()) == (True, False)
    first = State.read(store.home)
    store.snapshot()
    assert State.read(store.home) == first


def test_two_who_open_it_at_once_bring_it_up_once(older: ContactStore, monkeypatch: pytest.MonkeyPatch) -> None:
    home = older.home
    written: list[str] = []
    rewrite = Lake.rewrite

    def noted(self: Lake, table: str, rows: pa.RecordBatchReader) -> None:
        written.append(table)
        rewrite(self, table, rows)

    monkeypatch.setattr(Lake, "rewrite", noted)
    threads = [threading.Thread(target=ContactStore(home).snapshot) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(written) == len(set(written)) > 0


def test_a_load_into_an_older_store_brings_it_up_first(older: ContactStore) -> None:
    store = older
    stages: list[str] = []
    put(store, "more", {"contact": [contact("c")]}, progress=lambda stage, _done, _total: stages.append(stage))
    assert stages.index("upgrade") < stages.index("compare")
    assert not store.is_older
    assert {row["contact_id"]: row["logged"] for row in read(store.snapshot(), "contact")} == {"a": True, "b": False, "c": False, "m": None}


def test_the_ledgers_of_an_older_store_are_read_without_bringing_it_up(older: ContactStore) -> None:
    store = older
    assert {row["load_id"] for row in store.loads().to_pylist()} == {"first", "second", "mail", "undone"}
    assert store.loaded("first") is not None
    assert store.is_older


def _die_after(home: Path, tables: int) -> None:
    """Open the store and be killed when so many tables are written."""
    write, count = Lake._write, iter(range(1000))

    def dying(self: Lake, table: str, commit: Any) -> None:
        if next(count) == tables:
            os.kill(os.getpid(), signal.SIGKILL)
        write(self, table, commit)

    Lake._write = dying  # type: ignore[method-assign]  # dies where a real one would be killed
    ContactStore(home).snapshot()


def test_an_upgrade_that_is_killed_leaves_the_older_store_and_is_made_at_the_next_try(made: Path, older: ContactStore) -> None:
    store = older
    untouched = State.read(store.home)
    for tables in (0, 2, 7):
        process = processes.Process(target=_die_after, args=(store.home, tables))
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL
        left = State.read(store.home)
        assert (left.id, left.model) == (untouched.id, 1)
    assert without(told(store)) == without(told(ContactStore(made)))
    assert not store.is_older
    assert list((store.home / "staging").iterdir()) == []


def test_a_store_of_a_newer_version_is_refused(loaded: ContactStore) -> None:
    path = loaded.home / "state.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"model": STORE_VERSION + 1}))
    for opening in (loaded.snapshot, loaded.loads, loaded.tidy):
        with pytest.raises(CannotRead, match="newer version"):
            opening()


def test_a_store_that_cannot_be_written_to_says_what_to_run(older: ContactStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store = older

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("nyckeltal.contacts.store.locked", refuse)
    with pytest.raises(CannotRead, match="nyckeltal serve"):
        store.snapshot()
    assert store.loads().num_rows == 4


def test_an_empty_home_needs_nothing(tmp_path: Path) -> None:
    store = ContactStore(tmp_path / "nothing")
    assert (store.is_older, store.bring_up()) == (False, False)
    assert not (tmp_path / "nothing").exists()


def test_every_file_has_all_columns_afterwards(older: ContactStore) -> None:
    snapshot = older.snapshot()
    assert snapshot._held("contact").uniform
    assert all({"logged"} <= set(pq.read_schema(path).names) for path in snapshot.files("contact"))
