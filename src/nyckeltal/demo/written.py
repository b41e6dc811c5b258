"""The chat platform's and the mailbox's exports: one row each, the agent's part and the customer's answers in the same row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from nyckeltal.demo.book import NEVER, Contact, Leg
from nyckeltal.demo.columns import day_first, decimal_comma, with_offset
from nyckeltal.demo.notes import Note
from nyckeltal.demo.simulate import Story
from nyckeltal.demo.telephony import contact_id, customer
from nyckeltal.demo.voices import Asked

ZONE = "Europe/Stockholm"
_CHAT_RESULTS = {"answered": "Served", "abandoned": "Left", "closed": "Closed", "technical": "Error", "blocked": "Error", None: None}


def chats(story: Story, notes: Sequence[Note], asked: Sequence[Asked]) -> pa.Table:
    """Semicolons, day-first local times and decimal commas, as such a platform set to Swedish writes them."""
    rows = _rows(story, notes, "chat")
    contacts = [contact for contact, _, _ in rows]
    said = _said(contacts, asked)
    return pa.table(
        {
            "Chat-ID": [contact_id(contact) for contact in contacts],
            "Brand": [contact.queue.client_id for contact in contacts],
            "Channel": [contact.queue.queue_id for contact in contacts],
            "Visitor": [customer(contact) for contact in contacts],
            "Opened": day_first((contact.offered_at for contact in contacts), ZONE),
            "Picked up": day_first((contact.answered_at for contact in contacts), ZONE),
            "Closed": day_first((contact.ended_at for contact in contacts), ZONE),
            "Result": [_CHAT_RESULTS[contact.outcome] for contact in contacts],
            "Waited (s)": decimal_comma(contact.wait_s for contact in contacts),
            "Agent": [None if leg is None else leg.agent.agent_id for _, leg, _ in rows],
            "Chatting (s)": decimal_comma(None if leg is None else leg.talk_s for _, leg, _ in rows),
            "Wrap-up (s)": decimal_comma(None if leg is None else leg.acw_s for _, leg, _ in rows),
            "At once": pa.array([None if leg is None else leg.chats for _, leg, _ in rows], pa.int64()),
            "Topic": [note.reason_id for _, _, note in rows],
            "Kind": [note.reason_type for _, _, note in rows],
            "Topic set": day_first((note.logged_at for _, _, note in rows), ZONE),
            "Ticket": [note.case_id for _, _, note in rows],
            "Solved": [None if note.solved_flag is None else "ja" if note.solved_flag else "nej" for _, _, note in rows],
            "Satisfied": _answers("satisfied", said),
            "Recommends": _answers("recommend", said),
            "Says solved": _answers("solved", said),
            "Answered": day_first((one.answered_at for one in said), ZONE),
        }
    )


def mails(story: Story, notes: Sequence[Note], asked: Sequence[Asked]) -> pa.Table:
    """ISO times with their offset, so that the hour that comes twice in autumn is told apart."""
    rows = _rows(story, notes, "email")
    contacts = [contact for contact, _, _ in rows]
    said = _said(contacts, asked)
    return pa.table(
        {
            "mail": [contact_id(contact) for contact in contacts],
            "mailbox": [contact.queue.queue_id for contact in contacts],
            "client": [contact.queue.client_id for contact in contacts],
            "sender": [customer(contact) for contact in contacts],
            "received": with_offset((contact.offered_at for contact in contacts), ZONE),
            "opened": with_offset((contact.answered_at for contact in contacts), ZONE),
            "replied": with_offset((contact.ended_at for contact in contacts), ZONE),
            "state": ["open" if contact.outcome is None else "replied" for contact in contacts],
            "agent": [None if leg is None else leg.agent.agent_id for _, leg, _ in rows],
            "work_s": pa.array([None if leg is None else round(leg.talk_s, 1) for _, leg, _ in rows], pa.float64()),
            "reason": [note.reason_id for _, _, note in rows],
            "reason_kind": [note.reason_type for _, _, note in rows],
            "reason_set": with_offset((note.logged_at for _, _, note in rows), ZONE),
            "incident": [note.case_id for _, _, note in rows],
            "settled": pa.array([note.solved_flag for _, _, note in rows], pa.bool_()),
            "satisfied": _answers("satisfied", said),
            "recommend": _answers("recommend", said),
            "solved": _answers("solved", said),
            "rated": with_offset((one.answered_at for one in said), ZONE),
        }
    )


def spoilt(chats: int) -> int:
    """How many rows are spoilt in an export of so many: few enough for the file to be taken."""
    return max(3, min(21, chats // 40))


def spoil(table: pa.Table) -> pa.Table:
    """Rows such as real exports hold: negative talk, an end before the beginning, a date that does not exist."""
    count = spoilt(table.num_rows)
    served = table.filter(pc.field("Result") == pc.scalar("Served"))
    chosen = served.take(pa.array(range(0, served.num_rows, max(1, served.num_rows // count)))).to_pylist()[:count]
    for number, row in enumerate(chosen):
        row["Chat-ID"] = f"C9{number:06d}"
        if number % 3 == 0:
            row["Chatting (s)"] = f"-{row['Chatting (s)']}"
        elif number % 3 == 1:
            row["Picked up"], row["Closed"] = row["Closed"], row["Picked up"]
            row["Chatting (s)"] = row["Wrap-up (s)"] = None
        else:
            row["Opened"] = "31.02" + row["Opened"][5:]
    return pa.concat_tables([table, pa.Table.from_pylist(chosen, schema=table.schema)])


def _rows(story: Story, notes: Sequence[Note], channel: str) -> list[tuple[Contact, Leg | None, Note]]:
    """Contacts of a channel with their one answered part."""
    legs = {leg.contact.number: leg for leg in story.book.legs if leg.answered and leg.queue.channel == channel}
    pairs = zip(story.book.contacts, notes, strict=True)
    found = [(contact, legs.get(contact.number), note) for contact, note in pairs if contact.queue.channel == channel]
    return sorted(found, key=lambda row: (row[0].offered_at, row[0].number))


def _said(contacts: Sequence[Contact], asked: Sequence[Asked]) -> list[Asked]:
    """What each contact's customer answered; nothing where nobody was asked or answered."""
    known = {one.contact.number: one for one in asked if one.answers}
    return [known.get(contact.number, Asked(contact, NEVER, "non_contact", NEVER, ())) for contact in contacts]


def _answers(question: str, said: Sequence[Asked]) -> pa.Array[Any]:
    return pa.array([dict(one.answers).get(question) for one in said], pa.int64())
