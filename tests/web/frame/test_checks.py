from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from pytest_django.fixtures import Settings

from nyckeltal.web.frame import checks

PRINTED = """
import json, django
from django.conf import settings
from nyckeltal.web.settings import MISTAKES
print(json.dumps({**{name: str(getattr(settings, name)) for name in %r}, "MISTAKES": MISTAKES}))
"""


def _settings(home: Path, *names: str, **environment: str) -> dict[str, Any]:
    """What the settings are in a process of its own with this environment."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("NYCKELTAL_", "DATABASE_"))}
    given = outside | {"NYCKELTAL_HOME": str(home), "DJANGO_SETTINGS_MODULE": "nyckeltal.web.settings"} | environment
    ran = subprocess.run([sys.executable, "-c", PRINTED % (names,)], env=given, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_a_home_of_ones_own_is_safe_by_default(tmp_path: Path) -> None:
    found = _settings(tmp_path, "DEBUG", "NYCKELTAL_DEMO", "HTTPS", "ALLOWED_HOSTS")
    assert found == {"DEBUG": "False", "NYCKELTAL_DEMO": "False", "HTTPS": "False", "ALLOWED_HOSTS": "['localhost', '127.0.0.1', '[::1]']", "MISTAKES": []}


def test_naming_another_host_switches_https_on(tmp_path: Path) -> None:
    found = _settings(tmp_path, "HTTPS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", NYCKELTAL_HOSTS="kpi.example.org")
    assert {value for name, value in found.items() if name != "MISTAKES"} == {"True"}


def test_the_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    first, second = (_settings(tmp_path / "home", "SECRET_KEY")["SECRET_KEY"] for _ in range(2))
    assert first == second
    assert len(first) >= 50
    assert (tmp_path / "home" / "web-secret").stat().st_mode & 0o777 == 0o600


def test_reading_the_settings_writes_nothing(tmp_path: Path) -> None:
    _settings(tmp_path / "home", "DEBUG")
    assert not (tmp_path / "home").exists()


def test_what_cannot_be_used_is_told_all_at_once(tmp_path: Path) -> None:
    found = _settings(tmp_path, "DEBUG", NYCKELTAL_DEBUG="maybe", NYCKELTAL_LOG_LEVEL="LOUD", DATABASE_URL="oracle-ish://secret@x")
    assert [name for name, _, _ in found["MISTAKES"]] == ["NYCKELTAL_DEBUG", "DATABASE_URL", "NYCKELTAL_LOG_LEVEL"]
    assert "secret" not in json.dumps(found["MISTAKES"])


def test_an_empty_setting_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    found = _settings(tmp_path, "DEBUG", "ALLOWED_HOSTS", NYCKELTAL_DEBUG="", NYCKELTAL_HOSTS="")
    assert found["MISTAKES"] == []
    assert "localhost" in found["ALLOWED_HOSTS"]


def test_django_finds_nothing_to_say() -> None:
    assert run_checks() == []


def test_a_mistake_becomes_a_check_with_id_and_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nyckeltal.web.settings.MISTAKES", [("NYCKELTAL_DEBUG", "maybe", "1 or 0")])
    (told,) = checks.settings_can_be_read()
    assert (told.id, "1 or 0" in (told.hint or "")) == ("nyckeltal.E001", True)


def test_a_demo_that_others_reach_is_warned_of(settings: Settings) -> None:
    settings.NYCKELTAL_DEMO, settings.LOCAL_ONLY = True, False
    assert [told.id for told in checks.demo_stays_at_home()] == ["nyckeltal.W001"]
    settings.LOCAL_ONLY = True
    assert checks.demo_stays_at_home() == []


def test_answering_to_any_name_is_warned_of(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    assert [told.id for told in checks.hosts_are_named()] == ["nyckeltal.W002"]
