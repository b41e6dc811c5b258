"""What a source takes out of a ticket or conversation that stays (decision 0025): where one is told whole, the parts that the store has of it and the batch
has not count no longer. That a part is gone is a version of its row among the others: it stands in `replaced`, names its ticket and has no fields."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.contacts import columns
from nyckeltal.contacts.ledger import entries
from nyckeltal.contacts.same import as_loaded, restore
from nyckeltal.contacts.schema import TABLES, arrow_schema

if TYPE_CHECKING:
    from nyckeltal.contacts.batch import Batch
    from nyckeltal.contacts.change import Change
    from nyckeltal.contacts.lake import Lake

Counts = dict[str, dict[str, int]]
PARENTS = ("case", "contact")
PARTS = ("contact", "queue_visit", "segment", "message", "survey_invitation", "survey_response")
_STANDS = "gone_from is not null and replaced_by is null"


def find(change: Change, table: str) -> bool:
    """Add to `found_<table>` the batch's rows that are gone now, as rows that say nothing, and name them in `gone_<table>`; whether there are any."""
    if table not in PARTS or not change.knows_gone:
        return False
    here = f"exists (select 1 from in_{table} i where i.source = e.source and i.source_id = e.source_id)"
    gone = f"select source, source_id, changed_at, loaded_at, load_id from stored_replaced e where fact = '{table}' and {_STANDS} and {here}"
    if not change.fill(f"gone_{table}", gone):
        return False
    change.run(f"insert into found_{table} by name from gone_{table}")
    change.gone.add(table)
    return True


def come_back(change: Change, table: str) -> None:
    """Rows that were gone and are told again replace nothing that counts."""
    if table in change.gone:
        change.run(f"""
            delete from was_{table} w using gone_{table} g where g.source = w.source and g.source_id = w.source_id;
            insert into relinked select '{table}', source, source_id, g.load_id, {columns.text(change.load_id)}
            from gone_{table} g join decided_{table} d using (source, source_id) where d.verdict = 'changed';
        """)


def withdraw(change: Change, batch: Batch, counts: Counts) -> None:
    """Put into `was_<table>` what counted until now and is gone, and into `entry` the versions that say so; take out of `new_<table>` what was gone
    before it was loaded."""
    rows = [row for row in change.snapshot.small("load").to_pylist() if row["system"] == batch.system] if batch.whole else []
    change.run(f"create or replace temp table same_system as select unnest({columns.texts(row['load_id'] for row in rows)}) as load_id")
    for parent in PARENTS:
        if parent in batch.facts and change.has_stored(parent):
            _come_late(change, batch, parent, counts)
            for table in _whole(change, batch, parent):
                _part_of(change, batch, parent, table)
                _withdraw(change, batch, table, counts)


# ── what is told whole, and the parts that the store has of it ──


def _whole(change: Change, batch: Batch, parent: str) -> list[str]:
    """`whole`: what is told whole and the store knows of already, and `whole_contact`, the contacts of it; the facts that are told whole."""
    paths = batch.whole.get(parent)
    if not paths or not change.fill("whole", f"select t.* from {_told(paths)} t semi join found_{parent} f using (source_id)"):
        return []
    if parent == "contact":
        change.run("create or replace temp table whole_contact as select id as contact_id, * from whole")
    else:
        case = as_loaded("contact", "case_id")
        stored = f"select contact_id, {case} as case_id from stored_contact where source = {columns.text(batch.source)} and {case} in (select id from whole)"
        mine = " union select contact_id, case_id from in_contact" if "contact" in batch.facts else ""
        change.run(f"create or replace temp table whole_contact as select contact_id, w.* from ({stored}{mine}) c join whole w on c.case_id = w.id")
    return [row["part"] for row in change.rows("select distinct unnest(parts) as part from whole order by part")]


def _told(paths: Iterable[Path]) -> str:
    return columns.files_sql(map(str, paths), monthly=False)


def _part_of(change: Change, batch: Batch, parent: str, table: str) -> None:
    """`part_of`: by what a part of this fact names it (`key`), the ticket or conversation told whole."""
    relation, key = "whole_contact", "contact_id"
    if (parent, table) == ("case", "contact"):
        relation, key = "whole", "id"
    if table == "survey_response":
        asked = as_loaded("survey_invitation", "contact_id")
        mine = " union select invitation_id, contact_id from in_survey_invitation" if "survey_invitation" in batch.facts else ""
        stored = f"select invitation_id, {asked} as contact_id from stored_survey_invitation where source = {columns.text(batch.source)}"
        relation, key = f"(select invitation_id, w.* from ({stored}{mine}) join whole_contact w using (contact_id))", "invitation_id"
    change.run(f"create or replace temp table part_of as select distinct {key} as key, id, changed_at from {relation} where list_contains(parts, '{table}')")


def _link(table: str) -> str:
    """SQL for what a stored part names, as it was loaded."""
    return as_loaded(table, {"contact": "case_id", "survey_response": "invitation_id"}.get(table, "contact_id"))


def _withdraw(change: Change, batch: Batch, table: str, counts: Counts) -> None:
    """The parts of one fact that are not told any more, and those that were not before."""
    _history(change)
    unsaid = f"o.source = {columns.text(batch.source)} and o.load_id <> {columns.text(change.load_id)} and o.load_id in (from same_system)"
    said = [f"in_{table}"] if table in batch.facts else []
    if change.again:
        said.append(f"(select source, source_id from stored_replaced where fact = '{table}' and load_id = {columns.text(change.load_id)})")
    unsaid += "".join(f" and not exists (select 1 from {rows} i where i.source = o.source and i.source_id = o.source_id)" for rows in said)
    own = " and not is_derived" if "is_derived" in TABLES[table] else ""
    left = change.take(table, f"{_link(table)} in (select key from part_of){own} and {unsaid}", "left_over")
    if left and change.joins:
        restore(change.con, table, "left_over")
    counting = f"select l.*, p.id as of, p.changed_at as told_at from left_over l join part_of p on p.key = {_link(table)}"
    gone = f"""select o.*, w.id as of, w.changed_at as told_at from stored_replaced o join whole w on w.id = o.gone_from
        where o.fact = '{table}' and {_STANDS} and list_contains(w.parts, '{table}') and {unsaid}"""
    for what, query in (("withdrawn", counting if left else ""), ("gone_before", gone if change.knows_gone else "")):
        if query and change.fill("over", f"select *, {_is_older(change)} as older from ({query}) o"):
            counted = counts.setdefault(table, {})
            counted[what] = _take_out(change, table) if what == "withdrawn" else _gone_again(change, table)
            _keep_too_old(change, table)


def _is_older(change: Change) -> str:
    """SQL: what is told now is older than the row in hand."""
    later = "coalesce(told_at > changed_at, told_at is not null and changed_at is null)"
    after = f" or loaded_at > {columns.moment(change.now)} and not {later}" if change.again else ""
    return f"(coalesce(told_at < changed_at, false){after})"


def _take_out(change: Change, table: str) -> int:
    _say_gone(change, table, "not older")
    change.run(f"insert into was_{table} by name select * exclude (of, told_at, older) from over where not older")
    return change.count("over where not older")


def _gone_again(change: Change, table: str) -> int:
    """What was gone before is so still, and newly told where the ticket has changed since; how many there are of which nothing new is told."""
    newly = "not older and coalesce(told_at > changed_at, told_at is not null and changed_at is null)"
    _say_gone(change, table, newly)
    change.run(f"insert into relinked select fact, source, source_id, load_id, {columns.text(change.load_id)} from over where {newly}")
    return change.count(f"over where not (older or {newly})")


def _say_gone(change: Change, table: str, where: str) -> None:
    """The versions of this load that say that a row is gone."""
    given = f"'{table}' as fact, source, source_id, told_at as changed_at, {change.stamp}, '{{}}' as fields, of as gone_from"
    change.run(f"insert into entry by name select {given} from over where {where}")


def _keep_too_old(change: Change, table: str) -> None:
    """Where a newer version stands above and an older one below, that it was gone in between matters once the newer one is taken back."""
    below = f"exists (select 1 from stored_replaced r where r.fact = '{table}' and r.source = o.source and r.source_id = o.source_id)"
    if not change.fill("between_two", f"from over o where older and {below}"):
        return
    for relation in (f"found_{table}", f"older_{table}"):
        change.run(f"create temp table if not exists {relation} {columns.declared(table)}")
    change.run(f"""
        alter table older_{table} add column if not exists gone_from varchar;
        insert into found_{table} by name select source, source_id, changed_at, loaded_at, load_id from between_two;
        insert into older_{table} by name select source, source_id, told_at as changed_at, {change.stamp}, of as gone_from from between_two;
    """)
    change.too_old.add(table)


def _history(change: Change) -> None:
    change.snapshot.attach(change.con, "replaced", name="stored_replaced")


# ── what comes late: a newer load has told its ticket whole without it ──


def _come_late(change: Change, batch: Batch, parent: str, counts: Counts) -> None:
    """New rows of tickets of which the store has newer versions that were told whole go below those."""
    told = list(_remembered(change, parent))
    older = f"select i.* from in_{parent} i join found_{parent} o using (source, source_id) where i.changed_at < o.changed_at"
    if not told or not change.fill("retold", older):
        return
    _history(change)
    key, rows = TABLES[parent].key, ", ".join(f"({columns.text(load)}, '{part}', {columns.texts(but)})" for load, part, but in told)
    change.run(f"""
        create or replace temp table newer as
        select o.{key} as id, v.load_id, v.loaded_at, v.changed_at, t.part from retold o join (
            select source, source_id, load_id, loaded_at, changed_at from found_{parent}
            union all select source, source_id, load_id, loaded_at, changed_at from stored_replaced where fact = '{parent}' and gone_from is null
        ) v using (source, source_id) join (values {rows}) t (load_id, part, but) on t.load_id = v.load_id and not list_contains(t.but, o.source_id)
    """)
    for table in dict.fromkeys(part for _, part, _ in told):
        if table in batch.facts and (of := _named(batch, parent, table)):
            _put_below(change, table, of, counts)


def _remembered(change: Change, parent: str) -> Iterator[tuple[str, str, list[str]]]:
    """Which loads told which facts whole, but for some tickets."""
    for load in change.snapshot.small("load").to_pylist():
        if load["whole"] and load["state"] == "loaded":
            yield from ((load["load_id"], part, but) for part, but in json.loads(load["whole"]).get(parent, {}).items())


def _named(batch: Batch, parent: str, table: str) -> str | None:
    """SQL for the batch's rows of a fact with the ticket that each is a part of."""
    contact = "case_id" if parent == "case" else "contact_id"
    steps = {"contact": ("contact",), "survey_response": ("survey_response", "survey_invitation", "contact")}.get(table, (table, "contact"))
    if not {*steps} <= batch.facts.keys():
        return None
    links = {"survey_response": "invitation_id"}
    joins = "".join(f" join in_{step} using ({links.get(before, 'contact_id')})" for before, step in pairwise(steps))
    return f"(select in_{table}.source, in_{table}.source_id, in_{table}.changed_at as told_at, in_contact.{contact} as id from in_{table}{joins})"


def _put_below(change: Change, table: str, of: str, counts: Counts) -> None:
    found = f"not exists (select 1 from found_{table} f where f.source = i.source and f.source_id = i.source_id)"
    newer = f"select i.*, n.* exclude (id) from {of} i join newer n on n.id = i.id and n.part = '{table}' and n.changed_at > i.told_at where {found}"
    if not change.fill("too_late", newer):
        return
    change.run(f"""
        create or replace temp table below as
        select n.*, above from new_{table} n join (
            select source, source_id, arg_min(load_id, (changed_at, loaded_at)) as above from too_late group by all) using (source, source_id);
        create or replace temp table others as select n.* from new_{table} n anti join below using (source, source_id);
        insert into entry by name {entries(table, "below", "above")};
        insert into entry by name select '{table}' as fact, source, source_id, load_id, loaded_at, changed_at, '{{}}' as fields, id as gone_from,
            lead(load_id) over (partition by source, source_id order by changed_at, loaded_at) as replaced_by from too_late;
        drop {"view" if change.any(f"duckdb_views() where view_name = 'new_{table}'") else "table"} new_{table};
        create temp table new_{table} as from others;
    """)
    n = change.count("below")
    counts[table]["new"] -= n
    counts[table]["older"] += n


# ── what is kept of it ──


def keep(change: Change, lake: Lake) -> None:
    """Write to `replaced` which rows are gone, and which are no longer."""
    if change.any("relinked"):
        lake.relink(change.table("from relinked"))
    if change.any("entry"):
        names = [field.name for field in arrow_schema("replaced")]
        lake.append("replaced", change.table(f"select {columns.select('replaced', names)} from entry").cast(arrow_schema("replaced")))


def told_whole(change: Change, batch: Batch) -> str | None:
    """What is remembered of what the batch tells whole: by fact and part, of which tickets not."""
    found: dict[str, dict[str, list[str]]] = {}
    for parent, paths in batch.whole.items():
        parts = [row["part"] for row in change.rows(f"select distinct unnest(parts) as part from {_told(paths)} order by part")]
        if parts and parent in batch.facts:
            told = f"select source_id, coalesce(parts, []) as parts from in_{parent} left join {_told(paths)} using (source_id)"
            others = change.rows(f"select source_id, parts from ({told}) where len(parts) < {len(parts)} order by source_id")
            found[parent] = {part: [str(row["source_id"]) for row in others if part not in row["parts"]] for part in parts}
    return json.dumps(found) if found else None
