"""What an administrator does with the organisation: correct, plan, move; every page in both colours and narrow."""

from __future__ import annotations

import os
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from browser.conftest import VIEWS, Visit
from browser.objections import objections

SOAK = os.environ.get("NYCKELTAL_SOAK") == "1"
PAGES = (
    "/organisation/", "/organisation/agreements/", "/organisation/agreements/of/polartel-2/", "/organisation/agreements/new/", "/organisation/queues/",
    "/organisation/calendars/of/se-office/", "/organisation/people/", "/organisation/teams/", "/organisation/reasons/describe/?all",
)  # fmt: skip
NEXT_MONTH = (date.today().replace(day=1) + timedelta(days=32)).replace(day=1)  # noqa: DTZ011 - the day of whoever runs it


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_in_order(visit: Visit, path: str) -> None:
    page = visit(path, role="administrator")
    for view, scheme, to_colours in (("desktop", "light", False), ("narrow", "dark", not SOAK)):
        width, height = VIEWS[view]
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        assert objections(page, to_colours=to_colours) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width, view


@pytest.mark.parametrize("script", [True, False])
def test_a_name_is_corrected_and_the_correction_taken_back(visit: Visit, script: bool) -> None:
    page = visit("/organisation/queues/?q=polartel", role="administrator", script=script)
    page.locator("tbody th a").first.click()
    before = page.get_by_label("Name").input_value()
    page.get_by_label("Name").fill(f"{before} anew")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{before} anew")
    expect(page.locator(".guard--good")).to_contain_text("Saved")
    here = page.url.split("?", maxsplit=1)[0]
    page.get_by_role("button", name="Take it back").click()
    for _look in range(60):
        if page.goto(here) and page.get_by_role("heading", level=1).inner_text() == before:
            return
        page.wait_for_timeout(1000)
    pytest.fail("The correction was not taken back within a minute.")


def test_an_agreement_is_planned_and_shows_in_words_on_its_line_of_time(visit: Visit) -> None:
    page = visit("/organisation/agreements/of/polartel-2/", role="administrator")
    page.get_by_label("From", exact=True).fill(NEXT_MONTH.isoformat())
    page.get_by_label("Within (seconds)", exact=True).fill("15")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".guard--good")).to_contain_text("Saved")
    line = page.get_by_role("region", name="Through time").get_by_role("listitem")
    expect(line.last).to_contain_text("within 15 seconds")
    expect(line.last).to_contain_text("Planned")
    page.goto("/organisation/")
    expect(page.get_by_role("region", name="Planned")).to_contain_text("within 15 seconds")


def test_what_changes_figures_is_told_first_and_kept_where_it_is_wrong(visit: Visit) -> None:
    page = visit("/organisation/agreements/of/nordkraft-1/", role="administrator", view="phone")
    page.get_by_label("It was always so").check()
    page.get_by_label("Within (seconds)", exact=True).fill("soon")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".error").first).to_have_text("Write a number, such as 80 or 7.5.")
    expect(page.get_by_label("Within (seconds)", exact=True)).to_have_value("soon")
    page.get_by_label("Within (seconds)", exact=True).fill("61")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Before it is saved")).to_be_visible()
    expect(page.locator("#changes")).to_contain_text("This changes figures from")
    assert objections(page) == []


def test_somebody_moves_to_another_team_by_keyboard(visit: Visit) -> None:
    page = visit("/organisation/memberships/?q=answers+customers&only=now", role="administrator")
    page.locator("tbody th a").first.press("Enter")
    who = page.get_by_role("heading", level=1).inner_text().split(",", maxsplit=1)[0]
    team = page.get_by_label("Team")
    here = team.input_value()
    other = next(value for value in team.locator("option").evaluate_all("all => all.map(one => one.value)") if value not in ("", here))
    team.select_option(other)
    page.get_by_label("From", exact=True).fill(NEXT_MONTH.isoformat())
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.locator(".guard--good")).to_contain_text("Saved")
    expect(page.get_by_role("region", name="Through time").get_by_role("listitem").last).to_contain_text("Planned")
    assert who in page.get_by_role("heading", level=1).inner_text()
