"""The incident system's table: what several contacts may be about."""

from __future__ import annotations

import pyarrow as pa

from nyckeltal.demo.book import NEVER, Matter
from nyckeltal.demo.columns import moments
from nyckeltal.demo.notes import case_id
from nyckeltal.demo.simulate import Story
from nyckeltal.demo.telephony import customer_number

CLOSED_BY_RULE_S = 14 * 86_400  # nobody was heard of for so long


def incidents(story: Story) -> pa.Table:
    last_heard: dict[int, float] = {}
    for contact in story.book.contacts:
        if contact.matter.has_case and contact.ended_at < NEVER:
            last_heard[contact.matter.number] = max(contact.ended_at, last_heard.get(contact.matter.number, 0.0))
    cases = [matter for matter in story.book.matters if matter.has_case and matter.opened_at < NEVER]
    return pa.table(
        {
            "incident": [case_id(matter.number) for matter in cases],
            "client": [matter.topic.client_id for matter in cases],
            "customer": [customer_number(matter) for matter in cases],
            "opened": moments(matter.opened_at for matter in cases),
            "closed": moments(_closed(matter, last_heard[matter.number], story.demand.end) for matter in cases),
            "opened_by": [matter.opened_by for matter in cases],
            "reason": [matter.topic.leaf_id(matter.leaf) for matter in cases],
        }
    )


def _closed(matter: Matter, last_heard: float, end: float) -> float:
    """When it was closed, `NEVER` while it is open at the end."""
    closed = matter.closed_at if matter.closed_at < NEVER else last_heard + CLOSED_BY_RULE_S
    return closed if closed < end else NEVER
