"""A refused row that a later load put right is told from one that still waits."""

from __future__ import annotations

from pathlib import Path

from nyckeltal.contacts.store import ContactStore
from nyckeltal.sources.load import load, undo
from nyckeltal.sources.refused import refused_rows
from tables import calls, loaded, mapping, put


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


def test_an_empty_store_has_none(home: Path) -> None:
    assert refused_rows(ContactStore(home)).num_rows == 0
