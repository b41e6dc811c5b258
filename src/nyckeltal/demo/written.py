"""The chat platform's and the mailbox's exports: one row each, the agent's part in the same row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyarrow as pa

from nyckeltal.demo.book import Contact, Leg
from nyckeltal.demo.columns import decimal_comma, local_moments
from nyckeltal.demo.notes import Note
from nyckeltal.demo.simulate import Story
from nyckeltal.demo.telephony import contact_id, customer

DAY_FIRST = "%d.%m.%Y %H:%M:%S"
CHAT_ZONE = "Europe/Stockholm"
_CHAT_RESULTS = {"answered": "Served", "abandoned": "Left", "closed": "Closed", "technical": "Error", "blocked": "Error", None: None}


def chats(story: Story, notes: Sequence[Note]) -> pa.Table:
    """Semicolons, day-first local times and decimal commas, as such a platform set to Swedish writes them."""
    rows = _rows(story, notes, "chat")
    contacts = [contact for contact, _, _ in rows]
    return pa.table(
        {
            "Chat-ID": [contact_id(contact) for contact in contacts],
            "Brand": [contact.queue.client_id for contact in contacts],
            "Channel": [contact.queue.queue_id for contact in contacts],
            "Visitor": [customer(contact) for contact in contacts],
            "Opened": _local(contact.offered_at for contact in contacts),
            "Picked up": _local(contact.answered_at for contact in contacts),
            "Closed": _local(contact.ended_at for contact in contacts),
            "Result": [_CHAT_RESULTS[contact.outcome] for contact in contacts],
            "Waited (s)": decimal_comma(contact.wait_s for contact in contacts),
            "Agent": [None if leg is None else leg.agent.agent_id for _, leg, _ in rows],
            "Chatting (s)": decimal_comma(None if leg is None else leg.talk_s for _, leg, _ in rows),
            "Wrap-up (s)": decimal_comma(None if leg is None else leg.acw_s for _, leg, _ in rows),
            "At once": pa.array([None if leg is None else leg.chats for _, leg, _ in rows], pa.int64()),
            "Topic": [note.reason_id for _, _, note in rows],
            "Kind": [note.reason_type for _, _, note in rows],
            "Topic set": _local(note.logged_at for _, _, note in rows),
            "Ticket": [note.case_id for _, _, note in rows],
            "Solved": [None if note.solved_flag is None else "ja" if note.solved_flag else "nej" for _, _, note in rows],
        }
    )


def mails(story: Story, notes: Sequence[Note]) -> pa.Table:
    """ISO times with their offset, so that the hour that comes twice in autumn is told apart."""
    rows = _rows(story, notes, "email")
    contacts = [contact for contact, _, _ in rows]
    return pa.table(
        {
            "mail": [contact_id(contact) for contact in contacts],
            "mailbox": [contact.queue.queue_id for contact in contacts],
            "client": [contact.queue.client_id for contact in contacts],
            "sender": [customer(contact) for contact in contacts],
            "received": _iso(contact.offered_at for contact in contacts),
            "opened": _iso(contact.answered_at for contact in contacts),
            "replied": _iso(contact.ended_at for contact in contacts),
            "state": ["open" if contact.outcome is None else "replied" for contact in contacts],
            "agent": [None if leg is None else leg.agent.agent_id for _, leg, _ in rows],
            "work_s": pa.array([None if leg is None else round(leg.talk_s, 1) for _, leg, _ in rows], pa.float64()),
            "reason": [note.reason_id for _, _, note in rows],
            "reason_kind": [note.reason_type for _, _, note in rows],
            "reason_set": _iso(note.logged_at for _, _, note in rows),
            "incident": [note.case_id for _, _, note in rows],
            "settled": pa.array([note.solved_flag for _, _, note in rows], pa.bool_()),
        }
    )


SPOILT = 21


def spoil(table: pa.Table) -> pa.Table:
    """Rows such as real exports hold: negative talk, an end before the beginning, a date that does not exist."""
    served = [row for row in table.slice(0, 4000).to_pylist() if row["Result"] == "Served"][: SPOILT]
    for number, row in enumerate(served):
        row["Chat-ID"] = f"C9{number:06d}"
        if number % 3 == 0:
            row["Chatting (s)"] = f"-{row['Chatting (s)']}"
        elif number % 3 == 1:
            row["Picked up"], row["Closed"] = row["Closed"], row["Picked up"]
        else:
            row["Opened"] = "31.02" + row["Opened"][5:]
    return pa.concat_tables([table, pa.Table.from_pylist(served, schema=table.schema)])


def _rows(story: Story, notes: Sequence[Note], channel: str) -> list[tuple[Contact, Leg | None, Note]]:
    """Contacts of a channel with their one answered part."""
    legs = {leg.contact.number: leg for leg in story.book.legs if leg.answered and leg.queue.channel == channel}
    pairs = zip(story.book.contacts, notes, strict=True)
    found = [(contact, legs.get(contact.number), note) for contact, note in pairs if contact.queue.channel == channel]
    return sorted(found, key=lambda row: (row[0].offered_at, row[0].number))


def _local(values: Iterable[float]) -> list[str | None]:
    return local_moments(values, CHAT_ZONE, DAY_FIRST)


def _iso(values: Iterable[float]) -> list[str | None]:
    return local_moments(values, CHAT_ZONE, None)
