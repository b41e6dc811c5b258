from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from pytest_django.fixtures import Settings

from nyckeltal.web.people import actions, demo
from nyckeltal.web.people.models import User
from nyckeltal.web.people.roles import Role

SignIn = Callable[[str], Client]


def test_the_right_password_opens_the_house(client: Client, people: dict[str, User]) -> None:
    answer = client.post("/sign-in/", {"username": "david", "password": "correct horse battery", "next": "/explore/"})
    assert answer["Location"] == "/explore/"
    assert client.get("/explore/").status_code == 200


def test_a_wrong_password_says_so_and_keeps_the_name(client: Client, people: dict[str, User]) -> None:
    answer = client.post("/sign-in/", {"username": "david", "password": "wrong"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'role="alert"' in page
    assert 'value="david"' in page


def test_a_closed_account_stays_outside(client: Client, people: dict[str, User]) -> None:
    User.objects.filter(username="david").update(is_active=False)
    assert client.post("/sign-in/", {"username": "david", "password": "correct horse battery"}).status_code == 200
    assert client.get("/kpis/").status_code == 302


def test_signing_in_leads_to_no_other_site(client: Client, people: dict[str, User]) -> None:
    answer = client.post("/sign-in/", {"username": "david", "password": "correct horse battery", "next": "https://evil.example/"})
    assert answer["Location"] == "/"


def test_signing_out_closes_the_door(as_person: SignIn) -> None:
    browser = as_person("david")
    assert browser.post("/sign-out/")["Location"] == "/sign-in/"
    assert browser.get("/kpis/").status_code == 302


def test_outside_the_demo_there_is_no_sign_in_by_one_click(client: Client, db: None) -> None:
    assert "/sign-in/demo/" not in client.get("/sign-in/").content.decode()
    assert client.post("/sign-in/demo/manager/").status_code == 404
    assert User.objects.count() == 0


@pytest.mark.parametrize("role", list(Role))
def test_in_the_demo_one_click_signs_in_as_each_role(role: Role, client: Client, db: None, settings: Settings) -> None:
    settings.NYCKELTAL_DEMO = True
    assert f"/sign-in/demo/{role.value}/" in client.get("/sign-in/").content.decode()
    client.post(f"/sign-in/demo/{role.value}/")
    assert client.get("/kpis/").status_code == 200
    client.post(f"/sign-in/demo/{role.value}/")
    person = User.objects.get(username__startswith="demo-", roles=[role.value])
    assert User.objects.count() == len(Role)
    assert (person.held, person.has_usable_password()) == ([role], False)


def test_the_demos_people_are_the_organisations_own(db: None) -> None:
    assert demo.demo_person(Role.LEADER).agent_id == "cecilia"
    assert demo.demo_person(Role.AGENT).agent_id == "anna"
    assert demo.demo_person(Role.CLIENT).client_ids == ["one"]


def test_the_demo_offers_no_role_that_does_not_exist(client: Client, db: None, settings: Settings) -> None:
    settings.NYCKELTAL_DEMO = True
    assert client.post("/sign-in/demo/queen/").status_code == 404


def test_a_demo_without_data_still_opens(client: Client, db: None, settings: Settings, nothing_loaded: None) -> None:
    settings.NYCKELTAL_DEMO = True
    client.post("/sign-in/demo/leader/")
    assert client.get("/explore/").status_code == 200


def test_a_person_is_made_with_name_roles_and_password(db: None) -> None:
    actions.create_person("berit", roles=[Role.ADMINISTRATOR, "manager"], password="a long enough secret", name="Berit Ek")
    person = User.objects.get(username="berit")
    assert (person.role_names, person.initials, person.check_password("a long enough secret")) == ("Manager, Administrator", "BE", True)


@pytest.mark.parametrize("password", ["short", "berit-berit-berit", "123456789012"])
def test_a_password_that_is_easily_guessed_is_refused(db: None, password: str) -> None:
    with pytest.raises(ValidationError):
        actions.create_person("berit-berit-berit", roles=[Role.MANAGER], password=password)


def test_the_same_name_twice_is_refused(people: dict[str, User]) -> None:
    with pytest.raises(ValidationError):
        actions.create_person("david", roles=[Role.MANAGER])


def test_an_unknown_role_is_refused(db: None) -> None:
    with pytest.raises(ValueError, match="queen"):
        actions.create_person("berit", roles=["queen"])


def test_a_new_password_replaces_the_old_one(client: Client, people: dict[str, User]) -> None:
    actions.give_password("david", "quite another secret")
    assert client.post("/sign-in/", {"username": "david", "password": "correct horse battery"}).status_code == 200
    assert client.post("/sign-in/", {"username": "david", "password": "quite another secret"}).status_code == 302
