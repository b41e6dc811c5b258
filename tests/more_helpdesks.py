"""Further help desks on this machine, as those in `fake_helpdesks.py`: TOPdesk, FreeScout, Jira and ServiceNow."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, ClassVar

from fake_helpdesks import AGENT, Helpdesk, Said, Ticket, text


class Topdesk(Helpdesk):
    """Incidents by the day on which they were modified; the progress of each, newest first, ten entries unless more are asked for."""

    given: ClassVar[dict[str, str]] = {"user": "u"}
    secret = "password"

    def told(self, where: str, asked: dict[str, str]) -> Any:
        first, size = int(asked.get("start", "0")), int(asked.get("page_size", "10"))
        if where.endswith("/progresstrail"):
            one = self.tickets[int(where.split("/")[-2])]
            return [self._entry(said) for said in reversed(one.said[1:])][first : first + size]
        day = datetime.fromisoformat(asked["modification_date_start"]).date()
        found = [one for one in self.since(datetime.min.replace(tzinfo=UTC)) if one.changed.date() == day]
        return [self._incident(one) for one in found[first : first + size]]

    def _incident(self, one: Ticket) -> dict[str, Any]:
        about = {"caller": {"id": "p1", "dynamicName": "Kim"}, "entryType": {"id": "e", "name": "E-mail"}, "operator": {"id": "o1", "name": "Anna"}}
        done = {"completed": one.settled is not None, "completedDate": text(one.settled) if one.settled else None, "closed": False}
        dates = {"callDate": text(one.opened), "creationDate": text(one.opened), "modificationDate": text(one.changed)}
        return {"id": str(one.id), "number": f"I {one.id}", "status": "firstLine", **dates, **about, "operatorGroup": {"id": "g", "name": "Desk"}, **done}

    def _entry(self, said: Said) -> dict[str, Any]:
        who = {"operator": {"id": "o1", "name": "Anna"}} if said.by == AGENT else {"operator": None, "person": {"id": "p1"}}
        return {"id": f"m{said.id}", "entryDate": text(said.at), **who, "invisibleForCaller": said.note}


class FreeScout(Helpdesk):
    """Conversations by when they changed, with their threads; beyond the last page it gives that one again."""

    given: ClassVar[dict[str, str]] = {}
    secret = "key"

    def told(self, where: str, asked: dict[str, str]) -> Any:
        size, wanted = int(asked["pageSize"]), int(asked["page"])
        if where.endswith("/mailboxes"):
            return {"_embedded": {"mailboxes": [{"id": 15, "name": "Desk"}]}, "page": {"number": 1, "totalPages": 1}}
        found = self.since(datetime.fromisoformat(asked["updatedSince"]))
        pages = max(1, -(-len(found) // size))
        page = min(wanted, pages)
        some = [self._conversation(one) for one in found[size * (page - 1) :][:size]]
        return {"_embedded": {"conversations": some}, "page": {"number": page, "totalPages": pages}}

    def _conversation(self, one: Ticket) -> dict[str, Any]:
        about = {"type": "email", "state": "published", "mailboxId": 15, "customer": {"id": 91}, "createdBy": {"id": 91, "type": "customer"}}
        settled = text(one.settled) if one.settled else None
        state = {"status": "closed" if settled else "active", "closedAt": settled, "closedBy": 9 if settled else None}
        threads = [self._thread(said) for said in one.said]
        told = {"id": one.id, "number": one.id, "createdAt": text(one.opened), "updatedAt": text(one.changed), **about, **state}
        return {**told, "assignee": {"id": 9, "type": "user", "firstName": "Anna"}, "_embedded": {"threads": threads, "timelogs": []}}

    def _thread(self, said: Said) -> dict[str, Any]:
        by = {"id": 9, "type": "user"} if said.by == AGENT else {"id": 91, "type": "customer"}
        kind = "note" if said.note else "message" if said.by == AGENT else "customer"
        return {"id": said.id, "type": kind, "status": "active", "state": "published", "action": {}, "createdBy": by, "createdAt": text(said.at)}


class Jira(Helpdesk):
    """The search by token; comments and changes beyond the first ones are asked for by themselves."""

    given: ClassVar[dict[str, str]] = {"user": "reader@example.com", "project": "HELP"}
    secret = "token"
    beside = 2

    def told(self, where: str, asked: dict[str, str]) -> Any:
        first = int(asked.get("startAt", "0"))
        if where.endswith(("/comment", "/changelog")):
            one, name = self.tickets[int(where.split("/")[-2].removeprefix("HELP-"))], "comments" if where.endswith("comment") else "values"
            found = self._comments(one) if name == "comments" else self._changes(one)
            return {name: found[first : first + int(asked["maxResults"])], "total": len(found), "startAt": first}
        since, end = (int(said) for said in re.findall(r"\d{5,}", asked["jql"]))
        at, size = int(asked.get("nextPageToken", "0")), int(asked["maxResults"])
        found = [one for one in self.since(datetime.fromtimestamp(since / 1000, UTC)) if one.changed.timestamp() * 1000 < end]
        more = {"nextPageToken": str(at + size), "isLast": False} if at + size < len(found) else {"isLast": True}
        return {"issues": [self._issue(one) for one in found[at : at + size]], **more}

    def _issue(self, one: Ticket) -> dict[str, Any]:
        comments, changes = self._comments(one), self._changes(one)
        kim = {"accountId": "qm:kim", "displayName": "Kim", "accountType": "customer"}
        anna = {"accountId": "712020:anna", "displayName": "Anna", "accountType": "atlassian"}
        status = {"name": "Closed", "statusCategory": {"key": "done"}} if one.settled else {"name": "Open", "statusCategory": {"key": "new"}}
        when = {"created": text(one.opened), "updated": text(one.changed), "resolutiondate": text(one.settled) if one.settled else None}
        about = {"project": {"key": "HELP", "name": "Help"}, "reporter": kim, "creator": kim, "assignee": anna, "status": status}
        fields = {**when, **about, "comment": {"total": len(comments), "comments": comments[: self.beside]}}
        log = {"total": len(changes), "histories": changes[: self.beside]}
        return {"id": str(one.id), "key": f"HELP-{one.id}", "properties": {"request.channel.type": {"value": "email"}}, "fields": fields, "changelog": log}

    def _comments(self, one: Ticket) -> list[dict[str, Any]]:
        def author(said: Said) -> dict[str, str]:
            of_us = said.by == AGENT
            return {"accountId": "712020:anna" if of_us else "qm:kim", "accountType": "atlassian" if of_us else "customer"}

        return [{"id": str(said.id), "created": text(said.at), "jsdPublic": not said.note, "author": author(said)} for said in one.said[1:]]

    def _changes(self, one: Ticket) -> list[dict[str, Any]]:
        item = {"field": "status", "fromString": "Open", "toString": "Closed"}
        return [{"id": f"{one.id}", "created": text(one.settled), "author": {"accountId": "712020:anna"}, "items": [item]}] if one.settled else []


class ServiceNow(Helpdesk):
    """Incidents by their last update, to the second, on the clock of UTC; what people write is in another table."""

    given: ClassVar[dict[str, str]] = {"user": "u"}
    secret = "password"

    def told(self, where: str, asked: dict[str, str]) -> Any:
        begin, end = (datetime.fromisoformat(said).replace(tzinfo=UTC) for said in re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", asked["sysparm_query"]))
        found = [one for one in self.since(begin) if one.changed < end]
        first = int(asked["sysparm_offset"])
        return {"result": [self._incident(one) for one in found[first : first + int(asked["sysparm_limit"])]]}

    def _incident(self, one: Ticket) -> dict[str, Any]:
        def at(moment: datetime | None) -> str:
            return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else ""

        when = {"opened_at": at(one.opened), "sys_updated_on": at(one.changed), "resolved_at": at(one.settled), "closed_at": ""}
        about = {"assignment_group": "g", "assigned_to": "a", "caller_id": "c", "contact_type": "email", "priority": "3", "sys_mod_count": str(len(one.said))}
        told = {"sys_id": str(one.id), "number": f"INC{one.id:06}", "state": "6" if one.settled else "2", **when, **about}
        return {name: {"value": value, "display_value": value} for name, value in told.items()}
