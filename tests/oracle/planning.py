"""Words of replies and of what was planned: when a written contact was answered and by when that was due, what came of forecasts, and the parts of
shifts; each looked at alone, by every border there is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from oracle import clocks

if TYPE_CHECKING:
    from oracle.world import Row, World

WRITTEN = ("email", "chat", "message", "social")
MEASURES = ("reply_in_time_share", "first_reply_time")
EIGHT_HOURS = 8 * 3600
FARTHEST = 90  # days that are looked through for when something is due
KEEPS = {
    "contact": {"available", "talking", "holding", "acw", "outage"},
    "offline": {"offline_work"},
    "training": {"training", "feedback"},
    "meeting": {"meeting", "feedback"},
    "break": {"break"},
}


def derive(world: World) -> None:
    for contact in world.tables["contact"]:
        contact.update(_reply(world, contact))
    for forecast in world.tables["forecast"]:
        forecast.update(_came(world, forecast))
    for task in world.tables["report_task"]:
        client: Row = world.get("client", task["client_id"]) or {}
        delivered = task["delivered_at"]
        task |= {"clock": "UTC", "local_date": task["due_on"]}
        task["delivered_on"] = clocks.local(delivered, client.get("tz") or task["zone"] or "UTC").date() if delivered else None
    agents = {row["agent_id"] for row in world.tables["schedule_shift"]}
    world.tables["shift_part"] = [part for agent in sorted(agents) for part in _shift_parts(world, agent)]


# ── replies ──


def _reply(world: World, contact: Row) -> Row:
    words: Row = dict.fromkeys(("first_reply_at", "reply_s", "reply_business_s", "reply_due_at", "reply_due_date"))
    if contact["channel"] not in WRITTEN:
        return words
    limit, calendar = _terms(world, contact)
    offered, replied = contact["offered_at"], _replied(world, contact)
    due = offered + timedelta(seconds=limit) if calendar is None else _due(calendar, offered, limit)
    if replied:
        words |= {"first_reply_at": replied, "reply_s": (replied - offered).total_seconds()}
        words["reply_business_s"] = words["reply_s"] if calendar is None else _open_s(calendar, offered, replied)
    zone = world.zone_of(contact["queue_id"], contact["client_id"], contact["zone"])
    return words | {"reply_due_at": due, "reply_due_date": clocks.local(due, zone).date() if due else None}


def _replied(world: World, contact: Row) -> datetime | None:
    """An agent's first message that no machine wrote; of a contact without messages its answer."""
    messages = [row for row in world.tables["message"] if row["contact_id"] == contact["contact_id"]]
    offered, answered = contact["offered_at"], contact["answered_at"]
    if not messages:
        return answered if answered and answered >= offered else None
    own = [row for row in messages if row["author"] == "agent" and not row["is_auto"] and row["direction"] in (None, "outbound")]
    return min((row["sent_at"] for row in own if row["sent_at"] >= offered), default=None)


def _terms(world: World, contact: Row) -> tuple[float, Row | None]:
    """Hours agreed for a reply, and in whose opening hours they are counted."""
    queue: Row = world.get("queue", contact["queue_id"]) or {}
    day, valid = contact["local_date"], []
    for row in world.tables["agreement"]:
        meant = row["client_id"] == contact["client_id"] and row["measure"] in MEASURES and (not row["queue_ids"] or contact["queue_id"] in row["queue_ids"])
        if meant and row["valid_from"] <= day and (row["valid_to"] is None or day < row["valid_to"]):
            valid.append(row)
    valid.sort(key=lambda row: (-MEASURES.index(row["measure"]), bool(row["queue_ids"]), row["valid_from"], row["agreement_id"]), reverse=True)
    limit = next((row["reply_limit_s"] for row in valid if row["reply_limit_s"] is not None), EIGHT_HOURS)
    named = next((row["calendar_id"] for row in valid if world.get("calendar", row["calendar_id"])), queue.get("calendar_id"))
    return limit, world.get("calendar", named)


def _open_s(calendar: Row, start: datetime, end: datetime) -> float:
    days = (end.date() - start.date()).days + 3
    spans = (span for later in range(days) for span in clocks.open_spans(calendar, start.date() + timedelta(days=later - 1)))
    return sum(max(0.0, (min(end, closes) - max(start, opens)).total_seconds()) for opens, closes in spans)


def _due(calendar: Row, offered: datetime, limit: float) -> datetime | None:
    left = limit
    for later in range(FARTHEST):
        for opens, closes in clocks.open_spans(calendar, offered.date() + timedelta(days=later - 1)):
            start = max(opens, offered)
            if closes > start and left <= (closes - start).total_seconds():
                return start + timedelta(seconds=left)
            left -= max(0.0, (closes - start).total_seconds())
    return None


# ── forecasts ──


def _came(world: World, forecast: Row) -> Row:
    """What came in, where that is known, and by how much the last forecast of the interval missed it."""
    queue: Row = world.get("queue", forecast["queue_id"]) or {}
    zone = world.zone_of(forecast["queue_id"], queue.get("client_id"), forecast["zone"])
    start, end = forecast["interval_start"], forecast["interval_start"] + timedelta(seconds=forecast["interval_s"])
    rivals = [row for row in world.tables["forecast"] if (row["queue_id"], row["interval_start"]) == (forecast["queue_id"], start)]
    last = max(rivals, key=lambda row: (row["made_at"] is not None, row["made_at"] or start, row["forecast_id"]))
    day = clocks.local(start, zone).date()
    words: Row = {"clock": zone, "local_date": day, "client_id": queue.get("client_id"), "channel": queue.get("channel"), "counts": last is forecast}
    visits = [row for row in world.tables["queue_visit"] if row["queue_id"] == forecast["queue_id"]]
    named = {(row["client_id"], row["source"]) for row in visits}
    known = [row["local_date"] for row in world.tables["queue_visit"] if (row["client_id"], row["source"]) in named]
    if last is not forecast or not known or not min(known) <= day <= max(known):
        return words | dict.fromkeys(("actual_n", "error_n", "abs_error_n"))
    came = sum(start <= row["entered_at"] < end and row["offered"] and row["direction"] == "inbound" and not row["is_test"] for row in visits)
    return words | {"actual_n": came, "error_n": came - forecast["contacts"], "abs_error_n": abs(came - forecast["contacts"])}


# ── parts of shifts ──


def _shift_parts(world: World, agent: str) -> Iterator[Row]:
    """Between any two borders one shift holds at most, and one state: those that began last."""
    shifts = [row for row in world.tables["schedule_shift"] if row["agent_id"] == agent and row["ended_at"] > row["started_at"]]
    shifts = [row for row in shifts if not any(_replaces(other, row) for other in shifts)]
    states = [row for row in world.tables["agent_state"] if row["agent_id"] == agent]
    days = _known_days(world, states)
    pieces = [piece for shift in shifts for piece in clocks.cut(shift, quarters=False)]
    borders = sorted({row[end] for row in (*pieces, *states) for end in ("started_at", "ended_at") if row[end]})
    for start, end in pairwise(borders):
        planned, doing = _holding(pieces, start, end), _holding(states, start, end)
        day = clocks.local(start, planned["clock"]).date() if planned else None
        if planned and day and days and days[0] <= day <= days[1]:
            told = {name: planned[name] for name in ("agent_id", "clock", "state_class", "exception")}
            state: Any = doing["state"] if doing else None
            told |= {"local_date": day, "state": state, "in_class": state in KEEPS[planned["state_class"]]}
            yield {**told, "started_at": start, "ended_at": end, "duration_s": (end - start).total_seconds()}


def _replaces(other: Row, row: Row) -> bool:
    return bool(other["version"] > row["version"] and other["started_at"] < row["ended_at"] and other["ended_at"] > row["started_at"])


def _known_days(world: World, states: list[Row]) -> tuple[date, date] | None:
    """First and last day of the sources that bring these states."""
    sources = {row["source"] for row in states}
    days = [row["local_date"] for row in world.tables["agent_state"] if row["source"] in sources]
    return (min(days), max(days)) if days else None


def _holding(rows: list[Row], start: datetime, end: datetime) -> Row | None:
    there = [row for row in rows if row["ended_at"] and row["started_at"] <= start and row["ended_at"] >= end]
    return max(there, key=lambda row: (row["started_at"], -row["ended_at"].timestamp()), default=None)
