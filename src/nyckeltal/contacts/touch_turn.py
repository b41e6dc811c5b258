"""Among which stored contacts those that a change touches take their turn, and which of them get other neighbours by it (decision 0022): no more is
read than lies within reach of a place that is taken or left, and nothing else is said of those anew."""

from __future__ import annotations

from nyckeltal.contacts.change import Change
from nyckeltal.contacts.columns import types
from nyckeltal.contacts.derive_contact import MATTER, REACH_US
from nyckeltal.contacts.trace import day_columns

_PLACE = (*MATTER, "offered_at")
_TURN = ("contact_id", *_PLACE, "handled")
_KNOWN = ("next_contact_at", "previous_handled_at")
_BESIDE = (*_PLACE, "handled", "month", *_KNOWN, *day_columns("contact"))  # not who it is: ids take a third of the reading
_ROW = ", ".join(f"c.{name}" for name in _BESIDE)
_IN_FILE = "filename, file_row_number"
_TOLD = ("filename", "file_row_number", "month", *day_columns("contact"))
_NOW = f"select {', '.join(_TURN)} from contact_words where customer_hash is not null"
_THEN = f"select {', '.join(_TURN)} from old_contact where customer_hash is not null"
_AS_IT_WAS = " and ".join(f"w.{name} = c.{name}" for name in _TURN)
_NEAR = f"epoch_us({{at}}) between s.first_us - {REACH_US} and s.last_us + {REACH_US}"
_EVER_US = 1 << 62
_NOBODY = f"""
    select null::varchar as filename, null::bigint as file_row_number, {", ".join(f"null::{types('contact')[name]} as {name}" for name in _BESIDE)} where false
"""

# Where somebody came or went: whose matter, moment or being handled is another than what is stored.
_SPAN = f"""
    create or replace temp table turn_span as
    select {", ".join(MATTER)}, min(epoch_us(offered_at)) as first_us, max(epoch_us(offered_at)) as last_us, count(*) as places_n from (
        select w.* from ({_NOW}) w anti join ({_THEN}) c on {_AS_IT_WAS}
        union all select c.* from ({_THEN}) c anti join ({_NOW}) w on {_AS_IT_WAS}
    ) group by all
"""
# Those in hand that stand where they stood.
_IN_HAND = f"""
    select c.contact_id, {_ROW}, true as in_hand, coalesce(s.first_us, {_EVER_US}) as first_us, coalesce(s.last_us, -{_EVER_US}) as last_us
    from old_contact c semi join ({_NOW}) w on {_AS_IT_WAS}
    left join turn_span s on {" and ".join(f"c.{name} = s.{name}" for name in MATTER)} and {_NEAR.format(at="c.offered_at")}
"""
# Stored rows within reach. Eight bytes find them, of whatever client and reason; then the few that they find are looked at.
_FOUND = f"""
    with found as materialized (
        select {_ROW}, c.filename, c.file_row_number, s.client_id as of_client, s.reason_level2_id as of_reason, s.first_us, s.last_us
        from ({{rows}}) c join turn_span s on s.customer_hash = c.customer_hash where c.offered_at >= make_timestamptz({{first_us}})
    )
    select null::varchar as contact_id, * exclude (of_client, of_reason), false as in_hand from found s
    where client_id = of_client and reason_level2_id = of_reason and {_NEAR.format(at="s.offered_at")}
"""
# Where as many stand as are in hand there, it is those.
_HELD = f"""
    delete from turn_beside c using (
        select {", ".join(_PLACE)}, count(*) from old_contact where customer_hash is not null group by all
        intersect select {", ".join(_PLACE)}, count(*) from turn_beside group by all
    ) w where {" and ".join(f"w.{name} = c.{name}" for name in _PLACE)}
"""
# Only of those who share a moment with somebody it matters who they are: whether they are in hand, and who of them is the first.
_CROWDED = f"""
    select {_IN_FILE}, month from turn_beside semi join (
        select customer_hash, offered_at from turn_beside group by all having count(*) > 1
        union all select customer_hash, offered_at from contact_words
        union all select customer_hash, offered_at from old_contact
    ) using (customer_hash, offered_at)
"""
_NAMED = """
    update turn_beside c set contact_id = n.contact_id from turn_named n where n.filename = c.filename and n.file_row_number = c.file_row_number;
    delete from turn_beside where contact_id in (select contact_id from old_contact);
"""


def gather(change: Change) -> bool:
    """Make `turn_beside`, once `contact_words` are there: the contacts that stand where they stood. Of those that the change does not hold only the ones
    within reach of where another came or went in their matter: before the first such place nobody gets another previous one, and after the last
    another next one (`first_us`, `last_us`). Whether there are any."""
    if not (change.has_stored("contact") and change.some(["contact_words", "old_contact"])):
        return False
    change.run(_SPAN)
    found, held = _find(change), change.any("old_contact")
    if held:
        change.run(f"insert into turn_beside by name {_IN_HAND}")
    change.turns = (found or held) and change.any("turn_beside")
    return change.turns


def _find(change: Change) -> bool:
    """Make `turn_beside` of the stored contacts within reach that the change does not hold. Whether there may be any."""
    months, first_us = _within_reach(change)
    rows = change.snapshot.reading("contact", months, _BESIDE, places=True) if months else _NOBODY
    if not change.fill("turn_beside", _FOUND.format(rows=rows, first_us=first_us)):
        return False
    change.run(_HELD)
    if change.fill("turn_crowd", _CROWDED):
        crowded = [row["month"] for row in change.rows("select distinct month from turn_crowd")]
        named = change.snapshot.reading("contact", crowded, ["contact_id"], places=True)
        change.run(f"create or replace temp table turn_named as select * from ({named}) semi join turn_crowd using ({_IN_FILE})")
        change.run(_NAMED)
    return True


def _within_reach(change: Change) -> tuple[list[str], int]:
    """The stored months in which somebody can stand within reach of a place that was taken or left, and the first moment at which one can."""
    first, last = f"make_timestamp(min(first_us) - {REACH_US}) - interval 1 day", f"make_timestamp(max(last_us) + {REACH_US}) + interval 1 day"
    begins, ends = (f"strftime({at}, '%Y-%m')" for at in (first, last))
    bounds = change.rows(f"select {begins} as first, {ends} as last, min(first_us) - {REACH_US} as first_us from turn_span")[0]
    months = [month for month in change.snapshot.months("contact") if bounds["first"] and bounds["first"] <= month <= bounds["last"]]
    return months, bounds["first_us"] or 0


def turn(change: Change) -> bool:
    """Make `turned_contact`, those of `turn_beside` that have other neighbours now, once `neighbours` are known: where they lie, not who they are.
    Whether there are any."""
    return change.turns and change.fill(
        "turned_contact",
        f"""
        select {", ".join(f"c.{name}" for name in _TOLD)}, n.next_contact_at, n.previous_handled_at,
            (epoch_us(n.next_contact_at) - epoch_us(c.offered_at)) / 1e6 as next_contact_after_s,
            (epoch_us(c.offered_at) - epoch_us(n.previous_handled_at)) / 1e6 as previous_handled_after_s
        from turn_beside c left join neighbours n on n.beside_n = c.rowid
        where not c.in_hand and (n.next_contact_at is distinct from c.next_contact_at or n.previous_handled_at is distinct from c.previous_handled_at)
    """,
    )
