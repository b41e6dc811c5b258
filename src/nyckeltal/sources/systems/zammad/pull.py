"""Asks Zammad's interface for tickets that changed, each with its articles and history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from nyckeltal.sources.pull.vendor import Cursor, Given, Page, Web, if_there, rows_of
from nyckeltal.sources.tickets.lists import earlier, since
from nyckeltal.words import Text

MOST = 50  # tickets on a page


class ZammadPull:
    """Every change of a ticket moves its `updated_at`; the search index may be minutes behind, so the last hour is asked again."""

    given: Sequence[Given] = (
        Given("address", Text("pull.address", "Address"), "https://zammad.example.org"),
        Given("token", Text("pull.token", "Access token"), "…", secret=True),
    )
    look_back = timedelta(hours=1)

    def pages(self, web: Web, given: Mapping[str, str], cursor: Cursor, until: datetime) -> Iterator[Page]:  # noqa: ARG002 it tells up to now
        """Tickets by when they changed, each page with all that belongs to its tickets."""
        web.sign({"Authorization": f"Token token={given['token']}"})
        kept = cursor.get("updated", "")
        begin = earlier(kept, self.look_back) if kept else f"{given.get('from') or '1970-01-01'}T00:00:00Z"
        for tickets, moment in since(lambda at, page: _changed(web, at, page), begin, lambda one: str(one["updated_at"]), MOST):
            kept = max(moment, kept)
            whole = [(ticket, _of_ticket(web, str(ticket["id"]))) for ticket in tickets]
            there = [(ticket, found) for ticket, found in whole if found is not None]
            document: dict[str, Any] = {
                "tickets": [ticket for ticket, _ in there],
                "closed_to_us": [{"id": one["id"]} for one, found in whole if found is None],
            }
            document["whole"] = {"messages": [str(ticket["id"]) for ticket, _ in there]}
            document |= {name: [one for _, found in there for one in found[name]] for name in ("articles", "history")}
            yield Page("tickets", document, {"updated": kept})


def _changed(web: Web, at: str, page: int) -> list[Mapping[str, Any]]:
    """The search finds nothing beyond its first ten thousand, and older versions know `limit` and newer ones `per_page`."""
    asked: dict[str, str | int] = {"query": f'updated_at:["{at}" TO *]', "sort_by": "updated_at", "order_by": "asc", "expand": "true", "page": page}
    found = web.get("api/v1/tickets/search", {**asked, "limit": MOST, "per_page": MOST})
    return rows_of(found)


def _of_ticket(web: Web, ticket: str) -> dict[str, list[Any]] | None:
    """Its articles and history; None where it is not to be seen any more."""
    articles = if_there(lambda: web.get(f"api/v1/ticket_articles/by_ticket/{ticket}", {"expand": "true"}))
    history: Any = if_there(lambda: web.get(f"api/v1/ticket_history/{ticket}"))
    if articles is None or history is None:
        return None
    own = [one for one in history["history"] if one.get("object") == "Ticket"]
    return {"articles": rows_of(articles), "history": own}


PULL = ZammadPull()
