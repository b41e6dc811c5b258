"""The administrator's pages about accounts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from nyckeltal.web.people import actions, links
from nyckeltal.web.people.models import Change, Link, Session, User
from nyckeltal.web.people.roles import Role

SignIn = Callable[[str], Client]
People = dict[str, User]


def _page(browser: Client, path: str) -> str:
    return browser.get(path).content.decode()


def _changed(person: User) -> list[str]:
    return list(Change.objects.filter(person=person).order_by("pk").values_list("what", flat=True))


@pytest.mark.parametrize(
    ("asked", "found"), [("q=cecil", {"cecilia"}), ("role=client", {"fatima", "gustav"}), ("q=berg&role=manager", {"david"}), ("q=xyz", set())]
)
def test_people_are_found_by_name_role_and_agent(asked: str, found: set[str], as_person: SignIn, people: People) -> None:
    page = _page(as_person("ingrid"), f"/people/?{asked}")
    assert {name for name, person in people.items() if f"/people/{person.pk}/" in page} == found


def test_a_long_list_comes_in_pages_that_keep_the_question(as_person: SignIn, people: People) -> None:
    User.objects.bulk_create([User(username=f"agent{n}", name=f"Agent {n:03d}", roles=["agent"]) for n in range(60)])
    page = _page(as_person("ingrid"), "/people/?q=agent")
    assert "?q=agent&amp;page=2" in page
    assert "Agent 059" in _page(as_person("ingrid"), "/people/?q=agent&page=2")


def test_an_invitation_ties_the_person_by_name_and_shows_its_link_once(as_person: SignIn, people: People) -> None:
    browser = as_person("ingrid")
    assert "Sven Berg" in _page(browser, "/people/invite/")
    answer = browser.post("/people/invite/", {"username": "sven", "name": "Sven", "roles": ["agent"], "agent_id": "sven"})
    page = answer.content.decode()
    assert re.search(r"http://testserver/welcome/[\w-]{43}/", page)
    assert "no-store" in answer["Cache-Control"]
    sven = User.objects.get(username="sven")
    assert (sven.roles, sven.agent_id, sven.has_usable_password()) == (["agent"], "sven", False)
    assert _changed(sven) == ["invited", "roles", "agent"]
    assert "/welcome/" not in _page(browser, f"/people/{sven.pk}/")


def test_what_is_wrong_with_an_invitation_stands_at_its_field_and_keeps_what_was_typed(as_person: SignIn, people: People) -> None:
    answer = as_person("ingrid").post("/people/invite/", {"username": "david", "name": "Other David", "roles": ["agent"], "agent_id": "anna"})
    page = answer.content.decode()
    assert "Anna Berg already has an account: Anna Berg." in page
    assert 'value="Other David"' in page
    again = as_person("ingrid").post("/people/invite/", {"username": "david", "name": "Other David"}).content.decode()
    assert 'id="id_username_error"' in again
    assert User.objects.filter(username="david").count() == 1


def test_a_changed_role_holds_from_the_next_page_on(as_person: SignIn, people: People) -> None:
    david, by = as_person("david"), as_person("ingrid")
    assert david.get("/explore/export/csv/?kpi=contacts_handled").status_code == 200
    by.post(f"/people/{people['david'].pk}/", {"name": "David Berg", "roles": ["evaluator"]})
    assert david.get("/explore/export/csv/?kpi=contacts_handled").status_code == 403
    assert _changed(people["david"]) == ["roles"]


def test_clients_are_chosen_by_name_and_agents_must_exist(as_person: SignIn, people: People) -> None:
    browser, address = as_person("ingrid"), f"/people/{people['fatima'].pk}/"
    assert "Nordkraft" in _page(browser, address)
    browser.post(address, {"name": "Fatima", "roles": ["client"], "client_ids": ["two"]})
    people["fatima"].refresh_from_db()
    assert people["fatima"].client_ids == ["two"]
    refused = browser.post(address, {"name": "Fatima", "roles": ["agent"], "agent_id": "somebody-else"})
    assert b"id_agent_id_error" in refused.content
    assert _changed(people["fatima"]) == ["name", "clients"]


def test_saving_without_a_change_writes_nothing_down(as_person: SignIn, people: People) -> None:
    as_person("ingrid").post(f"/people/{people['anna'].pk}/", {"name": "Anna Berg", "roles": ["agent"], "agent_id": "anna"})
    assert _changed(people["anna"]) == []


def test_giving_oneself_a_role_is_marked_in_the_log_that_the_representative_reads(as_person: SignIn, people: People) -> None:
    as_person("ingrid").post(f"/people/{people['ingrid'].pk}/", {"name": "Ingrid Berg", "roles": ["administrator", "manager"]})
    for reader in ("hanna", "ingrid"):
        page = _page(as_person(reader), "/oversight/changes/")
        assert "Roles: Administrator → Manager, Administrator" in page
        assert "Gave themselves" in page


def test_the_last_administrator_stays(as_person: SignIn, people: People) -> None:
    browser, own = as_person("ingrid"), people["ingrid"].pk
    assert b"last administrator" in browser.post(f"/people/{own}/", {"name": "Ingrid", "roles": ["manager"]}).content
    assert browser.post(f"/people/{own}/close/").status_code == 409
    people["ingrid"].refresh_from_db()
    assert people["ingrid"].holds(Role.ADMINISTRATOR)
    assert people["ingrid"].is_active
    actions.invite("second", by=None, roles=[Role.ADMINISTRATOR])  # who has not come yet cannot take over
    assert browser.post(f"/people/{own}/close/").status_code == 409
    actions.create_person("third", roles=[Role.ADMINISTRATOR], password="a long enough secret")
    assert browser.post(f"/people/{own}/close/").status_code == 302


def test_a_closed_account_is_out_at_once_and_can_be_opened_again(as_person: SignIn, people: People, client: Client) -> None:
    david, by = as_person("david"), as_person("ingrid")
    token = links.hand_out(people["david"], by=None)
    by.post(f"/people/{people['david'].pk}/close/")
    assert david.get("/kpis/").status_code == 302
    assert not Session.objects.filter(user=people["david"]).exists()
    client.get(f"/welcome/{token}/")
    assert client.get("/welcome/").status_code == 410
    by.post(f"/people/{people['david'].pk}/reopen/")
    assert client.post("/sign-in/", {"username": "david", "password": "correct horse battery"}).status_code == 302
    assert _changed(people["david"]) == ["withdrawn", "closed", "reopened"]


def test_an_account_whose_agent_was_given_to_another_stays_closed(people: People) -> None:
    actions.close_account(people["anna"], by=people["ingrid"])
    actions.create_person("anna2", roles=[Role.AGENT], agent_id="anna", password="a long enough secret")
    with pytest.raises(ValidationError):
        actions.reopen_account(people["anna"], by=people["ingrid"])


def test_an_administrator_signs_somebody_out_everywhere(as_person: SignIn, people: People) -> None:
    first, second = as_person("david"), as_person("david")
    as_person("ingrid").post(f"/people/{people['david'].pk}/sign-out/")
    assert [browser.get("/kpis/").status_code for browser in (first, second)] == [302, 302]


def test_a_link_is_replaced_by_the_next_and_can_be_withdrawn(as_person: SignIn, people: People) -> None:
    browser, address = as_person("ingrid"), f"/people/{people['david'].pk}/link/"
    for _ in range(2):
        assert b"/welcome/" in browser.post(address).content
    assert Link.objects.filter(withdrawn_at=None).count() == 1
    browser.post(f"{address}withdraw/")
    assert links.standing(people["david"]) is None
    assert _changed(people["david"]) == ["link", "link", "withdrawn"]


def test_what_is_missing_before_a_role_shows_anything_is_said(as_person: SignIn, people: People) -> None:
    User.objects.filter(pk=people["fatima"].pk).update(client_ids=[])
    assert "until the account is tied to a client" in _page(as_person("ingrid"), f"/people/{people['fatima'].pk}/")


def test_who_is_tied_to_somebody_the_store_forgot_is_kept(as_person: SignIn, people: People, nothing_loaded: None) -> None:
    browser, address = as_person("ingrid"), f"/people/{people['anna'].pk}/"
    assert '<option value="anna" selected>' in _page(browser, address)
    browser.post(address, {"name": "Anna Ny", "roles": ["agent"], "agent_id": "anna"})
    people["anna"].refresh_from_db()
    assert (people["anna"].name, people["anna"].agent_id) == ("Anna Ny", "anna")
