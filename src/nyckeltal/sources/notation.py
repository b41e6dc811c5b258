"""Texts with a notation of their own – time zones, opening hours, holidays – are read at load, so that no question fails on them later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from nyckeltal.contacts.schema import TABLES
from nyckeltal.errors import UserMistake
from nyckeltal.sources import cells
from nyckeltal.sources.clocks import text_of
from nyckeltal.when import clock
from nyckeltal.when.hours import Hours
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb

    from nyckeltal.sources.mapping import Rule, TableMapping
    from nyckeltal.sources.tables.raw import RawTable

most_told = 50  # mistakes with a sentence of their own; further ones share one

Reader = Callable[[str, str], object]  # (the text, whose it is) → anything, or UserMistake


def mistakes(con: duckdb.DuckDBPyConnection, raw: RawTable, mapping: TableMapping) -> Iterator[tuple[str, str, Text]]:
    """(field as the mapping calls it, SQL that holds for the rows, what is wrong) of every text of the file that cannot be read."""
    for rule in mapping.rules:
        reader = reader_of(mapping.kind, rule.field)
        if reader and rule.columns:
            yield from _of_rule(con, raw, rule, reader, _owner(raw, mapping))


def reader_of(kind: str, field: str) -> Reader | None:
    """What reads a field's text, None where any text will do."""
    if kind not in TABLES or field not in TABLES[kind]:
        return None
    if field in ("tz", "zone"):
        return lambda text, _: clock.zone(text)
    readers: dict[str, Reader] = {
        "weekly": lambda text, calendar: Hours.read(calendar, "UTC", text, ""),
        "holidays": lambda text, calendar: Hours.read(calendar, "UTC", "", text),
    }
    return readers.get(field) if kind == "calendar" else None


def _owner(raw: RawTable, mapping: TableMapping) -> str:
    """SQL for the id of the row, to name it in a sentence."""
    rule = mapping.rule(TABLES[mapping.kind].key or "")
    names = rule.columns if rule else mapping.key
    return f"coalesce({raw.column(names[0])}, '')" if names else "''"


def _of_rule(con: duckdb.DuckDBPyConnection, raw: RawTable, rule: Rule, reader: Reader, owner: str) -> Iterator[tuple[str, str, Text]]:
    query = f"SELECT {text_of(rule, raw)} AS text, min({owner}) FROM read_parquet('{raw.rows}') GROUP BY 1 HAVING text IS NOT NULL ORDER BY 1"
    wrong: list[tuple[str, Text]] = []
    for text, whose in con.execute(query).fetchall():
        try:
            reader(str(text), str(whose))
        except UserMistake as mistake:
            wrong.append((str(text), mistake.text))
    for text, said in wrong[:most_told]:
        yield rule.said, f"{rule.field} = {cells.quote(text)}", said
    if rest := wrong[most_told:]:
        listed = ", ".join(cells.quote(text) for text, _ in rest)
        yield rule.said, f"{rule.field} IN ({listed})", Text("sources.row.notation", "“%(value)s” cannot be read.")
