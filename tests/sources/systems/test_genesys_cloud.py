"""Genesys Cloud beyond its samples: answers that come again, conversations that go on, and what is not known."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from nyckeltal.errors import CannotRead
from nyckeltal.sources import find
from nyckeltal.sources.load import LoadReport, load
from tables import aside, put, rows

SAMPLES = Path(find.__file__).parent / "systems" / "genesys_cloud" / "samples"
DETAILS: list[dict[str, Any]] = json.loads((SAMPLES / "conversation-details.json").read_text(encoding="utf-8"))["conversations"]
USERS: list[dict[str, Any]] = json.loads((SAMPLES / "users-details.json").read_text(encoding="utf-8"))["userDetails"]
CHAT = next(one for one in DETAILS if one["conversationId"] == "c-1")


def _ended() -> dict[str, Any]:
    """The chat that lasts in the sample, as it is told when all is over."""
    ended = copy.deepcopy(CHAT) | {"conversationEnd": "2026-03-2T10:06:00.000Z"}
    session = ended["participants"][2]["sessions"][0]
    session["segments"][1] |= {"segmentEnd": "2026-03-2T10:05:09.000Z", "disconnectType": "client"}
    session["metrics"] += [{"name": "tTalk", "value": 300_000}, {"name": "nError", "value": 1}]
    return ended


def _load(home: Path, folder: Path, name: str, said: object) -> LoadReport:
    return load(put(folder, json.dumps(said), name), home=home)


def test_a_conversation_that_went_on_is_completed_and_an_older_answer_changes_nothing(home: Path, tmp_path: Path) -> None:
    _load(home, tmp_path, "open.json", CHAT)
    assert rows(home, "segment")["c-1-ag"]["acw_s"] is None
    _load(home, tmp_path, "ended.json", {"conversations": [_ended()]})
    segment = rows(home, "segment")["c-1-ag"]
    assert (segment["talk_s"], segment["hold_s"], segment["acw_s"], segment["end_kind"]) == (300, 0, 0, "agent")
    report = _load(home, tmp_path, "again.json", [CHAT])
    assert (report.facts["segment"].older, rows(home, "segment")["c-1-ag"]["talk_s"]) == (1, 300)


def test_a_correction_that_only_shortens_a_conversation_counts_and_an_answer_from_before_its_end_does_not(home: Path, tmp_path: Path) -> None:
    _load(home, tmp_path, "ended.json", {"conversations": [_ended()]})
    shorter = copy.deepcopy(_ended()) | {"conversationEnd": "2026-03-02T10:04:30.000Z"}
    session = shorter["participants"][2]["sessions"][0]
    session["segments"][1] |= {"segmentEnd": "2026-03-02T10:04:20.000Z"}
    session["metrics"] = [one | ({"value": 250_000} if one["name"] == "tTalk" else {}) for one in session["metrics"]]
    report = _load(home, tmp_path, "corrected.json", {"conversations": [shorter]})
    assert (report.facts["contact"].changed, report.facts["segment"].changed) == (1, 1)
    assert f"{rows(home)['c-1']['ended_at']:%H:%M:%S}" == "10:04:30"
    assert rows(home, "segment")["c-1-ag"]["talk_s"] == 250
    assert _load(home, tmp_path, "open.json", [CHAT]).facts["contact"].older == 1
    assert rows(home, "segment")["c-1-ag"]["talk_s"] == 250


def test_a_part_that_a_correction_has_no_more_is_gone(home: Path, tmp_path: Path) -> None:
    voice = next(one for one in DETAILS if one["conversationId"] == "v-1")
    _load(home, tmp_path, "first.json", [voice])
    assert [name for name in rows(home, "segment") if name.startswith("v-1")] == ["v-1-a1", "v-1-a2", "v-1-a3"]
    fewer = {**voice, "participants": voice["participants"][:4]}
    report = _load(home, tmp_path, "corrected.json", [fewer])
    assert (report.facts["segment"].withdrawn, report.facts["queue_visit"].withdrawn) == (2, 1)
    assert list(rows(home, "segment")) == ["v-1-a1"]
    assert list(rows(home, "queue_visit")) == ["v-1-q1"]
    _load(home, tmp_path, "again.json", {"conversations": [voice]})
    assert list(rows(home, "segment")) == ["v-1-a1", "v-1-a2", "v-1-a3"]


def test_of_a_conversation_on_two_pages_the_newest_counts(home: Path, tmp_path: Path) -> None:
    report = _load(home, tmp_path, "pages.json", {"conversations": [_ended(), CHAT]})
    assert report.facts["genesys_cloud"].repeated == 1
    assert rows(home)["c-1"]["handle_s"] == 300


def test_an_answer_without_conversations_is_no_fault(home: Path, tmp_path: Path) -> None:
    files = [put(tmp_path, json.dumps({"conversations": DETAILS}), "a.json"), put(tmp_path, json.dumps({"totalHits": 0}), "b.json")]
    assert load(files, system="genesys_cloud", home=home).facts["contact"].new == 7


def test_what_is_not_known_is_set_aside_with_its_reason(home: Path, tmp_path: Path) -> None:
    odd = copy.deepcopy(CHAT) | {"conversationId": "odd"}
    odd["participants"][0]["sessions"][0]["mediaType"] = "telepathy"
    never = copy.deepcopy(CHAT) | {"conversationId": "never", "conversationStart": "2026-02-30T10:00:00Z"}
    _load(home, tmp_path, "a.json", [*DETAILS, odd, never, 7])
    assert [(row["field"], row["source_id"], row["line"]) for row in aside(home)] == [
        ("mediaType", "odd", 7),
        ("conversationStart", "never", 8),
        (None, None, 9),
    ]
    with pytest.raises(CannotRead, match="telepathy"):
        _load(home, tmp_path, "b.json", [odd])


def test_a_presence_that_lasted_gets_its_end(home: Path, tmp_path: Path) -> None:
    _load(home, tmp_path, "a.json", {"userDetails": USERS})
    later = copy.deepcopy(USERS[0])
    later["primaryPresence"][-1]["endTime"] = later["routingStatus"][-1]["endTime"] = "2026-03-02T16:00:00.000Z"
    report = _load(home, tmp_path, "b.json", {"userDetails": [later]})
    assert (report.facts["agent_state"].changed, report.facts["agent_state"].unchanged) == (1, 5)


def test_time_on_the_queue_counts_only_as_far_as_its_routing_is_told(home: Path, tmp_path: Path) -> None:
    half = {"userId": "u", "primaryPresence": USERS[0]["primaryPresence"][1:2], "routingStatus": USERS[0]["routingStatus"][2:3]}
    _load(home, tmp_path, "a.json", {"userDetails": [half]})
    [spell] = rows(home, "agent_state").values()
    assert (spell["state"], spell["duration_s"]) == ("talking", 260)


def _session(key: str, medium: str, *segments: tuple[str, int, int], **said: Any) -> dict[str, Any]:
    """A session with segments of (type, first minute, last minute)."""
    told = [
        {"segmentType": kind, "segmentStart": f"2026-03-02T10:{a:02}:00Z", "segmentEnd": f"2026-03-02T10:{b:02}:00Z", "queueId": "q"} for kind, a, b in segments
    ]
    return {"sessionId": key, "mediaType": medium, "segments": told, **said}


def _called_back(key: str, *, agent_twice: bool, one_customer: bool) -> dict[str, Any]:
    """A conversation in which somebody asked to be called back and was."""
    dialled = {"ani": "tel:+4681000", "dnis": "tel:+46701234567", "direction": "outbound"}
    call = _session(f"{key}-call", "voice", ("dialing", 20, 21), ("interact", 21, 25))
    wrap = _session(f"{key}-back", "callback", ("interact", 15, 26), ("wrapup", 26, 28))
    agents = [[wrap], [call]] if agent_twice else [[wrap, call]]
    participants: list[dict[str, Any]] = [
        {"purpose": "customer", "sessions": [_session(f"{key}-in", "voice", ("interact", 0, 5), ani="tel:+46701234567", direction="inbound")]},
        {"purpose": "acd", "sessions": [_session(f"{key}-queue", "voice", ("interact", 1, 4), metrics=[{"name": "tFlowOut", "value": 180_000}])]},
        {"purpose": "acd", "sessions": [_session(f"{key}-again", "callback", ("interact", 5, 15))]},
        {
            "purpose": "customer",
            "sessions": [_session(f"{key}-out", "voice", ("interact", 21, 25), **dialled)],
        },
        *({"purpose": "agent", "userId": "u1", "sessions": sessions} for sessions in agents),
    ]
    if one_customer:  # all that the customer had is told of one participant, and the call to the customer names no queue
        participants[0]["sessions"] += [_session(f"{key}-asked", "callback", ("interact", 5, 26)), *participants.pop(3)["sessions"]]
        call["segments"] = [{name: value for name, value in segment.items() if name != "queueId"} for segment in call["segments"]]
    return {"conversationId": key, "conversationStart": "2026-03-02T10:00:00Z", "conversationEnd": "2026-03-02T10:28:00Z", "participants": participants}


def test_whatever_begins_after_a_call_back_was_asked_for_is_the_call_backs(home: Path, tmp_path: Path) -> None:
    forms = {f"c{at}": {"agent_twice": bool(at % 2), "one_customer": at > 1} for at in range(4)}
    _load(home, tmp_path, "a.json", {"conversations": [_called_back(key, **form) for key, form in forms.items()]})
    contacts = rows(home)
    for key, form in forms.items():
        before, back = contacts[key], contacts[f"{key}#callback"]
        assert [before[name] for name in ("ended_as", "waited_s", "talk_s")] == ["callback_requested", 180, None], form
        assert before["ended_at"].minute == 5, form
        assert [back[name] for name in ("ended_as", "waited_s", "talk_s", "acw_s", "first_agent_id")] == ["answered", 16 * 60, 240, 120, "u1"], form
        assert before["customer_key"] == back["customer_key"], form
    assert {row["queue_id"] for row in rows(home, "segment").values()} == {"q"}
