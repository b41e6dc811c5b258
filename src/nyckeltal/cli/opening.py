"""Opens the store for a command: one that an older version wrote is brought up to this one first, with its progress told."""

from __future__ import annotations

import sys
from pathlib import Path

from nyckeltal.cli.progress import Line


def bring_up(home: Path | None) -> None:
    """Does nothing the second time."""
    from nyckeltal.contacts.store import ContactStore

    store = ContactStore(home)
    if store.is_older:
        print("An older version of nyckeltal wrote this store; it is brought up to this one, once.", file=sys.stderr)
        with Line() as progress:
            store.bring_up(progress)
