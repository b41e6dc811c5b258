"""ServiceNow incidents: as the Table API answers, as an exported list, and as a log with a row for each update of each incident."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.errors import CannotRead
from nyckeltal.sources.documents import peek, starts_as_json
from nyckeltal.sources.reading import Reading, Setting
from nyckeltal.sources.systems.servicenow import answers, log
from nyckeltal.sources.systems.servicenow.pull import ServiceNowPull
from nyckeltal.sources.tickets import Tickets
from nyckeltal.sources.tickets.sheet import header
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb


class ServiceNow:
    """An incident counts as its last update left it; what it went through is told by the log, where there is one."""

    name = "servicenow"
    title = Text("sources.servicenow.title", "ServiceNow incidents: Table API, exported list, or log of updates as CSV")
    pull = ServiceNowPull()

    def recognises(self, file: Path) -> bool:
        """By columns or fields that only its incidents have together."""
        try:
            if starts_as_json(file):
                start = peek(file)
                return '"sys_id"' in start and '"opened_at"' in start
        except CannotRead:
            return False
        names = header(file)
        return "number" in names and bool(names & {"sys mod count", "sys updated on", "assignment group"}) and bool(names & {"opened at", "opened"})

    def read(self, con: duckdb.DuckDBPyConnection, files: Sequence[Path], setting: Setting) -> Reading:
        """Every file by its form; an incident in several counts as changed last."""
        told = Tickets.of(con, setting, self.name)
        documents = [file for file in files if starts_as_json(file)]
        answers.read(told, documents)
        log.read(told, [file for file in files if file not in documents])
        return told.finish()


SYSTEM = ServiceNow()
