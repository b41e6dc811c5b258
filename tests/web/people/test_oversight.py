"""Who can see whom, who looked, and what the representative reads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from nyckeltal.web.people import access, looks, rules, seers
from nyckeltal.web.people.models import Look, User
from nyckeltal.web.people.roles import Role

SignIn = Callable[[str], Client]
People = dict[str, User]
TODAY = date(2026, 11, 1)


def _page(browser: Client, path: str) -> str:
    return browser.get(path).content.decode()


def test_an_agent_reads_who_can_see_them_why_and_until_when(as_person: SignIn, people: People) -> None:
    page = _page(as_person("anna"), "/who-sees-what/")
    assert "Cecilia Berg" in page
    assert "Leads Team Nord, to which you belong." in page
    assert "Manager: David Berg" in page


def test_a_former_leader_sees_contacts_of_that_time_only(people: People) -> None:
    found = [seer for seer in seers.of("siri", TODAY) if seer.who == "Cecilia Berg"]
    assert [str(seer.what) for seer in found] == ["Single contacts from your time in the team"]


@pytest.mark.parametrize("agent_id", ["anna", "bengt", "siri", "sven"])
def test_who_can_see_somebody_is_what_access_says(agent_id: str, people: People) -> None:
    led = {seer.who for seer in seers.of(agent_id, TODAY) if "figures" in str(seer.what)}
    reach = {person: access.figures(person, ["agent"]).within.get("agent", frozenset()) for person in people.values()}
    may = {person.name for person, whom in reach.items() if agent_id in whom and person.agent_id != agent_id}
    assert led == may


def test_the_rules_in_words_are_what_access_decides(people: People) -> None:
    of_persons = {"agent", "leader"}
    with_contacts = {"agent", "leader", "manager", "client"}
    for rule in rules.RULES:
        person = next(one for one in people.values() if one.held == [rule.role])
        assert access.figures(person, ["agent"]).allowed == (rule.role.value in of_persons) == (not str(rule.persons).startswith("None"))
        assert access.contacts(person).allowed == (rule.role.value in with_contacts)
    assert {rule.role for rule in rules.RULES} == set(Role)


def test_the_representative_reads_rules_purposes_holders_and_settings_without_figures(as_person: SignIn) -> None:
    as_person("cecilia").get("/explore/?kpi=contacts_handled&by=agent")
    page = _page(as_person("hanna"), "/oversight/")
    assert "Following up the own team" in page
    assert "Ingrid Berg" in page
    assert "A session ends 12 hours after the last page." in page
    assert "figure__value" not in page


def test_the_whole_log_of_looks_is_narrowed_by_who_whom_what_and_when(as_person: SignIn, people: People) -> None:
    as_person("cecilia").get("/explore/?kpi=contacts_handled&by=agent")
    looks.log_contacts(people["david"], {"phone:7": ["bengt"]}, purpose="Checking how a figure was counted")
    Look.objects.filter(by=people["david"]).update(at=timezone.now() - timedelta(days=40))
    hanna = as_person("hanna")
    before = f"last={timezone.now() - timedelta(days=20):%Y-%m-%d}"
    asked_for = ["", "at=anna", f"by={people['david'].pk}", "thing=contact", before]
    shown = {asked: _page(hanna, f"/oversight/looks/?{asked}") for asked in asked_for}
    counts = {asked: page.partition('<h2 id="found">')[2].partition(" look")[0] for asked, page in shown.items()}
    assert list(counts.values()) == ["3", "1", "1", "1", "1"]
    assert "phone:7" in shown["thing=contact"]
    assert _page(hanna, "/oversight/looks/?first=nonsense&by=999999&page=x")  # what cannot be read narrows nothing


def test_the_log_speaks_the_language_of_who_reads_it(as_person: SignIn, people: People) -> None:
    days = "first=2026-08-01&last=2026-10-31"
    as_person("cecilia").get(f"/explore/?kpi=contacts_handled&by=agent&{days}", headers={"Accept-Language": "fi"})
    (what,) = set(Look.objects.values_list("what", flat=True))
    assert what == "contacts_handled, 2026-08-01..2026-10-31"
    assert ", 1 August 2026 to 31 October 2026" in _page(as_person("hanna"), "/oversight/looks/")
    with override("fi"):
        assert looks.in_words(Look.objects.all()[0]).endswith(", 1. elokuuta 2026 – 31. lokakuuta 2026")


def test_a_long_log_comes_in_pages(as_person: SignIn, people: People) -> None:
    Look.objects.bulk_create([Look(by=people["cecilia"], agent_id="anna", thing="figures", what=f"look {n}", purpose="x") for n in range(70)])
    assert "look 0<" in _page(as_person("hanna"), "/oversight/looks/?at=anna&page=2")
    assert "look 0<" in _page(as_person("anna"), "/who-sees-what/?page=2")


def test_an_account_that_was_changed_tells_its_holder(as_person: SignIn, people: People) -> None:
    as_person("ingrid").post(f"/people/{people['david'].pk}/link/")
    page = _page(as_person("david"), "/account/")
    assert "Link for a new password made" in page
    assert "Ingrid Berg" in page
