"""What is kept by day, on disk: files of cells, and one small file that names those that count and the state of the store they belong to."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.snapshot import Snapshot
from nyckeltal.contacts.trace import FOLDER
from nyckeltal.kpi.engine.cells import Held

if TYPE_CHECKING:
    from nyckeltal.contacts.store import Facts

_NAME = "kept.json"


@dataclass(frozen=True)
class Table:
    """One cut: `months` names the file of each month, which those of a year share where they have few cells, `fields` those of each measure and
    their columns, `rests_on` what is agreed and told of the organisation (told by a fingerprint of its own file)."""

    signature: str
    kept: tuple[str, ...]
    kinds: Mapping[str, str]
    fields: Mapping[str, Mapping[str, str]]
    months: Mapping[str, str] = field(default_factory=dict)
    cells: Mapping[str, int] = field(default_factory=dict)
    rests_on: str = ""

    def files(self, folder: Path, first: date | None, last: date | None) -> tuple[str, ...]:
        """Those that can hold cells of these days."""
        from_month, to_month = f"{first:%Y-%m}" if first else "", f"{last:%Y-%m}" if last else "9999-12"
        named = (name for month, name in sorted(self.months.items()) if from_month <= month <= to_month)
        return tuple(str(folder / name) for name in dict.fromkeys(named))

    def held(self, folder: Path, first: date | None, last: date | None, columns: frozenset[str]) -> Held:
        return Held(self.files(folder, first, last), tuple((name, kind) for name, kind in self.kinds.items() if name in columns))


@dataclass(frozen=True)
class Shelf:
    """All that is kept. It may be used for one state of the store only, `state`."""

    folder: Path
    state: str
    tables: Mapping[str, Table]

    def save(self) -> None:
        """In force whole or not at all."""
        new = self.folder / f"{_NAME}.{os.getpid()}"
        with new.open("w", encoding="utf-8") as file:
            json.dump({"state": self.state, "tables": {name: asdict(table) for name, table in self.tables.items()}}, file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.folder / _NAME)

    @property
    def files(self) -> set[str]:
        return {name for table in self.tables.values() for name in (*table.months.values(), table.rests_on)}


def read(home: Path) -> Shelf | None:
    """What is kept in a home, whatever state it belongs to."""
    try:
        told = (home / FOLDER / _NAME).stat()
    except FileNotFoundError:
        return None
    return _read(home / FOLDER, told.st_mtime_ns, told.st_ino)


def of(facts: Facts) -> Shelf | None:
    """What is kept of exactly these facts."""
    found = read(facts.home) if isinstance(facts, Snapshot) else None
    return found if found is not None and found.state == facts.id else None


@lru_cache(maxsize=16)
def _read(folder: Path, _written: int, _inode: int) -> Shelf | None:
    try:
        content: dict[str, Any] = json.loads((folder / _NAME).read_text("utf-8"))
        tables = {name: _table(said) for name, said in content["tables"].items()}
        return Shelf(folder, content["state"], tables)
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None  # what cannot be read is made again


def _table(said: dict[str, Any]) -> Table:
    return Table(**{**said, "kept": tuple(said["kept"])})
