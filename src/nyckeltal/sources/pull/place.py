"""Where a source keeps what it needs to go on: `pulled/<source>/` in the home, one process at a time, every file written whole or not at all."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

FOLDER = "pulled"
BATCH = "%Y%m%dT%H%M%S"


@dataclass(frozen=True)
class Place:
    """The folder of one source; what is in it is readable by its owner only, since pages hold what customers wrote."""

    home: Path
    name: str

    @property
    def folder(self) -> Path:
        return self.home / FOLDER / self.name

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether this process has the source to itself; whoever dies lets go."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / "lock").open("a") as file:
            try:
                fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def read(self, name: str) -> dict[str, Any]:
        """What was kept under this name; nothing where nothing was, or where a machine that stopped left it unreadable."""
        try:
            found = json.loads((self.folder / name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def keep(self, name: str, content: Mapping[str, Any]) -> None:
        """Put it in force, also when the machine stops."""
        write(self.folder / name, json.dumps(content, ensure_ascii=False, indent=1).encode())

    def batch(self, now: datetime) -> Path:
        """A new folder for pages."""
        folder = self.folder / "pages" / f"{now:{BATCH}}-{os.urandom(3).hex()}"
        folder.mkdir(mode=0o700, parents=True)
        return folder

    def forget_pages(self, now: datetime, days: int) -> None:
        """Remove what is older; what was loaded of it stands in the store."""
        oldest = f"{now - timedelta(days=days):{BATCH}}"
        for folder in (self.folder / "pages").glob("*"):
            if folder.name[: len(oldest)] < oldest or not days:
                shutil.rmtree(folder, ignore_errors=True)


def write(path: Path, content: bytes) -> None:
    """A file with these bytes, whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
