"""Tables of intervals as people keep them: 08:00-08:15 in a cell, how long an interval is where nobody says it, and “answered within 20 s”."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nyckeltal.sources import cells

if TYPE_CHECKING:
    import duckdb

    from nyckeltal.sources.describe import ColumnGuess
    from nyckeltal.sources.tables import RawTable

Fields = dict[str, tuple[list[str], Any, str]]
KINDS = ("summary", "forecast")  # elsewhere 08:00-16:00 is a beginning and an end that both count
LONGEST_S = 3600
_span = re.compile(r"\d{1,2}([:.])\d\d(\s*[-–]\s*)\d{1,2}[:.]\d\d")
_within = re.compile(
    r"\b(?:within|inom|inden for|inden|belül|sisällä|alle)\D{0,3}(\d{1,3})\b|\b(\d{1,3})\s*(?:mp|másodpercen|sekunnin|s|sek)\s+(?:belül|sisällä)"
)


def form(values: Sequence[str]) -> str | None:
    """The form of cells that name the beginning and the end of an interval; None where they do not all do so alike."""
    found = [_span.fullmatch(value.strip()) for value in values if value.strip()]
    signs = {(one[1], one[2]) for one in found if one}
    if not found or None in found or len(signs) != 1:
        return None
    [(point, dash)] = signs
    return f"%H{point}%M{dash}%H{point}%M"


def complete(con: duckdb.DuckDBPyConnection, raw: RawTable, seen: Sequence[ColumnGuess], fields: Fields) -> None:
    """What the header does not say outright: the length of the intervals, by their beginnings, and who was answered within so many seconds."""
    if "started_at" in fields and "length_s" not in fields and (length_s := _apart(con, raw, *fields["started_at"][:2])):
        fields["length_s"] = ([], {"is": length_s}, "check")
    taken = {column for columns, _, _ in fields.values() for column in columns}
    for guess in seen:
        limit = _within.search(guess.name.casefold())
        if limit and guess.name not in taken and guess.shape.kind in ("number", "text") and not {"in_time_n", "in_time_share"} & fields.keys():
            share = "%" in guess.name or any("%" in sample for sample in guess.samples)
            if share or guess.shape.kind == "number":
                fields["in_time_share" if share else "in_time_n"] = ([guess.name], guess.name, "check")
                fields.setdefault("in_time_s", ([], {"is": int(limit[1] or limit[2])}, "check"))


def _apart(con: duckdb.DuckDBPyConnection, raw: RawTable, columns: Sequence[str], rule: Any) -> int | None:
    """How far the beginnings mostly lie apart, where that is an hour at the most."""
    said = rule.get("as") if isinstance(rule, Mapping) else None
    text = f"concat_ws(' ', {', '.join(f'trim({raw.column(name)})' for name in columns)})"
    read = cells.read("moment", text, (said,) if said else (), None)
    moment = f"coalesce({read.value}, ({read.local or 'NULL'})::TIMESTAMPTZ)"
    begun = f"SELECT DISTINCT {moment} AS begun FROM read_parquet('{raw.rows}')"
    query = f"""SELECT apart FROM (SELECT epoch(begun - lag(begun) OVER (ORDER BY begun))::BIGINT AS apart FROM ({begun}) WHERE begun IS NOT NULL)
        WHERE apart > 0 GROUP BY apart ORDER BY count(*) DESC, apart LIMIT 1"""
    found = con.execute(query).fetchone()
    return int(found[0]) if found and found[0] <= LONGEST_S and 86_400 % found[0] == 0 else None
