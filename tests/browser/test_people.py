"""Accounts, links, the own account and oversight in a browser: journeys, and every page in both colours and all widths."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from browser.conftest import VIEWS, Visit
from browser.objections import in_both_colours, objections

PAGES = {
    "administrator": ["/people/", "/people/invite/", "/people/1/", "/oversight/changes/", "/account/"],
    "representative": ["/oversight/", "/oversight/looks/", "/oversight/changes/"],
    "agent": ["/who-sees-what/", "/account/"],
}


@pytest.mark.parametrize("role", sorted(PAGES))
def test_pages_about_people_are_in_order_in_both_colours_and_all_widths(visit: Visit, role: str) -> None:
    page = visit(role=role)
    wrong = {}
    for path in PAGES[role]:
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(path)
        found = [objection for each in in_both_colours(page).values() for objection in each]
        for width, height in VIEWS.values():
            page.set_viewport_size({"width": width, "height": height})
            found += [f"{width} px"] if page.evaluate("document.documentElement.scrollWidth") > width else []
        wrong[path] = found
    assert {path: found for path, found in wrong.items() if found} == {}


def test_somebody_is_invited_takes_up_the_invitation_and_is_closed_again(visit: Visit) -> None:
    page = visit("/people/invite/", role="administrator")
    page.get_by_label("User name").fill("berit")
    page.get_by_label("Name", exact=True).fill("Berit Ek")
    page.get_by_label("Manager").check()
    page.get_by_role("button", name="Make the link").click()
    link = page.get_by_label("The link").input_value()

    guest = visit(role=None, view="phone")
    guest.goto(link)
    expect(guest).to_have_url(guest.url.partition("/welcome/")[0] + "/welcome/")
    assert objections(guest) == []
    guest.get_by_label("New password", exact=True).fill("a long enough secret")
    guest.get_by_label("New password confirmation").fill("a long enough secret")
    guest.get_by_role("button", name="Begin").click()
    expect(guest.get_by_role("heading", level=1)).to_have_text("Customer service")

    page.get_by_role("link", name="Done").click()
    expect(page.locator("main")).to_contain_text("Took up the invitation")
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.get_by_role("status").last).to_contain_text("The account is closed")
    guest.goto("/account/")
    expect(guest.get_by_role("heading", level=1)).to_have_text("Sign in")
