"""Among which stored contacts those that a change touches take their turn, and which of them get other neighbours by it (decision 0022): no more is
read than lies within reach of a place that is taken or left, and nothing else is said of those anew."""

from __future__ import annotations

from nyckeltal.contacts.change import Change
from nyckeltal.contacts.derive_contact import MATTER, REACH_US
from nyckeltal.contacts.trace import day_columns

_PLACE = ("contact_id", *MATTER, "offered_at", "handled")
_KNOWN = ("next_contact_at", "previous_handled_at")
_BESIDE = (*_PLACE, "month", *_KNOWN, *day_columns("contact"))
_ROW = ", ".join(f"c.{name}" for name in _BESIDE)
_NOW = f"select {', '.join(_PLACE)} from contact_words where customer_hash is not null"
_THEN = f"select {', '.join(_PLACE)} from old_contact where customer_hash is not null"
_SAME_PLACE = " and ".join(f"w.{name} = c.{name}" for name in _PLACE)
_NEAR = f"""
    {" and ".join(f"c.{name} = s.{name}" for name in MATTER)} and epoch_us(c.offered_at) between s.first_us - {REACH_US} and s.last_us + {REACH_US}
"""
_EVER_US = 1 << 62


def gather(change: Change) -> bool:
    """Make `turn_beside`, once `contact_words` are there: the contacts that stand where they stood. Of those that the change does not hold only the ones
    within reach of where another came or went in their matter: before the first such place nobody gets another previous one, and after the last
    another next one (`first_us`, `last_us`). Whether there are any."""
    if not (change.has_stored("contact") and change.some(["contact_words", "old_contact"])):
        return False
    change.run(f"""
        create or replace temp table turn_span as
        select {", ".join(MATTER)}, min(epoch_us(offered_at)) as first_us, max(epoch_us(offered_at)) as last_us, count(*) as places_n from (
            select w.* from ({_NOW}) w anti join ({_THEN}) c on {_SAME_PLACE}
            union all select c.* from ({_THEN}) c anti join ({_NOW}) w on {_SAME_PLACE}
        ) group by all
    """)
    rows = [
        f"""
        select {_ROW}, true as in_hand, coalesce(s.first_us, {_EVER_US}) as first_us, coalesce(s.last_us, -{_EVER_US}) as last_us
        from old_contact c semi join ({_NOW}) w on {_SAME_PLACE} left join turn_span s on {_NEAR}
    """
    ]
    if there := _within_reach(change):
        months, first_us = there
        rows.append(f"""
            select {_ROW}, false as in_hand, s.first_us, s.last_us from ({change.snapshot.reading("contact", months, _BESIDE)}) c
            join turn_span s on {_NEAR}
            anti join old_contact w on w.contact_id = c.contact_id where c.offered_at >= make_timestamptz({first_us})
        """)
    change.turns = change.fill("turn_beside", " union all ".join(rows))
    return change.turns


def _within_reach(change: Change) -> tuple[list[str], int] | None:
    """The stored months in which somebody can stand within reach of a place that was taken or left, and the first moment at which one can."""
    first, last = f"make_timestamp(min(first_us) - {REACH_US}) - interval 1 day", f"make_timestamp(max(last_us) + {REACH_US}) + interval 1 day"
    begins, ends = (f"strftime({at}, '%Y-%m')" for at in (first, last))
    bounds = change.rows(f"select {begins} as first, {ends} as last, min(first_us) - {REACH_US} as first_us from turn_span")[0]
    months = [month for month in change.snapshot.months("contact") if bounds["first"] and bounds["first"] <= month <= bounds["last"]]
    return (months, bounds["first_us"]) if months else None


def turn(change: Change) -> bool:
    """Make `turned_contact`, those of `turn_beside` that have other neighbours now, once `neighbours` are known. Whether there are any."""
    return change.turns and change.fill(
        "turned_contact",
        f"""
        select c.* exclude ({", ".join(_KNOWN)}), n.next_contact_at, n.previous_handled_at,
            (epoch_us(n.next_contact_at) - epoch_us(c.offered_at)) / 1e6 as next_contact_after_s,
            (epoch_us(c.offered_at) - epoch_us(n.previous_handled_at)) / 1e6 as previous_handled_after_s
        from turn_beside c left join neighbours n on n.contact_id = c.contact_id
        where not c.in_hand and (n.next_contact_at is distinct from c.next_contact_at or n.previous_handled_at is distinct from c.previous_handled_at)
    """,
    )
