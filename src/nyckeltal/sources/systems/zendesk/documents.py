"""Documents of Zendesk's interface: tickets with their audits, metrics, ratings, and the users and groups that came beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from nyckeltal.sources.documents import documents
from nyckeltal.sources.systems.zendesk import schedules, words
from nyckeltal.sources.systems.zendesk.words import AGENTS
from nyckeltal.sources.tickets import Change, Message, Named, Rating, Ticket, Tickets, Unreadable, known, moment, number, same_word, whole, word
from nyckeltal.sources.tickets.told import Kept, in_lists, no_number, readable
from nyckeltal.words import Text

LISTS = {
    "tickets": ("id", "status", "created_at", "updated_at"),
    "ticket": ("id", "status", "created_at", "updated_at"),
    "audits": ("id", "ticket_id", "created_at"),
    "satisfaction_ratings": ("id", "ticket_id", "score", "created_at"),
    "ticket_metrics": ("id", "ticket_id"),
    "metric_sets": ("id", "ticket_id"),
    "ticket_metric": ("id", "ticket_id"),
    "ticket_metric_events": ("id", "ticket_id", "metric", "type", "time"),
    "schedules": schedules.FIELDS,
}
_nobody = Text("sources.zendesk.no_role", "Nobody says whether “%(value)s” is an agent or a customer. Fetch the users too.")


@dataclass
class Beside:
    """What came beside the tickets; `sets` are their metrics, by the ticket's number."""

    roles: dict[str, str] = field(default_factory=dict)
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    sets: dict[str, dict[str, Any]] = field(default_factory=dict)
    replied: dict[str, datetime] = field(default_factory=dict)
    promised: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    requesters: dict[str, str | None] = field(default_factory=dict)
    rated: set[str] = field(default_factory=set)  # whose ratings are told by themselves
    audited: set[str] = field(default_factory=set)  # whose ratings their audits tell
    merged: set[str] = field(default_factory=set)
    calendars: list[schedules.Calendar] = field(default_factory=list)

    def is_agent(self, user: str) -> bool | None:
        """None where nobody says."""
        role = self.roles.get(user)
        return None if role is None else role in AGENTS


def read(told: Tickets, files: Sequence[Path]) -> list[schedules.Calendar]:
    """Twice through the files, since what belongs to a ticket may stand in a later one; gives the schedules found."""
    beside = Beside()
    for file in files:
        for document in documents(file):
            if document.broken is None:
                _look_ahead(beside, in_lists(document.value, LISTS))
    for name, record in told.documents(files, LISTS, ("users", "groups")):
        try:
            with readable(record):
                _take(told, beside, name, record)
        except Unreadable as wrong:
            told.refuse(record, wrong.field, wrong.text, known(record.value.get("id")))
            told.pardoned += name == "schedules"  # a clock that nobody knows stops no tickets
    return beside.calendars


def _items(document: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = document.get(name)
    return [found] if isinstance(found, dict) else [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _look_ahead(beside: Beside, document: Mapping[str, Any]) -> None:
    for user in _items(document, "users"):
        beside.roles[str(user.get("id"))] = str(same_word(user.get("role")) or "")
        beside.names["agent", str(user.get("id"))] = str(known(user.get("name")) or "")
    for group in _items(document, "groups"):
        beside.names["queue", str(group.get("id"))] = str(known(group.get("name")) or "")
    for ticket in [*_items(document, "tickets"), *_items(document, "ticket")]:
        beside.requesters[str(ticket.get("id"))] = known(ticket.get("requester_id"))
        merged = ticket.get("merged_ticket_ids")
        beside.merged |= {str(other) for other in merged} if isinstance(merged, list) else set()
    beside.rated |= {str(rating.get("ticket_id")) for rating in _items(document, "satisfaction_ratings")}
    beside.audited |= {str(audit.get("ticket_id")) for audit in _items(document, "audits")}
    for name in ("ticket_metrics", "metric_sets", "ticket_metric"):
        beside.sets |= {str(metric.get("ticket_id")): metric for metric in _items(document, name)}
    for event in _items(document, "ticket_metric_events"):
        _look_at_event(beside, event)


def _look_at_event(beside: Beside, event: dict[str, Any]) -> None:
    """The first reply, and whether what was agreed about time was kept."""
    ticket, kind = str(event.get("ticket_id")), event.get("type")
    if kind == "apply_sla":
        beside.promised.add(ticket)
    if kind == "breach" and not event.get("deleted"):
        beside.broken.add(ticket)
    if kind == "fulfill" and event.get("metric") == "reply_time" and event.get("instance_id") == 1:
        with suppress(Unreadable):  # which is told when its turn comes
            beside.replied[ticket] = moment(event.get("time"), "time", needed=True) or beside.replied[ticket]


def _take(told: Tickets, beside: Beside, name: str, record: Kept) -> None:
    if name in ("tickets", "ticket"):
        _ticket(told, beside, record)
    elif name == "audits":
        _audit(told, beside, record)
    elif name == "satisfaction_ratings":
        _rating(told, record)
    elif name == "schedules":
        beside.calendars.append(schedules.calendar(record.n, record.value, told.setting.now))
    else:
        _metric(told, beside, record)


def _metric(told: Tickets, beside: Beside, record: Kept) -> None:
    """Metrics are told with their ticket; those of a ticket that is not there go the way of everything that came without its ticket."""
    ticket = known(record.value.get("ticket_id"))
    made_at = moment(record.value.get("time") or record.value.get("created_at"), "time") or told.setting.now
    if ticket is None:
        raise Unreadable("ticket_id", no_number)
    if ticket not in beside.requesters:
        told.tell(record, Change(ticket_id=ticket, made_at=made_at, what="other", value=f"metric {record.value.get('id')}"))


def _ticket(told: Tickets, beside: Beside, record: Kept) -> None:
    row = record.value
    ticket, opened_at = known(row.get("id")), moment(row.get("created_at"), "created_at", needed=True)
    if ticket is None or opened_at is None:
        raise Unreadable("id", no_number)
    gone, via = _gone(beside, ticket, row), row.get("via") or {}
    came_by, customer, submitter = known(via.get("channel")), known(row.get("requester_id")), known(row.get("submitter_id"))
    metrics = row.get("metric_set") or beside.sets.get(ticket) or {}
    told.tell(
        record,
        Ticket(
            ticket_id=ticket,
            opened_at=opened_at,
            changed_at=moment(row.get("updated_at"), "updated_at"),
            status=None if gone else word(row.get("status"), "status", words.STATES),
            came_by=came_by,
            channel=told.channel(came_by, words.WAYS),
            direction="outbound" if (via.get("source") or {}).get("rel") == "outbound" else "inbound",
            customer=customer,
            queue_id=known(row.get("group_id")),
            agent_id=known(row.get("assignee_id")),
            opened_by=submitter if submitter and beside.is_agent(submitter) else None,
            reason_id=known(row.get("type")),
            priority=known(row.get("priority")),
            replied_at=beside.replied.get(ticket) or _after(opened_at, metrics, "reply_time_in_minutes"),
            resolved_at=moment(metrics.get("solved_at"), "solved_at"),
            locked_at=moment(row.get("updated_at"), "updated_at") if row.get("status") == "closed" else None,
            in_time=ticket not in beside.broken if ticket in beside.promised | beside.broken else None,
            reopened_n=whole(metrics.get("reopens"), "reopens"),
            on_hold_s=_minutes(metrics, "on_hold_time_in_minutes"),
            reference=known(row.get("external_id")),
            is_test=same_word(came_by) in words.TESTS,
            gone=gone,
        ),
    )
    score = (row.get("satisfaction_rating") or {}).get("score")
    if score and ticket not in beside.rated | beside.audited:
        _tell_rating(told, record, ticket, ticket, score, moment(row.get("updated_at"), "updated_at") or opened_at)
    for kind, name in (("queue", known(row.get("group_id"))), ("agent", known(row.get("assignee_id")))):
        _name(told, beside, record, kind, name)


def _gone(beside: Beside, ticket: str, row: dict[str, Any]) -> str | None:
    if ticket in beside.merged or words.MERGED in (row.get("tags") or ()):
        return "merged"
    return words.GONE.get(str(row.get("status")))


def _minutes(metrics: dict[str, Any], name: str) -> float | None:
    minutes = number((metrics.get(name) or {}).get("calendar"), name)
    return None if minutes is None else minutes * 60


def _after(opened_at: datetime, metrics: dict[str, Any], name: str) -> datetime | None:
    seconds = _minutes(metrics, name)
    return None if seconds is None else opened_at + timedelta(seconds=seconds)


def _name(told: Tickets, beside: Beside, record: Kept, kind: str, name: str | None) -> None:
    called = beside.names.get((kind, name)) if name else None
    if name and called:
        told.tell(record, Named(kind="queue" if kind == "queue" else "agent", id=name, name=called))


def _audit(told: Tickets, beside: Beside, record: Kept) -> None:
    """One update with everything that happened in it."""
    row = record.value
    made_at = moment(row.get("created_at"), "created_at", needed=True)
    ticket, author = known(row.get("ticket_id")), known(row.get("author_id"))
    if ticket is None or made_at is None:
        raise Unreadable("ticket_id", no_number)
    for event in row.get("events") or ():
        if event.get("type") in ("Comment", "VoiceComment", "FacebookComment", "Tweet"):
            _comment(told, beside, record, ticket, made_at, known(event.get("author_id")) or author, event)
        elif event.get("type") in ("Create", "Change"):
            _change(told, beside, record, ticket, made_at, author, event)


def _comment(told: Tickets, beside: Beside, record: Kept, ticket: str, made_at: datetime, author: str | None, event: dict[str, Any]) -> None:
    """Whoever asked is the customer, also when they work here; Zendesk itself writes as number -1."""
    is_customer = author == beside.requesters.get(ticket)
    by_agent = False if is_customer else beside.is_agent(author or "")
    if author == "-1":
        writer = "system"
    elif by_agent is None:
        raise Unreadable("author_id", Text(_nobody.id, _nobody.english, {"value": author or ""}))
    else:
        writer = "agent" if by_agent else "customer"
    public, agent = event.get("public") is not False, author if writer == "agent" else None
    message = f"{known(event.get('id')) or record.value.get('id')}"
    told.tell(record, _said(ticket, message, made_at, writer, agent, public))
    _name(told, beside, record, "agent", agent)


def _said(ticket: str, message: str, made_at: datetime, writer: str, agent: str | None, public: bool) -> Message:
    author: Literal["customer", "agent", "system"] = "agent" if writer == "agent" else "customer" if writer == "customer" else "system"
    return Message(ticket_id=ticket, message_id=message, sent_at=made_at, author=author, agent_id=agent, public=public, is_auto=writer == "system")


def _change(told: Tickets, beside: Beside, record: Kept, ticket: str, made_at: datetime, author: str | None, event: dict[str, Any]) -> None:
    name, by = event.get("field_name"), author if author and beside.is_agent(author) else None
    value, was = known(event.get("value")), known(event.get("previous_value"))
    if name == "status":
        if same_word(value) in words.GONE:
            return
        told.tell(record, Change(ticket_id=ticket, made_at=made_at, what="status", value=word(value, "status", words.STATES), was=_state(was), made_by=by))
    elif name in ("group_id", "assignee_id"):
        what: Literal["queue", "agent"] = "queue" if name == "group_id" else "agent"
        told.tell(record, Change(ticket_id=ticket, made_at=made_at, what=what, value=value, was=was, made_by=by))
        _name(told, beside, record, what, value)
    elif name == "satisfaction_score" and ticket not in beside.rated:
        _tell_rating(told, record, ticket, ticket, value, made_at)


def _state(said: str | None) -> str | None:
    return words.STATES.get(str(same_word(said)))


def _rating(told: Tickets, record: Kept) -> None:
    row = record.value
    asked_at, ticket = moment(row.get("created_at"), "created_at", needed=True), known(row.get("ticket_id"))
    rating = known(row.get("id"))
    if ticket is None or asked_at is None or rating is None:
        raise Unreadable("ticket_id", no_number)
    _tell_rating(
        told, record, ticket, rating, row.get("score"), moment(row.get("updated_at"), "updated_at") or asked_at, asked_at, known(row.get("assignee_id"))
    )


def _tell_rating(
    told: Tickets, record: Kept, ticket: str, rating: str, score: Any, said_at: datetime, asked_at: datetime | None = None, agent: str | None = None
) -> None:
    """Offered is asked; what was never offered is nothing."""
    said = str(same_word(score) or "")
    if said in words.NOT_ASKED:
        return
    value = None if said in words.ASKED else word(score, "score", words.SCORES)
    answered_at = said_at if value is not None else None
    told.tell(
        record,
        Rating(
            ticket_id=ticket,
            rating_id=rating,
            question_id=words.QUESTION,
            scale="yes_no",
            value=value,
            asked_at=asked_at or (said_at if value is None else None),
            answered_at=answered_at,
            agent_id=agent,
        ),
    )
