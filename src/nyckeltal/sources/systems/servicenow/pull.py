"""Asks the Table API for the incidents updated since, oldest first, a page at a time."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from nyckeltal.sources.pull.vendor import Cursor, Given, Page, Web, moved_on
from nyckeltal.sources.systems.servicenow.answers import value
from nyckeltal.words import Text

PATH = "api/now/table/incident"
ROWS = 1000
SECONDS = "%Y-%m-%d %H:%M:%S"
FIELDS = (
    "sys_id,number,state,incident_state,hold_reason,opened_at,resolved_at,closed_at,sys_updated_on,sys_mod_count,made_sla,reopen_count,"
    "reassignment_count,contact_type,category,priority,assignment_group,assigned_to,opened_by,caller_id,correlation_id"
)


class ServiceNowPull:
    """The place is the last update seen: pages are cut by it and not by counting rows, since rows move while they are read."""

    given = (
        Given("address", Text("pull.address", "Address"), "https://example.service-now.com"),
        Given("user", Text("pull.user", "User"), "nyckeltal.reader"),
        Given("password", Text("pull.password", "Password"), "…", secret=True),
    )
    look_back = timedelta(minutes=10)  # what was being written while we asked

    def pages(self, web: Web, given: Mapping[str, str], cursor: Cursor, until: datetime) -> Iterator[Page]:
        """Incidents in the order of their updates; `offset` counts only within a second of more than a page."""
        web.sign({"Authorization": "Basic " + b64encode(f"{given['user']}:{given['password']}".encode()).decode()})
        since, offset = cursor.get("since") or f"{given['from']} 00:00:00", int(cursor.get("offset", "0"))
        if cursor.get("caught_up"):
            since, offset = (datetime.fromisoformat(since) - self.look_back).strftime(SECONDS), 0
        end = until.astimezone(UTC).strftime(SECONDS)
        rows: list[dict[str, Any]] | None = None
        while True:
            query = f"sys_updated_on>={since}^sys_updated_on<{end}^ORDERBYsys_updated_on^ORDERBYsys_id"
            asked: dict[str, str | int] = {"sysparm_query": query, "sysparm_fields": FIELDS, "sysparm_display_value": "all"}
            asked |= {"sysparm_limit": ROWS, "sysparm_offset": offset}
            document = moved_on(partial(web.get, PATH, asked), partial(_came_before, rows, since, offset))
            rows = _rows(document)
            since, offset = _next(rows, since, offset)
            yield Page("incidents", document, {"since": since, "offset": str(offset)})
            if len(rows) < ROWS:
                return


def _rows(document: object) -> list[dict[str, Any]]:
    if not isinstance(document, dict) or not isinstance(document["result"], list):
        raise TypeError("no list of results")
    return [row for row in document["result"] if isinstance(row, dict)]


def _came_before(rows: list[dict[str, Any]] | None, since: str, offset: int, document: object) -> bool:
    """Whether it is the page before: more than one page of a single second begins with the same rows."""
    found = _rows(document)
    return bool(found) and found == rows and (offset > 0 or str(value(found[0], "sys_updated_on")) < since)


def _next(rows: list[dict[str, Any]], since: str, offset: int) -> tuple[str, int]:
    """From the last second on, all of it again: rows leave their place while they are read. Only within one second whole pages are counted."""
    last = str(value(rows[-1], "sys_updated_on") or since) if rows else since
    full = len(rows) >= ROWS
    return (since, offset + len(rows) if full else 0) if last == since else (last, 0)
