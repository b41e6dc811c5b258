"""Sums by day are kept right: every change of the store makes anew the days that it touched, and nothing else; and they are never used for
another state than theirs."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import rolled
from batches import put, read
from killing import processes
from nyckeltal.contacts import trace
from nyckeltal.contacts.schema import TABLES
from nyckeltal.contacts.state import locked
from nyckeltal.contacts.store import ContactStore
from nyckeltal.contacts.trace import FOLDER
from nyckeltal.errors import UserMistake
from nyckeltal.kpi.compile import Scan
from nyckeltal.kpi.engine.cells import Making
from nyckeltal.kpi.rollup import held
from nyckeltal.kpi.rollup.cuts import Cut
from nyckeltal.kpi.rollup.held import Shelf
from nyckeltal.kpi.upkeep import keep
from nyckeltal.kpi.vocabulary import Place
from rolled import ASKED, NOW, differences

Row = dict[str, Any]


@pytest.fixture
def home(kept_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of a store whose sums are kept."""
    rolled.only_contacts(monkeypatch)
    return Path(shutil.copytree(kept_home, tmp_path / "home"))


@pytest.fixture(scope="module")
def corrected_once(kept_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = Path(shutil.copytree(kept_home, tmp_path_factory.mktemp("corrected") / "home"))
    corrected(home)
    return home


@pytest.fixture
def corrected_home(corrected_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same after a correction; its sums are still those of before."""
    rolled.only_contacts(monkeypatch)
    return Path(shutil.copytree(corrected_once, tmp_path / "home"))


def same(home: Path) -> bool:
    """Whether sums are kept of the store as it stands, and tell what its rows tell."""
    facts = ContactStore(home).snapshot()
    assert held.of(facts) is not None
    assert [found for question in ASKED for found in differences(question, facts, home)] == []
    return True


def load(home: Path, name: str, **given: list[Row]) -> None:
    put(ContactStore(home), name, given, source="s", now=NOW)


def stored(home: Path, table: str) -> list[Row]:
    loaded = [column.name for column in TABLES[table].loaded]
    return [{name: row[name] for name in loaded} for row in read(ContactStore(home).snapshot(), table)]


def corrected(home: Path) -> None:
    """Two contacts: one answered after all, one on another day in another month."""
    first, second = [row for row in stored(home, "contact") if row["direction"] == "inbound" and not row["is_test"]][:2]
    moved = {**second, "offered_at": datetime(2026, 4, 1, 9, tzinfo=UTC), "reason_logged_at": None}
    load(home, "corrected", contact=[{**first, "outcome": "answered", "wait_s": 4.0}, moved])


def late(home: Path) -> None:
    """Somebody who came back, told weeks later; it changes the contact before."""
    known = next(
        row for row in stored(home, "contact") if row["customer_key"] and row["reason_id"] and row["outcome"] == "answered" and row["direction"] == "inbound"
    )
    load(home, "late", contact=[{**known, "contact_id": "late", "offered_at": known["offered_at"] + timedelta(hours=30)}])


def undone(home: Path) -> None:
    late(home)
    keep.keep(home)
    ContactStore(home).undo("late", now=NOW)


def mapped_anew(home: Path) -> None:
    """An agreement that was another from the start."""
    load(home, "agreement", agreement=[{**row, "threshold": 60.0, "short_abandon_s": 0.0} for row in stored(home, "agreement") if row["client_id"] == "one"])


def moved_team(home: Path) -> None:
    members = [row for row in stored(home, "team_membership") if row["role"] == "agent"]
    load(home, "team", team_membership=[{**row, "team_id": "syd", "valid_to": None} for row in members])


def other_reasons(home: Path) -> None:
    """A reason that is called another kind, and hangs elsewhere."""
    load(
        home,
        "reason",
        reason=[{**row, "parent_id": "other", "is_other": True, "demand_type": "failure"} for row in stored(home, "reason") if row["reason_id"] == "sum"],
    )


def other_zone(home: Path) -> None:
    load(
        home, "zone", client=[{**row, "tz": "America/New_York"} for row in stored(home, "client")], queue=[{**row, "tz": None} for row in stored(home, "queue")]
    )


CHANGES: tuple[Callable[[Path], None], ...] = (corrected, mapped_anew, other_reasons, moved_team, other_zone, undone)
SOAK = bool(os.environ.get("NYCKELTAL_SOAK"))


def test_whatever_changes_the_sums_stay_those_of_the_rows(home: Path) -> None:
    assert same(home)
    for change in CHANGES if SOAK else CHANGES[:2]:
        change(home)
        assert held.of(ContactStore(home).snapshot()) is None, "the sums of before are not those of now"
        keep.keep(home)
        assert same(home), change.__name__


def test_only_touched_days_are_made_anew_and_nothing_where_nothing_changed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[set[date]] = []
    cells = Making.cells

    def spied(self: Making, first: date, last: date, facts: Any, days: Any = ()) -> Any:
        made.append(set(days))
        return cells(self, first, last, facts, days)

    monkeypatch.setattr(Making, "cells", spied)
    assert keep.keep(home) == []
    contact = {
        "contact_id": "new",
        "client_id": "one",
        "queue_id": "q1",
        "channel": "voice",
        "offered_at": datetime(2026, 3, 25, 9, tzinfo=UTC),
        "outcome": "abandoned",
    }
    load(home, "new", contact=[contact])
    assert keep.keep(home)
    assert set().union(*made) == {date(2026, 3, 25)}
    assert set() in made, "how often each value occurs is told of whole months"
    made.clear()
    moved_team(home)
    assert keep.keep(home) == []
    assert made == []
    assert same(home)


def test_questions_before_the_sums_are_brought_up_are_answered_from_the_rows(corrected_home: Path) -> None:
    facts = ContactStore(corrected_home).snapshot()
    assert held.of(facts) is None
    assert [found for question in ASKED for found in differences(question, facts, corrected_home)] == []


def test_sums_whose_way_to_the_store_is_not_known_are_made_from_the_start(home: Path) -> None:
    for path in (home / FOLDER).glob("from-*.json"):
        path.unlink()
    corrected(home)
    for path in (home / FOLDER).glob("from-*.json"):
        path.unlink()
    assert keep.keep(home)
    assert same(home)


def _keep_and_die(home: Path, point: str) -> None:
    """Killed before or after what is kept is put in force."""
    save = Shelf.save

    def dying(self: Shelf) -> None:
        if point == "after":
            save(self)
        os.kill(os.getpid(), signal.SIGKILL)

    Shelf.save = dying  # type: ignore[method-assign]  # dies where a real one would be killed
    with pytest.MonkeyPatch.context() as patched:
        rolled.only_contacts(patched)
        keep.keep(home)


@pytest.mark.parametrize("point", ["before", "after"] if SOAK else ["before"])
def test_a_killed_keeper_leaves_what_was_kept_before(corrected_home: Path, point: str) -> None:
    home = corrected_home
    before = (home / FOLDER / "kept.json").read_bytes()
    keeper = processes.Process(target=_keep_and_die, args=(home, point))
    keeper.start()
    keeper.join(120)
    assert keeper.exitcode == -signal.SIGKILL
    assert ((home / FOLDER / "kept.json").read_bytes() == before) == (point == "before")
    assert (held.of(ContactStore(home).snapshot()) is None) == (point == "before")
    keep.keep(home)
    assert same(home)


def test_while_another_is_at_it_nobody_waits(corrected_home: Path) -> None:
    with locked(corrected_home / FOLDER, 0):
        assert keep.keep(corrected_home) == []
    assert keep.keep(corrected_home)


def test_sums_are_kept_from_as_many_rows_on_as_is_set(kept_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = ContactStore(kept_home).snapshot()
    most = max(facts.rows("contact"), facts.rows("agent_day"))
    monkeypatch.delenv(keep.SETTING, raising=False)
    assert keep.least_rows() == 5_000_000
    assert keep.large(facts) == []
    for least, there in ((most * keep.BY_CLIENT, True), (most * keep.BY_CLIENT + 1, False)):
        monkeypatch.setenv(keep.SETTING, str(least))
        assert ("contact" in keep.large(facts)) == there
        assert "survey_response" not in keep.large(facts)
    monkeypatch.setenv(keep.SETTING, "never")
    assert keep.large(facts) == []
    monkeypatch.setenv(keep.SETTING, "many")
    with pytest.raises(UserMistake, match="many"):
        keep.large(facts)


def test_sums_by_reason_are_kept_of_four_times_as_many_rows_and_by_client_of_a_fifth(monkeypatch: pytest.MonkeyPatch) -> None:
    scan = Scan("contact", Place("offered_at", "local_date", "local_minute", "utc_offset_s"), "both")
    by_client, by_reason, by_queue = (Cut("", scan, ("client_id", *words), (), ()) for words in ((), ("reason_id",), ("queue_id",)))
    monkeypatch.setenv(keep.SETTING, "100")
    assert [keep.is_worth(cut, 400, 400) for cut in (by_client, by_reason, by_queue)] == [True, True, True]
    assert [keep.is_worth(cut, 399, 400) for cut in (by_client, by_reason, by_queue)] == [True, False, True]
    assert [keep.is_worth(cut, 5, 100) for cut in (by_client, by_reason, by_queue)] == [True, False, True]
    assert [keep.is_worth(cut, 99, 99) for cut in (by_client, by_reason, by_queue)] == [True, False, False]
    assert not keep.is_worth(by_queue, 4, 100)


def test_values_are_kept_where_each_of_them_occurs_often(kept_home: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def named(at: Path) -> list[str]:
        shelf = held.read(at)
        return [name for name in shelf.tables if "-values-" in name] if shelf else []

    assert named(kept_home)
    for path in (home / trace.FOLDER).iterdir():
        path.unlink()
    monkeypatch.setattr(keep, "ROWS_A_VALUE", 1000)
    assert keep.keep(home)
    assert named(home) == []
    assert same(home)


def test_sums_that_are_not_wanted_any_more_take_no_room(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keep, "large", lambda _snapshot: [])
    assert keep.keep(home) == []
    assert not trace.is_on(home)


def test_months_of_few_cells_share_their_years_file_until_there_are_many(corrected_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = corrected_home

    def files() -> tuple[int, int]:
        shelf = held.read(home)
        assert shelf
        named = [it.months.values() for it in shelf.tables.values()]
        return sum(map(len, named)), sum(len({*names}) for names in named)

    months, shared = files()
    assert shared < months
    monkeypatch.setattr(keep, "FEW_CELLS", 0)
    keep.keep(home)
    assert same(home)
    assert shared < files()[1]
