"""Which values a dimension has in what is loaded: of reasons those that stand at that level of the tree, of leaders those who lead."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache

from nyckeltal.contacts.upkeep import beside
from nyckeltal.kpi.organisation import organisation
from nyckeltal.web.frame import facts

_COLUMNS: Mapping[str, tuple[str, str]] = {
    "client": ("client", "client_id"), "queue": ("queue", "queue_id"), "team": ("team", "team_id"), "agent": ("agent", "agent_id"),
    "site": ("agent", "site_id"),
}  # fmt: skip
_OF_REASONS = frozenset({"reason1", "reason2", "reason3", "area"})


def of(dimension: str) -> Collection[str]:
    """In no order; none for a dimension whose values are few and have words of their own."""
    return _of(facts.current().id, dimension)


@lru_cache(maxsize=32)
def _of(_version: str, dimension: str) -> frozenset[str]:
    known = organisation(facts.current())
    if dimension in _COLUMNS:
        table, column = _COLUMNS[dimension]
        return frozenset(row[column] for row in known.rows(table) if row[column])
    if dimension == "leader":
        return frozenset(row["agent_id"] for row in known.rows("team_membership") if row["role"] == "leader")
    if dimension in _OF_REASONS:
        return frozenset(value for value in known.reasons[dimension].to_pylist() if value)
    return _languages() if dimension == "language" else frozenset()


def _languages() -> frozenset[str]:
    with beside(threads=None) as con:
        facts.current().attach(con, "contact")
        return frozenset(language for (language,) in con.execute("select distinct language from contact where language is not null").fetchall())
