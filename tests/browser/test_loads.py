"""A file from its sending to its undoing, with script and without; each page on the way looked at in both colours and at the narrowest width."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from browser.conftest import Visit
from browser.objections import in_both_colours

if TYPE_CHECKING:
    from playwright.sync_api import Page

SOAK = os.environ.get("NYCKELTAL_SOAK") == "1"
HEADER = "Samtal;Samtal start;Kö;Kötid;Handläggare;Avslut"
ENDS = ("Besvarad", "Tappad", "Felringd")
PATIENCE = 200  # looks, half a second each: the machine may have other things to do
LONG_AGO = "01.10.2020"  # before everything in the demo
Look = Callable[["Page", str], None]


def _calls() -> str:
    rows = [f"{at};{LONG_AGO} 08:{at % 60:02}:14;Faktura;00:00:{at % 60:02};elli;{ENDS[at % 3]}" for at in range(1, 61)]
    rows[3] = rows[3].replace(LONG_AGO, "31.09.2020")
    return "\n".join([HEADER, *rows, ""])


def _axe(page: Page, name: str) -> None:
    """In both colours, and at the narrowest width."""
    assert in_both_colours(page) == {"dark": [], "light": []}, name
    wide = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 700})
    _narrow(page, name)
    page.set_viewport_size(wide or {"width": 1440, "height": 900})


def _narrow(page: Page, name: str) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, name


def _sent(page: Page, file: Path) -> None:
    page.locator("#files").first.set_input_files(file)
    page.get_by_role("button", name="Look at it").first.click()
    expect(page.get_by_role("heading", name="What do the columns mean?")).to_be_visible()


def _loaded(page: Page, *, script: bool) -> None:
    page.get_by_role("button", name="Load", exact=True).click()
    for _ in range(PATIENCE):
        if page.get_by_role("heading", name="What became of the rows").count():
            return
        if script:
            page.wait_for_timeout(500)
        elif page.get_by_role("link", name="Look again").count():
            page.wait_for_timeout(500)
            page.get_by_role("link", name="Look again").click()
    pytest.fail(page.locator("main").inner_text())


def _undone(page: Page, *, script: bool) -> None:
    page.get_by_role("button", name="Undo this load").click()
    for _ in range(PATIENCE):
        if page.get_by_role("heading", name="What came back").count():
            break
        if not script and page.get_by_role("link", name="Look again").count():
            page.get_by_role("link", name="Look again").click()
        page.wait_for_timeout(500)
    expect(page.locator(".lead")).to_contain_text("Taken back")


WITHOUT = pytest.param("narrow", False, _narrow, marks=pytest.mark.skipif(not SOAK, reason="the same; tests/web sends files without script"))


@pytest.mark.parametrize(("view", "script", "look"), [("desktop", True, _axe), WITHOUT], ids=["with script", "without, at 320 px"])
def test_a_file_is_sent_understood_loaded_mended_and_taken_back(visit: Visit, tmp_path: Path, view: str, script: bool, look: Look) -> None:
    page = visit("/loads/", role="administrator", view=view, script=script)
    look(page, "list")
    page.goto("/sources/")
    look(page, "sources")
    page.goto("/sources/same/rule/")
    look(page, "rule")
    page.goto("/loads/")
    file = tmp_path / f"samtal-{view}.csv"
    file.write_text(_calls(), encoding="utf-8")
    _sent(page, file)
    page.get_by_label("Felringd").select_option(label="leave these rows out")
    page.get_by_label("Client", exact=True).fill("polartel")
    if not script:
        page.get_by_role("button", name="Look again").click()
    expect(page.locator("#first")).to_contain_text("Left out, as you said")
    expect(page.locator("#first")).to_contain_text("1 of 60 rows would be refused")
    look(page, "columns")
    _loaded(page, script=script)
    first = page.url
    expect(page.locator(".lead")).to_contain_text("but for one row that was refused")
    look(page, "load")
    _mended(page, tmp_path / f"mended-{view}.csv", script=script)
    page.goto(first)
    _undone(page, script=script)
    look(page, "undone")


def _mended(page: Page, mended: Path, *, script: bool) -> None:
    """The refused row comes again, mended; and is taken back."""
    with page.expect_download() as refused:
        page.get_by_role("link", name="Get these rows").click()
    mended.write_text(refused.value.path().read_text(encoding="utf-8-sig").replace("31.09.2020", "30.09.2020"), encoding="utf-8")
    page.locator("summary", has_text="Send the mended rows").click()
    _sent(page, mended)
    expect(page.locator("main")).to_contain_text("These are the columns of")
    _loaded(page, script=script)
    expect(page.locator(".lead")).to_contain_text("All of it is in")
    _undone(page, script=script)
