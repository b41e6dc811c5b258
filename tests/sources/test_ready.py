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
    assert {(row["zone"], row["utc_offset_s"]) for row in rows(home).values()} == {("Europe/Stockholm", 3600)}
    assert {row["queue_id"] for row in rows(home).values()} == {"Moving", "Winter"}
    assert report.facts["contact"].left_out == {"no agent took it and nobody hung up in a queue: a menu alone, or an attempt of the dialler": 1}
    assert str(rows(home)["24381"]["offered_at"]) == "2026-03-02 07:00:10+00:00"


def test_a_value_that_no_rule_names_is_set_aside(home: Path, tmp_path: Path) -> None:
    more = "".join(CALLS.splitlines(keepends=True)[1].replace("24381", f"9{at:04}") for at in range(30))
    load(put(tmp_path, CALLS + more + more.splitlines()[0].replace("90000", "odd").replace("Inbound", "Telepathy") + "\n"), home=home)
    assert [(row["source_id"], row["field"], row["line"]) for row in aside(home)] == [("odd", "direction", 36)]


def test_a_message_that_somebody_listened_to_is_no_call(home: Path, tmp_path: Path) -> None:
    head, first, *_ = CALLS.splitlines()
    voicemail = first.replace("24381", "24390").replace(",Inbound,", ",Inbound Voicemail,")
    report = load(put(tmp_path, f"{head}\n{first}\n{voicemail}\n"), home=home, client="one", zone="UTC")
    assert list(rows(home)) == ["24381"]
    assert sum(report.facts["contact"].left_out.values()) == 1


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


def test_an_export_with_fewer_columns_tells_what_it_has(home: Path, tmp_path: Path) -> None:
    text = "\ufeffCALL ID,TIMESTAMP,CAMPAIGN,CALL TYPE,AGENT,QUEUE WAIT TIME,TALK TIME,ABANDONED\n"
    text += "1,03/02/2026 08:00:00,Support,Inbound,anna,00:00:20,00:04:00,0\n2,03/02/2026 08:05:00,Support,Inbound,[None],00:00:50,,1\n"
    text += "3,03/02/2026 08:06:00,Support,Autodial,[None],,,\n4,03/02/2026 08:07:00,Support,Inbound,,00:00:00,,0\n"
    text += "5,03/02/2026 08:08:00,Support,Inbound,[None],00:02:55,,0\n"
    report = load(put(tmp_path, text), home=home, client="one", zone="UTC")
    found = {key: (row["ended_as"], row["waited_s"], row["talk_s"], row["acw_s"]) for key, row in rows(home).items()}
    assert found == {"1": ("answered", 20, 240, None), "2": ("abandoned", 50, None, None), "5": ("overflowed", 175, None, None)}
    assert sum(report.facts["contact"].left_out.values()) == 2


def test_a_call_without_a_skill_is_of_no_queue(home: Path, tmp_path: Path) -> None:
    text = "CALL ID,TIMESTAMP,CAMPAIGN,SKILL,CALL TYPE,AGENT,ABANDONED\n1,03/02/2026 08:00:00,Support,[None],Manual,anna,0\n"
    load(put(tmp_path, text + "2,03/02/2026 08:05:00,Support,Billing,Inbound,anna,0\n"), home=home, client="one", zone="UTC")
    assert {key: row["queue_id"] for key, row in rows(home).items()} == {"1": None, "2": "Billing"}


def test_a_queue_that_answers_by_itself_is_no_agent(home: Path, tmp_path: Path) -> None:
    names, *calls = (SYSTEMS / "three_cx" / "samples" / "cdr.csv").read_text(encoding="utf-8").splitlines()
    taken, hung_up = (
        calls[0].replace("08:00:25", "08:00:00").replace(",Queue,Extension", ",queue,extension"),
        calls[1].replace("08:10:00,,", "08:10:00,2026/03/02 08:10:01,"),
    )
    message = calls[0].replace("Call 101", "Call 9").replace(",Queue,Extension", ",Queue,VoiceMail")
    load(put(tmp_path, f"{names}\n{taken}\n{hung_up}\n{message}\n"), home=home, client="one", zone="UTC")
    told = {key.split("|")[0]: tuple(row[name] for name in ("ended_as", "waited_s", "talk_s", "first_agent_id")) for key, row in rows(home).items()}
    assert told == {"Call 101": ("answered", None, None, "101"), "Call 102": ("abandoned", None, None, None), "Call 9": ("overflowed", None, None, None)}


def test_records_without_their_names_are_told_by_the_documented_order(home: Path, tmp_path: Path) -> None:
    _, *calls = (SYSTEMS / "three_cx" / "samples" / "cdr.csv").read_text(encoding="utf-8").splitlines()
    odd = [calls[0].replace("Call 101", f"Call {at}") for at in range(200, 230)]
    odd[2] = odd[2].replace("2026/03/02 08:00:00", "soon")
    load(put(tmp_path, "\n" + "\n".join([*calls, *odd]) + "\n", "cdr.log"), home=home, client="one", zone="UTC")
    assert [rows(home)[key]["ended_as"] for key in ("Call 101|00000A1", "Call 102|00000A2")] == ["answered", "abandoned"]
    assert len(rows(home)) == 31
    assert [row["line"] for row in aside(home)] == [1 + len(calls) + 3], "as the file has it"


def test_a_call_that_met_no_queue_was_left_in_the_menu_and_a_queue_it_went_on_from_was_not_given_up(home: Path, tmp_path: Path) -> None:
    names, *events = (SYSTEMS / "puzzel" / "samples" / "call_events.csv").read_text(encoding="utf-8").splitlines()
    cells = events[1].split(";")
    cells[0], cells[3], cells[names.split(";").index("answered")] = "90", "1", "0"  # an earlier queue of the same call
    menu, last = (events[0].replace("900001", call).replace("1;12345", f"{at};12345", 1) for at, call in ((91, "7"), (92, "8")))
    last = last.replace("08:00:00", "23:00:00")
    load(put(tmp_path, "\n".join([names, ";".join(cells), *events, menu, last]) + "\n"), home=home, client="one", zone="UTC")
    assert {key: row["left_in_menu"] for key, row in rows(home).items()} == {"900001": False, "900002": False, "7": True, "8": False}
    assert [rows(home, "queue_visit")[key]["outcome"] for key in ("90", "2", "6")] == ["overflowed", "answered", "abandoned"]
