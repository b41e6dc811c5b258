"""Rows that sum up the others: people write totals below a list, and nothing may count twice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nyckeltal.sources import amounts, cells
from nyckeltal.sources.columns import words
from nyckeltal.sources.staging import identifier

if TYPE_CHECKING:
    import duckdb

    from nyckeltal.sources.tables import RawTable

longest = 60  # characters of such a word with what stands beside it
most_rows = 200_000  # longer lists are no one's handiwork
REASON = "row of totals"
WORDS = (
    "total, totals, grand total, subtotal, sub total, sum, sums, average, avg, mean, count, totalt, totalsumma, summa, delsumma, sammanlagt, genomsnitt, "
    "snitt, medel, medelvärde, antal, i alt, ialt, samlet, gennemsnit, összesen, mindösszesen, végösszeg, részösszeg, összesítés, átlag, darabszám, yhteensä, "
    "kaikki yhteensä, välisumma, keskiarvo, lukumäärä"
)
_at_its_edge = ("total", "totalt", "summa", "sum", "összesen", "yhteensä", "i alt", "subtotal", "delsumma")  # “Anna Total”, “Summa mars”


@dataclass(frozen=True)
class Sums:
    """Rows of totals: as the condition of a mapping, and as SQL over the raw table."""

    where: str
    sql: str

    @property
    def left_out(self) -> dict[str, str]:
        return {"where": self.where, "reason": REASON}


def found(con: duckdb.DuckDBPyConnection, raw: RawTable) -> list[Sums]:
    """A table's rows of totals, told by what stands in the first cell that says anything."""
    [rows_n] = con.execute(f"SELECT count(*) FROM read_parquet('{raw.rows}')").fetchone() or (0,)
    if rows_n > most_rows:
        return []
    named = [at for at, name in enumerate(raw.names) if name]
    first = f"coalesce({', '.join(f'c{at}' for at in named)})" if named else "NULL"
    place = "CASE " + " ".join(f"WHEN c{at} IS NOT NULL THEN {at}" for at in named) + " END" if named else "NULL"
    n_filled = " + ".join(f"(c{at} IS NOT NULL)::INTEGER" for at in named) or "0"
    likely = "|".join(sorted(words(WORDS) | {*_at_its_edge}, key=len, reverse=True))
    pattern = rf"(^|\W)({likely})(\W|$)"
    query = f"""SELECT {place} AS place, {first} AS said, {n_filled} AS filled, (SELECT median({n_filled}) FROM read_parquet('{raw.rows}')) AS usual
        FROM read_parquet('{raw.rows}') WHERE length({first}) <= {longest} AND regexp_matches(lower({first}), {cells.quote(pattern)})"""
    said_in: dict[int, set[str]] = {}
    for at, said, filled, usual in con.execute(query).fetchall() if named else ():
        if is_total(str(said), sparse=filled < usual):
            said_in.setdefault(at, set()).add(str(said).strip())
    return [_named(raw, at, sorted(values)) for at, values in said_in.items()] or _unsaid(con, raw, named)


def _named(raw: RawTable, at: int, values: list[str]) -> Sums:
    compared = f"== {literal(values[0])}" if len(values) == 1 else f"in ({', '.join(map(literal, values))})"
    where = f"{identifier(raw.names[at])} {compared}"
    return Sums(where, f"coalesce({cells.trimmed(f'c{at}')} IN ({', '.join(map(cells.quote, values))}), false)")


def _unsaid(con: duckdb.DuckDBPyConnection, raw: RawTable, named: list[int]) -> list[Sums]:
    """The last row where it lacks most of what every other row has, and gives the sum of a column."""
    if not named:
        return []
    given = con.execute(f"SELECT {', '.join(f'count(c{at})' for at in named)}, count(*) FROM read_parquet('{raw.rows}')").fetchone() or ()
    last = con.execute(f"SELECT {', '.join(f'c{at}' for at in named)} FROM read_parquet('{raw.rows}') ORDER BY line DESC LIMIT 1").fetchone() or ()
    missing = [at for at, cell, n in zip(named, last, given, strict=False) if cell is None and n == given[-1] - 1]
    if not last or given[-1] < 3 or 2 * len(missing) < len(named):
        return []
    sums = [_sum_of_the_rest(con, raw, at, sign) for at, cell in zip(named, last, strict=True) if cell is not None for sign in (None, ".", ",")]
    where, sql = (" and ".join(f"{identifier(raw.names[at])} is None" for at in missing), " AND ".join(f"c{at} IS NULL" for at in missing))
    return [Sums(where, sql)] if any(sums) else []


def _sum_of_the_rest(con: duckdb.DuckDBPyConnection, raw: RawTable, at: int, decimal: str | None) -> bool:
    figures = f"SELECT {amounts.minor_units(f'c{at}', decimal)} AS v, line FROM read_parquet('{raw.rows}')"
    query = f"SELECT 2 * last(v ORDER BY line) = sum(v) AND last(v ORDER BY line) <> 0 AND count(v) > 2 FROM ({figures})"
    return bool((con.execute(query).fetchone() or (False,))[0])


def is_total(said: str, sparse: bool) -> bool:
    """A word for a total alone; beside another word only where the row has fewer cells than most."""
    bare = " ".join(re.findall(r"\w+", re.sub(r"\(.*?\)", " ", said.casefold())))
    return bare in words(WORDS) or (sparse and any(re.match(rf"{word}\b", bare) or re.search(rf"\b{word}$", bare) for word in _at_its_edge))


def literal(value: str) -> str:
    """A text as conditions write it."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
