"""SQL for the words of what was planned and of those who work here: shifts, forecasts, outages, absences, talks, answers, reports."""

from __future__ import annotations

from nyckeltal.contacts.derive_time import AT, local_words


def _person(table: str, key: str, moment: str) -> str:
    """Where a row about a person stands: by the clock of the place where the agent works, else the file's."""
    return f"""
    create or replace temp table place_{table} as
    select r.{key} as id, coalesce(a.zone, f.zone, 'UTC') as zone, r.{moment} as moment
    from base_{table} r left join agent_zone a on a.agent_id = r.agent_id left join known_zone f on f.zone = r.zone;
    """


PLACES = {
    "schedule_shift": _person("schedule_shift", "shift_id", "started_at"),
    "absence": _person("absence", "absence_id", "started_at"),
    "feedback_talk": _person("feedback_talk", "talk_id", "held_at"),
    "outage": """
    create or replace temp table place_outage as
    select o.outage_id as id, coalesce(q.zone, f.zone, 'UTC') as zone, o.started_at as moment
    from base_outage o left join queue_zone q on o.scope = 'queue' and q.queue_id = o.scope_id left join known_zone f on f.zone = o.zone;
    """,
    "report_task": """
    create or replace temp table place_report_task as
    select t.task_id as id, coalesce(c.zone, f.zone, 'UTC') as zone, t.delivered_at as moment
    from base_report_task t left join client_zone c on c.client_id = t.client_id left join known_zone f on f.zone = t.zone;
    """,
}


def _placed(table: str, key: str, words: str = "") -> str:
    return f"""
    create or replace temp table made_{table} as
    select r.*, {words} {local_words("p.moment")}, r.marks as flags from base_{table} r join place_{table} p on p.id = r.{key} left join clock on {AT};
    """


_DURATION = "(epoch_us(r.ended_at) - epoch_us(r.started_at)) / 1e6 as duration_s,"

# A stretch that was planned anew is out as soon as one of a higher version meets it.
SHIFTS = f"""
create or replace temp table shift_out as
with spread as (
    select shift_id, agent_id, version, started_at, ended_at,
        unnest(generate_series(epoch_us(started_at) // 86400000000, epoch_us(ended_at) // 86400000000)) as day from near_schedule_shift
)
select distinct r.shift_id from spread r join spread o
    on o.agent_id = r.agent_id and o.day = r.day and o.version > r.version and o.started_at < r.ended_at and o.ended_at > r.started_at;
{_placed("schedule_shift", "shift_id", f"not exists (select 1 from shift_out o where o.shift_id = r.shift_id) as counts, {_DURATION}")}
"""

EMPLOYEES = """
create or replace temp table made_employee_response as
select r.*, q.measure, q.scale, r.week as local_date, r.marks as flags from base_employee_response r left join question q on q.question_id = r.question_id;
"""

REPORTS = f"""
create or replace temp table made_report_task as
select r.*, {local_words("p.moment", date="delivered_on", minute="delivered_minute", offset_name="delivered_offset_s")},
    r.due_on as local_date, r.marks as flags
from base_report_task r join place_report_task p on p.id = r.task_id left join clock on {AT};
"""

STEPS = {
    "schedule_shift": SHIFTS,
    "outage": _placed("outage", "outage_id", _DURATION),
    "absence": _placed("absence", "absence_id"),
    "feedback_talk": _placed("feedback_talk", "talk_id"),
    "employee_response": EMPLOYEES,
    "report_task": REPORTS,
}


# ── forecasts: made when all visits in question are ──

# A queue's contacts are known on the days of the sources that bring them: a voice log that goes on says nothing of mail.
QUEUE_KNOWN = """
create or replace temp table {into} as
with told as (select queue_id, client_id, source, min(local_date) as first_day, max(local_date) as last_day from {rows} group by all),
origin as (select client_id, source, min(first_day) as first_day, max(last_day) as last_day from told group by all)
select t.queue_id, min(o.first_day) as first_day, max(o.last_day) as last_day
from told t join origin o on o.client_id is not distinct from t.client_id and o.source is not distinct from t.source
group by t.queue_id;
"""

FORECAST_PLACES = """
create or replace temp table place_forecast as
select r.forecast_id as id, coalesce(q.zone, c.zone, f.zone, 'UTC') as zone, r.interval_start as moment
from base_forecast r
left join queue k on k.queue_id = r.queue_id
left join queue_zone q on q.queue_id = r.queue_id
left join client_zone c on c.client_id = k.client_id
left join known_zone f on f.zone = r.zone;
"""

_ENDS_US = "epoch_us(r.interval_start) + cast(r.interval_s * 1e6 as bigint)"

# How many had come before each moment; what came in an interval is a difference, whatever intervals others forecast.
FORECASTS = f"""
create or replace temp table arrivals as
select queue_id, at_us, sum(n) over (partition by queue_id order by at_us) as so_far from (
    select queue_id, epoch_us(entered_at) as at_us, count(*) as n from whole_queue_visit
    where offered and direction = 'inbound' and not is_test and queue_id in (select queue_id from base_forecast) group by all
);
create or replace temp table made_forecast as
with counted as (
    select r.*, {_ENDS_US} as ends_us,
        row_number() over (partition by r.queue_id, r.interval_start order by r.made_at desc nulls last, r.forecast_id desc) = 1 as counts
    from base_forecast r
),
told as (
    select r.*, coalesce(e.so_far, 0) - coalesce(b.so_far, 0) as n
    from counted r
    asof left join arrivals b on b.queue_id = r.queue_id and epoch_us(r.interval_start) > b.at_us
    asof left join arrivals e on e.queue_id = r.queue_id and r.ends_us > e.at_us
),
placed as (
    select r.*, k.client_id, k.channel, {local_words("p.moment")}, r.marks as flags,
        case when r.counts and local_date between g.first_day and g.last_day then r.n end as actual_n
    from told r
    join place_forecast p on p.id = r.forecast_id
    left join forecast_clock clock on {AT}
    left join queue k on k.queue_id = r.queue_id
    left join queue_known g on g.queue_id = r.queue_id
)
select * exclude (n, ends_us), actual_n - contacts as error_n, abs(actual_n - contacts) as abs_error_n from placed;
"""
