"""The worker's one lock and its sign of life, both files in the home folder, so that they can be read without a database."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

LOCK, SIGN = "worker.lock", "worker.json"
BEAT_S = 5.0


@contextmanager
def only_one(home: Path, stop: Event, poll_s: float = 1.0) -> Iterator[bool]:
    """Waits until no other worker lives; false where it was asked to stop before that. Whoever dies lets go."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / LOCK).open("a") as file:
        while not (held := _taken(file.fileno())) and not stop.wait(poll_s):
            pass
        yield held


def beat(home: Path, doing: str, *, now_s: float | None = None) -> None:
    """Show that this process lives and what it does."""
    new = home / f"{SIGN}.{os.getpid()}"
    new.write_text(json.dumps({"pid": os.getpid(), "at": now_s or time.time(), "doing": doing}), encoding="utf-8")
    new.replace(home / SIGN)


def seen(home: Path) -> dict[str, Any] | None:
    """The last sign of life (`pid`, `at`, `doing`) of a worker that lives; None where none does."""
    if not _held_by_somebody(home / LOCK):
        return None
    try:
        sign: dict[str, Any] = json.loads((home / SIGN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"pid": 0, "at": 0.0, "doing": ""}
    return sign


def _held_by_somebody(lock: Path) -> bool:
    try:
        with lock.open() as file:  # whoever only looks makes nothing
            return not _taken(file.fileno())
    except FileNotFoundError:
        return False


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
