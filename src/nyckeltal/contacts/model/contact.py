"""A contact as the customer sees it, its stays in queues, and each agent's part in it (kpi-reference 9.1, kpi-language "Words kept at load")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nyckeltal.contacts.model.kinds import (
    Channel,
    Count,
    Day,
    Direction,
    Flag,
    Hash,
    Id,
    Ids,
    Moment,
    Outcome,
    Seconds,
    Words,
    carried,
    derived,
    joined,
)

EndKind = Literal["customer", "agent", "transfer", "escalation", "conference", "technical"]


@dataclass(frozen=True, kw_only=True)
class Contact:
    """One matter brought to us at one time through one channel, from offer to last end."""

    contact_id: Id
    client_id: Id
    queue_id: Id | None = None
    channel: Channel
    direction: Direction = "inbound"
    customer_key: Id | None = None
    offered_at: Moment
    ivr_started_at: Moment | None = None
    queue_entered_at: Moment | None = None
    answered_at: Moment | None = None
    abandoned_at: Moment | None = None
    ended_at: Moment | None = None
    wait_s: Seconds | None = None
    outcome: Outcome | None = None
    language: Words | None = None
    case_id: Id | None = None
    reason_id: Id | None = None
    reason_type: Words | None = None
    reason_logged_at: Moment | None = None
    resolved_flag: Flag | None = None
    is_test: Flag = False
    left_in_menu: Flag = False
    callback_of: Id | None = None
    logged_by: Id | None = None
    upsell_eligible: Flag | None = None
    upsell_offered: Flag | None = None
    reference: Words | None = None  # what another system calls this contact, such as the call's number on a ticket
    zone: Words | None = None  # of the file, where it named one; used when neither queue nor client has a zone

    own_answered: Flag | None = carried()
    own_agent_id: Id | None = carried()
    own_started_at: Moment | None = carried()
    own_ended_at: Moment | None = carried()
    own_ring_s: Seconds | None = carried()
    own_talk_s: Seconds | None = carried()
    own_hold_s: Seconds | None = carried()
    own_acw_s: Seconds | None = carried()
    own_end_kind: EndKind | None = carried()
    own_escalated_to_tier: Count | None = carried()
    own_concurrency: Count | None = carried()
    own_planned_transfer: Flag | None = carried()
    marks: Ids = ()  # what the reader noticed about the row (an hour that came twice, a clock that disagrees); become `flags`

    same_as: Id | None = joined()  # the contact of another source that this one is, by rule: that one counts, and this one counts nowhere
    taken: Words | None = joined()  # the words that this row lacked and has from those that are the same
    same_unclear: Flag | None = joined()  # it could be either of several: left alone

    waited_s: Seconds | None = derived()  # wait_s, else by the clocks, else until the visit that decided how it ended; what asking for wait_s reads
    ended_as: Outcome | None = derived()  # outcome, else what the visits tell; what asking for outcome reads
    answered: Flag | None = derived()
    abandoned: Flag | None = derived()
    offered: Flag | None = derived()
    handled: Flag | None = derived()
    segments_n: Count | None = derived()
    in_hours: Flag | None = derived()
    first_agent_id: Id | None = derived()
    transfers_n: Count | None = derived()  # null where it had no part, or the source of one never says how parts end
    talk_s: Seconds | None = derived()
    hold_s: Seconds | None = derived()
    acw_s: Seconds | None = derived()
    handle_s: Seconds | None = derived()
    handle_ring_s: Seconds | None = derived()
    active_handle_s: Seconds | None = derived()
    transfer_wait_s: Seconds | None = derived()
    ivr_wait_s: Seconds | None = derived()
    next_contact_at: Moment | None = derived()
    previous_handled_at: Moment | None = derived()
    next_contact_after_s: Seconds | None = derived()
    previous_handled_after_s: Seconds | None = derived()
    reason_level2_id: Id | None = derived()
    customer_hash: Hash | None = derived()  # of customer_key, where the contact has neighbours: they are found by it in a third of the time
    logged: Flag | None = derived()  # reason and type are noted; null where the source never notes one of them
    logged_after_s: Seconds | None = derived()
    case_closed_after_s: Seconds | None = derived()
    case_reopened_after_s: Seconds | None = derived()  # null unless the case is open again
    first_reply_at: Moment | None = derived()  # an agent's first message that no machine wrote; of a written contact without messages `answered_at`
    reply_s: Seconds | None = derived()
    reply_business_s: Seconds | None = derived()  # the same in opening hours
    reply_due_at: Moment | None = derived()  # of written contacts: offered_at and the agreed hours, in opening hours
    reply_due_date: Day | None = derived()
    reply_due_minute: Count | None = derived()
    reply_due_offset_s: Count | None = derived()
    local_date: Day | None = derived()
    local_minute: Count | None = derived()
    utc_offset_s: Count | None = derived()
    flags: Ids = derived(())


@dataclass(frozen=True, kw_only=True)
class QueueVisit:
    """One stay of a contact in one queue; a source without visits gets one per contact with a queue."""

    visit_id: Id
    contact_id: Id
    seq: Count = 1
    queue_id: Id
    entered_at: Moment
    left_at: Moment | None = None
    wait_s: Seconds | None = None
    outcome: Outcome | None = None
    marks: Ids = ()  # what the reader noticed about the row (an hour that came twice, a clock that disagrees); become `flags`

    client_id: Id | None = derived()  # these five are the contact's, kept here so that asking needs no join
    channel: Channel | None = derived()
    direction: Direction | None = derived()
    is_test: Flag | None = derived()
    reason_level2_id: Id | None = derived()
    waited_s: Seconds | None = derived()  # wait_s, else by the clocks; what asking for wait_s reads
    answered: Flag | None = derived()
    abandoned: Flag | None = derived()
    offered: Flag | None = derived()
    in_hours: Flag | None = derived()
    is_derived: Flag = derived(False)  # made from the contact, because the source has no visits
    local_date: Day | None = derived()
    local_minute: Count | None = derived()
    utc_offset_s: Count | None = derived()
    flags: Ids = derived(())


@dataclass(frozen=True, kw_only=True)
class Segment:
    """One agent's part of a contact; `answered` false means it rang and nobody took it."""

    segment_id: Id
    contact_id: Id
    visit_id: Id | None = None
    seq: Count = 1
    answered: Flag = True
    agent_id: Id | None = None
    queue_id: Id | None = None
    started_at: Moment | None = None
    ended_at: Moment | None = None
    ring_s: Seconds | None = None
    talk_s: Seconds | None = None
    hold_s: Seconds | None = None
    acw_s: Seconds | None = None
    end_kind: EndKind | None = None
    target_queue_id: Id | None = None
    escalated_to_tier: Count | None = None
    concurrency: Count = 1
    planned_transfer: Flag = False
    marks: Ids = ()  # what the reader noticed about the row (an hour that came twice, a clock that disagrees); become `flags`

    client_id: Id | None = derived()  # these five are the contact's
    channel: Channel | None = derived()
    direction: Direction | None = derived()
    is_test: Flag | None = derived()
    reason_level2_id: Id | None = derived()
    handled: Flag | None = derived()
    offered: Flag | None = derived()
    transferred: Flag | None = derived()  # null where the source never says how a part ended
    escalated: Flag | None = derived()  # null where the source never names a tier or an escalation
    handle_s: Seconds | None = derived()
    handle_ring_s: Seconds | None = derived()
    active_handle_s: Seconds | None = derived()
    is_derived: Flag = derived(False)
    placed_at: Moment | None = derived()  # its visit's entered_at, else the contact's offered_at
    local_date: Day | None = derived()
    local_minute: Count | None = derived()
    utc_offset_s: Count | None = derived()
    flags: Ids = derived(())


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message of a written contact; who wrote it, and whether a machine did."""

    message_id: Id
    contact_id: Id
    direction: Direction | None = None
    author: Literal["customer", "agent", "bot", "system"]
    agent_id: Id | None = None
    sent_at: Moment
    is_auto: Flag = False
    zone: Words | None = None
    marks: Ids = ()  # what the reader noticed about the row (an hour that came twice, a clock that disagrees); become `flags`

    told_contact_id: Id | None = joined()  # whom the file named, where that contact counts as another
    client_id: Id | None = derived()  # these two are the contact's
    channel: Channel | None = derived()
    local_date: Day | None = derived()
    local_minute: Count | None = derived()
    utc_offset_s: Count | None = derived()
    flags: Ids = derived(())
