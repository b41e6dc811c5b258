"""An edit of the organisation: rows as they shall stand, put into the store as a load of its own, whole or not at all.

Each row says which version of the stored one it was made from; where somebody else has changed it meanwhile nothing is written.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from nyckeltal.contacts.batch import Batch, Merged
from nyckeltal.contacts.facts import Facts
from nyckeltal.contacts.organisation import rules
from nyckeltal.contacts.organisation.rows import EDITED, Row, by_id, key, plain
from nyckeltal.contacts.snapshot import Snapshot
from nyckeltal.contacts.store import ContactStore
from nyckeltal.errors import Issue, UserMistake
from nyckeltal.words import Text

SOURCE = "organisation"
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Put:
    """A row as it shall stand, in its loaded fields; `version` is that of the stored row it was made from, empty for a new one."""

    table: str
    row: Row
    version: str = ""

    @property
    def id(self) -> str:
        return str(self.row[key(self.table)])


@dataclass(frozen=True)
class Edit:
    """Rows of one or more tables, changed together. The same `token` twice is one edit."""

    puts: tuple[Put, ...]
    token: str = field(default_factory=lambda: uuid.uuid4().hex)

    def as_json(self) -> str:
        """To be carried out by another process."""
        return json.dumps({"token": self.token, "puts": [[put.table, dict(put.row), put.version] for put in self.puts]}, default=str)

    @classmethod
    def from_json(cls, text: str) -> Edit:
        told = json.loads(text)
        return cls(tuple(Put(table, plain(table, row), version) for table, row, version in told["puts"]), told["token"])


class ChangedMeanwhile(UserMistake):
    """Somebody else changed a row after the form was opened; `stored` is how each such row stands now, None where it is new to us."""

    def __init__(self, stored: Sequence[tuple[Put, Row | None]]) -> None:
        super().__init__(Text("organisation.changed_meanwhile", "Somebody else has changed this since you opened it. Nothing of yours was saved yet."))
        self.stored = tuple(stored)


class BadEdit(UserMistake):
    """The rows break a rule; an issue's `line` is the number of the row in the edit, from 1."""


def version(table: str, row: Row | None) -> str:
    """What a row says, as a short mark: the same content is the same version."""
    if row is None:
        return ""
    return hashlib.sha256(json.dumps(plain(table, row), default=str, sort_keys=True).encode()).hexdigest()[:16]


def check(edit: Edit, facts: Facts) -> list[Issue]:
    """Everything that is wrong with the organisation as the edit would leave it, and what is worth pointing out."""
    tables = {table: by_id(facts, table) for table in EDITED}
    for put in edit.puts:
        tables[put.table][put.id] = plain(put.table, put.row)
    return [issue for number, put in enumerate(edit.puts, 1) for issue in rules.issues(put.table, tables[put.table][put.id], tables, number)]


def errors(issues: Iterable[Issue]) -> list[Issue]:
    return [issue for issue in issues if issue.severity == "error"]


def stand(edit: Edit, facts: Facts) -> None:
    """Raise where the edit cannot be put into this state of the store."""
    moved = [(put, stored) for put in edit.puts if version(put.table, stored := by_id(facts, put.table).get(put.id)) != put.version]
    if moved:
        raise ChangedMeanwhile(moved)
    if wrong := errors(check(edit, facts)):
        raise BadEdit(wrong[0].text, wrong)


def put(edit: Edit, *, home: Path | str | None = None, now: datetime, by: str | None = None, progress: Progress | None = None, wait_s: float = 600) -> Merged:
    """Put the edit into the store, recomputing what depends on it; `wait_s` is how long to wait for another program that writes."""
    store = ContactStore(home, wait_s)
    load_id = f"{now:%Y-%m-%d}-{uuid.uuid4().hex[:8]}"

    def fits(snapshot: Snapshot) -> None:
        stand(edit, snapshot)

    with store.stage() as staging:
        batch = Batch(
            load_id=load_id,
            marker=f"{SOURCE}:{edit.token}",
            source=SOURCE,
            files=", ".join(f"{one.table} {one.id}" for one in edit.puts[:5]) + (" …" if len(edit.puts) > 5 else ""),
            facts=_staged(staging.folder, edit.puts),
            loaded_by=by,
        )
        return store.merge(batch, now=now, progress=progress, guard=fits)


def _staged(folder: Path, puts: Iterable[Put]) -> Mapping[str, Sequence[Path]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from nyckeltal.contacts.schema import staged_schema

    tables: dict[str, list[dict[str, Any]]] = {}
    for number, one in enumerate(puts, 1):
        told = {"source": SOURCE, "source_id": one.id, "changed_at": None, "line": number}
        tables.setdefault(one.table, []).append({**plain(one.table, one.row), **told})
    paths = {}
    for table, rows in tables.items():
        paths[table] = [folder / f"{table}.parquet"]
        pq.write_table(pa.Table.from_pylist(rows, staged_schema(table)), paths[table][0])
    return paths
