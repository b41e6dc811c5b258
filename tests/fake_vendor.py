"""A vendor on this machine that behaves as vendors are documented to, and as they behave: pages, limits, faults, second thoughts."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from nyckeltal.sources import tabular
from nyckeltal.sources.mapping_file import read_mapping
from nyckeltal.sources.pull.vendor import Given, Page, Web
from nyckeltal.sources.reading import Reading, Setting
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb

SECRET = "s3cret/with+signs"
LOGIN = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><form action='/login?next=%2Fapi'>Password</form></body></html>"
SAID: Mapping[str, Callable[[], tuple[int, dict[str, str], bytes]]] = {
    "429": lambda: (429, {"Retry-After": "7"}, b'{"error":"slow down"}'),
    "429 date": lambda: (429, {"Retry-After": format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)}, b"slow down"),
    "elsewhere": lambda: (302, {"Location": "https://elsewhere.example/"}, b""),
    "half": lambda: (200, {}, b'{"calls": [{"id": "c00'),
    "odd": lambda: (200, {}, b'{"kalls": []}'),
    "html": lambda: (200, {"Content-Type": "text/html"}, LOGIN),
    "empty": lambda: (200, {}, b""),
    "nothing": lambda: (200, {}, b"{}"),
}


@dataclass
class FakeVendor:
    """Its calls, and the faults with which it answers next, one a request: a status, `truncated`, `dropped`, `repeat`, or one of SAID."""

    calls: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    said: list[bytes] = field(default_factory=list)
    page: int = 4
    address: str = ""
    last: bytes = b""

    def took(self, number: int, moment: str, *, wait_s: int = 10, updated: str | None = None, outcome: str = "answered") -> None:
        """A call, or what the vendor says of it by now."""
        name = f"c{number:04}"
        self.calls[name] = {"id": name, "at": moment, "wait": wait_s, "outcome": outcome, "updated": updated or moment}

    def answer(self, path: str) -> dict[str, Any]:
        """A page of what changed at or after `since`, oldest first, after the given place."""
        asked = parse_qs(urlsplit(path).query)
        since, place = asked.get("since", [""])[0], asked.get("after", [""])[0]
        found = sorted((call for call in self.calls.values() if call["updated"] >= since), key=lambda call: (call["updated"], call["id"]))
        rest = [call for call in found if f"{call['updated']}|{call['id']}" > place]
        page = rest[: self.page]
        end = f"{page[-1]['updated']}|{page[-1]['id']}" if page else place
        return {"calls": page, "end": end, "more": len(rest) > len(page)}

    def reply(self, path: str, _signed: str, _body: str) -> tuple[int, dict[str, str], bytes]:
        """The same as status, headers and body."""
        return 200, {}, json.dumps(self.answer(path)).encode()


@contextmanager
def serving(vendor: FakeVendor) -> Iterator[FakeVendor]:
    """The vendor on a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # head and body go out by themselves: the second would wait for the first to be acknowledged

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the library's own name
            """Silent."""

        def do_POST(self) -> None:
            vendor.said.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            self.do_GET()

        def do_GET(self) -> None:
            vendor.asked.append(self.path)
            vendor.tokens.append(self.headers.get("Authorization", ""))
            fault = vendor.faults.pop(0) if vendor.faults else ""
            if fault == "dropped":
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
            status, headers, body = self._content(fault)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if fault == "truncated" else body)
            self.close_connection = fault == "truncated"

        def _content(self, fault: str) -> tuple[int, dict[str, str], bytes]:
            if fault in SAID:
                return SAID[fault]()
            if fault.isdigit():
                return int(fault), {}, f'{{"error":"no, {SECRET} is wrong"}}'.encode()
            if fault == "moved":
                return 302, {"Location": self.path + "&moved=1"}, b""
            if fault == "repeat" and self._is_before():
                return 200, {}, vendor.last
            status, headers, vendor.last = vendor.reply(self.path, vendor.tokens[-1], vendor.said[-1].decode() if self.command == "POST" else "")
            return status, headers, vendor.last

        def _is_before(self) -> bool:
            """Whether what was told last is of before this place: no vendor repeats what comes later."""
            place = parse_qs(urlsplit(self.path).query).get("after", [""])[0]
            return bool(vendor.last) and json.loads(vendor.last)["end"] <= place

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    vendor.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield vendor
    finally:
        server.shutdown()
        server.server_close()


class Repeating:
    """The network of a vendor that gives a page once more, and only then the one that was asked for: also where something else was asked in between."""

    def __init__(self, web: Web, in_between: bool = False) -> None:
        self.web, self.sign, self.sign_each, self.read, self.in_between = web, web.sign, web.sign_each, web.read, in_between
        self.last: dict[str, object] = {}
        self.repeated = 0
        self._again = ""

    def get(self, path: str, params: Any = None) -> object:
        return self._answer(path, lambda: self.web.get(path, params))

    def post(self, path: str, *, json: object = None, form: Mapping[str, str] | None = None) -> object:
        return self._answer(path, lambda: self.web.post(path, json=json, form=form))

    def _answer(self, path: str, ask: Callable[[], object]) -> object:
        where = urlsplit(path).path.lstrip("/")
        before = self.last.get(where)
        if self._again != where and "[{" in json.dumps(before):  # who can tell that nothing is told once more?
            self._again, self.repeated = where, self.repeated + 1
            return before
        self.last = {**(self.last if self.in_between else {}), where: ask()}
        self._again = ""
        return self.last[where]


class FakePull:
    """Asks it as its documentation says."""

    given: Sequence[Given] = (
        Given("address", Text("test.address", "Address"), "https://example.com"),
        Given("token", Text("test.token", "Token"), "abc", secret=True),
    )
    look_back = timedelta(0)

    def pages(self, web: Web, given: Mapping[str, str], cursor: Mapping[str, str], until: datetime) -> Iterator[Page]:
        web.sign({"Authorization": f"Bearer {given['token']}"})
        after = cursor.get("after", "")
        while True:
            found: Any = web.get("/calls", {"since": given["from"], "after": after, "key": given["token"]})
            if found["calls"]:
                after = max(after, found["end"])
                yield Page("calls", found, {"after": after})
            if not found["more"]:
                return


class FakeSystem:
    """Reads its pages by the ordinary way of tables."""

    name = "fake"
    title = Text("test.fake", "A vendor made up for tests")
    pull = FakePull()

    def recognises(self, file: Path) -> bool:
        return file.read_bytes().startswith(b'{"calls"')

    def read(self, con: duckdb.DuckDBPyConnection, files: Sequence[Path], setting: Setting) -> Reading:
        table = setting.folder / "calls.jsonl"
        calls = [call for file in files for call in json.loads(file.read_text())["calls"]]
        table.write_text("".join(json.dumps(call) + "\n" for call in calls))
        mapping, issues = read_mapping(MAPPING | {"fact": {"kind": "contact", "client": setting.client or "shop", "source": setting.source}})
        return tabular.read_tables(con, [table], mapping, issues, setting)


MAPPING: dict[str, Any] = {
    "file": {"zone": "UTC"},
    "key": {"columns": ["id"], "changed_at": "updated"},
    "columns": {
        "channel": {"is": "voice"},
        "offered_at": "at",
        "wait_s": "wait",
        "outcome": {"from": "outcome", "values": {"answered": "answered", "abandoned": "abandoned"}},
    },
}
__all__ = ["SECRET", "FakePull", "FakeSystem", "FakeVendor", "Repeating", "serving"]
