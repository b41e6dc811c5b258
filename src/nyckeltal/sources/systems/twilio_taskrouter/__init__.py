"""Twilio TaskRouter: its events, as its interface answers them and as its webhooks send them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.errors import CannotRead
from nyckeltal.sources.documents import peek, starts_as_json
from nyckeltal.sources.gathered import Gathered, Unreadable
from nyckeltal.sources.reading import Reading, Setting
from nyckeltal.sources.systems.twilio_taskrouter import events, tasks
from nyckeltal.sources.systems.twilio_taskrouter.pull import TwilioTaskRouterPull
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb


class TwilioTaskRouter:
    """Reads pages of the Events interface, webhooks as JSON lines or as the bodies that were sent, and Event Streams; in any order."""

    name = "twilio_taskrouter"
    title = Text("sources.twilio.title", "Twilio TaskRouter events, as JSON or as webhooks sent them")
    pull = TwilioTaskRouterPull()

    def recognises(self, file: Path) -> bool:
        """By names that only its events have."""
        try:
            if not starts_as_json(file):
                return events.is_form(file)
            start = peek(file)
        except CannotRead:
            return False
        asked = '"event_type"' in start and '"event_data"' in start and '"workspace_sid"' in start
        return asked or ('"EventType"' in start and '"WorkspaceSid"' in start) or "com.twilio.taskrouter." in start

    def read(self, con: duckdb.DuckDBPyConnection, files: Sequence[Path], setting: Setting) -> Reading:
        """Every event, then what they tell together with those kept of tasks that had not ended."""
        gathered = Gathered(con, setting, self.name, {"event": events.COLUMNS})
        reader = events.Reader(gathered)
        for record in gathered.records([events.as_json(file, setting.folder) if events.is_form(file) else file for file in files], ("events",)):
            try:
                reader.take(record)
            except Unreadable as wrong:
                gathered.refuse(record, wrong.field, wrong.text, wrong.source_id)
        gathered.close()
        tasks.make(gathered)
        return gathered.reading


SYSTEM = TwilioTaskRouter()
