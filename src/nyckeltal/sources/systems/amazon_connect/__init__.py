"""Amazon Connect: contact records and agent events, as its data streams are written into files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.errors import CannotRead
from nyckeltal.sources.documents import peek, starts_as_json
from nyckeltal.sources.gathered import Gathered, Unreadable
from nyckeltal.sources.reading import Reading, Setting
from nyckeltal.sources.systems.amazon_connect import contacts, presence, records
from nyckeltal.sources.systems.amazon_connect.pull import AmazonConnectPull
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb


class AmazonConnect:
    """Reads both streams, also mixed in one file; the parts of a transferred contact may come in any order and in different files."""

    name = "amazon_connect"
    title = Text("sources.amazon_connect.title", "Amazon Connect contact records and agent events, as JSON")
    pull = AmazonConnectPull()

    def recognises(self, file: Path) -> bool:
        """By names that only its records have."""
        try:
            start = peek(file) if starts_as_json(file) else ""
        except CannotRead:
            return False
        is_contact = '"ContactId"' in start and '"InitiationMethod"' in start
        return is_contact or ('"AgentARN"' in start and '"EventType"' in start)

    def read(self, con: duckdb.DuckDBPyConnection, files: Sequence[Path], setting: Setting) -> Reading:
        """Every record, then what they tell together."""
        gathered = Gathered(con, setting, self.name, {"part": contacts.COLUMNS, "agent_event": presence.COLUMNS})
        reader = records.Reader(gathered)
        for record in gathered.records(files):
            try:
                reader.take(record)
            except Unreadable as wrong:
                gathered.refuse(record, wrong.field, wrong.text, wrong.source_id)
        gathered.close()
        if reader.contacts_n:
            contacts.make(gathered)
        if reader.events_n:
            presence.make(gathered)
        return gathered.reading


SYSTEM = AmazonConnect()
