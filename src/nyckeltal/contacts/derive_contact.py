"""SQL for the words of contacts, queue visits and segments (kpi-language "Words kept at load").

Every statement reads `base_…` tables (rows as loaded, with provenance) and the organisation, and is a pure function of them:
the same statements serve a whole world in memory and the few contacts that a load touched.
"""

from __future__ import annotations

from nyckeltal.contacts.columns import declared, nothing
from nyckeltal.contacts.derive_time import local_words
from nyckeltal.contacts.schema import REACH_D

REASONS = """
create or replace temp table reason_level as
with recursive up as (
    select reason_id, reason_id as at, parent_id, level, 0 as steps from reason
    union all
    select up.reason_id, r.reason_id, r.parent_id, r.level, up.steps + 1
    from up join reason r on r.reason_id = up.parent_id where up.steps < 20
),
depth as (select reason_id, max(steps) + 1 as deep from up group by reason_id)
select up.reason_id, arg_min(up.at, up.steps) as level2_id
from up join depth on depth.reason_id = up.at
where coalesce(up.level, depth.deep) = 2
group by up.reason_id;
"""

# What the words of a contact share with those of its visits and segments: whose clock holds, what it was about, and how it ended. One that does not
# say how it ended ended as its visits did.
TOLD = """
create or replace temp {lasting} told_contact as
select c.*, coalesce(k.zone, f.zone) as own_zone, coalesce(q.zone, own_zone, 'UTC') as in_zone, c.zone is not null and f.zone is null as zone_unknown,
    coalesce(r.level2_id, c.reason_id) as reason_level2_id, coalesce(c.outcome, v.ended_as) as ended_as, v.contact_id is not null as has_visits
from base_contact c
left join queue_zone q on q.queue_id = c.queue_id
left join client_zone k on k.client_id = c.client_id
left join known_zone f on f.zone = c.zone
left join reason_level r on r.reason_id = c.reason_id
left join (
    select contact_id, case when bool_or(outcome = 'answered') then 'answered' else last(outcome order by seq, entered_at, visit_id) end as ended_as
    from base_queue_visit group by contact_id
) v on v.contact_id = c.contact_id;
"""

PLACES = """
create or replace temp {lasting} place_contact as select contact_id, queue_id, offered_at as moment, in_zone as zone from told_contact;
create or replace temp {lasting} place_visit as select visit_id, queue_id, moment, zone from all_visit;
"""

_OF_CONTACT = "c.client_id, c.channel, c.direction, c.is_test, c.reason_level2_id"

# Where no wait is stated the clocks tell it (reference 1.0); a visit made from its contact waited as the contact did.
_CONTACT_CLOCKS = "(epoch_us(coalesce(c.answered_at, c.abandoned_at)) - epoch_us(c.queue_entered_at)) / 1e6"

# A contact without loaded visits has waited once, where its own row says.
_OWN_VISIT = f"""
    c.contact_id || '#1' as visit_id, c.contact_id, 1 as seq, c.queue_id, coalesce(c.queue_entered_at, c.offered_at) as entered_at,
    coalesce(c.answered_at, c.abandoned_at) as left_at, c.wait_s, c.outcome,
    c.source, c.source_id || '#1' as source_id, c.changed_at, c.loaded_at, c.load_id, cast([] as varchar[]) as marks, true as is_derived,
    {_OF_CONTACT}, c.callback_of is null and not c.left_in_menu as offered, entered_at as moment, c.in_zone as zone, {_CONTACT_CLOCKS} as clocked_s"""
_HAS_VISIT = "c.queue_id is not null and not c.has_visits"
VISITS = f"""
create or replace temp {{lasting}} all_visit as
select v.*, false as is_derived, {_OF_CONTACT}, c.callback_of is null and not c.left_in_menu as offered,
    v.entered_at as moment, coalesce(q.zone, c.own_zone, 'UTC') as zone,
    case when v.outcome in ('answered', 'abandoned') then (epoch_us(v.left_at) - epoch_us(v.entered_at)) / 1e6 end as clocked_s
from told_contact c
right join base_queue_visit v on c.contact_id = v.contact_id
left join queue_zone q on q.queue_id = v.queue_id
union all by name
select {_OWN_VISIT} from told_contact c where {_HAS_VISIT};
"""

# A contact without loaded segments had one when it was answered or names an agent. It is placed where its visit is.
_HAS_SEGMENT = "(c.ended_as = 'answered' or c.own_answered or c.own_agent_id is not null)"
_OWN_SEGMENT = {
    "answered": "coalesce(c.own_answered, c.ended_as = 'answered', c.own_talk_s is not null or c.own_ended_at is not null)",
    "agent_id": "c.own_agent_id",
    "started_at": "coalesce(c.own_started_at, c.answered_at)",
    "ended_at": "coalesce(c.own_ended_at, c.ended_at)",
    "ring_s": "c.own_ring_s",
    "talk_s": "c.own_talk_s",
    "hold_s": "c.own_hold_s",
    "acw_s": "c.own_acw_s",
    "end_kind": "c.own_end_kind",
    "escalated_to_tier": "c.own_escalated_to_tier",
    "concurrency": "coalesce(c.own_concurrency, 1)",
    "planned_transfer": "coalesce(c.own_planned_transfer, false)",
}
_OWN_PART = f"""
    c.contact_id || '#1' as segment_id, c.contact_id, case when {_HAS_VISIT} then c.contact_id || '#1' end as visit_id,
    1 as seq, c.queue_id, cast(null as varchar) as target_queue_id, {", ".join(f"{said} as {name}" for name, said in _OWN_SEGMENT.items())},
    c.source, c.source_id || '#1' as source_id, c.changed_at, c.loaded_at, c.load_id, cast([] as varchar[]) as marks, true as is_derived,
    {_OF_CONTACT}, case when visit_id is null then c.offered_at else coalesce(c.queue_entered_at, c.offered_at) end as placed_at, c.in_zone as zone"""
SEGMENTS = f"""
create or replace temp {{lasting}} all_segment as
select s.*, false as is_derived from base_segment s
union all by name
select {_OWN_PART} from told_contact c anti join base_segment s on s.contact_id = c.contact_id where {_HAS_SEGMENT};
"""

# The same of contacts of which nobody has loaded a part, and whose place by the clock is known: theirs stand where they do.
OWN_PARTS = f"""
create or replace temp view all_visit as select {_OWN_VISIT}, c.local_date, c.local_minute, c.utc_offset_s from told_contact c where {_HAS_VISIT};
create or replace temp view all_segment as
select {_OWN_PART}, c.local_date as placed_date, c.local_minute as placed_minute, c.utc_offset_s as placed_offset_s from told_contact c where {_HAS_SEGMENT};
"""

# Where no contact is in hand, nor a part of one, its words cost nothing.
NO_PARTS = f"""
create or replace temp table all_visit {declared("queue_visit")};
create or replace temp table all_segment {declared("segment")};
"""
NO_WORDS = f"""
create or replace temp table contact_words as select {nothing("contact")};
create or replace temp table made_contact {declared("contact")};
create or replace temp table made_visit {declared("queue_visit")};
create or replace temp table made_segment {declared("segment")};
"""

ON_THE_CLOCK = "from told_contact c join clock on clock.zone = c.in_zone and clock.quarter = epoch_us(c.offered_at) // 900000000"

CONTACT_PLACED = f"""
create or replace temp {{lasting}} placed_contact as
select c.contact_id, c.in_zone as zone, {local_words("c.offered_at")}
{ON_THE_CLOCK};
"""

_VISIT_FLAGS = """case when waited_s > 10800 or (v.wait_s is null and clocked_s < 0) then list_concat(v.marks,
        case when waited_s > 10800 then ['long_wait'] else [] end, case when v.wait_s is null and clocked_s < 0 then ['negative_wait'] else [] end)
    else v.marks end"""

_VISIT_WORDS = f"""
select v.* exclude (moment, zone), v.outcome = 'answered' as answered, v.outcome = 'abandoned' as abandoned, coalesce(h.in_hours, true) as in_hours,
    coalesce(v.wait_s, case when clocked_s >= 0 then clocked_s end) as waited_s, {_VISIT_FLAGS} as flags
from {{visits}} v left join hours_visit h on h.visit_id = v.visit_id
"""
VISIT_WORDS = _VISIT_WORDS.format(
    visits=f"""(
    select v.*, {local_words("v.moment")} from all_visit v join clock on clock.zone = v.zone and clock.quarter = epoch_us(v.moment) // 900000000
)"""
)
OWN_VISIT_WORDS = _VISIT_WORDS.format(visits="all_visit")

_PARTS_SUM = """case when p.has_talk then s.talk_s else 0 end + case when p.has_hold then s.hold_s else 0 end + case when p.has_acw then s.acw_s else 0 end"""

# A source that has no part at all but has clocks: the work ran from start to end.
_HANDLE = f"""case when not s.answered then null
    when p.has_talk or p.has_hold or p.has_acw then {_PARTS_SUM}
    when s.ended_at >= s.started_at then (epoch_us(s.ended_at) - epoch_us(s.started_at)) / 1e6 end"""

_TRANSFERRED = "case when p.has_end then coalesce(s.end_kind = 'transfer', false) and not s.planned_transfer end"

_OWN_PLACED = f"""
    select s.*, {local_words("s.placed_at", date="placed_date", minute="placed_minute", offset_name="placed_offset_s")}
    from all_segment s left join clock on clock.zone = s.zone and clock.quarter = epoch_us(s.placed_at) // 900000000
    where s.is_derived
"""
_LOADED_PLACED = f"""
    select s.* exclude (client_id, channel, direction, is_test, reason_level2_id, placed_at), {_OF_CONTACT},
        coalesce(v.entered_at, c.offered_at, s.started_at) as placed_at, coalesce(v.local_date, o.local_date) as placed_date,
        coalesce(v.local_minute, o.local_minute) as placed_minute, coalesce(v.utc_offset_s, o.utc_offset_s) as placed_offset_s
    from placed_contact o
    right join (told_contact c right join (made_visit v right join all_segment s on v.visit_id = s.visit_id) on c.contact_id = s.contact_id)
        on o.contact_id = s.contact_id
    where not s.is_derived
"""
_PLACED_WORDS = f"""
with timed as (
    select s.*, {_HANDLE} as handle_s, {_TRANSFERRED} as transferred, p.has_tier, coalesce(q.zone, 'UTC') as lone_zone
    from ({{placed}}) s
    left join source_parts p on p.source = s.source
    left join queue_zone q on q.queue_id = s.queue_id
)
select *, answered as handled, true as offered, marks as flags,
    case when has_tier then coalesce(end_kind = 'escalation', false) or coalesce(escalated_to_tier > 1, false) end as escalated,
    handle_s + ring_s as handle_ring_s, handle_s / greatest(concurrency, 1) as active_handle_s,
    coalesce(placed_date, cast(timezone(lone_zone, placed_at) as date)) as local_date,
    coalesce(placed_minute, cast(hour(timezone(lone_zone, placed_at)) * 60 + minute(timezone(lone_zone, placed_at)) as bigint)) as local_minute,
    coalesce(placed_offset_s, cast(epoch(timezone(lone_zone, placed_at)) - epoch(placed_at) as bigint)) as utc_offset_s
from timed
"""
SEGMENT_WORDS = _PLACED_WORDS.format(placed=f"{_OWN_PLACED} union all by name {_LOADED_PLACED}")
OWN_SEGMENT_WORDS = _PLACED_WORDS.format(placed="from all_segment")

# The first of a contact's parts: by its number, then by the clock.
_IN_ORDER = "seq, started_at nulls last, segment_id"


def _exact_sum(part: str, where: str) -> str:
    """A sum of seconds in whole microseconds, so that the order of the rows, which no engine promises, cannot change its last digit."""
    return f"sum(try_cast(round({part} * 1e6) as hugeint)) filter ({where}) / 1e6"


def _whole_sum(part: str, name: str) -> str:
    """The sum over a contact's answered segments, null when one of them lacks the part."""
    return f"case when count(*) filter (answered) = count({part}) filter (answered) then {_exact_sum(part, 'answered')} end as {name}"


_SUMMED = {"talk_s": "talk_s", "hold_s": "hold_s", "acw_s": "acw_s", "handle_s": "handles_s", "ring_s": "rings_s", "active_handle_s": "actives_s"}

# The same where there is one segment.
_OF_ONE = {
    "handled": "answered",
    "segments_n": "case when answered then 1 else 0 end",
    "transfers_n": "case when transferred then case when answered then 1 else 0 end when not transferred then 0 end",
    "first_agent_id": "case when answered then agent_id end",
    "longest_s": "case when answered then handle_s end",
    **{name: f"case when answered then try_cast(round({part} * 1e6) as hugeint) / 1e6 end" for part, name in _SUMMED.items()},
}

# A segment made from its contact is the only one.
CONTACT_PARTS = f"""
create or replace temp {{lasting}} contact_parts as
select contact_id, bool_or(answered) as handled, count(*) filter (answered) as segments_n,
    case when count(*) = count(transferred) then count(*) filter (answered and transferred) end as transfers_n,
    first(agent_id order by {_IN_ORDER}) filter (answered and agent_id is not null) as first_agent_id,
    max(handle_s) filter (answered) as longest_s, {", ".join(_whole_sum(part, name) for part, name in _SUMMED.items())}
from made_segment where not is_derived group by contact_id
union all by name
select contact_id, {", ".join(f"{said} as {name}" for name, said in _OF_ONE.items())} from made_segment where is_derived;
"""

CONTACT_STAYS = f"""
-- consult time of a warm transfer belongs to both agents and once to the contact: what overlaps is taken off once (reference 9.3 rule 4c).
-- After-work is no consult: it stands at a part's end and is each agent's own, so it is cut off before
create or replace temp table contact_overlap as
select contact_id, sum(greatest(0, least(spoken_us, until_us) - started_us)) / 1e6 as overlap_s
from (
    select *, max(spoken_us) over (
        partition by contact_id order by started_us, segment_id rows between unbounded preceding and 1 preceding
    ) as until_us
    from (
        select contact_id, segment_id, epoch_us(started_at) as started_us, epoch_us(ended_at) - cast(coalesce(acw_s, 0) * 1e6 as bigint) as spoken_us
        from made_segment
        where answered and ended_at >= started_at and not is_derived
            and contact_id in (select contact_id from contact_parts where segments_n > 1)
    )
) where until_us is not null group by contact_id;

create or replace temp table contact_visits as
select contact_id, count(*) as visits_n, bool_or(answered) as any_answered,
    last(outcome order by seq, entered_at, visit_id) as last_outcome,
    -- up to the stay that decided how it ended: the first that was answered, else the last (reference 1.0)
    last(waited_s + (epoch_us(entered_at) - epoch_us(came_at)) / 1e6 order by seq, entered_at, visit_id) filter (not after_answer) as visits_wait_s,
    {_exact_sum("waited_s", "after_answer")} as transfer_wait_s
from (
    select *, coalesce(bool_or(answered) over (
        partition by contact_id order by seq, entered_at, visit_id rows between unbounded preceding and 1 preceding
    ), false) as after_answer, min(entered_at) over (partition by contact_id) as came_at
    from made_visit where not is_derived
) group by contact_id;
"""

NO_STAYS = """
create or replace temp table contact_overlap (contact_id varchar, overlap_s double);
create or replace temp table contact_visits (
    contact_id varchar, visits_n bigint, any_answered boolean, last_outcome varchar, visits_wait_s double, transfer_wait_s double
);
"""

# Architecture 6.5, decision 0022. Whoever is left out here has no neighbours and is nobody's.
HAS_NEIGHBOURS = "c.customer_key is not null and c.reason_level2_id is not null and c.direction = 'inbound' and c.callback_of is null and not c.is_test"
# Who the customer is, in eight bytes that are read in a third of the time that the key is, and put in order in half of it. Two customers of one client
# and reason share them in one of sixty million stores of a hundred million contacts. The engine's own hash may differ from version to version.
EIGHT_BYTES = "(md5_number_lower({}) >> 1)::bigint"
CUSTOMER_HASH = f"case when {HAS_NEIGHBOURS} then {EIGHT_BYTES.format('c.customer_key')} end"

# What its parts tell of a contact: those that are gathered, or its own one, as the column `s`.
WITH_PARTS = f"(select c.*, {local_words('c.offered_at')} {ON_THE_CLOCK}) c left join contact_parts s on s.contact_id = c.contact_id"
_READ = ("answered", "agent_id", "ring_s", "talk_s", "hold_s", "acw_s")
WITH_OWN_PART = f"""(
    select c.* exclude (s, {", ".join(_READ)}, handle_s, active_handle_s, transferred),
        struct_pack({", ".join(f"{name} := {said}" for name, said in _OF_ONE.items())}) as s
    from (
        select c.*, {", ".join(f"s.{name}" for name in _READ)}, {_HANDLE} as handle_s, handle_s / greatest(s.concurrency, 1) as active_handle_s,
            case when s.answered is not null then {_TRANSFERRED} end as transferred
        from (
            select c.*, case when {_HAS_SEGMENT} then struct_pack({", ".join(f"{name} := {said}" for name, said in _OWN_SEGMENT.items())}) end as s
            from told_contact c
        ) c left join source_parts p on p.source = c.source
    ) c
) c"""

# A contact's row with the words of it that its neighbours have no part in.
CONTACT_WORDS = f"""
create or replace temp {{lasting}} contact_words as
select c.* exclude ({{without}}own_zone, in_zone, has_visits), {CUSTOMER_HASH} as customer_hash,
    case when v.visits_n > 1 then case when v.any_answered then true else v.last_outcome = 'answered' end
        else coalesce(c.outcome, v.last_outcome) = 'answered' end as answered,
    case when v.visits_n > 1 then case when v.any_answered then false else v.last_outcome = 'abandoned' end
        else coalesce(c.outcome, v.last_outcome) = 'abandoned' end as abandoned,
    {_CONTACT_CLOCKS} as clocked_s, coalesce(c.wait_s, case when clocked_s >= 0 then clocked_s end, v.visits_wait_s) as waited_s,
    c.callback_of is null and not c.left_in_menu as offered,
    coalesce(s.handled, false) as handled, coalesce(s.segments_n, 0) as segments_n, s.first_agent_id, s.transfers_n,
    s.talk_s, s.hold_s, s.acw_s,
    -- greatest() passes over what is missing
    case when s.handles_s is not null then greatest(s.handles_s - coalesce(o.overlap_s, 0), s.longest_s) end as handle_s,
    s.rings_s, s.handles_s, s.actives_s, v.transfer_wait_s,
    (epoch_us(coalesce(c.answered_at, c.abandoned_at, c.queue_entered_at + to_microseconds(cast(waited_s * 1e6 as bigint))))
        - epoch_us(c.ivr_started_at)) / 1e6 as menu_s,
    case when (n.has_reason or t.has_reason) and (n.has_type or t.has_type) then c.reason_id is not null and c.reason_type is not null end as logged,
    case when c.reason_logged_at >= c.ended_at then (epoch_us(c.reason_logged_at) - epoch_us(c.ended_at)) / 1e6
        when c.reason_logged_at < c.ended_at then 0 end as logged_after_s,
    case when k.closed_at >= c.offered_at then (epoch_us(k.closed_at) - epoch_us(c.offered_at)) / 1e6
        when k.closed_at < c.offered_at then 0 end as case_closed_after_s,
    case when k.reopened_at >= k.closed_at then greatest(0, epoch_us(k.reopened_at) - epoch_us(c.offered_at)) / 1e6 end as case_reopened_after_s,
    coalesce(h.in_hours, true) as in_hours
from {{told}}
left join source_notes n on n.source = c.source and n.part = ''
left join source_notes t on t.source = c.source and t.part = concat_ws(chr(31), c.client_id, c.channel)
left join contact_overlap o on o.contact_id = c.contact_id
left join contact_visits v on v.contact_id = c.contact_id
left join base_case k on k.case_id = c.case_id
left join hours_contact h on h.contact_id = c.contact_id;
"""

# Who comes after whom: of the contacts in hand; and of those `BESIDE` them, which keep what they know where nobody came or went.
MATTER = ("customer_hash", "client_id", "reason_level2_id")
_TURN = f"contact_id, {', '.join(MATTER)}, offered_at, handled"
_IN_TURN = f"window in_turn as (partition by {', '.join(MATTER)} order by offered_at, contact_id)"
REACH_US = REACH_D * 86_400_000_000
_NEXT = f"case when epoch_us(after_at) - epoch_us(offered_at) <= {REACH_US} then after_at end"
_PREVIOUS = f"case when epoch_us(offered_at) - epoch_us(before_at) <= {REACH_US} then before_at end"
_WHO = f"""
    select * exclude (handled), lead(offered_at) over in_turn as after_at,
        max(case when handled then offered_at end) over (in_turn rows between unbounded preceding and 1 preceding) as before_at
    from ({{rows}}) {_IN_TURN}
"""
_ALONE = f"select {_TURN} from contact_words where customer_hash is not null"
NEIGHBOURS = f"""
create or replace temp table neighbours as
select contact_id, offered_at, {_NEXT} as next_contact_at, {_PREVIOUS} as previous_handled_at from ({_WHO.format(rows=_ALONE)})
where next_contact_at is not null or previous_handled_at is not null;
"""
# Of those who came only the ones that are not alone about their matter have to be put in turn; what a hash lets through besides does no harm.
_HASH = f"hash({', '.join(MATTER)})"
_BESIDE = f"""
    select {_TURN} from contact_words w anti join (from turn_beside where in_hand) b on b.contact_id = w.contact_id
    where customer_hash is not null and {_HASH} in (select {_HASH} from turn_beside union all select {_HASH} from turn_span where places_n > 1)
    union all by name
    select {_TURN}, rowid as beside_n, first_us, last_us, next_contact_at as known_next_at, previous_handled_at as known_previous_at from turn_beside
"""
NEIGHBOURS_BESIDE = f"""
create or replace temp table neighbours as
select contact_id, beside_n, case when epoch_us(offered_at) > last_us then known_next_at else {_NEXT} end as next_contact_at,
    case when epoch_us(offered_at) < first_us then known_previous_at else {_PREVIOUS} end as previous_handled_at from ({_WHO.format(rows=_BESIDE)})
where next_contact_at is not null or previous_handled_at is not null;
"""

_FLAGS = {
    "long_wait": "w.waited_s > 10800",
    "negative_wait": "w.waited_s is null and w.clocked_s < 0",
    "negative_menu_time": "w.menu_s < 0",
    "unknown_zone": "w.zone_unknown",
}
_FLAGGED = f"""case when {" or ".join(f"({flag})" for flag in _FLAGS.values())}
    then list_concat(w.marks, {", ".join(f"case when {flag} then ['{name}'] else [] end" for name, flag in _FLAGS.items())}) else w.marks end"""

MADE_CONTACT = f"""
select w.* exclude (rings_s, handles_s, actives_s, menu_s, clocked_s, zone_unknown), w.handle_s + w.rings_s as handle_ring_s,
    case when w.handles_s > 0 then w.actives_s * (w.handle_s / w.handles_s) else w.actives_s end as active_handle_s,
    case when w.menu_s >= 0 then w.menu_s end as ivr_wait_s,
    n.next_contact_at, n.previous_handled_at,
    (epoch_us(n.next_contact_at) - epoch_us(w.offered_at)) / 1e6 as next_contact_after_s,
    (epoch_us(w.offered_at) - epoch_us(n.previous_handled_at)) / 1e6 as previous_handled_after_s,
    a.* exclude (contact_id), {_FLAGGED} as flags
from contact_words w
left join contact_reply a on a.contact_id = w.contact_id
left join neighbours n on n.contact_id = w.contact_id
"""
