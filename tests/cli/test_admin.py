"""`nyckeltal admin`: run as its own process, since Django reads its settings once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def _admin(home: Path, *words: str, password: str = "") -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "nyckeltal.cli.main", "admin", *words, "--home", str(home)]
    return subprocess.run(line, input=f"{password}\n", capture_output=True, text=True, check=False)


def test_an_administrator_is_made_once_and_gets_a_new_password(home: Path) -> None:
    made = _admin(home, "create", "anna", password="correct horse battery")
    assert (made.returncode, made.stdout) == (0, "anna is an administrator now.\n")
    again = _admin(home, "create", "anna", password="correct horse battery")
    assert again.returncode == 1
    assert again.stderr.startswith("nyckeltal: Refused")
    new = _admin(home, "password", "anna", password="staple of another kind")
    assert (new.returncode, new.stdout) == (0, "anna has a new password.\n")


def test_a_weak_password_and_an_unknown_name_are_refused(home: Path) -> None:
    weak = _admin(home, "create", "anna", password="short")
    assert weak.returncode == 1
    assert "too short" in weak.stderr
    _admin(home, "create", "anna", password="correct horse battery")
    unknown = _admin(home, "password", "ana", password="correct horse battery")
    assert unknown.returncode == 1
    assert "Did you mean anna?" in unknown.stderr


def test_an_invitation_is_a_link_and_the_list_says_who_is_invited(home: Path) -> None:
    link = _admin(home, "invite", "berit", "--role", "leader", "--address", "https://kpi.example.org/")
    assert link.stdout.startswith("https://kpi.example.org/welcome/")
    told = json.loads(_admin(home, "list", "--format", "json").stdout)
    assert [(one["name"], one["roles"], one["state"]) for one in told] == [("berit", "leader", "invited")]
    assert link.stdout.split("/")[-2] not in _admin(home, "list").stdout


def test_an_invitation_asks_for_the_address_where_the_hosts_name_no_server(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NYCKELTAL_HOSTS", ".example.org")
    refused = _admin(home, "invite", "berit", "--role", "leader")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "--address" in refused.stderr
    assert json.loads(_admin(home, "list", "--format", "json").stdout) == []


def test_who_waits_after_wrong_passwords_may_try_again(home: Path) -> None:
    _admin(home, "create", "anna", password="correct horse battery")
    assert _admin(home, "unlock", "anna").stdout == "anna was not waiting; nothing was changed.\n"
    assert _admin(home, "unlock", "nobody").returncode == 1
