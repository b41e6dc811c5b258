"""Clients, queues, agents and reasons that a row names and nobody has described: created when first seen, marked so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

source = "seen"

NAMES = {  # organisation table → where facts name its rows
    "client": (
        ("contact", "client_id"),
        ("case", "client_id"),
        ("agent_state", "client_id"),
        ("survey_invitation", "client_id"),
        ("survey_response", "client_id"),
        ("queue", "client_id"),
        ("agreement", "client_id"),
        ("promise", "client_id"),
    ),
    "queue": (("contact", "queue_id"), ("queue_visit", "queue_id"), ("segment", "queue_id"), ("segment", "target_queue_id"), ("agent_state", "queue_id")),
    "agent": (
        ("contact", "own_agent_id"),
        ("contact", "logged_by"),
        ("segment", "agent_id"),
        ("agent_state", "agent_id"),
        ("case", "opened_by"),
        ("survey_invitation", "agent_id"),
        ("team_membership", "agent_id"),
    ),
    "reason": (("contact", "reason_id"), ("case", "reason_id")),
}
ORDER = ("queue", "agent", "reason", "client")  # clients last: a queue seen for the first time may name one
KEYS = {"client": "client_id", "queue": "queue_id", "agent": "agent_id", "reason": "reason_id"}


def row(table: str, name: str, client_id: str | None = None) -> dict[str, Any]:
    """A row for something nobody has described."""
    found: dict[str, Any] = {KEYS[table]: name, "described": False, "source": source, "source_id": name}
    return found | ({"client_id": client_id or "unknown"} if table == "queue" else {})


def rows(tables: Mapping[str, pa.Table]) -> dict[str, list[dict[str, Any]]]:
    """What the tables name and do not describe, for a world in memory."""
    clients = _queue_clients(tables)
    found: dict[str, list[dict[str, Any]]] = {}
    for table in ORDER:
        known = set(tables[table].column(KEYS[table]).to_pylist()) if table in tables else set()
        named = {name for fact, column in NAMES[table] if fact in tables for name in tables[fact].column(column).to_pylist() if name is not None}
        if table == "client":
            named |= {queue["client_id"] for queue in found.get("queue", [])}
        if named - known:
            found[table] = [row(table, name, clients.get(name)) for name in sorted(named - known)]
    return found


def _queue_clients(tables: Mapping[str, pa.Table]) -> dict[str, str]:
    """Whose a queue is, judged by the contacts that name it or whose visits do."""
    if "contact" not in tables:
        return {}
    contacts = tables["contact"].select(["contact_id", "client_id", "queue_id"]).to_pylist()
    client_of = {contact["contact_id"]: contact["client_id"] for contact in contacts}
    found = {contact["queue_id"]: contact["client_id"] for contact in contacts}
    for fact in ("queue_visit", "segment"):
        if fact in tables:
            for part in tables[fact].select(["contact_id", "queue_id"]).to_pylist():
                found.setdefault(part["queue_id"], client_of.get(part["contact_id"]))
    return found
