"""What a source that keeps no contacts says of an interval or a day: how many there were, and sums of seconds (decision 0020)."""

from __future__ import annotations

from dataclasses import dataclass

from nyckeltal.contacts.model.kinds import Channel, Count, Day, Direction, Flag, Id, Ids, Moment, Number, Seconds, Words, derived


@dataclass(frozen=True, kw_only=True)
class Summary:
    """One queue's contacts of a quarter of an hour up to a day, counted by the source; seconds are sums over those answered, or their means."""

    summary_id: Id
    client_id: Id
    queue_id: Id | None = None
    channel: Channel = "voice"
    direction: Direction = "inbound"
    started_at: Moment
    length_s: Seconds = 86400.0
    offered_n: Count | None = None
    answered_n: Count | None = None
    abandoned_n: Count | None = None
    short_abandoned_n: Count | None = None  # of those abandoned, within short_s
    short_s: Seconds | None = None
    in_time_n: Count | None = None  # answered within in_time_s
    in_time_share: Number | None = None  # the same as the source states it, 0 to 1
    in_time_s: Seconds | None = None
    wait_s: Seconds | None = None
    talk_s: Seconds | None = None
    hold_s: Seconds | None = None
    acw_s: Seconds | None = None
    handle_s: Seconds | None = None
    mean_wait_s: Seconds | None = None
    mean_talk_s: Seconds | None = None
    mean_hold_s: Seconds | None = None
    mean_acw_s: Seconds | None = None
    mean_handle_s: Seconds | None = None
    zone: Words | None = None
    marks: Ids = ()  # what the reader noticed about the row; become `flags`

    came_n: Count | None = derived()  # offered_n, else those answered and those who gave up
    timely_n: Number | None = derived()  # in_time_n, else the stated share of those who came
    wait_sum_s: Seconds | None = derived()  # the sum, else the mean times those answered; these five are 0 where nobody was answered
    talk_sum_s: Seconds | None = derived()
    hold_sum_s: Seconds | None = derived()
    acw_sum_s: Seconds | None = derived()
    handle_sum_s: Seconds | None = derived()  # else talk, hold and after-contact work, where all three are told
    in_hours: Flag | None = derived()  # true where the queue has no calendar; else nobody can tell it from sums
    local_date: Day | None = derived()
    local_minute: Count | None = derived()
    utc_offset_s: Count | None = derived()
    flags: Ids = derived(())
