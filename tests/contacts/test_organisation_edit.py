from __future__ import annotations

import csv
import io
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

import nyckeltal
import world
from batches import put as load_rows
from nyckeltal.contacts.organisation import edit as edits
from nyckeltal.contacts.organisation import files
from nyckeltal.contacts.organisation.edit import BadEdit, ChangedMeanwhile, Edit, Put
from nyckeltal.contacts.organisation.history import versions
from nyckeltal.contacts.organisation.reach import reach
from nyckeltal.contacts.organisation.rows import EDITED, by_id
from nyckeltal.contacts.store import ContactStore

NOW = datetime(2026, 3, 21, 9, tzinfo=UTC)
MONDAY = world.monday


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hand-counted centre in a store, copied for each test."""
    return world.as_store(tmp_path_factory.mktemp("built") / "home").home


@pytest.fixture
def centre(built: Path, tmp_path: Path) -> ContactStore:
    shutil.copytree(built, tmp_path / "home")
    return ContactStore(tmp_path / "home")


def row(store: ContactStore, table: str, thing: str) -> dict[str, Any]:
    return dict(by_id(store.snapshot(), table)[thing])


def change(store: ContactStore, table: str, thing: str, **words: Any) -> Put:
    stored = row(store, table, thing)
    return Put(table, {**stored, **words}, edits.version(table, stored))


def new(table: str, **words: Any) -> Put:
    return Put(table, words)


def save(store: ContactStore, *puts: Put, by: str = "ingrid") -> str:
    return nyckeltal.edit(Edit(puts), home=store.home, now=NOW, by=by).load_id


def figure(store: ContactStore, kpi: str, by: str, value: str) -> tuple[float | None, float | None]:
    told = nyckeltal.ask(kpi, by=[by], start=MONDAY, end=MONDAY, floor=0, home=store.home, now=NOW)
    found = next((one for one in told.figures if one.by[by] == value), None)
    return (found.numerator, found.denominator) if found else (None, None)


def tighter(store: ContactStore, start: date) -> tuple[Put, Put]:
    """Service level within 8 seconds from a day on: the old terms end, new ones begin."""
    stored = row(store, "agreement", "one_sl")
    after = {**stored, "agreement_id": "one_sl-2", "threshold": 8.0, "valid_from": start}
    return change(store, "agreement", "one_sl", valid_to=start), Put("agreement", after)


def test_a_threshold_from_a_later_day_on_changes_no_figure_before(centre: ContactStore) -> None:
    save(centre, *tighter(centre, date(2026, 3, 3)))
    assert figure(centre, "service_level", "client", "one") == world.counted["service_level"]["one"]


def test_a_threshold_from_that_day_on_changes_its_figure_and_undo_brings_it_back(centre: ContactStore) -> None:
    load = save(centre, *tighter(centre, MONDAY))
    assert figure(centre, "service_level", "client", "one") == (1, 6)  # within 8 s: only contact 1
    nyckeltal.undo(load, home=centre.home, now=NOW)
    assert figure(centre, "service_level", "client", "one") == world.counted["service_level"]["one"]
    assert list(by_id(centre.snapshot(), "agreement")) == ["one_sl"]


def test_a_correction_says_it_was_always_so(centre: ContactStore) -> None:
    save(centre, change(centre, "agreement", "one_sl", threshold=8.0))
    assert figure(centre, "service_level", "client", "one") == (1, 6)


@pytest.mark.parametrize(("moved_on", "handled"), [(MONDAY, 3), (date(2026, 3, 3), 6)])
def test_a_contact_counts_for_the_team_of_its_day(centre: ContactStore, moved_on: date, handled: int) -> None:
    moved = new("team_membership", membership_id="m7", agent_id="bengt", team_id="vast", valid_from=moved_on)
    save(centre, change(centre, "team_membership", "m2", valid_to=moved_on), moved)
    assert figure(centre, "aht", "team", "nord")[1] == handled  # Anna's three parts, and Bengt's three while he belongs to the team


def test_an_edit_is_a_load_of_its_own(centre: ContactStore) -> None:
    load = save(centre, change(centre, "team", "vast", name="Team West"))
    told = next(one for one in centre.loads().to_pylist() if one["load_id"] == load)
    assert (told["source"], told["loaded_by"], told["files"]) == ("organisation", "ingrid", "team vast")


def test_a_zone_that_changes_moves_the_contacts_of_its_queue(centre: ContactStore) -> None:
    save(centre, change(centre, "queue", "two_phone", tz="Asia/Tokyo"))
    told = nyckeltal.ask("contacts_offered", by=["hour"], where="queue == 'two_phone'", floor=0, home=centre.home, now=NOW)
    assert sorted(int(one.by["hour"]) for one in told.figures if one.value) == [1, 19]  # 11 and 17:30 in Stockholm


def test_two_at_once_are_told_and_nothing_is_lost(centre: ContactStore) -> None:
    mine, theirs = change(centre, "team", "vast", name="Mine"), change(centre, "team", "vast", name="Theirs")
    save(centre, theirs)
    with pytest.raises(ChangedMeanwhile) as told:
        save(centre, mine)
    assert [(put.row["name"], stored and stored["name"]) for put, stored in told.value.stored] == [("Mine", "Theirs")]
    assert row(centre, "team", "vast")["name"] == "Theirs"


def test_what_is_new_and_came_into_being_meanwhile_is_told(centre: ContactStore) -> None:
    one = new("team", team_id="ost", name="Öst")
    save(centre, one)
    with pytest.raises(ChangedMeanwhile):
        save(centre, new("team", team_id="ost", name="Another"))


def test_the_same_edit_sent_twice_is_one(centre: ContactStore) -> None:
    twice = Edit((new("team", team_id="ost", name="Öst"),))
    first = nyckeltal.edit(twice, home=centre.home, now=NOW)
    again = nyckeltal.edit(Edit.from_json(twice.as_json()), home=centre.home, now=NOW)
    assert (again.load_id, again.already) == (first.load_id, True)


def test_describing_what_was_seen_and_taking_it_back_leaves_it_seen(centre: ContactStore) -> None:
    contact = {"contact_id": "x:1", "client_id": "one", "queue_id": "mystery", "channel": "voice", "offered_at": world.at("12:00"), "outcome": "answered"}
    load_rows(centre, "later", {"contact": [contact]}, now=NOW)
    assert row(centre, "queue", "mystery")["described"] is False
    load = save(centre, change(centre, "queue", "mystery", name="Not a mystery", described=True))
    assert row(centre, "queue", "mystery")["described"] is True
    nyckeltal.undo(load, home=centre.home, now=NOW)
    assert row(centre, "queue", "mystery")["described"] is False


@pytest.mark.parametrize(
    ("put", "field"),
    [
        (new("queue", queue_id="q", client_id="nobody"), "client_id"),
        (new("queue", queue_id="q", client_id="one", tz="Mars/Olympus"), "tz"),
        (new("agreement", agreement_id="a", client_id="one", measure="service_level", valid_from=date(2026, 5, 1)), "valid_from"),
        (new("agreement", agreement_id="a", client_id="one", measure="asa", queue_ids=["two_phone"], valid_from=date(2026, 5, 1)), "queue_ids"),
        (new("agreement", agreement_id="a", client_id="one", measure="asa", valid_from=date(2026, 5, 1), valid_to=date(2026, 4, 1)), "valid_to"),
        (new("agreement", agreement_id="a", client_id="one", measure="asa"), "valid_from"),
        (new("calendar", calendar_id="c", tz="UTC", weekly="mo-fr 8-17", holidays="2026"), "weekly"),
        (new("calendar", calendar_id="c", tz="UTC", weekly="mo-fr 08:00-17:00", holidays="2026-13-01"), "holidays"),
        (new("calendar", calendar_id="c", tz="UTC", weekly="mo-fr 08:00-17:00", holidays=""), "holidays"),
        (new("team_membership", membership_id="m", agent_id="anna", team_id="nord", role="agent", valid_from=date(2026, 1, 1)), "valid_from"),
        (new("employment", employment_id="e", agent_id="nobody", valid_from=date(2026, 1, 1)), "agent_id"),
        (new("employment", employment_id="e", agent_id="anna", valid_from=date(2026, 1, 1), hours_week=400.0), "hours_week"),
        (new("team_membership", membership_id="m", agent_id="anna", team_id="vast", valid_from=date(2026, 1, 1), fte_share=80.0), "fte_share"),
        (new("reason", reason_id="r", parent_id="r"), "parent_id"),
        (new("reason", reason_id="r", parent_id="bill_wrong"), "parent_id"),
    ],
)
def test_what_cannot_stand_is_refused_at_its_field(centre: ContactStore, put: Put, field: str) -> None:
    with pytest.raises(BadEdit) as told:
        save(centre, put)
    assert [(issue.file, issue.field) for issue in told.value.issues] == [(put.table, field)]


@pytest.mark.parametrize(
    "put",
    [
        new("team_membership", membership_id="m", agent_id="anna", team_id="vast", role="agent", valid_from=date(2026, 1, 1)),
        new("team_membership", membership_id="m", agent_id="bengt", team_id="nord", role="leader", valid_from=date(2026, 1, 1)),
    ],
)
def test_what_may_be_is_pointed_out_and_not_refused(centre: ContactStore, put: Put) -> None:
    assert [(issue.field, issue.severity) for issue in edits.check(Edit((put,)), centre.snapshot())] == [("valid_from", "warning")]
    save(centre, put)


def test_terms_for_single_queues_stand_beside_those_for_all(centre: ContactStore) -> None:
    save(centre, new("agreement", agreement_id="a", client_id="one", measure="service_level", queue_ids=["one_chat"], valid_from=date(2026, 1, 1)))


def test_the_reach_of_a_change_is_told_in_months(centre: ContactStore) -> None:
    before = row(centre, "agreement", "one_sl")
    facts = centre.snapshot()
    april = date(2026, 4, 20)

    def months(**words: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
        found = reach([("agreement", before, {**before, **words})], facts, april)
        return found.months, found.closed

    assert months(threshold=8.0) == (("2026-03",), ("2026-03",))
    assert months(valid_to=date(2026, 4, 1)) == ((), ())
    assert months(valid_to=date(2026, 3, 31)) == (("2026-03",), ("2026-03",))
    assert months(penalty_note="none") == ((), ())
    assert reach([("agreement", before, {**before, "threshold": 8.0})], facts, date(2026, 3, 20)).closed == ()


@pytest.mark.parametrize(
    ("words", "months"),
    [
        ({"holidays": "2026; 2026-12-24; 2026-12-25"}, ()),
        ({"holidays": "2026; 2026-03-02"}, ("2026-03",)),
        ({"weekly": "mo 10:00-11:00"}, ("2026-03",)),
    ],
)
def test_new_opening_hours_reach_only_the_months_in_which_they_differ(centre: ContactStore, words: dict[str, str], months: tuple[str, ...]) -> None:
    before = row(centre, "calendar", "weekdays")
    assert reach([("calendar", before, {**before, **words})], centre.snapshot(), date(2026, 4, 20)).months == months


def test_a_name_changes_no_figure(centre: ContactStore) -> None:
    before = row(centre, "queue", "one_chat")
    assert not reach([("queue", before, {**before, "name": "Chat"})], centre.snapshot(), date(2026, 4, 20))


def test_the_history_says_who_changed_what(centre: ContactStore) -> None:
    save(centre, change(centre, "team", "vast", name="Team West"))
    newest, first = versions(centre.snapshot(), "team", "vast")
    assert (newest.by, newest.changed) == ("ingrid", (("name", "Team Väst", "Team West"),))
    assert first.changed == ()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_files_come_back_as_they_went(centre: ContactStore, tmp_path: Path, form: str) -> None:
    odd = new("queue", queue_id="a,b;c", client_id="one", name="=SUM(1)", skill="'+ok")
    contract = new("employment", employment_id="e", agent_id="anna", valid_from=date(2026, 1, 1), hours_week=37.5)
    save(centre, odd, new("team", team_id="odd", name="-1", queue_ids=["a,b;c", "one_chat"]), contract)
    before = {table: by_id(centre.snapshot(), table) for table in EDITED}
    files.export(centre.snapshot(), tmp_path / "out", form)
    report = nyckeltal.load(tmp_path / "out", home=centre.home, now=NOW)
    assert set(report.facts) == set(EDITED)
    assert {table: (count.new, count.changed, count.refused) for table, count in report.facts.items()} == dict.fromkeys(EDITED, (0, 0, {}))
    assert {table: by_id(centre.snapshot(), table) for table in EDITED} == before


def test_a_row_edited_in_the_file_changes_that_row(centre: ContactStore, tmp_path: Path) -> None:
    told = list(csv.reader(io.StringIO(files.as_csv("team", by_id(centre.snapshot(), "team").values()).decode("utf-8-sig"))))
    file = tmp_path / "teams.csv"
    with file.open("w", encoding="utf-8", newline="") as out:  # as a spreadsheet in Swedish saves it
        csv.writer(out, delimiter=";").writerows([["Team West" if cell == "Team Väst" else cell for cell in line] for line in told])
    report = nyckeltal.load(file, home=centre.home, now=NOW)
    assert (report.facts["team"].changed, report.facts["team"].unchanged) == (1, 2)
    assert row(centre, "team", "vast")["name"] == "Team West"
