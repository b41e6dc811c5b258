"""Event logs: who did what to which case and when, as a table or as XES; told as cases with their hand-overs and reopenings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.errors import CannotRead
from nyckeltal.sources.called import EXAMPLE
from nyckeltal.sources.gathered import Gathered, Unreadable
from nyckeltal.sources.reading import Reading, Setting
from nyckeltal.sources.systems.event_log import columns, xes
from nyckeltal.sources.systems.event_log.cases import closing, hand_over
from nyckeltal.sources.systems.event_log.columns import Event
from nyckeltal.sources.tables import FileForm, read_table
from nyckeltal.sources.tables.heading import below_separator
from nyckeltal.sources.tables.text import beginning, form, refuse
from nyckeltal.sources.tickets.sheet import zone_note
from nyckeltal.sources.tickets.told import known as said
from nyckeltal.sources.tickets.told import moment
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb

_COLUMNS = {"event": {"case_id": "text", "activity": "text", "done_at": "moment", "resource": "text", "team": "text", "transition": "text"}}
_offset = re.compile(r":\d\d.*(Z|[+-]\d\d(:?\d\d)?)$|^\d{9,10}$", re.IGNORECASE)
_example = Text("sources.event_log.example", "example row of the template")
_no_case = Text("sources.event_log.no_case", "The event belongs to no case.")
_no_columns = Text("sources.event_log.columns", "has no column for %(missing)s. Name it under [event_log], such as case = “Number”.")


class EventLog:
    """A mapping may say under [event_log] which columns these are (case, activity, time, resource, group), and which activities close a case (closing)."""

    name = "event_log"
    title = Text("sources.event_log.title", "Event logs (case, activity, time, resource) as CSV or XES, told as cases with hand-overs and reopenings")

    def recognises(self, file: Path) -> bool:
        """XES by its first element, a table by columns for case, activity and time."""
        try:
            if form(file) != "text":
                return form(file) == "workbook" and is_sheet(file)
            start = beginning(file, 1 << 13)
        except CannotRead:
            return False
        return xes.is_xes(start) or {*columns.NEEDED} <= columns.found(_headers(start)).keys()

    def read(self, con: duckdb.DuckDBPyConnection, files: Sequence[Path], setting: Setting) -> Reading:
        """A case for every case id of these files together."""
        gathered = Gathered(con, setting, self.name, _COLUMNS)
        told = setting.told.get(self.name, {})
        for at, file in enumerate(files):
            setting.tell("read", at, len(files))
            _take(gathered, file, _events(con, file, setting, told, str(at)))
        gathered.close()
        hand_over(gathered, closing(gathered, told.get("closing")))
        return gathered.reading


def _events(con: duckdb.DuckDBPyConnection, file: Path, setting: Setting, told: Mapping[str, str], tag: str) -> Iterator[Event]:
    if xes.is_xes(beginning(file, 1 << 13)):
        return xes.events(file)
    raw = read_table(con, file, setting.folder, FileForm(), tag=f"log-{tag}")
    parts = columns.found(raw.names, told)
    if missing := [part for part in columns.NEEDED if part not in parts]:
        raise refuse(file, Text(_no_columns.id, _no_columns.english, {"missing": ", ".join(missing)}))
    dates = setting.told.get("file", {}).get("dates")
    return columns.events(columns.in_iso(con, raw, parts["time"], dates, file, setting.folder), parts)


def _take(gathered: Gathered, file: Path, told: Iterator[Event]) -> None:
    """Gather a file's events; what cannot be read is set aside, and a file of which too much cannot be used is refused whole."""
    read, refused = gathered.counted.read, gathered.counted.refused.total()
    zoned = gathered.setting.zone is not None
    for event in told:
        if not zoned and event.time and not _offset.search(event.time.strip()):
            gathered.reading.warnings += zone_note(gathered.setting)
            zoned = True
        if event.case in EXAMPLE:
            gathered.counted.read += 1
            gathered.leave_out(_example)
            continue
        record = gathered.found(file, event.line, vars(event))
        try:
            row = _row(event, gathered.setting.zone)
        except Unreadable as wrong:
            gathered.refuse(record, wrong.field, wrong.text)
        else:
            gathered.add("event", record, **row)
    if gathered.counted.read > read:
        gathered.judge(file, gathered.counted.read - read, gathered.counted.refused.total() - refused)


def _row(event: Event, zone: str | None) -> dict[str, object]:
    case = said(event.case)
    if case is None:
        raise Unreadable("case", _no_case)
    at = moment(event.time, "time", zone, needed=True)
    return {
        "case_id": case,
        "done_at": at,
        "activity": said(event.activity),
        "resource": said(event.resource),
        "team": said(event.group),
        "transition": said(event.transition),
    }


def is_sheet(file: Path) -> bool:
    """Whether a workbook is the template of event logs."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with CalamineWorkbook.from_path(file) as book:
            return book.sheet_names[:1] == [SYSTEM.name]
    except (CalamineError, OSError):
        return False


def _headers(start: bytes) -> list[str]:
    """The names in the first line, however they are separated."""
    line = below_separator(start.decode("utf-8-sig", "replace").lstrip()).split("\n", 1)[0]
    separator = max(",;\t|", key=line.count)
    return [name.strip().strip('"') for name in line.split(separator)]


SYSTEM = EventLog()
