"""A case (ticket, incident): what several contacts may be about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nyckeltal.contacts.model.kinds import Channel, Count, Day, Flag, Id, Ids, Moment, Seconds, Words, derived


@dataclass(frozen=True, kw_only=True)
class Case:
    """Opened once, closed when settled; `contacts_n` counts the contacts that name it.

    `closed_at` is when it was settled, however the system calls that. A system that says when it was solved and when it was put away tells those too.
    """

    case_id: Id
    client_id: Id
    customer_key: Id | None = None
    opened_at: Moment
    closed_at: Moment | None = None
    reopened_at: Moment | None = None
    opened_by: Id | None = None
    reason_id: Id | None = None
    tier: Count = 1
    queue_id: Id | None = None  # that has it, or had it last
    agent_id: Id | None = None  # likewise
    channel: Channel | None = None  # by which it came
    came_by: Words | None = None  # the same in the source's own word
    priority: Words | None = None
    status: Literal["new", "open", "pending", "hold", "solved", "closed"] | None = None  # pending: we wait for the customer; hold: for somebody else
    resolved_at: Moment | None = None
    locked_at: Moment | None = None
    in_time: Flag | None = None  # whether the source says that what was agreed about its time was kept
    reopened_n: Count | None = None
    handovers_n: Count | None = None
    new_s: Seconds | None = None  # how long it stood in each status, up to its last change
    open_s: Seconds | None = None
    pending_s: Seconds | None = None
    on_hold_s: Seconds | None = None
    is_test: Flag = False
    zone: Words | None = None
    marks: Ids = ()  # what the reader noticed about the row (an hour that came twice, a clock that disagrees); become `flags`

    contacts_n: Count | None = derived()
    reopened_after_s: Seconds | None = derived()  # since it was closed; null unless it is open again
    closed_after_s: Seconds | None = derived()  # since it was opened, and so the next two
    resolved_after_s: Seconds | None = derived()
    locked_after_s: Seconds | None = derived()
    reason_level2_id: Id | None = derived()
    opened_date: Day | None = derived()
    opened_minute: Count | None = derived()
    opened_offset_s: Count | None = derived()
    closed_date: Day | None = derived()
    closed_minute: Count | None = derived()
    closed_offset_s: Count | None = derived()
    local_date: Day | None = derived()  # of opened_at: places the row in a month's folder
    flags: Ids = derived(())
