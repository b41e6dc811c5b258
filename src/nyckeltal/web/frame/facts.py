"""The data as it stands now: one snapshot of the store, kept until something was loaded."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings

from nyckeltal.contacts.store import ContactStore, Facts
from nyckeltal.sources.written import tables_of

_kept: dict[str, Facts] = {}


def current() -> Facts:
    """Reading which state counts is one small file; what the snapshot has cached is kept as long as that stays the same."""
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
