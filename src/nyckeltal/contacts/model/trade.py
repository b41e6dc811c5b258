"""What was sold, kept, ordered, complained about; and the months of customer base and money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nyckeltal.contacts.model.kinds import Channel, Count, Day, Flag, Id, Ids, Moment, Money, Seconds, Words, derived, joined


@dataclass(frozen=True, kw_only=True)
class Sale:
    """An offer and whether it was accepted; one that was cancelled within the days of grace is none."""

    sale_id: Id
    client_id: Id
    contact_id: Id | None = None
    agent_id: Id | None = None
    customer_key: Id | None = None
    sold_at: Moment
    kind: Literal["new", "upsell", "renewal"] = "new"
    accepted: Flag = True
    amount: Money | None = None
    currency: Words | None = None
    cancelled_at: Moment | None = None
    zone: Words | None = None
    marks: Ids = ()  # what the reader noticed about the row (an hour that came twice, a clock that disagrees); become `flags`

    told_contact_id: Id | None = joined()  # whom the file named, where that contact counts as another
    cancelled_after_s: Seconds | None = derived()
    queue_id: Id | None = derived()  # these three are the contact's
    channel: Channel | None = derived()
    reason_level2_id: Id | None = derived()
    local_date: Day | None = derived()
    local_minute: Count | None = derived()
    utc_offset_s: Count | None = derived()
    flags: Ids = derived(())


@dataclass(frozen=True, kw_only=True)
class RetentionCase:
    """A customer who asked to leave, and what came of it."""

    retention_id: Id
    client_id: Id
    contact_id: Id | None = None
    agent_id: Id | None = None
    customer_key: Id | None = None
    requested_at: Moment
    outcome: Literal["kept", "lost", "pending"] | None = None
    lost_at: Moment | None = None
    zone: Words | None = None
    marks: Ids = ()

    told_contact_id: Id | None = joined()  # whom the file named, where that contact counts as another
    lost_after_s: Seconds | None = derived()
    queue_id: Id | None = derived()  # these three are the contact's
    channel: Channel | None = derived()
    reason_level2_id: Id | None = derived()
    local_date: Day | None = derived()
    local_minute: Count | None = derived()
    utc_offset_s: Count | None = derived()
    flags: Ids = derived(())


@dataclass(frozen=True, kw_only=True)
class Order:
    """A purchase, through customer service or not."""

    order_id: Id
    client_id: Id
    customer_key: Id | None = None
    agent_id: Id | None = None
    contact_id: Id | None = None
    ordered_at: Moment
    amount: Money | None = None
    currency: Words | None = None
    zone: Words | None = None
    marks: Ids = ()

    told_contact_id: Id | None = joined()  # whom the file named, where that contact counts as another
    next_order_after_s: Seconds | None = derived()  # until the next order of the same customer of the same client
    local_date: Day | None = derived()
    local_minute: Count | None = derived()
    utc_offset_s: Count | None = derived()
    flags: Ids = derived(())


@dataclass(frozen=True, kw_only=True)
class Complaint:
    """A complaint, in the month it was registered."""

    complaint_id: Id
    client_id: Id | None = None
    contact_id: Id | None = None
    received_at: Moment
    about: Literal["service", "product", "price", "other"] = "service"
    closed_at: Moment | None = None
    zone: Words | None = None
    marks: Ids = ()

    told_contact_id: Id | None = joined()  # whom the file named, where that contact counts as another
    queue_id: Id | None = derived()  # these three are the contact's
    channel: Channel | None = derived()
    reason_level2_id: Id | None = derived()
    local_date: Day | None = derived()
    local_minute: Count | None = derived()
    utc_offset_s: Count | None = derived()
    flags: Ids = derived(())


@dataclass(frozen=True, kw_only=True)
class CustomerBaseMonth:
    """A client's customers at the start of a month, won, lost, and at its end; `active` those who could contact us."""

    base_id: Id
    client_id: Id
    month_start: Day  # the first day of the month; files may call it month
    opening: Count | None = None
    new: Count | None = None
    churned: Count | None = None
    closing: Count | None = None
    active: Count | None = None
    marks: Ids = ()

    local_date: Day | None = derived()
    flags: Ids = derived(())


@dataclass(frozen=True, kw_only=True)
class FinanceMonth:
    """What the service of a month cost and what the client earned; per team only where `team_id` says so."""

    finance_id: Id
    client_id: Id
    team_id: Id | None = None
    month_start: Day
    service_cost: Money | None = None
    revenue: Money | None = None
    transactions: Count | None = None
    currency: Words | None = None
    cost_scope: Words | None = None
    marks: Ids = ()

    local_date: Day | None = derived()
    flags: Ids = derived(())
