"""SQL for what a source tells at all: what it never tells is null, and no nought (decision 0009)."""

from __future__ import annotations

# What a source tells at all: a part of the handling (reference 9.3 rule 7), how a part of a contact ended, a tier or an escalation. `part` is empty,
# or the client and channel of which it tells that.
PARTS = """
select source, '' as part, count(talk_s) filter (answered) > 0 as has_talk, count(hold_s) filter (answered) > 0 as has_hold,
    count(acw_s) filter (answered) > 0 as has_acw, count(end_kind) > 0 as has_end,
    count(escalated_to_tier) > 0 or coalesce(bool_or(end_kind = 'escalation'), false) as has_tier
from {rows} group by source
"""
# What contacts took over from another source (decision 0021) tells of those alone that could have taken it: of their client and channel.
_TAKEN = "count(*) filter (list_contains(string_split(taken, ' '), '{name}')) > 0 as {flag}"
_OWN = "count({name}) filter (taken is null or not list_contains(string_split(taken, ' '), '{name}')) > 0 as {flag}"
NOTES = f"""
select source, '' as part, {_OWN.format(name="reason_id", flag="has_reason")}, {_OWN.format(name="reason_type", flag="has_type")}
from {{rows}} group by source
union all
select source, concat_ws(chr(31), client_id, channel) as part, {_TAKEN.format(name="reason_id", flag="has_reason")},
    {_TAKEN.format(name="reason_type", flag="has_type")}
from {{rows}} where taken is not null group by all
"""

# Where it is kept while words are made, whose rows tell it, and what it says per source: each word of it with what a row has that could tell it.
TELLING = {
    "source_parts": (
        "segment",
        PARTS,
        {
            **{f"has_{part}": f"{part}_s is not null" for part in ("talk", "hold", "acw")},
            "has_end": "end_kind is not null",
            "has_tier": "(escalated_to_tier is not null or end_kind = 'escalation')",
        },
    ),
    "source_notes": ("contact", NOTES, {"has_reason": "reason_id is not null", "has_type": "reason_type is not null"}),
}
