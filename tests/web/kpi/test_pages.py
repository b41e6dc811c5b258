"""The pages of the roles, on the Monday counted by hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from nyckeltal.contacts.store import World
from nyckeltal.web.frame import facts
from nyckeltal.web.kpi import agreed
from nyckeltal.web.kpi.agreed import Promise, Verdict
from nyckeltal.web.people.models import Look
from web.kpi import monday

if TYPE_CHECKING:
    from nyckeltal.web.people.models import User

SignIn = Callable[[str], Client]


@pytest.fixture(scope="session")
def mondays() -> World:
    return monday.centre()


@pytest.fixture
def counted(mondays: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "current", lambda: mondays)


def text(browser: Client, path: str) -> str:
    """The page as a reader has it, without its marks."""
    answer = browser.get(path)
    assert answer.status_code == 200, path
    page = re.sub(r"<svg.*?</svg>|<head>.*?</head>|<div class=.explain.*?</div>", "", answer.content.decode(), flags=re.DOTALL).replace("<article", "¶<article")
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).replace("\xa0", " ")


def cards(page: str) -> dict[str, str]:
    """Each card's text by the KPI's name."""
    names = ("Service level", "First contact resolution", "Customer satisfaction", "Average handling time", "Average speed of answer", "Net Promoter Score")
    return {next(name for name in names if card.strip().startswith(name)): card for card in page.split("¶")[1:]}


def test_an_agent_reads_the_own_three_as_counted_by_hand(as_person: SignIn, counted: None) -> None:
    mine = cards(text(as_person("anna"), "/my-figures/"))
    assert list(mine) == ["First contact resolution", "Customer satisfaction", "Average handling time"]
    assert "50 % likely between" in mine["First contact resolution"]  # of contacts 1 and 5, the first customer came back
    assert "40 contacts" in mine["First contact resolution"]
    assert "4.00" in mine["Customer satisfaction"]
    assert "20 answers" in mine["Customer satisfaction"]
    assert "3:07 min" in mine["Average handling time"]  # 560 seconds in three parts
    assert "Of 100 matters that customers brought to you first, 50 needed no second contact." in mine["First contact resolution"]
    assert "What you can do" in mine["First contact resolution"]


def test_too_few_is_said_with_the_number_that_it_takes(as_person: SignIn, counted: None) -> None:
    mine = cards(text(as_person("bengt"), "/my-figures/"))
    assert "No figure Rests on 20; shown from 40." in mine["First contact resolution"]
    assert "5:37 min" in mine["Average handling time"]


def test_a_leader_reads_the_teams_three_and_its_people_by_name(as_person: SignIn, counted: None) -> None:
    page = text(as_person("cecilia"), "/team/")
    team = cards(page)
    assert "67 % likely between" in team["Service level"]  # 4 of 6
    assert "120 contacts" in team["Service level"]
    assert "67 % likely between" in team["First contact resolution"]  # 1, 2 and 5: the customer of 1 came back
    assert "4.00" in team["Customer satisfaction"]
    assert "Nobody is compared" in page or "nobody is compared" in page
    people = page[page.index("The people, by name") :]
    assert people.index("Anna") < people.index("Bengt")
    assert "Ida" not in page


def test_a_manager_reads_the_service_and_who_can_change_it_without_persons(as_person: SignIn, counted: None) -> None:
    page = text(as_person("david"), "/customer-service/")
    whole = cards(page)
    assert "63 % likely between" in whole["Service level"]  # 4 of 6 and 1 of 2
    assert "75 % likely between" in whole["First contact resolution"]  # 2 of 3 and 1 of 1
    assert "No figure Nobody has answered in this period." in whole["Net Promoter Score"]
    assert re.search(r"Invoice came late Finance 60 ", page)  # 1, 7 and 8
    assert re.search(r"Order Sales 40 ", page)
    assert "On 50% of the contacts no reason is noted" in page
    assert re.search(r"One 140 67% ", page)
    assert re.search(r"Two 60 50% ", page)
    assert not any(name in page for name in ("Anna", "Bengt", "Ida", "Team Nord"))


def test_a_client_reads_the_agreement_beside_what_came_of_it_and_nobody_elses(as_person: SignIn, counted: None) -> None:
    page = text(as_person("fatima"), "/our-service/")
    assert "at least 80% , within 20 s" in page
    assert "March 2026 66.7% missed" in page
    own = cards(page)
    assert "Not as agreed 67 %" in own["Service level"]
    assert "16 s" in own["Average speed of answer"]
    assert "4.00" in own["Customer satisfaction"]
    assert "0 of 1 promise for March 2026 was kept." in page
    assert not any(other in page for other in ("Two", "Anna", "Team Nord", "Finance", "Responsible"))


def test_another_client_reads_its_own(as_person: SignIn, counted: None) -> None:
    page = text(as_person("gustav"), "/our-service/")
    assert "50 % likely between" in cards(page)["Service level"]  # 8 in time, 9 gave up
    assert "No agreement is kept here for this month." in page
    assert "One" not in page


def test_the_month_is_final_and_the_page_says_how_far_it_reaches(as_person: SignIn, counted: None) -> None:
    page = text(as_person("anna"), "/my-figures/")
    assert "March 2026 is final" in page
    assert "Data up to 9 April 2026 23:59" in page
    assert "there is no month before to compare with" in page


def test_the_last_month_that_is_final_is_shown_and_others_can_be_turned_to(as_person: SignIn) -> None:
    browser = as_person("david")
    usual = browser.get("/customer-service/").content.decode()
    assert 'aria-current="date">September 2026' in usual  # whether October's matters are settled is not known yet
    assert 'rel="prev" href="?month=2026-08"' in usual
    assert 'rel="next" href="?month=2026-10"' in usual
    assert "October 2026 is not yet final and will change" in text(browser, "/customer-service/?month=2026-10")
    assert "October 2026 is not yet final and will change" in text(browser, "/customer-service/")  # all its days are counted
    assert browser.get("/customer-service/?month=2031-01").status_code == 404


def test_a_person_is_shown_by_month_to_the_leader_and_reads_that_it_was_looked_at(as_person: SignIn, people: dict[str, User], counted: None) -> None:
    page = text(as_person("cecilia"), "/team/nord/anna/")
    assert "50 % likely between" in cards(page)["First contact resolution"]
    looks = Look.objects.filter(agent_id="anna")
    assert [(look.by, look.what, look.purpose) for look in looks] == [(people["cecilia"], "2026-03", "Following up the own team")]
    assert "Looked at 1 time in the last 30 days." in text(as_person("anna"), "/my-figures/")


def test_opening_the_team_is_one_look_a_day_at_each_person_shown(as_person: SignIn, counted: None) -> None:
    browser = as_person("cecilia")
    for _ in range(2):
        browser.get("/team/")
    assert sorted(Look.objects.values_list("agent_id", flat=True)) == ["anna", "bengt"]


@pytest.mark.parametrize("path", ["/team/syd/", "/team/nord/ida/", "/team/syd/ida/", "/team/nord/no-such-person/"])
def test_a_leader_opens_no_other_team_and_nobody_of_it(path: str, as_person: SignIn, counted: None) -> None:
    assert as_person("cecilia").get(path).status_code == 403
    assert not Look.objects.exists()


def test_a_leader_of_several_teams_chooses(as_person: SignIn, mondays: World, monkeypatch: pytest.MonkeyPatch) -> None:
    import pyarrow as pa

    from nyckeltal.web.people import organisation

    rows = mondays.small("team_membership").to_pylist()
    leads = next(row for row in rows if row["agent_id"] == "cecilia")
    both = pa.Table.from_pylist([*rows, {**leads, "membership_id": "m9", "team_id": "syd"}], mondays.small("team_membership").schema)
    original = World.small
    monkeypatch.setattr(World, "small", lambda self, table: both if table == "team_membership" else original(self, table))
    monkeypatch.setattr(facts, "current", lambda: mondays)
    organisation._read.cache_clear()
    page = text(as_person("cecilia"), "/team/syd/")
    organisation._read.cache_clear()
    assert "Team Nord Team Syd" in page
    assert "50 % likely between" in cards(page)["Service level"]


def test_who_leads_nobody_is_told_so(as_person: SignIn, people: dict[str, User], counted: None) -> None:
    people["cecilia"].agent_id = "jonas"
    people["cecilia"].save()
    assert "You lead no team today" in text(as_person("cecilia"), "/team/")


def test_an_agent_without_account_in_the_organisation_is_told_what_to_do(as_person: SignIn, people: dict[str, User], counted: None) -> None:
    people["anna"].agent_id = ""
    people["anna"].save()
    assert "Your account is not tied to an agent yet. Your administrator can do that." in text(as_person("anna"), "/my-figures/")


def test_an_agent_without_team_or_contacts_is_told_why_nothing_stands_there(as_person: SignIn, people: dict[str, User], counted: None) -> None:
    people["anna"].agent_id = "new_one"
    people["anna"].save()
    page = text(as_person("anna"), "/my-figures/")
    assert "You belong to no team today" in page
    assert "Too little to show this month" in page
    assert "Only you." in page


def test_a_client_that_is_tied_to_none_is_told_so(as_person: SignIn, people: dict[str, User], counted: None) -> None:
    people["fatima"].client_ids = []
    people["fatima"].save()
    assert "Your account is not tied to a client yet." in text(as_person("fatima"), "/our-service/")


@pytest.mark.parametrize(("name", "path"), [("anna", "/my-figures/"), ("cecilia", "/team/"), ("david", "/customer-service/"), ("fatima", "/our-service/")])
def test_before_anything_is_loaded_the_page_says_what_will_be_there(name: str, path: str, as_person: SignIn, nothing_loaded: None) -> None:
    page = as_person(name).get(path)
    assert page.status_code == 200
    assert b"will stand here" in page.content or b"not tied" in page.content or b"lead no team" in page.content


def test_what_one_person_may_see_is_never_kept_for_another(as_person: SignIn, counted: None) -> None:
    assert "3:07 min" in text(as_person("anna"), "/my-figures/")
    assert "3:07 min" not in text(as_person("bengt"), "/my-figures/")
    assert "67 %" in cards(text(as_person("fatima"), "/our-service/"))["Service level"]
    assert "50 %" in cards(text(as_person("gustav"), "/our-service/"))["Service level"]


def test_an_evaluator_reads_what_will_come_and_what_there_is(as_person: SignIn) -> None:
    page = text(as_person("eva"), "/evaluations/")
    assert "not part of this version yet" in page
    assert "How is it counted?" in page


def test_of_thirteen_months_of_a_promise_the_four_latest_are_open_and_the_others_folded_away(
    as_person: SignIn, counted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdicts = [Verdict(f"month {number}", "80%", "kept", "") for number in range(13)]
    promise = Promise("Service level", "", "All queues", "", "", "at least 80%", "", verdicts, "")
    monkeypatch.setattr(agreed, "promises", lambda *_: [promise])
    page = as_person("fatima").get("/our-service/").content.decode()
    shown, folded = page.split('<details class="more"><summary>Earlier ones</summary>')
    assert re.findall(r"Month \d+", shown) == [f"Month {number}" for number in range(4)]
    assert re.findall(r"Month \d+", folded) == [f"Month {number}" for number in range(4, 13)]
