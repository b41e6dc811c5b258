"""A case (ticket, incident): what several contacts may be about."""

from __future__ import annotations

from dataclasses import dataclass

from nyckeltal.contacts.model.kinds import Count, Day, Flag, Id, Ids, Moment, Seconds, Words, derived


@dataclass(frozen=True, kw_only=True)
class Case:
    """Opened once, closed when settled; `contacts_n` counts the contacts that name it."""

    case_id: Id
    client_id: Id
    customer_key: Id | None = None
    opened_at: Moment
    closed_at: Moment | None = None
    reopened_at: Moment | None = None
    opened_by: Id | None = None
    reason_id: Id | None = None
    tier: Count = 1
    is_test: Flag = False
    zone: Words | None = None
    marks: Ids = ()  # what the reader noticed about the row (an hour that came twice, a clock that disagrees); become `flags`

    contacts_n: Count | None = derived()
    reopened_after_s: Seconds | None = derived()  # since it was closed; null unless it is open again
    reason_level2_id: Id | None = derived()
    opened_date: Day | None = derived()
    opened_minute: Count | None = derived()
    opened_offset_s: Count | None = derived()
    closed_date: Day | None = derived()
    closed_minute: Count | None = derived()
    closed_offset_s: Count | None = derived()
    local_date: Day | None = derived()  # of opened_at: places the row in a month's folder
    flags: Ids = derived(())
