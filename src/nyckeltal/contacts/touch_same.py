"""Which contacts a change touches because they could be the same as touched ones (decision 0021): two that could be, and who else each of them could be,
are worked out together or not at all."""

from __future__ import annotations

from nyckeltal.contacts import columns
from nyckeltal.contacts.change import Change
from nyckeltal.contacts.same import OWN_NAME, as_loaded, keys, names, pairs, told_rows
from nyckeltal.contacts.same_rules import LONGEST_S, Rules, sources_of


def reach(change: Change) -> None:
    """Add to `touched` until nobody else could be the same as somebody there; `same_hand` is who was looked at. Rules that differ from those that held
    before touch every contact of the sources they name."""
    if not change.joins:
        return
    before = change.snapshot.state.same
    if change.same != before:
        named = ", ".join(columns.text(name) for name in sources_of((*change.same, *before)))
        change.run(f"insert into touched select contact_id from stored_contact where source in ({named})")
    change.run("create or replace temp table same_hand (contact_id varchar)")
    while _front(change):
        change.run("insert into same_hand from same_front")
        if change.same:
            _partners(change, change.same)


def _front(change: Change) -> bool:
    change.run(
        "create or replace temp table same_front as select distinct contact_id from touched where contact_id is not null and contact_id not in (from same_hand)"
    )
    return change.any("same_front")


def _partners(change: Change, rules: Rules) -> None:
    """Touch the stored rows that could be the same as those in front, as these are now and as they were."""
    named = ", ".join(columns.text(name) for name in sources_of(rules))
    change.take("contact", f"source in ({named}) and contact_id in (select contact_id from same_front)", "same_stored", ("contact_id",))
    mine = f"{told_rows('new_contact', 'contact_id in (from same_front)')} union all {told_rows('same_stored')}"
    change.run(f"create or replace temp table same_mine as select * from ({mine}) where source in ({named})")
    if not change.any("same_mine"):
        return
    rest = f"source in ({named}) and contact_id not in (from same_hand) and ({' or '.join(_near(rules))})"
    change.take("contact", rest, "same_stored", ("contact_id",))
    change.run(f"create or replace temp table same_others as {told_rows('same_stored')}")
    if any("agent" in rule.by for rule in rules):
        _agents(change)
    for found, one, other in (("also_id", "same_mine", "same_others"), ("keep_id", "same_others", "same_mine")):
        met = pairs(rules, keys(rules, True, f"from {one}", "same_agent"), keys(rules, False, f"from {other}", "same_agent"))
        change.run(f"insert into touched select {found} from ({met})")


def _agents(change: Change) -> None:
    """Make `same_agent`: who took part in those contacts, now or before."""
    change.take("segment", "contact_id in (select contact_id from same_mine union select contact_id from same_others)", "same_segment")
    told = (f"select contact_id, agent_id from {when}_segment where agent_id is not null" for when in ("same", "new"))
    own = (f"select contact_id, own_agent_id from {rows} where own_agent_id is not null" for rows in ("same_mine", "same_others"))
    change.run(f"create or replace temp table same_agent as {' union all '.join([*told, *own])}")


def _near(rules: Rules) -> list[str]:
    """Conditions of which each stored row that could be the same as one in front meets one: not all of a long history is looked at."""
    timed = [rule for rule in rules if rule.within_s is not None]
    found = []
    if timed:
        around = f"interval {LONGEST_S + round(max(rule.within_s or 0 for rule in timed)) + 1} second"
        when = f"offered_at between (select min(offered_at) from same_mine) - {around} and (select max(offered_at) from same_mine) + {around}"
        known = f" and {as_loaded('contact', 'customer_key')} in (select customer_key from same_mine)"
        found.append(when + (known if all("customer" in rule.by for rule in timed) else ""))
    if len(timed) < len(rules):
        called = f"(select name from ({names('from same_mine')}))"
        found += [f"{OWN_NAME} in {called}", f"reference in {called}"]
    return found
