"""What people come for, from the door to the answer, with and without script, by mouse and by keyboard."""

from __future__ import annotations

import io
import re

import pytest
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

from browser.conftest import Visit


def test_a_manager_looks_up_a_definition_and_goes_on_to_explore(visit: Visit) -> None:
    page = visit("/kpis/")
    page.get_by_role("link", name="Service level").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Service level")
    expect(page.get_by_role("heading", name="Counted by hand")).to_be_visible()
    page.get_by_label("Client").select_option(index=1)
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile("client="))
    page.get_by_role("link", name="Same question in Explore").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Explore")
    expect(page.locator("#answer")).to_contain_text("Service level")


def test_an_answer_arrives_without_a_reload_and_takes_the_focus(visit: Visit) -> None:
    page = visit("/explore/")
    page.evaluate("window.stillHere = true")
    page.get_by_label("What").select_option("contacts_offered")
    page.get_by_label("By", exact=True).select_option("channel")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#answer h2")).to_have_text("Contacts offered")
    assert page.evaluate("window.stillHere") is True
    assert "kpi=contacts_offered" in page.url
    expect(page.locator("#answer")).to_be_focused()
    expect(page.get_by_role("status")).to_have_text(page.locator(".chart__title").inner_text())
    page.go_back()
    expect(page.locator("#answer h2")).to_have_text("Service level")


@pytest.mark.parametrize("view", ["desktop", "phone"])
def test_everything_works_without_script(visit: Visit, view: str) -> None:
    page = visit("/explore/", view=view, script=False)
    page.get_by_label("What").select_option("contacts_offered")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#answer h2")).to_have_text("Contacts offered")
    if view == "phone":
        page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    if view == "phone":
        page.get_by_role("button", name="Menu").click()
    page.locator(".pick summary").click()
    page.get_by_role("button", name="Svenska").click()
    expect(page.locator("html")).to_have_attribute("lang", "sv")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_an_export_is_what_the_page_shows(visit: Visit) -> None:
    page = visit("/explore/?kpi=contacts_offered&by=client&per=month")
    rows = page.locator("#answer tbody tr").count()
    with page.expect_download() as coming:
        page.get_by_role("link", name="Spreadsheet (XLSX)").click()
    book = CalamineWorkbook.from_filelike(io.BytesIO(coming.value.path().read_bytes()))
    assert len(book.get_sheet_by_index(0).to_python()) == rows + 1
    assert dict(book.get_sheet_by_index(1).to_python())["Rows"] == str(rows)


def test_the_story_of_a_contact_is_logged_for_its_agent(visit: Visit) -> None:
    page = visit("/kpis/aht/")
    page.get_by_role("link", name="Its story").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A contact’s story")
    expect(page.get_by_role("heading", name="What happened")).to_be_visible()


def test_a_leader_sees_the_team_and_the_team_sees_that_the_leader_looked(visit: Visit) -> None:
    page = visit("/explore/?kpi=contacts_handled&by=agent", role="leader")
    expect(page.locator("#answer tbody tr").first).to_be_visible()
    leader = page.locator(".person .strong").inner_text()
    expect(visit("/who-sees-what/", role="agent").locator("main")).to_contain_text(leader)


def test_a_client_sees_one_client(visit: Visit) -> None:
    page = visit("/explore/?kpi=contacts_offered&by=client", role="client")
    expect(page.locator("#answer tbody tr")).to_have_count(1)


def test_a_representative_reads_how_it_is_counted_and_sees_no_figure(visit: Visit) -> None:
    page = visit("/kpis/service_level/", role="representative")
    expect(page.locator("main")).to_contain_text("The figure is not open to you")
    expect(page.locator(".figure__value")).to_have_count(0)
    expect(page.get_by_role("link", name="Explore", exact=True)).to_have_count(0)


def test_the_keyboard_reaches_the_content_first_and_every_control_after(visit: Visit) -> None:
    page = visit("/explore/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "id_kpi"


def test_the_menu_of_a_phone_opens_and_closes_by_keyboard(visit: Visit) -> None:
    page = visit("/kpis/", view="phone")
    menu = page.get_by_role("navigation", name="Main")
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="Menu").press("Enter")
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()


def test_a_mark_of_a_chart_says_its_sentence(visit: Visit) -> None:
    page = visit("/kpis/service_level/")
    page.locator(".chart svg:visible [data-say]").first.hover()
    expect(page.locator(".tip")).to_contain_text("likely between")
    page.keyboard.press("Escape")
    expect(page.locator(".tip")).to_have_count(0)


def test_signing_out_and_in_with_a_wrong_password(visit: Visit) -> None:
    page = visit("/kpis/")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("User name").fill("nobody")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("User name")).to_have_value("nobody")
