from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from nyckeltal.web.people.models import Look

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
