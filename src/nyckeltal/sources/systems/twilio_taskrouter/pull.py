"""Asks TaskRouter for a workspace's events, hour by hour: within an hour they come newest first, page after page."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from nyckeltal.sources.pull.vendor import Cursor, Given, Page, Web, moved_on
from nyckeltal.words import Text

ROWS = 1000  # the most that a page may have
HOUR = timedelta(hours=1)


class TwilioTaskRouterPull:
    """The place is the end of the last hour that was asked to its last page. Twilio keeps events for thirty days."""

    given = (
        Given("address", Text("pull.address", "Address"), "https://taskrouter.twilio.com", default="https://taskrouter.twilio.com"),
        Given("workspace", Text("pull.workspace", "Workspace"), "WS0123…"),
        Given("user", Text("pull.user", "User"), "AC0123…"),
        Given("password", Text("pull.password", "Password"), "…", secret=True),
    )
    look_back = timedelta(minutes=10)  # an event may be told a little after it happened

    def pages(self, web: Web, given: Mapping[str, str], cursor: Cursor, until: datetime) -> Iterator[Page]:
        """Events up to `until`, an hour at a time; one cut short is asked again from its beginning."""
        web.sign({"Authorization": "Basic " + b64encode(f"{given['user']}:{given['password']}".encode()).decode()})
        since = self._begin(given, cursor)
        while since < until:
            end = min(since + HOUR, until)
            asked: dict[str, str | int] = {"StartDate": _iso(since), "EndDate": _iso(end), "PageSize": ROWS}
            document: Any = moved_on(partial(web.get, f"v1/Workspaces/{given['workspace']}/Events", asked), partial(_is_before, _iso(since)))
            while True:
                following = document["meta"].get("next_page_url")
                if document["events"]:
                    yield Page("events", document, {"since": (since if following else end).isoformat()})
                if not following:
                    break
                document = moved_on(partial(web.get, following), partial(_leads_to, following))
            since = end

    def _begin(self, given: Mapping[str, str], cursor: Cursor) -> datetime:
        if caught_up := cursor.get("caught_up"):
            return datetime.fromisoformat(caught_up) - self.look_back
        return datetime.fromisoformat(cursor["since"]) if "since" in cursor else datetime.fromisoformat(given["from"]).replace(tzinfo=UTC)


def _is_before(since: str, document: Any) -> bool:
    """Whether it tells of an earlier hour."""
    return bool(document["events"]) and all(str(event.get("event_date")) < since for event in document["events"])


def _leads_to(following: str, document: Any) -> bool:
    """Whether it is the page before that one."""
    return bool(document["meta"].get("next_page_url") == following)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
