"""A few rows of the store by their contact, for pages that show single contacts."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from nyckeltal.contacts.find import rows_of_contacts
from nyckeltal.web.frame import facts

Row = dict[str, Any]


def rows(table: str, contact_ids: Collection[str], months: Collection[str] | None = None) -> list[Row]:
    """Rows that belong to these contacts. Months narrow what has to be read."""
    return rows_of_contacts(facts.current(), table, contact_ids, months)


def contact(contact_id: str) -> Row | None:
    return next(iter(rows("contact", [contact_id])), None)


def agents(contact_ids: Collection[str], months: Collection[str] | None = None) -> dict[str, list[str]]:
    """Who took part, by contact."""
    taken: dict[str, list[str]] = {one: [] for one in contact_ids}
    for row in rows("segment", contact_ids, months):
        if row["agent_id"]:
            taken[row["contact_id"]].append(row["agent_id"])
    return taken
