"""Opens the store for a command: one that an older version wrote is brought up to this one first, with its progress told."""

from __future__ import annotations

import sys
from pathlib import Path

from nyckeltal.cli.progress import Line
from nyckeltal.errors import CannotRead
from nyckeltal.words import Text


def there(home: Path | None) -> None:
    """Refuses a home that is nowhere, for commands that look at what is in it: an answer about nothing would look like one about a quiet month."""
    from nyckeltal.contacts.store import home_folder

    if not (folder := home_folder(home)).is_dir():
        english = "There is no folder %(home)s. Name the home folder with --home or NYCKELTAL_HOME; nyckeltal load makes one."
        raise CannotRead(Text("home.nowhere", english, {"home": str(folder)}))


def bring_up(home: Path | None) -> None:
    """Does nothing the second time."""
    from nyckeltal.contacts.store import ContactStore

    store = ContactStore(home)
    if store.is_older:
        print("An older version of nyckeltal wrote this store; it is brought up to this one, once.", file=sys.stderr)
        with Line() as progress:
            store.bring_up(progress)
