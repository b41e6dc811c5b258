"""Random histories of a store: loads, corrections and undone loads, and a plain account of what should stand after each."""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import pytest

from batches import put, read, today
from nyckeltal.contacts import change, upkeep
from nyckeltal.contacts.schema import TABLES
from nyckeltal.contacts.store import ContactStore, Facts, World
from nyckeltal.contacts.upkeep import FACTS, FEW

Row = dict[str, Any]
Rows = Mapping[str, Sequence[Row]]


class History(ABC):
    """What should stand: per row its versions, each with its load, the one in force last."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.versions: dict[tuple[str, str], list[tuple[str, Row]]] = {}
        self.standing: list[str] = []

    @abstractmethod
    def draw(self) -> Rows:
        """The rows of the next load."""

    def either_way(self, store: ContactStore, number: int) -> None:
        """The next step; every second one is worked out as where there are many rows."""
        with pytest.MonkeyPatch.context() as many:
            for room in (change, upkeep):
                many.setattr(room, "FEW", number % 2 * FEW)
            self.step(store, f"load-{number}")

    def compared(self, store: ContactStore, tables: Collection[str] = FACTS) -> Iterator[tuple[str, list[Row], list[Row]]]:
        """Each table as it is stored, and as the rows in force make it at once."""
        expected, snapshot = self.world(), store.snapshot()
        yield from ((table, told(snapshot, table), told(expected, table)) for table in tables)

    def step(self, store: ContactStore, load_id: str) -> None:
        """Load what is drawn, or take back one of the loads that stand."""
        if self.standing and self.chance.random() < 0.3:
            gone = self.chance.choice(self.standing)
            store.undo(gone, now=today)
            self.standing.remove(gone)
            self.versions = {key: [version for version in chain if version[0] != gone] for key, chain in self.versions.items()}
        else:
            self.load(store, load_id, self.draw())
            self.standing.append(load_id)

    def load(self, store: ContactStore, load_id: str, rows: Rows) -> None:
        put(store, load_id, rows)
        for table, given in rows.items():
            for row in given:
                self._take(table, row, load_id)

    def world(self) -> World:
        rows: dict[str, list[Row]] = {}
        for (name, _), chain in self.versions.items():
            if chain:
                rows.setdefault(name, []).append({"source": "s", **chain[-1][1]})
        return World.of(rows)

    def _take(self, table: str, row: Row, load_id: str) -> None:
        chain = self.versions.setdefault((table, row[TABLES[table].key or ""]), [])
        if chain and {**chain[-1][1], "changed_at": None} == {**row, "changed_at": None} and not _later(row, chain[-1][1]):
            return  # unchanged: it stays the earlier load's
        place = len(chain)
        while place and _later(chain[place - 1][1], row, strictly=True):
            place -= 1
        chain.insert(place, (load_id, row))


def told(facts: Facts, table: str) -> list[Row]:
    """The rows of a table but for which load they are of."""
    return [{name: value for name, value in row.items() if name not in ("load_id", "loaded_at")} for row in read(facts, table)]


def _later(one: Row, other: Row, strictly: bool = False) -> bool:
    """Whether `one` says that it is newer; a row that says nothing is not strictly newer than one that does."""
    mine, theirs = one.get("changed_at"), other.get("changed_at")
    if mine is None:
        return False
    return mine > theirs if theirs is not None else not strictly
