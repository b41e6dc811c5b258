"""A few rows of the store by their contact, for pages that show single contacts."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from nyckeltal.contacts.schema import arrow_schema
from nyckeltal.web.frame import facts

Row = dict[str, Any]


def rows(table: str, contact_ids: Collection[str], months: Collection[str] | None = None) -> list[Row]:
    """Rows that belong to these contacts. Months narrow what has to be read."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.dataset as ds

    wanted = pc.field("contact_id").isin(pa.array(sorted(contact_ids), pa.string()))
    now = facts.current()
    files = now.files(table, months)
    if not files:
        found: list[Row] = now.small(table).filter(wanted).to_pylist()
        return found
    return list(ds.dataset(files, format="parquet", schema=arrow_schema(table)).to_table(filter=wanted).to_pylist())


def contact(contact_id: str) -> Row | None:
    return next(iter(rows("contact", [contact_id])), None)


def agents(contact_ids: Collection[str], months: Collection[str] | None = None) -> dict[str, list[str]]:
    """Who took part, by contact."""
    taken: dict[str, list[str]] = {one: [] for one in contact_ids}
    for row in rows("segment", contact_ids, months):
        if row["agent_id"]:
            taken[row["contact_id"]].append(row["agent_id"])
    return taken
