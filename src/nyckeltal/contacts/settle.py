"""Carries a change through: works out every row that differs, as files, then commits table by table. Until state.json is renamed nothing counts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.contacts import columns, derive_made, touch, touch_made, touch_turn, trace
from nyckeltal.contacts.change import Change
from nyckeltal.contacts.lake import Fresh, Lake
from nyckeltal.contacts.schema import OF_NEIGHBOURS, TABLES, arrow_schema
from nyckeltal.contacts.upkeep import MADE, ORGANISATION, batches, copied, derive_all, fresh, made, sort_key

if TYPE_CHECKING:
    import pyarrow as pa

_MERGED = ("was_month", "op")  # what a merge is told besides the columns of the store


@dataclass(frozen=True)
class Write:
    """What to do with one fact table: finished files of new rows, or staged rows and the months in which they replace stored ones."""

    table: str
    fresh: tuple[Fresh, ...] = ()
    path: Path | None = None
    months: tuple[str, ...] = ()


def work_out(change: Change) -> list[Write]:
    """Derive everything the change touches and stage the rows that differ from what is stored."""
    change.say("derive")
    touch.organise(change)
    touch.gather(change)
    beside = touch_turn.gather(change)
    files = derive_all(change.con, change.facts, change.folder if change.begins else None, beside)
    turned = {"contact"} if beside and touch_turn.turn(change) else set()
    groups, made_of_others = touch_made.gather(change)
    derive_made.make(change.con, groups)
    asked = [*dict.fromkeys((*change.facts, *made_of_others))]
    there = change.some([relation for table in asked for relation in (f"old_{table}", MADE[table])]) | {f"turned_{table}" for table in turned}
    tables = [table for table in asked if {f"old_{table}", MADE[table]} & there]
    writes = []
    for number, table in enumerate(tables):
        change.say("stage", number, len(tables))
        if write := _stage(change, table, f"old_{table}" in there, files.get(table), table in turned):
            writes.append(write)
    change.touched = trace.touched(change, there)
    return writes


def commit(change: Change, lake: Lake, writes: list[Write]) -> None:
    """Write the staged rows and the organisation's tables, a commit each."""
    for number, write in enumerate(writes):
        change.say("write", number, len(writes))
        if write.path is None:
            lake.take_in(write.table, write.fresh)
        else:
            lake.merge(write.table, _reader(write.table, write.path), write.months)
    moved = touch.moved(change)
    for table in ORGANISATION:
        if table in moved:
            names = columns.types(table)
            lake.overwrite(table, change.table(f"select {columns.select(table, names)} from {table} order by {TABLES[table].key}").cast(arrow_schema(table)))


def _stage(change: Change, table: str, was_there: bool, files: list[Fresh] | None, turned: bool) -> Write | None:
    """The rows of one fact that are new, differ, or go; `files` if all are new and written already. `turned`: stored ones have other neighbours."""
    key, path = TABLES[table].key, change.folder / f"put-{table}.parquet"
    names = ", ".join(columns.quoted(name) for name in columns.types(table))
    finished = f"({made(table)})"
    if not (was_there or turned):
        trace.note(change, table, f"(select {key} as id from {finished})")
        return Write(table, fresh=tuple(fresh(change.con, table, change.folder) if files is None else files))
    differs = " or ".join(f"m.{columns.quoted(name)} is distinct from o.{columns.quoted(name)}" for name in columns.types(table))
    rows = f"""
        select coalesce(m.{key}, o.{key}) as id, m.month as month, o.month as was_month, o.month is not null and m.month is distinct from o.month as leaves
        from {finished} m full join old_{table} o on m.{key} = o.{key} where m.{key} is null or o.{key} is null or {differs}
    """
    rows += f" union all select {key}, month, month, false from turned_{table}" if turned else ""
    if not change.fill("difference", rows):
        return None
    trace.note(change, table)
    months = tuple(row["was_month"] for row in change.rows("select distinct was_month from difference where was_month is not null order by 1"))
    if not months:
        return Write(table, fresh=tuple(fresh(change.con, table, change.folder, f" semi join difference on id = {key}")))
    told = ("source", "source_id")
    gone = ", ".join(f"o.{name}" if name in told else f"null::{kind} as {columns.quoted(name)}" for name, kind in columns.types(table).items())
    beside = f" union all by name select {', '.join((*told, 'month', *OF_NEIGHBOURS))}, month as was_month, 'turn' as op from turned_{table}" if turned else ""
    puts = f"""
        select {names}, was_month, op from (
            select m.*, case when not d.leaves then d.was_month end as was_month, 'put' as op from {finished} m join difference d on d.id = m.{key}
            union all by name select {gone}, d.was_month, 'drop' as op from old_{table} o join difference d on d.id = o.{key} where d.leaves{beside}
        )"""
    copied(change.con, f"{puts} order by month, {sort_key(table)}", path)
    return Write(table, path=path, months=months)


def _reader(table: str, path: Path) -> pa.RecordBatchReader:
    import pyarrow as pa

    schema = arrow_schema(table)
    for name in _MERGED:
        schema = schema.append(pa.field(name, pa.string()))
    return batches(path, schema)
