"""Compares a batch with what is stored: what is new, changed, unchanged, or older than what we have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from nyckeltal.contacts import columns, withdrawn
from nyckeltal.contacts.change import Change, chain_key, identity, same
from nyckeltal.contacts.same import restore
from nyckeltal.contacts.schema import TABLES
from nyckeltal.errors import OurMistake

AS_IT_WAS = ("unchanged", "gone_before")
VERDICTS = ("new", "changed", "unchanged", "older")


def compare(change: Change, facts: Mapping[str, Sequence[Path]]) -> dict[str, dict[str, int]]:
    """Fill `new_<table>` and `was_<table>` from a batch's files; rows that lose are in `older_<table>`. Returns the counts per table."""
    given = {table: paths for table, paths in facts.items() if paths}
    counts = {}
    for number, (table, paths) in enumerate(given.items()):
        change.say("compare", number, len(given))
        counts[table] = _compare(change, table, paths)
    return counts


def _compare(change: Change, table: str, paths: Sequence[Path]) -> dict[str, int]:
    _open(change, table, paths)
    derived = " and not is_derived" if "is_derived" in TABLES[table] else ""
    stored = change.take(table, f"exists (select 1 from in_{table} i where {same(table, 'i', 'o')}){derived}", f"found_{table}")
    if stored and change.joins:
        restore(change.con, table, f"found_{table}")
    if not withdrawn.find(change, table) and not stored:
        return _all_new(change, table)
    mine = f"o.load_id is not distinct from {columns.text(change.load_id)}"
    judged = verdict(table)
    if change.again:
        mine, judged = _again(change, table, mine, judged)
    change.run(f"""
        create or replace temp table decided_{table} as
        select i.source, i.source_id, {judged} as verdict, {mine} as mine from in_{table} i left join found_{table} o on {same(table, "i", "o")};
        create or replace temp table was_{table} as
        select o.* from found_{table} o semi join (
            select i.* from in_{table} i join decided_{table} d using (source, source_id) where d.verdict = 'changed'
        ) i on {same(table, "i", "o")};
    """)
    withdrawn.come_back(change, table)
    for relation, wanted in (("new", "'new', 'changed'"), ("older", "'older'")):
        change.run(
            f"create or replace temp table {relation}_{table} as select * replace ({change.stamp}) from in_{table}"
            f" semi join (select * from decided_{table} where verdict in ({wanted})) using (source, source_id)"
        )
    counted = f"select verdict, count(*) as n from decided_{table} where not mine group by verdict"
    found = {row["verdict"]: row["n"] for row in change.rows(counted)}
    return {verdict: found.get(verdict, 0) for verdict in VERDICTS}


def _all_new(change: Change, table: str) -> dict[str, int]:
    """Where nothing of it is stored there is nothing to compare."""
    rows = f"select * replace ({change.stamp}) from in_{table}"
    if change.streams and TABLES[table].family == "fact":
        change.run(f"drop table new_{table}; create temp view new_{table} as {rows}")
    else:
        change.fill(f"new_{table}", rows)
    change.run(f"create or replace temp table older_{table} {columns.declared(table, columns.based(table))}")
    return dict.fromkeys(VERDICTS, 0) | {"new": change.count(f"new_{table}")}


def _open(change: Change, table: str, paths: Sequence[Path]) -> None:
    """The batch's rows as the view `in_<table>`; in the organisation an id is the key, from whichever source."""
    relation = columns.files_sql([str(path) for path in paths], monthly=False, uniform=False)
    has = [row["column_name"] for row in change.rows(f"describe from {relation}")]
    chosen = columns.select(table, columns.based(table), has)
    if TABLES[table].family == "organisation":
        chosen = f"* replace ({identity(table)[0]} as source_id) from (select {chosen}"
        change.run(f"create or replace temp view in_{table} as select {chosen} from {relation})")
    else:
        change.run(f"create or replace temp view in_{table} as select {chosen} from {relation}")
    keys = ", ".join(identity(table))
    twice = f"(select {{}} from in_{table} group by all having count(*) > 1)"
    if change.any(twice.format(f"hash({keys})")) and change.any(twice.format(keys)):  # numbers are compared in less time than keys
        raise OurMistake(f"a batch names a key of {table} twice")


def verdict(table: str) -> str:
    """The newer of two rows is told by `changed_at`, else by the order of loading; the same row in an older version is the same row."""
    differs = _differs(table)
    later = "coalesce(i.changed_at > o.changed_at, i.changed_at is not null and o.changed_at is null)"
    return f"""case when o.source is null then 'new' when {later} then 'changed' when not ({differs}) then 'unchanged'
        when i.changed_at < o.changed_at then 'older' else 'changed' end"""


def _again(change: Change, table: str, mine: str, verdict: str) -> tuple[str, str]:
    """The same for a load that is put back: a row of a load after it stays in force, and its own row that was replaced since is where it was."""
    change.snapshot.attach(change.con, "replaced", name="stored_replaced")
    same = " and ".join(f"e.{name} = i.{name}" for name in chain_key(table))
    entry = f"select 1 from stored_replaced e where e.fact = '{table}' and {same} and e.load_id = {columns.text(change.load_id)}"
    kept = f"exists ({entry})"
    after = f"o.loaded_at > {columns.moment(change.now)} and not coalesce(i.changed_at > o.changed_at, false)"
    return (
        f"({mine} or {kept})",
        f"""case when o.source is null then 'new' when {kept} then 'unchanged'
        when not ({mine}) and {after} then case when {_differs(table)} then 'older' else 'unchanged' end else {verdict} end""",
    )


def _differs(table: str) -> str:
    return " or ".join(f"i.{columns.quoted(name)} is distinct from o.{columns.quoted(name)}" for name in columns.loaded(table))
