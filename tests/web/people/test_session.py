"""Sessions: a new key at the door, an end after idleness and after days, and all of a person's at once."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from nyckeltal.web.people import links, session
from nyckeltal.web.people.models import Session, User
from nyckeltal.web.people.roles import Role

SignIn = Callable[[str], Client]
People = dict[str, User]
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0"


_NOW = time.time


def _let_pass(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    now = _NOW()
    monkeypatch.setattr(session.time, "time", lambda: now + seconds)


def _sign_in(browser: Client, name: str = "david", **headers: str) -> None:
    browser.post("/sign-in/", {"username": name, "password": "correct horse battery"}, headers=headers)


def test_signing_in_gives_a_new_key(client: Client, people: People) -> None:
    client.get(f"/welcome/{links.hand_out(people['anna'], by=None)}/")
    before = client.session.session_key
    _sign_in(client)
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_a_session_ends_when_nothing_happened_for_long(client: Client, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    _sign_in(client)
    _let_pass(monkeypatch, 11 * 3600)
    assert client.get("/kpis/").status_code == 200
    _let_pass(monkeypatch, 22 * 3600)
    assert client.get("/kpis/").status_code == 200
    _let_pass(monkeypatch, 35 * 3600)
    assert client.get("/kpis/")["Location"] == "/sign-in/?next=/kpis/"
    assert not Session.objects.exists()


def test_a_session_ends_after_fourteen_days_whatever_happened(client: Client, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    _sign_in(client)
    start = time.time()
    statuses = []
    for hours in range(10, 15 * 24, 10):
        monkeypatch.setattr(session.time, "time", lambda hours=hours: start + hours * 3600)
        statuses.append(client.get("/account/").status_code)
    assert statuses.index(302) == 33  # after 340 hours; fourteen days are 336


def test_not_every_page_is_a_write(client: Client, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    _sign_in(client)
    before = Session.objects.get().seen_at
    client.get("/kpis/")
    assert Session.objects.get().seen_at == before
    _let_pass(monkeypatch, 61)
    client.get("/kpis/")
    assert Session.objects.get().seen_at != before


def test_a_demos_session_ends_with_the_demo(client: Client, db: None, settings: Settings) -> None:
    settings.NYCKELTAL_DEMO = True
    client.post("/sign-in/demo/manager/")
    assert client.get("/kpis/").status_code == 200
    settings.NYCKELTAL_DEMO = False
    assert client.get("/kpis/").status_code == 302


def test_own_sessions_are_listed_and_all_end_at_once(people: People) -> None:
    one, two = Client(), Client()
    _sign_in(one, **{"User-Agent": FIREFOX})
    _sign_in(two, **{"User-Agent": EDGE})
    page = one.get("/account/").content.decode()
    assert "Firefox, Linux" in page
    assert "Edge, Windows" in page
    assert page.count("This one") == 1
    assert one.post("/account/sign-out-everywhere/")["Location"] == "/sign-in/"
    assert [browser.get("/kpis/").status_code for browser in (one, two)] == [302, 302]


@pytest.mark.parametrize("address", ["/account/sign-out-everywhere/", "/people/{}/sign-out/", "/people/{}/close/"])
def test_who_ends_all_own_sessions_is_shown_the_door_whenever_it_is(people: People, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    people["hanna"].roles = [Role.ADMINISTRATOR.value]
    people["hanna"].save()
    browser = Client()
    _sign_in(browser, "ingrid")
    _let_pass(monkeypatch, 300)  # long enough for the page to note that the session was seen
    assert browser.post(address.format(people["ingrid"].pk)).status_code == 302
    assert browser.get("/people/").status_code == 302
    assert not Session.objects.exists()


def test_an_own_new_password_ends_the_other_sessions(people: People) -> None:
    here, there = Client(), Client()
    _sign_in(here)
    _sign_in(there)
    new = {"old_password": "correct horse battery", "new_password1": "quite another secret", "new_password2": "quite another secret"}
    assert here.post("/account/password/", new)["Location"] == "/account/?done=password"
    assert [browser.get("/account/").status_code for browser in (here, there)] == [200, 302]
    assert Client().post("/sign-in/", {"username": "david", "password": "quite another secret"}).status_code == 302


def test_without_the_old_password_there_is_no_new_one(client: Client, people: People) -> None:
    _sign_in(client)
    new = {"old_password": "wrong", "new_password1": "quite another secret", "new_password2": "quite another secret"}
    assert b"id_old_password_error" in client.post("/account/password/", new).content
    people["david"].refresh_from_db()
    assert people["david"].check_password("correct horse battery")


def test_name_language_and_colours_are_ones_own(as_person: SignIn, people: People) -> None:
    browser = as_person("david")
    answer = browser.post("/account/", {"name": "Davida Berg", "language": "fi", "theme": "dark"})
    assert (answer.cookies["nyckeltal_language"].value, answer.cookies["nyckeltal_theme"].value) == ("fi", "dark")
    assert 'lang="fi" data-theme="dark"' in browser.get("/account/").content.decode()
    elsewhere = Client()
    _sign_in(elsewhere)
    assert 'lang="fi" data-theme="dark"' in elsewhere.get("/account/").content.decode()


def test_a_switch_holds_in_every_browser_of_the_person(as_person: SignIn, people: People) -> None:
    as_person("david").post("/language/", {"language": "hu", "next": "/account/"})
    as_person("david").post("/theme/", {"theme": "light"})
    people["david"].refresh_from_db()
    assert (people["david"].language, people["david"].theme) == ("hu", "light")


def test_roles_are_not_ones_own_to_give(as_person: SignIn, people: People) -> None:
    as_person("david").post("/account/", {"name": "David", "language": "", "theme": "", "roles": ["administrator"], "agent_id": "anna"})
    people["david"].refresh_from_db()
    assert (people["david"].roles, people["david"].agent_id) == (["manager"], "")


def test_the_account_says_what_the_roles_let_one_see(as_person: SignIn) -> None:
    page = as_person("cecilia").get("/account/").content.decode()
    assert "Leaders see the company’s figures." in page
    assert "Team leader" in page
