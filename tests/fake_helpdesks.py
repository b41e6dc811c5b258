"""Help desks on this machine, each telling the same tickets in its own documented form: their messages and ratings come, change and are taken out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from fake_vendor import FakeVendor

AGENT, EARLIER, CUSTOMER = 71, 72, 9001  # who has a conversation, and who had it when it was rated


@dataclass
class Said:
    """A message, public unless `note`."""

    id: int
    at: datetime
    by: int
    note: bool = False


@dataclass
class Ticket:
    """Its first message came with it; `changed` moves with everything that happens to it."""

    id: int
    opened: datetime
    changed: datetime
    said: list[Said] = field(default_factory=list)
    settled: datetime | None = None
    rated: tuple[int, datetime] | None = None


def text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Helpdesk(FakeVendor):
    """Every answer is a page of what stands now; each may be given once more instead of the page after it, as vendors do by mistake."""

    tickets: dict[int, Ticket] = field(default_factory=dict)
    ids: Any = field(default_factory=lambda: count(1))
    again: Callable[[], bool] = lambda: False
    pages: dict[str, Any] = field(default_factory=dict)
    repeated: int = 0

    def opens(self, at: datetime) -> Ticket:
        number = len(self.tickets) + 1
        ticket = self.tickets[number] = Ticket(number, at, at)
        self.writes(ticket, at, CUSTOMER)
        return ticket

    def writes(self, ticket: Ticket, at: datetime, by: int, note: bool = False) -> None:
        ticket.said.append(Said(next(self.ids), at, by, note))
        ticket.changed = at

    def is_rated(self, ticket: Ticket, at: datetime) -> None:
        ticket.settled = ticket.settled or at
        ticket.rated, ticket.changed = (next(self.ids), at), at

    def takes_out(self, ticket: Ticket, at: datetime, message: int | None = None) -> None:
        """A message, or the rating."""
        if message is None:
            ticket.rated = None
        else:
            ticket.said.pop(message)
        ticket.changed = at

    def answer(self, path: str) -> Any:
        split = urlsplit(path)
        where, asked = split.path, {name: values[0] for name, values in parse_qs(split.query).items()}
        before = self.pages.pop(where, None)
        if before and before[0] != split.query and self.again():
            self.repeated += 1
            return before[1]  # and then the one that was asked for
        found = self.told(where, asked)
        if "id" in str(found):  # who can tell that nothing is told once more?
            self.pages[where] = (split.query, found)
        return found

    def told(self, where: str, asked: dict[str, str]) -> Any:
        raise NotImplementedError  # each desk tells in its own way

    def since(self, moment: datetime) -> list[Ticket]:
        return sorted((one for one in self.tickets.values() if one.changed >= moment), key=lambda one: (one.changed, one.id))


class Zendesk(Helpdesk):
    """The export by cursor, audits page by page."""

    given: ClassVar[dict[str, str]] = {"user": "reader@example.com"}
    secret = "token"

    def told(self, where: str, asked: dict[str, str]) -> Any:
        if "business_hours" in where:
            return {"schedules": []}
        if "/audits" in where:
            first, size = int(asked.get("page[after]", "0")), int(asked["page[size]"])
            audits = self._audits(self.tickets[int(where.split("/")[4])])
            return {"audits": audits[first : first + size], "meta": {"has_more": first + size < len(audits), "after_cursor": str(first + size)}}
        place = asked.get("cursor", f"{text(datetime.fromtimestamp(int(asked.get('start_time', '0')), UTC))}|0")
        behind = [one for one in self.since(datetime.min.replace(tzinfo=UTC)) if f"{text(one.changed)}|{one.id:06}" > place]
        page = behind[: int(asked["per_page"])]
        after = f"{text(page[-1].changed)}|{page[-1].id:06}" if page else place
        users = [{"id": AGENT, "name": "Anna Berg", "role": "agent"}, {"id": CUSTOMER, "name": "Kim Holm", "role": "end-user"}]
        return {"tickets": [self._ticket(one) for one in page], "users": users, "after_cursor": after, "end_of_stream": len(behind) <= len(page)}

    def _ticket(self, one: Ticket) -> dict[str, Any]:
        told = {"id": one.id, "created_at": text(one.opened), "updated_at": text(one.changed), "status": "solved" if one.settled else "open"}
        return told | {"via": {"channel": "email"}, "requester_id": CUSTOMER, "submitter_id": CUSTOMER, "assignee_id": AGENT, "group_id": 31, "tags": []}

    def _audits(self, one: Ticket) -> list[dict[str, Any]]:
        def audit(number: int, at: datetime, by: int, **event: Any) -> dict[str, Any]:
            return {"id": number, "ticket_id": one.id, "created_at": text(at), "author_id": by, "events": [{"id": number, **event}]}

        found = [audit(said.id, said.at, said.by, type="Comment", author_id=said.by, public=not said.note) for said in one.said]
        if one.settled:
            found.append(audit(900_000 + one.id, one.settled, AGENT, type="Change", field_name="status", value="solved", previous_value="open"))
        if one.rated:
            number, at = one.rated
            found.append(audit(number, at, CUSTOMER, type="Change", field_name="satisfaction_score", value="good", previous_value="offered"))
        return sorted(found, key=lambda each: (each["created_at"], each["id"]))


class Zammad(Helpdesk):
    """The search, and articles and history of each ticket."""

    given: ClassVar[dict[str, str]] = {}
    secret = "token"

    def told(self, where: str, asked: dict[str, str]) -> Any:
        if where.endswith("/search"):
            found = self.since(datetime.fromisoformat(str(re.findall(r'"(.*?)"', asked["query"])[0])))
            size = int(asked["per_page"])
            return [self._ticket(one) for one in found[size * (int(asked["page"]) - 1) :][:size]]
        one = self.tickets[int(where.rsplit("/", maxsplit=1)[-1])]
        if "ticket_articles" in where:
            return [self._article(one, said) for said in one.said]
        if not one.settled:
            return {"history": []}
        change = {
            "object": "Ticket",
            "o_id": one.id,
            "type": "updated",
            "attribute": "state",
            "value_from": "open",
            "value_to": "closed",
            "created_by_id": AGENT,
        }
        return {"history": [{"id": one.id, **change, "created_at": text(one.settled)}]}

    def _ticket(self, one: Ticket) -> dict[str, Any]:
        about = {"group_id": 2, "group": "Support", "priority": "2 normal", "owner_id": AGENT, "owner": "anna@example.org", "customer_id": CUSTOMER}
        made = {"created_by_id": CUSTOMER, "create_article_type": "email", "create_article_sender": "Customer", "article_count": len(one.said)}
        settled = text(one.settled) if one.settled else None
        state = {"state": "closed" if settled else "open", "close_at": settled, "last_close_at": settled}
        return {"id": one.id, "created_at": text(one.opened), "updated_at": text(one.changed), **about, **made, **state}

    def _article(self, one: Ticket, said: Said) -> dict[str, Any]:
        about = {"type": "note" if said.note else "email", "sender": "Agent" if said.by == AGENT else "Customer", "internal": said.note, "preferences": {}}
        return {"id": said.id, "ticket_id": one.id, **about, "created_by_id": said.by, "created_at": text(said.at)}


class Freshdesk(Helpdesk):
    """Tickets by when they changed; the first message is the ticket's own."""

    given: ClassVar[dict[str, str]] = {}
    secret = "key"

    def told(self, where: str, asked: dict[str, str]) -> Any:
        if where.endswith(("/agents", "/groups")):
            return [{"id": AGENT, "contact": {"name": "Anna Berg"}}] if where.endswith("agents") and asked["page"] == "1" else []
        if where.endswith("/satisfaction_ratings"):
            one = self.tickets[int(where.split("/")[-2])]
            about = {"user_id": CUSTOMER, "agent_id": AGENT, "ticket_id": one.id, "ratings": {"default_question": 103}}
            return [{"id": one.rated[0], **about, "created_at": text(one.rated[1])}] if one.rated else []
        size, page = int(asked["per_page"]), int(asked["page"])
        if where.endswith("/conversations"):
            one = self.tickets[int(where.split("/")[-2])]
            return [self._conversation(one, said) for said in one.said[1:]][size * (page - 1) :][:size]
        if "filter" in asked:
            return []
        return [self._ticket(one) for one in self.since(datetime.fromisoformat(asked["updated_since"]))][size * (page - 1) :][:size]

    def _ticket(self, one: Ticket) -> dict[str, Any]:
        about = {"priority": 2, "source": 1, "requester_id": CUSTOMER, "responder_id": AGENT, "group_id": None, "spam": False}
        stats = {"resolved_at": text(one.settled) if one.settled else None}
        return {"id": one.id, "status": 4 if one.settled else 2, "created_at": text(one.opened), "updated_at": text(one.changed), **about, "stats": stats}

    def _conversation(self, one: Ticket, said: Said) -> dict[str, Any]:
        about = {"incoming": said.by == CUSTOMER, "private": said.note, "source": 2 if said.note else 0, "user_id": said.by}
        return {"id": said.id, "ticket_id": one.id, **about, "created_at": text(said.at)}


class Chatwoot(Helpdesk):
    """Conversations by their last activity, newest first; messages from the last backwards."""

    given: ClassVar[dict[str, str]] = {"account": "1"}
    secret = "token"
    listed, messages = 3, 3

    def told(self, where: str, asked: dict[str, str]) -> Any:
        if where.endswith("/filter"):
            found = sorted(self.tickets.values(), key=lambda one: (one.changed, one.id), reverse=True)
            return {"payload": [self._conversation(one) for one in found[self.listed * (int(asked["page"]) - 1) :][: self.listed]]}
        if where.endswith("/inboxes"):
            return {"payload": [{"id": 3, "name": "Website"}]}
        if where.endswith("/csat_survey_responses"):
            since, until = int(asked["since"]), int(asked["until"])
            rated = [one for one in self.tickets.values() if one.rated and since <= one.rated[1].timestamp() <= until]
            return [self._rating(one) for one in rated[self.listed * (int(asked["page"]) - 1) :][: self.listed]]
        one = self.tickets[int(where.split("/conversations/")[1].split("/", maxsplit=1)[0])]
        if where.endswith("/messages"):
            before = int(asked.get("before", "1000000"))
            found = [*(self._message(one, said) for said in one.said), *self._asked(one)]
            return {"payload": sorted((message for message in found if message["id"] < before), key=lambda message: int(message["id"]))[-self.messages :]}
        if where.endswith("/reporting_events"):
            about = {"id": one.id, "name": "conversation_resolved", "value": 60.0, "user_id": AGENT}
            return [{**about, "event_end_time": int(one.settled.timestamp())}] if one.settled else []
        return self._conversation(one)

    def _conversation(self, one: Ticket) -> dict[str, Any]:
        about = {"sender": {"id": CUSTOMER}, "channel": "Channel::WebWidget", "assignee": {"id": AGENT, "name": "Anna Berg"}}
        told = {"id": one.id, "inbox_id": 3, "status": "resolved" if one.settled else "open", "created_at": int(one.opened.timestamp()), "meta": about}
        return told | {"last_activity_at": int(one.changed.timestamp())}

    def _message(self, one: Ticket, said: Said) -> dict[str, Any]:
        sender = {"id": said.by, "type": "user" if said.by == AGENT else "contact"}
        about = {"message_type": 1 if said.by == AGENT else 0, "content_type": "text", "private": said.note, "content_attributes": {}, "sender": sender}
        return {"id": said.id, "conversation_id": one.id, **about, "created_at": int(said.at.timestamp())}

    def _asked(self, one: Ticket) -> list[dict[str, Any]]:
        """The message that asked for a rating, two days before somebody answered."""
        if not one.rated:
            return []
        answer = {"submitted_values": {"csat_survey_response": {"rating": 4}}}
        about = {"message_type": 3, "content_type": "input_csat", "private": False, "content_attributes": answer}
        asked = max(one.opened, one.rated[1] - timedelta(days=2))
        return [{"id": one.rated[0], "conversation_id": one.id, **about, "created_at": int(asked.timestamp())}]

    def _rating(self, one: Ticket) -> dict[str, Any]:
        assert one.rated
        about = {"conversation_id": one.id, "message_id": one.rated[0], "rating": 4, "assigned_agent": {"id": EARLIER}}
        return {"id": one.rated[0], **about, "created_at": int(one.rated[1].timestamp())}


SMALL: Sequence[tuple[str, int]] = (  # pages of a few, so that everything comes in several
    ("zendesk.pull.AT_ONCE", 3), ("zammad.pull.MOST", 3), ("freshdesk.pull.MOST", 3),
    ("chatwoot.pull.LISTED", 3), ("chatwoot.pull.MESSAGES", 3), ("chatwoot.pull.TOGETHER", 2),
    ("topdesk.pull.AT_ONCE", 3), ("freescout.pull.MOST", 3), ("jira.pull.AT_ONCE", 3), ("servicenow.pull.ROWS", 3),
)  # fmt: skip
