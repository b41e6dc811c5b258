"""How a row of the organisation came to say what it says: its versions, who gave them, and when."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nyckeltal.contacts.facts import Facts
from nyckeltal.contacts.organisation.rows import Row, by_id, plain

SEEN = "seen"


@dataclass(frozen=True)
class Version:
    """One version: since when it stands in the store, which load and whose brought it, and the fields that it changed (before, after)."""

    at: datetime
    load_id: str
    by: str
    files: str
    seen: bool
    changed: tuple[tuple[str, Any, Any], ...]


def versions(facts: Facts, table: str, thing_id: str) -> list[Version]:
    """The newest first."""
    stands = by_id(facts, table).get(thing_id)
    told = [row for row in facts.small("replaced").to_pylist() if row["fact"] == table and row["source_id"] == thing_id]
    rows: list[tuple[Row, Row]] = [(row, plain(table, json.loads(row["fields"]))) for row in told]
    if stands is not None:
        rows.append((stands, plain(table, stands)))
    rows.sort(key=lambda pair: str(pair[0]["loaded_at"]))
    loads = {row["load_id"]: row for row in facts.small("load").to_pylist()}
    found, before = [], None
    for row, fields in rows:
        load = loads.get(row["load_id"], {})
        changed = tuple((name, before[name], value) for name, value in fields.items() if before[name] != value) if before else ()
        if row["loaded_at"] is not None and (changed or before is None):
            found.append(Version(row["loaded_at"], row["load_id"], load.get("loaded_by") or "", load.get("files") or "", row["source"] == SEEN, changed))
        before = fields
    return found[::-1]
