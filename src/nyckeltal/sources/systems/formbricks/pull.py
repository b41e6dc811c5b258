"""Asks Formbricks' management interface for responses, the oldest first, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from nyckeltal.sources.pull.vendor import Cursor, Given, Page, Web, moved_on
from nyckeltal.words import Text

PATH = "api/v2/management/responses"
MOST = 250  # responses on a page


class FormbricksPull:
    """Responses are asked by when they were begun, so those of the last weeks are asked again: they may have been finished since."""

    given: Sequence[Given] = (
        Given("address", Text("pull.address", "Address"), "https://app.formbricks.com"),
        Given("key", Text("pull.key", "Key of the interface"), "…", secret=True),
        Given("survey", Text("pull.formbricks.survey", "Id of the survey; empty for all"), "cm5x0survey", default=""),
    )
    look_back = timedelta(days=14)

    def pages(self, web: Web, given: Mapping[str, str], cursor: Cursor, until: datetime) -> Iterator[Page]:
        """Everything begun since the cursor; each page goes on from the moment of the last response, not by counting, so that a deleted one hides none."""
        web.sign({"x-api-key": given["key"]})
        since = cursor.get("created", f"{given.get('from') or '1970-01-01'}T00:00:00Z")
        if "caught_up" in cursor and "created" in cursor:
            since = _text(datetime.fromisoformat(since) - self.look_back)
        skip, found = 0, list[Any]()
        while True:
            params: dict[str, str | int] = {"limit": MOST, "skip": skip, "sortBy": "createdAt", "order": "asc", "startDate": since, "endDate": _text(until)}
            params |= {"surveyId": given["survey"]} if given.get("survey") else {}
            answer: Any = moved_on(partial(web.get, PATH, params), partial(_came_before, found, since, skip))
            found = answer["data"]
            if found:
                last = str(found[-1]["createdAt"])
                since, skip = (last, 0) if last > since else (since, skip + len(found))
                yield Page("responses", answer, {"created": max(since, cursor.get("created", ""))})
            if len(found) < MOST:
                return


def _came_before(rows: list[Any], since: str, skip: int, answer: Any) -> bool:
    """Whether it is an earlier page: more than one page of a single moment begins with the same responses."""
    found = answer["data"]
    if not found:
        return False
    return str(found[-1]["createdAt"])[:19] < since[:19] or (found == rows and (skip > 0 or str(found[0]["createdAt"]) < since))


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


PULL = FormbricksPull()
