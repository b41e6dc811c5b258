"""SQL for the words of cases, agent states, survey invitations, survey answers and promises."""

from __future__ import annotations

from nyckeltal.contacts.derive_time import AT, local_words

PLACES = {
    "case": """
create or replace temp table place_case as
select k.case_id, coalesce(c.zone, f.zone, 'UTC') as zone, k.opened_at as moment, k.closed_at
from base_case k left join client_zone c on c.client_id = k.client_id left join known_zone f on f.zone = k.zone;
""",
    # a state belongs to a person: the clock of the place where the agent works
    "agent_state": """
create or replace temp table place_state as
select s.state_id, coalesce(a.zone, q.zone, c.zone, f.zone, 'UTC') as zone, s.started_at as moment
from base_agent_state s
left join agent_zone a on a.agent_id = s.agent_id
left join queue_zone q on q.queue_id = s.queue_id
left join client_zone c on c.client_id = s.client_id
left join known_zone f on f.zone = s.zone;
""",
    # what is said of a contact falls on the days of the queue it came to
    "survey_invitation": """
create or replace temp table place_invitation as
select i.invitation_id, coalesce(q.zone, c.zone, f.zone, 'UTC') as zone, i.drawn_at as moment
from base_survey_invitation i
left join base_contact k on k.contact_id = i.contact_id
left join queue_zone q on q.queue_id = k.queue_id
left join client_zone c on c.client_id = i.client_id
left join known_zone f on f.zone = i.zone;
""",
    "survey_response": """
create or replace temp table place_response as
select r.response_id, coalesce(q.zone, c.zone, f.zone, 'UTC') as zone, r.answered_at as moment
from base_survey_response r
left join base_survey_invitation i on i.invitation_id = r.invitation_id
left join base_contact k on k.contact_id = i.contact_id
left join queue_zone q on q.queue_id = k.queue_id
left join client_zone c on c.client_id = r.client_id
left join known_zone f on f.zone = r.zone;
""",
}


def _since_opened(moment: str) -> str:
    return f"case when k.{moment} >= k.opened_at then (epoch_us(k.{moment}) - epoch_us(k.opened_at)) / 1e6 end"


# What the customer brought to us counts; a test or a call of ours does not, nor does the call-back that a contact asked for.
CASES = f"""
create or replace temp table made_case as
select k.*, coalesce(n.contacts_n, 0) as contacts_n,
    case when k.reopened_at >= k.closed_at then (epoch_us(k.reopened_at) - epoch_us(k.closed_at)) / 1e6 end as reopened_after_s,
    {_since_opened("closed_at")} as closed_after_s, {_since_opened("resolved_at")} as resolved_after_s, {_since_opened("locked_at")} as locked_after_s,
    coalesce(r.level2_id, k.reason_id) as reason_level2_id,
    {local_words("p.moment", date="opened_date", minute="opened_minute", offset_name="opened_offset_s")},
    {local_words("p.closed_at", offset="closing.offset_s", date="closed_date", minute="closed_minute", offset_name="closed_offset_s")},
    opened_date as local_date, k.marks as flags
from base_case k
join place_case p on p.case_id = k.case_id
join clock on {AT}
left join clock closing on closing.zone = p.zone and closing.quarter = epoch_us(p.closed_at) // 900000000
left join reason_level r on r.reason_id = k.reason_id
left join (
    select case_id, count(*) as contacts_n from case_contact where direction = 'inbound' and not is_test and callback_of is null group by case_id
) n on n.case_id = k.case_id;
"""

STATES = f"""
create or replace temp table made_state as
select s.*, (epoch_us(s.ended_at) - epoch_us(s.started_at)) / 1e6 as duration_s, {local_words("p.moment")}, s.marks as flags
from base_agent_state s join place_state p on p.state_id = s.state_id join clock on {AT};
"""

# Who was asked about a test, or about a call of ours, is left out with it; asked about no contact, a customer speaks of us all the same.
_SORT = "coalesce(c.is_test, false) as is_test, coalesce(c.direction, 'inbound') as direction"

INVITATIONS = f"""
create or replace temp table made_invitation as
select i.*, {_SORT}, {local_words("p.moment")}, i.marks as flags
from base_survey_invitation i
join place_invitation p on p.invitation_id = i.invitation_id
join clock on {AT}
left join base_contact c on c.contact_id = i.contact_id;
"""

RESPONSES = f"""
create or replace temp table made_response as
select r.*, q.measure, coalesce(i.agent_id, w.first_agent_id) as agent_id, i.contact_id, c.queue_id, coalesce(c.channel, i.channel) as channel,
    w.reason_level2_id, {_SORT}, {local_words("p.moment")}, r.marks as flags
from base_survey_response r
join place_response p on p.response_id = r.response_id
join clock on {AT}
left join question q on q.question_id = r.question_id
left join base_survey_invitation i on i.invitation_id = r.invitation_id
left join base_contact c on c.contact_id = i.contact_id
left join contact_words w on w.contact_id = i.contact_id;
"""

PROMISES = "create or replace temp table made_promise as select p.*, p.period_ended_on as local_date from base_promise p;"

STEPS = {"case": CASES, "agent_state": STATES, "survey_invitation": INVITATIONS, "survey_response": RESPONSES, "promise": PROMISES}
