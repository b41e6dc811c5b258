"""Among which stored contacts those that a change touches take their turn, and which of them get other neighbours by it (decision 0022): no more is
read than lies within reach, and nothing else is said of those anew."""

from __future__ import annotations

from nyckeltal.contacts.change import Change
from nyckeltal.contacts.derive_contact import HAS_NEIGHBOURS
from nyckeltal.contacts.schema import OF_NEIGHBOURS, REACH_D
from nyckeltal.contacts.trace import day_columns

_MATTER = ("client_id", "turning_key", "reason_level2_id")
_TURN = ("contact_id", "client_id", "customer_key as turning_key", "reason_level2_id", "offered_at")
_TOLD = ("source", "source_id", "month", *OF_NEIGHBOURS, *day_columns("contact"))
_ASKED = ("customer_key", "direction", "callback_of", "is_test")
_SAME = " and ".join(f"c.{name.replace('turning', 'customer')} = s.{name}" for name in _MATTER)


def gather(change: Change) -> bool:
    """Make `turn_beside`, the stored contacts about the same matters as touched ones within twice the reach of where those stand or stood: as far as
    contacts look that a touched one is found by. Whether there are any."""
    if not (change.has_stored("contact") and _places(change)):
        return False
    change.run(f"""
        create or replace temp table turn_span as select {", ".join(_MATTER)}, min(offered_at) - interval {REACH_D} day as starts,
            max(offered_at) + interval {REACH_D} day as ends from turn_place group by all
    """)
    far = f"interval {REACH_D} day"
    around = f"strftime(min(starts) - {far} - interval 1 day, '%Y-%m') as first, strftime(max(ends) + {far} + interval 1 day, '%Y-%m') as last"
    bounds = change.rows(f"select {around} from turn_span")[0]
    months = [month for month in change.snapshot.months("contact") if bounds["first"] <= month <= bounds["last"]]
    known = change.snapshot.reading("contact", months, [name.partition(" ")[0] for name in (*_TURN, "handled", *_TOLD, *_ASKED)])
    return bool(months) and change.fill(
        "turn_beside",
        f"""
        select {", ".join(f"c.{name}" for name in (*_TURN, "handled", *_TOLD))} from ({known}) c
        semi join turn_span s on {_SAME} and c.offered_at >= s.starts - {far} and c.offered_at <= s.ends + {far}
        anti join within w on w.contact_id = c.contact_id where {HAS_NEIGHBOURS}
    """,
    )


def _places(change: Change) -> bool:
    """Where the touched contacts stand in turn, and where they stood: `turn_place`."""
    there = sorted(change.some(["base_contact", "old_contact"]))
    then = [f"select {', '.join(f'c.{name}' for name in _TURN)} from {rows.replace('base', 'told')} c where {HAS_NEIGHBOURS}" for rows in there]
    return bool(then) and change.fill("turn_place", " union ".join(then))


def turn(change: Change) -> bool:
    """Make `turned_contact`, those of `turn_beside` that have other neighbours now, once `neighbours` are known; farther off than the reach others than
    those at hand may be theirs. Whether there are any."""
    return change.fill(
        "turned_contact",
        f"""
        select c.* exclude ({", ".join(OF_NEIGHBOURS)}), n.next_contact_at, n.previous_handled_at,
            (epoch_us(n.next_contact_at) - epoch_us(c.offered_at)) / 1e6 as next_contact_after_s,
            (epoch_us(c.offered_at) - epoch_us(n.previous_handled_at)) / 1e6 as previous_handled_after_s
        from turn_beside c semi join turn_span s on {_SAME.replace("customer_key", "turning_key")} and c.offered_at >= s.starts and c.offered_at <= s.ends
        left join neighbours n on n.contact_id = c.contact_id
        where n.next_contact_at is distinct from c.next_contact_at or n.previous_handled_at is distinct from c.previous_handled_at
    """,
    )
