"""A few rows of the store by their contact, for pages that show single contacts; what was found is kept as long as the data are the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

from nyckeltal.contacts.columns import text
from nyckeltal.contacts.find import rows_of_contacts
from nyckeltal.contacts.snapshot import Snapshot
from nyckeltal.contacts.upkeep import beside
from nyckeltal.web.frame import facts
from nyckeltal.web.people import access

Row = Mapping[str, Any]


def rows(table: str, contact_ids: Collection[str], months: Collection[str] | None = None, columns: Sequence[str] = ()) -> Sequence[Row]:
    """Rows that belong to these contacts. Months and columns narrow what has to be read."""
    return _rows(facts.current().id, table, tuple(contact_ids), None if months is None else tuple(months), tuple(columns))


@lru_cache(maxsize=256)  # of at most some dozens of contacts each
def _rows(_version: str, table: str, contact_ids: tuple[str, ...], months: tuple[str, ...] | None, columns: tuple[str, ...]) -> tuple[Row, ...]:
    return tuple(rows_of_contacts(facts.current(), table, contact_ids, months, columns))


def contact(contact_id: str, month: str = "") -> Row | None:
    """The contact, looked for in that month first: without it, or where it lies in another, in all of them, by its id alone."""
    known = rows("contact", [contact_id], [month]) if month else ()
    if not known:
        known = [row for place in rows("contact", [contact_id], columns=("month",)) for row in rows("contact", [contact_id], [place["month"]])]
    return next(iter(known), None)


def parts(contact: Row) -> Sequence[Row]:
    """Its parts: those of its own month, where all that were answered are among them; else those of every month."""
    here = rows("segment", [contact["contact_id"]], [contact["month"]])
    return here if sum(bool(row["answered"]) for row in here) >= contact["segments_n"] else rows("segment", [contact["contact_id"]])


def elsewhere(contact: Row) -> Sequence[Row]:
    """The rows of other sources that are this contact by rule: the one that it counts as, and those that count as it."""
    now = facts.current()
    if isinstance(now, Snapshot) and not now.state.same:
        return ()
    with beside(threads=None) as con:
        now.attach(con, "contact")
        mine, other = text(contact["contact_id"]), text(contact["same_as"] or "")
        told = con.execute(f"select source, source_id from contact where same_as = {mine} or contact_id = {other} order by source, source_id")
        return list(told.to_arrow_table().to_pylist())


def agents(contact_ids: Collection[str], months: Collection[str]) -> dict[str, list[str]]:
    """Who took part, by contact."""
    taken: dict[str, list[str]] = {one: [] for one in contact_ids}
    for row in rows("segment", contact_ids, months, ("contact_id", "agent_id")):
        if row["agent_id"]:
            taken[row["contact_id"]].append(row["agent_id"])
    return taken


def with_agents(agent_ids: Collection[str], months: Collection[str]) -> set[str]:
    """The contacts in which one of them took part."""
    if not agent_ids:
        return set()
    with beside(threads=None) as con:
        facts.current().attach(con, "segment", months)
        listed = ", ".join(text(one) for one in sorted(agent_ids))
        return {one for (one,) in con.execute(f"select distinct contact_id from segment where agent_id in ({listed})").fetchall()}


def as_access_sees(row: Row, agent_ids: Collection[str]) -> access.Contact:
    return access.Contact(row["client_id"], row["local_date"] or row["offered_at"].date(), frozenset(agent_ids))
