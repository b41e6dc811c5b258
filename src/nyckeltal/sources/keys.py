"""What tells the rows of a table apart: the best candidate among its columns, and how many rows repeat an earlier one even so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nyckeltal.contacts.schema import TABLES
from nyckeltal.sources import columns as known

if TYPE_CHECKING:
    import duckdb

    from nyckeltal.sources.describe import ColumnGuess
    from nyckeltal.sources.tables import RawTable

usable_below = 0.05  # with more repeats the columns are no key: a load would refuse them
most_tried = 12
least_rows = 20  # below, any column of figures may happen to be unique


@dataclass(frozen=True)
class Key:
    """`repeated` rows of the file have the key of an earlier row, or none; `usable` says whether it may be proposed as it is."""

    columns: tuple[str, ...] = ()
    repeated: int = 0
    rows: int = 0

    @property
    def usable(self) -> bool:
        return bool(self.columns) and self.repeated <= usable_below * self.rows


def best_key(con: duckdb.DuckDBPyConnection, raw: RawTable, kind: str, guesses: Sequence[ColumnGuess]) -> Key:
    """A column named like an id; else one together with another column; else any column without meaning that never repeats."""
    described = TABLES[kind]
    usual = known.NAMES["contact_id"] + ", " + known.NAMES["case_id"]
    own = [guess.name for guess in guesses if guess.name == described.key]
    shaped = [guess for guess in guesses if guess.shape.kind in ("text", "number", "empty")]
    named = [guess.name for guess in shaped if known.says(guess.name, kind, described.key or "") == 1]
    likely = list(dict.fromkeys(own + named + [guess.name for guess in shaped if known.likeness(guess.name, usual) == 1]))
    tried = [(name,) for name in likely]
    if described.family == "organisation":
        return _best(con, raw, tried)
    others = [guess.name for guess in shaped if guess.name not in likely and guess.shape.kind == "text"]
    singles = _best(con, raw, tried)
    if singles.usable:
        return singles
    pairs = _best(con, raw, [(other, name) for name in likely[:2] for other in others][:most_tried])
    if pairs.columns and not pairs.repeated:
        return pairs
    return singles if likely else _nameless(con, raw, guesses)


def _nameless(con: duckdb.DuckDBPyConnection, raw: RawTable, guesses: Sequence[ColumnGuess]) -> Key:
    """A column that nobody could name and that is different in every row."""
    free = [guess.name for guess in guesses if guess.field is None and guess.shape.kind in ("text", "number") and guess.shape.unique]
    found = _best(con, raw, [(name,) for name in free])
    return found if found.rows >= least_rows and not found.repeated else Key()


def _best(con: duckdb.DuckDBPyConnection, raw: RawTable, tried: Sequence[tuple[str, ...]]) -> Key:
    """The candidate that the fewest rows repeat; the first one among equals."""
    keys = [_counted(con, raw, columns) for columns in tried]
    return min(keys, key=lambda key: key.repeated) if keys else Key()


def _counted(con: duckdb.DuckDBPyConnection, raw: RawTable, columns: tuple[str, ...]) -> Key:
    parts = ", ".join(raw.column(name) for name in columns)
    last = raw.column(columns[-1])
    found = con.execute(f"SELECT count(*), count(DISTINCT ({parts})) FILTER ({last} IS NOT NULL) FROM read_parquet('{raw.rows}')").fetchone() or (0, 0)
    return Key(columns, found[0] - found[1], found[0])
