"""Asks Zendesk for tickets that changed, with everything they went through: the cursor-based export, then the audits of each."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from json import dumps
from typing import Any

from nyckeltal.sources.pull.vendor import Cursor, Given, Page, Web, if_there, moved_on
from nyckeltal.words import Text

TICKETS = "api/v2/incremental/tickets/cursor.json"
SCHEDULES = "api/v2/business_hours/schedules"
AT_ONCE = 100
WRITTEN = ("subject", "raw_subject", "description", "recipient", "fields", "custom_fields")


class ZendeskPull:
    """A page is a page of tickets, with the users, groups and metrics that come beside them and the audits of each, so that it stands for itself."""

    given = (
        Given("address", Text("pull.address", "Address"), "https://example.zendesk.com"),
        Given("user", Text("pull.account", "E-mail address of the account; empty for an access token"), "reader@example.com", default=""),
        Given("token", Text("pull.token", "Access token"), "…", secret=True),
    )
    look_back = timedelta(0)  # the export keeps its own place

    def pages(self, web: Web, given: Mapping[str, str], cursor: Cursor, until: datetime) -> Iterator[Page]:
        """From the cursor on until the export says that this is all there is. The vendor keeps the last minute back by itself."""
        web.sign({"Authorization": _signature(given)})
        schedules = _schedules(web)
        seen = {"schedules": sha256(dumps(schedules, sort_keys=True).encode()).hexdigest()[:16]} if schedules else {}
        if schedules and cursor.get("schedules") != seen["schedules"]:  # told once, so that what people changed here since is not undone each time
            yield Page("schedules", {"schedules": schedules}, {**cursor, **seen})
        asked: dict[str, str | int] = {"per_page": AT_ONCE, "include": "users,groups,metric_sets"}
        place: dict[str, str | int] = {"cursor": cursor["cursor"]} if cursor.get("cursor") else {"start_time": _seconds(given["from"])}
        while True:
            page = moved_on(partial(_page, web, {**asked, **place}), partial(_leads_to, place))
            tickets = [ticket for ticket in page["tickets"] if isinstance(ticket, dict)]
            audits = [audit for ticket in tickets if ticket.get("status") != "deleted" for audit in _audits(web, ticket.get("id"))]
            after = _after(page)["cursor"] or str(place.get("cursor") or "")
            users = [{name: user.get(name) for name in ("id", "role", "name")} for user in page.get("users") or () if isinstance(user, dict)]
            asked_for = [str(ticket.get("id")) for ticket in tickets if ticket.get("status") != "deleted"]
            whole = {"messages": asked_for, "ratings": asked_for}
            document = {**page, "tickets": [_plain(ticket) for ticket in tickets], "users": users, "audits": audits, "whole": whole}
            yield Page("tickets", document, {**seen, "cursor": after})
            newest = max((str(ticket.get("updated_at") or "") for ticket in tickets), default="")
            if page.get("end_of_stream", True) or newest >= until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"):
                return
            place = {"cursor": after}


def _schedules(web: Web) -> list[dict[str, Any]]:
    """The account's schedules with their holidays; none where its plan has none, or the account may not see them."""

    def ask() -> list[dict[str, Any]]:
        found = [one for one in _object(web.get(SCHEDULES + ".json")).get("schedules") or () if isinstance(one, dict)]
        return [{**one, "holidays": _object(web.get(f"{SCHEDULES}/{one['id']}/holidays.json")).get("holidays") or []} for one in found]

    return if_there(ask) or []


def _page(web: Web, asked: Mapping[str, str | int]) -> dict[str, Any]:
    return _object(web.get(TICKETS, asked))


def _leads_to(place: Mapping[str, str | int], page: Mapping[str, Any]) -> bool:
    """Whether it is the page before that place."""
    return not page.get("end_of_stream", True) and _after(page) == place


def _after(page: Mapping[str, Any]) -> dict[str, str]:
    """The place after a page of tickets."""
    return {"cursor": str(page.get("after_cursor") or "")}


def _signature(given: Mapping[str, str]) -> str:
    if not given.get("user"):
        return f"Bearer {given['token']}"
    return "Basic " + b64encode(f"{given['user']}/token:{given['token']}".encode()).decode()


def _audits(web: Web, ticket: object) -> Iterator[dict[str, Any]]:
    """Every audit of a ticket, page by page."""
    asked: dict[str, str | int] = {"page[size]": AT_ONCE}
    while True:
        page = moved_on(partial(_some_audits, web, ticket, asked), partial(_is_before, asked.get("page[after]")))
        yield from (_without_words(audit) for audit in page["audits"] if isinstance(audit, dict))
        if (after := _next(page)) is None:
            return
        asked["page[after]"] = after


def _some_audits(web: Web, ticket: object, asked: Mapping[str, str | int]) -> dict[str, Any]:
    return _object(web.get(f"api/v2/tickets/{ticket}/audits.json", asked))


def _is_before(place: str | int | None, page: Mapping[str, Any]) -> bool:
    """Whether it is the page of audits before that place."""
    return place is not None and _next(page) == place


def _next(page: Mapping[str, Any]) -> str | None:
    """What to ask for after this page of audits; None where there is no more."""
    meta = page.get("meta") or {}
    return str(meta.get("after_cursor")) if meta.get("has_more") else None


def _plain(ticket: dict[str, Any]) -> dict[str, Any]:
    """The ticket without what people wrote into it."""
    return {name: value for name, value in ticket.items() if name not in WRITTEN}


def _without_words(audit: dict[str, Any]) -> dict[str, Any]:
    """What customers wrote is not even kept in the page."""
    hidden = ("body", "html_body", "plain_body", "attachments", "subject", "data")
    return {**audit, "events": [{name: value for name, value in event.items() if name not in hidden} for event in audit.get("events") or ()]}


def _object(document: object) -> dict[str, Any]:
    return document if isinstance(document, dict) else {}


def _seconds(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())
