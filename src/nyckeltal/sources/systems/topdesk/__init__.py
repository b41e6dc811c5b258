"""TOPdesk incidents: as its interface answers, with their progress where it was fetched, and the exported list."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.errors import CannotRead
from nyckeltal.sources.documents import peek, starts_as_json
from nyckeltal.sources.reading import Reading, Setting
from nyckeltal.sources.systems.topdesk import incidents, table
from nyckeltal.sources.systems.topdesk.pull import TopdeskPull
from nyckeltal.sources.systems.topdesk.words import HEADERS
from nyckeltal.sources.tickets import Tickets
from nyckeltal.sources.tickets.sheet import header
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb


class Topdesk:
    """Completed is solved and closed is put away; the processing status is an organisation's own and only told, not counted."""

    name = "topdesk"
    title = Text("sources.topdesk.title", "TOPdesk incidents: answers of its interface with their progress, or the exported list as CSV")
    pull = TopdeskPull()

    def recognises(self, file: Path) -> bool:
        """By fields that only its incidents have together."""
        try:
            if starts_as_json(file):
                start = peek(file)
                return '"operatorGroup"' in start and '"callDate"' in start
        except CannotRead:
            return False
        names = header(file, HEADERS)
        return {"incident number", "call date"} <= names or {"number", "call date", "operator group"} <= names

    def read(self, con: duckdb.DuckDBPyConnection, files: Sequence[Path], setting: Setting) -> Reading:
        """Every file by its form; an incident in several counts as changed last."""
        told = Tickets.of(con, setting, self.name)
        answers = [file for file in files if starts_as_json(file)]
        incidents.read(told, answers)
        table.read(told, [file for file in files if file not in answers])
        return told.finish()


SYSTEM = Topdesk()
