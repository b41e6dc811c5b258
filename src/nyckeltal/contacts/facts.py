"""What asking needs of facts, wherever they lie: tables by name, the months they fall in, and how far they are known."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

# DuckDB takes address space for a whole batch at once and leaves it with the table, however few its rows: for the million that it would take
# by itself a gigabyte per world, and a process that keeps a hundred of them can start no other.
ROWS_AT_ONCE = 10_000


@dataclass(frozen=True)
class Coverage:
    """A stretch of time, from its start until before its end, over which a fact is known; `client_id` is None for all clients."""

    client_id: str | None
    known_from: datetime
    known_until: datetime


class Facts(Protocol):
    """A store's snapshot or a world in memory. `id` changes whenever the data changes."""

    @property
    def id(self) -> str: ...

    def attach(
        self,
        con: duckdb.DuckDBPyConnection,
        table: str,
        months: Collection[str] | None = None,
        name: str | None = None,
        words: Collection[str] | None = None,
    ) -> None:
        """Create a temporary view `name` (or `table`) with all columns of `arrow_schema(table)`, or at least these, empty when there are no rows."""

    def small(self, table: str) -> pa.Table:
        """A table of the organisation, whole."""

    def files(self, table: str, months: Collection[str] | None = None) -> list[str]:
        """The Parquet files that hold the table, for engines that read files themselves."""

    def months(self, table: str) -> list[str]:
        """The months in which the table has rows, in order."""

    def coverage(self, fact: str) -> list[Coverage]:
        """Where the fact is known, without overlaps per client."""


def joined(stretches: Collection[Coverage]) -> list[Coverage]:
    """The same coverage with stretches of one client that touch or overlap made one."""
    together: list[Coverage] = []
    for stretch in sorted(stretches, key=lambda it: (it.client_id or "", it.known_from)):
        last = together[-1] if together else None
        if last and last.client_id == stretch.client_id and stretch.known_from <= last.known_until:
            together[-1] = Coverage(last.client_id, last.known_from, max(last.known_until, stretch.known_until))
        else:
            together.append(stretch)
    return together
