"""Systems of mappings alone: told by their header, each fact from its own mapping."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from nyckeltal.errors import CannotRead
from nyckeltal.sources import find
from nyckeltal.sources.load import load
from nyckeltal.sources.mapping_file import read_mapping
from nyckeltal.sources.ready import Ready
from tables import aside, put, rows

SYSTEMS = Path(find.__file__).parent / "systems"
CALLS = (SYSTEMS / "five9" / "samples" / "call-log.csv").read_text(encoding="utf-8")
READY = sorted(path for path in SYSTEMS.glob("*/*.toml"))


@pytest.mark.parametrize("path", READY, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_ready_mapping_is_whole(path: Path) -> None:
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    assert read_mapping({**said, "fact": {**said["fact"], "client": "one"}})[1] == []
    assert isinstance(find.systems()[path.parent.name], Ready)


def test_the_mapping_that_uses_most_of_the_columns_is_taken(home: Path, tmp_path: Path) -> None:
    skilled = CALLS.replace("CAMPAIGN,", "CAMPAIGN,SKILL,").replace(",Support,", ",Support,Moving,").replace(",Sales,", ",Sales,Winter,")
    report = load(put(tmp_path, skilled), home=home, client="one", zone="Europe/Stockholm")
    assert {row["queue_id"] for row in rows(home).values()} == {"Moving", "Winter"}
    assert report.facts["contact"].left_out == {"no agent took it and nobody hung up in a queue: a menu alone, or an attempt of the dialler": 1}
    assert str(rows(home)["24381"]["offered_at"]) == "2026-03-02 07:00:10+00:00"


def test_a_value_that_no_rule_names_is_set_aside(home: Path, tmp_path: Path) -> None:
    more = "".join(CALLS.splitlines(keepends=True)[1].replace("24381", f"9{at:04}") for at in range(30))
    load(put(tmp_path, CALLS + more + more.splitlines()[0].replace("90000", "odd").replace("Inbound", "Telepathy") + "\n"), home=home)
    assert [(row["source_id"], row["field"], row["line"]) for row in aside(home)] == [("odd", "direction", 36)]


def test_each_fact_of_a_file_is_read_by_its_own_mapping(home: Path) -> None:
    report = load(SYSTEMS / "puzzel" / "samples" / "call_events.csv", home=home, client="one")
    assert [report.facts[fact].new for fact in ("contact", "queue_visit", "segment")] == [2, 2, 2]
    contact = rows(home)["900001"]
    assert (contact["ended_as"], contact["waited_s"], contact["talk_s"]) == ("answered", 40, 250)
    assert rows(home)["900002"]["abandoned"]
    assert set(report.known["segment"]) == set(report.known["contact"]) == {"one"}


def test_a_file_of_other_columns_is_refused_with_what_is_needed(home: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotRead, match="QUEUE WAIT TIME"):
        load(put(tmp_path, "a,b\n1,2\n"), system="five9", home=home)


def test_any_other_value_is_what_the_star_says(home: Path, tmp_path: Path) -> None:
    columns = {"offered_at": "at", "channel": {"is": "voice"}, "outcome": {"from": "result", "values": {"HANG": "abandoned", "": "closed", "*": "answered"}}}
    said = {"fact": {"kind": "contact", "client": "one"}, "key": {"columns": ["id"]}, "columns": columns}
    text = "id,at,result\n1,2026-03-02 09:00,HANG\n2,2026-03-02 09:01,anna\n3,2026-03-02 09:02,\n"
    load(put(tmp_path, text), mapping=said, home=home)
    assert [row["outcome"] for _, row in sorted(rows(home).items())] == ["abandoned", "answered", "closed"]
