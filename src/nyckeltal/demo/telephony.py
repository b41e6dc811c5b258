"""The telephone system's three tables: calls, their stays in queues, and the agents' parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import pyarrow as pa

from nyckeltal.demo.book import NEVER, Contact, Leg, Matter, Visit
from nyckeltal.demo.columns import moments, seconds
from nyckeltal.demo.company import CLIENTS
from nyckeltal.demo.notes import Note
from nyckeltal.demo.simulate import Story

RESULTS = {
    "answered": "ANSWERED",
    "abandoned": "GAVE UP",
    "callback_requested": "CALL-BACK WANTED",
    "closed": "CLOSED",
    "technical": "FAULT",
    "blocked": "BUSY TONE",
    None: None,
}
_PREFIX = {client.client_id: client.prefix for client in CLIENTS}
_KIND = {"voice": "T", "callback": "T", "chat": "C", "email": "M"}


def contact_id(contact: Contact) -> str:
    return f"{_KIND[contact.queue.channel]}{contact.number:07d}"


def customer(contact: Contact) -> str:
    return customer_number(contact.matter)


def customer_number(matter: Matter) -> str:
    """The client's number of the customer."""
    return f"{_PREFIX[matter.topic.client_id]}{matter.customer:06d}"


def by_telephone(contact: Contact) -> bool:
    return contact.queue.channel in ("voice", "callback")


def calls(story: Story, notes: Sequence[Note], offered: Mapping[int, bool]) -> pa.Table:
    """One row for each call, with the first agent's part in it."""
    rows = [(contact, note) for contact, note in zip(story.book.contacts, notes, strict=True) if by_telephone(contact)]
    contacts = [contact for contact, _ in rows]
    legs = _first_parts(story.book.legs)
    return pa.table(
        {
            "call": [contact_id(contact) for contact in contacts],
            "company": [contact.queue.client_id for contact in contacts],
            "line": [contact.queue.queue_id for contact in contacts],
            "type": ["in" if contact.queue.channel == "voice" else "call-back" for contact in contacts],
            "customer": [customer(contact) for contact in contacts],
            "began": moments(contact.offered_at for contact in contacts),
            "menu": moments(contact.offered_at if contact.menu_s > 0 else contact.entered_at for contact in contacts),
            "queue_in": moments(contact.entered_at for contact in contacts),
            "answered": moments(contact.answered_at for contact in contacts),
            "gave_up": moments(contact.abandoned_at for contact in contacts),
            "ended": moments(contact.ended_at for contact in contacts),
            "waited": seconds(contact.wait_s for contact in contacts),
            "result": [RESULTS[contact.outcome] for contact in contacts],
            "in_menu": [contact.left_in_menu for contact in contacts],
            "answers_call": [None if contact.callback_of is None else f"T{contact.callback_of:07d}" for contact in contacts],
            "language": [contact.queue.language for contact in contacts],
            "code": [note.reason_id for _, note in rows],
            "code_type": [note.reason_type for _, note in rows],
            "coded_at": moments(note.logged_at for _, note in rows),
            "ticket": [note.case_id for _, note in rows],
            "done": [note.solved_flag for _, note in rows],
            "offer_possible": [None if contact.agent is None else contact.number in offered for contact in contacts],
            "offer_made": pa.array([offered.get(contact.number) for contact in contacts], pa.bool_()),
            **_own_part([legs.get(contact.number) for contact in contacts]),
        }
    )


def _own_part(legs: Sequence[Leg | None]) -> dict[str, object]:
    return {
        "agent": [None if leg is None else leg.agent.agent_id for leg in legs],
        "taken": [None if leg is None else leg.answered for leg in legs],
        "agent_from": moments(NEVER if leg is None else leg.started_at if leg.answered else leg.rang_at for leg in legs),
        "agent_to": moments(NEVER if leg is None else leg.ended_at for leg in legs),
        "rang": seconds(None if leg is None else leg.started_at - leg.rang_at for leg in legs),
        "talk": seconds(leg.talk_s if leg is not None and leg.answered else None for leg in legs),
        "hold": seconds(leg.hold_s if leg is not None and leg.answered else None for leg in legs),
        "after": seconds(leg.acw_s if leg is not None and leg.answered else None for leg in legs),
        "end": [leg.end_kind if leg is not None and leg.answered else None for leg in legs],
    }


def _first_parts(legs: Sequence[Leg]) -> dict[int, Leg]:
    """The first answered part of each contact, or the first that rang where nobody answered."""
    first: dict[int, Leg] = {}
    for leg in legs:
        known = first.get(leg.contact.number)
        if known is None or (leg.answered, -leg.rang_at) > (known.answered, -known.rang_at):
            first[leg.contact.number] = leg
    return first


def passed_on(story: Story) -> tuple[list[Visit], list[Leg]]:
    """The stays and parts of calls that stood in several queues or rang at several agents; of others the call says all."""
    visits = Counter(visit.contact.number for visit in story.book.visits if by_telephone(visit.contact))
    legs = Counter(leg.contact.number for leg in story.book.legs if by_telephone(leg.contact))
    chosen = {number for count_of in (visits, legs) for number, count in count_of.items() if count > 1}
    return [visit for visit in story.book.visits if visit.contact.number in chosen], [leg for leg in story.book.legs if leg.contact.number in chosen]


def stays(visits: Sequence[Visit]) -> pa.Table:
    """One row for each stay in a queue."""
    return pa.table(
        {
            "stay": [visit_id(visit.contact, visit.seq) for visit in visits],
            "call": [contact_id(visit.contact) for visit in visits],
            "number": [visit.seq for visit in visits],
            "line": [visit.queue.queue_id for visit in visits],
            "in": moments(visit.entered_at for visit in visits),
            "out": moments(visit.left_at for visit in visits),
            "waited": seconds(None if visit.outcome is None else visit.left_at - visit.entered_at for visit in visits),
            "result": [RESULTS[visit.outcome] for visit in visits],
        }
    )


def parts(legs: Sequence[Leg]) -> pa.Table:
    """One row for each time a call rang at an agent, taken or not."""
    numbers = _numbered(legs)
    return pa.table(
        {
            "part": [f"{contact_id(leg.contact)}-{number}" for leg, number in zip(legs, numbers, strict=True)],
            "call": [contact_id(leg.contact) for leg in legs],
            "stay": [visit_id(leg.contact, leg.visit_seq) for leg in legs],
            "number": numbers,
            "line": [leg.queue.queue_id for leg in legs],
            "agent": [leg.agent.agent_id for leg in legs],
            "taken": [leg.answered for leg in legs],
            "from": moments(leg.started_at if leg.answered else leg.rang_at for leg in legs),
            "to": moments(leg.ended_at for leg in legs),
            "rang": seconds(leg.started_at - leg.rang_at for leg in legs),
            "talk": seconds(leg.talk_s if leg.answered else None for leg in legs),
            "hold": seconds(leg.hold_s if leg.answered else None for leg in legs),
            "after": seconds(leg.acw_s if leg.answered else None for leg in legs),
            "end": [leg.end_kind if leg.answered else None for leg in legs],
            "passed_to": [None if leg.target is None else leg.target.queue_id for leg in legs],
            "tier": pa.array([2 if leg.end_kind == "escalation" else None for leg in legs], pa.int64()),
        }
    )


def visit_id(contact: Contact, seq: int) -> str:
    return f"{contact_id(contact)}/{seq}"


def _numbered(legs: Sequence[Leg]) -> list[int]:
    """The number of each leg within its contact, by the time it rang."""
    counts: dict[int, int] = {}
    numbers = [0] * len(legs)
    for place in sorted(range(len(legs)), key=lambda place: legs[place].rang_at):
        number = legs[place].contact.number
        numbers[place] = counts[number] = counts.get(number, 0) + 1
    return numbers
