from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from nyckeltal.contacts.store import World
from nyckeltal.web.frame import facts
from nyckeltal.web.people.models import Look, User
from nyckeltal.web.people.roles import Role
from web import cast

SignIn = Callable[[str], Client]
ANNAS, SVENS, GIVEN_UP = "phone:4", "phone:2", "phone:15"


def _page(browser: Client, contact_id: str) -> str:
    answer = browser.get(f"/contacts/{contact_id}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_tells_what_happened_in_order(as_person: SignIn) -> None:
    page = _page(as_person("cecilia"), ANNAS)
    steps = ["The customer turned to us", "Came to the queue", "Answered by Anna Berg", "Ended"]
    assert sorted(steps, key=page.index) == steps
    assert "Invoice hard to understand" in page


@pytest.mark.parametrize("month", ["2026-10", "2026-01", "", "no month"])
def test_it_is_found_whatever_month_the_address_says(as_person: SignIn, month: str) -> None:
    answer = as_person("cecilia").get(f"/contacts/{ANNAS}/", {"month": month})
    assert "Answered by Anna Berg" in answer.content.decode()


def test_a_contact_that_was_given_up_says_so(as_person: SignIn) -> None:
    assert "The customer gave up" in _page(as_person("david"), GIVEN_UP)


@pytest.mark.parametrize("name", ["david", "fatima"])
def test_managers_and_clients_are_not_told_who_answered(as_person: SignIn, name: str) -> None:
    assert "Anna" not in _page(as_person(name), ANNAS)


@pytest.mark.parametrize("name", ["anna", "cecilia", "david", "fatima"])
def test_nobody_is_told_who_called(as_person: SignIn, name: str) -> None:
    assert "customer4" not in _page(as_person(name), ANNAS)


@pytest.mark.parametrize(
    ("name", "contact_id"), [("anna", SVENS), ("bengt", ANNAS), ("cecilia", SVENS), ("fatima", SVENS), ("gustav", ANNAS), ("david", "no:such")]
)
def test_what_is_not_ones_own_is_as_unknown_as_what_does_not_exist(as_person: SignIn, name: str, contact_id: str) -> None:
    assert as_person(name).get(f"/contacts/{contact_id}/").status_code == 404
    assert not Look.objects.exists()


def test_opening_one_is_written_down(as_person: SignIn) -> None:
    _page(as_person("david"), ANNAS)
    assert list(Look.objects.values_list("by__username", "agent_id", "thing", "what")) == [("david", "anna", "contact", ANNAS)]


@pytest.fixture
def passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """One contact that Siri took first, then Anna, then Sven; in September, when Siri and Sven belong to Team Syd."""
    begun = datetime(2026, 9, 10, 8, tzinfo=UTC)
    contact = {"contact_id": "p", "client_id": "one", "queue_id": "invoice", "channel": "voice", "offered_at": begun, "outcome": "answered"}
    parts = [_part(number, agent, talk, begun) for number, (agent, talk) in enumerate([("siri", 61), ("anna", 122), ("sven", 183)], 1)]
    world = World.of({**cast.ORGANISATION, "contact": [contact], "segment": parts}, cast.KNOWN_UNTIL)
    monkeypatch.setattr(facts, "current", lambda: world)


def _part(number: int, agent: str, talk: int, begun: datetime) -> dict[str, Any]:
    return {
        "segment_id": f"p#{number}", "contact_id": "p", "seq": number, "agent_id": agent, "queue_id": "invoice", "started_at": begun.replace(minute=number * 5),
        "talk_s": talk, "answered": True,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["anna", "cecilia"])
@pytest.mark.usefixtures("passed_on")
def test_colleagues_outside_ones_own_stand_without_name_and_times(as_person: SignIn, name: str) -> None:
    page = _page(as_person(name), "p")
    assert "Answered by Anna Berg" in page
    assert page.count("Answered by a colleague") == 2
    assert not any(who in page for who in ("Siri Berg", "Sven Berg"))
    assert page.count("talk ") == 1


@pytest.mark.usefixtures("passed_on")
def test_a_manager_who_leads_a_team_is_told_its_names(as_person: SignIn, people: dict[str, User]) -> None:
    people["cecilia"].roles = [Role.MANAGER.value, Role.LEADER.value]
    people["cecilia"].save()
    assert "Answered by Anna Berg" in _page(as_person("cecilia"), "p")
    assert "Anna" not in _page(as_person("david"), "p")
