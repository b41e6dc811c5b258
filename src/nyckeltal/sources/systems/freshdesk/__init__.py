"""Freshdesk: tickets with their conversations and satisfaction ratings, as its interface answers and as tickets are exported."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.errors import CannotRead
from nyckeltal.sources.documents import peek, starts_as_json
from nyckeltal.sources.reading import Reading, Setting
from nyckeltal.sources.systems.freshdesk import answers, export
from nyckeltal.sources.systems.freshdesk.pull import PULL
from nyckeltal.sources.tickets import Tickets
from nyckeltal.sources.tickets.sheet import header, zone_note
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb


class Freshdesk:
    """Statuses of one's own are told in a mapping: [statuses] 8 = "pending"."""

    name = "freshdesk"
    title = Text("sources.freshdesk.title", "Freshdesk tickets: what its interface answers, or exported as CSV")
    pull = PULL

    def recognises(self, file: Path) -> bool:
        """By fields or columns that only its tickets have together."""
        try:
            if starts_as_json(file):
                start = peek(file)
                return '"responder_id"' in start and '"requester_id"' in start and '"fr_escalated"' in start
        except CannotRead:
            return False
        return {"ticket id", "status", "created time", "resolved time"} <= header(file)

    def read(self, con: duckdb.DuckDBPyConnection, files: Sequence[Path], setting: Setting) -> Reading:
        """Every file by its form."""
        told = Tickets.of(con, setting, self.name)
        told.handovers_told = False
        documents = [file for file in files if starts_as_json(file)]
        exports = [file for file in files if file not in documents]
        answers.read(told, documents)
        export.read(told, exports)
        told.reading.warnings += zone_note(setting) if exports else []
        return told.finish()


SYSTEM = Freshdesk()
