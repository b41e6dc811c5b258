"""Which values of a dimension exist for whoever is restricted: a name of another client's queue or reason, or of another team's member, tells already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import lru_cache

from nyckeltal.contacts.upkeep import beside
from nyckeltal.web.frame import facts
from nyckeltal.web.people.access import Within
from nyckeltal.web.people.organisation import ever_agents_in

REASONS = frozenset({"reason1", "reason2", "reason3"})


def allowed(dimension: str, within: Within) -> Collection[str] | None:
    """The values that lie within; None for all."""
    clients, own = within.get("client"), within.get(dimension)
    if dimension == "agent" and own is None and "team" in within:
        return ever_agents_in(within["team"])
    if clients is None or own is not None:
        return own
    if dimension == "queue":
        return {row["queue_id"] for row in facts.current().small("queue").to_pylist() if row["client_id"] in clients}
    if dimension in REASONS:
        met = _met(facts.current().id)
        return frozenset[str]().union(*(met.get(client, frozenset()) for client in clients))
    return None


@lru_cache(maxsize=2)
def _met(_version: str) -> Mapping[str, frozenset[str]]:
    """Client to the reasons of its contacts, with the groups they belong to."""
    found: dict[str, set[str]] = defaultdict(set)
    parents = {row["reason_id"]: row["parent_id"] for row in facts.current().small("reason").to_pylist()}
    with beside(threads=None) as con:
        facts.current().attach(con, "contact")
        rows = con.execute("select distinct client_id, reason_id from contact where client_id is not null and reason_id is not null").fetchall()
    for client, reason in rows:
        found[client].update(_line(reason, parents))
    return {client: frozenset(reasons) for client, reasons in found.items()}


def _line(reason: str, parents: Mapping[str, str | None]) -> set[str]:
    """The reason and all it belongs to, also where the tree bites its own tail."""
    line: set[str] = set()
    one: str | None = reason
    while one and one not in line:
        line.add(one)
        one = parents.get(one)
    return line
