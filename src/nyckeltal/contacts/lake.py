"""The store's tables as Delta tables under home/lake: written here and nowhere else, and rolled back where an interrupted load left them ahead."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlparse
from uuid import uuid4

from nyckeltal.contacts.columns import types
from nyckeltal.contacts.schema import TABLES, arrow_schema
from nyckeltal.contacts.state import State
from nyckeltal.errors import CannotRead
from nyckeltal.words import Text

if TYPE_CHECKING:
    import pyarrow as pa
    from deltalake import DeltaTable
    from deltalake.transaction import AddAction, RemoveAction


@dataclass(frozen=True)
class Fresh:
    """A Parquet file of new rows of one month, without the column `month`, in the store's types and order; of a table without months with none."""

    month: str | None
    path: Path
    rows: int


_KEPT = {"delta.logRetentionDuration": "interval 1 days"}  # a log that is followed commits every few seconds; what nobody can be reading goes


class Lake:
    """Writes to tables while the store's lock is held, and remembers which version each of them reached."""

    def __init__(self, home: Path, state: State) -> None:
        self.folder = (home / "lake").resolve()  # as tables know it, through whatever link the home is reached
        self.state = state
        self.reached: dict[str, int] = {}
        self._opened: dict[str, DeltaTable] = {}

    def exists(self, table: str) -> bool:
        return table in self.state.tables or table in self.reached

    def append(self, table: str, rows: pa.RecordBatchReader | pa.Table) -> None:
        """Add rows that are new."""
        from deltalake import write_deltalake

        made = _made(table)
        self._write(table, lambda: write_deltalake(self._place(table), rows, mode="append", **made))

    def take_in(self, table: str, files: Iterable[Fresh], gone: Iterable[str] = ()) -> None:
        """Add finished files: they are moved, nothing is written twice. Those of the table that are `gone` count no more: theirs stand in the new ones."""
        self._write(table, lambda: self._move_in(table, files, "append", gone=gone))

    def put_months(self, table: str, files: Iterable[Fresh]) -> None:
        """Put finished files in place of all that lies in their months."""
        given = list(files)
        listed = [("month", "in", [file.month for file in given])]
        self._write(table, lambda: self._move_in(table, given, "overwrite", listed))

    def _move_in(self, table: str, files: Iterable[Fresh], mode: str, only: Any = None, gone: Iterable[str] = ()) -> None:
        from deltalake import DeltaTable, Schema

        schema, parts = Schema.from_arrow(arrow_schema(table)), _partitions(table)
        if not self.exists(table):
            self._opened[table] = DeltaTable.create(str(self.folder / table), schema, partition_by=parts, description=_born_with(table), configuration=_KEPT)
        delta = self._open(table)
        moved: list[AddAction | RemoveAction] = [*(self._moved(table, file) for file in files), *(self._gone(table, path) for path in gone)]
        delta.create_write_transaction(moved, mode, delta.schema() if mode == "append" or only else schema, parts, only)
        delta.update_incremental()

    def _moved(self, table: str, file: Fresh) -> AddAction:
        from deltalake.transaction import AddAction

        relative = f"{uuid4()}.parquet" if file.month is None else f"month={file.month}/{uuid4()}.parquet"
        place = self.folder / table / relative
        place.parent.mkdir(exist_ok=True)
        file.path.rename(place)
        stat, part = place.stat(), {} if file.month is None else {"month": file.month}
        return AddAction(relative, stat.st_size, part, int(stat.st_mtime * 1000), True, json.dumps({"numRecords": file.rows}))

    def _gone(self, table: str, path: str) -> RemoveAction:
        """A file named as the table does: its own path may be another one than this folder's, through a link."""
        from deltalake.transaction import RemoveAction

        file, monthly = Path(path), TABLES[table].monthly
        name, part = "/".join(file.parts[-2 if monthly else -1 :]), {"month": _month(path)} if monthly else {}
        return RemoveAction(name, True, int(time.time() * 1000), file.stat().st_size, part)

    def overwrite(self, table: str, rows: pa.RecordBatchReader | pa.Table, predicate: str | None = None) -> None:
        """Put these rows in place of all, or of those that `predicate` names."""
        from deltalake import write_deltalake

        made = _made(table)

        def commit() -> None:
            write_deltalake(self._place(table), rows, mode="overwrite", predicate=predicate, **made)

        self._write(table, commit)

    def rewrite(self, table: str, files: Iterable[Fresh]) -> None:
        """Put a whole table anew out of finished files, so that every file has all its columns."""

        def commit() -> None:
            self._move_in(table, files, "overwrite")
            self._open(table).alter.set_table_description(_born_with(table))

        self._write(table, commit)

    def add_columns(self, table: str) -> None:
        """Only the columns that came since the table was made."""
        self._write(table, lambda: None)

    def compact(self, table: str) -> None:
        """Join the small files of a table that has no months."""

        def commit() -> None:
            self._open(table).optimize.compact()

        self._write(table, commit)

    def delete(self, table: str, predicate: str) -> None:
        self._write(table, lambda: self._open(table).delete(predicate))

    def update(self, table: str, values: Mapping[str, Any], predicate: str) -> None:
        self._write(table, lambda: self._open(table).update(new_values=dict(values), predicate=predicate))

    def relink(self, rows: pa.Table) -> None:
        """Change `replaced_by` of rows of `replaced`, told by fact, source, source_id and load_id."""
        same = " and ".join(f"t.{name} = s.{name}" for name in ("fact", "source", "source_id", "load_id"))

        def commit() -> None:
            merger = self._open("replaced").merge(rows, same, source_alias="s", target_alias="t")
            merger.when_matched_update({"replaced_by": "s.replaced_by"}).execute()

        self._write("replaced", commit)

    def _open(self, table: str) -> DeltaTable:
        """The table at the version that it reached last: nobody else writes while the lock is held."""
        if table not in self._opened:
            self._opened[table] = _opened(self.folder / table, self.reached.get(table, self.state.tables.get(table)))
        return self._opened[table]

    def _place(self, table: str) -> DeltaTable | str:
        """Where to write: the table, once it is there."""
        return self._open(table) if self.exists(table) else str(self.folder / table)

    def _write(self, table: str, commit: Callable[[], object]) -> None:
        if self.exists(table):
            self._add_columns(table)
        commit()
        self.reached[table] = self._open(table).version()
        _leave(self.folder / table, self._opened.pop(table))

    def _add_columns(self, table: str) -> None:
        """A table made by an older version of the model gets the columns that came since."""
        from deltalake import Schema

        if table in self.reached:
            return
        delta = self._open(table)
        has = {field.name for field in delta.schema().fields}
        if not {*types(table)} <= has:
            delta.alter.add_columns([field for field in Schema.from_arrow(arrow_schema(table)).fields if field.name not in has])


def _made(table: str) -> dict[str, Any]:
    """How a table is made that is not there yet."""
    return {"partition_by": _partitions(table), "description": _born_with(table), "configuration": _KEPT}


def _partitions(table: str) -> list[str] | None:
    return ["month"] if TABLES[table].monthly else None


def recover(home: Path) -> State:
    """Undo what a load that did not end left in the tables: the state in force, with every table at the version it names."""
    from deltalake import DeltaTable

    state, restored = State.read(home), {}
    for folder in sorted((home / "lake").glob("*")):
        table = folder.name
        if table not in state.tables:
            shutil.rmtree(folder)
            continue
        if _stands_at(folder, state.tables[table]):
            continue
        delta = DeltaTable(str(folder))
        if delta.version() < state.tables[table]:
            english = "The table %(table)s is older than state.json says. Restore the whole folder from one backup."
            raise CannotRead(Text("store.table_behind", english, {"table": table}))
        if delta.version() > state.tables[table]:
            delta.restore(state.tables[table])
            restored[table] = delta.version()
    if restored:
        state = state.moved(restored)
        state.save(home)
    return state


def _stands_at(folder: Path, version: int) -> bool:
    """Whether this is the table's last version, told by its log's names: opening all tables takes as long as a small load."""
    log = folder / "_delta_log"
    return (log / f"{version:020}.json").exists() and not (log / f"{version + 1:020}.json").exists()


@dataclass(frozen=True)
class Files:
    """A table at a version: its Parquet files, each with its month and how many rows it has; its columns; and whether every file has them all."""

    parts: tuple[tuple[str, str | None, int], ...]
    columns: tuple[str, ...]
    uniform: bool


def active_files(folder: Path, table: str, version: int, state: str) -> Files:
    """The files of a table at a version, remembered by what its commit says: after a restored backup a version may be another one."""
    folder = folder.resolve()
    return _active_files(folder, table, version, _commit(folder / table, version) or state)


@lru_cache(maxsize=512)
def _active_files(folder: Path, table: str, version: int, _said: str) -> Files:
    delta = _opened(folder / table, version)
    if delta.protocol().min_reader_version > 1:
        english = "The table %(table)s was written by another program in a way that this version of nyckeltal does not read."
        raise CannotRead(Text("store.foreign_writer", english, {"table": table}))
    uniform = delta.metadata().description == _born_with(table)
    added = delta.get_add_actions()
    names, numbers = (added.column(name).to_pylist() for name in ("path", "num_records"))
    counted = {Path(name).name: 1 if n is None else n for name, n in zip(names, numbers, strict=True)}  # each has a name that no other has
    paths = sorted(_path(uri) for uri in delta.file_uris())
    parts = tuple((path, _month(path), counted[Path(path).name]) for path in paths)
    _leave(folder / table, delta)
    return Files(parts, tuple(field.name for field in delta.schema().fields), uniform)


_left: dict[Path, tuple[str, DeltaTable]] = {}  # tables that were open last, by their folder: reading a log takes longer than a small commit
_MOST_LEFT = 64


def _opened(folder: Path, version: int | None) -> DeltaTable:
    """A table at a version, or its last; whoever opened it has it alone until `_leave`."""
    from deltalake import DeltaTable

    commit = None if version is None else _commit(folder, version)
    if commit and _left.get(folder, ("",))[0] == commit:
        left = _left.pop(folder, None)  # another thread may have been quicker
        if left and left[0] == commit:
            return left[1]
    return DeltaTable(str(folder), version=version)


def _leave(folder: Path, delta: DeltaTable) -> None:
    if commit := _commit(folder, delta.version()):
        _left[folder] = commit, delta
        for oldest in [*_left][:-_MOST_LEFT]:
            _left.pop(oldest, None)


def _commit(folder: Path, version: int) -> str | None:
    """What a table's commit says, in short; nothing where its log has it no more."""
    path = folder / "_delta_log" / f"{version:020}.json"
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None


def _born_with(table: str) -> str:
    """Written into a table when it is made: which columns each of its files has, unless columns were added since."""
    return f"columns {hashlib.sha256(' '.join(types(table)).encode()).hexdigest()[:16]}"


def _path(uri: str) -> str:
    """A path as it stands on disk: of a folder on this machine too, deltalake writes a space as %20."""
    local = uri.startswith(("file:", "/"))
    return unquote(urlparse(uri).path if uri.startswith("file:") else uri) if local else uri


def _month(path: str) -> str | None:
    folder = Path(path).parent.name
    return unquote(folder.removeprefix("month=")) if folder.startswith("month=") else None
