"""Zendesk Support: what its interface answers, and its tables as connectors land them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.errors import CannotRead
from nyckeltal.sources.documents import peek, starts_as_json
from nyckeltal.sources.reading import Reading, Setting
from nyckeltal.sources.systems.zendesk import documents, schedules, tables
from nyckeltal.sources.systems.zendesk.pull import ZendeskPull
from nyckeltal.sources.tickets import Tickets
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb

_signs = ('"ticket_metric_events"', '"ticket_metric"', '"ticket_metrics"', '"satisfaction_ratings"', '"audits"', '"metric_sets"')


class Zendesk:
    """A ticket's contacts and parts come from its audits or its history and comments; files of one export belong into one load."""

    name = "zendesk"
    title = Text("sources.zendesk.title", "Zendesk tickets with audits, metrics and satisfaction ratings, as JSON or as tables that a connector landed")
    pull = ZendeskPull()

    def recognises(self, file: Path) -> bool:
        """By the names of its lists, and by columns that only its tables have."""
        try:
            if not starts_as_json(file):
                return tables.kind_of(file) is not None
            start = peek(file)
        except CannotRead:
            return False
        return (
            any(sign in start for sign in _signs)
            or ('"schedules"' in start and '"intervals"' in start)
            or ('"submitter_id"' in start and '"requester_id"' in start and '"via"' in start)
        )

    def read(self, con: duckdb.DuckDBPyConnection, files: Sequence[Path], setting: Setting) -> Reading:
        """All files together: what belongs to a ticket may stand in another one."""
        told = Tickets.of(con, setting, self.name)
        answers = [file for file in files if starts_as_json(file)]
        calendars = documents.read(told, answers)
        tables.read(told, [file for file in files if file not in answers])
        reading = told.finish()
        schedules.hand_over(told, calendars)
        return reading


SYSTEM = Zendesk()
