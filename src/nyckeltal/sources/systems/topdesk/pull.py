"""Asks TOPdesk for the incidents modified since, with the progress of each."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from nyckeltal.sources.pull.vendor import Cursor, Given, Page, Web, every_page, moved_on
from nyckeltal.words import Text

PATH = "tas/api/incidents"
AT_ONCE = 100
HIDDEN = ("request", "requests", "action", "actions", "briefDescription", "attachments", "memoText", "plainText")


class TopdeskPull:
    """The place is a day: TOPdesk's query knows no finer one that all its versions share. What comes twice changes nothing."""

    given = (
        Given("address", Text("pull.address", "Address"), "https://example.topdesk.net"),
        Given("user", Text("pull.user", "User"), "nyckeltal"),
        Given("password", Text("pull.topdesk_password", "Application password"), "…", secret=True),
    )
    look_back = timedelta(days=1)

    def pages(self, web: Web, given: Mapping[str, str], cursor: Cursor, until: datetime) -> Iterator[Page]:
        """Day by day; within a day page by page."""
        web.sign({"Authorization": "Basic " + b64encode(f"{given['user']}:{given['password']}".encode()).decode()})
        day, last = datetime.fromisoformat(cursor.get("day") or given["from"]).date(), until.astimezone(UTC).date()
        before = list[Any]()
        while day <= last:
            start = 0
            while True:
                asked: dict[str, str | int] = {"modification_date_start": day.isoformat(), "modification_date_end": day.isoformat()}
                asked |= {"order_by": "modification_date ASC", "start": start, "page_size": AT_ONCE}
                rows = moved_on(partial(_asked, web, asked), partial(_is_before, before, (day - timedelta(days=1)).isoformat()))
                start, before = start + len(rows), rows or before
                over = len(rows) < AT_ONCE
                place = day + timedelta(days=1) if over and day < last else day
                if rows or over:
                    yield Page("incidents", {"incidents": [_whole(web, row) for row in rows]}, {"day": place.isoformat()})
                if over:
                    break
            day += timedelta(days=1)


def _asked(web: Web, asked: Mapping[str, str | int]) -> list[dict[str, Any]]:
    return _rows(web.get(PATH, asked))


def _is_before(before: list[Any], yesterday: str, rows: list[dict[str, Any]]) -> bool:
    """Whether these rows came already, also as the last of the day before, or are of another day; moments are told in UTC, days are those of the server."""
    return bool(rows) and (rows == before or all(str(row.get("modificationDate") or "9999")[:10] < yesterday for row in rows))


def _rows(document: object) -> list[dict[str, Any]]:
    """TOPdesk answers with a list, or, where there is nothing, with nothing at all."""
    if document is not None and not isinstance(document, list):
        raise TypeError("no list of incidents")
    return [row for row in document or () if isinstance(row, dict)]


def _whole(web: Web, row: dict[str, Any]) -> dict[str, Any]:
    """The incident with its progress, and without what people wrote; the newest comes first, so an entry made meanwhile moves another to the next page."""

    def ask(page: int) -> list[dict[str, Any]]:
        return _rows(web.get(f"{PATH}/id/{row.get('id')}/progresstrail", {"start": (page - 1) * AT_ONCE, "page_size": AT_ONCE}))

    progress = {str(entry.get("id")): _plain(entry) for entry in every_page(ask, AT_ONCE, ()) or ()}
    return {**_plain(row), "progress": list(progress.values())}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in HIDDEN}
