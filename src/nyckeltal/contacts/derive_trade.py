"""SQL for the words of sales, retention, orders, complaints, and the months of customers and money."""

from __future__ import annotations

from nyckeltal.contacts.derive_time import AT, local_words


def place(table: str, key: str, moment: str) -> str:
    """Where a row that may speak of a contact stands: by the clock of the contact's queue, else the client's, else the file's."""
    return f"""
    create or replace temp table place_{table} as
    select r.{key} as id, coalesce(q.zone, c.zone, f.zone, 'UTC') as zone, {moment} as moment
    from base_{table} r
    left join base_contact k on k.contact_id = r.contact_id
    left join queue_zone q on q.queue_id = k.queue_id
    left join client_zone c on c.client_id = coalesce(r.client_id, k.client_id)
    left join known_zone f on f.zone = r.zone;
    """


def of_contact(table: str, key: str, words: str = "") -> str:
    """The rows with the words of the contact that they speak of, their place, and `words` of their own."""
    return f"""
    create or replace temp table made_{table} as
    select r.*, {words} k.queue_id, k.channel, w.reason_level2_id, {local_words("p.moment")}, r.marks as flags
    from base_{table} r
    join place_{table} p on p.id = r.{key}
    left join clock on {AT}
    left join base_contact k on k.contact_id = r.contact_id
    left join contact_words w on w.contact_id = r.contact_id;
    """


def _after(later: str, earlier: str) -> str:
    """Seconds from one moment to another, none where they come in the wrong order."""
    return f"case when {later} >= {earlier} then (epoch_us({later}) - epoch_us({earlier})) / 1e6 when {later} < {earlier} then 0 end"


PLACES = {
    "sale": place("sale", "sale_id", "r.sold_at"),
    "retention_case": place("retention_case", "retention_id", "r.requested_at"),
    "order": place("order", "order_id", "r.ordered_at"),
    "complaint": place("complaint", "complaint_id", "r.received_at"),
}

ORDERS = f"""
create or replace temp table made_order as
select r.*, (epoch_us(n.next_at) - epoch_us(r.ordered_at)) / 1e6 as next_order_after_s, {local_words("p.moment")}, r.marks as flags
from base_order r
join place_order p on p.id = r.order_id
left join clock on {AT}
left join (
    select order_id, lead(ordered_at) over (partition by client_id, customer_key order by ordered_at, order_id) as next_at
    from near_order where customer_key is not null
) n on n.order_id = r.order_id;
"""


def _month(table: str) -> str:
    return f"create or replace temp table made_{table} as select r.*, r.month_start as local_date, r.marks as flags from base_{table} r;"


STEPS = {
    "sale": of_contact("sale", "sale_id", f"{_after('r.cancelled_at', 'r.sold_at')} as cancelled_after_s,"),
    "retention_case": of_contact("retention_case", "retention_id", f"{_after('r.lost_at', 'r.requested_at')} as lost_after_s,"),
    "order": ORDERS,
    "complaint": of_contact("complaint", "complaint_id"),
    "customer_base_month": _month("customer_base_month"),
    "finance_month": _month("finance_month"),
}
