"""The data as it stands now: one snapshot of the store, kept until something was loaded."""

from __future__ import annotations

from django.conf import settings

from nyckeltal.contacts.store import ContactStore, Facts

_kept: dict[str, Facts] = {}


def current() -> Facts:
    """Reading which state counts is one small file; what the snapshot has cached is kept as long as that stays the same."""
    now = ContactStore(settings.NYCKELTAL_HOME).snapshot()
    key = f"{now.home}:{now.id}"
    if key not in _kept:
        _kept.clear()
        _kept[key] = now
    return _kept.get(key, now)
