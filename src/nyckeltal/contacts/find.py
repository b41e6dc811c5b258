"""A few rows of a fact by the contact they belong to, for whoever shows single contacts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from nyckeltal.contacts.columns import text
from nyckeltal.contacts.facts import Facts
from nyckeltal.contacts.upkeep import beside


def rows_of_contacts(
    facts: Facts, table: str, contact_ids: Collection[str], months: Collection[str] | None = None, columns: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Rows of `table` that name one of the contacts, with every stored column unless some are named. Months and columns narrow what has to be read.

    The ids are written out, so that parts of files whose ids lie elsewhere are passed over, and of the rest only ids are read where none fits."""
    if not contact_ids:
        return []
    with beside(threads=None) as con:
        facts.attach(con, table, months)
        listed = ", ".join(text(one) for one in sorted(contact_ids))
        found = con.execute(f"select {', '.join(columns) or '*'} from {table} where contact_id in ({listed})")
        return list(found.to_arrow_table().to_pylist())
