"""Words that a field with few words does not know: each is named with the one that was probably meant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nyckeltal.contacts.schema import TABLES
from nyckeltal.errors import did_you_mean
from nyckeltal.sources import cells
from nyckeltal.sources.clocks import text_of
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb

    from nyckeltal.sources.mapping import TableMapping
    from nyckeltal.sources.tables.raw import RawTable

most_told = 20  # words with a sentence of their own


def near_misses(con: duckdb.DuckDBPyConnection, raw: RawTable, mapping: TableMapping) -> Iterator[tuple[str, str, str, Text]]:
    """(field, SQL that holds for the rows, SQL of the word, what is wrong) of every such word of the file."""
    for rule in mapping.rules:
        choices = TABLES[mapping.kind][rule.field].choices
        if choices and rule.columns and rule.values is None:
            known = ", ".join(map(cells.quote, choices))
            text = text_of(rule, raw)
            query = f"SELECT {text} AS word FROM read_parquet('{raw.rows}') WHERE lower({text}) NOT IN ({known}) GROUP BY 1 ORDER BY count(*) DESC, 1"
            for (word,) in con.execute(f"{query} LIMIT {most_told}").fetchall():
                if near := did_you_mean(str(word).lower(), choices):
                    values = {"known": ", ".join(choices), "near": near}
                    said = Text(
                        "sources.row.near_choice", "“%(value)s” is none of: %(known)s. Did you mean “%(near)s”? Say under values what it means.", values
                    )
                    yield rule.said, f"x_{rule.field} = {cells.quote(word)}", f"x_{rule.field}", said
