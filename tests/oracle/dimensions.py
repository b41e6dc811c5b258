"""The groups that a row falls in: one value of each dimension, and several teams where several answer for its queue."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from oracle import clocks
from oracle.rows import COLUMNS

if TYPE_CHECKING:
    from oracle.rows import Reader
    from oracle.world import Row

DIMENSIONS = (*COLUMNS, "team", "leader", "agent", "tenure", "reason1", "reason2", "reason3", "area", "demand", "hour", "weekday", "repeat")
LEVELS = {"agent": "agent", "tenure": "agent", "team": "team", "leader": "team", "queue": "queue"}
OF_THE_REASON = {"area": "responsible_area", "demand": "demand_type"}


def level_of(names: Collection[str]) -> str | None:
    """Asked by or about several levels at once: agent before team before queue."""
    asked = {LEVELS.get(name) for name in names}
    return next((level for level in ("agent", "team", "queue") if level in asked), None)


def values(reader: Reader, row: Row, names: Collection[str]) -> list[dict[str, Any]]:
    """The row's value of each dimension; once for each team it belongs to."""
    plain = {name: _value(reader, row, name) for name in names if name not in ("team", "leader")}
    if not {"team", "leader"} & set(names):
        return [plain]
    return [{**plain, "team": team, "leader": _leader(reader, row, team)} for team in _teams(reader, row)]


def _value(reader: Reader, row: Row, name: str) -> Any:
    match name:
        case "agent":
            return reader.word(reader.credit or "", row)
        case "tenure":
            return _tenure(reader, row)
        case "reason1" | "reason2" | "reason3":
            return reader.world.ancestor(reader.reason_of(row), int(name[-1]))
        case "area" | "demand":
            return (reader.linked("reason", row) or {}).get(OF_THE_REASON[name])
        case "weekday":
            day = reader.day(row)
            return day and day.isoweekday()
        case "hour":
            moment = reader.moment(row)
            return clocks.local(moment, row["clock"]).hour if moment else None
        case "repeat":
            return _repeat(reader, row)
    return _of_the_contact(reader, row, COLUMNS[name])


def _of_the_contact(reader: Reader, row: Row, column: str) -> Any:
    return row[column] if column in row else (reader.linked("contact", row) or {}).get(column)


def _repeat(reader: Reader, row: Row) -> bool | None:
    """Whether the customer had been here about it within the agreed window; unknown where the customer is."""
    about = row if "previous_handled_after_s" in row else reader.linked("contact", row) or {}
    if about.get("customer_key") is None:
        return None
    before = about.get("previous_handled_after_s")
    days = reader.agreed("repeat_window_d", ("repeat_contact_rate", "fcr"), row)
    return before is not None and before <= (7 if days is None else days) * 86400


def _tenure(reader: Reader, row: Row) -> str | None:
    """Whole months since the agent was hired, in bands."""
    day, hired = reader.day(row), (reader.world.get("agent", _value(reader, row, "agent")) or {}).get("hired_on")
    if day is None or hired is None:
        return None
    months = (day.year - hired.year) * 12 + day.month - hired.month - (day.day < hired.day)
    return None if months < 0 else "0-3" if months < 3 else "3-6" if months < 6 else "6-12" if months < 12 else "12+"


def _teams(reader: Reader, row: Row) -> list[str | None]:
    """The teams that answer for the row's queue or client, or the one its person was in on that day, or its own."""
    if reader.names_its_team:
        return [row["team_id"]]
    if listed := reader.team_lists:
        return [team["team_id"] for team in reader.world.tables["team"] if row[reader.credit or ""] in team[listed]] or [None]
    agent = reader.word(reader.credit or "", row)
    member = _valid(reader, row, [found for found in reader.world.tables["team_membership"] if found["agent_id"] == agent and found["role"] == "agent"])
    return [member and member["team_id"]]


def _leader(reader: Reader, row: Row, team: str | None) -> str | None:
    if reader.names_its_team:
        return str(row["leader_id"]) if row.get("leader_id") else None
    leading = _valid(reader, row, [found for found in reader.world.tables["team_membership"] if found["team_id"] == team and found["role"] == "leader"])
    return str(leading["agent_id"]) if leading else None


def _valid(reader: Reader, row: Row, memberships: list[Row]) -> Any:
    """The membership that holds on the row's day, of those who left on the day before; of several the one that began later."""
    day = reader.day(row)
    if day and reader.over == "agent":
        day -= timedelta(days=1)
    holding = [found for found in memberships if day and found["valid_from"] <= day and (found["valid_to"] is None or day < found["valid_to"])]
    return max(enumerate(holding), key=lambda pair: (pair[1]["valid_from"], pair[0]))[1] if holding else None
