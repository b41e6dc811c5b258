"""What a load says afterwards: what came in, what was left out and refused, and why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from nyckeltal.contacts.schema import TABLES
from nyckeltal.sources import find
from nyckeltal.words import Text


@dataclass
class FactCount:
    """One table: rows read, and what became of them."""

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    older: int = 0
    withdrawn: int = 0  # that the source took out of what it told whole
    repeated: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)


@dataclass
class LoadReport:
    """`already`: the same files with the same mapping were in before, so nothing was done. `undone` after an undo; `also_in` then names later
    loads that held some of the same rows unchanged, so that their files are worth loading again."""

    load_id: str
    files: list[str]
    already: bool = False
    undone: bool = False
    facts: dict[str, FactCount] = field(default_factory=dict)
    warnings: list[Text] = field(default_factory=list)
    known: dict[str, dict[str, tuple[datetime, datetime]]] = field(default_factory=dict)
    undone_counts: dict[str, dict[str, int]] = field(default_factory=dict)
    also_in: list[str] = field(default_factory=list)

    @property
    def refused_n(self) -> int:
        """How many rows were refused, of all facts."""
        return sum(sum(count.refused.values()) for count in self.facts.values())

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        known = {fact: {client: [moment.isoformat() for moment in reach] for client, reach in clients.items()} for fact, clients in self.known.items()}
        return {
            "load_id": self.load_id,
            "files": self.files,
            "already": self.already,
            "undone": self.undone,
            "facts": {name: asdict(count) for name, count in self.facts.items()},
            "refused_n": self.refused_n,
            "warnings": [str(warning) for warning in self.warnings],
            "known": known,
            **({"undone_counts": self.undone_counts, "also_in": self.also_in} if self.undone else {}),
        }


def rows_read(read: Mapping[str, int]) -> int:
    """How many rows the files held, told what was read by table: of a system that counts its own records those, since the facts are made of them."""
    records = read.keys() & find.systems().keys() if read.keys() - TABLES.keys() else ()
    return sum(read[name] for name in records or read)


def counts_from(read: Mapping[str, Mapping[str, Any]], merged: Mapping[str, Mapping[str, int]]) -> dict[str, FactCount]:
    """The reader's counts and the store's, put together per table."""
    facts = {}
    for name in dict.fromkeys([*read, *merged]):
        seen, stored = read.get(name, {}), merged.get(name, {})
        new, changed, unchanged, older, withdrawn = (int(stored.get(part, 0)) for part in ("new", "changed", "unchanged", "older", "withdrawn"))
        facts[name] = FactCount(
            read=int(seen.get("read", new + changed + unchanged + older)),
            new=new,
            changed=changed,
            unchanged=unchanged,
            older=older,
            withdrawn=withdrawn,
            repeated=int(seen.get("repeated", 0)),
            left_out=dict(seen.get("left_out", {})),
            refused=dict(seen.get("refused", {})),
        )
    return facts


def already(earlier: Mapping[str, Any], files: Iterable[Path]) -> LoadReport:
    """Of files that are in: their load, with every row as it was."""
    return LoadReport(str(earlier["load_id"]), [str(file) for file in files], already=True, facts=unchanged(json.loads(str(earlier["counts"]))))


def unchanged(counts: Mapping[str, Mapping[str, Any]]) -> dict[str, FactCount]:
    facts = {}
    for table, counted in counts.items():
        stands = sum(int(counted.get(part, 0)) for part in ("new", "changed", "unchanged", "older"))
        facts[table] = FactCount(
            read=int(counted.get("read", stands)),
            unchanged=stands,
            repeated=int(counted.get("repeated", 0)),
            left_out=dict(counted.get("left_out", {})),
            refused=dict(counted.get("refused", {})),
        )
    return facts
