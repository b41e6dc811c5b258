from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from django.utils.translation import override

from nyckeltal.web.frame import views
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.web.people.models import User

SignIn = Callable[[str], Client]


@pytest.mark.parametrize(
    ("name", "page"),
    [("david", "/customer-service/"), ("cecilia", "/team/"), ("fatima", "/our-service/"), ("anna", "/my-figures/"), ("eva", "/evaluations/")],
)
def test_each_begins_where_their_own_figures_are(name: str, page: str, as_person: SignIn) -> None:
    assert as_person(name).get("/")["Location"] == page


@pytest.mark.parametrize("name", ["hanna", "nobody"])
def test_who_has_no_figures_begins_with_who_sees_what(name: str, as_person: SignIn) -> None:
    assert as_person(name).get("/")["Location"] == "/who-sees-what/"


@pytest.mark.parametrize(("name", "page"), [("ingrid", "/loads/"), ("david", "/customer-service/"), ("anna", "/my-figures/")])
def test_while_nothing_is_loaded_whoever_may_load_begins_there(name: str, page: str, as_person: SignIn, nothing_loaded: None) -> None:
    assert as_person(name).get("/")["Location"] == page


def test_of_several_roles_the_widest_comes_first_and_the_others_stand_in_the_menu(as_person: SignIn, people: dict[str, User]) -> None:
    people["cecilia"].roles = ["agent", "leader", "manager"]
    people["cecilia"].save()
    browser = as_person("cecilia")
    assert browser.get("/")["Location"] == "/customer-service/"
    page = browser.get("/kpis/").content.decode()
    assert page.index('href="/customer-service/"') < page.index('href="/team/"') < page.index('href="/my-figures/"')


def test_the_menu_shows_to_each_only_what_is_open(as_person: SignIn) -> None:
    page = as_person("anna").get("/my-figures/").content.decode()
    assert 'href="/my-figures/" aria-current="page"' in page
    assert not any(f'href="{closed}"' in page for closed in ("/team/", "/customer-service/", "/our-service/", "/evaluations/"))


def test_a_chosen_language_stays(as_person: SignIn) -> None:
    browser = as_person("david")
    answer = browser.post("/language/", {"language": "sv", "next": "/who-sees-what/"})
    assert answer["Location"] == "/who-sees-what/"
    assert '<html lang="sv"' in browser.get("/kpis/").content.decode()


def test_a_language_nobody_speaks_here_changes_nothing(as_person: SignIn) -> None:
    browser = as_person("david")
    browser.post("/language/", {"language": "xx"})
    assert '<html lang="en"' in browser.get("/kpis/").content.decode()


@pytest.mark.parametrize(
    ("theme", "mark"), [("dark", ' data-theme="dark"'), ("light", ' data-theme="light"'), ("system", "<html lang"), ("pink", "<html lang")]
)
def test_a_chosen_theme_stays(as_person: SignIn, theme: str, mark: str) -> None:
    browser = as_person("david")
    browser.post("/theme/", {"theme": theme})
    page = browser.get("/kpis/").content.decode()
    assert mark in page
    assert ("data-theme" in page.split("<head>")[0]) == (theme in {"dark", "light"})


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_a_switch_leads_nowhere_else(as_person: SignIn, elsewhere: str) -> None:
    assert as_person("david").post("/theme/", {"theme": "dark", "next": elsewhere})["Location"] == "/"


def test_a_switch_needs_its_token(people: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/theme/", {"theme": "dark"})
    assert answer.status_code == 403
    assert "too old" in answer.content.decode()


def test_the_menu_says_where_one_is(as_person: SignIn) -> None:
    page = as_person("david").get("/kpis/fcr/").content.decode()
    assert '<a href="/kpis/" aria-current="page">' in page
    assert '<a href="/explore/">' in page


def test_who_sees_no_figures_is_not_led_to_explore(as_person: SignIn) -> None:
    assert '<a href="/explore/">' not in as_person("hanna").get("/kpis/").content.decode()


def test_a_missing_page_says_so_in_the_house(as_person: SignIn) -> None:
    answer = as_person("david").get("/nothing/here/")
    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()


def test_a_refusal_says_why(rf: RequestFactory, people: dict[str, object]) -> None:
    request = rf.get("/")
    request.user = people["hanna"]  # type: ignore[assignment]  # the stubs know no user of our own
    answer = views.refused(request, exception=PermissionDenied(Text("x", "Because %(reason)s.", {"reason": "of the moon"})))
    assert answer.status_code == 403
    assert "Because of the moon." in answer.content.decode()


def test_a_bad_request_says_that_nothing_changed(rf: RequestFactory, people: dict[str, object]) -> None:
    request = rf.get("/")
    request.user = people["hanna"]  # type: ignore[assignment]  # the stubs know no user of our own
    assert "Nothing was changed" in views.bad_request(request).content.decode()


def test_a_fault_of_ours_says_so_without_touching_anything(rf: RequestFactory) -> None:
    with override("en"):
        answer = views.failed(rf.get("/"))
    assert answer.status_code == 500
    assert "The fault is ours" in answer.content.decode()


def test_pages_are_kept_by_nobody_on_the_way(as_person: SignIn) -> None:
    answer = as_person("david").get("/kpis/service_level/")
    assert "private" in answer["Cache-Control"]
    assert "HX-Request" in answer["Vary"]
