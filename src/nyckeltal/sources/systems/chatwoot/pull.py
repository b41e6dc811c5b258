"""Asks Chatwoot's interface for conversations in which something happened, each with its messages and events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from nyckeltal.sources.pull.vendor import Cursor, Given, Page, Web, every_page, if_there, moved_on, rows_of
from nyckeltal.sources.said import objects
from nyckeltal.words import Text

LISTED, MESSAGES = 25, 20  # on a page
TOGETHER = 25  # conversations handed over at once
ANSWERED_WITHIN_S = 15 * 86400  # the form for a rating closes a fortnight after its message, but where it stands in the chat itself
NOT_THERE = (401, 403, 404)  # older versions have no events; a conversation may be gone meanwhile


class ChatwootPull:
    """Every message and every line of what happened moves a conversation's last activity, a rating does not; the filter knows days, so a day is asked again."""

    given: Sequence[Given] = (
        Given("address", Text("pull.address", "Address"), "https://chat.example.org"),
        Given("account", Text("pull.chatwoot.account", "Number of the account"), "1"),
        Given("token", Text("pull.token", "Access token"), "…", secret=True),
    )
    look_back = timedelta(days=1)

    def pages(self, web: Web, given: Mapping[str, str], cursor: Cursor, until: datetime) -> Iterator[Page]:
        """The list comes newest first, and what happens meanwhile moves up: so it is read to its end, and then handed over oldest first."""
        web.sign({"api_access_token": given["token"]})
        account = f"api/v1/accounts/{given['account']}"
        begin = (
            int(cursor["activity"]) if "activity" in cursor else int(datetime.fromisoformat(f"{given.get('from') or '1970-01-02'}T00:00:00+00:00").timestamp())
        )
        found = {str(one["id"]): one for one in _listed(web, account, begin, self.look_back)}
        rated = int(cursor.get("rated", begin))
        ratings = _Ratings(web, account, int(until.timestamp()))
        ratings.ask(rated - int(self.look_back.total_seconds()), ratings.until)
        listed = sorted((one for one in found.values() if _activity(one) >= begin), key=_activity)
        older = {str(one["conversation_id"]) for one in ratings.by_message.values()} - {str(one["id"]) for one in listed}
        listed = [*(one for key in sorted(older, key=int) for one in _alone(web, f"{account}/conversations/{key}")), *listed]
        inboxes: Any = web.get(f"{account}/inboxes")
        place = begin
        for at in range(0, len(listed), TOGETHER):
            some = listed[at : at + TOGETHER]
            document: dict[str, Any] = {"inboxes": [{"id": one["id"], "name": one["name"]} for one in inboxes["payload"]], "conversations": some}
            document["messages"] = [message for one in some for message in _messages(web, f"{account}/conversations/{one['id']}/messages")]
            events = {str(one["id"]): _events(web, f"{account}/conversations/{one['id']}/reporting_events", one["id"]) for one in some}
            document["events"] = [event for found_of_it in events.values() for event in found_of_it or ()]
            document["whole"] = {"messages": [key for key, found_of_it in events.items() if found_of_it is not None]}
            document["ratings"] = ratings.of(some, document["messages"])
            place = max(place, min(_activity(some[-1]), int(until.timestamp())))
            rated = int(until.timestamp()) if at + TOGETHER >= len(listed) else rated  # all ratings are in with the last page
            yield Page("conversations", document, {"activity": str(place), "rated": str(rated)})


def _activity(conversation: Mapping[str, Any]) -> int:
    return int(conversation.get("last_activity_at") or conversation["timestamp"])


def _listed(web: Web, account: str, begin: int, look_back: timedelta) -> list[Mapping[str, Any]]:
    """Conversations of every status with something since the day before."""
    day = (datetime.fromtimestamp(begin, UTC) - look_back).date().isoformat()
    condition = {"attribute_key": "last_activity_at", "filter_operator": "is_greater_than", "values": [day], "query_operator": None}

    def ask(page: int) -> list[Mapping[str, Any]]:
        answer: Any = web.post(f"{account}/conversations/filter?page={page}", json={"payload": [condition]})
        return list(answer["payload"])

    return every_page(ask, LISTED, ()) or []


class _Ratings:
    """An account's ratings, by the message that asked for each: the list alone says whom they are about. No stretch of time is asked for twice. None for
    an account that may not see them: then the messages tell those that came while their conversation went on."""

    def __init__(self, web: Web, account: str, until: int) -> None:
        self.web, self.path, self.until = web, f"{account}/csat_survey_responses", until
        self.by_message = dict[str, Mapping[str, Any]]()
        self._asked = list[tuple[int, int]]()

    def ask(self, begin: int, end: int) -> None:
        """Those given in a stretch of time."""
        if begin >= end or any(first <= begin and end <= last for first, last in self._asked):
            return

        def page(number: int) -> list[Mapping[str, Any]]:
            return rows_of(self.web.get(self.path, {"since": max(begin, 0), "until": end, "sort": "created_at", "page": number}))

        found = every_page(page, LISTED, NOT_THERE)
        self._asked.append((begin, end) if found is not None else (0, self.until))
        self.by_message |= {str(one.get("message_id") or f"r{one['id']}"): one for one in found or ()}

    def of(self, conversations: Sequence[Mapping[str, Any]], messages: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Those of these conversations, with those that were given long ago in one that is told again."""
        for begin, end in _stretches(self._missing(messages)):
            self.ask(begin, min(end, self.until))
        if late := self._missing(messages):
            self.ask(min(late), self.until)
        ids = {str(one["id"]) for one in conversations}
        return [one for one in self.by_message.values() if str(one["conversation_id"]) in ids]

    def _missing(self, messages: Sequence[Mapping[str, Any]]) -> list[int]:
        """When the forms were sent that were answered by nothing that is known."""
        return sorted(int(one["created_at"]) for one in messages if _is_answered(one) and str(one["id"]) not in self.by_message)


def _stretches(moments: Sequence[int]) -> list[tuple[int, int]]:
    """When forms that were sent at these moments, in order, can have been answered: times that meet are one."""
    found = list[tuple[int, int]]()
    for at in moments:
        begin = found.pop()[0] if found and at <= found[-1][1] else at
        found.append((begin, at + ANSWERED_WITHIN_S))
    return found


def _is_answered(message: Mapping[str, Any]) -> bool:
    return message.get("content_type") == "input_csat" and bool(objects(objects(message, "content_attributes"), "submitted_values"))


def _alone(web: Web, path: str) -> list[Mapping[str, Any]]:
    """A conversation by itself; none where it is gone."""
    answer: Any = if_there(lambda: web.get(path), NOT_THERE)
    return [] if answer is None else [answer]


def _messages(web: Web, path: str) -> list[Mapping[str, Any]]:
    """All messages: the last ones first, then those before the oldest seen."""
    found: list[Mapping[str, Any]] = []
    while True:
        params = {"before": str(found[0]["id"])} if found else None
        answer: Any = moved_on(partial(web.get, path, params), partial(_nothing_older, found))
        older = [one for one in answer["payload"] if one["id"] not in {seen["id"] for seen in found}]
        found = sorted([*older, *found], key=lambda one: int(one["id"]))
        if not older or len(answer["payload"]) < MESSAGES:
            return found


def _nothing_older(found: list[Mapping[str, Any]], answer: Any) -> bool:
    """Whether a whole page of messages came that came already."""
    seen = {one["id"] for one in found}
    return len(answer["payload"]) >= MESSAGES and all(one["id"] in seen for one in answer["payload"])


def _events(web: Web, path: str, conversation: object) -> list[Mapping[str, Any]] | None:
    """What is counted about the conversation; it names it by another number than everything else does. None where that is closed or not told."""
    answer: Any = if_there(lambda: web.get(path), NOT_THERE)
    if answer is None:
        return None
    return [{**one, "conversation_id": conversation} for one in (answer if isinstance(answer, list) else answer["payload"])]


PULL = ChatwootPull()
