"""Zammad: tickets with their articles and history, as its interface answers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.sources.documents import begins_with
from nyckeltal.sources.reading import Reading, Setting
from nyckeltal.sources.systems.zammad import answers
from nyckeltal.sources.systems.zammad.pull import PULL
from nyckeltal.sources.tickets import Tickets
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb


class Zammad:
    """States of one's own are told in a mapping: [states] "waiting for parts" = "hold"."""

    name = "zammad"
    title = Text("sources.zammad.title", "Zammad tickets with articles and history: what its interface answers")
    pull = PULL

    def recognises(self, file: Path) -> bool:
        """By fields that only its tickets have together."""
        return begins_with(file, "article_count", "owner_id", "state_id")

    def read(self, con: duckdb.DuckDBPyConnection, files: Sequence[Path], setting: Setting) -> Reading:
        """Tickets first, then what belongs to them."""
        told = Tickets.of(con, setting, self.name)
        answers.read(told, files)
        return told.finish()


SYSTEM = Zammad()
