"""What of rows that have not been loaded is stored already: as it is, or otherwise. Nothing is changed by asking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nyckeltal.contacts import columns
from nyckeltal.contacts.change import identity, same
from nyckeltal.contacts.merge import verdict
from nyckeltal.contacts.same import restore
from nyckeltal.contacts.schema import TABLES

if TYPE_CHECKING:
    from datetime import datetime

    import duckdb

    from nyckeltal.contacts.snapshot import Snapshot

_TOLD = ("source", "source_id", "changed_at")


@dataclass(frozen=True)
class Came:
    """Rows that came with one load and are here again: `changed` of them would be replaced by what is here, the other ones stay as they are."""

    load_id: str
    files: str
    source: str
    loaded_at: datetime
    n: int
    changed: int


def standing(con: duckdb.DuckDBPyConnection, facts: Snapshot, table: str, rows: str) -> tuple[Came, ...]:
    """Of the rows that this SQL gives, staged as a load would store them, those that are in already, load by load, the one that most would change first."""
    if not facts.rows(table):
        return ()
    has = [str(name) for name, *_ in con.execute(f"DESCRIBE {rows}").fetchall()]
    keyed = rows if TABLES[table].family == "fact" else f"SELECT * REPLACE ({identity(table)[0]} AS source_id) FROM ({rows})"
    con.execute(f"CREATE OR REPLACE TEMP TABLE arriving AS SELECT {columns.select(table, (*columns.loaded(table), *_TOLD), has)} FROM ({keyed})")
    derived = " AND NOT is_derived" if "is_derived" in TABLES[table] else ""
    held = f"EXISTS (SELECT 1 FROM arriving i WHERE {same(table, 'i', 'o')}{derived})"
    con.execute(f"CREATE OR REPLACE TEMP TABLE stored AS SELECT * FROM ({facts.reading(table, _months(con, facts, table, held))}) o WHERE {held}")
    restore(con, table, "stored")
    judged = f"SELECT o.load_id, {verdict(table)} AS verdict FROM arriving i JOIN stored o ON {same(table, 'i', 'o')}"
    counted = f"SELECT load_id, count(*), count(*) FILTER (verdict = 'changed') FROM ({judged}) GROUP BY 1 ORDER BY 3 DESC, 2 DESC, 1"
    loads = {load["load_id"]: load for load in facts.small("load").to_pylist()}
    found = [(loads[load_id], n, changed) for load_id, n, changed in con.execute(counted).fetchall() if load_id in loads]
    return tuple(Came(load["load_id"], load["files"], load["source"], load["loaded_at"], int(n), int(changed)) for load, n, changed in found)


def _months(con: duckdb.DuckDBPyConnection, facts: Snapshot, table: str, held: str) -> list[str] | None:
    """The months in which such rows lie, told by their keys alone: rows are wide, and a number may come again in any month."""
    if not TABLES[table].monthly:
        return None
    words = {*identity(table), "month"} | ({"is_derived"} if "is_derived" in TABLES[table] else set())
    found = con.execute(f"SELECT DISTINCT month FROM ({facts.reading(table, words=words)}) o WHERE {held}").fetchall()
    return [str(month) for (month,) in found]
