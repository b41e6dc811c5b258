from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from nyckeltal.web.kpi import evidence
from nyckeltal.web.people.models import Look

SignIn = Callable[[str], Client]


def _behind(browser: Client, kpi: str, month: str = "2026-10") -> str:
    answer = browser.get(f"/kpis/{kpi}/?month={month}")
    assert answer.status_code == 200
    return answer.content.decode().partition("Some contacts behind the figure")[2].partition("</section>")[0]


@pytest.mark.parametrize("kpi", ["aht", "service_level"])
@pytest.mark.parametrize("name", ["anna", "cecilia"])
def test_agents_and_leaders_are_shown_contacts_that_they_may_open(as_person: SignIn, name: str, kpi: str) -> None:
    browser = as_person(name)
    addresses = re.findall(r'href="(/contacts/[^"]+)"', _behind(browser, kpi))
    assert len(addresses) == evidence.DRAWN
    assert {browser.get(address).status_code for address in addresses} == {200}


def test_where_none_drawn_is_ones_own_a_sentence_says_so(as_person: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nyckeltal.web.contacts.found.with_agents", lambda *_: set())
    section = _behind(as_person("anna"), "aht", "2026-09")  # another month than what was drawn before, which is kept
    assert "None of the contacts drawn is one that you may open." in section
    assert "<table" not in section
    assert not Look.objects.exists()


def test_each_contact_says_how_it_ended(as_person: SignIn) -> None:
    section = _behind(as_person("cecilia"), "service_level")
    ended = re.findall(r'<td data-head="How it ended">([^<]*)</td>', section)
    assert len(ended) == evidence.DRAWN
    assert set(ended) <= {"Answered", "Gave up"}


def test_only_what_is_shown_is_logged(as_person: SignIn) -> None:
    _behind(as_person("cecilia"), "aht")
    assert Look.objects.filter(thing="evidence").values("what").distinct().count() == evidence.DRAWN


def test_a_client_is_shown_only_its_own(as_person: SignIn) -> None:
    section = _behind(as_person("gustav"), "service_level")
    assert "Orders" in section
    assert not any(queue in section for queue in ("Invoice", "Outage"))


@pytest.mark.parametrize(("name", "said"), [("david", True), ("hanna", False)])
def test_what_belongs_to_no_contact_says_what_it_rests_on_to_those_who_may_see_contacts(as_person: SignIn, name: str, *, said: bool) -> None:
    page = as_person(name).get("/kpis/sla_compliance/").content.decode()
    assert ("It rests on agreements, which belong to no single contact." in page) is said


def test_what_was_drawn_is_kept_for_the_same_contacts_only(as_person: SignIn) -> None:
    anna, again, cecilia = (re.findall(r'href="(/contacts/[^"]+)"', _behind(as_person(name), "aht")) for name in ("anna", "anna", "cecilia"))
    assert anna == again != cecilia
