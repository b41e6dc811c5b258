"""A change of the store while it is worked out: for every table the rows to put (`new_<table>`, as loaded) and the stored rows that
they replace or that go (`was_<table>`), as DuckDB tables. Merging and undoing fill them; `settle` carries them through."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts import columns
from nyckeltal.contacts.laid import some
from nyckeltal.contacts.same_rules import Rules
from nyckeltal.contacts.schema import TABLES
from nyckeltal.contacts.snapshot import Snapshot
from nyckeltal.contacts.upkeep import CONTACTS, CORE, FEW, LOADED, ORGANISATION, REST, beside, connect, in_question

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

Progress = Callable[[str, int, int], None]
TELLING = (*LOADED, *ORGANISATION)  # the tables that files tell about

SMALL_BYTES = 1 << 20
_LINK = ("fact", "source", "source_id", "load_id", "replaced_by")


@dataclass
class Change:
    """Everything happens in `con`, with `folder` for what does not fit into memory; `stored_<table>` are views of the snapshot."""

    snapshot: Snapshot
    load_id: str
    now: datetime
    folder: Path
    progress: Progress | None = None
    given: Mapping[str, Sequence[Path]] = field(default_factory=dict)  # what a batch brings
    same: Rules = ()  # by which rows of two sources are joined from now on
    differing: list[str] = field(default_factory=list)  # facts of which `differing_<fact>` names the rows that differ, where anybody asks
    turns: bool = False  # whether `turn_beside` has contacts among which those in hand take their turn
    touched: Mapping[str, Mapping[str, Sequence[date]]] = field(default_factory=dict)  # on which days, as `trace` tells it
    gone: set[str] = field(default_factory=set)  # facts of which `gone_<fact>` names rows of the batch that are gone as the store has it
    too_old: set[str] = field(default_factory=set)  # facts of which `older_<fact>` says of rows that they were gone once
    again: bool = False  # whether a load is put back that has its place among others: what came after it stays
    con: duckdb.DuckDBPyConnection = field(init=False)

    def __post_init__(self) -> None:
        self.con = beside() if self._is_small else connect(str(self.folder))
        for table in (*self.telling, *(name for name, described in TABLES.items() if described.made and self.has_stored(name))):
            self.snapshot.attach(self.con, table, name=f"stored_{table}")
        new = [f"create temp table new_{table} {columns.declared(table, columns.based(table))}" for table in self.telling]
        was = [f"create temp table was_{table} {columns.declared(table)}" for table in self.telling]
        gone = [f"create temp table entry {columns.declared('replaced')}", f"create temp table relinked {columns.declared('replaced', _LINK)}"]
        self.con.execute(f"begin; {'; '.join(new + was + gone)}; commit")

    @cached_property
    def _is_small(self) -> bool:
        """Whether sharing the work out would take longer than doing it."""
        stored = max(self.snapshot.rows(table) for table in LOADED)
        return stored < FEW and sum(path.stat().st_size for paths in self.given.values() for path in paths) < SMALL_BYTES

    @cached_property
    def knows_gone(self) -> bool:
        """Whether there are rows that are gone from what they were part of; then `stored_replaced` has them."""
        if not any(self.snapshot.small("load").column("whole").to_pylist()):
            return False
        self.snapshot.attach(self.con, "replaced", name="stored_replaced")
        return self.any("stored_replaced where gone_from is not null and replaced_by is null")

    @property
    def streams(self) -> bool:
        """Whether rows are better read again, from the files that they came in, than held: there are many, and joining alters none of them."""
        return not self._is_small and not self.joins

    @property
    def begins(self) -> bool:
        """Whether there are many contacts or parts of them to come, and none are stored: what is written of them stands as it is."""
        return self.streams and not any(self.has_stored(table) for table in CONTACTS)

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """The loaded facts in question: what the store may well be without, and is, costs nothing."""
        return (*CORE, *in_question([table for table in REST if table in self.given or self.has_stored(table)]))

    @property
    def joins(self) -> bool:
        """Whether rows of two sources are joined by rule, or were until now."""
        return bool(self.same or self.snapshot.state.same)

    @property
    def telling(self) -> tuple[str, ...]:
        """The tables in question that files tell about."""
        return (*self.facts, *ORGANISATION)

    @property
    def stamp(self) -> str:
        """Select items that mark a row as this load's."""
        return f"{columns.moment(self.now)} as loaded_at, {columns.text(self.load_id)} as load_id"

    def close(self) -> None:
        self.con.close()

    def run(self, sql: str) -> None:
        self.con.execute(sql)

    def fill(self, into: str, query: str) -> bool:
        """Make a table of what a query gives; whether it has rows."""
        filled = self.con.execute(f"create or replace temp table {into} as {query}").fetchone()
        return bool(filled and filled[0])

    def rows(self, sql: str) -> list[dict[str, Any]]:
        return self.table(sql).to_pylist()

    def table(self, sql: str) -> pa.Table:
        return self.con.execute(sql).to_arrow_table()

    def count(self, relation: str) -> int:
        counted = self.con.execute(f"select count(*) from {relation}").fetchone()
        return int(counted[0]) if counted else 0

    def any(self, relation: str) -> bool:
        return self.con.execute(f"select 1 from {relation} limit 1").fetchone() is not None

    def some(self, relations: Collection[str]) -> set[str]:
        """Those of the relations that have rows, found in one question."""
        return some(self.con, relations)

    def has_stored(self, table: str) -> bool:
        return bool(self.snapshot.files(table))

    def say(self, stage: str, done: int = 0, total: int = 0) -> None:
        if self.progress:
            self.progress(stage, done, total)

    def take(self, table: str, where: str, into: str, key: Sequence[str] | None = None, months: Collection[str] | None = None) -> bool:
        """Make table `into` of the stored rows that meet a condition over keys and links: first which, of all months or of those named, then only their
        months; whether there are any."""
        if self.has_stored(table) and not TABLES[table].monthly:
            return self.fill(into, f"select * from stored_{table} o where {where}")
        on = ", ".join(key or identity(table))
        rows = f"stored_{table}" if months is None else f"({self.snapshot.reading(table, months)})"
        if self.has_stored(table) and self.fill("spot", f"select {on}, month from {rows} o where {where}"):
            found = [row["month"] for row in self.rows("select distinct month from spot")]
            self.snapshot.attach(self.con, table, found, "stored_part")
            return self.fill(into, f"select * from stored_part semi join spot using ({on})")
        self.run(f"create or replace temp table {into} {columns.declared(table)}")
        return False

    def take_by(self, table: str, conditions: Mapping[str, str], into: str, key: Sequence[str] | None = None, months: Collection[str] | None = None) -> None:
        """The same where each condition can only be met by rows of the relation before it: one without rows is not looked for."""
        there = self.some(conditions) if self.has_stored(table) else ()
        met = [condition for relation, condition in conditions.items() if relation in there]
        if met:
            self.take(table, " or ".join(met), into, key, months)
        else:
            self.run(f"create or replace temp table {into} {columns.declared(table)}")


def identity(table: str) -> tuple[str, ...]:
    """What tells a row of a table from others: of a fact the source's key, in the organisation the id, whoever gave it."""
    return ("source", "source_id") if TABLES[table].family == "fact" else (TABLES[table].key or "",)


def chain_key(table: str) -> tuple[str, ...]:
    """The same among the entries of `replaced`: in the organisation the id stands as source_id, and the source may change."""
    return ("source", "source_id") if TABLES[table].family == "fact" else ("source_id",)


def same(table: str, one: str, other: str) -> str:
    """SQL: two rows are the same thing."""
    return " and ".join(f"{one}.{name} = {other}.{name}" for name in identity(table))
