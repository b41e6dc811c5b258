"""Asterisk's and XiVO's queue_log: calls, their stays in queues, each agent's part, logins and pauses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.errors import CannotRead
from nyckeltal.sources.coverage import coverage
from nyckeltal.sources.documents import peek, starts_as_json
from nyckeltal.sources.reading import Counted, Reading, Setting
from nyckeltal.sources.systems.queue_log import calls, events, ongoing, states
from nyckeltal.sources.systems.queue_log.pull import QueueLogTable
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb

_text_line = re.compile(r"\s*\d{9,11}(\.\d+)?\|[^|\r\n]*\|[^|\r\n]*\|[^|\r\n]*\|[A-Z_]+")
_json_row = re.compile(r'"callid":.*"event":|"event":.*"callid":', re.DOTALL)


class QueueLog:
    """Reads the text form `epoch|callid|queue|agent|event|data…` and the realtime table as CSV or JSON.

    Rotated files, packed or not, may be loaded together or one by one.
    """

    name = "queue_log"
    title = Text("sources.queue_log.title", "Asterisk or XiVO queue_log, as text or as the realtime table in CSV")
    pull = QueueLogTable()

    def recognises(self, file: Path) -> bool:
        """By its first lines."""
        try:
            start = peek(file, 8192)
            if starts_as_json(file):
                return bool(_json_row.search(start))
        except CannotRead:
            return False
        names = set(re.split(r"[,;\t|]", start.split("\n", 1)[0].strip().lower().replace('"', "")))
        return bool(_text_line.match(start)) or {"callid", "agent", "event"} <= names

    def read(self, con: duckdb.DuckDBPyConnection, files: Sequence[Path], setting: Setting) -> Reading:
        """Events of all files in one order, then what they tell."""
        reading, counted = Reading(), Counted()
        events.read_events(con, files, setting, reading, counted)
        calls.make_calls(con, setting)
        states.make_states(con, setting)
        for table, view in (("contact", "contacts"), ("queue_visit", "visits"), ("segment", "segments"), ("agent_state", "agent_states")):
            _hand_over(con, table, view, setting, reading)
        ongoing.count_better_known(con, reading.counts["contact"])
        ongoing.keep(con, setting, reading)
        reading.beside = setting.beside
        reading.counts["queue_log"] = counted
        reading.kinds = coverage(con, reading.facts, setting, setting.zone)
        return reading


def _hand_over(con: duckdb.DuckDBPyConnection, table: str, view: str, setting: Setting, reading: Reading) -> None:
    """Check the rows of a table by the rules of reference 9.3 and write them."""
    from nyckeltal.sources.finished import write_checked

    counted = Counted()
    paths, aside = write_checked(con, table, view, setting, counted)
    reading.facts[table] = [paths]
    reading.set_aside.append(aside)
    reading.counts[table] = counted


SYSTEM = QueueLog()
