"""What agents were doing when: states as the telephone system reports them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nyckeltal.contacts.model.kinds import Count, Day, Direction, Id, Ids, Moment, Seconds, Words, derived

State = Literal["available", "talking", "holding", "acw", "offline_work", "training", "meeting", "break", "feedback", "outage", "logged_out"]


@dataclass(frozen=True, kw_only=True)
class AgentState:
    """An agent in one state from `started_at` to `ended_at` (null while it lasts); split at midnight and slot borders when asked."""

    state_id: Id
    agent_id: Id
    started_at: Moment
    ended_at: Moment | None = None
    state: State
    queue_id: Id | None = None
    client_id: Id | None = None
    direction: Direction | None = None
    zone: Words | None = None
    marks: Ids = ()  # what the reader noticed about the row (an hour that came twice, a clock that disagrees); become `flags`

    duration_s: Seconds | None = derived()
    local_date: Day | None = derived()
    local_minute: Count | None = derived()
    utc_offset_s: Count | None = derived()
    flags: Ids = derived(())
