"""Promises of agreements, judged when their period has ended for good and kept as facts."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from batches import put
from nyckeltal import ask
from nyckeltal.contacts.store import ContactStore
from nyckeltal.contacts.world import World
from nyckeltal.kpi import promises
from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.catalogue import HERE
from nyckeltal.words import Text

NOW = datetime(2026, 5, 10, tzinfo=UTC)
AGREEMENT = {"agreement_id": "a1", "client_id": "one", "measure": "service_level", "target": 80.0, "valid_from": date(2026, 2, 1)}


def calls(month: int, in_time: int, late: int, day: int = 2, **said: Any) -> list[dict[str, Any]]:
    shared = {"client_id": "one", "queue_id": "q", "channel": "voice", "outcome": "answered", "offered_at": f"2026-{month:02}-{day:02}T09:00:00Z", **said}
    waits = [5.0] * in_time + [90.0] * late
    return [{**shared, "contact_id": f"{month}-{day}-{said}-{number}", "wait_s": wait} for number, wait in enumerate(waits)]


def kept(store: ContactStore) -> dict[str, tuple[bool, float]]:
    return {row["promise_id"]: (row["met"], row["value"]) for row in store.snapshot().small("promise").to_pylist()}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = ContactStore(tmp_path_factory.mktemp("built") / "home")
    put(store, "first", {"agreement": [AGREEMENT], "contact": calls(3, 8, 2) + calls(4, 7, 3) + calls(5, 1, 0)}, now=NOW)
    return store.home


@pytest.fixture
def store(built: Path, home: Path) -> ContactStore:
    return ContactStore(shutil.copytree(built, home))


def test_each_ended_period_is_judged_on_the_unrounded_value(store: ContactStore) -> None:
    promises.keep(store.home, NOW)
    assert kept(store) == {"a1:2026-03-31": (True, 80.0), "a1:2026-04-30": (False, 70.0)}


def test_promises_stand_while_the_file_of_their_key_figure_is_being_mended(store: ContactStore) -> None:
    file = store.home / "kpi" / "mine.toml"
    file.parent.mkdir()
    text = (HERE / "service_level.toml").read_text(encoding="utf-8").replace('id = "service_level"', 'id = "mine"')
    file.write_text(text, encoding="utf-8")
    put(store, "other", {"agreement": [AGREEMENT | {"agreement_id": "a2", "measure": "mine"}]}, now=NOW)
    promises.keep(store.home, NOW)
    judged = kept(store)
    assert judged.keys() == {f"{agreement}:2026-0{end}" for agreement in ("a1", "a2") for end in ("3-31", "4-30")}
    file.write_text("id = ", encoding="utf-8")
    problems: list[Text] = []
    promises.keep(store.home, NOW, problems)
    assert kept(store) == judged
    assert ["a2 is not judged: “mine” cannot be counted until its file is mended" in str(problem) for problem in problems] == [True]


def test_keeping_promises_is_itself_a_kpi(store: ContactStore) -> None:
    promises.keep(store.home, NOW)
    found = ask("sla_compliance", per="month", start="2026-03", end="2026-04", home=store.home)
    assert [(figure.period, figure.numerator, figure.denominator, figure.provisional) for figure in found] == [
        ("2026-03", 1, 1, False),
        ("2026-04", 0, 1, False),
    ]


def test_what_has_not_changed_is_not_written_again(store: ContactStore) -> None:
    promises.keep(store.home, NOW)
    before = store.snapshot().id
    assert promises.keep(store.home, NOW) is None
    assert store.snapshot().id == before


def test_a_correction_changes_the_verdict(store: ContactStore) -> None:
    promises.keep(store.home, NOW)
    put(store, "more", {"contact": calls(4, 20, 0, day=3)}, now=NOW)
    promises.keep(store.home, NOW)
    assert kept(store)["a1:2026-04-30"] == (True, pytest.approx(90))


def test_a_promise_that_is_none_any_more_is_taken_back(store: ContactStore) -> None:
    put(store, "older", {"contact": calls(2, 1, 0)}, now=NOW)
    promises.keep(store.home, NOW)
    assert "a1:2026-02-28" in kept(store)
    store.undo("older", now=NOW)
    promises.keep(store.home, NOW)
    assert kept(store).keys() == {"a1:2026-03-31", "a1:2026-04-30"}


def judged(agreement: dict[str, Any], contacts: list[dict[str, Any]]) -> list[tuple[date, bool]]:
    facts = World.of({"agreement": [agreement], "contact": contacts}, datetime(2026, 5, 10, tzinfo=UTC))
    return [(row["period_ended_on"], row["met"]) for row in promises.judged(facts)]


def test_a_promise_about_queues_is_counted_by_their_visits() -> None:
    contacts = calls(3, 9, 1) + calls(3, 1, 9, queue_id="other")
    assert judged(AGREEMENT, contacts) == [(date(2026, 3, 31), False)]
    assert judged({**AGREEMENT, "queue_ids": ["q"]}, contacts) == [(date(2026, 3, 31), True)]


def test_a_promise_ends_with_its_agreement() -> None:
    contacts = calls(3, 10, 0) + calls(3, 0, 50, day=20)
    assert judged({**AGREEMENT, "valid_to": date(2026, 3, 16)}, contacts) == [(date(2026, 3, 15), True)]


def test_lower_is_better_where_the_kpi_says_so() -> None:
    asa = {**AGREEMENT, "measure": "asa", "target": 39.0}
    assert judged(asa, calls(3, 6, 4)) == [(date(2026, 3, 31), True)]
    assert judged({**asa, "target": 38.9}, calls(3, 6, 4)) == [(date(2026, 3, 31), False)]


@pytest.mark.parametrize(("late", "of", "target", "better"), [(21, 300, 7, "lower"), (42, 300, 14, "lower"), (29, 100, 29, "higher"), (57, 100, 57, "higher")])
def test_a_share_that_is_just_what_was_promised_keeps_the_promise(late: int, of: int, target: float, better: str) -> None:
    figure = Figure("any", 1, "standard", "2026-03", {}, late / of, "share")
    assert promises.is_met(figure, target, better) is True
    assert promises.is_met(replace(figure, value=late / of + (0.0001 if better == "lower" else -0.0001)), target, better) is False
    assert promises.is_met(replace(figure, provisional=True), target, better) is None


def test_weeks_are_judged_by_weeks() -> None:
    assert judged({**AGREEMENT, "period": "week"}, calls(3, 10, 0)) == [(date(2026, 3, 8), True)]


def test_an_agreement_without_target_or_kpi_promises_nothing() -> None:
    assert judged({**AGREEMENT, "target": None}, calls(3, 1, 0)) == []
    assert judged({**AGREEMENT, "measure": "friendliness"}, calls(3, 1, 0)) == []


def test_an_agreement_that_cannot_be_asked_so_stops_no_other_and_says_why() -> None:
    strange, refused = {"agreement_id": "a0", "variant": "friendly"}, {"agreement_id": "a9", "measure": "asa", "variant": "ivr", "queue_ids": ["q"]}
    agreements = [{**AGREEMENT, **strange}, AGREEMENT, {**AGREEMENT, **refused}]
    problems: list[Text] = []
    facts = World.of({"agreement": agreements, "contact": calls(3, 9, 1)}, NOW)
    assert [row["agreement_id"] for row in promises.judged(facts, problems=problems)] == ["a1"]
    assert [str(problem.values["agreement"]) for problem in problems] == ["a0", "a9"]
    assert "friendly" in str(problems[0])
    assert "The menu comes before the queues" in str(problems[1])


def test_what_is_not_judged_is_told_by_who_keeps_promises(home: Path) -> None:
    store = ContactStore(home)
    agreements = [{**AGREEMENT, "agreement_id": "a0", "variant": "friendly"}, AGREEMENT]
    put(store, "first", {"agreement": agreements, "contact": calls(3, 8, 2) + calls(5, 1, 0)}, now=NOW)
    problems: list[Text] = []
    promises.keep(home, NOW, problems)
    assert kept(store)["a1:2026-03-31"] == (True, 80.0)
    assert [problem.id for problem in problems] == ["promises.not_judged"]


def test_a_clock_from_the_menu_is_judged_over_contacts_by_their_first_queue() -> None:
    menu = {"ivr_started_at": "2026-03-02T08:59:00Z", "queue_entered_at": "2026-03-02T09:00:00Z", "answered_at": "2026-03-02T09:00:05Z"}
    contacts = [{**row, **menu} for row in calls(3, 4, 0)] + calls(3, 9, 0, queue_id="other")
    assert judged({**AGREEMENT, "queue_ids": ["q"]}, contacts) == [(date(2026, 3, 31), True)]
    assert judged({**AGREEMENT, "queue_ids": ["q"], "clock": "ivr"}, contacts) == [(date(2026, 3, 31), False)]
