"""Rows that a vendor takes out, where a rule says that they are the same as a row of another source: whatever comes first, and whatever is taken back."""

from __future__ import annotations

import os
import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from batches import column, put, read, today
from nyckeltal.contacts import change, upkeep
from nyckeltal.contacts.same_rules import Rule, Rules
from nyckeltal.contacts.store import ContactStore, Facts, World
from nyckeltal.contacts.upkeep import FACTS, FEW

SOAK = os.environ.get("NYCKELTAL_SOAK") == "1"
Row = dict[str, Any]
Rows = Mapping[str, Sequence[Row]]
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
CALLS_KEPT: Rules = (Rule("switch", "desk", ("customer",), 60),)
TICKETS_KEPT: Rules = (Rule("desk", "switch", ("customer",), 60),)
SECONDS = {"a": 40, "b": 905, "c": 20}  # c is nearer to the first call than a, b is near to the second
PARTS = ("contact", "message", "survey_invitation")
TOUCHED = (*PARTS, "case", "segment", "queue_visit")


def changed(day: int) -> datetime:
    return datetime(2026, 3, day, 12, tzinfo=UTC)


def calls(day: int, second: int) -> Rows:
    """Two calls; the second one at that second."""
    about = {"source": "switch", "client_id": "one", "channel": "voice", "customer_key": "A", "outcome": "answered", "changed_at": changed(day)}
    return {"contact": [{"contact_id": f"switch:{number}", "offered_at": NINE + timedelta(seconds=at), **about} for number, at in ((1, 0), (2, second))]}


def ticket(day: int, letters: str) -> Rows:
    """A ticket as it stands on a day; each letter is a contact with a message and a survey."""
    said = {"client_id": "one", "changed_at": changed(day)}
    of = {letter: {"contact_id": f"desk:k/{letter}", "at": NINE + timedelta(seconds=SECONDS[letter])} for letter in letters}
    came = {"source": "desk", "channel": "voice", "customer_key": "A", "case_id": "desk:k", **said}
    wrote = {"direction": "inbound", "author": "customer", "changed_at": changed(day)}
    return {
        "case": [{"case_id": "desk:k", "opened_at": NINE, **said}],
        "contact": [{"contact_id": one["contact_id"], "offered_at": one["at"], "reason_id": f"{letter}{day}", **came} for letter, one in of.items()],
        "message": [{"message_id": f"m{letter}", "contact_id": one["contact_id"], "sent_at": one["at"], **wrote} for letter, one in of.items()],
        "survey_invitation": [{"invitation_id": f"i{letter}", "contact_id": one["contact_id"], "drawn_at": one["at"], **said} for letter, one in of.items()],
    }


LOADS: Mapping[str, Rows] = {
    "calls": calls(1, 900),
    "first": ticket(1, "ac"),
    "second": ticket(2, "ab"),
    "third": ticket(3, "b"),
    "corrected": calls(2, 2_000),  # the second call was not near to b after all
}


def say(home: Path, rules: Rules) -> None:
    home.mkdir(exist_ok=True)
    (home / "sources.toml").write_text("\n\n".join(rule.toml() for rule in rules))


def tell(store: ContactStore, name: str, hours: float = 0, load_id: str = "") -> None:
    rows, now = LOADS[name], today + timedelta(hours=hours)
    if "case" in rows:
        put(store, load_id or name, rows, source="desk", now=now, whole={"case": PARTS})
    else:
        put(store, load_id or name, rows, source="switch", now=now)


def counting(facts: Facts) -> dict[str, list[Row]]:
    """Everything that counts, but for which load it is of."""
    return {
        table: [{name: value for name, value in row.items() if name not in ("load_id", "loaded_at")} for row in read(facts, table)]
        for table in (FACTS if SOAK else TOUCHED)
    }


def at_once(names: Sequence[str], rules: Rules) -> dict[str, list[Row]]:
    """What the newest of these loads tell, worked out from nothing: of the ticket nothing but what its last telling has."""
    last = next((LOADS[name] for name in ("third", "second", "first") if name in names), {})
    switch = next((LOADS[name] for name in ("corrected", "calls") if name in names), {})
    rows = {table: [*switch.get(table, ()), *last.get(table, ())] for table in (*PARTS, "case")}
    return counting(World.of({table: [{"source": "desk", **row} for row in given] for table, given in rows.items() if given}, same=rules))


def words(store: ContactStore) -> dict[str, tuple[str | None, str | None]]:
    """Of each contact whom it is the same as, and its reason."""
    return {row["contact_id"]: (row["same_as"], row["reason_level2_id"]) for row in read(store.snapshot(), "contact")}


def test_a_call_gives_back_what_it_took_over_from_a_contact_that_is_taken_out(tmp_path: Path) -> None:
    say(tmp_path, CALLS_KEPT)
    store = ContactStore(tmp_path)
    for name in ("calls", "first"):
        tell(store, name)
    assert words(store) == {"switch:1": (None, "c1"), "switch:2": (None, None), "desk:k/a": (None, "a1"), "desk:k/c": ("switch:1", "c1")}
    tell(store, "second")  # c is gone: a is the nearest now
    assert words(store) == {"switch:1": (None, "a2"), "switch:2": (None, "b2"), "desk:k/a": ("switch:1", "a2"), "desk:k/b": ("switch:2", "b2")}
    assert column(store.snapshot(), "message", "contact_id") == {"ma": "switch:1", "mb": "switch:2"}
    tell(store, "third")
    assert words(store)["switch:1"] == (None, None)
    store.undo("third", now=today)
    store.undo("second", now=today)
    assert words(store) == {"switch:1": (None, "c1"), "switch:2": (None, None), "desk:k/a": (None, "a1"), "desk:k/c": ("switch:1", "c1")}


def test_a_call_counts_again_once_the_ticket_that_stood_for_it_is_taken_out(tmp_path: Path) -> None:
    say(tmp_path, TICKETS_KEPT)
    store = ContactStore(tmp_path)
    for name in ("calls", "second"):
        tell(store, name)
    assert column(store.snapshot(), "contact", "is_test") == {"switch:1": True, "switch:2": True, "desk:k/a": False, "desk:k/b": False}
    tell(store, "third")
    assert column(store.snapshot(), "contact", "is_test") == {"switch:1": False, "switch:2": True, "desk:k/b": False}
    store.undo("third", now=today)
    assert column(store.snapshot(), "contact", "same_as")["switch:1"] == "desk:k/a"


ORDERS = list(permutations(LOADS))


@pytest.mark.parametrize("rules", [CALLS_KEPT, TICKETS_KEPT], ids=["calls kept", "tickets kept"])
def test_any_order_of_loads_ends_as_what_stands_makes_it_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rules: Rules) -> None:
    expected = at_once(tuple(LOADS), rules)
    for number, order in enumerate(ORDERS if SOAK else ORDERS[62:63]):  # beginning in the middle
        for room in (change, upkeep):
            monkeypatch.setattr(room, "FEW", number % 2 * FEW)
        home = tmp_path / str(number)
        say(home, rules)
        store = ContactStore(home)
        for hours, name in enumerate(order):
            tell(store, name, hours)
        assert counting(store.snapshot()) == expected, order


def test_loads_that_are_taken_back_and_told_again_leave_what_the_others_make_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each seed a store, told in order, then taken back and told again as it comes."""
    for seed in range(30 if SOAK else 1):
        chance, rules = random.Random(seed), (CALLS_KEPT, TICKETS_KEPT)[seed % 2]
        say(tmp_path / str(seed), rules)
        store, standing = ContactStore(tmp_path / str(seed)), dict[str, str]()  # by the load that told it
        for step in range(20 if SOAK else 4):
            for room in (change, upkeep):
                monkeypatch.setattr(room, "FEW", step % 2 * FEW)
            missing = [name for name in LOADS if name not in standing.values()]
            if standing and (not missing or chance.random() < 0.35):
                gone = chance.choice(sorted(standing))
                del standing[gone]
                for also in store.undo(gone, now=today + timedelta(hours=step)).also_in:
                    tell(store, standing[also], step + 0.5, also)
            else:
                load_id = f"load-{step}"
                standing[load_id] = missing[0]
                tell(store, missing[0], step, load_id)
            assert counting(store.snapshot()) == at_once([*standing.values()], rules), (seed, step, standing)
