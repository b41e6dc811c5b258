"""Answers of Jira's search (`expand=changelog`): fields by their names or by `customfield_…`, told apart by what stands in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from nyckeltal.sources.systems.jira import words
from nyckeltal.sources.tickets import Change, Message, Named, Rating, Ticket, Tickets, Unreadable, known, moment, number, same_word
from nyckeltal.sources.tickets.told import Kept, Status, no_number, readable
from nyckeltal.words import Text

SHOWN = ("id", "key")
_no_state = Text("sources.jira.status", "Nobody has said what “%(value)s” means. Say it under [statuses] in a mapping.")


def read(told: Tickets, files: Sequence[Path]) -> None:
    """Take in every request of every answer."""
    known_words = words.statuses(told.setting.told)
    for _, record in told.documents(files, {"issues": SHOWN, "values": SHOWN}):
        try:
            with readable(record):
                _issue(told, record, known_words)
        except Unreadable as wrong:
            told.refuse(record, wrong.field, wrong.text, known(record.value.get("key")))


def _issue(told: Tickets, record: Kept, known_words: Mapping[str, Status]) -> None:
    row = record.value
    fields: dict[str, Any] = row.get("fields") or {}
    key, opened_at = known(row.get("key")), moment(fields.get("created"), "created", needed=True)
    if key is None or opened_at is None:
        raise Unreadable("key", no_number)
    customer, creator, agent = _person(fields.get("reporter")), _person(fields.get("creator")), _person(fields.get("assignee"))
    came_by, cycles = _came_by(row), list(_cycles(fields))
    ticket = Ticket(
        ticket_id=key,
        opened_at=opened_at,
        changed_at=moment(fields.get("updated"), "updated"),
        status=_status(fields.get("status") or {}, known_words),
        came_by=came_by,
        channel=told.channel(came_by, words.WAYS),
        customer=customer,
        queue_id=known((fields.get("project") or {}).get("key")) or _project_of(key),
        agent_id=agent,
        opened_by=creator if creator != customer and _is_staff(fields.get("creator")) else None,
        reason_id=_request_type(fields) or known((fields.get("issuetype") or {}).get("name")),
        priority=known((fields.get("priority") or {}).get("name")),
        resolved_at=moment(fields.get("resolutiondate"), "resolutiondate"),
        in_time=not any(cycle.get("breached") for cycle in cycles) if cycles else None,
        all_messages=_all(fields.get("comment"), "comments") and _all(row.get("changelog"), "histories"),
    )
    changes = list(_changes(row, key, known_words))
    messages = list(_messages(fields, key, customer))
    told.tell(record, ticket)
    parts: list[Change | Message | Rating] = [*changes, *messages, *_ratings(fields, key, ticket.resolved_at or ticket.changed_at)]
    for part in parts:
        told.tell(record, part)
    _names(told, record, fields)


def _all(told: Any, name: str) -> bool:
    """Whether a list that says how many it has is told to its end."""
    return isinstance(told, dict) and isinstance(total := told.get("total"), int) and len(told.get(name) or ()) >= total


def _project_of(key: str) -> str | None:
    found = re.match(words.PROJECT, key)
    return found[1] if found else None


def _person(user: Any) -> str | None:
    """By account on the cloud, by name on an own server."""
    return (known(user.get("accountId")) or known(user.get("name"))) if isinstance(user, dict) else None


def _account_type(user: Any) -> str | None:
    """atlassian, customer or app; an own server knows no kinds."""
    return str(user.get("accountType", "atlassian")) if isinstance(user, dict) else None


def _is_staff(user: Any) -> bool:
    """Customers of a service desk have accounts of a kind of their own."""
    return _account_type(user) == "atlassian"


def _named(row: Mapping[str, Any], what: str) -> Iterator[Any]:
    """Values of fields that Jira adds under a number of their own, by a name that only such a value has."""
    for value in row.values():
        if isinstance(value, dict) and what in value:
            yield value


def _came_by(row: Mapping[str, Any]) -> str | None:
    """The service desk keeps the way as a property of the request."""
    return known(((row.get("properties") or {}).get("request.channel.type") or {}).get("value"))


def _request_type(fields: Mapping[str, Any]) -> str | None:
    return next((known((value.get("requestType") or {}).get("name")) for value in _named(fields, "requestType")), None)


def _cycles(fields: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every cycle of every agreed time: those that are over, and the one that runs."""
    for value in (*_named(fields, "completedCycles"), *_named(fields, "ongoingCycle")):
        cycles = [*(value.get("completedCycles") or ()), value.get("ongoingCycle") or {}]
        yield from (cycle for cycle in cycles if isinstance(cycle, dict) and "breached" in cycle)


def _status(status: Mapping[str, Any], known_words: Mapping[str, Status]) -> Status:
    """By its name, else by its category."""
    name, category = known(status.get("name")), str((status.get("statusCategory") or {}).get("key"))
    found = known_words.get(str(same_word(name))) or words.CATEGORIES.get(category)
    if found is None:
        raise Unreadable("status", Text(_no_state.id, _no_state.english, {"value": name or ""}))
    return found


def _changes(row: Mapping[str, Any], key: str, known_words: Mapping[str, Status]) -> Iterator[Change]:
    """Status and assignee as the log tells them; a status that nobody has explained is nobody's time."""
    for history in (row.get("changelog") or {}).get("histories") or ():
        made_at = moment(history.get("created"), "created", needed=True)
        by = _person(history.get("author")) if _is_staff(history.get("author")) else None
        for item in history.get("items") or ():
            if made_at is None:
                continue
            field = same_word(item.get("field"))
            if field == "status":
                to, was = (known_words.get(str(same_word(item.get(name))), "?") for name in ("toString", "fromString"))
                yield Change(ticket_id=key, made_at=made_at, what="status", value=to, was=was, made_by=by)
            elif field == "assignee":
                yield Change(ticket_id=key, made_at=made_at, what="agent", value=known(item.get("to")), was=known(item.get("from")), made_by=by)


def _messages(fields: Mapping[str, Any], key: str, customer: str | None) -> Iterator[Message]:
    """Comments; what is not for the portal (`jsdPublic` false) is a note among colleagues. Whoever asked is the customer; a rule or an app is nobody."""
    for comment in (fields.get("comment") or {}).get("comments") or ():
        sent_at, author = moment(comment.get("created"), "created", needed=True), _person(comment.get("author"))
        by_app = _account_type(comment.get("author")) == "app"
        by_agent = author != customer and _is_staff(comment.get("author"))
        who: Literal["agent", "customer", "bot"] = "bot" if by_app else "agent" if by_agent else "customer"
        if sent_at:
            public, agent = comment.get("jsdPublic") is not False, author if by_agent else None
            yield Message(ticket_id=key, message_id=str(comment.get("id")), sent_at=sent_at, author=who, agent_id=agent, public=public, is_auto=by_app)


def _ratings(fields: Mapping[str, Any], key: str, usual: Any) -> Iterator[Rating]:
    """Satisfaction from one to five stars; its date is a field of its own."""
    for value in _named(fields, "rating"):
        answered_at = moment(value.get("date") or fields.get("satisfaction-date"), "satisfaction-date") or usual
        rating = number(value.get("rating"), "rating")
        if rating is not None and answered_at is not None:
            yield Rating(ticket_id=key, rating_id=key, question_id=words.QUESTION, scale="1_5", value=rating, answered_at=answered_at)


def _names(told: Tickets, record: Kept, fields: Mapping[str, Any]) -> None:
    project = fields.get("project") or {}
    if known(project.get("key")) and known(project.get("name")):
        told.tell(record, Named(kind="queue", id=str(project["key"]), name=str(project["name"])))
    people = [fields.get("assignee"), fields.get("creator"), *(comment.get("author") for comment in (fields.get("comment") or {}).get("comments") or ())]
    for user in people:
        name = known(user.get("displayName")) if isinstance(user, dict) and _is_staff(user) else None
        if name and _person(user):
            told.tell(record, Named(kind="agent", id=str(_person(user)), name=name))
