"""A few rows of a fact by the contact they belong to, for whoever shows single contacts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from nyckeltal.contacts.facts import Facts
from nyckeltal.contacts.upkeep import beside


def rows_of_contacts(
    facts: Facts, table: str, contact_ids: Collection[str], months: Collection[str] | None = None, columns: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Rows of `table` that name one of the contacts, with every stored column unless some are named. Months and columns narrow what has to be read."""
    with beside(threads=None) as con:
        facts.attach(con, table, months)
        found = con.execute(f"select {', '.join(columns) or '*'} from {table} where list_contains($1, contact_id)", [sorted(contact_ids)])
        return list(found.to_arrow_table().to_pylist())
