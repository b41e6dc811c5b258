"""Files of stored rows of which some go, change or get other neighbours: what stands in them afterwards, and which are left as they are."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from batches import column, put, read
from nyckeltal.contacts import laid, written
from nyckeltal.contacts.schema import arrow_schema
from nyckeltal.contacts.store import ContactStore

Row = dict[str, Any]


def contact(name: str, day: int = 2, **words: Any) -> Row:
    plain = {"contact_id": name, "client_id": "one", "channel": "voice", "offered_at": f"2026-03-{day:02}T09:00:00Z", "outcome": "answered"}
    return {**plain, "customer_key": name[0], "reason_id": "r", "own_agent_id": "anna", **words}


@pytest.fixture
def store(tmp_path: Path) -> ContactStore:
    return ContactStore(tmp_path)


def files(store: ContactStore, table: str = "contact") -> set[str]:
    return {*store.snapshot().files(table)}


def test_only_the_files_that_hold_rows_that_differ_are_written_again(store: ContactStore) -> None:
    put(store, "first", {"contact": [contact("a"), contact("b")]})
    first = files(store)
    put(store, "second", {"contact": [contact("c")]})
    second = files(store) - first
    put(store, "third", {"contact": [contact("c", own_talk_s=5.0), contact("d")]})
    assert first < files(store)
    assert not second & files(store)
    assert len(files(store)) == 2
    assert column(store.snapshot(), "contact", "talk_s") == {"a": None, "b": None, "c": 5.0, "d": None}
    assert store.snapshot().rows("contact") == 4


def test_a_large_file_is_cut_where_it_is_written_again_and_then_only_the_part_that_holds_what_differs(
    store: ContactStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [contact(f"{letter}{n}", 1 + n) for n, letter in enumerate("abcdefghij")]
    put(store, "first", {"contact": rows})
    for name, n in (("ROWS_A_GROUP", 2), ("ROWS_A_FILE", 6)):
        monkeypatch.setattr(laid, name, n)
    put(store, "second", {"contact": [{**rows[9], "own_talk_s": 5.0}, contact("k10", 11)]})
    before = files(store)
    assert sorted(map(ids, before)) == [["a0", "b1", "c2", "d3", "e4", "f5"], ["g6", "h7", "i8"], ["j9", "k10"]]
    put(store, "third", {"contact": [{**rows[9], "own_talk_s": 6.0}, contact("b11", 12)]})
    assert sorted(map(ids, before & files(store))) == [["g6", "h7", "i8"]], "where nobody differs, nor has another beside"
    assert sorted(map(ids, files(store) - before)) == [["a0", "b1", "c2", "d3", "e4", "f5"], ["b11", "j9", "k10"]]
    put(store, "fourth", {"contact": [{**rows[7], "own_talk_s": 7.0}]})
    at_once = ContactStore(store.home / "once")
    last = [*rows[:7], {**rows[7], "own_talk_s": 7.0}, rows[8], {**rows[9], "own_talk_s": 6.0}]
    put(at_once, "third", {"contact": [*last, contact("k10", 11), contact("b11", 12)]})
    told, expected = ([{**row, "load_id": ""} for row in read(here.snapshot(), "contact")] for here in (store, at_once))
    assert told == expected


def ids(path: str) -> list[str]:
    return sorted(pq.ParquetFile(path).read(["contact_id"]).column(0).to_pylist())


def test_a_file_of_which_every_row_goes_has_nothing_in_its_place(store: ContactStore) -> None:
    put(store, "first", {"contact": [contact("a")]})
    put(store, "second", {"contact": [contact("a", offered_at="2026-04-02T09:00:00Z")]})
    assert store.snapshot().months("contact") == ["2026-04"]
    assert len(files(store)) == len(read(store.snapshot(), "contact")) == 1


def test_a_home_behind_a_link_is_written_as_any_other(tmp_path: Path) -> None:
    (tmp_path / "a place").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "a place")
    for home in (tmp_path / "link" / "home", tmp_path / "link" / ".." / "other"):
        store = ContactStore(home)
        put(store, "first", {"contact": [contact("a"), contact("b")]})
        put(store, "second", {"contact": [contact("a", own_talk_s=5.0)]})
        assert column(store.snapshot(), "contact", "talk_s") == {"a": 5.0, "b": None}
        assert len(files(store)) == 1


def test_a_disk_that_is_full_while_months_are_written_ends_the_load_and_leaves_what_counted(store: ContactStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two months are written at once, and ask in turn for what comes: one that fails in its turn leaves it to the other."""
    rows = [contact("a"), contact("b", offered_at="2026-04-02T09:00:00Z")]
    put(store, "first", {"contact": rows})
    monkeypatch.setattr(laid, "ROWS_A_GROUP", 1)
    write = pq.ParquetWriter.write_table

    def full(self: pq.ParquetWriter, table: pa.Table, *how: Any, **more: Any) -> None:
        if "load_id" in table.column_names and "new" in table.column("language").to_pylist():
            raise OSError(28, "No space left on device")
        write(self, table, *how, **more)

    monkeypatch.setattr(pq.ParquetWriter, "write_table", full)
    told: list[BaseException] = []

    def loading() -> None:
        try:
            put(store, "second", {"contact": [{**row, "language": "new"} for row in rows] + [contact("c"), contact("d", offered_at="2026-04-02T09:00:00Z")]})
        except OSError as why:
            told.append(why)

    thread = threading.Thread(target=loading, daemon=True)
    thread.start()
    thread.join(60)
    assert [str(why) for why in told] == ["[Errno 28] No space left on device"]
    assert column(store.snapshot(), "contact", "language") == {"a": None, "b": None}


def test_words_stay_what_they_are_whether_they_lie_as_text_or_as_numbers(store: ContactStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of one word in many, of many and of none, in pieces so small that each has other words; some get another neighbour, some change, one moves."""
    monkeypatch.setattr(laid, "ROWS_A_GROUP", 7)
    rows = [contact(f"{'xyz'[n % 3]}{n:03}", 1 + n % 20, language=f"l{n // 5}", wait_s=n / 3, resolved_flag=None if n % 2 else n % 4 == 0) for n in range(60)]
    change = [{**row, "language": "new"} for row in rows[::9]] + [
        contact("x003", 29),
        contact("y900", 28),
        contact("z901", 30, offered_at="2026-04-20T09:00:00Z"),
    ]
    put(store, "first", {"contact": rows})
    put(store, "second", {"contact": change})
    at_once = ContactStore(store.home.parent / "once")
    put(at_once, "second", {"contact": [*{row["contact_id"]: row for row in [*rows, *change]}.values()]})
    told, expected = ([{**row, "load_id": ""} for row in read(here.snapshot(), "contact")] for here in (store, at_once))
    assert told == expected
    (path,) = store.snapshot().files("contact", ["2026-03"])
    assert pq.ParquetFile(path).schema_arrow.field("language").type == pa.string(), "for whoever reads it"
    assert [row[0] for row in duckdb.execute(f"select distinct source from read_parquet('{path}')").fetchall()] == ["s"]


def test_a_file_without_a_column_that_came_since_gets_its_default(tmp_path: Path) -> None:
    schema = arrow_schema("contact")
    schema = schema.remove(schema.get_field_index("month"))
    pq.write_table(pa.table({"contact_id": ["a", "b"], "client_id": ["one", "one"]}), tmp_path / "older.parquet")
    (rows,) = written._read("contact", str(tmp_path / "older.parquet"), schema)
    assert rows.schema == schema
    assert rows.select(["contact_id", "direction", "is_test", "marks", "wait_s"]).to_pylist() == [
        {"contact_id": name, "direction": "inbound", "is_test": False, "marks": [], "wait_s": None} for name in "ab"
    ]
