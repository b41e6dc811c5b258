"""Asks Freshdesk's interface (v2) for tickets that changed, each with its conversations and ratings; for those that were deleted, and for spam."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from nyckeltal.sources.pull.vendor import Cursor, Given, Page, Web, every_page, if_there, moved_on, rows_of
from nyckeltal.sources.tickets.lists import earlier, since
from nyckeltal.words import Text

MOST = 100  # on a page
STREAMS = ("tickets", "deleted", "spam")


class FreshdeskPull:
    """Every change of a ticket moves its `updated_at`, so a little overlap is enough."""

    given: Sequence[Given] = (
        Given("address", Text("pull.address", "Address"), "https://example.freshdesk.com"),
        Given("key", Text("pull.key", "Key of the interface"), "…", secret=True),
    )
    look_back = timedelta(minutes=10)

    def pages(self, web: Web, given: Mapping[str, str], cursor: Cursor, until: datetime) -> Iterator[Page]:  # noqa: ARG002 it tells up to now
        """Names first, then tickets by when they changed, each page with all that belongs to its tickets."""
        web.sign({"Authorization": "Basic " + base64.b64encode(f"{given['key']}:X".encode()).decode()})
        place = {name: cursor[name] for name in STREAMS if name in cursor}
        names = {name: _all(web, f"api/v2/{name}") or [] for name in ("agents", "groups")}
        rated, seen = True, dict[tuple[str, str], str]()
        for stream in STREAMS:
            begin = earlier(place[stream], self.look_back) if stream in place else f"{given.get('from') or '1970-01-01'}T00:00:00Z"
            for tickets, moment in since(partial(_changed, web, stream, seen), begin, lambda one: str(one["updated_at"]), MOST):
                place[stream] = max(moment, place.get(stream, ""))
                document: dict[str, Any] = {"tickets": tickets, **(names if stream == "tickets" else {})}
                if stream == "tickets":
                    whole = [(ticket, _all(web, f"api/v2/tickets/{ticket['id']}/conversations")) for ticket in tickets]
                    there = [ticket for ticket, said in whole if said is not None]
                    document |= {"tickets": there, "conversations": [one for _, said in whole for one in said or ()]}
                    document["closed_to_us"] = [{"id": ticket["id"]} for ticket, said in whole if said is None]
                    ratings = {str(ticket["id"]): _ratings(web, ticket) for ticket in there if _was_settled(ticket)} if rated else {}
                    rated = rated and None not in ratings.values()
                    document["ratings"] = [one for [found] in filter(None, ratings.values()) for one in found or ()]
                    told = [key for key, found in ratings.items() if found and found[0] is not None]
                    document["whole"] = {"messages": [str(ticket["id"]) for ticket in there], "ratings": told}
                yield Page(stream, document, dict(place))


def _changed(web: Web, stream: str, seen: dict[tuple[str, str], str], at: str, page: int) -> list[Mapping[str, Any]]:
    """A page of the stream; `seen` are tickets as they stood, with the stream in which they came: one that became spam or was deleted has changed."""
    params: dict[str, str | int] = {"updated_since": at, "order_by": "updated_at", "order_type": "asc", "include": "stats", "per_page": MOST, "page": page}
    params |= {} if stream == "tickets" else {"filter": stream}

    def of_another(found: Any) -> bool:
        return bool(found) and all(seen.get(_stood(one), stream) != stream for one in found)

    found = rows_of(moved_on(partial(web.get, "api/v2/tickets", params), of_another))
    seen |= {_stood(one): stream for one in found}
    return [{**one, "spam": True} if stream == "spam" else one for one in found]


def _stood(ticket: Mapping[str, Any]) -> tuple[str, str]:
    return str(ticket["id"]), str(ticket["updated_at"])


def _all(web: Web, path: str) -> list[Mapping[str, Any]] | None:
    """Every item; None where the key may not see them or the ticket is gone meanwhile."""

    def ask(page: int) -> list[Mapping[str, Any]]:
        return rows_of(web.get(path, {"per_page": MOST, "page": page}))

    return every_page(ask, MOST)


def _was_settled(ticket: Mapping[str, Any]) -> bool:
    return bool((ticket.get("stats") or {}).get("resolved_at")) or str(ticket.get("status")) in ("4", "5")


def _ratings(web: Web, ticket: Mapping[str, Any]) -> list[list[Mapping[str, Any]] | None] | None:
    """The list of its ratings, or that it has none such; None where the account has no ratings at all."""
    path = f"api/v2/tickets/{ticket['id']}/satisfaction_ratings"
    return if_there(lambda: [if_there(lambda: rows_of(web.get(path)), [404])], [403])


PULL = FreshdeskPull()
