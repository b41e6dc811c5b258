"""The same call told by a telephone system and by a ticket system, each as it hands its data out, counts once by a rule (decision 0021)."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from batches import read, today
from nyckeltal.contacts.same_rules import Rule
from nyckeltal.contacts.store import ContactStore
from nyckeltal.kpi.ask import ask
from nyckeltal.sources import alike, find
from nyckeltal.sources.load import load, undo
from tables import put

SYSTEMS = Path(find.__file__).parent / "systems"
SAMPLES = {"queue_log": "an-hour-at-the-desk.log", "twilio_taskrouter": "events.json"}


def phone_ticket(number: int, call: dict[str, Any]) -> dict[str, Any]:
    """What Zendesk's interface answers of a ticket that was written during the call, two minutes after it began, and carries its number."""
    made = (call["offered_at"] + timedelta(minutes=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    people = {"requester_id": 9000 + number, "submitter_id": 71, "assignee_id": 71, "group_id": 31}
    via = {"channel": "voice", "source": {"from": {}, "to": {}, "rel": "inbound"}}
    told = {"id": number, "created_at": made, "updated_at": made, "status": "open", "priority": "normal", "type": "question", "tags": []}
    return {**told, **people, "via": via, "external_id": call["source_id"]}


def offered(home: Path) -> float | None:
    [figure] = ask("contacts_offered", home=home, now=today, floor=0)
    return figure.value


@pytest.mark.parametrize("system", SAMPLES)
def test_a_call_and_its_ticket_count_once(home: Path, tmp_path: Path, system: str) -> None:
    load(SYSTEMS / system / "samples" / SAMPLES[system], system=system, client="one", home=home)
    calls = read(ContactStore(home).snapshot(), "contact", where="channel = 'voice' and direction = 'inbound' and handled")
    before = offered(home)
    desk = {"tickets": [phone_ticket(501 + at, call) for at, call in enumerate(calls)], "users": [{"id": 71, "name": "Anna Berg", "role": "agent"}]}
    report = load(put(tmp_path, json.dumps(desk), "tickets.json"), system="zendesk", client="one", home=home)
    assert calls
    assert before is not None
    assert offered(home) == before + len(calls)

    [source] = {call["source"] for call in calls}
    rule = Rule(source, "zendesk-one", ("reference",), None, ("voice",), ("one",))
    (home / "sources.toml").write_text(rule.toml())
    assert ContactStore(home).join(now=today)
    assert offered(home) == before
    snapshot = ContactStore(home).snapshot()
    told = {row["contact_id"]: row for row in read(snapshot, "contact", where=f"source = '{source}'")}
    assert {told[call["contact_id"]]["case_id"] for call in calls} == {f"zendesk-one:{501 + at}" for at in range(len(calls))}
    assert [(one.n, one.unclear, one.of) for one in alike.joined(snapshot)] == [(len(calls), 0, len(calls))]

    undo(report.load_id, home=home)
    assert offered(home) == before
    assert {row["case_id"] for row in read(ContactStore(home).snapshot(), "contact")} == {None}
