"""FreeScout: conversations with their threads, time logs and ratings, as the interface of its module answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.sources.documents import begins_with
from nyckeltal.sources.reading import Reading, Setting
from nyckeltal.sources.systems.freescout import answers
from nyckeltal.sources.systems.freescout.pull import PULL
from nyckeltal.sources.tickets import Tickets
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb


class FreeScout:
    """A conversation is a ticket, its mailbox the queue."""

    name = "freescout"
    title = Text("sources.freescout.title", "FreeScout conversations with threads and time logs: what the interface of its module answers")
    pull = PULL

    def recognises(self, file: Path) -> bool:
        """By fields that only its conversations have together."""
        return begins_with(file, "mailboxId", "threadsCount", "folderId")

    def read(self, con: duckdb.DuckDBPyConnection, files: Sequence[Path], setting: Setting) -> Reading:
        """Conversations with all that is embedded in them."""
        told = Tickets.of(con, setting, self.name)
        answers.read(told, files)
        return told.finish()


SYSTEM = FreeScout()
