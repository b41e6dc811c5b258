"""Amazon Connect beyond its samples: transfers told in another file, records that come again, and what is not known."""

from __future__ import annotations

import copy
import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from nyckeltal.errors import BadMapping, CannotRead
from nyckeltal.sources import find
from nyckeltal.sources.documents import records
from nyckeltal.sources.load import LoadReport, load
from tables import aside, put, rows

SAMPLES = Path(find.__file__).parent / "systems" / "amazon_connect" / "samples"
RECORDS: list[dict[str, Any]] = [record.value for record in records(SAMPLES / "contact-records.json")]
EVENTS: list[dict[str, Any]] = [record.value for record in records(SAMPLES / "agent-events.jsonl")]


def _load(home: Path, folder: Path, name: str, said: list[dict[str, Any]]) -> LoadReport:
    return load(put(folder, "".join(json.dumps(one) for one in said), name), home=home)


def _facts(home: Path, *tables: str) -> dict[str, dict[str, dict[str, Any]]]:
    load_words = ("load_id", "loaded_at", "customer_key")  # each home has a secret of its own
    return {table: {key: {name: value for name, value in row.items() if name not in load_words} for key, row in rows(home, table).items()} for table in tables}


def test_parts_of_a_contact_in_different_files_are_told_together_in_either_order(tmp_path: Path) -> None:
    one, other = RECORDS[:1] + RECORDS[4:5] + RECORDS[11:12], RECORDS[1:2] + RECORDS[5:6] + RECORDS[12:]
    tables = ("contact", "queue_visit", "segment")
    _load(tmp_path / "whole", tmp_path, "whole.json", one + other)
    whole = _facts(tmp_path / "whole", *tables)
    for name, parts in (("forth", (one, other)), ("back", (other, one))):
        for at, said in enumerate(parts):
            _load(tmp_path / name, tmp_path, f"{at}.json", said)
        assert _facts(tmp_path / name, *tables) == whole, name
    assert whole["contact"]["c-1"]["ended_at"] == datetime(2026, 3, 2, 8, 10, tzinfo=UTC)
    assert whole["segment"]["c-1"]["target_queue_id"] == "Technicians"


def test_a_transfer_alone_stands_for_its_contact_until_that_is_told(home: Path, tmp_path: Path) -> None:
    _load(home, tmp_path, "a.json", RECORDS[1:2])
    contact = rows(home)["c-1"]
    assert (contact["queue_id"], contact["flags"]) == ("Technicians", ["entry_not_logged"])
    _load(home, tmp_path, "b.json", RECORDS[:1])
    contact = rows(home)["c-1"]
    assert (contact["queue_id"], contact["flags"], contact["wait_s"]) == ("Support", [], 20)


def test_a_record_that_comes_again_replaces_the_earlier_and_never_a_later_one(home: Path, tmp_path: Path) -> None:
    _load(home, tmp_path, "late.json", RECORDS[3:4])
    report = _load(home, tmp_path, "early.json", [RECORDS[2] | {"DisconnectReason": "OTHER"}])
    assert report.facts["contact"].older == 1
    corrected = json.loads(json.dumps(RECORDS[3])) | {"LastUpdateTimestamp": "2026-03-02T09:00:00Z", "DisconnectReason": "TELECOM_PROBLEM"}
    report = _load(home, tmp_path, "again.json", [RECORDS[3], corrected])
    assert (report.facts["amazon_connect"].repeated, report.facts["contact"].changed) == (1, 1)
    assert rows(home)["c-3"]["outcome"] == "technical"


def test_a_packed_file_of_the_stream_is_recognised_and_says_how_far_it_goes(home: Path, tmp_path: Path) -> None:
    report = load(put(tmp_path, gzip.compress((SAMPLES / "contact-records.json").read_bytes()), "stream-1-2026-03-02.gz"), home=home)
    assert report.facts["contact"].new == 8
    assert sum(report.facts["amazon_connect"].left_out.values()) == 2
    assert report.known["segment"] == report.known["contact"] == {"company": (datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC))}


def test_what_is_not_known_is_set_aside_with_its_reason(home: Path, tmp_path: Path) -> None:
    many = [RECORDS[6] | {"ContactId": f"m-{at}"} for at in range(60)]
    odd: list[dict[str, Any]] = [
        {"ContactId": "x", "Channel": "FAX", "InitiationMethod": "INBOUND"},
        {"hello": 1},
        RECORDS[6] | {"ContactId": "y", "InitiationTimestamp": "2 March"},
    ]
    _load(home, tmp_path, "a.json", many + odd)
    assert [(row["field"], row["line"], row["source_id"]) for row in aside(home)] == [("Channel", 1, "x"), (None, 1, None), ("InitiationTimestamp", 1, "y")]
    assert "VOICE" in aside(home)[0]["reason"]
    assert len(rows(home)) == 60
    with pytest.raises(CannotRead, match="FAX"):
        _load(home, tmp_path, "b.json", odd[:1] * 3)


def test_an_event_that_tells_no_status_is_no_logout(home: Path, tmp_path: Path) -> None:
    _load(home, tmp_path, "a.json", [*EVENTS, EVENTS[1] | {"CurrentAgentSnapshot": None}])
    assert [row["field"] for row in aside(home)] == ["CurrentAgentSnapshot.AgentStatus"]


def test_agent_events_cut_anywhere_give_the_same_spells(home: Path, tmp_path: Path) -> None:
    for at, said in enumerate((EVENTS[:5], EVENTS[5:8], EVENTS[8:])):
        report = _load(home, tmp_path, f"{at}.json", said)
    assert ["“Plants”" in reason for reason in report.facts["amazon_connect"].left_out] == [True]
    _load(tmp_path / "whole", tmp_path, "whole.json", EVENTS)
    assert _facts(home, "agent_state") == _facts(tmp_path / "whole", "agent_state")


def test_an_event_of_an_earlier_file_loaded_late_changes_only_its_own_spells(home: Path, tmp_path: Path) -> None:
    _load(home, tmp_path, "late.json", EVENTS[6:13])
    before = _facts(home, "agent_state")["agent_state"]
    _load(home, tmp_path, "early.json", EVENTS[:6])
    after = _facts(home, "agent_state")["agent_state"]
    _load(tmp_path / "whole", tmp_path, "whole.json", EVENTS[:13])
    assert after == _facts(tmp_path / "whole", "agent_state")["agent_state"]
    assert {key: after[key] for key in before} == before


def test_a_state_of_the_companys_own_is_what_the_mapping_says(home: Path, tmp_path: Path) -> None:
    file = put(tmp_path, "".join(json.dumps(one) for one in EVENTS), "events.json")
    with pytest.raises(BadMapping, match="offline_work"):
        load(file, system="amazon_connect", mapping={"states": {"plants": "gardening"}}, home=home)
    report = load(file, system="amazon_connect", mapping={"states": {"plants": "offline_work"}}, home=home)
    assert report.facts["amazon_connect"].left_out == {}
    assert [row["duration_s"] for row in rows(home, "agent_state").values() if row["state"] == "offline_work"] == [600]


def test_a_customer_has_one_pseudonym_whichever_way_it_came(home: Path, tmp_path: Path) -> None:
    _load(home, tmp_path, "a.json", RECORDS[6:7])
    table = "id,at,who\n1,2026-03-02 09:00,+46700000001\n"
    columns = {"offered_at": "at", "channel": {"is": "voice"}, "customer_key": "who"}
    load(put(tmp_path, table), mapping={"fact": {"kind": "contact", "client": "one"}, "key": {"columns": ["id"]}, "columns": columns}, home=home)
    assert rows(home)["c-6"]["customer_key"] == rows(home)["1"]["customer_key"]


def test_whom_a_call_never_reached_was_not_answered(home: Path, tmp_path: Path) -> None:
    asked, back = (next(one for one in RECORDS if one["ContactId"] == key) for key in _call_back())
    never = copy.deepcopy(back) | {"ConnectedToSystemTimestamp": None}
    never["Agent"]["AgentInteractionDuration"] = 0
    _load(home, tmp_path, "a.json", [asked, never])
    contact, segment = rows(home)[back["ContactId"]], rows(home, "segment")[back["ContactId"]]
    assert (contact["ended_as"], contact["handled"], segment["answered"], segment["talk_s"]) == (None, False, False, None)
    _load(home, tmp_path, "b.json", [asked, back | {"LastUpdateTimestamp": "2026-03-05T00:00:00Z"}])
    assert rows(home)[back["ContactId"]]["ended_as"] == "answered"


def _call_back() -> tuple[str, str]:
    """The sample's record of who asked to be called back, and of the call-back."""
    back = next(one for one in RECORDS if one["InitiationMethod"] == "CALLBACK")
    return back["PreviousContactId"], back["ContactId"]


def test_an_agents_part_ends_with_the_after_work_though_the_call_goes_on_elsewhere(home: Path, tmp_path: Path) -> None:
    record = copy.deepcopy(next(one for one in RECORDS if (one.get("Agent") or {}).get("AfterContactWorkEndTimestamp")))
    ends = {"DisconnectTimestamp": "2026-03-02T23:00:00Z", "TransferCompletedTimestamp": record["DisconnectTimestamp"]}
    record |= {"ContactId": "out", "NextContactId": None, **ends}
    _load(home, tmp_path, "a.json", [record])
    segment = rows(home, "segment")["out"]
    assert segment["ended_at"].isoformat().replace("+00:00", "Z") == record["Agent"]["AfterContactWorkEndTimestamp"]
    assert segment["end_kind"] == "transfer"


def test_heartbeats_after_a_logout_say_nothing_until_the_next_login(home: Path, tmp_path: Path) -> None:
    there = {"Configuration": {"Username": "anna"}, "AgentStatus": {"Name": "Available", "Type": "ROUTABLE"}, "Contacts": []}
    told = [
        ("LOGIN", "08:00"),
        ("HEART_BEAT", "08:02"),
        ("LOGOUT", "09:00"),
        ("HEART_BEAT", "09:02"),
        ("HEART_BEAT", "09:04"),
        ("LOGIN", "10:00"),
        ("LOGOUT", "10:30"),
    ]
    events = [
        {"AgentARN": "a/agent/1", "EventId": at, "EventType": kind, "EventTimestamp": f"2026-03-02T{at}:00.000Z", "CurrentAgentSnapshot": there}
        for kind, at in told
    ]
    for at, part in enumerate((events[:4], events[4:])):
        _load(home, tmp_path, f"{at}.json", part)
    assert sorted((row["started_at"].hour, row["ended_at"].hour, row["state"]) for row in rows(home, "agent_state").values()) == [
        (8, 9, "available"),
        (10, 10, "available"),
    ]
