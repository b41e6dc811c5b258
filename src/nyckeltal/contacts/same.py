"""One contact that two sources know of, carried out (decision 0021): which rows are the same by rule, which of them counts, and what it takes over.

A row that is the same as another counts nowhere: it stands as a test does. What it said that the other one lacks, and whatever was said about it, is
the other's. What that changed about a row is kept with it (`Column.joined`), so that it can be told as it was loaded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from nyckeltal.contacts import columns
from nyckeltal.contacts.same_rules import LONGEST_S, Rule, Rules, sources_of

if TYPE_CHECKING:
    import duckdb

# What a row that counts takes over where it says nothing itself. Never times nor people: those are measured by the source that is kept.
TAKEN = (
    *("customer_key", "language", "case_id", "reason_id", "reason_type", "reason_logged_at", "resolved_flag", "logged_by"),
    *("upsell_eligible", "upsell_offered"),
)
SPEAKING = ("message", "survey_invitation", "qa_evaluation", "sale", "retention_case", "order", "complaint")  # name the contact that they are about
ALTERED = ("contact", *SPEAKING)


def as_loaded(table: str, name: str) -> str:
    """SQL for a column of a stored row as its file said it."""
    if table == "contact" and name in TAKEN:
        return f"case when list_contains(string_split(taken, ' '), {columns.text(name)}) then null else {columns.quoted(name)} end"
    if table == "contact" and name == "is_test":
        return "is_test and same_as is null"
    if table in SPEAKING and name == "contact_id":
        return "coalesce(told_contact_id, contact_id)"
    return columns.quoted(name)


def restore(con: duckdb.DuckDBPyConnection, table: str, relation: str, where: str = "true") -> None:
    """Put stored rows of a table back as they were loaded."""
    if table not in ALTERED:
        return
    names = ("is_test", *TAKEN) if table == "contact" else ("contact_id",)
    marked = "same_as is not null or taken is not null or same_unclear" if table == "contact" else "told_contact_id is not null"
    given = [f"{name} = {as_loaded(table, name)}" for name in names] + [f"{name} = null" for name in columns.joined(table)]
    con.execute(f"update {relation} set {', '.join(given)} where ({marked}) and ({where})")


# ── which rows could be the same ──

_FIELDS = (
    *("contact_id", "source", "client_id", "channel", "direction", "customer_key", "own_agent_id", "offered_at", "answered_at"),
    *("reference", "is_test", "left_in_menu"),
)


def told_rows(relation: str, where: str = "true") -> str:
    """SQL for what rules look at, of contacts as they were loaded."""
    told = ", ".join(f"{as_loaded('contact', name)} as {name}" for name in _FIELDS)
    return f"select {told} from {relation} where {where}"


def keys(rules: Rules, keeps: bool, rows: str, agents: str) -> str:
    """SQL for what rows of one side are recognised by: equal in `key` and `bucket` two rows can be the same by a rule. Tests and hang-ups in the menu
    are nobody's."""
    return " union all ".join(_keys(number, rule, keeps, rows, agents) for number, rule in enumerate(rules)) or _NO_KEYS


_NO_KEYS = "select null::int as rule, null as contact_id, null as source, null as key, null::bigint as bucket, null::bigint as at_us, false as told where false"


def _keys(number: int, rule: Rule, keeps: bool, rows: str, agents: str) -> str:
    parts = ["client_id", "direction", "''" if rule.channels else "channel"]
    where = [f"source = {columns.text(rule.keep if keeps else rule.also)}", "not is_test", "not left_in_menu"]
    where += [f"channel in {_listed(rule.channels)}"] if rule.channels else []
    where += [f"client_id in {_listed(rule.clients)}"] if rule.clients else []
    joins, told = "", "true"
    if "customer" in rule.by:
        parts.append("customer_key")
        where.append("customer_key is not null")
    if "agent" in rule.by:
        joins += f" join (select distinct contact_id, agent_id from {agents}) a using (contact_id)"
        parts.append("a.agent_id")
    if "reference" in rule.by:
        joins += f" join ({names(rows)}) n using (contact_id)"
        parts.append("n.name")
        told = "n.told"
    moments = "[offered_at, case when answered_at between offered_at and offered_at + interval 1 day then answered_at end]" if keeps else "[offered_at]"
    begun = f"""select {number} as rule, contact_id, source, concat_ws(chr(31), {", ".join(parts)}) as key, {told} as told, epoch_us(unnest({moments})) as at_us
        from ({rows}){joins} where {" and ".join(where)}"""
    around = "unnest([-1, 0, 1])" if keeps and rule.within_s is not None else "0"
    bucket = f"at_us // {_us(rule)} + {around}" if rule.within_s is not None else "0"
    return f"select rule, contact_id, source, key, {bucket} as bucket, at_us, told from ({begun}) where at_us is not null"


OWN_NAME = "case when starts_with(contact_id, source || ':') then substr(contact_id, length(source) + 2) else contact_id end"


def names(rows: str) -> str:
    """SQL for what systems call a contact: its own source by its id, others as they told."""
    return (
        f"select contact_id, {OWN_NAME} as name, false as told from ({rows}) union select contact_id, reference, true from ({rows}) where reference is not null"
    )


def _us(rule: Rule) -> int:
    return round((rule.within_s or LONGEST_S) * 1e6)


def _listed(names: Iterable[str]) -> str:
    return f"({', '.join(columns.text(name) for name in names)})"


def pairs(rules: Rules, kept: str, others: str) -> str:
    """SQL for the rows that could be the same, and how many seconds apart they began: the kept one from its start or its answer, whichever is nearer."""
    limits = " ".join(f"when {number} then {_us(rule)}" for number, rule in enumerate(rules) if rule.within_s is not None)
    near = f"coalesce(abs(k.at_us - j.at_us) <= case k.rule {limits} end, true)" if limits else "true"
    return f"""select k.rule, k.contact_id as keep_id, j.contact_id as also_id, j.source as also, (min(abs(k.at_us - j.at_us)) + 500000) // 1000000 as apart_s
        from ({kept}) k join ({others}) j on k.rule = j.rule and k.key = j.key and k.bucket = j.bucket
        where (k.told or j.told) and {near} group by all"""


# ── which of them are ──


class Pair(NamedTuple):
    rule: int
    apart_s: int
    keep_id: str
    also_id: str
    also: str


def settle(found: Iterable[Pair]) -> tuple[dict[str, Pair], set[str]]:
    """Who is who among rows that could be several: by the first rule, and the nearest first, one to one for each source. Rows as near to two are
    left alone, with those two; the second answer names them."""
    same: dict[str, Pair] = {}
    unclear: set[str] = set()
    kept: set[tuple[str, str]] = set()
    for _, by_rule in groupby(sorted(found), key=lambda pair: pair.rule):
        doubtful: set[str] = set()
        for _, alike in groupby(by_rule, key=lambda pair: pair.apart_s):
            free = [
                pair
                for pair in alike
                if pair.also_id not in same and (pair.also, pair.keep_id) not in kept and not {pair.also_id, f"{pair.also}\0{pair.keep_id}"} & doubtful
            ]
            counted = Counter(name for pair in free for name in _ends(pair))
            for pair in free:
                if all(counted[name] == 1 for name in _ends(pair)):
                    same[pair.also_id] = pair
                    kept.add((pair.also, pair.keep_id))
                else:
                    doubtful.update(_ends(pair))
                    unclear.add(pair.also_id)
    return same, unclear - same.keys()


def _ends(pair: Pair) -> Iterator[str]:
    yield pair.also_id
    yield f"{pair.also}\0{pair.keep_id}"  # one contact may be the same as one row of each source


def join(con: duckdb.DuckDBPyConnection, rules: Rules) -> None:
    """Make `same_pair`, who counts as whom of the contacts of `same_hand`, and `base_contact` what it is with that. Both sides of every pair are in
    hand; rows of `base_contact` that are not stay as they stand."""
    restore(con, "contact", "base_contact", "contact_id in (from same_hand)")
    rows = told_rows("base_contact", f"source in {_listed(sources_of(rules)) if rules else '(null)'} and contact_id in (from same_hand)")
    agents = "(select contact_id, agent_id from base_segment where agent_id is not null union all select contact_id, own_agent_id from base_contact"
    agents += " where own_agent_id is not null)"
    con.execute(f"""
        create or replace temp table same_candidate as {pairs(rules, keys(rules, True, rows, agents), keys(rules, False, rows, agents))};
        create or replace temp table same_single as
        select keep_id, also_id, also from (select distinct keep_id, also_id, also from same_candidate)
        qualify count(*) over (partition by also_id) = 1 and count(*) over (partition by keep_id, also) = 1;
    """)
    several = con.execute("select rule, apart_s, keep_id, also_id, also from same_candidate anti join same_single using (also_id)").fetchall()
    same, unclear = settle(Pair(*row) for row in several)
    kept, others = columns.texts(pair.keep_id for pair in same.values()), columns.texts(pair.also for pair in same.values())
    con.execute(f"""
        create or replace temp table same_pair as
        select keep_id, also_id, also from same_single union all select unnest({kept}), unnest({columns.texts(same)}), unnest({others});
        update base_contact set same_unclear = true where contact_id in (select unnest({columns.texts(sorted(unclear))}));
    """)
    if con.execute("select 1 from same_pair limit 1").fetchone():
        _take_over(con, rules)


def _take_over(con: duckdb.DuckDBPyConnection, rules: Rules) -> None:
    """Rows that are the same as others count no more; those others take what they lack, from the source that the first rule names where there are several."""
    ranked = f"list_position({columns.texts(dict.fromkeys(rule.also for rule in rules))}, p.also), p.also_id"
    told = ", ".join(f"first(c.{name} order by {ranked}) filter (c.{name} is not null) as {name}" for name in TAKEN)
    taken = ", ".join(f"case when c.{name} is null and t.{name} is not null then {columns.text(name)} end" for name in TAKEN)
    filled = ", ".join(f"{name} = coalesce(c.{name}, t.{name})" for name in TAKEN)
    con.execute(f"""
        create or replace temp table same_told as
        select p.keep_id, {told} from same_pair p join base_contact c on c.contact_id = p.also_id group by p.keep_id;
        update base_contact c set taken = nullif(concat_ws(' ', {taken}), ''), {filled} from same_told t where c.contact_id = t.keep_id;
        update base_contact c set same_as = p.keep_id, is_test = true from same_pair p where c.contact_id = p.also_id;
    """)


def carry(con: duckdb.DuckDBPyConnection, tables: Collection[str]) -> None:
    """Let what was said about a contact that counts as another be said about that one, in the `base_…` of these tables."""
    for table in (table for table in SPEAKING if table in tables):
        restore(con, table, f"base_{table}", "told_contact_id in (from same_hand)")
        con.execute(f"update base_{table} b set told_contact_id = contact_id, contact_id = p.keep_id from same_pair p where b.contact_id = p.also_id")


def join_all(con: duckdb.DuckDBPyConnection, rules: Rules) -> None:
    """The same where every row there is lies in `base_…`."""
    con.execute("create or replace temp view same_hand as select contact_id from base_contact")
    join(con, rules)
