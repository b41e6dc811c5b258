"""The ledgers of loading: `load`, `set_aside` and `replaced`, and the chain of versions of a row that `replaced` is.

A row's versions form a chain: each one in `replaced` names the load that replaced it, the newest is the row that stands.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts import columns
from nyckeltal.contacts.batch import Batch, Known
from nyckeltal.contacts.change import Change, chain_key, identity
from nyckeltal.contacts.lake import Lake
from nyckeltal.contacts.schema import TABLES, arrow_schema
from nyckeltal.contacts.snapshot import Snapshot
from nyckeltal.contacts.upkeep import made

if TYPE_CHECKING:
    import pyarrow as pa


def keep_replaced(change: Change, lake: Lake, tables: Iterable[str]) -> None:
    """Write to `replaced` what the batch replaced, and its own rows that came too late; what a load that grows said itself before is no earlier version."""
    given = list(tables)
    mine = columns.text(change.load_id)
    going = change.some([f"was_{table}" for table in change.telling])
    if kept := " union all by name ".join(
        entries(table, f"was_{table}", mine) + f" where load_id <> {mine}" for table in change.telling if f"was_{table}" in going
    ):
        lake.append("replaced", change.table(kept).cast(arrow_schema("replaced")))
    for table in given:
        if change.any(f"older_{table}"):
            _keep_older(change, lake, table)


def entries(table: str, relation: str, replaced_by: str, gone: bool = False) -> str:
    """Rows of a table as entries of `replaced`; `gone` where some of them say that there is none."""
    fields = ", ".join(f"{columns.quoted(name)} := {columns.quoted(name)}" for name in columns.loaded(table))
    month = "try_cast(month || '-01' as date)" if TABLES[table].monthly and relation.startswith("was") else "null::date"
    told, gone_from = f"to_json(struct_pack({fields}))::varchar", "gone_from" if gone else "null::varchar"
    said = f"case when gone_from is null then {told} else '{{}}' end" if gone else told
    return f"""select '{table}' as fact, source, source_id, {replaced_by}::varchar as replaced_by, load_id, loaded_at, changed_at,
        {said} as fields, {month} as month, {gone_from} as gone_from from {relation}"""


def _keep_older(change: Change, lake: Lake, table: str) -> None:
    """A row older than the one that stands goes into the chain where its `changed_at` puts it, not on top; one of a load that is put back also below
    what came after that load."""
    over = "e.changed_at > c.mine"
    if change.again:
        over = f"({over} or e.loaded_at > {columns.moment(change.now)} and not coalesce(c.mine > e.changed_at, false))"
    key = ", ".join(chain_key(table))
    same = " and ".join(f"e.{name} = c.{name}" for name in chain_key(table))
    change.snapshot.attach(change.con, "replaced", name="stored_replaced")
    change.run(f"""
        create or replace temp table descent as
        with recursive down as (
            select i.source, i.source_id, i.changed_at as mine, o.load_id as above, 0 as steps
            from older_{table} i join found_{table} o on {" and ".join(f"i.{name} = o.{name}" for name in identity(table))}
            union all
            select c.source, c.source_id, c.mine, e.load_id, c.steps + 1
            from down c join stored_replaced e on e.fact = '{table}' and {same} and e.replaced_by = c.above
            where {over}
        ) select source, source_id, arg_max(above, steps) as above from down group by source, source_id;
        create or replace temp table late as select o.*, d.above from older_{table} o join descent d using (source, source_id);
    """)
    below = change.table(f"""
        select e.fact, e.source, e.source_id, e.load_id, {columns.text(change.load_id)} as replaced_by
        from stored_replaced e join descent c on {same} and e.replaced_by = c.above where e.fact = '{table}'
        and ({", ".join("e." + name for name in chain_key(table))}) in (select ({key}) from late)
    """)
    lake.append("replaced", change.table(entries(table, "late", "above", table in change.too_old)).cast(arrow_schema("replaced")))
    if len(below):
        lake.relink(below)


def keep_rows(lake: Lake, table: str, paths: Sequence[Path]) -> int:
    """Take the rows of a ledger in, refused rows or events; returns how many there are."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema, total = arrow_schema(table), 0
    for path in paths:
        file = pq.ParquetFile(path)
        if rows := file.metadata.num_rows:
            lake.append(table, pa.RecordBatchReader.from_batches(schema, (batch.select(schema.names).cast(schema) for batch in file.iter_batches())))
            total += rows
    return total


def said_of_rows(load_id: str, row_ids: Sequence[str], settled: bool, now: datetime, by: str | None) -> pa.Table:
    """Lines for `settled_row`."""
    import pyarrow as pa

    rows = [{"load_id": load_id, "row_id": row_id, "is_settled": settled, "said_at": now, "said_by": by} for row_id in row_ids]
    return pa.Table.from_pylist(rows, arrow_schema("settled_row"))


def begin_again(lake: Lake, load_id: str) -> None:
    """Take out the lines of a load that has grown: they are written anew."""
    for table in ("load", "set_aside", "log_event"):
        if lake.exists(table):
            lake.delete(table, f"load_id = {columns.text(load_id)}")


def grown(before: Mapping[str, Any] | None, counts: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    """What a load has brought since it began: its own rows were new or changed once, and are counted so."""
    earlier = json.loads(before["counts"]) if before else {}
    return {
        table: {**counted, **{what: counted.get(what, 0) + int(_as_mapping(earlier.get(table, {})).get(what, 0)) for what in ("new", "changed")}}
        for table, counted in counts.items()
    }


def loaded(snapshot: Snapshot, marker: str) -> dict[str, Any] | None:
    """The load with this marker that counts, if there is one."""
    found = [row for row in snapshot.small("load").to_pylist() if row["marker"] == marker and row["state"] == "loaded"]
    return found[-1] if found else None


def line(snapshot: Snapshot, load_id: str) -> dict[str, Any] | None:
    """The load's line where it counts already: then it is one that grows, or that is put back."""
    return next((row for row in snapshot.small("load").to_pylist() if row["load_id"] == load_id and row["state"] == "loaded"), None)


def keep_load(
    lake: Lake, batch: Batch, counts: Mapping[str, Mapping[str, int]], known: Known, now: datetime, whole: str | None, read_again_at: datetime | None = None
) -> None:
    """Write the load's own line."""
    tables = sorted({*batch.counts, *counts})
    merged = {table: {**_as_mapping(batch.counts.get(table, {})), **counts.get(table, {})} for table in tables}
    moments = [moment for clients in known.values() for stretch in clients.values() for moment in stretch]
    row = {
        **{name: getattr(batch, name) for name in ("load_id", "marker", "files", "system", "mapping", "source", "client_id", "loaded_by")},
        "loaded_at": now,
        "counts": json.dumps(merged, default=str),
        "known_from": min(moments, default=None),
        "known_until": max(moments, default=None),
        "kinds": json.dumps({fact: {client: [m.isoformat() for m in stretch] for client, stretch in clients.items()} for fact, clients in known.items()}),
        "read_again_at": read_again_at,
        "whole": whole,
        "state": "loaded",
    }
    lake.append("load", _one("load", row))


def also_in(change: Change, removed: Iterable[str]) -> tuple[str, ...]:
    """The loads whose files were read after this one and had unchanged rows of the same days that may have been this one's: those go with it."""
    lines = {row["load_id"]: row for row in change.snapshot.small("load").to_pylist()}
    mine, entry = lines.pop(change.load_id), f"from stored_replaced where load_id = {columns.text(change.load_id)}"
    brought = {*removed, *(row["fact"] for row in change.rows(f"select distinct fact {entry}"))}
    firsts = " union all ".join(["select min(loaded_at) as first " + part for part in (entry, *(f"from was_{table}" for table in removed))])
    begun = min(filter(None, [mine["loaded_at"], *(row["first"] for row in change.rows(firsts))]))
    later = [row for row in lines.values() if row["state"] == "loaded" and (row["read_again_at"] or row["loaded_at"]) >= begun]
    return tuple(row["load_id"] for row in later if any(_had_the_same(table, mine, row) for table in brought))


def _had_the_same(table: str, mine: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether the other load found rows as they were, or gone as they were, that may have been this one's: of the same source, but in the
    organisation, where whoever names an id means the same; and by the days that both cover, where the table has days."""
    if TABLES[table].family == "fact" and other["source"] != mine["source"]:
        return False
    found = _as_mapping(json.loads(other["counts"]).get(table, {}))
    if not found.get("unchanged") and not found.get("gone_before"):
        return False
    here, there = (json.loads(load["kinds"]).get(table, {}) for load in (mine, other))
    if not here or not there:
        return True
    return any(here[client][0] < there[client][1] and there[client][0] < here[client][1] for client in here.keys() & there.keys())


def _as_mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {"read": value}


def _one(table: str, row: Mapping[str, Any]) -> pa.Table:
    import pyarrow as pa

    return pa.Table.from_pylist([dict(row)], arrow_schema(table))


def known(change: Change, batch: Batch) -> dict[str, dict[str, tuple[datetime, datetime]]]:
    """What each fact of the batch covers, per client: from the start of the local day of its first row until the end of that of its
    last, or until now; and what the reader says that the file covers besides."""
    found: dict[str, dict[str, tuple[datetime, datetime]]] = {}
    for fact in batch.facts:
        if TABLES[fact].family == "fact" and fact != "promise":
            found[fact] = _covered(change, fact)
    for fact, clients in batch.kinds.items():
        for client, (start, end) in clients.items():
            had = found.setdefault(fact, {}).get(client or "", (start, end))
            found[fact][client or ""] = (min(start, had[0]), min(max(end, had[1]), change.now))
    return found


def _covered(change: Change, fact: str) -> dict[str, tuple[datetime, datetime]]:
    client = "client_id" if "client_id" in TABLES[fact] else "null::varchar as client_id"
    first, last, offset = _ends(fact)
    row = f"{client}, {first} as first_at, {last} as last_at, {offset} as offset_s"
    every = not change.has_stored(fact) and "is_derived" not in TABLES[fact]  # what is in hand is what came
    mine = "true" if every else f"(source, source_id) in (select (source, source_id) from in_{fact})"
    rows = change.rows(f"""
        select coalesce(client_id, '') as client, min(first_at) as first_at, arg_min(offset_s, first_at) as first_offset,
            max(last_at) as last_at, arg_max(offset_s, last_at) as last_offset
        from (select {row} from ({made(fact)}) where {mine} union all select {row} from found_{fact}) where first_at is not null group by 1
    """)
    return {row["client"]: (_day(row["first_at"], row["first_offset"]), min(change.now, _day(row["last_at"], row["last_offset"], 1))) for row in rows}


def _ends(fact: str) -> tuple[str, str, str]:
    """SQL for the first and the last moment that a row speaks of, and the offset to UTC; a row about a month speaks of all its days."""
    if fact == "case":
        return "opened_at", "greatest(opened_at, coalesce(closed_at, opened_at))", "opened_offset_s"
    placed = TABLES[fact].placed_by or ""
    if "utc_offset_s" in TABLES[fact]:
        return placed, placed, "utc_offset_s"
    last = {"month_start": f"last_day({placed})", "week": f"{placed} + 6"}.get(placed, placed)
    return f"{placed}::timestamp::timestamptz", f"({last})::timestamp::timestamptz", "0"


def _day(moment: datetime, offset_s: int, days: int = 0) -> datetime:
    """The start of the local day that a moment lies in, or of a later one."""
    shifted = int(moment.timestamp()) + offset_s
    return datetime.fromtimestamp((shifted // 86400 + days) * 86400 - offset_s, UTC)
