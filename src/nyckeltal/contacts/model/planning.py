"""What was planned: shifts, forecasts, and what broke down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nyckeltal.contacts.model.kinds import Count, Day, Flag, Id, Ids, Moment, Number, Seconds, Words, derived

StateClass = Literal["contact", "offline", "training", "meeting", "break"]


@dataclass(frozen=True, kw_only=True)
class ScheduleShift:
    """A stretch that an agent is planned for; of two versions of a stretch the higher counts."""

    shift_id: Id
    agent_id: Id
    started_at: Moment
    ended_at: Moment
    state_class: StateClass = "contact"
    version: Count = 1
    published_at: Moment | None = None
    exception: Literal["none", "approved"] = "none"
    zone: Words | None = None
    marks: Ids = ()  # what the reader noticed about the row (an hour that came twice, a clock that disagrees); become `flags`

    counts: Flag | None = derived()  # no other stretch of this agent with a higher version overlaps it
    duration_s: Seconds | None = derived()
    local_date: Day | None = derived()
    local_minute: Count | None = derived()
    utc_offset_s: Count | None = derived()
    flags: Ids = derived(())


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """How many contacts somebody expected in one queue and interval; of two forecasts of an interval the one made last counts."""

    forecast_id: Id
    queue_id: Id
    interval_start: Moment
    interval_s: Seconds = 900.0
    made_at: Moment | None = None
    contacts: Number
    aht_s: Seconds | None = None
    agents_required: Number | None = None
    agents_scheduled: Number | None = None
    shrinkage: Number | None = None  # a share, 0 to 1
    patience_s: Seconds | None = None
    zone: Words | None = None
    marks: Ids = ()

    client_id: Id | None = derived()  # these two are the queue's
    channel: Words | None = derived()
    counts: Flag | None = derived()  # none of that queue and interval was made later
    actual_n: Count | None = derived()  # contacts offered to that queue in that interval; null where the contacts are not known that far
    error_n: Number | None = derived()  # actual - forecast; these three only where the forecast counts
    abs_error_n: Number | None = derived()
    local_date: Day | None = derived()
    local_minute: Count | None = derived()
    utc_offset_s: Count | None = derived()
    flags: Ids = derived(())


@dataclass(frozen=True, kw_only=True)
class Outage:
    """Something that kept agents from working; `scope_id` says which site, queue or system."""

    outage_id: Id
    started_at: Moment
    ended_at: Moment | None = None
    scope: Literal["company", "site", "queue", "system"] = "company"
    scope_id: Id | None = None
    lost_agent_share: Number | None = None  # 0 to 1
    external: Flag | None = None
    zone: Words | None = None
    marks: Ids = ()

    duration_s: Seconds | None = derived()
    local_date: Day | None = derived()
    local_minute: Count | None = derived()
    utc_offset_s: Count | None = derived()
    flags: Ids = derived(())
