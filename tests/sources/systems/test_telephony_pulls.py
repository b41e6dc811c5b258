"""Asking Genesys Cloud and Twilio: a small server answers in the shapes, with the limits and the faults that they document."""

from __future__ import annotations

import json
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from nyckeltal.sources import find
from nyckeltal.sources.load import load
from nyckeltal.sources.pull import run
from nyckeltal.sources.pull.means import Means
from nyckeltal.sources.pull.schedule import Schedule
from nyckeltal.sources.pull.sources import Feed
from nyckeltal.sources.pull.status import Status
from nyckeltal.sources.systems.genesys_cloud import pull as genesys
from nyckeltal.sources.systems.twilio_taskrouter import pull as twilio
from tables import rows

SYSTEMS = Path(find.__file__).parent / "systems"
Answer = tuple[int, dict[str, str], Any]


@dataclass
class Asked:
    """What a request said."""

    path: str
    params: dict[str, str]
    signed: str
    body: str


@dataclass
class Vendor:
    """Answers with `answers`; before that the faults, one a request: (status, headers, body)."""

    answers: Callable[[Vendor, Asked], Answer]
    faults: list[Answer] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    address: str = ""


@contextmanager
def serving(vendor: Vendor) -> Iterator[Vendor]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the library's own name
            """Silent."""

        def do_POST(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            params = {name: values[0] for name, values in parse_qs(parts.query).items()}
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            asked = Asked(parts.path, params, self.headers.get("Authorization", ""), body)
            vendor.asked.append(asked)
            status, headers, said = vendor.faults.pop(0) if vendor.faults and "oauth" not in parts.path else vendor.answers(vendor, asked)
            content = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    vendor.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield vendor
    finally:
        server.shutdown()
        server.server_close()


def _genesys(vendor: Vendor, asked: Asked) -> Answer:
    """Tokens for those who have the secret; pages of what lies in the interval, `conversations` left out where there are none."""
    if asked.path == "/oauth/token":
        known = b64decode(asked.signed.removeprefix("Basic ")).decode() == "id:s3cret" and asked.body == "grant_type=client_credentials"
        return (200, {}, {"access_token": "t0ken", "token_type": "bearer", "expires_in": 86400}) if known else (400, {}, {"error": "invalid_client"})
    if asked.signed != "bearer t0ken":
        return 401, {}, {"message": "No authentication bearer token specified", "code": "authentication.required", "status": 401}
    said = json.loads(asked.body)
    first, last = said["interval"].split("/")
    name, file = ("conversations", "conversation-details.json") if "conversations" in asked.path else ("userDetails", "users-details.json")
    everything = json.loads((SYSTEMS / "genesys_cloud" / "samples" / file).read_text(encoding="utf-8"))[name]
    there = [one for one in everything if name == "userDetails" or first <= one["conversationStart"].replace("-2T", "-02T") < last]
    there = there if first <= "2026-03-02T23" < last or name == "conversations" else []
    size, number = said["paging"]["pageSize"], said["paging"]["pageNumber"]
    page = there[(number - 1) * size : number * size]
    return 200, {}, {name: page, "totalHits": len(there)} if page else {"totalHits": len(there)}


def _twilio(vendor: Vendor, asked: Asked) -> Answer:
    """Events of the time asked about, newest first, with the next page's whole address."""
    if asked.signed != "Basic QUMxOnMzY3JldA==":
        return 401, {}, {"code": 20003, "message": "Authenticate", "status": 401}
    everything = json.loads((SYSTEMS / "twilio_taskrouter" / "samples" / "events.json").read_text(encoding="utf-8"))["events"]
    there = [one for one in everything if asked.params["StartDate"] <= one["event_date"] < asked.params["EndDate"]]
    size, number = int(asked.params["PageSize"]), int(asked.params.get("Page", "0"))
    page = there[number * size : (number + 1) * size]
    more = len(there) > (number + 1) * size
    same = urlencode({name: asked.params[name] for name in ("StartDate", "EndDate", "PageSize")})
    following = f"{vendor.address}{asked.path}?{same}&Page={number + 1}&PageToken=PT1"
    return 200, {}, {"events": page, "meta": {"page": number, "page_size": size, "next_page_url": following if more else None, "key": "events"}}


def _feed(system: str, vendor: Vendor, given: dict[str, str], secret: dict[str, str]) -> Feed:
    told = {"address": vendor.address, **given}
    return Feed("desk", "from", system, Schedule.read("1 hour"), system, first_day=date(2026, 3, 1), given=told, secret=secret)


def _means(home: Path, waited: list[float]) -> Means:
    return Means(home, wait=waited.append, now=lambda: datetime(2026, 3, 3, 12, tzinfo=UTC))


def _facts(home: Path, *tables: str) -> dict[str, dict[str, Any]]:
    apart = ("load_id", "loaded_at", "customer_key")  # each home has a secret of its own
    return {table: {key: {name: value for name, value in row.items() if name not in apart} for key, row in rows(home, table).items()} for table in tables}


def _went_well(done: Status | None) -> bool:
    return done is not None and done.error is None and not done.behind


TABLES = ("contact", "queue_visit", "segment", "agent_state")


def test_genesys_is_asked_page_by_page_and_again_after_a_limit(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(genesys, "ROWS", 2)
    waited: list[float] = []
    limited = (429, {"Retry-After": "9"}, {"message": "Rate limit exceeded", "code": "too.many.requests", "status": 429})
    with serving(Vendor(_genesys, [limited, (200, {}, b'{"conversations": [{"conv'), (504, {}, b"<html>timeout</html>")])) as vendor:
        feed = _feed("genesys_cloud", vendor, {"login": vendor.address, "client_id": "id"}, {"client_secret": "s3cret"})
        done = run.catch_up(feed, _means(home, waited))
        asked = len(vendor.asked)
        again = run.catch_up(feed, _means(home, waited))
    assert _went_well(done)
    assert _went_well(again)
    assert 9 in waited
    assert 1 < len(vendor.asked) - asked < asked
    load([SYSTEMS / "genesys_cloud" / "samples" / name for name in ("conversation-details.json", "users-details.json")], home=tmp_path / "whole")
    assert _facts(home, *TABLES) == _facts(tmp_path / "whole", *TABLES)


def test_genesys_refuses_a_wrong_secret_in_words_without_it(home: Path) -> None:
    with serving(Vendor(_genesys)) as vendor:
        done = run.catch_up(_feed("genesys_cloud", vendor, {"login": vendor.address, "client_id": "id"}, {"client_secret": "wr0ng-secret"}), _means(home, []))
    said = str(done.error) if done else ""
    assert "invalid_client" in said
    assert "wr0ng-secret" not in said


def test_twilio_is_asked_along_its_next_pages(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twilio, "ROWS", 4)
    waited: list[float] = []
    with serving(Vendor(_twilio, [(429, {}, {"code": 20429, "message": "Too Many Requests", "status": 429}), (500, {}, b"")])) as vendor:
        done = run.catch_up(_feed("twilio_taskrouter", vendor, {"workspace": "WS1", "user": "AC1"}, {"password": "s3cret"}), _means(home, waited))
    assert _went_well(done)
    assert {asked.path for asked in vendor.asked} == {"/v1/Workspaces/WS1/Events"}
    assert len(waited) == 2
    load(SYSTEMS / "twilio_taskrouter" / "samples" / "events.json", home=tmp_path / "whole")
    assert _facts(home, *TABLES) == _facts(tmp_path / "whole", *TABLES)
