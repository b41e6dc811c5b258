"""Which load a file becomes: a new one, one that grows, or one that lost rows with an undo and is put back in its place among the loads."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nyckeltal.contacts.store import ContactStore, Snapshot


class ReadAnew(Exception):
    """What these files were understood with is no longer what the store holds."""


@dataclass
class Into:
    """Decided from what the store holds before the files are read; `at` is its place among the loads."""

    marker: str
    now: datetime
    by: str | None
    grows: str | None = None
    load_id: str = ""
    at: datetime = field(init=False)
    put_back: str | None = None

    def already(self, store: ContactStore) -> dict[str, Any] | None:
        """The same load where it is in whole; else what this one becomes is decided."""
        earlier = store.loaded(self.marker)
        if earlier and earlier["taken_at"] is None:
            return earlier
        self.put_back = earlier["load_id"] if earlier else None
        self.load_id = self.put_back or self.grows or self.load_id or new_id(self.now)
        self.at = earlier["loaded_at"] if earlier else self.now
        return None

    def fits(self, snapshot: Snapshot) -> None:
        """That it is still to be put back, or not."""
        from nyckeltal.contacts import ledger

        earlier = ledger.loaded(snapshot, self.marker)
        if (earlier["load_id"] if earlier else None) != self.put_back:
            raise ReadAnew


def new_id(moment: datetime) -> str:
    """The id of a load: its day, and what tells it from others."""
    return f"{moment:%Y-%m-%d}-{uuid.uuid4().hex[:8]}"
