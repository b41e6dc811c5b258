"""Parts that a source takes out of a ticket or conversation which stays: they count no longer, and every load stays one of the history."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from batches import column, put, read, today
from nyckeltal.contacts.store import ContactStore, Merged
from nyckeltal.contacts.upkeep import FACTS

Row = dict[str, Any]
PARTS = ("contact", "segment", "message", "survey_invitation", "survey_response")


@pytest.fixture
def store(tmp_path: Path) -> ContactStore:
    return ContactStore(tmp_path / "home")


def changed(day: int) -> str:
    return f"2026-03-{day:02}T00:00:00Z"


def ticket(name: str, day: int | None, parts: str) -> dict[str, list[Row]]:
    """A ticket as it stands on a day, with its first contact; each letter of `parts` is one more contact with a segment, a message, and a rating."""
    said: Row = {"changed_at": changed(day)} if day else {}
    at, agent = "2026-03-02T09:00:00Z", f"agent-{day}"
    of = {"": name} | {letter: f"{name}/{letter}" for letter in parts}
    asked = {"client_id": "one", "survey_id": "csat", "drawn_at": at, "agent_id": agent, **said}
    answered = {"client_id": "one", "question_id": "csat", "scale": "1_5", "value": float(day or 0), "answered_at": at, **said}
    wrote = {"sent_at": at, "direction": "outbound", "author": "agent", "agent_id": agent, **said}
    came = {"client_id": "one", "queue_id": "q", "channel": "email", "offered_at": at, "case_id": name, "language": f"l{day}", **said}
    return {
        "case": [{"case_id": name, "client_id": "one", "opened_at": at, "priority": f"p{day}", **said}],
        "contact": [{"contact_id": key, **came} for key in of.values()],
        "segment": [{"segment_id": f"{key}|1", "contact_id": key, "agent_id": agent, "talk_s": 10.0, **said} for key in of.values()],
        "message": [{"message_id": f"{key}!", "contact_id": key, **wrote} for key in of.values()],
        "survey_invitation": [{"invitation_id": key, "contact_id": key, **asked} for key in of.values()],
        "survey_response": [{"response_id": key, "invitation_id": key, **answered} for key in of.values()],
    }


def tell(store: ContactStore, load_id: str, rows: dict[str, list[Row]], hours: float = 0, parts: Sequence[str] = PARTS) -> Merged:
    return put(store, load_id, rows, now=today + timedelta(hours=hours), whole={"case": parts})


def counting(store: ContactStore) -> dict[str, list[Row]]:
    """Everything that counts, but for which load it is of."""
    snapshot = store.snapshot()
    return {table: [{name: value for name, value in row.items() if name not in ("load_id", "loaded_at")} for row in read(snapshot, table)] for table in FACTS}


def left(store: ContactStore) -> str:
    """The letters of the parts that count, of every fact the same."""
    found = {table: {name.removesuffix("|1").removesuffix("!").partition("/")[2] for name in column(store.snapshot(), table, "source_id")} for table in PARTS}
    assert len({frozenset(letters) for letters in found.values()}) == 1, found
    return "".join(sorted(found["contact"]))


def test_what_a_ticket_told_whole_holds_no_more_counts_no_more(store: ContactStore) -> None:
    tell(store, "one", ticket("t", 1, "ab"))
    tell(store, "other", ticket("u", 1, "a"))
    report = tell(store, "two", ticket("t", 2, "b"))
    assert {table: report.counts[table]["withdrawn"] for table in PARTS} == dict.fromkeys(PARTS, 1)
    assert sorted(column(store.snapshot(), "contact", "source_id")) == ["t", "t/b", "u", "u/a"]
    assert sorted(column(store.snapshot(), "message", "source_id")) == ["t!", "t/b!", "u!", "u/a!"]
    assert column(store.snapshot(), "case", "contacts_n") == {"t": 2, "u": 2}


def test_a_ticket_told_without_its_parts_keeps_them(store: ContactStore) -> None:
    tell(store, "one", ticket("t", 1, "ab"))
    put(store, "two", ticket("t", 2, "b"))
    assert left(store) == "ab"
    tell(store, "three", ticket("t", 3, "b"), parts=["message"])
    assert sorted(column(store.snapshot(), "contact", "source_id")) == ["t", "t/a", "t/b"]
    assert sorted(column(store.snapshot(), "message", "source_id")) == ["t!", "t/b!"]


def test_the_last_of_a_kind_goes_too_where_the_load_has_none_of_it(store: ContactStore) -> None:
    tell(store, "one", ticket("t", 1, ""))
    bare = {table: rows for table, rows in ticket("t", 2, "").items() if table in ("case", "contact")}
    tell(store, "two", bare)
    snapshot = store.snapshot()
    assert [read(snapshot, table) for table in ("message", "survey_invitation", "survey_response")] == [[], [], []]
    assert column(snapshot, "contact", "source_id") == {"t": "t"}


def test_undo_brings_back_what_a_load_withdrew(store: ContactStore) -> None:
    tell(store, "one", ticket("t", 1, "ab"))
    before = counting(store)
    tell(store, "two", ticket("t", 2, "b"), 1)
    report = store.undo("two", now=today)
    assert report.counts["message"] == {"removed": 2, "restored": 3}
    assert counting(store) == before
    assert store.snapshot().small("replaced").num_rows == 0


def test_the_same_again_changes_nothing_and_names_what_is_gone_before(store: ContactStore) -> None:
    tell(store, "one", ticket("t", 1, "ab"))
    tell(store, "two", ticket("t", 1, "b"), 1)
    state = store.snapshot().id
    assert tell(store, "two", ticket("t", 1, "b"), 2).already
    assert store.snapshot().id == state
    report = tell(store, "three", ticket("t", 1, "b"), 3)
    assert (report.counts["message"]["gone_before"], report.counts["message"].get("withdrawn", 0)) == (1, 0)
    assert left(store) == "b"
    assert store.undo("two", now=today + timedelta(hours=4)).also_in == ("three",)
    assert left(store) == "ab"
    assert tell(store, "three", ticket("t", 1, "b"), 5).counts["message"]["withdrawn"] == 1
    assert left(store) == "b"


def test_what_is_told_again_after_it_was_gone_counts_again_and_goes_with_that_load(store: ContactStore) -> None:
    tell(store, "one", ticket("t", 1, "ab"))
    tell(store, "two", ticket("t", 2, "b"))
    tell(store, "three", ticket("t", 3, "ab"))
    assert left(store) == "ab"
    store.undo("three", now=today)
    assert left(store) == "b"
    store.undo("one", now=today)
    assert left(store) == "b"
    store.undo("two", now=today)
    assert left(store) == ""
    assert store.snapshot().small("replaced").num_rows == 0


def test_an_undo_of_the_first_of_two_that_told_it_gone_leaves_it_gone(store: ContactStore) -> None:
    for number, parts in enumerate(("ab", "b", "b"), 1):
        tell(store, f"load-{number}", ticket("t", number, parts))
    store.undo("load-2", now=today)
    assert left(store) == "b"
    store.undo("load-3", now=today)
    assert left(store) == "ab"


def test_loads_end_the_same_in_any_order(tmp_path: Path) -> None:
    told = {"one": ticket("t", 1, "ab"), "two": ticket("t", 2, "b"), "three": ticket("t", 3, "bc")}
    found = []
    orders = [*permutations(told)]
    for number, order in enumerate(orders if SOAK else (orders[3], orders[5])):  # beginning in the middle, and backwards
        store = ContactStore(tmp_path / str(number))
        for hours, name in enumerate(order):
            tell(store, name, told[name], hours)
        found.append(counting(store))
        assert left(store) == "bc", order
    assert all(one == found[0] for one in found)


def test_what_came_late_returns_when_the_load_that_told_it_gone_is_taken_back(store: ContactStore) -> None:
    tell(store, "three", ticket("t", 3, "b"))
    tell(store, "two", ticket("t", 2, "b"))
    report = tell(store, "one", ticket("t", 1, "ab"))
    assert (report.counts["message"]["new"], report.counts["message"]["older"]) == (0, 3)
    assert left(store) == "b"
    store.undo("three", now=today)
    assert left(store) == "b"
    store.undo("two", now=today)
    assert left(store) == "ab"


def test_an_older_telling_without_a_part_matters_once_the_newer_is_taken_back(store: ContactStore) -> None:
    tell(store, "one", ticket("t", 1, "ab"))
    tell(store, "three", ticket("t", 3, "ab"))
    tell(store, "two", ticket("t", 2, "b"))
    assert left(store) == "ab"
    store.undo("three", now=today)
    assert left(store) == "b"
    store.undo("two", now=today)
    assert left(store) == "ab"


def test_a_ticket_that_was_not_read_whole_is_remembered_as_that(store: ContactStore) -> None:
    both = {table: [*rows, *ticket("u", 2, "b")[table]] for table, rows in ticket("t", 2, "b").items()}
    put(store, "two", both, told_parts={"u": ["contact", "segment"]}, whole={"case": PARTS})
    tell(store, "one", ticket("t", 1, "ab"))
    tell(store, "before", ticket("u", 1, "ab"))
    assert sorted(column(store.snapshot(), "contact", "source_id")) == ["t", "t/b", "u", "u/b"]
    assert sorted(column(store.snapshot(), "message", "source_id")) == ["t!", "t/b!", "u!", "u/a!", "u/b!"]


SOAK = os.environ.get("NYCKELTAL_SOAK") == "1"


def test_any_history_with_parts_that_go_away_ends_as_if_what_stands_had_come_in_order(tmp_path: Path) -> None:
    """Tickets told whole and not, some without a word of when they were changed; loads taken back, and what went with them loaded again."""
    for seed in range(40) if SOAK else [1]:
        chance, mine, given = random.Random(seed), ContactStore(tmp_path / f"{seed}"), dict[str, tuple[int, dict[str, list[Row]], Sequence[str]]]()
        for step in range(1, 10 if SOAK else 5):
            if given and chance.random() < 0.35:
                gone = chance.choice(sorted(given))
                del given[gone]
                for load_id in mine.undo(gone, now=today + timedelta(hours=step)).also_in:
                    tell(mine, load_id, given[load_id][1], step + 0.5, given[load_id][2])
            else:
                day = step // 2 + 1 if seed % 3 else None
                parts = chance.choice([PARTS, PARTS, (), ("message", "survey_invitation", "survey_response")])
                rows = drawn(chance, day)
                given[f"load-{step}"] = (step, rows, parts)
                tell(mine, f"load-{step}", rows, step, parts)
        plain = ContactStore(tmp_path / f"{seed}-in-order")
        for load_id, (step, rows, parts) in given.items():
            tell(plain, load_id, rows, step, parts)
        assert counting(mine) == counting(plain), seed


def test_any_order_of_tellings_ends_the_same(tmp_path: Path) -> None:
    for seed in range(40 if SOAK else 1):
        chance = random.Random(seed)
        told = {f"load-{day}": (drawn(chance, day), chance.choice([PARTS, PARTS, ()])) for day in range(1, 6 if SOAK else 5)}
        orders = [sorted(told), chance.sample(sorted(told), len(told))]
        found = []
        for number, order in enumerate(orders):
            store = ContactStore(tmp_path / f"{seed}-{number}")
            for hours, name in enumerate(order):
                tell(store, name, told[name][0], hours, told[name][1])
            found.append(counting(store))
        assert found[0] == found[1], (seed, orders)


def drawn(chance: random.Random, day: int | None) -> dict[str, list[Row]]:
    """One ticket or two, each with some of its parts."""
    found = dict[str, list[Row]]()
    for name in chance.sample("tu", chance.randrange(1, 3)):
        for table, rows in ticket(name, day, "".join(letter for letter in "abc" if chance.random() < 0.6)).items():
            found.setdefault(table, []).extend(rows)
    return found
