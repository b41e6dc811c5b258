"""Asks Jira for the requests updated since, oldest first, with their log of changes."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from nyckeltal.sources.pull.vendor import Cursor, Given, Page, Web, moved_on
from nyckeltal.words import Text

SEARCH = "rest/api/3/search/jql"
AT_ONCE = 100
HIDDEN = ("description", "summary", "environment", "attachment", "worklog")


class JiraPull:
    """Moments are asked in milliseconds since 1970, since Jira reads any others on the clock of the account that asks."""

    given = (
        Given("address", Text("pull.address", "Address"), "https://example.atlassian.net"),
        Given("user", Text("pull.account", "E-mail address of the account; empty for an access token"), "reader@example.com", default=""),
        Given("token", Text("pull.token", "Access token"), "…", secret=True),
        Given("project", Text("pull.jira_project", "Key of the service project"), "HELP"),
    )
    look_back = timedelta(minutes=10)  # what was being written while we asked

    def pages(self, web: Web, given: Mapping[str, str], cursor: Cursor, until: datetime) -> Iterator[Page]:
        """Page by page with the token of the last one; each page's newest update is the place from which to go on."""
        web.sign({"Authorization": _signature(given)})
        since = int(cursor["since"]) if cursor.get("since") else _milliseconds(f"{given['from']}T00:00:00+00:00")
        if cursor.get("caught_up"):
            since -= int(self.look_back.total_seconds() * 1000)
        end = _milliseconds(until.isoformat())
        jql = f'project = "{given["project"]}" AND updated >= {since} AND updated < {end} ORDER BY updated ASC'
        asked: dict[str, str | int] = {"jql": jql, "maxResults": AT_ONCE, "fields": "*all", "expand": "changelog", "properties": "request.channel.type"}
        while True:
            page = moved_on(partial(_answer, web, asked), partial(_leads_to, asked.get("nextPageToken", "")))
            issues = [_whole(web, issue) for issue in page["issues"] if isinstance(issue, dict)]
            since = max([since, *(_updated(issue) for issue in issues)])
            yield Page("issues", {**page, "issues": issues}, {"since": str(since)})
            token = page.get("nextPageToken")
            if page.get("isLast", not token) or not token:
                return
            asked["nextPageToken"] = str(token)


def _signature(given: Mapping[str, str]) -> str:
    if not given.get("user"):
        return f"Bearer {given['token']}"
    return "Basic " + b64encode(f"{given['user']}:{given['token']}".encode()).decode()


def _whole(web: Web, issue: dict[str, Any]) -> dict[str, Any]:
    """The request without what people wrote, and with all of its changes and comments where the answer had only the first of them."""
    key, fields = issue.get("key"), {name: value for name, value in (issue.get("fields") or {}).items() if name not in HIDDEN}
    log, comment = issue.get("changelog") or {}, fields.get("comment") or {}
    histories = _rest(web, f"rest/api/3/issue/{key}/changelog", log.get("histories") or [], int(log.get("total") or 0), "values")
    comments = _rest(web, f"rest/api/3/issue/{key}/comment", comment.get("comments") or [], int(comment.get("total") or 0), "comments")
    said = [{name: value for name, value in one.items() if name not in ("body", "renderedBody")} for one in comments]
    fields["comment"] = {**_total(comment), "comments": said}
    return {**issue, "fields": fields, "changelog": {**_total(log), "histories": histories}}


def _total(told: Mapping[str, Any]) -> dict[str, Any]:
    """How many there are, where that is said: then whoever reads it knows whether these are all."""
    return {"total": told["total"]} if "total" in told else {}


def _rest(web: Web, path: str, found: list[Any], total: int, name: str) -> list[Any]:
    """All of a list of which the search gave only a part."""
    if len(found) >= total:
        return found
    whole: list[Any] = []
    while len(whole) < total:
        answer: Any = moved_on(partial(web.get, path, {"startAt": len(whole), "maxResults": AT_ONCE}), partial(_is_again, name, whole))
        page = answer[name]
        if not page:
            break
        whole += page
    return whole


def _answer(web: Web, asked: Mapping[str, str | int]) -> dict[str, Any]:
    return _object(web.get(SEARCH, asked))


def _leads_to(token: object, page: Mapping[str, Any]) -> bool:
    """Whether it is the page before the one with that token."""
    return page.get("nextPageToken") == token


def _is_again(name: str, whole: list[Any], answer: object) -> bool:
    page = _object(answer).get(name)
    return bool(page) and page == whole[-len(page or ()) :]


def _updated(issue: dict[str, Any]) -> int:
    """When it was last updated; one that does not say so moves nothing on."""
    try:
        return _milliseconds(str((issue.get("fields") or {}).get("updated")))
    except ValueError:
        return 0


def _milliseconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp() * 1000)


def _object(document: object) -> dict[str, Any]:
    return document if isinstance(document, dict) else {}
