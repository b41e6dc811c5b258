"""Every page in every view, both colours: nothing beyond the edge, nothing that axe objects to, nothing the browser complains of, not too heavy."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from browser.conftest import VIEWS, Visit
from browser.objections import in_both_colours, objections

if TYPE_CHECKING:
    from playwright.sync_api import Page

PAGES = {
    "service": "/customer-service/",
    "list": "/kpis/",
    "explained": "/kpis/service_level/",
    "handling": "/kpis/aht/",
    "explore": "/explore/",
    "clients": "/explore/?kpi=service_level&by=client&per=month",
    "reasons": "/explore/?kpi=contacts_offered&by=reason2",
    "hours": "/explore/?kpi=asa&by=hour",
    "two": "/explore/?kpi=contacts_handled&by=client&and_by=channel",
    "wrong": "/explore/?kpi=aht&first=2026-10-02&last=2026-10-01",
    "who": "/who-sees-what/",
}
SOAK = os.environ.get("NYCKELTAL_SOAK") == "1"
STARTS = {"leader": "Team", "agent": "My figures", "client": "Our service", "representative": "Who sees what", "administrator": "Loads"}
OF_ALL = ("/kpis/service_level/", "/explore/")
FIRST_VIEW, LATER = 60_000, 25_000  # bytes over the wire (frontend.md)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_is_in_order_in_both_colours_and_all_widths(visit: Visit, name: str) -> None:
    page = visit(PAGES[name])
    wrong = in_both_colours(page)
    for view, (width, height) in VIEWS.items():
        page.set_viewport_size({"width": width, "height": height})
        reaches = page.evaluate("document.documentElement.scrollWidth")
        wrong[view] = [f"reaches to {reaches} px"] if reaches > width else []
        wrong[view] += [f"overlap: {pair}" for pair in _overlaps(page)]
    assert {where: objections for where, objections in wrong.items() if objections} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_has_no_objection_to_the_door(visit: Visit, scheme: str) -> None:
    assert objections(visit(role=None, scheme=scheme)) == []


@pytest.mark.parametrize("role", STARTS)
def test_each_role_begins_at_its_own_page_and_finds_its_pages_in_order(visit: Visit, role: str) -> None:
    page = visit("/", role=role, view="phone", scheme="dark")
    assert STARTS[role] in page.locator("h1").inner_text()
    for path in (page.url, *(OF_ALL if SOAK else OF_ALL[list(STARTS).index(role) % 2 :][:1])):
        page.goto(path)
        assert objections(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= VIEWS["phone"][0]


@pytest.mark.parametrize("language", ["da", "fi", "hu", "sv"])
def test_nothing_is_wider_than_its_place_and_no_word_is_torn_on_a_phone(visit: Visit, language: str) -> None:
    page = visit("/account/", view="phone")
    page.locator("#id_language").select_option(language)
    page.locator("form:has(#id_language) button").click()
    page.goto("/explore/?kpi=service_level&by=team&per=month")
    assert page.locator(".asks .input, .asks .select").evaluate_all(_BEYOND) == []
    assert [text for text in page.locator(".plot--narrow text").all_text_contents() if "…" in text] == []
    page.goto("/customer-service/")
    assert page.locator(".facts dt, .facts dd").evaluate_all(_TORN) == []
    page.locator(".top button").click()
    assert page.locator(".seg button").evaluate_all(_ON_SEVERAL_ROWS) == []
    page.set_viewport_size({"width": 1440, "height": 900})
    assert page.locator(".seg button").evaluate_all(_ON_SEVERAL_ROWS) == []


_BEYOND = "all => all.filter(one => one.getBoundingClientRect().right > one.parentElement.getBoundingClientRect().right + 1).map(one => one.outerHTML)"
_TORN = """all => all.flatMap(one => [...one.textContent.matchAll(/\\p{L}+/gu)].filter(word => {
  const range = document.createRange();
  range.setStart(one.firstChild, word.index);
  range.setEnd(one.firstChild, word.index + word[0].length);
  return range.getClientRects().length > 1;
}).map(word => word[0]))"""
_ON_SEVERAL_ROWS = """all => all.filter(one => {
  const range = document.createRange();
  range.selectNodeContents(one);
  return range.getClientRects().length > 1;
}).map(one => one.textContent)"""


def test_one_chart_is_seen_at_a_time_and_its_type_is_never_too_small(visit: Visit) -> None:
    page = visit("/kpis/service_level/")
    for width, height in VIEWS.values():
        page.set_viewport_size({"width": width, "height": height})
        shown = page.locator(".chart svg:visible")
        assert shown.count() == 1
        drawn, seen = float(shown.get_attribute("width") or 0), shown.bounding_box()
        assert seen is not None
        assert 0.99 <= seen["width"] / drawn <= 1.3


def _overlaps(page: Page) -> list[tuple[list[float], list[float]]]:
    """Pairs of labels in charts that stand on each other."""
    boxes = page.locator(".chart svg:visible text").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect()).map(box => [box.left, box.top, box.right, box.bottom])"
    )
    return [pair for at, one in enumerate(boxes) for other in boxes[at + 1 :] if (pair := _overlap(one, other))]


def _overlap(one: list[float], other: list[float]) -> tuple[list[float], list[float]] | None:
    """Two boxes (left, top, right, bottom) that share more than their hair."""
    across, down = (min(one[at + 2], other[at + 2]) - max(one[at], other[at]) for at in (0, 1))
    return (one, other) if across > 2 and down > 4 else None


def test_pages_keep_to_their_weight(visit: Visit) -> None:
    page = visit(role=None)
    page.click("form[action='/sign-in/demo/manager/'] button")
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(answer.request.sizes()["responseBodySize"]))
    page.goto("/kpis/service_level/")
    page.wait_for_load_state("networkidle")
    assert sum(sizes) <= LATER
    fresh = visit(role=None)
    first: list[int] = []
    fresh.on("response", lambda answer: first.append(answer.request.sizes()["responseBodySize"]))
    fresh.reload()
    fresh.wait_for_load_state("networkidle")
    assert sum(first) <= FIRST_VIEW


def test_it_prints_without_menu_and_buttons(visit: Visit) -> None:
    page = visit("/kpis/service_level/")
    page.emulate_media(media="print")
    assert not page.locator(".side").is_visible()
    assert not page.get_by_role("button", name="Show").is_visible()
    assert page.locator("h1").is_visible()
