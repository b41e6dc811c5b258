from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import histories
from batches import column, put, read, today
from histories import told
from nyckeltal.contacts.same import Pair, settle
from nyckeltal.contacts.same_rules import Rule, Rules
from nyckeltal.contacts.schema import REACH_D
from nyckeltal.contacts.store import ContactStore, World
from nyckeltal.contacts.upkeep import FACTS

SOAK = os.environ.get("NYCKELTAL_SOAK") == "1"
Row = dict[str, Any]

NEAR = Rule("switch", "tickets", ("customer",), 60)


def call(number: int, second: int, *, source: str = "switch", **more: Any) -> Row:
    at = datetime(2026, 3, 2, 9, tzinfo=UTC) + timedelta(seconds=second)
    known = {"client_id": "one", "channel": "voice", "customer_key": "A", "outcome": "answered"}
    return {"contact_id": f"{source}:{number}", "source": source, "offered_at": at, **known, **more}


def ticket(number: int, second: int, **more: Any) -> Row:
    return call(number, second, source="tickets", **more)


def same(rules: Rules, *contacts: Row, **tables: Sequence[Row]) -> dict[str, str]:
    """Who counts as whom."""
    world = World.of({"contact": contacts, **tables}, same=rules)
    return {row["contact_id"]: row["same_as"] for row in world.tables["contact"].to_pylist() if row["same_as"]}


def say(home: Path, *rules: Rule) -> None:
    home.mkdir(exist_ok=True)
    (home / "sources.toml").write_text("\n\n".join(rule.toml() for rule in rules))


# ── which rows are the same ──


def test_a_row_of_the_same_customer_within_the_seconds_is_the_same_contact() -> None:
    assert same((NEAR,), call(1, 0), ticket(1, 40), ticket(2, 101), ticket(3, 0, customer_key="B")) == {"tickets:1": "switch:1"}


def test_an_answer_is_as_near_as_a_start() -> None:
    answered = call(1, 0, answered_at=datetime(2026, 3, 2, 9, 10, tzinfo=UTC))
    assert same((NEAR,), answered, ticket(1, 630)) == {"tickets:1": "switch:1"}


def test_the_nearest_goes_first_and_one_to_one() -> None:
    assert same((NEAR,), call(1, 0), call(2, 50), ticket(1, 5), ticket(2, 55), ticket(3, 30)) == {"tickets:1": "switch:1", "tickets:2": "switch:2"}


def test_what_could_be_either_is_left_alone_and_marked() -> None:
    world = World.of({"contact": [call(1, 0), call(2, 40), ticket(1, 20), call(3, 900), ticket(3, 901)]}, same=(NEAR,))
    rows = {row["contact_id"]: (row["same_as"], row["same_unclear"]) for row in world.tables["contact"].to_pylist()}
    assert rows == {"switch:1": (None, None), "switch:2": (None, None), "tickets:1": (None, True), "switch:3": (None, None), "tickets:3": ("switch:3", None)}


def test_other_channels_directions_clients_tests_and_hang_ups_in_the_menu_are_never_the_same() -> None:
    others = [
        ticket(number, 0, customer_key=f"c{number}", **{name: value})
        for number, (name, value) in enumerate((("channel", "email"), ("direction", "outbound"), ("client_id", "two"), ("is_test", True)))
    ]
    calls = [call(number, 0, customer_key=f"c{number}") for number in range(4)]
    assert same((NEAR,), *calls, *others, call(9, 0, left_in_menu=True), ticket(9, 0)) == {}
    wide = Rule("switch", "tickets", ("customer",), 60, channels=("voice", "callback"), clients=("one",))
    assert same((wide,), call(1, 0, channel="callback"), ticket(1, 0)) == {"tickets:1": "switch:1"}
    assert same((Rule("switch", "tickets", ("customer",), 60, clients=("two",)),), call(1, 0), ticket(1, 0)) == {}


def test_a_shared_reference_is_enough_whenever_it_was() -> None:
    rule = Rule("switch", "tickets", ("reference",), None)
    contacts = [
        call(1, 0, customer_key=None),
        ticket(1, 9000, reference="1"),
        call(2, 0),
        ticket(2, 0),
        call(3, 0, reference="t3"),
        ticket(3, 0, reference="t3"),
    ]
    assert same((rule,), *contacts, call(4, 0, reference="4"), ticket(4, 0)) == {"tickets:1": "switch:1", "tickets:3": "switch:3", "tickets:4": "switch:4"}


def test_an_agent_is_known_from_the_row_or_from_its_parts() -> None:
    rule = Rule("switch", "tickets", ("agent",), 60)
    parts = [{"segment_id": "switch:1a", "source": "switch", "contact_id": "switch:1", "agent_id": "anna"}]
    contacts = [call(1, 0, customer_key=None), ticket(1, 5, own_agent_id="anna"), ticket(2, 5, own_agent_id="bengt")]
    assert same((rule,), *contacts, segment=parts) == {"tickets:1": "switch:1"}


def test_the_first_rule_that_knows_decides() -> None:
    rules = (Rule("switch", "tickets", ("reference",), None), NEAR)
    assert same(rules, call(1, 0), call(2, 70), ticket(1, 69, reference="1"), ticket(2, 2)) == {"tickets:1": "switch:1"}
    assert same(rules, call(1, 0), call(2, 50), ticket(1, 49, reference="1"), ticket(2, 48)) == {"tickets:1": "switch:1", "tickets:2": "switch:2"}


def test_one_contact_may_be_the_same_as_a_row_of_each_source() -> None:
    rules = (NEAR, Rule("switch", "crm", ("customer",), 60))
    told_twice = (
        World.of(
            {
                "contact": [
                    call(1, 0),
                    ticket(1, 5),
                    call(1, 9, source="crm", reason_id="r", language="sv"),
                ]
            },
            same=rules,
        )
        .tables["contact"]
        .to_pylist()
    )
    assert {row["contact_id"]: row["same_as"] for row in told_twice} == {"switch:1": None, "tickets:1": "switch:1", "crm:1": "switch:1"}
    assert next(row["taken"] for row in told_twice if row["contact_id"] == "switch:1") == "language reason_id"


def test_who_is_who_does_not_hang_on_the_order() -> None:
    pairs = [Pair(0, 5, "a", "x", "t"), Pair(0, 5, "b", "x", "t"), Pair(0, 7, "b", "y", "t"), Pair(0, 9, "c", "y", "t"), Pair(1, 1, "b", "x", "t")]
    found = {(tuple(sorted((also, pair.keep_id) for also, pair in same.items())), tuple(sorted(unclear))) for same, unclear in map(settle, permutations(pairs))}
    assert found == {((("x", "b"), ("y", "c")), ())}


# ── what that makes of the others ──


def test_what_was_said_about_a_row_is_said_about_the_contact_that_counts() -> None:
    contacts = [call(1, 0, own_agent_id="anna", queue_id="q"), ticket(1, 5, reason_id="r", case_id="k", own_agent_id="bengt")]
    about: Mapping[str, Sequence[Row]] = {
        "survey_invitation": [{"invitation_id": "i", "client_id": "one", "contact_id": "tickets:1", "drawn_at": "2026-03-02T10:00:00Z"}],
        "survey_response": [
            {
                "response_id": "i",
                "invitation_id": "i",
                "client_id": "one",
                "question_id": "csat",
                "scale": "1_5",
                "value": 4.0,
                "answered_at": "2026-03-02T10:00:00Z",
            }
        ],
        "qa_evaluation": [{"evaluation_id": "e", "contact_id": "tickets:1", "agent_id": "anna", "started_at": "2026-03-02T10:00:00Z"}],
        "sale": [{"sale_id": "s", "client_id": "one", "contact_id": "tickets:1", "sold_at": "2026-03-02T10:00:00Z"}],
        "case": [{"case_id": "k", "client_id": "one", "opened_at": "2026-03-02T09:00:05Z"}],
    }
    tables = World.of({"contact": contacts, **about}, same=(NEAR,)).tables
    [answer], [evaluation], [sale], [case] = (tables[name].to_pylist() for name in ("survey_response", "qa_evaluation", "sale", "case"))
    assert (answer["contact_id"], answer["agent_id"], answer["queue_id"], answer["reason_level2_id"], answer["is_test"]) == (
        "switch:1",
        "anna",
        "q",
        "r",
        False,
    )
    assert (evaluation["contact_id"], evaluation["told_contact_id"], evaluation["queue_id"]) == ("switch:1", "tickets:1", "q")
    assert (sale["contact_id"], sale["reason_level2_id"], case["contacts_n"]) == ("switch:1", "r", 1)
    assert {row["segment_id"]: row["is_test"] for row in tables["segment"].to_pylist()} == {"switch:1#1": False, "tickets:1#1": True}


# ── kept by upkeep ──


def test_any_order_of_loads_corrections_and_undos_ends_as_if_all_had_come_at_once(tmp_path: Path) -> None:
    """Rules come, change and go meanwhile; half of it is worked out as where there are many rows."""
    store, history = ContactStore(tmp_path), History(3 if SOAK else 2)  # the fifth of few takes a load back
    for number in range(120 if SOAK else 5):
        if number % 3 == 0:
            history.rules = history.chance.choice(RULES)
            say(tmp_path, *history.rules)
        history.either_way(store, number)
        if number not in (2, 4) and not SOAK:
            continue
        for table, stored, at_once in history.compared(store, FACTS if SOAK else TOUCHED):
            assert stored == at_once, (number, table, history.rules)


TOUCHED = ("contact", "queue_visit", "segment", "case", "survey_invitation", "survey_response", "sale", "qa_evaluation", "agent_day")

RULES: list[Rules] = [
    (NEAR,),
    (Rule("switch", "tickets", ("reference",), None), NEAR),
    (Rule("switch", "tickets", ("agent",), 90),),
    (Rule("tickets", "switch", ("customer", "agent"), 300), Rule("tickets", "crm", ("customer",), 60, ("voice",), ("one",))),
    (Rule("switch", "tickets", ("reference", "customer"), 600), Rule("switch", "crm", ("customer",), 30)),
    (),
]


class History(histories.History):
    """Calls of few customers, minutes long, told by three sources; and what hangs on them."""

    rules: Rules = ()

    def world(self) -> World:
        rows: dict[str, list[Row]] = {}
        for (name, _), chain in self.versions.items():
            if chain:
                rows.setdefault(name, []).append({"source": "s", **chain[-1][1]})
        return World.of(rows, same=self.rules)

    def draw(self) -> dict[str, list[Row]]:
        draw = self.chance
        rows: dict[str, list[Row]] = {"contact": [self._contact(*at) for at in draw.sample([(source, n) for source in SOURCES for n in range(6)], 7)]}
        if draw.random() < 0.5:
            rows["segment"] = [self._segment(number) for number in draw.sample(range(6), 2)]
        if draw.random() < 0.4:
            rows["survey_invitation"] = [{"invitation_id": f"i{draw.randrange(2)}", "client_id": "one", "contact_id": self._id(), "drawn_at": self._moment()}]
            rows["survey_response"] = [
                {
                    "response_id": f"r{draw.randrange(3)}",
                    "invitation_id": f"i{draw.randrange(2)}",
                    "client_id": "one",
                    "question_id": "csat",
                    "scale": "1_5",
                    "answered_at": self._moment(),
                    "value": 3.0,
                }
            ]
        if draw.random() < 0.4:
            rows["sale"] = [{"sale_id": f"s{draw.randrange(3)}", "client_id": "one", "contact_id": self._id(), "sold_at": self._moment()}]
        if draw.random() < 0.3:
            rows["qa_evaluation"] = [
                {"evaluation_id": "e", "contact_id": self._id(), "agent_id": "anna", "started_at": self._moment(), "completed_at": self._moment()}
            ]
        if draw.random() < 0.3:
            rows["case"] = [{"case_id": f"k{draw.randrange(2)}", "client_id": "one", "opened_at": self._moment(), "closed_at": self._moment()}]
        return rows

    def _id(self) -> str:
        return f"{self.chance.choice(SOURCES)}:{self.chance.randrange(6)}"

    def _moment(self) -> datetime:
        """Few different ones around the end of a month: rows are as near to two as to one often enough."""
        return datetime(2026, 3, 31, 23, 58, tzinfo=UTC) + timedelta(seconds=10 * self.chance.randrange(20))

    def _contact(self, source: str, number: int) -> Row:
        draw = self.chance
        words = {"customer_key": draw.choice([None, "A", "A", "B"]), "reason_id": draw.choice([None, "r", "s"]), "case_id": draw.choice([None, "k0", "k1"])}
        more = {"own_agent_id": draw.choice([None, "anna", "bengt"]), "reference": draw.choice([None, None, "0", "1"]), "queue_id": draw.choice([None, "q"])}
        late = {"changed_at": draw.choice([None, *(datetime(2026, 4, day, tzinfo=UTC) for day in (1, 2, 3))]), "is_test": draw.random() < 0.1}
        answered = {"answered_at": draw.choice([None, self._moment() + timedelta(seconds=240)])}
        at = timedelta(days=draw.choice([0, 0, 0, 0, REACH_D]))
        return {**call(number, 0, source=source), "offered_at": self._moment() + at, **words, **more, **late, **answered}

    def _segment(self, number: int) -> Row:
        return {
            "segment_id": f"s{number}",
            "contact_id": self._id(),
            "agent_id": self.chance.choice(["anna", "bengt"]),
            "talk_s": 20.0,
            "started_at": self._moment(),
        }


SOURCES = ("switch", "tickets", "crm")


def test_a_rule_takes_effect_by_command_and_goes_the_same_way(tmp_path: Path) -> None:
    store = ContactStore(tmp_path)
    put(store, "first", {"contact": [call(1, 0), ticket(1, 40, reason_id="r")]})
    before = told(store.snapshot(), "contact")
    assert not store.join(now=today)
    say(tmp_path, NEAR)
    assert store.join(now=today)
    assert column(store.snapshot(), "contact", "same_as") == {"switch:1": None, "tickets:1": "switch:1"}
    assert not store.join(now=today)
    (tmp_path / "sources.toml").unlink()
    assert store.join(now=today)
    assert told(store.snapshot(), "contact") == before


def test_a_broken_rule_leaves_those_in_force(tmp_path: Path) -> None:
    store = ContactStore(tmp_path)
    say(tmp_path, NEAR)
    put(store, "first", {"contact": [call(1, 0), ticket(1, 40)]})
    (tmp_path / "sources.toml").write_text('[[same]]\nkeep = "switch"\n')
    put(store, "second", {"contact": [call(2, 900), ticket(2, 901)]})
    assert column(store.snapshot(), "contact", "same_as")["tickets:2"] == "switch:2"


def test_the_same_rows_again_are_unchanged_and_what_was_replaced_comes_back_as_loaded(tmp_path: Path) -> None:
    store = ContactStore(tmp_path)
    say(tmp_path, NEAR)
    rows = {"contact": [call(1, 0), ticket(1, 40, reason_id="r")]}
    put(store, "first", rows)
    before = told(store.snapshot(), "contact")
    assert put(store, "again", rows).counts["contact"]["unchanged"] == 2
    put(store, "corrected", {"contact": [call(1, 500), ticket(1, 40, reason_id="s")]})
    assert [(row["reason_id"], row["taken"]) for row in read(store.snapshot(), "contact", "reason_id", "taken")] == [(None, None), ("s", None)]
    store.undo("corrected", now=today)
    assert told(store.snapshot(), "contact") == before
