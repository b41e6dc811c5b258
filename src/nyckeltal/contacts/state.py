"""state.json: the version of every table that counts, and the store's one lock.

A Delta commit covers one table and a load writes several, so a load counts from the moment state.json is renamed into place.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from nyckeltal.contacts.same_rules import Rule, Rules
from nyckeltal.contacts.schema import STORE_VERSION
from nyckeltal.errors import CannotRead, StoreBusy
from nyckeltal.words import Text

FORMAT = 1
_NEVER_IN_A_PATH = re.compile(r"[\[\]^|\\]|%[0-9A-Fa-f]{2}")  # the library that writes tables takes paths for addresses and fails on these


def home_folder(home: Path | str | None = None) -> Path:
    """The folder that holds everything: the argument, else NYCKELTAL_HOME, else ./nyckeltal-data."""
    folder = Path(home or os.environ.get("NYCKELTAL_HOME") or "nyckeltal-data").absolute()
    if found := _NEVER_IN_A_PATH.search(str(folder)):
        english = "Tables cannot be kept in %(folder)s, because of the %(sign)s in its name. Choose a folder without it."
        raise CannotRead(Text("store.folder_name", english, {"folder": str(folder), "sign": found[0]}))
    return folder


@dataclass(frozen=True)
class State:
    """What counts: a version per table. `id` is new with every change; `model` is the version of the model that wrote the rows,
    `same` the rules by which rows of two sources were joined."""

    id: str = "empty"
    tables: Mapping[str, int] = field(default_factory=dict)
    model: int = STORE_VERSION
    same: Rules = ()

    @property
    def is_older(self) -> bool:
        return self.model < STORE_VERSION

    @classmethod
    def read(cls, home: Path) -> State:
        """The state as it stands; a store that nobody has written to is empty."""
        path = home / "state.json"
        try:
            content = json.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            return cls()
        except ValueError:
            raise _unreadable(path) from None
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise _unreadable(path)
        state = cls(content["id"], content["tables"], content.get("model", 1), tuple(map(Rule.of, content.get("rules", []))))
        if state.model > STORE_VERSION:
            raise CannotRead(Text("store.newer", "This store was written by a newer version of nyckeltal. Install that version, or restore an older backup."))
        return state

    def save(self, home: Path) -> None:
        """Put this state in force, whole or not at all, also when the machine stops."""
        path = home / "state.json"
        new = path.with_name(f"state.json.{os.getpid()}")
        with new.open("w", encoding="utf-8") as file:
            # a store that kept them as "same" has words made otherwise: rules that seem new touch what they are about
            same = {"rules": [rule.as_dict() for rule in self.same]} if self.same else {}
            json.dump({"format": FORMAT, "model": self.model, "id": self.id, "tables": dict(self.tables), **same}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
        folder = os.open(home, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def with_versions(self, versions: Mapping[str, int]) -> State:
        return replace(self, id=uuid.uuid4().hex, tables={**self.tables, **versions})

    def moved(self, versions: Mapping[str, int]) -> State:
        """The same data under the same id, in other versions of its tables."""
        return replace(self, tables={**self.tables, **versions})


def _unreadable(path: Path) -> CannotRead:
    english = "%(file)s is not a state that this version of nyckeltal reads. Restore it from a backup, or install the version that wrote it."
    return CannotRead(Text("store.state_unreadable", english, {"file": path.name}))


@contextmanager
def locked(home: Path, wait_s: float) -> Iterator[None]:
    """Hold the store's one lock; whoever dies with it lets go of it."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("a") as file:
        until = time.monotonic() + wait_s
        while not _taken(file.fileno()):
            if time.monotonic() > until:
                english = "Another program has been writing to this store for %(seconds)s seconds. Try again when it is done."
                raise StoreBusy(Text("store.busy", english, {"seconds": round(wait_s)}))
            time.sleep(0.02)
        yield


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class Staging:
    """A private folder for a load's files, removed when it is done. A lock beside it says that its owner lives."""

    def __init__(self, home: Path) -> None:
        self._root = home / "staging"
        self.folder = self._root / uuid.uuid4().hex

    def __enter__(self) -> Self:
        self._root.mkdir(parents=True, exist_ok=True)
        self._alive = _hold(self.folder.with_suffix(".lock"))
        self.folder.mkdir()
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.with_suffix(".lock").unlink(missing_ok=True)
        os.close(self._alive)


def _hold(path: Path) -> int:
    """A held lock on a file that is still there: a sweeper may take it away between making and locking it."""
    while True:
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        if _taken(descriptor) and path.exists() and os.fstat(descriptor).st_ino == path.stat().st_ino:
            return descriptor
        os.close(descriptor)


def sweep_staging(home: Path) -> None:
    """Remove what dead processes left in staging/; called by whoever holds the store's lock."""
    for path in (home / "staging").glob("*.lock"):
        with suppress(FileNotFoundError):
            descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
            try:
                if _taken(descriptor):
                    shutil.rmtree(path.with_suffix(""), ignore_errors=True)
                    path.unlink(missing_ok=True)
            finally:
                os.close(descriptor)
