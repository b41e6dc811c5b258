"""Which contacts a change touches because they could be the same as touched ones (decision 0021): two that could be, and who else each of them could be,
are worked out together or not at all."""

from __future__ import annotations

from nyckeltal.contacts import columns
from nyckeltal.contacts.change import Change
from nyckeltal.contacts.same import OWN_NAME, as_loaded, keys, names, pairs, told_rows
from nyckeltal.contacts.same_rules import LONGEST_S, Rules, sources_of

_AGENTS = """(select contact_id, agent_id from stored_segment where agent_id is not null
    union all select contact_id, agent_id from new_segment where agent_id is not null
    union all select contact_id, own_agent_id from new_contact where own_agent_id is not null
    union all select contact_id, own_agent_id from stored_contact where own_agent_id is not null)"""


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
    mine = " union all ".join(told_rows(f"{when}_contact", "contact_id in (from same_front)") for when in ("new", "stored"))
    named = ", ".join(columns.text(name) for name in sources_of(rules))
    change.run(f"create or replace temp table same_mine as select * from ({mine}) where source in ({named})")
    if not change.any("same_mine"):
        return
    rest = f"source in ({named}) and contact_id not in (from same_hand) and ({' or '.join(_near(rules))})"
    change.run(f"create or replace temp table same_others as {told_rows('stored_contact', rest)}")
    met = {
        "also_id": pairs(rules, keys(rules, True, "from same_mine", _AGENTS), keys(rules, False, "from same_others", _AGENTS)),
        "keep_id": pairs(rules, keys(rules, True, "from same_others", _AGENTS), keys(rules, False, "from same_mine", _AGENTS)),
    }
    for found, sql in met.items():
        change.run(f"insert into touched select {found} from ({sql})")


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
