"""`nyckeltal admin`: run as its own process, since Django reads its settings once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def _admin(home: Path, *words: str, password: str) -> subprocess.CompletedProcess[str]:
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
