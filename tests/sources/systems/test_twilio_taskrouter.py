"""TaskRouter beyond its samples: events that come in pieces, in any order and again, and what is not known."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from nyckeltal.errors import CannotRead
from nyckeltal.sources import find
from nyckeltal.sources.load import LoadReport, load
from tables import aside, put, rows

SAMPLES = Path(find.__file__).parent / "systems" / "twilio_taskrouter" / "samples"
EVENTS: list[dict[str, Any]] = json.loads((SAMPLES / "events.json").read_text(encoding="utf-8"))["events"][::-1]
TABLES = ("contact", "queue_visit", "segment", "agent_state")


def _load(home: Path, folder: Path, name: str, said: list[dict[str, Any]], **options: Any) -> LoadReport:
    return load(put(folder, json.dumps({"events": said}), name), home=home, system="twilio_taskrouter", **options)


def _facts(home: Path) -> dict[str, dict[str, dict[str, Any]]]:
    apart = ("load_id", "loaded_at", "customer_key")  # each home has a secret of its own
    return {table: {key: {name: value for name, value in row.items() if name not in apart} for key, row in rows(home, table).items()} for table in TABLES}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home into which all events went at once, one of them twice."""
    folder = tmp_path_factory.mktemp("whole")
    _load(folder / "home", folder, "whole.json", [*EVENTS, EVENTS[3]])
    return folder / "home"


def test_events_in_pieces_that_overlap_give_what_the_whole_gives(whole: Path, home: Path, tmp_path: Path) -> None:
    for at, (first, last) in enumerate(((0, 9), (7, 14), (14, len(EVENTS)))):
        report = _load(home, tmp_path, f"{at}.json", EVENTS[first:last])
    assert _facts(home) == _facts(whole)
    assert report.facts["segment"].refused == {}


def test_the_end_of_a_task_alone_changes_nothing_that_is_known_better(whole: Path, home: Path, tmp_path: Path) -> None:
    shutil.copytree(whole, home)
    before = _facts(home)
    later = EVENTS[17] | {"sid": "EVlate", "event_date": "2026-03-02T14:00:00Z", "event_date_ms": 1772460000000}
    report = _load(home, tmp_path, "late.json", [later])
    assert (before["contact"], before["segment"]) == (_facts(home)["contact"], _facts(home)["segment"])
    assert ["more of this task" in reason for reason in report.facts["twilio_taskrouter"].left_out] == [True]


def test_event_streams_and_webhooks_as_json_tell_the_same(whole: Path, home: Path, tmp_path: Path) -> None:
    streamed = [{"specversion": "1.0", "type": f"com.twilio.taskrouter.{one['event_type']}", "data": {"payload": _payload(one)}} for one in EVENTS]
    file = put(tmp_path, "\n".join(json.dumps(one) for one in streamed), "stream.jsonl")
    assert load(file, home=home).facts["contact"].new == 4
    assert _facts(home) == _facts(whole)


def _payload(event: dict[str, Any]) -> dict[str, Any]:
    moment = f"{event['event_date'][:-1]}.{event['event_date_ms'] % 1000:03}Z"
    return {**event["event_data"], "sid": event["sid"], "eventtype": event["event_type"], "timestamp": moment}


def test_a_channel_of_the_companys_own_is_what_the_mapping_says(home: Path, tmp_path: Path) -> None:
    own = [json.loads(json.dumps(one).replace('"voice"', '"fax-line"')) for one in EVENTS[18:21]]
    with pytest.raises(CannotRead, match="fax-line"):
        _load(home, tmp_path, "a.json", own)
    report = _load(home, tmp_path, "a.json", own, mapping={"channels": {"fax-line": "message"}})
    assert (report.facts["contact"].new, rows(home)["WT2"]["channel"]) == (1, "message")


def test_what_is_no_event_is_set_aside(home: Path, tmp_path: Path) -> None:
    odd: list[dict[str, Any]] = [{"event_type": "task.created", "sid": "EVx", "event_date": "yesterday", "event_data": {"task_sid": "WTx"}}, {"hello": 1}]
    _load(home, tmp_path, "a.json", [*EVENTS, *EVENTS[:10], *odd])
    assert [(row["field"], row["source_id"]) for row in aside(home)] == [("event_date", "EVx"), ("event_type", None)]


def test_a_line_of_a_webhook_log_that_is_none_is_set_aside_with_its_line(home: Path, tmp_path: Path) -> None:
    text = (SAMPLES / "webhooks.txt").read_text(encoding="utf-8")
    load(put(tmp_path, text + "GET / HTTP/1.1\n" + text, "hooks.log"), home=home)
    [row] = aside(home)
    assert (row["line"], row["file"], row["original"]) == (12, "hooks.log", "GET / HTTP/1.1")
