"""SQL for the words of summaries: sums out of means, and where an interval lies."""

from __future__ import annotations

from nyckeltal.contacts.derive_time import AT, local_words

PLACES = {
    "summary": """
    create or replace temp table place_summary as
    select r.summary_id as id, coalesce(q.zone, c.zone, f.zone, 'UTC') as zone, r.started_at as moment
    from base_summary r left join queue_zone q on q.queue_id = r.queue_id left join client_zone c on c.client_id = r.client_id
    left join known_zone f on f.zone = r.zone;
    """
}

_PARTS = ("wait", "talk", "hold", "acw")


def _total(part: str) -> str:
    """The seconds of all who were answered: as given, else by their mean; where nobody was answered there are none."""
    return f"coalesce(r.{part}_s, r.mean_{part}_s * r.answered_n, case when r.answered_n = 0 then 0 end)"


_CAME = "coalesce(r.offered_n, r.answered_n + r.abandoned_n)"
_WORDS = f"""
    {_CAME} as came_n,
    coalesce(r.in_time_n, r.in_time_share * {_CAME}, case when {_CAME} = 0 then 0 end) as timely_n,
    {", ".join(f"{_total(part)} as {part}_sum_s" for part in _PARTS)},
    coalesce({_total("handle")}, {_total("talk")} + {_total("hold")} + {_total("acw")}) as handle_sum_s,
    case when o.calendar_id is null then true end as in_hours,
"""

STEPS = {
    "summary": f"""
    create or replace temp table made_summary as
    select r.*, {_WORDS} {local_words("p.moment")}, r.marks as flags
    from base_summary r join place_summary p on p.id = r.summary_id left join clock on {AT} left join queue o on o.queue_id = r.queue_id;
    """
}
