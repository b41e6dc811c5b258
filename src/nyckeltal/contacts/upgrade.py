"""Brings a store that an older version wrote up to this one: columns that came since, and every derived word made anew.

Nothing counts until state.json is renamed, so a killed upgrade leaves the older store, and the next opening begins again.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.contacts import columns
from nyckeltal.contacts.derive_contact import CUSTOMER_HASH
from nyckeltal.contacts.laid import copied
from nyckeltal.contacts.lake import Fresh
from nyckeltal.contacts.schema import REACH_D, TABLES
from nyckeltal.contacts.upkeep import CORE, FACTS, ORGANISATION, connect, derive_whole, in_question
from nyckeltal.contacts.written import fresh

if TYPE_CHECKING:
    import duckdb

    from nyckeltal.contacts.change import Progress
    from nyckeltal.contacts.lake import Lake
    from nyckeltal.contacts.snapshot import Snapshot


def bring_up(snapshot: Snapshot, lake: Lake, folder: Path, progress: Progress | None = None) -> None:
    """Write every table again as this version would have written it. The lock is held, and `folder` is private."""
    con = connect(str(folder))
    try:
        if snapshot.state.model >= 10:
            if snapshot.state.model < 12:
                _told_anew(con, snapshot, lake, folder, progress)
            for table in filter(lake.exists, ("load", "replaced")):  # version 13 brought what is told whole
                lake.add_columns(table)
            return
        present = in_question(snapshot.state.tables)
        for table in (*CORE, *present, *ORGANISATION):
            _open(con, snapshot, table)
        _say(progress, "derive")
        done = derive_whole(con, present, snapshot.state.same)
        made_new = [table for table in done if TABLES[table].made and table not in snapshot.state.tables]
        known = [table for table in (*snapshot.state.tables, *made_new) if table in TABLES and not (TABLES[table].made and table not in done)]
        for number, table in enumerate(known):
            _say(progress, "upgrade", number, len(known))
            _write(con, lake, table, folder)
    finally:
        con.close()


def _told_anew(con: duckdb.DuckDBPyConnection, snapshot: Snapshot, lake: Lake, folder: Path, progress: Progress | None) -> None:
    """Version 10 told contacts their neighbours however far off those were, and up to version 11 they had no hash of their customer."""
    names = {"next_contact_after_s": "next_contact_at", "previous_handled_after_s": "previous_handled_at"}
    far = {word: f"{word} > {REACH_D * 86400}" for word in names}
    con.execute("set preserve_insertion_order = true")  # the rows of a month lie as they shall
    words = [f"case when {far[word]} then null else {one} end as {one}" for word, at in names.items() for one in (word, at)]
    words.append(f"{CUSTOMER_HASH} as customer_hash")
    files, months = [], snapshot.months("contact")
    for number, month in enumerate(months):
        _say(progress, "upgrade", number, len(months))
        snapshot.attach(con, "contact", [month], "part")
        path = folder / f"{month}.parquet"
        files.append(Fresh(month, path, copied(con, f"select * exclude (month) replace ({', '.join(words)}) from part c", path)))
    if files:
        lake.put_months("contact", files)


def _open(con: duckdb.DuckDBPyConnection, snapshot: Snapshot, table: str) -> None:
    """A table as derivation starts from it: what came from files, and no row that was made."""
    snapshot.attach(con, table, name=f"stored_{table}")
    loaded = " where is_derived is not true" if "is_derived" in TABLES[table] else ""
    con.execute(f"create temp table {f'base_{table}' if table in FACTS else table} as select {_based(table)} from stored_{table}{loaded}")


def _based(table: str) -> str:
    return columns.select(table, columns.based(table))


def _write(con: duckdb.DuckDBPyConnection, lake: Lake, table: str, folder: Path) -> None:
    """A fact from its new words, the organisation with the defaults of its new columns; a ledger only gets columns."""
    if TABLES[table].family == "ledger":
        lake.add_columns(table)
        return
    if table in FACTS:
        lake.rewrite(table, fresh(con, table, folder))
        return
    path = folder / f"{table}.parquet"
    names = ", ".join(columns.quoted(name) for name in columns.types(table))
    lake.rewrite(table, [Fresh(None, path, copied(con, f"select {names} from {table} order by {TABLES[table].key}", path))])


def _say(progress: Progress | None, stage: str, done: int = 0, total: int = 0) -> None:
    if progress:
        progress(stage, done, total)
