"""The web product while twenty people click: the real server on a port of its own, people of four roles who follow the links they are shown."""

from __future__ import annotations

import os
import random
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, build_opener

PASSWORD = "twenty people who click"  # noqa: S105 - of made-up people in a folder that is thrown away
CAST = {  # which agent or clients they are; `leader3` leads a team of the made-up organisation
    "manager": {},
    "leader": {"agent_id": "leader3"},
    "agent": {"agent_id": "a111"},
    "client": {"client_ids": ["c3"]},
}
MAKE = """
from nyckeltal.web.people.actions import create_person
for role, about in {cast!r}.items():
    create_person(role, roles=[role], password={password!r}, **about)
"""
LEFT_ALONE = ("/static/", "/api/", "/sign-out/", "/explore/export/", "/account/", "/welcome/")
MOST_PAGES = 15  # that one role looks at


@dataclass(frozen=True)
class View:
    """One page as one person got it: how long the server took, as seen on the same machine."""

    role: str
    page: str
    seconds: float
    failed: bool


@dataclass
class Clicked:
    """The first views, and those after them."""

    workers: int
    people: int
    first: list[View] = field(default_factory=list)
    later: list[View] = field(default_factory=list)


class Visitor:
    """Somebody with a browser's cookies."""

    def __init__(self, address: str, role: str) -> None:
        self.address, self.role = address, role
        self.open = build_opener(HTTPCookieProcessor(CookieJar())).open

    def sign_in(self) -> None:
        page = self.read("/sign-in/")
        (token,) = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[:1]
        said = urlencode({"csrfmiddlewaretoken": token, "username": self.role, "password": PASSWORD, "next": ""}).encode()
        try:
            answer = self.open(self.address + "/sign-in/", said, timeout=120)
        except HTTPError as failed:  # the page that follows: it is counted among the failed when it is looked at
            answer = failed
        with answer:
            if answer.url.endswith("/sign-in/"):
                raise SystemExit(f"{self.role} could not sign in.")

    def look(self, page: str) -> tuple[View, list[str]]:
        """The page, and which pages it leads to."""
        began = time.perf_counter()
        try:
            text, failed = self.read(page), False
        except (HTTPError, URLError, TimeoutError):
            text, failed = "", True
        return View(self.role, page, time.perf_counter() - began, failed), _links(text, page)

    def read(self, page: str) -> str:
        with self.open(self.address + page, timeout=120) as answer:
            found: str = answer.read().decode()
            return found


def _links(text: str, page: str) -> list[str]:
    """Addresses in the order of the page, each once, without what is no page."""
    found = (urljoin(page, unescape(link)).partition("#")[0] for link in re.findall(r'<a\b[^>]*?\bhref="([^"]+)"', text))
    return [link for link in dict.fromkeys(found) if link.startswith("/") and not link.startswith(LEFT_ALONE)]


def clicked(home: Path, people: int, seconds: float) -> Clicked:
    """Each role is shown around once; then so many people click for so long on pages that have been seen before."""
    print("people clicking", file=sys.stderr)
    workers = os.cpu_count() or 1
    clicks = Clicked(workers, people)
    _introduce(home)
    with _server(home, workers) as address:
        seen = {}
        for role in CAST:
            visitor = Visitor(address, role)
            visitor.sign_in()
            views = _shown_around(visitor)
            clicks.first += views
            seen[role] = [view.page for view in views if not view.failed]
        _warm(address, seen, workers)
        clicks.later = _click(address, seen, people, seconds)
    return clicks


def _introduce(home: Path) -> None:
    environment = os.environ | {"NYCKELTAL_HOME": str(home), "DJANGO_SETTINGS_MODULE": "nyckeltal.web.settings"}
    script = MAKE.format(cast=CAST, password=PASSWORD)
    for command in (("migrate", "--verbosity=0"), ("shell", "-v0", "-c", script)):
        ran = subprocess.run([sys.executable, "-m", "django", *command], env=environment, capture_output=True, text=True, check=False)
        if ran.returncode:
            raise SystemExit(ran.stderr)


@contextmanager
def _server(home: Path, workers: int) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    said = ("serve", "--home", str(home), "--port", str(port), "--workers", str(workers))
    process = subprocess.Popen([sys.executable, "-m", "nyckeltal.cli.main", *said], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(60)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 180
    while time.monotonic() < until and process.poll() is None:
        try:
            Visitor(address, "nobody").read("/sign-in/")
        except (URLError, OSError):
            time.sleep(0.5)
        else:
            return
    raise SystemExit("The server did not start.")


def _shown_around(visitor: Visitor) -> list[View]:
    """What is reached from the first page, breadth first; of pages that differ in their questions alone the first few."""
    waiting, met, views = ["/"], {"/"}, []
    kinds: dict[str, int] = {}
    while waiting and len(views) < MOST_PAGES:
        page = waiting.pop(0)
        view, links = visitor.look(page)
        views.append(view)
        for link in links:
            kind = page_kind(link)
            if link not in met and kinds.get(kind, 0) < 3:
                met.add(link)
                kinds[kind] = kinds.get(kind, 0) + 1
                waiting.append(link)
    return views


def page_kind(page: str) -> str:
    """The page without its question, and without whom or what it is about."""
    parts = page.partition("?")[0].strip("/").split("/")
    return "/" + "/".join([parts[0], *("…" for _ in parts[1:])]).rstrip("/")


def _warm(address: str, seen: dict[str, list[str]], workers: int) -> None:
    """Every process of the server has its first view of every page: asked so often that each is likely to have had its turn."""
    for role, pages in seen.items():
        visitor = Visitor(address, role)
        visitor.sign_in()
        for page in pages * (workers if workers > 1 else 0):
            visitor.look(page)


def _click(address: str, seen: dict[str, list[str]], people: int, seconds: float) -> list[View]:
    """All have signed in before the first clicks: checking a password takes as long as many pages, on purpose."""
    visitors = [Visitor(address, list(CAST)[number % len(CAST)]) for number in range(people)]
    for visitor in visitors:
        visitor.sign_in()
    views: list[View] = []
    until = time.monotonic() + seconds
    threads = [threading.Thread(target=_one_person, args=(visitor, seen[visitor.role], number, until, views)) for number, visitor in enumerate(visitors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return views


def _one_person(visitor: Visitor, pages: list[str], number: int, until: float, views: list[View]) -> None:
    """Looks at a page, reads for two to six seconds, clicks on."""
    chance = random.Random(number)
    while time.monotonic() < until:
        time.sleep(chance.uniform(2, 6))
        view, _ = visitor.look(chance.choice(pages))
        views.append(view)
