"""The messages behind the e-mails: what customers wrote, the receipts that a machine sent, and the agents' replies."""

from __future__ import annotations

import pyarrow as pa

from nyckeltal.demo.book import NEVER
from nyckeltal.demo.columns import moments
from nyckeltal.demo.simulate import Story
from nyckeltal.demo.telephony import contact_id

RECEIPT_AFTER_S = 20.0
WITH_RECEIPT = "nordkraft"  # the client whose mailbox answers by itself at once


def messages(story: Story) -> pa.Table:
    """In the order of the mails: the customer's, perhaps a receipt, the reply."""
    rows: list[tuple[str, str, str | None, float]] = []
    for contact in story.book.contacts:
        if contact.queue.channel == "email":
            mail = contact_id(contact)
            rows.append((mail, "customer", None, contact.offered_at))
            if contact.queue.client_id == WITH_RECEIPT:
                rows.append((mail, "machine", None, contact.offered_at + RECEIPT_AFTER_S))
            if contact.agent is not None and contact.ended_at < NEVER:
                rows.append((mail, "agent", contact.agent.agent_id, contact.ended_at))
    rows = [row for row in rows if row[3] < story.demand.end]
    authors = [author for _, author, _, _ in rows]
    return pa.table(
        {
            "message": [f"{mail}-{author[0]}" for mail, author, _, _ in rows],
            "mail": [mail for mail, _, _, _ in rows],
            "author": authors,
            "agent": pa.array([agent for _, _, agent, _ in rows], pa.string()),
            "sent": moments(at for _, _, _, at in rows),
        }
    )
