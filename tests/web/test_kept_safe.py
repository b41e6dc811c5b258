"""What keeps the house safe on a server that others reach: cookies, headers, sizes, logs."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from pytest_django.fixtures import Settings

from components import REPOSITORY
from nyckeltal.web.frame import checks
from nyckeltal.web.frame.logs import WithoutSecrets
from nyckeltal.web.people import links
from nyckeltal.web.people.models import User

SignIn = Callable[[str], Client]
ASKED = """
import json, django
django.setup()
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
from nyckeltal.web.people.actions import create_person
create_person("anna", roles=["manager"], password="correct horse battery")
told = {"plain": dict(Client().get("/sign-in/", headers={"host": "kpi.example.org"}).items())}
browser = Client(headers={"host": "kpi.example.org"})
page = browser.get("/sign-in/", secure=True)
inside = browser.post("/sign-in/", {"username": "anna", "password": "correct horse battery"}, secure=True)
told["headers"] = dict(page.items())
told["cookies"] = [morsel.OutputString() for answer in (page, inside) for morsel in answer.cookies.values()]
told["other_host"] = Client().get("/sign-in/", headers={"host": "evil.example"}, secure=True).status_code
print(json.dumps(told))
"""


def _outside(home: Path, **environment: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NYCKELTAL_", "DATABASE_", "DJANGO_"))}
    return kept | {"NYCKELTAL_HOME": str(home), "DJANGO_SETTINGS_MODULE": "nyckeltal.web.settings", "NYCKELTAL_HOSTS": "kpi.example.org"} | environment


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A server named for others, asked in a process of its own, since settings are read once."""
    home = tmp_path_factory.mktemp("safe")
    ran = subprocess.run([sys.executable, "-c", ASKED], env=_outside(home), capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_every_cookie_is_for_https_this_host_and_no_script(told: dict[str, Any]) -> None:
    assert {cookie.partition("=")[0] for cookie in told["cookies"]} == {"__Host-nyckeltal_csrf", "__Host-nyckeltal_session"}
    for cookie in told["cookies"]:
        assert all(mark in cookie for mark in ("; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"))
        assert "Domain" not in cookie


def test_browsers_are_told_to_stay_with_https_and_to_run_nothing_else(told: dict[str, Any]) -> None:
    headers = told["headers"]
    assert headers["Strict-Transport-Security"] == "max-age=2592000"
    assert told["plain"]["Location"] == "https://kpi.example.org/sign-in/"
    policy = {"default-src 'self'", "object-src 'none'", "base-uri 'self'", "form-action 'self'", "frame-ancestors 'none'"}
    assert set(headers["Content-Security-Policy"].split("; ")) == policy
    assert (headers["X-Content-Type-Options"], headers["X-Frame-Options"], headers["Referrer-Policy"]) == ("nosniff", "DENY", "same-origin")


def test_a_name_that_is_not_the_servers_is_refused(told: dict[str, Any]) -> None:
    assert told["other_host"] == 400


def test_django_finds_nothing_to_say_about_a_deployment(tmp_path: Path) -> None:
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    ran = subprocess.run(command, cwd=REPOSITORY, env=_outside(tmp_path), capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_developers_error_pages_are_refused_where_others_reach_the_server(settings: Settings) -> None:
    settings.DEBUG, settings.LOCAL_ONLY = True, False
    assert [found.id for found in checks.details_stay_at_home()] == ["nyckeltal.E002"]
    settings.LOCAL_ONLY = True
    assert checks.details_stay_at_home() == []


def _send(browser: Client, path: str, size: int) -> int:
    return browser.generic("POST", path, b"x", content_type="application/octet-stream", CONTENT_LENGTH=str(size)).status_code


def test_what_is_too_large_is_refused_before_it_is_read(as_person: SignIn, client: Client, settings: Settings) -> None:
    settings.UPLOAD_LIMIT_BYTES = 5_000_000
    assert _send(client, "/sign-in/", 3_000_000) == 413
    assert _send(as_person("ingrid"), "/account/", 3_000_000) == 413
    assert _send(as_person("ingrid"), "/loads/send/", 6_000_000) == 413
    assert _send(as_person("david"), "/loads/send/", 3_000_000) == 403
    assert "At most 2 MB" in client.generic("POST", "/sign-in/", b"x", CONTENT_LENGTH="3000000").content.decode()
    assert client.generic("POST", "/sign-in/", b"x", CONTENT_LENGTH="many").status_code == 413


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What a server would write, down to the last detail."""
    handler = next(one for one in logging.getLogger().handlers if any(isinstance(found, WithoutSecrets) for found in one.filters))
    assert isinstance(handler, logging.StreamHandler)
    written, root = io.StringIO(), logging.getLogger()
    before, level = handler.setStream(written), root.level
    root.setLevel(logging.DEBUG)
    yield written
    root.setLevel(level)
    handler.setStream(before)


def test_the_log_holds_no_password_token_cookie_or_question(client: Client, people: dict[str, User], log: io.StringIO) -> None:
    token = links.hand_out(people["david"], by=None)
    client.get("/no-such-page/?secret=question")
    client.post("/sign-in/?next=/explore/%3Fclient%3Done", {"username": "david", "password": "my wrong password"})
    client.post("/sign-in/", {"username": "david", "password": "correct horse battery"})
    client.get(f"/welcome/{token}/")
    client.get(f"/welcome/{token}/more/")  # not an address: the path itself is logged
    client.post(f"/welcome/{token}/")  # not allowed there: so is this one
    said = log.getvalue()
    assert "/welcome/…/" in said
    secrets = [token, links.hashed(token), "my wrong password", "correct horse", "secret=question", client.session.session_key or "none"]
    assert [one for one in secrets if one in said] == []


def test_a_fault_shows_no_details_and_no_secret(client: Client, people: dict[str, User], log: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_request: HttpRequest) -> HttpResponse:
        raise ValueError("a detail that helps attackers")

    browser = Client(raise_request_exception=False)
    browser.force_login(people["david"])
    monkeypatch.setattr("nyckeltal.web.kpi.views.render", fails)
    answer = browser.get("/kpis/?client=one")
    assert answer.status_code == 500
    assert b"attackers" not in answer.content
    assert "client=one" not in log.getvalue()


def test_a_foreign_host_leaves_one_line_in_the_log(log: io.StringIO) -> None:
    logging.getLogger().setLevel(logging.WARNING)
    assert Client(raise_request_exception=False).get("/sign-in/", headers={"host": "evil.example"}).status_code == 400
    (line,) = log.getvalue().splitlines()
    assert "evil.example" in line


def test_a_page_that_is_not_open_to_somebody_leaves_one_line_in_the_log(log: io.StringIO, as_person: Callable[[str], Client]) -> None:
    logging.getLogger().setLevel(logging.WARNING)
    assert as_person("gustav").get("/loads/").status_code == 403
    (line,) = log.getvalue().splitlines()
    assert "/loads/" in line
