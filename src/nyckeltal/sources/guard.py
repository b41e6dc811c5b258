"""A source without a key: its content is the key, so a corrected row would count twice. Such a file is refused with that reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nyckeltal.errors import CannotRead
from nyckeltal.sources import cells
from nyckeltal.sources.placing import placed_by
from nyckeltal.sources.reading import Reading
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb


def refuse_corrections(con: duckdb.DuckDBPyConnection, facts: Any, kind: str, source: str, reading: Reading) -> None:
    """Refuse a file that has other rows than the store for the same time: they may be corrections, and nothing can tell.

    A longer file that still holds every row already in goes through, and so does one of another time.
    """
    facts.attach(con, kind, name="in_store")
    listed = ", ".join(f"'{path}'" for path in reading.facts[kind])
    con.execute(f"CREATE OR REPLACE TEMP VIEW arriving AS SELECT * FROM read_parquet([{listed}])")
    stored = f"SELECT * FROM in_store WHERE source = {cells.quote(source)}"
    placed = placed_by(kind)
    if placed:
        stored += f" AND {placed} BETWEEN (SELECT min({placed}) FROM arriving) AND (SELECT max({placed}) FROM arriving)"
    gone = _count(con, f"SELECT count(*) FROM ({stored}) s ANTI JOIN arriving a USING (source_id)")
    new = _count(con, f"SELECT count(*) FROM arriving a ANTI JOIN ({stored}) s USING (source_id)")
    if gone and new:
        raise CannotRead(
            Text(
                "sources.guard.no_key",
                "This source has no key, so a corrected row cannot be told from a new one: %(gone)s rows that are in are not in this file, and %(new)s others "
                "of the same time are. Name the columns that tell rows apart under [key], or undo the earlier load first.",
                {"gone": gone, "new": new},
            )
        )


def _count(con: duckdb.DuckDBPyConnection, query: str) -> int:
    found = con.execute(query).fetchone()
    return int(found[0]) if found else 0
