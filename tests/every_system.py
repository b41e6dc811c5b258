"""Every system that can be asked, on this machine: its vendor with some days of data, its settings, and a second thought about what it told before."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fake_helpdesks import AGENT, CUSTOMER, SMALL, Chatwoot, Freshdesk, Helpdesk, Zammad, Zendesk
from fake_limesurvey import Lime, participant
from fake_switches import RECORDS, Answer, Asked, Switch, bucket_answers, genesys_answers, stored, twilio_answers
from fake_vendor import SECRET, FakeVendor, serving
from more_helpdesks import FreeScout, Jira, ServiceNow, Topdesk
from nyckeltal.sources.pull.schedule import Schedule
from nyckeltal.sources.pull.sources import Feed

BEGIN = datetime(2026, 3, 2, 8, tzinfo=UTC)
NOW = datetime(2026, 3, 3, 7, tzinfo=UTC)
PAGES = (
    *((f"{name}", size) for name, size in SMALL),
    *(("limesurvey.pull.BLOCK", 2), ("formbricks.pull.MOST", 2), ("genesys_cloud.pull.ROWS", 2), ("twilio_taskrouter.pull.ROWS", 8)),
    ("amazon_connect.pull.OBJECTS", 3),
)
SURVEY = '[file]\nzone = "UTC"\n[[survey]]\nquestion = "recommend"\nmeasure = "nps"\nscale = "0_10"\nvalue = "NPS"\n'


@dataclass
class Kept:
    """A vendor with how it is asked; `again` is its second thought."""

    system: str
    vendor: FakeVendor
    given: Mapping[str, str]
    secret: Mapping[str, str]
    again: Callable[[], object]
    mapping: str = ""

    def feed(self, folder: Path) -> Feed:
        given = {"address": self.vendor.address, **self.given}
        mapping = None
        if self.mapping:
            mapping = folder / f"{self.system}.toml"
            mapping.write_text(self.mapping, encoding="utf-8")
        given = {name: self.vendor.address if name == "login" else value for name, value in given.items()}
        every, name = Schedule.read("1 hour"), self.system.replace("_", "-")
        return Feed(name, "from", name, every, self.system, mapping, "one", "UTC", date(2026, 3, 2), given=given, secret=self.secret)


def helpdesk(system: str, kind: type[Helpdesk]) -> Kept:
    desk = kind()
    for number in range(5):
        ticket = desk.opens(BEGIN + timedelta(hours=4 * number))
        for hour, by in ((1, AGENT), (2, CUSTOMER), (3, AGENT), (4, CUSTOMER)):
            desk.writes(ticket, ticket.opened + timedelta(hours=hour), by)
    desk.tickets[2].settled = desk.tickets[2].changed = BEGIN + timedelta(hours=9)

    def again() -> None:
        at = NOW + timedelta(minutes=30)
        desk.writes(desk.tickets[1], at, AGENT)
        desk.tickets[1].settled = desk.tickets[1].changed = at
        if system not in ("topdesk", "servicenow"):
            desk.takes_out(desk.tickets[3], at, 4)

    of_kind: Any = kind
    return Kept(system, desk, of_kind.given, {of_kind.secret: SECRET}, again)


def limesurvey() -> Kept:
    sent = {"submitdate": "2026-03-02 09:00:00", "NPS": "9"}
    lime = Lime(participants=[participant(n, "2026-03-02 08:00") for n in range(1, 6)], responses={1: sent, 2: sent, 3: sent, 4: {"submitdate": None}})

    def again() -> None:
        assert lime.participants
        lime.responses[4] = {"submitdate": "2026-03-03 07:30:00", "NPS": "3"}
        lime.participants[3]["completed"] = "2026-03-03 07:30"

    return Kept("limesurvey", lime, {"survey": "482617", "user": "u"}, {"password": "right"}, again, SURVEY)


@dataclass
class Bricks(FakeVendor):
    """Formbricks: responses by when they were begun."""

    made: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, path: str) -> dict[str, Any]:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        found = [one for one in self.made if asked["startDate"] <= one["createdAt"] <= asked["endDate"]]
        return {"data": found[int(asked["skip"]) :][: int(asked["limit"])]}


def formbricks() -> Kept:
    def response(number: int, at: str, finished: bool = True) -> dict[str, Any]:
        told = {"id": f"r{number}", "createdAt": at, "updatedAt": at, "finished": finished, "surveyId": "s1", "contact": None, "data": {"NPS": number}}
        return {**told, "contactAttributes": None, "language": None, "variables": {}, "ttc": {}, "meta": {}, "tags": []}

    hours = (10, 10, 10, 11, 12)
    bricks = Bricks(made=[response(number, f"2026-03-02T{hour}:00:00.000Z", number != 1) for number, hour in enumerate(hours)])

    def again() -> None:
        bricks.made[1] |= {"finished": True, "updatedAt": "2026-03-03T07:30:00.000Z"}

    return Kept("formbricks", bricks, {"survey": ""}, {"key": SECRET}, again, SURVEY)


def genesys_cloud() -> Kept:
    changed = list[bool]()

    def answers(vendor: Any, asked: Asked) -> Answer:
        status, headers, told = genesys_answers(vendor, asked)
        if changed:  # a metric comes late
            for one in told.get("conversations", ()):
                for person in one["participants"]:
                    for session in person["sessions"]:
                        session["metrics"] += [{"name": "tHeld", "value": 7000, "emitDate": one["conversationStart"]}] if person["purpose"] == "agent" else []
        return status, headers, told

    given = {"login": "", "client_id": "id"}
    return Kept("genesys_cloud", Switch(answers=answers), given, {"client_secret": "s3cret"}, lambda: changed.append(True))


def twilio_taskrouter() -> Kept:
    given = {"workspace": "WS1", "user": "AC1"}
    return Kept("twilio_taskrouter", Switch(answers=twilio_answers), given, {"password": "s3cret"}, lambda: None)


def amazon_connect() -> Kept:
    there = stored()
    given = {"region": "eu-north-1", "folder_in_bucket": "connect/", "days": "%Y/%m/%d/", "key_id": "AKIA1"}

    def again() -> None:
        content = json.dumps(RECORDS[0] | {"LastUpdateTimestamp": "2026-03-03T07:01:00Z", "QueueTime": 77}).encode()
        there["connect/2026/03/03/07/stream-2"] = (NOW + timedelta(minutes=1), content)

    return Kept("amazon_connect", Switch(answers=bucket_answers(there)), given, {"key_secret": "s3cret/key"}, again)


DESKS: Mapping[str, type[Helpdesk]] = {
    "zendesk": Zendesk, "zammad": Zammad, "freshdesk": Freshdesk, "chatwoot": Chatwoot,
    "topdesk": Topdesk, "freescout": FreeScout, "jira": Jira, "servicenow": ServiceNow,
}  # fmt: skip
OTHERS: tuple[Callable[[], Kept], ...] = (limesurvey, formbricks, genesys_cloud, twilio_taskrouter, amazon_connect)
NAMES = (*DESKS, *(one.__name__ for one in OTHERS))


@contextmanager
def asked(system: str) -> Iterator[Kept]:
    """The vendor of the system, served."""
    kept = helpdesk(system, DESKS[system]) if system in DESKS else next(one for one in OTHERS if one.__name__ == system)()
    with serving(kept.vendor):
        yield kept
