"""Asks the interface of FreeScout's module for conversations that changed, with everything embedded in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from nyckeltal.sources.pull.vendor import Cursor, Given, Page, Web, every_page, moved_on
from nyckeltal.sources.tickets.lists import earlier, since
from nyckeltal.words import Text

MOST = 50  # conversations on a page, as it gives where nothing is said


class FreeScoutPull:
    """Every change of a conversation moves its `updatedAt`."""

    given: Sequence[Given] = (
        Given("address", Text("pull.address", "Address"), "https://desk.example.org"),
        Given("key", Text("pull.key", "Key of the interface"), "…", secret=True),
    )
    look_back = timedelta(minutes=10)

    def pages(self, web: Web, given: Mapping[str, str], cursor: Cursor, until: datetime) -> Iterator[Page]:  # noqa: ARG002 it tells up to now
        """Conversations by when they changed; the names of the mailboxes go with each page."""
        web.sign({"X-FreeScout-API-Key": given["key"]})
        mailboxes = _mailboxes(web)
        kept = cursor.get("updated", "")
        begin = earlier(kept, self.look_back) if kept else f"{given.get('from') or '1970-01-01'}T00:00:00Z"
        for found, moment in since(lambda at, page: _changed(web, at, page), begin, lambda one: str(one["updatedAt"]), MOST):
            kept = max(moment, kept)
            yield Page("conversations", {"_embedded": {"mailboxes": mailboxes, "conversations": found}}, {"updated": kept})


def _changed(web: Web, at: str, page: int) -> list[Mapping[str, Any]]:
    asked: dict[str, str | int] = {
        "updatedSince": at,
        "sortField": "updatedAt",
        "sortOrder": "asc",
        "embed": "threads,timelogs",
        "page": page,
        "pageSize": MOST,
    }
    return _page(web, "conversations", asked)


def _mailboxes(web: Web) -> list[Mapping[str, Any]]:
    found = every_page(lambda page: _page(web, "mailboxes", {"page": page, "pageSize": MOST}), MOST, ()) or []
    return [{"id": one["id"], "name": one["name"]} for one in found]


def _page(web: Web, name: str, asked: Mapping[str, str | int]) -> list[Mapping[str, Any]]:
    """Beyond the last page it gives that one again instead of an empty one; another one again, where there are more, is a mistake."""
    wanted = int(asked["page"])
    answer: Any = moved_on(partial(web.get, f"api/{name}", asked), partial(_is_before, wanted))
    return [] if answer["page"]["number"] < wanted else list(answer["_embedded"][name])


def _is_before(wanted: int, answer: Any) -> bool:
    return bool(answer["page"]["number"] < wanted <= answer["page"].get("totalPages", 0))


PULL = FreeScoutPull()
