"""A browser before the demo as a customer starts it: the command, its server and its data, in a home of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from components import DEMO_SCALE, absent, chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, StorageState

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_S = 300
VIEWS = {"desktop": (1440, 900), "phone": (390, 844), "narrow": (320, 700)}

Visit = Callable[..., "Page"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys need a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = chromium()
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        absent("Playwright is not installed.")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def server(browser: Browser, demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`nyckeltal demo`, small; its address once it answers. Waits for the browser so that nothing is simulated in vain."""
    folder = tmp_path_factory.mktemp("browser")
    shutil.copytree(demo_home, folder / "home")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("NYCKELTAL_", "DJANGO_", "DATABASE_"))}
    command = [sys.executable, "-m", "nyckeltal.cli.main", "demo", "--home", str(folder / "home"), "--scale", DEMO_SCALE, "--port", str(port), "--no-browser"]
    with (folder / "log").open("wb") as log:
        running = subprocess.Popen(command, env=outside, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, running, folder / "log")
        yield address
    finally:
        running.terminate()
        running.wait(timeout=30)


def _wait(address: str, running: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and running.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/alive/", timeout=2).read()  # noqa: S310 - our own server
        except OSError:
            time.sleep(0.3)
        else:
            return
    pytest.fail(f"The demo did not start.\n{log.read_text(errors='replace')[-3000:]}", pytrace=False)


def _signed_in(page: Page, role: str) -> None:
    page.goto("/sign-in/")
    page.click(f"form[action='/sign-in/demo/{role}/'] button")
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def _in_english(page: Page) -> bool:
    """An account keeps the language and colours that an earlier journey chose; whether there was anything to put back."""
    document = page.locator("html")
    if document.get_attribute("lang") == "en" and not document.get_attribute("data-theme"):
        return False
    page.goto("/account/")
    page.locator("#id_language").select_option("")
    page.locator("#id_theme").select_option("")
    page.locator("form:has(#id_language) button").click()
    return True


@pytest.fixture(scope="session")
def keys() -> dict[str, StorageState]:
    """The cookies of each role that has signed in: who came once needs not pass the door again."""
    return {}


@pytest.fixture
def visit(browser: Browser, server: str, keys: dict[str, StorageState]) -> Iterator[Visit]:
    """Opens the house in a given view, colours, role and language; fails afterwards where the browser complained of anything."""
    open_ones: list[BrowserContext] = []
    complaints: list[str] = []

    def entered(page: Page, role: str, path: str) -> None:
        if role in keys:
            page.goto(path)
        if role not in keys or "/sign-in/" in page.url:  # signed out by an earlier journey
            _signed_in(page, role)
            keys[role] = page.context.storage_state()
            page.goto(path)
        if _in_english(page):
            page.goto(path)

    def opened(path: str = "/kpis/", role: str | None = "manager", view: str = "desktop", scheme: str = "light", *, script: bool = True) -> Page:
        width, height = VIEWS[view]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            java_script_enabled=script,
            base_url=server,
            locale="en-GB",
            storage_state=keys.get(role or ""),
        )
        open_ones.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if role:
            entered(page, role, path)
        else:
            page.goto("/sign-in/")
        return page

    yield opened
    for context in open_ones:
        context.close()
    assert complaints == []
