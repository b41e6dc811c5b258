"""Guessing passwords is slow, for names that exist and names that do not alike."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django.fixtures import Settings

from nyckeltal.web.people import actions, throttle
from nyckeltal.web.people.models import User

People = dict[str, User]
WRONG = "wrong"


def _try(browser: Client, name: str, password: str = WRONG, address: str = "192.0.2.1", **headers: str) -> int:
    return browser.post("/sign-in/", {"username": name, "password": password}, REMOTE_ADDR=address, **headers).status_code  # type: ignore[arg-type]  # headers may be any words of the environment


@pytest.mark.parametrize("name", ["david", "no-such-person"])
def test_after_five_wrong_passwords_a_name_waits_whether_it_exists_or_not(name: str, client: Client, people: People) -> None:
    assert [_try(client, name) for _ in range(6)] == [200, 200, 200, 200, 429, 429]
    page = client.post("/sign-in/", {"username": name, "password": "wrong"}, REMOTE_ADDR="192.0.2.1").content.decode()
    assert "In 15 minutes you can try again" in page
    assert name not in page
    assert _try(client, "david", "correct horse battery", address="198.51.100.7") == 302  # elsewhere nobody waits


def test_the_right_password_waits_too(client: Client, people: People) -> None:
    for _ in range(5):
        _try(client, "david")
    assert _try(client, "david", "correct horse battery") == 429
    assert client.get("/kpis/").status_code == 302


def test_the_wait_ends_by_itself_and_trying_on_does_not_make_it_longer(client: Client, people: People) -> None:
    for _ in range(8):
        _try(client, "david")
    assert AccessAttempt.objects.get().failures_since_start == 5
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert _try(client, "david", "correct horse battery") == 302


def test_the_right_password_forgets_the_wrong_ones(client: Client, people: People) -> None:
    for _ in range(4):
        _try(client, "david")
    assert _try(client, "david", "correct horse battery") == 302
    assert not AccessAttempt.objects.exists()


def test_one_password_tried_with_every_name_is_stopped(client: Client, people: People) -> None:
    tried = [_try(client, f"name{n}") for n in range(60)]
    assert tried.index(429) == 49
    assert _try(client, "david", "correct horse battery") == 429
    assert _try(client, "david", "correct horse battery", address="198.51.100.7") == 302


def test_an_administrator_lets_somebody_try_again(client: Client, people: People) -> None:
    for _ in range(5):
        _try(client, "david")
    assert actions.unlock("david") == 1
    assert _try(client, "david", "correct horse battery") == 302


def test_a_name_of_nobody_forgets_nothing(client: Client, people: People) -> None:
    _try(client, "david")
    assert throttle.forget("") == 0
    assert AccessAttempt.objects.count() == 1


def test_what_was_typed_is_not_kept(client: Client, people: People) -> None:
    client.post("/sign-in/?next=/explore/%3Fclient=one", {"username": "david", "password": "my secret", "next": "/explore/?client=one"})
    kept = str(AccessAttempt.objects.values())
    assert "my secret" not in kept
    assert "client=one" not in kept


@pytest.mark.parametrize(
    ("remote", "forwarded", "behind", "found"),
    [
        ("192.0.2.1", "203.0.113.9", False, "192.0.2.1"),  # without a proxy anybody can write the header
        ("127.0.0.1", "203.0.113.9", True, "203.0.113.9"),
        ("127.0.0.1", "1.1.1.1, 203.0.113.9", True, "203.0.113.9"),  # what the visitor claims stands in front
        ("127.0.0.1", "1.1.1.1, 203.0.113.9:5512", True, "203.0.113.9"),
        ("127.0.0.1", "nonsense", True, "127.0.0.1"),
        ("127.0.0.1", "", True, "127.0.0.1"),
        ("2001:db8:1:2:aaaa:bbbb:cccc:dddd", "", False, "2001:db8:1:2::"),  # one visitor has a whole network
        ("127.0.0.1", "[2001:db8:1:2::7]:443", True, "2001:db8:1:2::"),
        ("::ffff:192.0.2.1", "", False, "192.0.2.1"),
        ("", "", False, None),
    ],
)
def test_the_visitors_address_is_right_behind_a_proxy(remote: str, forwarded: str, behind: bool, found: str | None, settings: Settings) -> None:
    settings.BEHIND_PROXY = behind
    request = RequestFactory().get("/", REMOTE_ADDR=remote, **({"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}))
    assert throttle.address(request) == found


def test_names_that_no_database_takes_are_refused_calmly(client: Client, people: People) -> None:
    assert _try(client, "x" * 5000) == 200
    assert _try(client, "da\0vid") == 200
