"""Asks Genesys Cloud's analytics for conversation details and for its users' presence, a day at a time."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from json import dumps
from typing import Any

from nyckeltal.sources.pull.vendor import Cursor, Given, Page, Web, moved_on
from nyckeltal.words import Text

ROWS = 100  # the most that a page may have
DAY = timedelta(days=1)
# each stream: its name, where it is asked, what holds its rows, and how they are ordered
STREAMS: tuple[tuple[str, str, str, Mapping[str, str]], ...] = (
    ("conversations", "api/v2/analytics/conversations/details/query", "conversations", {"orderBy": "conversationStart"}),
    ("users", "api/v2/analytics/users/details/query", "userDetails", {}),
)
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
Place = tuple[int, int]  # a stream's position among the streams, and the page of it


class GenesysCloudPull:
    """An interval finds every conversation that something happened to in it, so the place is the moment up to which intervals were asked to their end."""

    given = (
        Given("address", Text("pull.address", "Address"), "https://api.mypurecloud.ie"),
        Given("login", Text("pull.login", "Address for signing in"), "https://login.mypurecloud.ie"),
        Given("client_id", Text("pull.client_id", "Client ID"), "a0b1c2d3-…"),
        Given("client_secret", Text("pull.client_secret", "Client secret"), "…", secret=True),
    )
    look_back = timedelta(days=1)  # metrics of a conversation that has ended may come late

    def pages(self, web: Web, given: Mapping[str, str], cursor: Cursor, until: datetime) -> Iterator[Page]:
        """Conversations, then presence, of each day; a day cut short is gone on with at the page after the last."""
        _sign_in(web, given)
        since, at = self._begin(given, cursor), (int(cursor.get("stream", 0)), int(cursor.get("page", 1)))
        end = datetime.fromisoformat(cursor["end"]) if "end" in cursor else min(since + DAY, until)
        yesterday = dict[str, object]()
        while since < end:
            last: tuple[str, object, Place] | None = None
            for found in self._day(web, since, end, at, yesterday):
                if last:
                    stream, page = last[2]
                    yield Page(*last[:2], {"since": since.isoformat(), "end": end.isoformat(), "stream": str(stream), "page": str(page)})
                last = found
            if last:
                yield Page(*last[:2], {"since": end.isoformat()})
            since, end, at = end, min(end + DAY, until), (0, 1)

    def _begin(self, given: Mapping[str, str], cursor: Cursor) -> datetime:
        if caught_up := cursor.get("caught_up"):
            return datetime.fromisoformat(caught_up) - self.look_back
        return datetime.fromisoformat(cursor["since"]) if "since" in cursor else datetime.fromisoformat(given["from"]).replace(tzinfo=UTC)

    def _day(self, web: Web, since: datetime, end: datetime, at: Place, yesterday: dict[str, object]) -> Iterator[tuple[str, object, Place]]:
        """Kind and document of each page from that place on, and the place after it; `yesterday` has the last rows of each stream on the day before."""
        interval = f"{_iso(since)}/{_iso(end)}"
        for stream in range(at[0], len(STREAMS)):
            kind, path, name, more = STREAMS[stream]
            page, rows = at[1] if stream == at[0] else 1, [None] * ROWS
            while len(rows) >= ROWS:
                asked = {"interval": interval, "order": "asc", **more, "paging": {"pageSize": ROWS, "pageNumber": page}}
                ask = partial(web.post, path, json=asked)
                document: Any = moved_on(ask, partial(_is_before, rows, name, _iso(since)))
                if page == 1 and document.get(name) and document[name] == yesterday.get(name):  # by mistake, or where nobody's presence changed
                    document = ask()
                rows = document.get(name) or []
                yesterday[name] = rows or yesterday.get(name)
                page, full = page + 1, len(rows) >= ROWS
                if rows:
                    yield kind, document, (stream, page) if full else (stream + 1, 1)


def _is_before(before: list[Any], name: str, since: str, document: Any) -> bool:
    """Whether these rows came already, or are conversations that were all over before."""
    rows = document.get(name)
    if rows == before:
        return True
    return bool(rows) and all(row.get("conversationEnd") and max(MOMENT.findall(dumps(row))) < since for row in rows)


def _sign_in(web: Web, given: Mapping[str, str]) -> None:
    """Client credentials, as for a program that acts for itself."""
    web.sign({"Authorization": "Basic " + b64encode(f"{given['client_id']}:{given['client_secret']}".encode()).decode()})
    answer: Any = web.post(given["login"].rstrip("/") + "/oauth/token", form={"grant_type": "client_credentials"})
    web.sign({"Authorization": f"{answer.get('token_type') or 'Bearer'} {answer['access_token']}"})


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"
