"""Who comes after whom, where contacts come, change and go around the reach (decision 0022)."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import histories
from batches import column, put, today
from nyckeltal.contacts import laid, trace
from nyckeltal.contacts.schema import REACH_D
from nyckeltal.contacts.store import ContactStore
from nyckeltal.kpi.upkeep import worth

Row = dict[str, Any]
FIRST = datetime(2026, 1, 5, 9, tzinfo=UTC)
SOAK = os.environ.get("NYCKELTAL_SOAK") == "1"


def contact(name: str, days: float, **words: Any) -> Row:
    plain = {"client_id": "one", "channel": "voice", "customer_key": "A", "reason_id": "r", "outcome": "answered", "own_agent_id": "anna"}
    return {"contact_id": name, "offered_at": FIRST + timedelta(days=days), **plain, **words}


def files(store: ContactStore) -> dict[str, list[str]]:
    snapshot = store.snapshot()
    return {month: sorted(Path(file).name for file in snapshot.files("contact", [month])) for month in snapshot.months("contact")}


@pytest.fixture
def store(tmp_path: Path) -> ContactStore:
    return ContactStore(tmp_path)


def test_one_that_comes_just_within_reach_changes_the_earlier_and_just_beyond_it_nothing(store: ContactStore) -> None:
    put(store, "first", {"contact": [contact("a", 0), contact("far", -REACH_D)]})
    put(store, "edge", {"contact": [contact("b", REACH_D)]})
    assert column(store.snapshot(), "contact", "next_contact_after_s") == {"far": REACH_D * 86400, "a": REACH_D * 86400, "b": None}
    before = files(store)
    put(store, "beyond", {"contact": [contact("c", 2 * REACH_D + 1e-4)]})
    assert column(store.snapshot(), "contact", "next_contact_after_s") == {"far": REACH_D * 86400, "a": REACH_D * 86400, "b": None, "c": None}
    assert column(store.snapshot(), "contact", "previous_handled_after_s")["c"] is None
    after = files(store)
    assert {month: after[month] for month in before} == before, "no month is written in which nothing differs"


def test_a_month_is_written_only_where_somebody_has_another_beside(store: ContactStore) -> None:
    """The customer's other matters, and earlier contacts with one between, stay as they are."""
    put(store, "first", {"contact": [contact("a", 0), contact("other", 40, reason_id="s"), contact("b", 60), contact("d", 89)]})
    before = files(store)
    put(store, "second", {"contact": [contact("c", 70)]})
    after = files(store)
    assert sorted(month for month in after if after[month] != before.get(month)) == ["2026-03", "2026-04"], "of b and c, and of d"
    assert column(store.snapshot(), "contact", "previous_handled_after_s") == {"a": None, "other": None, "b": 60 * 86400, "c": 10 * 86400, "d": 19 * 86400}


def test_one_that_goes_leaves_those_around_it_with_the_next_within_their_own_reach(store: ContactStore) -> None:
    """Farther off than one reach from where somebody came or went nobody is looked at: who stands there keeps what is said of it."""
    put(store, "stay", {"contact": [contact(name, day) for name, day in {"far": -120, "before": -40, "after": 50, "beyond": 130}.items()]})
    told = {word: column(store.snapshot(), "contact", word) for word in ("next_contact_after_s", "previous_handled_after_s")}
    assert told["next_contact_after_s"] == {"far": 80 * 86400, "before": 90 * 86400, "after": 80 * 86400, "beyond": None}
    put(store, "goes", {"contact": [contact("a", 0), contact("b", 1, outcome="abandoned", own_agent_id=None)]})
    between = {"far": 80 * 86400, "before": 40 * 86400, "a": 86400, "b": 49 * 86400, "after": 80 * 86400, "beyond": None}
    assert column(store.snapshot(), "contact", "next_contact_after_s") == between
    assert column(store.snapshot(), "contact", "previous_handled_after_s")["after"] == 50 * 86400
    store.undo("goes", now=today)
    assert {word: column(store.snapshot(), "contact", word) for word in told} == told


def test_one_that_is_corrected_where_it_stands_keeps_its_neighbours_and_moves_nobody(store: ContactStore) -> None:
    put(store, "first", {"contact": [contact("a", 0), contact("b", 40), contact("c", 80)]})
    told, before = column(store.snapshot(), "contact", "previous_handled_after_s"), files(store)
    put(store, "second", {"contact": [contact("b", 40, own_talk_s=5.0)]})
    assert column(store.snapshot(), "contact", "previous_handled_after_s") == told
    assert [month for month, found in files(store).items() if found != before[month]] == ["2026-02"]
    put(store, "third", {"contact": [contact("b", 40, outcome="abandoned", own_agent_id=None), contact("d", 85), contact("c", 80, own_talk_s=5.0)]})
    assert column(store.snapshot(), "contact", "previous_handled_after_s") == {"a": None, "b": 40 * 86400, "c": 80 * 86400, "d": 5 * 86400}
    assert column(store.snapshot(), "contact", "next_contact_after_s") == {"a": 40 * 86400, "b": 40 * 86400, "c": 5 * 86400, "d": None}


def test_one_that_is_in_hand_but_far_from_who_comes_keeps_its_neighbours(store: ContactStore) -> None:
    """What is said of a contact elsewhere puts it in hand, and not those around it."""
    put(store, "first", {"contact": [contact("a", 0), contact("b", 60), contact("c", 150)]})
    invited = {"invitation_id": "i", "client_id": "one", "drawn_at": FIRST}
    put(store, "late", {"contact": [contact("d", 185)], "survey_invitation": [{**invited, "contact_id": "a"}]})
    assert column(store.snapshot(), "contact", "next_contact_after_s") == {"a": 60 * 86400, "b": 90 * 86400, "c": 35 * 86400, "d": None}
    put(store, "early", {"contact": [contact("e", -35)], "survey_invitation": [{**invited, "contact_id": "c"}]})
    assert column(store.snapshot(), "contact", "previous_handled_after_s") == {"a": 35 * 86400, "b": 60 * 86400, "c": 90 * 86400, "d": 35 * 86400, "e": None}


@pytest.mark.parametrize("order", ["abcd", "dcba", "cadb"])
def test_those_who_come_at_one_moment_stand_by_their_ids_whoever_was_loaded_first(store: ContactStore, order: str) -> None:
    """Also where one of them is corrected, and so in hand, and where others of the customer come at that moment about something else."""
    days = {"a": 0, "b": 0, "c": 0, "d": 1}
    for name in order:
        put(store, name, {"contact": [contact(name, days[name])]})
    put(store, "again", {"contact": [contact("b", 0, own_talk_s=5.0), contact("else", 0, reason_id="s"), contact("e", 2)]})
    told = {word: column(store.snapshot(), "contact", word) for word in ("next_contact_after_s", "previous_handled_after_s")}
    assert told["next_contact_after_s"] == {"a": 0, "b": 0, "c": 86400, "d": 86400, "e": None, "else": None}
    assert told["previous_handled_after_s"] == {"a": None, "b": 0, "c": 0, "d": 86400, "e": 86400, "else": None}


def test_the_days_of_who_has_another_beside_are_told_to_what_is_kept_by_day(store: ContactStore) -> None:
    put(store, "first", {"contact": [contact("a", 0), contact("other", 1, reason_id="s")]})
    (store.home / trace.FOLDER).mkdir()
    before = store.snapshot().id
    put(store, "second", {"contact": [contact("b", 3)]})
    told = trace.between(store.home, before, store.snapshot().id)
    assert told
    assert told["contact"]["local_date"] == [FIRST.date(), FIRST.date() + timedelta(days=3)]
    assert not worth._is_traced_link("segment", "contact", "next_contact_after_s"), "what else speaks of them is not read for it"
    assert worth._is_traced_link("segment", "contact", "waited_s")


def test_any_history_around_the_reach_ends_as_if_all_had_come_at_once(store: ContactStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """In files so small that a month has several."""
    for name, n in (("ROWS_A_GROUP", 2), ("ROWS_A_FILE", 4)):
        monkeypatch.setattr(laid, name, n)
    history = History(22 if SOAK else 5)  # the third of few takes a load back
    for number in range(150 if SOAK else 4):
        history.either_way(store, number)
        if not SOAK and number < 2:
            continue
        for table, stored, at_once in history.compared(store, ["contact"]):
            assert stored == at_once, (number, table)


class History(histories.History):
    """Contacts of two customers about two matters of one kind or two, at few moments: a minute, or the reach and a second, from each other."""

    def draw(self) -> dict[str, list[Row]]:
        draw = self.chance
        rows = {"contact": [self._contact(number) for number in draw.sample(range(24), draw.choice([2, 2, 9]))]}
        more: dict[str, list[Row]] = {
            "segment": [{"segment_id": "s", "contact_id": f"c{draw.randrange(24):02}", "agent_id": "bengt", "answered": draw.random() < 0.5}],
            "reason": [{"reason_id": reason, "level": draw.choice([1, 2])} for reason in "rs"],
            "survey_invitation": [{"invitation_id": "i", "client_id": "one", "contact_id": f"c{draw.randrange(24):02}", "drawn_at": FIRST}],
        }
        more["reason"] += [{"reason_id": "below", "parent_id": draw.choice("rs")}]
        return rows | {table: given for table, given in more.items() if draw.random() < 0.3}

    def _contact(self, number: int) -> Row:
        draw = self.chance
        days = draw.randrange(5) * REACH_D + draw.choice([-1, 0, 0, 1]) / 86400 + draw.choice([0, 0, 0, 1, 31])
        answered = draw.random() < 0.5
        words = {"outcome": "answered" if answered else "abandoned", "own_agent_id": "anna" if answered else None, "is_test": draw.random() < 0.1}
        more = {"customer_key": draw.choice([None, "A", "A", "B"]), "reason_id": draw.choice([None, "r", "s", "below", "below"])}
        late = {"changed_at": draw.choice([None, *(datetime(2026, 4, day, tzinfo=UTC) for day in (1, 2, 3))])}
        return contact(
            f"c{number:02}", days, client_id=draw.choice(["one", "one", "two"]), direction=draw.choice(["inbound"] * 9 + ["outbound"]), **words, **more, **late
        )
