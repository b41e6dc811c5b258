"""`nyckeltal admin`: on the database of the tests, since Django reads its settings once; the first as a process of its own."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import django
import pytest
from pytest_django.fixtures import Settings

from nyckeltal.cli.main import main
from outside import Ended, commands

django.setup()
Admin = Callable[..., Ended]


@pytest.fixture
def admin(db: None, settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Admin:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

    def does(*words: str, password: str = "") -> Ended:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
        code = main(["admin", *words])
        return Ended(code, *capsys.readouterr())

    return does


@pytest.mark.slow
def test_an_administrator_is_made_once_and_gets_a_new_password(home: Path) -> None:
    create = ("admin", "create", "anna", "--home", str(home))
    made, again, new = commands(home / "other", create, create, ("admin", "password", "anna", "--home", str(home)), said="staple of another kind\n")
    assert (made.returncode, made.stdout) == (0, "anna is an administrator now.\n")
    assert again.returncode == 1
    assert again.stderr.startswith("nyckeltal: Refused")
    assert (new.returncode, new.stdout) == (0, "anna has a new password.\n")
    assert (home / "django.sqlite3").exists()


def test_a_weak_password_and_an_unknown_name_are_refused(admin: Admin) -> None:
    weak = admin("create", "anna", password="short")
    assert weak.returncode == 1
    assert "too short" in weak.stderr
    admin("create", "anna", password="correct horse battery")
    unknown = admin("password", "ana", password="correct horse battery")
    assert unknown.returncode == 1
    assert "Did you mean anna?" in unknown.stderr


def test_an_invitation_is_a_link_and_the_list_says_who_is_invited(admin: Admin) -> None:
    link = admin("invite", "berit", "--role", "leader", "--address", "https://kpi.example.org/")
    assert link.stdout.startswith("https://kpi.example.org/welcome/")
    told = json.loads(admin("list", "--format", "json").stdout)
    assert [(one["name"], one["roles"], one["state"]) for one in told] == [("berit", "leader", "invited")]
    assert link.stdout.split("/")[-2] not in admin("list").stdout


def test_an_invitation_asks_for_the_address_where_the_hosts_name_no_server(admin: Admin, settings: Settings) -> None:
    settings.ALLOWED_HOSTS, settings.LOCAL_ONLY = [".example.org"], False
    refused = admin("invite", "berit", "--role", "leader")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "--address" in refused.stderr
    assert json.loads(admin("list", "--format", "json").stdout) == []


def test_who_waits_after_wrong_passwords_may_try_again(admin: Admin) -> None:
    admin("create", "anna", password="correct horse battery")
    assert admin("unlock", "anna").stdout == "anna was not waiting; nothing was changed.\n"
    assert admin("unlock", "nobody").returncode == 1
