"""Users' presence and routing status of Genesys Cloud as spells of one state each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from nyckeltal.sources.coverage import coverage
from nyckeltal.sources.gathered import Gathered, Record, Unreadable
from nyckeltal.sources.said import listed, moment, text
from nyckeltal.words import Text

COLUMNS = {"agent": "text", "starts": "moment", "ends": "moment", "state": "text"}
on_queue = "ON_QUEUE"
presences = {
    on_queue: "available",  # what is done meanwhile the routing status says
    "AVAILABLE": "offline_work",
    "BUSY": "offline_work",
    "AWAY": "break",
    "IDLE": "break",
    "BREAK": "break",
    "MEAL": "break",
    "MEETING": "meeting",
    "TRAINING": "training",
    "OFFLINE": None,
}
routings = {"OFF_QUEUE": "available", "IDLE": "available", "NOT_RESPONDING": "available", "INTERACTING": "talking", "COMMUNICATING": "talking"}
_for_ever = datetime.max.replace(tzinfo=UTC)
Spell = tuple[datetime, datetime, str]


def take(gathered: Gathered, record: Record) -> None:
    """Spells of one user; on the queue only as far as the routing status is told."""
    user = text(record.value, "userId")
    if not user:
        raise Unreadable("userId", Text("sources.row.no_key", "The key (%(columns)s) is empty.", {"columns": "userId"}))
    present = _spells(record.value, "primaryPresence", "systemPresence", presences, user)
    routed = _spells(record.value, "routingStatus", "routingStatus", routings, user)
    rows = [(start, end, presences[said]) for start, end, said in present if said != on_queue]
    for start, end, said in present:
        if said == on_queue:
            rows += [(max(start, first), min(end, last), routings[doing]) for first, last, doing in routed if max(start, first) < min(end, last)]
    for start, end, state in rows:
        if state:
            gathered.add("spell", record, agent=user, starts=start, ends=None if end == _for_ever else end, state=state)


def _spells(value: Any, name: str, field: str, known: dict[str, Any], user: str) -> list[Spell]:
    found = []
    for one in listed(value, name):
        start, end, said = moment(one, "startTime", user), moment(one, "endTime", user), (text(one, field) or "").upper()
        if said not in known:
            raise Unreadable(
                field, Text("sources.json.unknown", "“%(value)s” is not known here. There is: %(known)s.", {"value": said, "known": ", ".join(known)}), user
            )
        if start is None:
            raise Unreadable("startTime", Text("sources.row.empty", "“%(field)s” is needed and empty here.", {"field": "startTime"}), user)
        found.append((start, end or _for_ever, said))
    return found


def make(gathered: Gathered) -> None:
    """Hand the spells over; one that is told again is known better."""
    columns = {
        "source_id": "agent || '|' || epoch_us(starts)",
        "n": "n",
        "agent_id": "agent",
        "started_at": "starts",
        "ended_at": "ends",
        "state": "state",
    }
    gathered.hand_over("agent_state", "spell", columns)
    states = {"agent_state": gathered.reading.facts["agent_state"]}
    gathered.reading.kinds |= coverage(gathered.con, states, gathered.setting, gathered.setting.zone)
