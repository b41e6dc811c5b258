"""Several tables of one source are one load: all of them count, or none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nyckeltal.contacts.store import ContactStore
from nyckeltal.errors import CannotRead
from nyckeltal.sources.load import load_together, undo
from nyckeltal.sources.written import tables_of
from tables import put, rows


def _part(folder: Path, kind: str, text: str, source: str = "quality") -> tuple[Path, dict[str, Any]]:
    columns = {name: name for name in text.splitlines()[0].split(",")}
    return put(folder, text, f"{kind}.csv"), {"fact": {"kind": kind, "source": source}, "columns": columns}


def _parts(folder: Path, score: str = "80") -> list[tuple[Path, dict[str, Any]]]:
    evaluations = f"evaluation_id,agent_id,completed_at,score\ne1,anna,2026-03-02 10:00:00,{score}\ne2,bo,2026-03-03 10:00:00,90\n"
    return [_part(folder, "qa_evaluation", evaluations), _part(folder, "qa_answer", "answer_id,evaluation_id,item_id,value_n\na1,e1,greets,1\n")]


def test_tables_of_one_source_are_one_load(home: Path, tmp_path: Path) -> None:
    report = load_together(_parts(tmp_path), home=home)
    assert {fact: count.new for fact, count in report.facts.items()} == {"qa_evaluation": 2, "qa_answer": 1}
    assert [row["files"] for row in ContactStore(home).loads().to_pylist()] == ["qa_evaluation.csv, qa_answer.csv"]
    (mapping,) = ContactStore(home).loads().column("mapping").to_pylist()
    assert tables_of(mapping)["fact"]["kind"] == "qa_evaluation"  # what pages read of a load's mapping is that of its first table
    assert load_together(_parts(tmp_path), home=home).already
    undo(report.load_id, home=home)
    assert (rows(home, "qa_evaluation"), rows(home, "qa_answer")) == ({}, {})


def test_one_bad_table_keeps_the_others_out(home: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotRead, match="1 of 2 rows"):
        load_together(_parts(tmp_path, score="800"), home=home)
    assert ContactStore(home).loads().num_rows == 0


def test_tables_of_two_sources_are_refused(home: Path, tmp_path: Path) -> None:
    one, _ = _parts(tmp_path)
    other = _part(tmp_path, "qa_answer", "answer_id,evaluation_id,item_id\na1,e1,greets\n", source="elsewhere")
    with pytest.raises(CannotRead, match="of one source; these are of: elsewhere, quality"):
        load_together([one, other], home=home)
