"""The data as it stands now: one snapshot of the store, kept until something was loaded."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

from nyckeltal.contacts.store import ContactStore, Facts
from nyckeltal.sources.written import tables_of

_kept: dict[str, Facts] = {}


def current() -> Facts:
    """Which state counts is one small file, put in place whole: as long as it is that file, what the snapshot has cached is kept, and it is not read."""
    home = settings.NYCKELTAL_HOME
    try:
        found = os.stat(f"{home}/state.json")  # noqa: PTH116 - a page asks hundreds of times, and making a path of it takes longer than looking
    except OSError:
        return _read()
    return _of_file(home, found.st_ino, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=1)
def _of_file(_home: Path, _inode: int, _changed: int, _size: int) -> Facts:
    return _read()


def _read() -> Facts:
    now = ContactStore(settings.NYCKELTAL_HOME).snapshot()
    key = f"{now.home}:{now.id}"
    if key not in _kept:
        _kept.clear()
        _kept[key] = now
    return _kept.get(key, now)


def clocks() -> tuple[ZoneInfo, ...]:
    """By which times of day are told: the clients' and queues', else those that the loaded files stated."""
    return _clocks(current().id)


@lru_cache(maxsize=4)
def _clocks(_version: str) -> tuple[ZoneInfo, ...]:
    kept = current()
    described = [row["tz"] for table in ("client", "queue") for row in kept.small(table).to_pylist() if row["tz"]]
    stated = described or [_stated(row["mapping"]) for row in kept.small("load").to_pylist() if row["mapping"]]
    return tuple(ZoneInfo(name) for name in dict.fromkeys(stated) if name)


def _stated(mapping: str) -> str:
    return str(tables_of(mapping).get("file", {}).get("zone") or "")
