from __future__ import annotations

import os
import random
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from batches import column, put, read, today
from nyckeltal.contacts.schema import TABLES
from nyckeltal.contacts.store import ContactStore
from nyckeltal.errors import UserMistake

SOAK = os.environ.get("NYCKELTAL_SOAK") == "1"

Row = dict[str, Any]


def contact(wait_s: float, **words: Any) -> Row:
    plain = {"contact_id": "a", "client_id": "one", "queue_id": "q", "channel": "voice", "offered_at": "2026-03-02T09:00:00Z"}
    return {**plain, "outcome": "answered", "wait_s": wait_s, **words}


@pytest.fixture
def store(tmp_path: Path) -> ContactStore:
    return ContactStore(tmp_path / "home")


@pytest.fixture(scope="module")
def loaded_thrice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which three loads have put the same contact, each with another wait."""
    home = tmp_path_factory.mktemp("thrice") / "home"
    for number in (1, 2, 3):
        put(ContactStore(home), f"load-{number}", {"contact": [contact(float(number))]})
    return home


@pytest.fixture
def thrice(store: ContactStore, loaded_thrice: Path) -> ContactStore:
    shutil.copytree(loaded_thrice, store.home)
    return store


@pytest.fixture(scope="module")
def gone(tmp_path_factory: pytest.TempPathFactory) -> ContactStore:
    """A store whose one load was taken back: a contact with its parts, a case, a row that was refused."""
    store = ContactStore(tmp_path_factory.mktemp("gone") / "home")
    case = {"case_id": "k", "client_id": "one", "opened_at": "2026-03-02T09:00:00Z"}
    refused = {"fact": "contact", "file": "f.csv", "line": 7, "reason_id": "x", "reason": "X.", "values": "{}", "original": "a"}
    put(store, "one", {"contact": [contact(1.0, own_agent_id="anna", reason_id="r")], "case": [case]}, marker="m", refused=[refused])
    assert store.set_aside().num_rows == 1
    undo(store, "one")
    return store


def wait(store: ContactStore) -> float | None:
    return column(store.snapshot(), "contact", "wait_s").get("a")


def undo(store: ContactStore, load_id: str) -> None:
    store.undo(load_id, now=today)


def test_a_load_is_taken_back_whole(gone: ContactStore) -> None:
    snapshot = gone.snapshot()
    left = {table: snapshot.small(table).num_rows for table in TABLES if TABLES[table].family != "fact"}
    assert {table: rows for table, rows in left.items() if rows} == {"load": 1}
    assert [read(snapshot, table) for table in ("contact", "queue_visit", "segment", "case")] == [[], [], [], []]
    assert gone.loads().to_pylist()[0]["state"] == "undone"
    assert snapshot.coverage("contact") == []


def test_what_a_load_replaced_returns_as_it_was_loaded(store: ContactStore) -> None:
    first = contact(1.5, marks=["hour_twice"], customer_key="Å'\"", own_talk_s=0.1 + 0.2, changed_at="2026-03-02T10:00:00.123456Z")
    put(store, "one", {"contact": [first]})
    before = read(store.snapshot(), "contact")
    put(store, "two", {"contact": [contact(2.0, offered_at="2026-05-02T09:00:00Z")]})
    undo(store, "two")
    assert read(store.snapshot(), "contact") == before
    assert store.snapshot().small("replaced").num_rows == 0


def test_undoing_a_load_whose_row_was_replaced_since_leaves_the_newer_row(thrice: ContactStore) -> None:
    undo(thrice, "load-2")
    assert wait(thrice) == 3.0
    undo(thrice, "load-3")
    assert wait(thrice) == 1.0


def test_undoing_the_first_of_three_leaves_a_chain_of_two(thrice: ContactStore) -> None:
    undo(thrice, "load-1")
    undo(thrice, "load-3")
    assert wait(thrice) == 2.0
    undo(thrice, "load-2")
    assert wait(thrice) is None


def test_a_late_row_stands_where_its_changed_at_puts_it(store: ContactStore) -> None:
    for load_id, wait_s, changed in (("one", 1.0, 1), ("three", 3.0, 3), ("two", 2.0, 2)):
        put(store, load_id, {"contact": [contact(wait_s, changed_at=f"2026-03-0{changed}T00:00:00Z")]})
    assert wait(store) == 3.0
    undo(store, "three")
    assert wait(store) == 2.0
    undo(store, "two")
    assert wait(store) == 1.0


def test_a_described_row_taken_back_is_seen_again_while_it_is_named(store: ContactStore) -> None:
    put(store, "facts", {"contact": [contact(1.0, own_agent_id="anna")]})
    put(store, "people", {"agent": [{"agent_id": "anna", "display_name": "Anna"}, {"agent_id": "bengt"}]}, source="hr")
    undo(store, "people")
    assert column(store.snapshot(), "agent", "described") == {"anna": False}


def test_a_name_first_seen_in_a_load_stays_while_another_names_it(store: ContactStore) -> None:
    put(store, "one", {"contact": [contact(1.0)]})
    put(store, "two", {"contact": [contact(1.0, contact_id="b")]})
    undo(store, "one")
    assert column(store.snapshot(), "queue", "client_id") == {"q": "one"}
    undo(store, "two")
    assert column(store.snapshot(), "queue", "client_id") == {}


def test_a_zone_taken_back_moves_its_rows_back(store: ContactStore) -> None:
    put(store, "facts", {"contact": [contact(1.0, offered_at="2026-03-31T23:30:00Z")]})
    put(store, "zones", {"client": [{"client_id": "one", "tz": "Europe/Stockholm"}]})
    undo(store, "zones")
    assert column(store.snapshot(), "contact", "month") == {"a": "2026-03"}


def test_refused_rows_go_with_their_load(gone: ContactStore) -> None:
    assert gone.set_aside().num_rows == 0


def test_only_a_load_that_stands_can_be_taken_back_and_it_may_come_again(store: ContactStore, gone: ContactStore) -> None:
    shutil.copytree(gone.home, store.home)
    with pytest.raises(UserMistake, match="already"):
        undo(store, "one")
    with pytest.raises(UserMistake, match="no load"):
        undo(store, "nothing")
    assert store.loaded("m") is None
    assert put(store, "again", {"contact": [contact(1.0)]}, marker="m").already is False
    assert wait(store) == 1.0


def test_an_undo_names_the_later_loads_whose_rows_were_there_already_and_none_of_other_days(store: ContactStore) -> None:
    may = {"offered_at": "2026-05-04T09:00:00Z", "contact_id": "m"}
    put(store, "may", {"contact": [contact(1.0, **may)]})
    put(store, "one", {"contact": [contact(1.0)]})
    put(store, "two", {"contact": [contact(1.0), contact(1.0, contact_id="b")]})
    put(store, "three", {"contact": [contact(1.0, contact_id="c")]})
    assert store.undo("may", now=today).also_in == ()
    assert store.undo("one", now=today).also_in == ("two",)


def test_what_goes_with_an_undo_comes_back_with_the_file_that_held_it_too(store: ContactStore) -> None:
    rows = {"contact": [contact(1.0), contact(1.0, contact_id="b")]}
    put(store, "one", {"contact": [contact(1.0)]}, now=at(1))
    put(store, "two", rows, now=at(2))
    assert put(store, "more", rows, marker="two", now=at(3)).already
    assert store.undo("one", now=at(4)).also_in == ("two",)
    again = put(store, "two", rows, now=at(5))
    assert (again.already, again.counts["contact"]["new"], again.counts["contact"]["unchanged"]) == (False, 2, 0)
    assert column(store.snapshot(), "contact", "wait_s") == {"a": 1.0, "b": 1.0}
    line = store.loaded("two")
    assert line is not None
    assert (line["loaded_at"], line["taken_at"], line["read_again_at"]) == (at(2), None, at(5))
    assert put(store, "two", rows, now=at(6)).already
    undo(store, "two")
    assert column(store.snapshot(), "contact", "wait_s") == {}


def test_a_load_that_is_put_back_stands_where_it_stood_below_what_came_after_it(store: ContactStore) -> None:
    put(store, "one", {"contact": [contact(1.0)]}, now=at(1))
    put(store, "two", {"contact": [contact(1.0), contact(1.0, contact_id="b")]}, now=at(2))
    put(store, "three", {"contact": [contact(3.0)]}, now=at(3))
    put(store, "four", {"contact": [contact(4.0)]}, now=at(4))
    assert store.undo("one", now=at(5)).also_in == ("two",)  # though another row had replaced its own
    put(store, "two", {"contact": [contact(1.0), contact(1.0, contact_id="b")]}, now=at(6))
    assert wait(store) == 4.0
    undo(store, "four")
    assert wait(store) == 3.0
    undo(store, "three")
    assert wait(store) == 1.0


def test_a_load_from_which_nothing_went_is_already_in_when_it_comes_again(store: ContactStore) -> None:
    rows = {"contact": [contact(1.0, contact_id="b"), contact(1.0, contact_id="c")]}
    put(store, "first", {"contact": [contact(1.0, contact_id="b")]}, now=at(1))
    put(store, "other", {"contact": [contact(1.0)]}, now=at(2))
    put(store, "two", rows, now=at(3))
    store.undo("other", now=at(4))
    before = read(store.snapshot(), "contact")
    assert put(store, "two", rows, now=at(5)).already
    assert read(store.snapshot(), "contact") == before


def test_a_described_row_that_another_source_held_too_comes_back_with_its_file(store: ContactStore) -> None:
    people = {"agent": [{"agent_id": "anna", "display_name": "Anna"}]}
    put(store, "hr", people, source="hr", now=at(1))
    put(store, "roster", people, source="roster", now=at(2))
    assert store.undo("hr", now=at(3)).also_in == ("roster",)
    put(store, "roster", people, source="roster", now=at(4))
    assert column(store.snapshot(), "agent", "display_name") == {"anna": "Anna"}


def test_any_history_in_which_what_an_undo_took_is_loaded_again_ends_as_if_it_had_all_come_in_order(tmp_path: Path) -> None:
    """Whatever is loaded, taken back and loaded again: at the end stands what the loads that stand would have given, one after the other."""
    for seed in range(20 if SOAK else 2):
        chance, mine, given = random.Random(seed), ContactStore(tmp_path / f"{seed}"), dict[str, tuple[datetime, list[Row]]]()
        for step in range(8 if SOAK else 6):
            if given and chance.random() < 0.35:
                gone = chance.choice(sorted(given))
                del given[gone]
                taken = mine.undo(gone, now=at(step)).also_in
                for load_id in chance.sample(taken, len(taken)):
                    put(mine, load_id, {"contact": given[load_id][1]}, now=at(step, 30))
            else:
                rows = [contact(float(chance.randrange(2)), contact_id=key, changed_at=_changed(chance, seed)) for key in chance.sample("abcd", 3)]
                given[f"load-{step}"] = (at(step), rows)
                put(mine, f"load-{step}", {"contact": rows}, now=at(step))
        plain = ContactStore(tmp_path / f"{seed}-in-order")
        for load_id, (moment, rows) in given.items():
            put(plain, load_id, {"contact": rows}, now=moment)
        assert column(mine.snapshot(), "contact", "wait_s") == column(plain.snapshot(), "contact", "wait_s"), seed


def _changed(chance: random.Random, seed: int) -> str | None:
    """In half of the histories rows tell when they were changed."""
    return f"2026-03-0{chance.randrange(1, 4)}T00:00:00Z" if seed % 2 else None


def at(hour: int, minute: int = 0) -> datetime:
    return today + timedelta(hours=hour, minutes=minute)


def test_what_visits_and_clocks_tell_is_no_change_when_the_file_comes_again_and_goes_with_its_visits(store: ContactStore) -> None:
    """Contact a has a visit alone to tell its wait, b a clock of its own too."""
    at = "2026-03-02T09:00:00Z"
    clocks = {"a": None, "b": "2026-03-02T09:00:50Z"}
    bare = [{**contact(0.0, contact_id=name, outcome=None, queue_entered_at=at, answered_at=clock), "wait_s": None} for name, clock in clocks.items()]
    told = {"queue_id": "q", "entered_at": at, "wait_s": 12.0, "outcome": "answered"}
    visits = [{"visit_id": f"v{name}", "contact_id": name, **told} for name in clocks]
    put(store, "contacts", {"contact": bare})
    before = read(store.snapshot(), "contact")
    assert [(row["waited_s"], row["ended_as"]) for row in before] == [(None, None), (50.0, None)]
    put(store, "visits", {"queue_visit": visits})
    after = read(store.snapshot(), "contact", "wait_s", "outcome", "waited_s", "ended_as")
    assert after == [{"wait_s": None, "outcome": None, "waited_s": waited_s, "ended_as": "answered"} for waited_s in (12.0, 50.0)]
    again = put(store, "again", {"contact": bare, "queue_visit": visits})
    assert [again.counts[table]["unchanged"] for table in ("contact", "queue_visit")] == [2, 2]
    undo(store, "visits")
    assert read(store.snapshot(), "contact") == before


def test_words_follow_the_first_file_that_tells_and_its_undo(store: ContactStore) -> None:
    """What a source tells changes the words of all its rows, in earlier months too; of another source none."""
    put(store, "winter", {"contact": [contact(1.0, offered_at="2026-01-05T09:00:00Z", own_agent_id="anna")]})
    put(store, "others", {"contact": [contact(1.0, contact_id="x", own_agent_id="anna")]}, source="mail")
    before = {table: read(store.snapshot(), table) for table in ("contact", "segment")}
    assert (before["contact"][0]["transfers_n"], before["contact"][0]["logged"], before["segment"][0]["escalated"]) == (None, None, None)
    told = {"own_end_kind": "transfer", "own_escalated_to_tier": 1, "reason_id": "r", "reason_type": "t"}
    put(store, "spring", {"contact": [contact(1.0, contact_id="b", own_agent_id="bengt", **told)]})
    assert column(store.snapshot(), "contact", "transfers_n") == {"a": 0, "b": 1, "x": None}
    assert column(store.snapshot(), "contact", "logged") == {"a": False, "b": True, "x": None}
    assert column(store.snapshot(), "segment", "escalated") == {"a#1": False, "b#1": False, "x#1": None}
    undo(store, "spring")
    assert {table: read(store.snapshot(), table) for table in ("contact", "segment")} == before


def test_segments_that_rang_are_told_of_when_the_first_answered_one_comes(store: ContactStore) -> None:
    put(store, "rang", {"contact": [contact(1.0, outcome="abandoned", own_agent_id="anna")]})
    put(store, "answered", {"contact": [contact(1.0, contact_id="b", own_agent_id="anna", own_end_kind="customer")]})
    assert column(store.snapshot(), "segment", "transferred") == {"a#1": False, "b#1": False}
    undo(store, "answered")
    assert column(store.snapshot(), "segment", "transferred") == {"a#1": None}


def test_words_are_the_same_in_whichever_order_the_files_came(tmp_path: Path) -> None:
    silent = contact(1.0, own_agent_id="anna")
    telling = contact(1.0, contact_id="b", own_agent_id="bengt", own_end_kind="transfer", own_acw_s=5.0, reason_id="r", reason_type="t")
    found = []
    for name, rows in (("forth", [silent, telling]), ("back", [telling, silent])):
        mine = ContactStore(tmp_path / name)
        for row in rows:
            put(mine, str(row["contact_id"]), {"contact": [row]})
        found.append({table: read(mine.snapshot(), table) for table in ("contact", "segment", "queue_visit")})
    assert found[0] == found[1]
