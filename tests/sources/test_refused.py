"""A refused row that a later load put right is told from one that still waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nyckeltal.contacts.store import ContactStore
from nyckeltal.errors import CannotRead, UserMistake
from nyckeltal.sources import refusing
from nyckeltal.sources.load import load, undo
from nyckeltal.sources.refused import refused_rows, settle, still_refused
from tables import calls, loaded, mapping, put

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def _corrected_by(home: Path) -> dict[str, str | None]:
    return {row["original"].split(",")[0]: row["corrected_by"] for row in refused_rows(ContactStore(home)).to_pylist()}


def test_a_row_that_came_right_later_is_corrected(home: Path, tmp_path: Path) -> None:
    loaded(home, put(tmp_path, calls(80, row_5="5,yesterday,5", row_7="7,2026-03-02 09:07:00")))
    assert _corrected_by(home) == {"5": None, "7": None}
    repair = loaded(home, put(tmp_path, "id,at,wait\n5,2026-03-02 09:05:00,5\n", "repair.csv"))
    assert _corrected_by(home) == {"5": repair.load_id, "7": None}
    undo(repair.load_id, home=home)
    assert _corrected_by(home) == {"5": None, "7": None}


def test_a_refused_correction_is_not_put_right_by_the_row_it_was_to_correct(home: Path, tmp_path: Path) -> None:
    loaded(home, put(tmp_path, calls()))
    loaded(home, put(tmp_path, calls(row_5="5,yesterday,5"), "later.csv"))
    assert _corrected_by(home) == {"5": None}


def test_a_row_of_the_organisation_is_corrected_by_its_id(home: Path, tmp_path: Path) -> None:
    said = {"fact": {"kind": "agent"}, "columns": {"agent_id": "id", "hired_on": "hired"}}
    rows = [f"a{at},2026-01-01\n" for at in range(30)]
    loaded(home, put(tmp_path, "id,hired\n" + "".join(rows) + "b,soon\n", "agents.csv"), said)
    assert _corrected_by(home) == {"b": None}
    repair = loaded(home, put(tmp_path, "id,hired\nb,2026-02-01\n", "repair.csv"), {**said, "fact": {"kind": "agent", "source": "hr"}})
    assert _corrected_by(home) == {"b": repair.load_id}


def test_another_source_with_the_same_key_corrects_nothing(home: Path, tmp_path: Path) -> None:
    loaded(home, put(tmp_path, calls(row_5="5,yesterday,5")))
    loaded(home, put(tmp_path, "id,at,wait\n5,2026-03-02 09:05:00,5\n", "other.csv"), mapping(fact={"kind": "contact", "client": "two"}))
    assert _corrected_by(home) == {"5": None}


def test_a_ticket_of_a_system_is_put_right_by_a_later_export(home: Path, tmp_path: Path) -> None:
    head, rest = (
        "Ticket ID,Subject,Status,Source,Created time,Resolved time\n",
        ["1001,x,Open,Phone,2026-10-07 09:00:00,\n", "1002,x,Open,Email,2026-10-08 09:00:00,\n"],
    )
    load(put(tmp_path, head + "1000,x,Lost in the woods,Phone,2026-10-09 09:00:00,\n" + "".join(rest), "tickets.csv"), home=home, client="one", zone="UTC")
    [row] = refused_rows(ContactStore(home)).to_pylist()
    assert (row["fact"], row["source_id"], row["corrected_by"]) == ("case", "1000", None)
    mended = head + "1000,x,Open,Phone,2026-10-09 09:00:00,\n" + "".join(rest)
    later = load(put(tmp_path, mended, "later.csv"), home=home, client="one", zone="UTC")
    assert [row["corrected_by"] for row in refused_rows(ContactStore(home)).to_pylist()] == [later.load_id]


@pytest.mark.parametrize("rows", [4, 8])
def test_one_bad_row_of_a_few_is_set_aside_and_keeps_no_other_out(home: Path, tmp_path: Path, rows: int) -> None:
    report = loaded(home, put(tmp_path, calls(rows, row_3="3,yesterday,5")))
    assert (report.facts["contact"].new, sum(report.facts["contact"].refused.values())) == (rows - 1, 1)
    assert _corrected_by(home) == {"3": None}


@pytest.mark.parametrize(("rows", "bad"), [(2, 1), (4, 2), (19, 8), (20, 2)])
def test_a_table_of_which_too_much_is_bad_is_refused_whole_however_few_its_rows(home: Path, tmp_path: Path, rows: int, bad: int) -> None:
    wrong = {f"row_{at}": f"{at},yesterday,5" for at in range(1, 1 + bad)}
    with pytest.raises(CannotRead, match=f"{bad} of {rows} rows cannot be used, more than {'5' if rows == 20 else '40'} %"):
        loaded(home, put(tmp_path, calls(rows, **wrong)))
    assert ContactStore(home).loads().num_rows == 0


def test_a_share_that_is_said_of_a_source_holds_for_small_files_too(home: Path, tmp_path: Path) -> None:
    file = put(tmp_path, calls(8, row_3="3,yesterday,5"))
    with refusing.above(0.1), pytest.raises(CannotRead, match="1 of 8 rows cannot be used, more than 10 %"):
        loaded(home, file)
    assert ContactStore(home).loads().num_rows == 0


def test_an_empty_store_has_none(home: Path) -> None:
    assert refused_rows(ContactStore(home)).num_rows == 0


def test_a_row_without_a_key_leaves_the_list_once_somebody_says_that_it_is_settled(home: Path, tmp_path: Path) -> None:
    bad = loaded(home, put(tmp_path, calls(80, row_5=",2026-03-02 09:05:00,5", row_7="7,yesterday,7")))
    store = ContactStore(home)
    [keyless, other] = refused_rows(store, bad.load_id).to_pylist()
    assert (settle(store, bad.load_id, [keyless["row_id"]], settled=True, now=NOW, by="ingrid"), still_refused(refused_rows(store)).num_rows) == (1, 1)
    [settled, open_still] = refused_rows(store).to_pylist()
    assert (settled["settled_at"], settled["settled_by"], open_still["settled_at"], open_still["row_id"]) == (NOW, "ingrid", None, other["row_id"])
    assert settle(store, bad.load_id, None, settled=True, now=NOW, by="ingrid") == 1
    assert settle(store, bad.load_id, None, settled=True, now=NOW, by="ingrid") == 0
    assert still_refused(refused_rows(store)).num_rows == 0


def test_a_settled_row_can_be_opened_again_and_the_last_word_counts(home: Path, tmp_path: Path) -> None:
    bad = loaded(home, put(tmp_path, calls(30, row_5="5,yesterday,5")))
    store = ContactStore(home)
    for settled, at, left in ((True, NOW, 0), (False, NOW + timedelta(hours=1), 1), (True, NOW + timedelta(hours=2), 0)):
        settle(store, bad.load_id, None, settled=settled, now=at, by="ingrid")
        assert still_refused(refused_rows(store)).num_rows == left
    assert len(store.snapshot().small("settled_row")) == 3


def test_a_row_whose_mended_value_is_what_stood_already_can_be_settled(home: Path, tmp_path: Path) -> None:
    loaded(home, put(tmp_path, calls()))
    bad = loaded(home, put(tmp_path, calls(row_5="5,yesterday,5"), "later.csv"))
    loaded(home, put(tmp_path, "id,at,wait\n5,2026-03-02 09:05:00,5\n", "mended.csv"))
    store = ContactStore(home)
    before = store.snapshot().id
    assert _corrected_by(home) == {"5": None}
    assert settle(store, bad.load_id, None, settled=True, now=NOW, by=None) == 1
    assert (still_refused(refused_rows(store)).num_rows, store.snapshot().id) == (0, before)


def test_a_load_taken_back_takes_what_was_said_of_its_rows_along(home: Path, tmp_path: Path) -> None:
    bad = loaded(home, put(tmp_path, calls(30, row_5="5,yesterday,5")))
    store = ContactStore(home)
    settle(store, bad.load_id, None, settled=True, now=NOW, by="ingrid")
    undo(bad.load_id, home=home)
    assert len(store.snapshot().small("settled_row")) == 0
    loaded(home, tmp_path / "calls.csv")
    assert still_refused(refused_rows(store)).num_rows == 1


def test_a_row_that_is_not_refused_or_put_right_already_cannot_be_settled(home: Path, tmp_path: Path) -> None:
    bad = loaded(home, put(tmp_path, calls(30, row_5="5,yesterday,5")))
    store = ContactStore(home)
    [row] = refused_rows(store).to_pylist()
    loaded(home, put(tmp_path, "id,at,wait\n5,2026-03-02 09:05:00,5\n", "mended.csv"))
    for named in ("nobody's", row["row_id"]):
        with pytest.raises(UserMistake, match="no refused row"):
            settle(store, bad.load_id, [named], settled=True, now=NOW, by="ingrid")
