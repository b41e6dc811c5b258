"""The zones that files named: where a client, or whoever worked, has said none itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nyckeltal.contacts.schema import TABLES
from nyckeltal.kpi.engine.runner import Lies, runner, whole_table
from nyckeltal.kpi.engine.session import remembered
from nyckeltal.kpi.engine.shape import compiled

if TYPE_CHECKING:
    import ibis

    from nyckeltal.contacts.store import Facts


def zones_seen(facts: Facts) -> dict[str, str]:
    """The zone that a client's files named, for clients that have none themselves; from the latest months there are."""

    def find() -> dict[str, str]:
        sql = compiled(("zones by client",), _zone_of_each_client)
        found = runner().fetch(sql, facts, {"contact": Lies("contact", facts.months("contact")[-2:])}, {}).to_pylist()
        return {row["client_id"]: row["zone"] for row in sorted(found, key=lambda row: str(row["client_id"]))}

    seen: dict[str, str] = remembered(("zones", facts.id), find)
    return seen


def _zone_of_each_client() -> ibis.Table:
    contacts = whole_table("contact")
    told = contacts.filter(contacts["zone"].notnull())
    return told.aggregate(zone=told["zone"].max(), by="client_id")


def zones_named(facts: Facts, fact: str) -> frozenset[str]:
    """The zones that the files of a fact named."""

    def find() -> frozenset[str]:
        sql = compiled(("zones", fact), lambda: _zones(fact))
        return frozenset(str(row["zone"]) for row in runner().fetch(sql, facts, {fact: Lies(fact)}, {}).to_pylist())

    named: frozenset[str] = remembered(("zones", facts.id, fact), find) if "zone" in TABLES[fact] else frozenset()
    return named


def _zones(fact: str) -> ibis.Table:
    rows = whole_table(fact)
    return rows.filter(rows["zone"].notnull()).select("zone").distinct()
