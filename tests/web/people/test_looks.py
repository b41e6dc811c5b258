from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from nyckeltal.web.people import looks
from nyckeltal.web.people.models import Look, User

SignIn = Callable[[str], Client]


def test_a_leader_who_opens_persons_figures_is_written_down(as_person: SignIn) -> None:
    as_person("cecilia").get("/explore/?kpi=contacts_handled&by=agent")
    assert set(Look.objects.values_list("by__username", "agent_id", "thing")) == {("cecilia", "anna", "figures"), ("cecilia", "bengt", "figures")}


def test_an_export_of_persons_is_written_down_as_such(as_person: SignIn) -> None:
    as_person("cecilia").get("/explore/export/csv/?kpi=contacts_handled&by=agent")
    assert set(Look.objects.values_list("thing", flat=True)) == {"export"}


def test_looking_at_oneself_is_nobodys_business(as_person: SignIn) -> None:
    as_person("anna").get("/explore/?kpi=contacts_handled&by=agent")
    assert not Look.objects.exists()


def test_figures_of_no_person_are_not_logged(as_person: SignIn) -> None:
    as_person("david").get("/explore/?kpi=contacts_handled&by=team")
    assert not Look.objects.exists()


def test_the_person_looked_at_reads_who_what_and_why(as_person: SignIn) -> None:
    as_person("cecilia").get("/explore/?kpi=contacts_handled&by=agent")
    page = as_person("anna").get("/who-sees-what/").content.decode()
    assert "Cecilia Berg" in page
    assert "Following up the own team" in page
    assert "Contacts (tickets) handled" in page


def test_others_do_not_read_it(as_person: SignIn) -> None:
    as_person("cecilia").get("/explore/?kpi=contacts_handled&by=agent")
    assert "Following up the own team" not in as_person("david").get("/who-sees-what/").content.decode()


def test_nobody_is_not_somebody(people: dict[str, User]) -> None:
    looks.log_contacts(people["david"], {"phone:1": []}, purpose="x")
    assert Look.objects.count() == 1
    assert not looks.at("").exists()


def test_drawing_contacts_is_logged_for_those_in_them(as_person: SignIn) -> None:
    as_person("david").get("/kpis/aht/?month=2026-10")
    found = Look.objects.filter(thing="evidence")
    assert 1 <= found.count() <= 5
    assert set(found.values_list("by__username", flat=True)) == {"david"}
