"""Jira Service Management: requests as its search answers, with the log of changes, and the exported list as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.errors import CannotRead
from nyckeltal.sources.documents import peek, starts_as_json
from nyckeltal.sources.reading import Reading, Setting
from nyckeltal.sources.systems.jira import issues, table
from nyckeltal.sources.systems.jira.pull import JiraPull
from nyckeltal.sources.systems.jira.words import HEADERS
from nyckeltal.sources.tickets import Tickets
from nyckeltal.sources.tickets.sheet import header
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb


class Jira:
    """Statuses are an organisation's own; what each means is told by its category, and by a mapping where that is too coarse."""

    name = "jira"
    title = Text("sources.jira.title", "Jira Service Management requests: answers of its search with changes and comments, or the exported list as CSV")
    pull = JiraPull()

    def recognises(self, file: Path) -> bool:
        """By the names that its answers have, and by the header of its export."""
        try:
            if starts_as_json(file):
                start = peek(file)
                return '"issues"' in start and '"fields"' in start and '"key"' in start
        except CannotRead:
            return False
        return {"issue key", "issue id", "status", "created"} <= header(file, HEADERS)

    def read(self, con: duckdb.DuckDBPyConnection, files: Sequence[Path], setting: Setting) -> Reading:
        """Every file by its form; a request in several counts as changed last."""
        told = Tickets.of(con, setting, self.name)
        answers = [file for file in files if starts_as_json(file)]
        issues.read(told, answers)
        table.read(told, [file for file in files if file not in answers])
        return told.finish()


SYSTEM = Jira()
