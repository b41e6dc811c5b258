"""Words of contacts, queue visits and segments: what each is by itself, what a contact gets from its parts, and its neighbours."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from oracle import clocks

if TYPE_CHECKING:
    from oracle.world import Row, World

FAR = datetime(9999, 1, 1, tzinfo=UTC)
PARTS = ("talk_s", "hold_s", "acw_s")


def derive(world: World) -> None:
    contacts, visits, segments = (world.tables[name] for name in ("contact", "queue_visit", "segment"))
    for contact in contacts:
        _place(world, contact, contact["offered_at"], contact["queue_id"], contact)
        contact["offered"] = contact["callback_of"] is None and not contact["left_in_menu"]
        contact["reason_level2_id"] = world.ancestor(contact["reason_id"], 2)
    loaded = by_contact(visits)
    for visit in visits:
        if visit["outcome"] in ("answered", "abandoned"):
            _fill_wait(visit, _clocked_s(visit["entered_at"], visit["left_at"]))
    for contact in contacts:
        _fill_from_visits(contact, sorted(loaded.get(contact["contact_id"], []), key=_by_visit))
    visits += [_own_visit(contact) for contact in contacts if contact["queue_id"] and contact["contact_id"] not in loaded]
    world.by_id["queue_visit"] = {row["visit_id"]: row for row in visits}
    for visit in visits:
        _visit_words(world, visit)
    named, entered = by_contact(segments), by_contact(visits)
    segments += [
        _own_segment(contact, entered.get(contact["contact_id"], []))
        for contact in contacts
        if _has_own_segment(contact) and contact["contact_id"] not in named
    ]
    had = {source: _parts_of(segments, source) for source in {row["source"] for row in segments}}
    for segment in segments:
        _segment_words(world, segment, had[segment["source"]])
        _onward_words(segment, [row for row in segments if row["source"] == segment["source"]])
    named = by_contact(segments)
    for contact in contacts:
        parts, stays = (found.get(contact["contact_id"], []) for found in (named, loaded))
        _contact_words(world, contact, sorted(parts, key=_in_order), sorted(stays, key=_by_visit))
    known = [contact for contact in contacts if _has_neighbours(contact)]
    for contact in contacts:
        _neighbours(known, contact)


def by_contact(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["contact_id"], []).append(row)
    return found


def _in_order(segment: Row) -> tuple[Any, ...]:
    return segment["seq"], segment["started_at"] or FAR, segment["segment_id"]


def _by_visit(visit: Row) -> tuple[Any, ...]:
    return visit["seq"], visit["entered_at"], visit["visit_id"]


def _fill_from_visits(contact: Row, visits: list[Row]) -> None:
    """How a contact ended and how long it waited, where its own row does not say: as its visits tell, or its clocks."""
    outcomes = [row["outcome"] for row in visits]
    if contact["outcome"] is None and outcomes:
        contact["outcome"] = "answered" if "answered" in outcomes else outcomes[-1]
    _fill_wait(contact, _clocked_s(contact["queue_entered_at"], contact["answered_at"] or contact["abandoned_at"]))
    _fill_wait(contact, _until_decided_s(visits))


def _until_decided_s(visits: list[Row]) -> float | None:
    """From the first entrance until the stay ended that was answered, or the last one where none was."""
    decided = next((row for row in visits if row["outcome"] == "answered"), visits[-1] if visits else None)
    if decided is None or decided["wait_s"] is None:
        return None
    return float(decided["wait_s"] + (decided["entered_at"] - min(row["entered_at"] for row in visits)).total_seconds())


def _fill_wait(row: Row, seconds: float | None) -> None:
    if row["wait_s"] is None:
        row["wait_s"] = seconds


def _clocked_s(start: datetime | None, end: datetime | None) -> float | None:
    return _since(start, end, lambda seconds: None if seconds < 0 else seconds)


def _place(world: World, row: Row, moment: datetime, queue_id: str | None, contact: Row) -> None:
    zone = world.zone_of(queue_id, contact["client_id"], contact["zone"])
    row |= {"clock": zone, "local_date": clocks.local(moment, zone).date(), "in_hours": world.in_hours(queue_id, moment)}


def _own_visit(contact: Row) -> Row:
    """A contact whose source has no visits waited once."""
    entered_at = contact["queue_entered_at"] or contact["offered_at"]
    own = {"visit_id": f"{contact['contact_id']}#1", "seq": 1, "entered_at": entered_at, "source": contact["source"], "is_derived": True}
    return own | {name: contact[name] for name in ("contact_id", "queue_id", "wait_s", "outcome")}


def _visit_words(world: World, visit: Row) -> None:
    contact = world.by_id["contact"][visit["contact_id"]]
    _place(world, visit, visit["entered_at"], visit["queue_id"], contact)
    visit |= {name: contact[name] for name in ("client_id", "channel", "direction", "is_test", "reason_id", "reason_level2_id", "offered")}
    visit["answered"] = _is(visit["outcome"], "answered")
    visit["abandoned"] = _is(visit["outcome"], "abandoned")


def _is(outcome: str | None, name: str) -> bool | None:
    return None if outcome is None else outcome == name


def _has_own_segment(contact: Row) -> bool:
    return contact["outcome"] == "answered" or contact["own_answered"] is True or contact["own_agent_id"] is not None


def _own_segment(contact: Row, entered: list[Row]) -> Row:
    """A contact whose source has no segments had one part."""
    answered = contact["own_answered"]
    if answered is None:
        answered = contact["own_talk_s"] is not None or contact["own_ended_at"] is not None if contact["outcome"] is None else contact["outcome"] == "answered"
    own = {name: contact[f"own_{name}"] for name in ("agent_id", "ring_s", "talk_s", "hold_s", "acw_s", "end_kind", "escalated_to_tier")}
    visit = next((row for row in entered if row.get("is_derived")), None)
    return own | {
        "segment_id": f"{contact['contact_id']}#1",
        "contact_id": contact["contact_id"],
        "visit_id": visit and visit["visit_id"],
        "seq": 1,
        "answered": answered,
        "queue_id": contact["queue_id"],
        "started_at": contact["own_started_at"] or contact["answered_at"],
        "ended_at": contact["own_ended_at"] or contact["ended_at"],
        "concurrency": contact["own_concurrency"] or 1,
        "planned_transfer": contact["own_planned_transfer"] or False,
        "source": contact["source"],
    }


def _segment_words(world: World, segment: Row, had: list[str]) -> None:
    contact = world.by_id["contact"][segment["contact_id"]]
    visit = world.get("queue_visit", segment["visit_id"])
    segment |= {name: contact[name] for name in ("client_id", "channel", "direction", "is_test", "reason_id", "reason_level2_id")}
    segment |= {name: (visit or contact)[name] for name in ("clock", "local_date")}
    segment["placed_at"] = visit["entered_at"] if visit else contact["offered_at"]
    segment["handled"] = segment["answered"]
    segment["offered"] = True  # it rang, or somebody took it without ringing
    handle = _handle_s(segment, had) if segment["answered"] else None
    segment["handle_s"] = handle
    segment["handle_ring_s"] = None if handle is None or segment["ring_s"] is None else handle + segment["ring_s"]
    segment["active_handle_s"] = None if handle is None else handle / max(segment["concurrency"], 1)


def _onward_words(segment: Row, of_source: list[Row]) -> None:
    """Passed on, sent to a higher tier: no and yes, or not told at all by the source."""
    ends, tiers = ({row[name] for row in of_source} - {None} for name in ("end_kind", "escalated_to_tier"))
    segment["transferred"] = (segment["end_kind"] == "transfer" and not segment["planned_transfer"]) if ends else None
    segment["escalated"] = (segment["end_kind"] == "escalation" or (segment["escalated_to_tier"] or 0) > 1) if tiers or "escalation" in ends else None


def _parts_of(segments: list[Row], source: str) -> list[str]:
    """Which of talk, hold and after-work a source has at all."""
    return [name for name in PARTS if any(row["answered"] and row["source"] == source and row[name] is not None for row in segments)]


def _handle_s(segment: Row, had: list[str]) -> float | None:
    """Talk, hold and after-work, each where the source has it at all; by the clocks where the source has none of the three."""
    if had:
        return _sum(segment[name] for name in had)
    if segment["started_at"] and segment["ended_at"] and segment["ended_at"] >= segment["started_at"]:
        return float((segment["ended_at"] - segment["started_at"]).total_seconds())
    return None


def _sum(values: Iterable[float | None]) -> float | None:
    """A missing part makes the whole missing."""
    found = list(values)
    return None if None in found or not found else float(sum(value for value in found if value is not None))


def _contact_words(world: World, contact: Row, segments: list[Row], visits: list[Row]) -> None:
    taken = [row for row in segments if row["answered"]]
    contact["handled"], contact["segments_n"] = bool(taken), len(taken)
    contact["first_agent_id"] = next((row["agent_id"] for row in taken if row["agent_id"] is not None), None)
    contact["transfers_n"] = _transfers_n(segments)
    outcome = contact["outcome"]
    if len(visits) > 1:
        outcome = "answered" if any(row["outcome"] == "answered" for row in visits) else visits[-1]["outcome"]
    elif outcome is None and visits:
        outcome = visits[-1]["outcome"]
    contact["answered"], contact["abandoned"] = _is(outcome, "answered"), _is(outcome, "abandoned")
    contact |= {name: _sum(row[name] for row in taken) for name in PARTS}
    _handle_words(contact, taken)
    contact["ivr_wait_s"] = _since(contact["ivr_started_at"], _end_of_wait(contact), lambda seconds: None if seconds < 0 else seconds)
    notes = [row for row in world.tables["contact"] if row["source"] == contact["source"]]
    told = all(any(row[name] is not None for row in notes) for name in ("reason_id", "reason_type"))
    contact["logged"] = (contact["reason_id"] is not None and contact["reason_type"] is not None) if told else None
    contact["logged_after_s"] = _since(contact["ended_at"], contact["reason_logged_at"], lambda seconds: max(0.0, seconds))
    case = world.get("case", contact["case_id"]) or {}
    again = case.get("reopened_at") if case.get("closed_at") and (case.get("reopened_at") or FAR) >= case["closed_at"] else None
    contact["case_reopened_after_s"] = _since(contact["offered_at"], again, lambda seconds: max(0.0, seconds))
    contact["case_closed_after_s"] = _since(contact["offered_at"], case.get("closed_at"), lambda seconds: max(0.0, seconds))


def _transfers_n(segments: list[Row]) -> int | None:
    """How often a contact was passed on; not told where it had no part, or the source of one does not tell."""
    told = [row["transferred"] for row in segments]
    return None if not told or None in told else sum(row["answered"] and row["transferred"] for row in segments)


def _handle_words(contact: Row, taken: list[Row]) -> None:
    """Time that two people spent on the contact at once belongs to each of them, and once to the contact."""
    summed = _sum(row["handle_s"] for row in taken)
    contact["handle_s"] = contact["handle_ring_s"] = contact["active_handle_s"] = None
    if summed is None:
        return
    handle = max(summed - _overlap_s(taken), *(row["handle_s"] for row in taken), 0.0)
    ringed = _sum(row["handle_ring_s"] for row in taken)
    active = _sum(round(row["active_handle_s"], 6) for row in taken) or 0.0  # seconds are kept to the microsecond
    contact["handle_s"] = handle
    contact["handle_ring_s"] = None if ringed is None else handle + ringed - summed
    contact["active_handle_s"] = active * (handle / summed) if summed else active


def _overlap_s(taken: list[Row]) -> float:
    """How much longer the parts, each without the after-work at its end, are together than the time that at least one of them covers."""
    told = [row for row in taken if row["started_at"] and row["ended_at"] and row["ended_at"] >= row["started_at"]]
    clocked = [(row["started_at"], row["ended_at"] - timedelta(seconds=row["acw_s"] or 0)) for row in told]
    overlap, until = timedelta(), None
    for start, end in sorted(clocked):
        if until is not None:
            overlap += max(timedelta(), min(end, until) - start)
        until = end if until is None else max(end, until)
    return overlap.total_seconds() if len(taken) > 1 else 0.0


def _end_of_wait(contact: Row) -> datetime | None:
    end: datetime | None = contact["answered_at"] or contact["abandoned_at"]
    if end is None and contact["queue_entered_at"] and contact["wait_s"] is not None:
        end = contact["queue_entered_at"] + timedelta(seconds=contact["wait_s"])
    return end


def _since(start: datetime | None, end: datetime | None, then: Callable[[float], float | None]) -> float | None:
    return then((end - start).total_seconds()) if start and end else None


def _neighbours(contacts: list[Row], contact: Row) -> None:
    """The next contact about the same matter, and the last one before that somebody took (architecture 6.5)."""
    contact["next_contact_after_s"] = contact["previous_handled_after_s"] = None
    if not _has_neighbours(contact):
        return
    mine = (contact["offered_at"], contact["contact_id"])
    same = [row for row in contacts if _matter(row) == _matter(contact)]
    later = [row["offered_at"] for row in same if (row["offered_at"], row["contact_id"]) > mine]
    earlier = [row["offered_at"] for row in same if (row["offered_at"], row["contact_id"]) < mine and row["handled"]]
    reach = timedelta(days=92)
    later = [at for at in later if at - contact["offered_at"] <= reach]
    earlier = [at for at in earlier if contact["offered_at"] - at <= reach]
    if later:
        contact["next_contact_after_s"] = (min(later) - contact["offered_at"]).total_seconds()
    if earlier:
        contact["previous_handled_after_s"] = (contact["offered_at"] - max(earlier)).total_seconds()


def _matter(contact: Row) -> tuple[Any, ...]:
    return contact["client_id"], contact["customer_key"], contact["reason_level2_id"]


def _has_neighbours(contact: Row) -> bool:
    known = contact["customer_key"] is not None and contact["reason_level2_id"] is not None
    return known and contact["direction"] == "inbound" and contact["callback_of"] is None and not contact["is_test"]
