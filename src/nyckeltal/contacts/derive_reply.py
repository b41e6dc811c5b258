"""SQL for messages and the words of replies: when a written contact was first answered by a person, and by when that was due in opening hours."""

from __future__ import annotations

from nyckeltal.contacts.derive_time import local_words

WRITTEN = "('email', 'chat', 'message', 'social')"

# In this order: what is agreed about replies in time goes before what is agreed about the time until a reply.
MEASURES = ("reply_in_time_share", "first_reply_time")
_RANK = f"list_position({[*MEASURES]}, a.measure)"
REPLY_LIMIT_S = 8 * 3600  # where nothing is agreed

PLACES = {
    "message": """
create or replace temp table place_message as
select m.message_id as id, coalesce(q.zone, c.zone, f.zone, 'UTC') as zone, m.sent_at as moment
from base_message m
left join base_contact k on k.contact_id = m.contact_id
left join queue_zone q on q.queue_id = k.queue_id
left join client_zone c on c.client_id = k.client_id
left join known_zone f on f.zone = coalesce(m.zone, k.zone);
"""
}

STEPS = {
    "message": f"""
create or replace temp table made_message as
select m.*, k.client_id, k.channel, {local_words("p.moment")}, m.marks as flags
from base_message m
join place_message p on p.id = m.message_id
join clock on clock.zone = p.zone and clock.quarter = epoch_us(p.moment) // 900000000
left join base_contact k on k.contact_id = m.contact_id;
"""
}

# A contact that has messages was replied to when they say so. Of one that has none, `answered_at` may tell.
TERMS = f"""
create or replace temp table reply_term as
with written as (
    select c.contact_id, c.client_id, c.queue_id, c.offered_at, p.local_date, p.zone, q.calendar_id as queue_calendar,
        case when m.contact_id is not null then m.replied_at when c.answered_at >= c.offered_at then c.answered_at end as first_reply_at
    from base_contact c
    join placed_contact p on p.contact_id = c.contact_id
    left join queue q on q.queue_id = c.queue_id
    left join (
        select m.contact_id, min(m.sent_at) filter (
            m.author = 'agent' and not m.is_auto and coalesce(m.direction, 'outbound') = 'outbound' and m.sent_at >= k.offered_at
        ) as replied_at
        from base_message m join base_contact k on k.contact_id = m.contact_id group by m.contact_id
    ) m on m.contact_id = c.contact_id
    where c.channel in {WRITTEN}
),
agreed as (
    select w.contact_id,
        first(a.reply_limit_s order by {{order}}) filter (a.reply_limit_s is not null) as limit_s,
        first(a.calendar_id order by {{order}}) filter (z.zone is not null) as calendar_id
    from written w
    join agreement a on a.client_id = w.client_id and a.valid_from <= w.local_date and (a.valid_to is null or a.valid_to > w.local_date)
        and a.measure in {MEASURES} and (len(a.queue_ids) = 0 or list_contains(a.queue_ids, w.queue_id))
    left join calendar_zone z on z.calendar_id = a.calendar_id
    group by w.contact_id
)
select w.contact_id, w.offered_at, w.first_reply_at, w.zone, coalesce(a.limit_s, {REPLY_LIMIT_S}) as limit_s, z.calendar_id, z.zone as calendar_zone
from written w
left join agreed a on a.contact_id = w.contact_id
left join calendar_zone z on z.calendar_id = coalesce(a.calendar_id, w.queue_calendar);
""".format(order=f"{_RANK}, len(a.queue_ids) = 0, a.valid_from desc, a.agreement_id desc")

# The days, per calendar, for which somebody must say when it is open: from the first offer to the last reply; and the longest limit, for what is due.
REPLY_DAYS = """
select calendar_id, cast(timezone(any_value(calendar_zone), min(offered_at)) as date) as first_day,
    cast(timezone(any_value(calendar_zone), max(greatest(offered_at, first_reply_at))) as date) as last_day, max(limit_s) as limit_s
from reply_term where calendar_id is not null group by calendar_id order by calendar_id
"""

# `reply_hours` counts what was open before each opening, so that open time between two moments is a difference.
REPLIES = """
create or replace temp table reply_open as
select *, cast(coalesce(sum(closes_us - opens_us) over (
    partition by calendar_id order by opens_us rows between unbounded preceding and 1 preceding
), 0) as bigint) as before_us
from (select calendar_id, epoch_us(opens_at) as opens_us, epoch_us(closes_at) as closes_us from reply_hours);

create or replace temp table reply_count as
select t.*, epoch_us(t.offered_at) as offered_us, epoch_us(t.first_reply_at) as replied_us,
    coalesce(o.before_us + least(o.closes_us, epoch_us(t.offered_at)) - o.opens_us, 0) as open_offered_us,
    coalesce(r.before_us + least(r.closes_us, epoch_us(t.first_reply_at)) - r.opens_us, 0) as open_replied_us
from reply_term t
asof left join reply_open o on o.calendar_id = t.calendar_id and epoch_us(t.offered_at) >= o.opens_us
asof left join reply_open r on r.calendar_id = t.calendar_id and coalesce(epoch_us(t.first_reply_at), 0) >= r.opens_us;

create or replace temp table reply_due as
select t.*, case when t.calendar_id is null then t.offered_us + cast(t.limit_s * 1e6 as bigint)
    when d.before_us + d.closes_us - d.opens_us >= t.due_open_us then greatest(t.offered_us, d.opens_us + t.due_open_us - d.before_us) end as due_us
from (select *, open_offered_us + cast(limit_s * 1e6 as bigint) as due_open_us from reply_count) t
asof left join reply_open d on d.calendar_id = t.calendar_id and t.due_open_us > d.before_us;

create or replace temp table place_reply as select contact_id, zone, make_timestamptz(due_us) as moment from reply_due;
"""

NO_REPLIES = """
create or replace temp table contact_reply (
    contact_id varchar, first_reply_at timestamptz, reply_s double, reply_business_s double,
    reply_due_at timestamptz, reply_due_date date, reply_due_minute bigint, reply_due_offset_s bigint
);
"""

WORDS = f"""
create or replace temp table contact_reply as
select t.contact_id, t.first_reply_at, (t.replied_us - t.offered_us) / 1e6 as reply_s,
    (case when t.calendar_id is null then t.replied_us - t.offered_us when t.replied_us is not null then t.open_replied_us - t.open_offered_us end) / 1e6
        as reply_business_s,
    p.moment as reply_due_at,
    {local_words("p.moment", offset="reply_clock.offset_s", date="reply_due_date", minute="reply_due_minute", offset_name="reply_due_offset_s")}
from reply_due t
join place_reply p on p.contact_id = t.contact_id
left join reply_clock on reply_clock.zone = p.zone and reply_clock.quarter = epoch_us(p.moment) // 900000000;
"""
