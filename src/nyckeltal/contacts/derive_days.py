"""SQL for the days and months of work, and for the stretches of shifts: made from states, shifts, absences, talks, evaluations and handled parts.

Reads finished rows, `work_shift`, `work_state` …, for the agents and months in `touched_work`, and the one row of `work_edge`.
"""

from __future__ import annotations

from nyckeltal.contacts.derive_time import AT, local_words

# Every agent and month that may be in service, or has a shift.
ALL_WORK = """
create or replace temp table touched_work as
select agent_id, strftime(cast(unnest(generate_series(first_day, last_day, interval 1 month)) as date), '%Y-%m') as month from agent cross join work_edge
union
select agent_id,
    strftime(cast(unnest(generate_series(date_trunc('month', local_date), cast(ended_at as date) + 1, interval 1 month)) as date), '%Y-%m') as month
from work_shift where agent_id is not null;
"""

# What of a plan each state keeps. In an outage the agent is at the post, and a talk is held in a meeting or a training.
_KEEPS = {
    "contact": ("available", "talking", "holding", "acw", "outage"),
    "offline": ("offline_work",),
    "training": ("training", "feedback"),
    "meeting": ("meeting", "feedback"),
    "break": ("break",),
}
_IN_CLASS = " or ".join(f"(state_class = '{planned}' and state in ({', '.join(repr(state) for state in states)}))" for planned, states in _KEEPS.items())

DAY_US = 86_400_000_000

# A state that has not ended tells nothing yet; a sick-note that has not ended holds until the last day that is known.
SPANS = f"""
create or replace temp table shift_span as
select s.shift_id as id, s.agent_id, coalesce(a.zone, f.zone, 'UTC') as zone, epoch_us(s.started_at) as started_us, epoch_us(s.ended_at) as ended_us
from work_shift s left join agent_zone a on a.agent_id = s.agent_id left join known_zone f on f.zone = s.zone
where s.counts and s.ended_at > s.started_at and s.agent_id in (select agent_id from touched_work);

create or replace temp table state_span as
select s.state_id as id, s.agent_id, coalesce(a.zone, q.zone, c.zone, f.zone, 'UTC') as zone,
    epoch_us(s.started_at) as started_us, epoch_us(s.ended_at) as ended_us
from work_state s
left join agent_zone a on a.agent_id = s.agent_id
left join queue_zone q on q.queue_id = s.queue_id
left join client_zone c on c.client_id = s.client_id
left join known_zone f on f.zone = s.zone
where s.ended_at > s.started_at and s.agent_id in (select agent_id from touched_work);

create or replace temp table sick_span as
select s.absence_id as id, s.agent_id, coalesce(a.zone, f.zone, 'UTC') as zone, epoch_us(s.started_at) as started_us,
    case when s.ended_at > s.started_at then epoch_us(s.ended_at) when s.ended_at is not null then epoch_us(s.started_at) + {DAY_US} - 1
        else greatest(epoch_us(s.started_at), (epoch(e.last_day)::bigint + 2 * 86400) * 1000000) end as ended_us
from work_absence s cross join work_edge e left join agent_zone a on a.agent_id = s.agent_id left join known_zone f on f.zone = s.zone
where s.kind = 'sick' and s.agent_id in (select agent_id from touched_work);
"""

# The local days that these stretches may meet, per zone; somebody then makes `day_border` of them: zone, day, begins_us, ends_us.
BORDER_DAYS = f"""
select zone, cast(make_timestamp(min(started_us) - {DAY_US}) as date) as first_day, cast(make_timestamp(max(ended_us) + {DAY_US}) as date) as last_day
from (select zone, started_us, ended_us from shift_span union all select zone, started_us, ended_us from state_span
    union all select zone, started_us, ended_us from sick_span)
group by zone order by zone
"""


def untangle(spans: str, into: str) -> str:
    """Stretches of one agent that overlap, told apart: at each moment the one that began last holds, of two the shorter."""
    return f"""
    create or replace temp table knot as
    select *, count(*) over (partition by agent_id, knot) as strands from (
        select *, sum(alone) over (partition by agent_id order by started_us, ended_us, id) as knot from (
            select *, case when coalesce(started_us >= max(ended_us) over (
                partition by agent_id order by started_us, ended_us, id rows between unbounded preceding and 1 preceding
            ), true) then 1 else 0 end as alone from {spans}
        )
    );
    create or replace temp table {into} as
    with border as (
        select agent_id, knot, started_us as at_us from knot where strands > 1 union select agent_id, knot, ended_us from knot where strands > 1
    ),
    element as (select agent_id, knot, at_us as from_us, lead(at_us) over (partition by agent_id, knot order by at_us) as until_us from border),
    held as (
        select e.agent_id, e.knot, e.from_us, e.until_us, k.id, k.zone from element e
        join knot k on k.agent_id = e.agent_id and k.knot = e.knot and k.started_us <= e.from_us and k.ended_us >= e.until_us
        where e.until_us is not null
        qualify row_number() over (partition by e.agent_id, e.knot, e.from_us order by k.started_us desc, k.ended_us, k.id desc) = 1
    ),
    turn as (
        select *, sum(changes) over (partition by agent_id, knot order by from_us) as turn from (
            select *, case when id = lag(id) over in_time and from_us = lag(until_us) over in_time then 0 else 1 end as changes
            from held window in_time as (partition by agent_id, knot order by from_us)
        )
    )
    select id, agent_id, zone, started_us, ended_us from knot where strands = 1
    union all
    select id, agent_id, zone, min(from_us), max(until_us) from turn group by id, agent_id, zone, knot, turn;
    """


def cut(spans: str, into: str) -> str:
    """Stretches cut at local midnight, each piece with its day."""
    return f"""
    create or replace temp table {into} as
    select s.id, s.agent_id, s.zone, greatest(s.started_us, d.begins_us) as started_us, least(s.ended_us, d.ends_us) as ended_us, d.day
    from (
        select s.*, unnest(generate_series(0, (s.ended_us - s.started_us) // {DAY_US} + 1)) as later, b.day as first_day
        from {spans} s asof join day_border b on b.zone = s.zone and s.started_us >= b.begins_us
    ) s join day_border d on d.zone = s.zone and d.day = s.first_day + cast(s.later as integer) and d.begins_us < s.ended_us;
    """


PIECES = f"""
{untangle("shift_span", "shift_stretch")}
{untangle("state_span", "state_stretch")}
{cut("shift_stretch", "shift_piece")}
{cut("state_stretch", "state_piece")}
{cut("sick_span", "sick_piece")}
"""

# Whose states are known on which days: those of the sources that bring them, until they were loaded; of a day on which none begins,
# what the last of them lasts. Beyond that a shift is a plan and no more.
STATE_KNOWN = f"""
create or replace temp table {{into}} as
with told as (
    select agent_id, source, min(local_date) as first_day, max(local_date) as last_day, max(epoch_us(loaded_at)) as loaded_us,
        max(epoch_us(ended_at)) as ended_us
    from {{rows}} group by all
),
origin as (
    select source, min(first_day) as first_day, max(last_day) as last_day, max(loaded_us) as loaded_us, max(ended_us) as ended_us from told group by all
)
select t.agent_id, min(o.first_day) as first_day, max(o.last_day) as last_day, max(o.ended_us) as ended_us,
    least(max(o.loaded_us), epoch_us(max(o.last_day)::timestamp) + 2 * {DAY_US}) as until_us
from told t join origin o on o.source is not distinct from t.source group by t.agent_id;
"""

_DAYS_MET = f"unnest(generate_series(started_us // {DAY_US}, (ended_us - 1) // {DAY_US})) as met"

# Of a piece of a shift: where it meets a state, and what is left between.
MEETINGS = f"""
create or replace temp table known_piece as
select * from (
    select p.* replace (least(p.ended_us, k.until_us, case when p.day > k.last_day then coalesce(k.ended_us, 0) end) as ended_us), p.started_us as piece_us
    from shift_piece p join state_known k on k.agent_id = p.agent_id and p.day >= k.first_day
) where ended_us > started_us;

create or replace temp table met as
select p.id, p.piece_us, p.zone, p.day, s.state_id, greatest(p.started_us, s.started_us) as started_us, least(p.ended_us, s.ended_us) as ended_us
from (select *, {_DAYS_MET} from known_piece) p
join (select agent_id, id as state_id, started_us, ended_us, {_DAYS_MET} from state_stretch) s on s.agent_id = p.agent_id and s.met = p.met
    and s.started_us < p.ended_us and s.ended_us > p.started_us and greatest(p.started_us, s.started_us) // {DAY_US} = p.met;

create or replace temp table part as
select id, zone, day, state_id, started_us, ended_us from met
union all
select id, zone, day, null, from_us, started_us from (
    select *, coalesce(lag(ended_us) over (partition by id, piece_us order by started_us), begins_us) as from_us
    from (select m.*, p.started_us as begins_us from met m join known_piece p on p.id = m.id and p.piece_us = m.piece_us)
) where started_us > from_us
union all
select p.id, p.zone, p.day, null, coalesce(m.until_us, p.started_us), p.ended_us
from known_piece p left join (select id, piece_us, max(ended_us) as until_us from met group by all) m on m.id = p.id and m.piece_us = p.piece_us
where coalesce(m.until_us, p.started_us) < p.ended_us;

create or replace temp table place_part as
select id || '#' || started_us as part_id, *, make_timestamptz(started_us) as moment from part;
"""

SHIFT_PARTS = f"""
create or replace temp table made_shift_part as
select * exclude (day) from (
    select p.part_id, s.agent_id, p.moment as started_at, make_timestamptz(p.ended_us) as ended_at, s.state_class, t.state, s.exception,
        coalesce({_IN_CLASS}, false) as in_class, (p.ended_us - p.started_us) / 1e6 as duration_s, p.day, {local_words("p.moment")},
        s.source, p.part_id as source_id, s.changed_at, s.loaded_at, s.load_id
    from place_part p
    join work_shift s on s.shift_id = p.id
    left join work_state t on t.state_id = p.state_id
    left join part_clock clock on {AT}
) where (agent_id, strftime(local_date, '%Y-%m')) in (select (agent_id, month) from touched_work);
"""

# ── days and months in service ──

# From hiring, else the first contract, else the first day in a team; until leaving, else the end of the last contract.
SERVICE = """
create or replace temp table service as
select a.agent_id, coalesce(a.hired_on, e.starts, m.starts) as starts, coalesce(a.left_on, e.ends) as ends
from agent a
left join (
    select agent_id, min(valid_from) as starts, case when count(*) = count(valid_to) then max(valid_to) end as ends from employment group by agent_id
) e on e.agent_id = a.agent_id
left join (select agent_id, min(valid_from) as starts from team_membership where role = 'agent' group by agent_id) m on m.agent_id = a.agent_id;

create or replace temp table work_trace as
select agent_id, day, max(worked_us) as worked_us, bool_or(planned) as planned, bool_or(handled) as handled from (
    select p.agent_id, p.day, sum(case when s.state not in ('break', 'logged_out') then p.ended_us - p.started_us else 0 end)::bigint as worked_us,
        false as planned, false as handled
    from state_piece p join work_state s on s.state_id = p.id group by all
    union all
    select distinct p.agent_id, p.day, null, true, false from shift_piece p join work_shift s on s.shift_id = p.id where s.state_class <> 'break'
    union all
    select distinct agent_id, local_date, null, false, true from work_segment where handled and agent_id is not null
) group by agent_id, day;

create or replace temp table work_month as
select agent_id, strftime(day, '%Y-%m') as month, count(worked_us) > 0 as has_states, bool_or(worked_us > 0 or planned or handled) as traced,
    count(*) filter (worked_us > 0) as worked_n, count(*) filter (planned) as planned_n, count(*) filter (handled) as handled_n
from work_trace group by all;
"""

# Who only leads, plans or evaluates on a day is not in service as an agent on it. Of two contracts the one begun later holds.
AGENT_DAYS = """
create or replace temp table day_in_service as
select d.agent_id, d.month, d.day, e.profile, e.day_h, e.hours_week,
    case when e.employment_id is not null then case when isodow(d.day) <= 5 then e.hours_week / 5 else 0 end end as contracted_h
from (
    select agent_id, month, cast(unnest(generate_series(starts, last_day(starts), interval 1 day)) as date) as day
    from (select *, cast(month || '-01' as date) as starts from touched_work)
) d
cross join work_edge g
join service s on s.agent_id = d.agent_id
left join work_month w on w.agent_id = d.agent_id and w.month = d.month
left join employment e on e.agent_id = d.agent_id and e.valid_from <= d.day and (e.valid_to is null or e.valid_to > d.day)
where d.day between g.first_day and g.last_day and (s.ends is null or d.day < s.ends) and (d.day >= s.starts or (s.starts is null and w.traced))
    and not (
        exists (select 1 from team_membership m where m.agent_id = d.agent_id and m.role <> 'agent' and m.valid_from <= d.day
            and (m.valid_to is null or m.valid_to > d.day))
        and not exists (select 1 from team_membership m where m.agent_id = d.agent_id and m.role = 'agent' and m.valid_from <= d.day
            and (m.valid_to is null or m.valid_to > d.day))
    )
qualify row_number() over (partition by d.agent_id, d.day order by e.valid_from desc nulls last, e.employment_id desc) = 1;

-- what the register counts is spread over the weekdays of the absence; what it does not count is what the contract asks for; without contract nobody knows
create or replace temp table sick_day as
with spread as (
    select p.*, isodow(p.day) <= 5 as weekday, count(*) filter (isodow(p.day) <= 5) over (partition by p.id) as weekdays_n,
        count(*) over (partition by p.id) as days_n
    from sick_piece p
)
select s.agent_id, s.day, sum(case when a.ended_at is null or coalesce(a.hours, a.days) is null then null
        when weekdays_n > 0 and not weekday then 0
        else coalesce(a.hours, a.days * d.day_h) / (case when weekdays_n > 0 then weekdays_n else days_n end) end) as told_h,
    max(case when a.ended_at is null or coalesce(a.hours, a.days) is null and d.contracted_h is not null
        then least(d.contracted_h, (s.ended_us - s.started_us) / 3.6e9) end) as agreed_h
from spread s
join work_absence a on a.absence_id = s.id
join day_in_service d on d.agent_id = s.agent_id and d.day = s.day
group by s.agent_id, s.day;

create or replace temp table made_agent_day as
select d.agent_id || '@' || d.day as agent_day_id, d.agent_id, d.day, d.profile, 1.0 / day(last_day(d.day)) as month_share,
    case when w.has_states then coalesce(t.worked_us, 0) / 1e6 end as worked_s, worked_s / (d.day_h * 3600) as worked_days, d.contracted_h,
    case when d.day >= g.absences_from then case when k.day is null then 0 else coalesce(k.told_h + coalesce(k.agreed_h, 0), k.agreed_h) end end as sick_h,
    case when d.day >= g.absences_from then k.day is not null end as sick, d.day as local_date,
    'made' as source, d.agent_id || '@' || d.day as source_id, null as changed_at, null as loaded_at, null as load_id
from day_in_service d
cross join work_edge g
left join work_month w on w.agent_id = d.agent_id and w.month = d.month
left join work_trace t on t.agent_id = d.agent_id and t.day = d.day
left join sick_day k on k.agent_id = d.agent_id and k.day = d.day;
"""

AGENT_MONTHS = """
create or replace temp table made_agent_month as
select d.agent_id || '@' || d.month as agent_month_id, d.agent_id, cast(d.month || '-01' as date) as month_start,
    d.days_n / day(last_day(month_start)) as in_service,
    coalesce(case when w.has_states then w.worked_n when w.planned_n > 0 then w.planned_n else w.handled_n end, 0) as working_days_n,
    case when month_start >= g.evaluations_from then coalesce(e.n, 0) end as evaluations_n,
    case when month_start >= g.talks_from then coalesce(k.n, 0) end as talks_n, month_start as local_date,
    'made' as source, d.agent_id || '@' || d.month as source_id, null as changed_at, null as loaded_at, null as load_id
from (select agent_id, month, count(*) as days_n from day_in_service group by all) d
cross join work_edge g
left join work_month w on w.agent_id = d.agent_id and w.month = d.month
left join (
    select agent_id, strftime(local_date, '%Y-%m') as month, count(*) as n from work_evaluation
    where completed_at is not null and purpose = 'sample' group by all
) e on e.agent_id = d.agent_id and e.month = d.month
left join (select agent_id, strftime(local_date, '%Y-%m') as month, count(*) as n from work_talk group by all) k
    on k.agent_id = d.agent_id and k.month = d.month;
"""
