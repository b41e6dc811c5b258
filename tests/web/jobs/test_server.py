"""The server and its worker as the operating system sees them: begun together, ended together, and killed in the middle of things."""

from __future__ import annotations

import http.cookiejar
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from nyckeltal.contacts.store import ContactStore
from nyckeltal.web.jobs import heartbeat
from web.contacts.loading import Form, calls

pytestmark = pytest.mark.slow
PATIENCE_S = 300  # on a machine with other things to do


class Server:
    """`nyckeltal serve` on a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.start()

    def start(self) -> None:
        outside = {name: value for name, value in os.environ.items() if not name.startswith(("NYCKELTAL_", "DATABASE_"))}
        line = [sys.executable, "-m", "nyckeltal.cli.main", "serve", "--home", str(self.home), "--port", str(self.port)]
        with (self.home.parent / "log").open("ab") as log:
            self.process = subprocess.Popen(line, env=outside | {"NYCKELTAL_DEMO": "1"}, stderr=log, stdout=log)
        until(lambda: self._answers() and heartbeat.seen(self.home) is not None)

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.log
        with suppress(OSError):
            return bool(urllib.request.urlopen(f"{self.address}/alive/", timeout=5).read())  # noqa: S310 our own server - our own server
        return False

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.home.parent / "log").read_text(errors="replace")

    def worker(self) -> int:
        """Its process id, once it has shown itself."""
        until(lambda: (heartbeat.seen(self.home) or {}).get("pid"))
        return int((heartbeat.seen(self.home) or {})["pid"])

    def processes(self) -> list[int]:
        found = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True).stdout.split()[2:]
        children = [int(pid) for pid, parent in zip(found[::2], found[1::2], strict=True) if int(parent) == self.process.pid]
        return [self.process.pid, *children]

    def kill(self) -> None:
        """As the power does: no process of it can say goodbye."""
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=60)

    def jobs(self) -> list[tuple[str, str]]:
        with closing(sqlite3.connect(f"file:{self.home}/django.sqlite3?mode=ro", uri=True, timeout=20)) as database:
            return database.execute("SELECT state, stage FROM jobs_job ORDER BY asked_at").fetchall()


class Visitor:
    """A browser that has signed in as the demo's administrator."""

    def __init__(self, server: Server) -> None:
        self.server, self.jar = server, http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        self.get("/sign-in/")
        self.post("/sign-in/demo/administrator/", {})

    def get(self, path: str) -> str:
        with self.opener.open(self.server.address + path, timeout=60) as answer:
            self.at = answer.geturl()
            return str(answer.read().decode())

    def post(self, path: str, words: dict[str, Any]) -> str:
        data = urlencode({**words, "csrfmiddlewaretoken": self.token}, doseq=True).encode()
        return self._post(path, data, "application/x-www-form-urlencoded")

    def _post(self, path: str, data: bytes, kind: str) -> str:
        request = urllib.request.Request(self.server.address + path, data, {"Content-Type": kind, "Referer": self.server.address})  # noqa: S310 our own server
        with self.opener.open(request, timeout=60) as answer:
            self.at = answer.geturl()
            return str(answer.read().decode())

    @property
    def token(self) -> str:
        return next(cookie.value or "" for cookie in self.jar if "csrf" in cookie.name)

    def body(self, text: str) -> tuple[bytes, str]:
        mark = uuid.uuid4().hex
        head = f'--{mark}\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{self.token}\r\n--{mark}\r\n'
        head += 'Content-Disposition: form-data; name="files"; filename="samtal.csv"\r\nContent-Type: text/csv\r\n\r\n'
        return head.encode() + text.encode() + f"\r\n--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"

    def send(self, text: str) -> None:
        """Send the file and hand it over to be loaded."""
        page = self._post("/loads/send/", *self.body(text))
        self.post(re.sub(r"^https?://[^/]+", "", self.at) + "change/", {**Form(page).values, "client": "nordkraft", "zone": "Europe/Stockholm", "do": "load"})


def until(holds: Callable[[], Any]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def lives(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    started = Server(tmp_path / "home")
    yield started
    if started.process.poll() is None:
        started.stop()


def test_begun_together_used_by_many_while_a_load_runs_and_ended_together(server: Server) -> None:
    everyone = {*server.processes(), server.worker()}
    _clicked_by_many(server, 20 if os.environ.get("NYCKELTAL_SOAK") == "1" else 6)
    first = server.worker()
    os.kill(first, signal.SIGKILL)  # a worker that dies is begun again
    until(lambda: server.worker() != first and lives(server.worker()))
    everyone |= {*server.processes(), server.worker()}
    server.stop()
    assert server.process.returncode == 0
    until(lambda: not any(map(lives, everyone)))
    assert heartbeat.seen(server.home) is None
    assert "locked" not in server.log
    assert "Traceback" not in server.log


def _clicked_by_many(server: Server, many: int) -> None:
    people = [Visitor(server) for _ in range(many)]
    people[0].send(calls(10_000))

    def click(visitor: Visitor) -> bool:
        for path in ("/loads/", "/kpis/", "/loads/"):
            visitor.get(path)
        visitor.post("/theme/", {"theme": "dark", "next": "/loads/"})  # writes
        return True

    with ThreadPoolExecutor(many) as crowd:
        assert all(crowd.map(click, people))
    until(lambda: [state for state, _ in server.jobs()] == ["done"])


def test_killed_in_the_middle_of_an_upload_and_of_a_load_it_loses_nothing_and_counts_nothing_twice(server: Server) -> None:
    with closing(_half_sent(server)):
        server.kill()
    server.start()
    until(lambda: not any((server.home / "uploads").iterdir()))
    visitor = Visitor(server)
    assert "Nothing has come in yet" in visitor.get("/loads/")
    visitor.send(calls(10_000))
    until(lambda: any(state == "running" and stage for state, stage in server.jobs()))
    server.kill()
    server.start()
    until(lambda: [state for state, _ in server.jobs()] == ["done"])
    rows = [row for row in ContactStore(server.home).loads().to_pylist() if row["state"] == "loaded" and row["files"]]
    assert [row["files"] for row in rows] == ["samtal.csv"]
    assert '"new": 10000' in rows[0]["counts"]
    assert "All of it is in" in Visitor(server).get(visitor.at.removeprefix(server.address))
    until(lambda: not any((server.home / "uploads").iterdir()))
    everyone = {*server.processes(), server.worker()}
    server.process.kill()  # the server alone: its own do not live on
    server.process.wait()
    until(lambda: not any(map(lives, everyone)))


def _half_sent(server: Server) -> HTTPConnection:
    """A browser that is in the middle of sending a file."""
    visitor = Visitor(server)
    body, kind = visitor.body(calls(40_000))
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.putrequest("POST", "/loads/send/")
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in visitor.jar)
    for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), "Cookie": cookies, "Referer": server.address}.items():
        connection.putheader(name, value)
    connection.endheaders()
    connection.send(body[: len(body) // 2])
    arriving = server.home / "uploads"
    until(lambda: arriving.exists() and any(arriving.iterdir()))
    return connection
