"""A few rows of the store by their contact, for pages that show single contacts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from nyckeltal.contacts.find import rows_of_contacts
from nyckeltal.contacts.upkeep import beside
from nyckeltal.web.frame import facts
from nyckeltal.web.people import access

Row = dict[str, Any]


def rows(table: str, contact_ids: Collection[str], months: Collection[str] | None = None, columns: Sequence[str] = ()) -> list[Row]:
    """Rows that belong to these contacts. Months and columns narrow what has to be read."""
    return rows_of_contacts(facts.current(), table, contact_ids, months, columns)


def contact(contact_id: str) -> Row | None:
    return next(iter(rows("contact", [contact_id])), None)


def agents(contact_ids: Collection[str], months: Collection[str] | None = None) -> dict[str, list[str]]:
    """Who took part, by contact."""
    taken: dict[str, list[str]] = {one: [] for one in contact_ids}
    for row in rows("segment", contact_ids, months, ("contact_id", "agent_id")):
        if row["agent_id"]:
            taken[row["contact_id"]].append(row["agent_id"])
    return taken


def with_agents(agent_ids: Collection[str], months: Collection[str] | None = None) -> set[str]:
    """The contacts in which one of them took part."""
    with beside(threads=None) as con:
        facts.current().attach(con, "segment", months)
        return {one for (one,) in con.execute("select distinct contact_id from segment where list_contains($1, agent_id)", [sorted(agent_ids)]).fetchall()}


def as_access_sees(row: Row, agent_ids: Collection[str]) -> access.Contact:
    return access.Contact(row["client_id"], row["local_date"] or row["offered_at"].date(), frozenset(agent_ids))
