"""Asks Genesys Cloud's analytics for conversation details and for its users' presence, a day at a time."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from nyckeltal.sources.pull.vendor import Cursor, Given, Page, Web
from nyckeltal.words import Text

ROWS = 100  # the most that a page may have
DAY = timedelta(days=1)
CONVERSATIONS, USERS = "api/v2/analytics/conversations/details/query", "api/v2/analytics/users/details/query"


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
        """Conversations, then presence, of each day; a day cut short is asked again from its beginning."""
        _sign_in(web, given)
        since = self._begin(given, cursor)
        while since < until:
            end = min(since + DAY, until)
            last: tuple[str, object] | None = None
            for found in self._day(web, since, end):
                if last:
                    yield Page(*last, {"since": since.isoformat()})
                last = found
            if last:
                yield Page(*last, {"since": end.isoformat()})
            since = end

    def _begin(self, given: Mapping[str, str], cursor: Cursor) -> datetime:
        if caught_up := cursor.get("caught_up"):
            return datetime.fromisoformat(caught_up) - self.look_back
        return datetime.fromisoformat(cursor["since"]) if "since" in cursor else datetime.fromisoformat(given["from"]).replace(tzinfo=UTC)

    def _day(self, web: Web, since: datetime, end: datetime) -> Iterator[tuple[str, object]]:
        yield from self._of(web, "conversations", CONVERSATIONS, "conversations", since, end, {"orderBy": "conversationStart"})
        yield from self._of(web, "users", USERS, "userDetails", since, end, {})

    def _of(self, web: Web, kind: str, path: str, name: str, since: datetime, end: datetime, more: Mapping[str, str]) -> Iterator[tuple[str, object]]:
        number = 1
        while True:
            asked = {"interval": f"{_iso(since)}/{_iso(end)}", "order": "asc", **more, "paging": {"pageSize": ROWS, "pageNumber": number}}
            document: Any = web.post(path, json=asked)
            rows = document.get(name) or []
            if rows:
                yield kind, document
            if len(rows) < ROWS:
                return
            number += 1


def _sign_in(web: Web, given: Mapping[str, str]) -> None:
    """Client credentials, as for a program that acts for itself."""
    web.sign({"Authorization": "Basic " + b64encode(f"{given['client_id']}:{given['client_secret']}".encode()).decode()})
    answer: Any = web.post(given["login"].rstrip("/") + "/oauth/token", form={"grant_type": "client_credentials"})
    web.sign({"Authorization": f"{answer.get('token_type') or 'Bearer'} {answer['access_token']}"})


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"
