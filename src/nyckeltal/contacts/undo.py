"""Takes a load back whole: its rows go, what they had replaced returns as it was loaded, and a row replaced since stays as it is."""

from __future__ import annotations

from nyckeltal.contacts import columns, seen
from nyckeltal.contacts.change import TELLING, Change, chain_key
from nyckeltal.contacts.same import restore
from nyckeltal.contacts.schema import PROVENANCE, TABLES


def take_back(change: Change, load_id: str) -> dict[str, dict[str, int]]:
    """Fill `was_<table>` with the load's rows and `new_<table>` with what they had replaced; returns the counts per table."""
    change.snapshot.attach(change.con, "replaced", name="stored_replaced")
    counts, mine = {}, columns.text(load_id)
    gone = f"select fact, source, source_id from stored_replaced where load_id = {mine} and gone_from is not null and replaced_by is null"
    change.run(f"create or replace temp table gone as {gone}")
    withdrew = {row["fact"] for row in change.rows("select distinct fact from gone")}
    for table in change.telling:
        own = " and not is_derived" if "is_derived" in TABLES[table] else f" and source <> {columns.text(seen.source)}"
        change.take(table, f"load_id = {columns.text(load_id)}{own}", f"was_{table}")
        if change.joins:
            restore(change.con, table, f"was_{table}")
        removed = change.count(f"was_{table}")
        if removed or table in withdrew:
            counts[table] = {"removed": removed, "restored": _restore(change, table, load_id)}
    return counts


def _restore(change: Change, table: str, load_id: str) -> int:
    """The entries that this load replaced and whose rows it still holds, as loaded rows again."""
    kinds = columns.types(table)
    back = [*columns.loaded(table), *PROVENANCE]
    structure = "{" + ", ".join(f'"{name}": "{kinds[name]}"' for name in columns.loaded(table)) + "}"
    same = " and ".join(f"w.{name} = e.{name}" for name in chain_key(table))
    stood = f"(select source, source_id from was_{table} union all select source, source_id from gone where fact = '{table}')"
    change.run(f"""
        create or replace temp table back as
        select e.source, e.source_id, e.changed_at, e.loaded_at, e.load_id, unnest(from_json(e.fields, '{structure}'))
        from stored_replaced e semi join {stood} w on {same}
        where e.fact = '{table}' and e.replaced_by = {columns.text(load_id)} and e.gone_from is null;
        insert into new_{table} by name select {columns.select(table, back)} from back;
    """)
    return change.count("back")


def relinked(change: Change, load_id: str) -> str:
    """SQL for the entries that this load replaced and that hang under a newer load now: the one that replaced this load's row; or under none, where they
    say that the row is gone, which it is again."""
    mine = columns.text(load_id)
    facts = ", ".join(columns.text(table) for table in TELLING if TABLES[table].family == "fact")
    change.snapshot.attach(change.con, "replaced", name="stored_replaced")
    return f"""select e.* replace (m.replaced_by as replaced_by) from stored_replaced e left join stored_replaced m
        on m.fact = e.fact and m.source_id = e.source_id and (m.source = e.source or m.fact not in ({facts})) and m.load_id = {mine}
        where e.replaced_by = {mine} and (m.replaced_by is not null or e.gone_from is not null)"""
