"""A world of dict rows with the words kept at load, made from the rows as a file would give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from nyckeltal.contacts.schema import TABLES
from oracle import clocks, parts, planning, trade, work

Row = dict[str, Any]

CASE_MOMENT = datetime(2026, 3, 2, 9, tzinfo=UTC)
CASE_DEFAULTS: dict[str, Row] = {
    "contact": {"client_id": "c1", "channel": "voice", "offered_at": CASE_MOMENT},
    "queue_visit": {"queue_id": "q1", "outcome": "answered"},
    "case": {"client_id": "c1", "opened_at": CASE_MOMENT},
    "survey_invitation": {"client_id": "c1", "drawn_at": CASE_MOMENT},
    "survey_response": {"client_id": "c1", "answered_at": CASE_MOMENT},
    "promise": {"client_id": "c1"},
    "queue": {"client_id": "c1"},
}


class World:
    """`rows` by table; every fact's rows carry their derived words, and `clock` (the zone they stand in), afterwards."""

    def __init__(self, rows: Mapping[str, Sequence[Mapping[str, Any]]], known_until: datetime | None = None, *, case: bool = False) -> None:
        given = {table: [dict(row) for row in rows.get(table, [])] for table in TABLES}
        if case:
            given = _as_case(given)
        self.known_until = known_until
        self.tables: dict[str, list[Row]] = {table: [_filled(table, row) for row in found] for table, found in given.items()}
        self.by_id = {table: {str(row[TABLES[table].key or ""]): row for row in found} for table, found in self.tables.items() if TABLES[table].key}
        stated = {table: rows for table, rows in self.tables.items() if TABLES[table].made and rows}
        self._derive()
        self.tables |= {table: [_placed(table, row) for row in rows] for table, rows in stated.items()}

    def get(self, table: str, key: str | None) -> Row | None:
        return self.by_id[table].get(key) if key is not None else None

    def zone_of(self, queue_id: str | None, client_id: str | None, file_zone: str | None) -> str:
        queue, client = self.get("queue", queue_id) or {}, self.get("client", client_id) or {}
        theirs = sorted((row["queue_id"], row["tz"]) for row in self.tables["queue"] if row["client_id"] == client_id and row["tz"])
        return queue.get("tz") or client.get("tz") or (theirs[0][1] if theirs else None) or file_zone or "UTC"

    def in_hours(self, queue_id: str | None, moment: datetime) -> bool:
        calendar = self.get("calendar", (self.get("queue", queue_id) or {}).get("calendar_id"))
        return calendar is None or clocks.is_open(calendar, moment)

    def ancestor(self, reason_id: str | None, level: int) -> str | None:
        """The reason at that level above (or at) a reason; the reason itself where there is none."""
        at = self.get("reason", reason_id)
        while at is not None:
            if self._level(at) == level:
                return str(at["reason_id"])
            at = self.get("reason", at["parent_id"])
        return reason_id

    def _level(self, reason: Row) -> int:
        return int(reason["level"]) if reason["level"] is not None else self._depth(reason)

    def _depth(self, reason: Row) -> int:
        parent = self.get("reason", reason["parent_id"])
        return 1 if parent is None else 1 + self._depth(parent)

    def _derive(self) -> None:
        parts.derive(self)
        for case in self.tables["case"]:
            zone = self.zone_of(None, case["client_id"], case["zone"])
            named = [row for row in self.tables["contact"] if row["case_id"] == case["case_id"]]
            case["contacts_n"] = sum(row["direction"] == "inbound" and not row["is_test"] and row["callback_of"] is None for row in named)
            case["reopened_after_s"] = _after_close(case)
            case |= {"clock": zone, "opened_date": _day(case["opened_at"], zone), "closed_date": _day(case["closed_at"], zone)}
        for response in self.tables["survey_response"]:
            response.update(self._about(response))
        for invitation in self.tables["survey_invitation"]:
            contact = self.get("contact", invitation["contact_id"])
            zone = self.zone_of((contact or {}).get("queue_id"), invitation["client_id"], invitation["zone"])
            invitation |= {"clock": zone, "local_date": _day(invitation["drawn_at"], zone), **_sort_of(contact)}
        for promise in self.tables["promise"]:
            promise |= {"clock": "UTC", "local_date": promise["period_ended_on"]}
        trade.derive(self)
        work.derive(self)
        planning.derive(self)

    def _about(self, response: Row) -> Row:
        """What an answer takes from its question, its invitation and the contact it is about."""
        invitation = self.get("survey_invitation", response["invitation_id"]) or {}
        contact = self.get("contact", invitation.get("contact_id")) or {}
        zone = self.zone_of(contact.get("queue_id"), response["client_id"], response["zone"])
        return {
            "clock": zone,
            "local_date": _day(response["answered_at"], zone),
            "measure": (self.get("question", response["question_id"]) or {}).get("measure"),
            "contact_id": invitation.get("contact_id"),
            "agent_id": invitation.get("agent_id") or contact.get("first_agent_id"),
            "queue_id": contact.get("queue_id"),
            "channel": contact.get("channel") or invitation.get("channel"),
            "reason_id": contact.get("reason_id"),
            **_sort_of(contact),
        }


def _placed(table: str, row: Row) -> Row:
    """A stated row of a fact that is made of others, in its day by UTC; where rows are stated, they are all there are."""
    moment = row[TABLES[table].placed_by or ""]
    return {"local_date": moment.date() if isinstance(moment, datetime) else moment, **row, "clock": "UTC"}


def _sort_of(contact: Row | None) -> Row:
    """Whether what is said of a contact is said of a test or a call of ours; of none it is neither."""
    return {"is_test": (contact or {}).get("is_test", False), "direction": (contact or {}).get("direction", "inbound")}


def _after_close(case: Row) -> float | None:
    """How long a case that is open again had been closed."""
    closed, again = case["closed_at"], case["reopened_at"]
    return (again - closed).total_seconds() if closed and again and again >= closed else None


def _day(moment: datetime | None, zone: str) -> date | None:
    return clocks.local(moment, zone).date() if moment else None


def _filled(table: str, row: Row) -> Row:
    """The row with the model's defaults; a source that names none is the case's."""
    defaults: Row = {column.name: column.default for column in TABLES[table].loaded}
    return {"source": "case", **defaults, **row}


def _as_case(rows: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """What a worked case need not say (kpi-language): repeated rows, ids, moments, the contact's outcome and queue."""
    whole = {table: [dict(row) for row in found for _ in range(row.pop("times", 1))] for table, found in rows.items()}
    for table, found in whole.items():
        for number, row in enumerate(found):
            row.setdefault(TABLES[table].key or "number", f"{table} {number}")
            for name, value in CASE_DEFAULTS.get(table, {}).items():
                row.setdefault(name, value)
    for contact in whole["contact"]:
        visits = sorted((row for row in whole["queue_visit"] if row["contact_id"] == contact["contact_id"]), key=lambda row: row.get("seq", 1))
        for visit in visits:
            visit.setdefault("entered_at", contact["offered_at"])
        outcomes = [row["outcome"] for row in visits]
        contact.setdefault("outcome", "answered" if not visits or "answered" in outcomes else outcomes[-1])
        contact.setdefault("queue_id", visits[0]["queue_id"] if visits else "q1")
    asked = {row["question_id"] for row in whole["survey_response"]} - {row["question_id"] for row in whole["question"]}
    whole["question"] += [{"question_id": name, "measure": name} for name in sorted(asked)]
    return whole
