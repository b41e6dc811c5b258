"""Carries a change through: works out every row that differs, as files, then commits table by table. Until state.json is renamed nothing counts."""

from __future__ import annotations

from dataclasses import dataclass

from nyckeltal.contacts import columns, derive_made, touch, touch_made, touch_turn, trace, written
from nyckeltal.contacts.change import Change
from nyckeltal.contacts.lake import Fresh, Lake
from nyckeltal.contacts.schema import TABLES, arrow_schema
from nyckeltal.contacts.upkeep import MADE, ORGANISATION, derive_all, made


@dataclass(frozen=True)
class Write:
    """What to do with one fact table: finished files that come, and the stored files in whose place they stand."""

    table: str
    fresh: tuple[Fresh, ...]
    gone: tuple[str, ...] = ()


def work_out(change: Change) -> list[Write]:
    """Derive everything the change touches and stage the rows that differ from what is stored."""
    change.say("derive")
    touch.organise(change)
    touch.gather(change)
    files = derive_all(change.con, change.facts, change.folder if change.begins else None, lambda: touch_turn.gather(change))
    turned = {"contact"} if touch_turn.turn(change) else set[str]()
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
        lake.take_in(write.table, write.fresh, write.gone)
    moved = touch.moved(change)
    for table in ORGANISATION:
        if table in moved:
            names = columns.types(table)
            lake.overwrite(table, change.table(f"select {columns.select(table, names)} from {table} order by {TABLES[table].key}").cast(arrow_schema(table)))


def _stage(change: Change, table: str, was_there: bool, files: list[Fresh] | None, turned: bool) -> Write | None:
    """The rows of one fact that are new, differ, or go; `files` if all are new and written already. `turned`: others have other neighbours."""
    key = TABLES[table].key
    finished = f"({made(table)})"
    if not (was_there or turned):
        trace.note(change, table, f"(select {key} as id from {finished})")
        return Write(table, tuple(written.fresh(change.con, table, change.folder) if files is None else files))
    differs = " or ".join(f"m.{columns.quoted(name)} is distinct from o.{columns.quoted(name)}" for name in columns.types(table))
    rows = f"""
        select coalesce(m.{key}, o.{key}) as id, o.month as was_month
        from {finished} m full join old_{table} o on m.{key} = o.{key} where m.{key} is null or o.{key} is null or {differs}
    """
    if not (change.fill("difference", rows) or turned):
        return None
    trace.note(change, table)
    come, gone = written.exchanged(change, table, turned)
    return Write(table, come, gone)
