"""Links that somebody hands over: an invitation, or a new password."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from nyckeltal.web.frame.logs import WithoutSecrets
from nyckeltal.web.people import actions, links
from nyckeltal.web.people.models import Change, Link, Session, User
from nyckeltal.web.people.roles import Role

SignIn = Callable[[str], Client]
NEW = {"new_password1": "staple of another kind", "new_password2": "staple of another kind"}


def _invited() -> tuple[User, str]:
    return actions.invite("berit", by=None, roles=[Role.MANAGER], name="B. Ek")


def test_an_invited_person_chooses_language_name_and_password_and_is_in(client: Client, db: None) -> None:
    berit, token = _invited()
    answer = client.get(f"/welcome/{token}/")
    assert answer["Location"] == "/welcome/"
    page = client.get("/welcome/").content.decode()
    assert 'value="B. Ek"' in page
    assert token not in page
    answer = client.post("/welcome/", {"language": "sv", "name": "Berit Ek", **NEW})
    assert (answer["Location"], answer.cookies["nyckeltal_language"].value) == ("/", "sv")
    berit.refresh_from_db()
    assert (berit.name, berit.language, berit.check_password("staple of another kind")) == ("Berit Ek", "sv", True)
    assert client.get("/explore/").status_code == 200
    assert list(Change.objects.order_by("pk").values_list("what", flat=True)) == ["invited", "roles", "accepted"]


def test_a_link_works_once(client: Client, db: None) -> None:
    _, token = _invited()
    client.get(f"/welcome/{token}/")
    client.post("/welcome/", {"language": "en", "name": "Berit", **NEW})
    other = Client()
    other.get(f"/welcome/{token}/")
    assert other.get("/welcome/").status_code == 410
    assert links.use(links.hashed(token), password="yet another secret") is None


def test_a_link_ends_after_seven_days(client: Client, db: None) -> None:
    berit, token = _invited()
    Link.objects.filter(person=berit).update(expires_at=timezone.now() - timedelta(seconds=1))
    client.get(f"/welcome/{token}/")
    assert client.get("/welcome/").status_code == 410
    assert client.post("/welcome/", NEW).status_code == 410


def test_only_the_hash_of_a_token_is_kept(db: None) -> None:
    _, token = _invited()
    link = Link.objects.get()
    assert link.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert link.expires_at - link.made_at == timedelta(days=7)
    assert token not in str(Link.objects.values()) + str(Change.objects.values())


@pytest.mark.parametrize("token", ["short", "x" * 43, "%00", "å" * 10, "../../etc"])
def test_a_token_that_is_none_says_what_to_do(token: str, client: Client, db: None) -> None:
    client.get(f"/welcome/{token}/")
    answer = client.get("/welcome/")
    assert answer.status_code == 410
    assert "What to do" in answer.content.decode()


def test_a_password_that_is_easily_guessed_is_refused_and_the_link_stays(client: Client, db: None) -> None:
    berit, token = _invited()
    client.get(f"/welcome/{token}/")
    answer = client.post("/welcome/", {"language": "en", "name": "Berit", "new_password1": "berit", "new_password2": "berit"})
    assert b"too short" in answer.content
    assert links.standing(berit) is not None


def test_a_lost_password_is_replaced_and_everybody_signed_in_with_the_old_one_is_out(as_person: SignIn, people: dict[str, User], client: Client) -> None:
    old = as_person("david")
    token = links.hand_out(people["david"], by=people["ingrid"])
    assert client.post("/sign-in/", {"username": "david", "password": "correct horse battery"}).status_code == 302  # holds until the link is used
    other = Client()
    other.get(f"/welcome/{token}/")
    page = other.get("/welcome/").content.decode()
    assert 'name="language"' not in page.partition('<form class="card form"')[2].partition("</form>")[0]
    other.post("/welcome/", NEW)
    assert [browser.get("/kpis/").status_code for browser in (old, client, other)] == [302, 302, 200]
    people["david"].refresh_from_db()
    assert people["david"].name == "David Berg"


def test_a_link_opened_in_somebodys_browser_leads_into_the_invited_account(as_person: SignIn, people: dict[str, User]) -> None:
    _, token = _invited()
    browser = as_person("ingrid")
    browser.get(f"/welcome/{token}/")
    browser.post("/welcome/", {"language": "en", "name": "Berit", **NEW})
    assert browser.get("/people/").status_code == 403


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Not Found: /welcome/abcDEF-123_x/", "Not Found: /welcome/…/"),
        ("Not Found: /explore/?kpi=aht&client=one is gone", "Not Found: /explore/?… is gone"),
        ("What is it?", "What is it?"),
    ],
)
def test_the_log_holds_no_tokens_and_no_query_strings(said: str, kept: str) -> None:
    record = logging.LogRecord("x", logging.WARNING, "x", 1, "%s", (said,), None)
    WithoutSecrets().filter(record)
    assert record.getMessage() == kept


def test_guessing_at_links_leaves_no_session_behind(client: Client, db: None) -> None:
    assert client.get("/welcome/not-a-token/")["Location"] == "/welcome/"
    assert client.get("/welcome/").status_code == 410
    assert not Session.objects.exists()


def test_a_link_that_does_not_open_forgets_the_one_before(client: Client, db: None) -> None:
    client.get(f"/welcome/{_invited()[1]}/")
    client.get("/welcome/not-a-token/")
    assert client.get("/welcome/").status_code == 410
