"""Genesys Cloud: conversation details and the presence of its users, as the analytics interface answers them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.errors import CannotRead
from nyckeltal.sources.documents import peek, starts_as_json
from nyckeltal.sources.gathered import Gathered, Unreadable
from nyckeltal.sources.reading import Reading, Setting
from nyckeltal.sources.systems.genesys_cloud import contacts, conversations, presence
from nyckeltal.sources.systems.genesys_cloud.pull import GenesysCloudPull
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb

_no_record = Text("sources.genesys_cloud.no_record", "This is neither a conversation nor a user's presence.")
_of_an_empty_answer = {"totalHits", "cursor", "dataAvailabilityDate", "aggregations"}  # nothing happened in the time that was asked about


class GenesysCloud:
    """Reads answers of the queries and jobs for conversation details and for users' details, and single conversations."""

    name = "genesys_cloud"
    title = Text("sources.genesys_cloud.title", "Genesys Cloud conversation details and users' presence, as JSON")
    pull = GenesysCloudPull()

    def recognises(self, file: Path) -> bool:
        """By names that only its answers have."""
        try:
            start = peek(file) if starts_as_json(file) else ""
        except CannotRead:
            return False
        return ('"conversationId"' in start and '"participants"' in start) or (
            '"userId"' in start and ('"primaryPresence"' in start or '"routingStatus"' in start)
        )

    def read(self, con: duckdb.DuckDBPyConnection, files: Sequence[Path], setting: Setting) -> Reading:
        """Every conversation and every user's spells."""
        gathered = Gathered(con, setting, self.name, {**conversations.COLUMNS, "spell": presence.COLUMNS})
        reader = conversations.Reader(gathered)
        spells = 0
        for record in gathered.records(files, ("conversations", "userDetails")):
            try:
                names = record.value.keys() if isinstance(record.value, dict) else ()
                if "conversationId" in names:
                    reader.take(record)
                elif "userId" in names:
                    spells += 1
                    presence.take(gathered, record)
                elif not names or not set(names) <= _of_an_empty_answer:
                    gathered.refuse(record, "", _no_record)
            except Unreadable as wrong:
                gathered.refuse(record, wrong.field, wrong.text, wrong.source_id)
        gathered.close()
        if reader.read_n:
            contacts.make(gathered)
        if spells:
            presence.make(gathered)
        return gathered.reading


SYSTEM = GenesysCloud()
