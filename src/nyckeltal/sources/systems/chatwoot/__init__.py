"""Chatwoot: conversations with their messages, ratings and reporting events, as its interface answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.sources.documents import begins_with
from nyckeltal.sources.reading import Reading, Setting
from nyckeltal.sources.systems.chatwoot import answers
from nyckeltal.sources.systems.chatwoot.pull import PULL
from nyckeltal.sources.tickets import Tickets
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb


class Chatwoot:
    """A conversation is a ticket; a customer who comes back after it was resolved has a new contact in it."""

    name = "chatwoot"
    title = Text("sources.chatwoot.title", "Chatwoot conversations with messages and ratings: what its interface answers")
    pull = PULL

    def recognises(self, file: Path) -> bool:
        """By fields that only its conversations have together."""
        return begins_with(file, "inbox_id", "contact_last_seen_at", "can_reply")

    def read(self, con: duckdb.DuckDBPyConnection, files: Sequence[Path], setting: Setting) -> Reading:
        """Conversations first, then what belongs to them."""
        told = Tickets.of(con, setting, self.name)
        told.handovers_told = False
        answers.read(told, files)
        return told.finish()


SYSTEM = Chatwoot()
