"""Agent events of Amazon Connect: what the agent does with contacts goes before the status that is set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nyckeltal.sources import presence
from nyckeltal.sources.gathered import Gathered, Record, Unreadable
from nyckeltal.sources.presence import Named, logged_out, make_spells
from nyckeltal.sources.said import listed, moment, objects, text
from nyckeltal.words import Text

__all__ = ["COLUMNS", "make", "take"]

COLUMNS = {**presence.COLUMNS, "beat": "flag"}
events = ("LOGIN", "LOGOUT", "STATE_CHANGE", "HEART_BEAT")
with_contacts = (("CONNECTED", "talking"), ("CONNECTED_ONHOLD", "holding"), ("ENDED", "acw"))
built_in = {"available": "ROUTABLE", "offline": "OFFLINE"}
_unknown = "“%(value)s” is not known here. There is: %(known)s."


def take(gathered: Gathered, named: Named, record: Record, value: Mapping[str, Any]) -> None:
    """The moment and state of an event."""
    key, kind = text(value, "EventId"), text(value, "EventType")
    if kind not in events:
        raise Unreadable("EventType", Text("sources.json.unknown", _unknown, {"value": kind or "", "known": ", ".join(events)}), key)
    at, snapshot = moment(value, "EventTimestamp", key), objects(value, "CurrentAgentSnapshot")
    agent = text(objects(snapshot, "Configuration"), "Username") or str(text(value, "AgentARN")).rsplit("/", 1)[-1]
    if at is None:
        raise Unreadable("EventTimestamp", Text("sources.row.empty", "“%(field)s” is needed and empty here.", {"field": "EventTimestamp"}), key)
    if kind != "LOGOUT" and not objects(snapshot, "AgentStatus"):
        said = Text("sources.row.empty", "“%(field)s” is needed and empty here.", {"field": "CurrentAgentSnapshot.AgentStatus"})
        raise Unreadable("CurrentAgentSnapshot.AgentStatus", said, key)
    gathered.add("agent_event", record, agent=agent, moment=at, state=logged_out if kind == "LOGOUT" else _state(named, snapshot), beat=kind == "HEART_BEAT")


def _state(named: Named, snapshot: Mapping[str, Any]) -> str | None:
    """None for a status of the company's own that nobody has explained."""
    doing = {text(contact, "State") for contact in listed(snapshot, "Contacts")}
    busy = next((state for said, state in with_contacts if said in doing), None)
    status = objects(snapshot, "AgentStatus")
    name = text(status, "Name") or "Offline"
    kind = text(status, "Type") or built_in.get(name.lower(), "CUSTOM")
    if busy or kind != "CUSTOM":
        return busy or ("available" if kind == "ROUTABLE" else logged_out)
    return named.state(name)


def make(gathered: Gathered) -> None:
    """Spells of what was taken. Heartbeats go on for up to an hour after a logout, and then say nothing."""
    make_spells(gathered, "agent_event", _COUNTING)


_COUNTING = f"""
SELECT * EXCLUDE (beat, told) FROM (
    SELECT *, last_value(CASE WHEN NOT coalesce(beat, false) THEN coalesce(state, '') END IGNORE NULLS) OVER (
        PARTITION BY agent ORDER BY moment, n ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS told
    FROM {{relation}})
WHERE NOT (coalesce(beat, false) AND coalesce(told, '') = '{logged_out}')
"""
