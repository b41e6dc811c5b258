"""The demo's people: one click each, in the demo alone."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from nyckeltal.demo.people import PEOPLE
from nyckeltal.web.people import demo
from nyckeltal.web.people.models import User
from nyckeltal.web.people.roles import Role


@pytest.mark.parametrize("role", list(Role))
def test_outside_the_demo_no_role_has_a_click(role: Role, client: Client, db: None) -> None:
    assert client.post(f"/sign-in/demo/{role.value}/").status_code == 404
    assert not User.objects.exists()


@pytest.mark.parametrize("role", list(Role))
def test_every_role_finds_a_start_page_and_a_menu(role: Role, client: Client, db: None, settings: Settings) -> None:
    settings.NYCKELTAL_DEMO = True
    answer = client.post(f"/sign-in/demo/{role.value}/", follow=True)
    assert answer.status_code == 200
    assert "Who sees what" in answer.content.decode()


def test_the_door_of_the_demo_names_everybody_with_their_question(client: Client, db: None, settings: Settings) -> None:
    settings.NYCKELTAL_DEMO = True
    page = client.get("/sign-in/").content.decode()
    assert all(person.name in page for person in PEOPLE)
    assert {role.value for role, _, _ in demo.offered()} == set(Role.values)


def test_the_demo_never_takes_over_an_account_of_somebody_real(db: None) -> None:
    real = User.objects.create(username="karin", name="Karin of another house", roles=["administrator"])
    made = demo.demo_person(Role.LEADER)
    real.refresh_from_db()
    assert made.pk != real.pk
    assert real.roles == ["administrator"]
