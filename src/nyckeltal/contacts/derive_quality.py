"""SQL for evaluations, their answers, and what is made of answers: the items that evaluators agree about, and completed interviews."""

from __future__ import annotations

from nyckeltal.contacts import derive_trade

# An evaluation under way stands where it was begun.
PLACES = {"qa_evaluation": derive_trade.place("qa_evaluation", "evaluation_id", "coalesce(r.completed_at, r.started_at)")}

ANSWERS = """
create or replace temp table made_qa_answer as
select r.*, e.local_date, r.marks as flags from base_qa_answer r left join made_qa_evaluation e on e.evaluation_id = r.evaluation_id;
"""

STEPS = {"qa_evaluation": derive_trade.of_contact("qa_evaluation", "evaluation_id"), "qa_answer": ANSWERS}

# The form's own score stands beside its answers, as the item `form`, so that agreement about both is asked alike.
ITEMS = """
create or replace temp table made_qa_item as
select a.*, e.evaluation_id, e.contact_id, coalesce(e.client_id, k.client_id) as client_id, e.agent_id, e.form_version_id, e.evaluator_id, e.completed_at,
    e.purpose, e.local_date, e.local_minute, e.utc_offset_s, e.source, a.answer_id as source_id, e.changed_at, e.loaded_at, e.load_id
from (
    select evaluation_id as about, answer_id, item_id, case when not is_na then value_n end as value_n, scale from whole_qa_answer
    union all by name
    select evaluation_id as about, evaluation_id || '#form' as answer_id, 'form' as item_id, score as value_n, 'points' as scale
    from whole_qa_evaluation where score is not null
) a
join whole_qa_evaluation e on e.evaluation_id = a.about
left join base_contact k on k.contact_id = e.contact_id
where e.completed_at is not null and e.evaluation_id in (select evaluation_id from touched_evaluation);
"""

# Each answer brought to 0 to 1 by the ends of its scale (reference 1.2, 6.4).
_ENDS = {"0_10": (0, 10), "1_10": (1, 10), "1_5": (1, 5), "1_7": (1, 7), "yes_no": (0, 1)}
_SHARE = "case r.scale " + " ".join(f"when '{scale}' then (r.value - {low}) / {high - low}" for scale, (low, high) in _ENDS.items()) + " end"


def _mean(value: str) -> str:
    """Over the answers that count, in their own order: no engine promises one, and another would change the last digit."""
    return f"list_avg(list({value} order by r.response_id) filter (r.measure = 'total' and {_SHARE} is not null))"


INTERVIEWS = f"""
create or replace temp table made_interview as
with told as (
    select r.invitation_id, max(r.answered_at) as completed_at, arg_max(struct_pack(local_date, local_minute, utc_offset_s), r.answered_at) as place,
        {_mean(_SHARE)} as experience, {_mean("r.weight")} as weight,
        min(r.agent_id) as agent_id, min(r.queue_id) as queue_id, min(r.channel) as channel, min(r.reason_level2_id) as reason_level2_id
    from whole_survey_response r group by r.invitation_id
)
select i.invitation_id, i.client_id, i.contact_id, coalesce(i.agent_id, t.agent_id) as agent_id, i.customer_key, t.completed_at, t.experience, t.weight,
    i.is_test, i.direction, t.queue_id, t.channel, t.reason_level2_id, t.place.local_date, t.place.local_minute, t.place.utc_offset_s,
    i.source, i.source_id, i.changed_at, i.loaded_at, i.load_id
from whole_survey_invitation i join told t on t.invitation_id = i.invitation_id
where i.outcome = 'complete' and t.experience is not null and i.invitation_id in (select invitation_id from touched_invitation);
"""
