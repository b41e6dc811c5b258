"""Asking Amazon Connect's bucket, Genesys Cloud and Twilio: a small server answers in the shapes, with the limits and the faults that they document."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from fake_switches import RECORDS, SYSTEMS, Answer, Asked, bucket_answers, genesys_answers, stored, twilio_answers
from fake_vendor import Repeating
from nyckeltal.sources.load import LoadReport, load
from nyckeltal.sources.pull import fetch, run
from nyckeltal.sources.pull.means import Means
from nyckeltal.sources.pull.schedule import Schedule
from nyckeltal.sources.pull.sources import Feed
from nyckeltal.sources.pull.status import Status
from nyckeltal.sources.pull.vendor import Page
from nyckeltal.sources.pull.web import HttpWeb
from nyckeltal.sources.systems.amazon_connect import pull as amazon
from nyckeltal.sources.systems.amazon_connect.signature import signer
from nyckeltal.sources.systems.genesys_cloud import pull as genesys
from nyckeltal.sources.systems.twilio_taskrouter import pull as twilio
from tables import rows


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
        disable_nagle_algorithm = True  # as in fake_vendor

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


def _feed(system: str, vendor: Vendor, given: dict[str, str], secret: dict[str, str]) -> Feed:
    told = {"address": vendor.address, **given}
    return Feed("desk", "from", system, Schedule.read("1 hour"), system, first_day=date(2026, 3, 1), given=told, secret=secret)


def _means(home: Path, waited: list[float]) -> Means:
    return Means(home, wait=waited.append, now=lambda: datetime(2026, 3, 3, 12, tzinfo=UTC))


def _facts(home: Path, *tables: str) -> dict[str, dict[str, Any]]:
    apart = ("load_id", "loaded_at", "customer_key", "customer_hash")  # each home has a secret of its own
    return {table: {key: {name: value for name, value in row.items() if name not in apart} for key, row in rows(home, table).items()} for table in tables}


def _went_well(done: Status | None) -> bool:
    return done is not None and done.error is None and not done.behind


TABLES = ("contact", "queue_visit", "segment", "agent_state")


def test_genesys_is_asked_page_by_page_and_again_after_a_limit(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(genesys, "ROWS", 2)
    waited: list[float] = []
    limited = (429, {"Retry-After": "9"}, {"message": "Rate limit exceeded", "code": "too.many.requests", "status": 429})
    with serving(Vendor(genesys_answers, [limited, (200, {}, b'{"conversations": [{"conv'), (504, {}, b"<html>timeout</html>")])) as vendor:
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


def test_a_day_of_genesys_cut_short_goes_on_after_the_last_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a day with more than one catch-up can take would never end."""
    monkeypatch.setattr(genesys, "ROWS", 1)
    until = datetime(2026, 3, 3, 12, tzinfo=UTC)

    def asked(cursor: Mapping[str, str]) -> list[Page]:
        given = {"login": vendor.address, "client_id": "id", "client_secret": "s3cret", "from": "2026-03-01"}
        return list(genesys.GenesysCloudPull().pages(HttpWeb([vendor.address]), given, cursor, until))

    with serving(Vendor(genesys_answers)) as vendor:
        whole = asked({})
        assert len({page.kind for page in whole}) == 2
        for number, page in enumerate(whole, 1):
            assert asked(page.cursor) == whole[number:]


@pytest.mark.parametrize(
    ("module", "answers", "given", "at_least"),
    [
        (genesys, genesys_answers, {"client_id": "id", "client_secret": "s3cret"}, 4),
        (twilio, twilio_answers, {"workspace": "WS1", "user": "AC1", "password": "s3cret"}, 10),
    ],
)
def test_a_page_that_comes_twice_hides_nothing(
    module: Any, answers: Callable[[Vendor, Asked], Answer], given: dict[str, str], at_least: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ROWS", 2)
    pull = genesys.GenesysCloudPull() if module is genesys else twilio.TwilioTaskRouterPull()
    until = datetime(2026, 3, 3, 12, tzinfo=UTC)
    with serving(Vendor(answers)) as vendor:
        told = {**given, "login": vendor.address, "from": "2026-03-01"}
        web = Repeating(HttpWeb([vendor.address]))
        assert list(pull.pages(web, told, {}, until)) == list(pull.pages(HttpWeb([vendor.address]), told, {}, until))
    assert web.repeated >= at_least


@pytest.mark.parametrize("changes", [True, False], ids=["somebody changes", "nobody changes"])
def test_the_presence_of_the_day_before_that_is_given_once_more_hides_no_day_and_one_that_stays_is_no_mistake(changes: bool) -> None:
    def daily(vendor: Vendor, asked: Asked) -> Answer:
        if "users" not in asked.path:
            return genesys_answers(vendor, asked) if asked.path == "/oauth/token" else (200, {}, {"totalHits": 0})
        day = json.loads(asked.body)["interval"][:10] if changes else "2026-02-27"
        return 200, {}, {"userDetails": [{"userId": "anna", "primaryPresence": [{"startTime": f"{day}T08:00:00.000Z", "systemPresence": "OFFLINE"}]}]}

    until = datetime(2026, 3, 4, 12, tzinfo=UTC)
    with serving(Vendor(daily)) as vendor:
        given = {"login": vendor.address, "client_id": "id", "client_secret": "s3cret", "from": "2026-03-01"}
        web = Repeating(HttpWeb([vendor.address]), in_between=True)
        told = list(genesys.GenesysCloudPull().pages(web, given, {}, until))
        assert told == list(genesys.GenesysCloudPull().pages(HttpWeb([vendor.address]), given, {}, until))
    assert len(told) == 4


def test_genesys_refuses_a_wrong_secret_in_words_without_it(home: Path) -> None:
    with serving(Vendor(genesys_answers)) as vendor:
        done = run.catch_up(_feed("genesys_cloud", vendor, {"login": vendor.address, "client_id": "id"}, {"client_secret": "wr0ng-secret"}), _means(home, []))
    said = str(done.error) if done else ""
    assert "invalid_client" in said
    assert "wr0ng-secret" not in said


def test_twilio_is_asked_along_its_next_pages(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twilio, "ROWS", 4)
    waited: list[float] = []
    with serving(Vendor(twilio_answers, [(429, {}, {"code": 20429, "message": "Too Many Requests", "status": 429}), (500, {}, b"")])) as vendor:
        done = run.catch_up(_feed("twilio_taskrouter", vendor, {"workspace": "WS1", "user": "AC1"}, {"password": "s3cret"}), _means(home, waited))
    assert _went_well(done)
    assert {asked.path for asked in vendor.asked} == {"/v1/Workspaces/WS1/Events"}
    assert len(waited) == 2
    load(SYSTEMS / "twilio_taskrouter" / "samples" / "events.json", home=tmp_path / "whole")
    assert _facts(home, *TABLES) == _facts(tmp_path / "whole", *TABLES)


def _connect(vendor: Vendor, days: str = "%Y/%m/%d/") -> Feed:
    given = {"region": "eu-north-1", "folder_in_bucket": "connect/", "days": days, "key_id": "AKIA1"}
    return _feed("amazon_connect", vendor, given, {"key_secret": "s3cret/key"})


def test_a_request_is_signed_as_amazon_documents_it() -> None:
    signed = signer("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1", lambda: datetime(2013, 5, 24, tzinfo=UTC))
    told = signed("GET", "https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J", None)["Authorization"]
    assert told.endswith("Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")


def test_amazon_connect_is_read_out_of_its_bucket_day_by_day(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(amazon, "OBJECTS", 3)
    slow: Answer = (503, {}, b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>")
    cut: Answer = (200, {}, b'<?xml version="1.0"?><ListBucketResult><Contents><Key>connect/20')
    objects, waited = stored(), list[float]()
    with serving(Vendor(bucket_answers(objects), [slow, cut])) as vendor:
        done = run.catch_up(_connect(vendor), _means(home, waited))
        asked = len(vendor.asked)
        late = "connect/2026/03/02/08/stream-1-00"  # written after a day of trying; its name comes before those that were read
        objects[late] = (datetime(2026, 3, 3, 12, 5, tzinfo=UTC), json.dumps(RECORDS[0] | {"ContactId": "late"}).encode())
        means = _means(home, waited)
        again = run.catch_up(_connect(vendor), Means(home, wait=waited.append, now=lambda: means.now() + timedelta(minutes=10)))
    assert _went_well(done)
    assert _went_well(again)
    assert len(waited) == 2
    assert [asked.path[-2:] for asked in vendor.asked[asked:] if asked.path != "/"] == ["00"]
    assert "late" in rows(home)
    load([SYSTEMS / "amazon_connect" / "samples" / name for name in ("contact-records.json", "agent-events.jsonl")], home=tmp_path / "whole")
    facts, whole = _facts(home, *TABLES), _facts(tmp_path / "whole", *TABLES)
    assert {name: {key: row for key, row in of.items() if key != "late"} for name, of in facts.items()} == whole


def test_a_catch_up_that_was_cut_short_goes_on_after_the_last_object(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "BATCH_PAGES", 1)
    objects, over = stored(), [0.0]

    def slowly(*files: Any, **options: Any) -> LoadReport:
        over[0] += 700  # more than the ten minutes of a catch-up
        return load(*files, **options)

    with serving(Vendor(bucket_answers(objects))) as vendor:
        hurried = run.catch_up(_connect(vendor), Means(home, load=slowly, wait=lambda _: None, now=_means(home, []).now, clock=lambda: over[0]))
        first = [asked.path for asked in vendor.asked if asked.path != "/"]
        done = run.catch_up(_connect(vendor), _means(home, []))
    assert hurried is not None
    assert hurried.behind
    assert _went_well(done)
    read = [unquote(asked.path[1:]) for asked in vendor.asked if asked.path != "/"]
    assert len(first) < len(read)
    assert sorted(read) == sorted(key for key, (_, content) in objects.items() if content)


def test_the_bucket_refuses_in_words_and_a_folder_without_a_day_is_a_mistake(home: Path) -> None:
    expired: Answer = (400, {}, b"<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>")
    with serving(Vendor(bucket_answers({}), [expired])) as vendor:
        refused = run.catch_up(_connect(vendor), _means(home, []))
        nameless = run.catch_up(_connect(vendor, days="all/"), _means(home, []))
    assert refused is not None
    assert "The provided token has expired." in str(refused.error)
    assert nameless is not None
    assert "“all/” names no day" in str(nameless.error)
