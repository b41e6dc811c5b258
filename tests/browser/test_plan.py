"""A goal on its way from a manager to an agent: set, asked for, refused with a reason, answered, agreed; and who sees what of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from browser.conftest import Visit

if TYPE_CHECKING:
    from playwright.sync_api import Page

NO = "Half of my contacts are transfers that come back whatever I do."
ANSWER = "Then we begin lower, and look at the transfers together."
MOST_RULES = 20


def _press(page: Page, button: str | re.Pattern[str]) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=button).first.click()


def _season(visit: Visit) -> str:
    """A manager begins one with a purpose, one goal for the company, and how measuring persons was prepared; its address."""
    manager = visit("/plan/new/")
    manager.get_by_label("Name of the season").fill("Summer")
    manager.get_by_label("First day").fill("2031-01-01")
    manager.get_by_label("Last day").fill("2031-06-30")
    _press(manager, "Define the purpose")
    manager.get_by_label("Objective").fill("Nobody has to come back.")
    _press(manager, "Save and choose the few")
    _press(manager, "Choose First contact resolution")
    expect(manager.locator(".slot").first).to_contain_text("First contact resolution")
    season = manager.url.partition("of/")[0]
    manager.goto(f"{season}measuring-persons/")
    for field in manager.locator("main form").locator("input[type=text], textarea").all():
        field.fill("2030-12-01")
    _press(manager, "Save")
    return season


def _asked(leader: Page) -> str:
    """The leader takes the goal on for each agent and says why where a rule speaks against it; only then may anybody be asked. The team's address."""
    leader.locator("table a[href*='/of/']").last.click()
    leader.get_by_role("link", name="Choose the few").click()
    _press(leader, "Choose First contact resolution")
    leader.get_by_role("link", name="Measure and follow up").first.click()
    card = leader.locator(".goal-card").first
    card.get_by_label("When it is off, we").fill("We listen to what came back, together.")
    card.get_by_label("Goal for each agent").fill("75")
    _press(leader, re.compile("Save and check"))
    expect(leader.get_by_role("button", name="Ask for agreement")).to_be_disabled()
    for _rule in range(MOST_RULES):
        expect(leader.get_by_text("figures that are being worked out")).to_have_count(0, timeout=60_000)
        if leader.get_by_role("button", name="Ask for agreement").is_enabled():
            break
        card.get_by_role("link", name="Keep it and say why").first.click()
        leader.get_by_label("Why it is right here").fill("It is talked about with everybody in the first week.")
        _press(leader, "Keep it")
    _press(leader, "Ask for agreement")
    return leader.url


def test_a_goal_is_refused_with_a_reason_changed_and_agreed_and_managers_see_counts(visit: Visit) -> None:
    season = _season(visit)
    leader = visit(season, role="leader")
    team = _asked(leader)

    agent = visit("/plan/", role="agent")
    agent.locator("li", has_text="Summer").get_by_role("link", name=re.compile("Look and answer")).click()
    agent.get_by_label("What you want to say").fill(NO)
    _press(agent, "No, and this is why")
    talk, name = agent.url, agent.locator("#talk .strong").first.inner_text()

    leader.goto("/plan/")
    leader.locator("li", has_text=NO).get_by_role("link").click()
    leader.get_by_label("What you want to say").fill(ANSWER)
    leader.get_by_label(f"Another goal for {name}").fill("70")
    _press(leader, "Change it and ask again")

    agent.reload()
    expect(agent.locator(".lead")).to_contain_text("70% or more")
    expect(agent.locator("#talk")).to_contain_text(ANSWER)
    _press(agent, "I agree")
    expect(agent.locator(".page-head .chip")).to_have_text("Agreed")

    manager = visit(team)
    counted = manager.locator("section", has=manager.get_by_role("heading", name=re.compile("^Agreed: First contact resolution")))
    expect(counted).to_contain_text(re.compile(r"Agreed\s*1"))
    expect(manager.locator("main")).not_to_contain_text(name)
    for hidden in (f"{season}history/", season):
        manager.goto(hidden)
        expect(manager.locator("main")).not_to_contain_text(name)
    assert manager.request.get(talk).status == 404
