"""Chatwoot: conversations with their messages, ratings and reporting events, as its interface answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.errors import CannotRead
from nyckeltal.sources.documents import peek, starts_as_json
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
        try:
            start = peek(file) if starts_as_json(file) else ""
        except CannotRead:
            return False
        return '"inbox_id"' in start and '"contact_last_seen_at"' in start and '"can_reply"' in start

    def read(self, con: duckdb.DuckDBPyConnection, files: Sequence[Path], setting: Setting) -> Reading:
        """Conversations first, then what belongs to them."""
        told = Tickets.of(con, setting, self.name)
        told.handovers_told = False
        answers.read(told, files)
        return told.finish()


SYSTEM = Chatwoot()
