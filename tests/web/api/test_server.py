from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
from pytest_django.fixtures import Settings

import nyckeltal
from nyckeltal import server as remote
from nyckeltal.contacts.store import World
from nyckeltal.errors import CannotRead, NotAllowed, UserMistake
from nyckeltal.server import Server
from nyckeltal.web.jobs import worker
from nyckeltal.web.people.models import Token
from web.api import wired

Connected = Callable[..., Server]


@pytest.fixture
def connected(token_of: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> Connected:
    wired.wire(monkeypatch)
    return lambda name, **options: nyckeltal.connect("https://testserver", token_of(name), **options)


def test_a_server_gives_the_same_figures_as_the_own_home(connected: Connected, centre: World) -> None:
    words = {"by": "queue,channel", "per": "month", "start": date(2026, 8, 1), "end": "2026-10", "set": {"within": 30}}
    here = nyckeltal.ask("service_level", facts=centre, now=datetime.now(UTC), **words)
    there = connected("david").ask("service_level", **words)
    assert there.as_dicts() == here.as_dicts()
    assert [figure.known_until for figure in there] == [figure.known_until for figure in here]


def test_a_message_comes_along(connected: Connected) -> None:
    figure = connected("david").ask("service_level", start="2026-10-01", end="2026-10-01")[0]
    assert (figure.value, figure.reason) == (None, "too_few")
    assert str(figure.message).startswith("Rests on")


def test_an_explanation_comes_along(connected: Connected, centre: World) -> None:
    here = nyckeltal.explain("service_level", set={"within": 30}, facts=centre)[0]
    there = connected("david").explain("service_level", set={"within": 30})[0]
    assert {**there.as_dict(), "sql": None} == {**here.as_dict(), "sql": None}


def test_a_table_comes_as_arrow(connected: Connected) -> None:
    table = connected("david").table("contacts_offered", by=["client"])
    assert dict(zip(table.column("client").to_pylist(), table.column("value").to_pylist(), strict=True)) == {"one": 400.0, "two": 200.0}


def test_lists_come_whole(connected: Connected) -> None:
    server = connected("ingrid")
    assert "asa" in [kpi["id"] for kpi in server.catalogue()]
    assert {row["team_id"] for row in server.organisation("team")} == {"nord", "syd"}
    assert server.loads() == []


def test_a_mistake_is_raised_as_at_home_and_says_what_the_server_said(connected: Connected) -> None:
    server = connected("david")
    with pytest.raises(NotAllowed, match="Managers see teams and the company"):
        server.ask("aht", by="agent")
    with pytest.raises(UserMistake, match="cannot be answered") as raised:
        server.ask("aht", by="agnet", flor=3)
    assert {issue.field for issue in raised.value.issues} == {"by", "flor"}
    with pytest.raises(NotAllowed, match="unknown, withdrawn"):
        nyckeltal.connect("https://testserver", "nk_nothing").catalogue()


def test_files_are_sent_and_waited_for(connected: Connected, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = SimpleNamespace(sleep=lambda _s: worker.do_all(), monotonic=time.monotonic)  # the client's waits alone: the store sleeps too, for its lock
    monkeypatch.setattr(remote, "time", waiting)
    file = tmp_path / 'two "lines".csv'
    file.write_text("client_id,name,currency,tz,described\nthree,Three,,Europe/Stockholm,true\n")
    server = connected("ingrid")
    job = server.load(file)
    assert (job["state"], job["mistake"]) == ("done", None)
    assert server.undo(job["load_id"])["kind"] == "undo"


def test_a_server_that_is_asked_too_often_is_waited_for(connected: Connected, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.API_CALLS_PER_MINUTE = 2
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        Token.objects.update(free_at=0)

    monkeypatch.setattr(remote, "time", SimpleNamespace(sleep=sleep, monotonic=time.monotonic))
    server = connected("david")
    assert [len(server.catalogue()) > 0 for _ in range(3)] == [True, True, True]
    assert len(waited) == 1
    assert 1 <= waited[0] <= 30


@pytest.mark.parametrize("url", ["kpi.example.org", "file:///etc/passwd", "ftp://kpi.example.org", ""])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(UserMistake, match=r"https://kpi\.example\.org"):
        nyckeltal.connect(url, "nk_x")


class _Elsewhere(BaseHTTPRequestHandler):
    """A server that is none of ours: it sends people on, or answers something else."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(f"{self.path} {self.headers['Authorization']}")
        if self.path == "/api/catalogue":
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
        else:
            self.send_response(404)
        self.end_headers()

    def do_POST(self) -> None:
        """Closes the door on whoever may not send, without reading all that is sent."""
        if (length := int(self.headers["Content-Length"])) < 1000:
            self.rfile.read(length)
        said = b'{"code": "no", "detail": "You may not load.", "issues": []}'
        self.send_response(403)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_args: object) -> None:
        """Silent."""


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    _Elsewhere.asked = []
    with HTTPServer(("127.0.0.1", 0), _Elsewhere) as served:
        thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{served.server_port}", _Elsewhere.asked
        served.shutdown()
        thread.join()


def test_a_token_does_not_follow_to_another_address(elsewhere: tuple[str, list[str]]) -> None:
    url, asked = elsewhere
    with pytest.raises(UserMistake, match="answered 302 instead of figures"):
        nyckeltal.connect(url, "nk_x").catalogue()
    assert asked == ["/api/catalogue Bearer nk_x"]


def test_a_server_that_is_not_there_is_told_as_that(elsewhere: tuple[str, list[str]]) -> None:
    with pytest.raises(UserMistake, match="answered 404"):
        nyckeltal.connect(elsewhere[0], "nk_x").loads()
    with pytest.raises(CannotRead, match="does not answer"):
        nyckeltal.connect("http://127.0.0.1:9", "nk_x", timeout_s=2).catalogue()


def test_who_may_not_load_is_told_so_also_where_the_server_reads_no_further(elsewhere: tuple[str, list[str]], tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_bytes(b"x" * (20 << 20))
    with pytest.raises(NotAllowed, match="You may not load"):
        nyckeltal.connect(elsewhere[0], "nk_x").load(tmp_path / "calls.csv")


def test_a_file_that_is_not_there_is_told_before_anything_is_sent(elsewhere: tuple[str, list[str]], tmp_path: Path) -> None:
    (tmp_path / "calls.csv").touch()
    server = nyckeltal.connect(elsewhere[0], "nk_x")
    with pytest.raises(CannotRead, match=r"calls\.toml"):
        server.load(tmp_path / "calls.csv", mapping=tmp_path / "calls.toml")
    with pytest.raises(CannotRead, match=r"none\.csv"):
        server.load(tmp_path / "none.csv")


def test_the_client_loads_nothing_heavy() -> None:
    heavy = ("django", "ibis", "duckdb", "pyarrow", "scipy")
    code = f"import sys, nyckeltal; nyckeltal.connect('https://x', 'y'); print([one for one in {heavy} if one in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
