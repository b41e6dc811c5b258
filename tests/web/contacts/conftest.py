from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings

from web import cast
from web.contacts.loading import Making, calls, load, sent


def _on_one_connection(patched: pytest.MonkeyPatch) -> None:
    patched.setattr("django_tasks_db.management.commands.db_worker.close_old_connections", lambda: None)


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test is one transaction on one connection; a worker that runs inside it must not put that away, as it does between tasks elsewhere."""
    _on_one_connection(monkeypatch)


@pytest.fixture(scope="module")
def making(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any) -> Making:
    """Makes a home as the administrator does in the browser, and gives it with the address that this ended at. The accounts' database
    forgets it all; what was loaded stands in the home. Copy it before anything is written into it."""

    def made(begin: Callable[[Client], str]) -> tuple[Path, str]:
        home = tmp_path_factory.mktemp("made")
        named = override_settings(NYCKELTAL_HOME=home, **cast.SETTINGS)
        with pytest.MonkeyPatch.context() as patched, django_db_blocker.unblock(), named, transaction.atomic():
            _on_one_connection(patched)
            browser = Client()
            browser.force_login(cast.account("ingrid"))
            address = begin(browser)
            transaction.set_rollback(True)
        return home, address

    return made


@pytest.fixture
def ingrid(as_person: Callable[[str], Client]) -> Client:
    """The administrator's browser."""
    return as_person("ingrid")


@pytest.fixture(scope="module")
def october(making: Making) -> tuple[Path, str]:
    return making(lambda browser: load(browser, sent(browser, calls())))


@pytest.fixture
def first(october: tuple[Path, str]) -> str:
    """The address of a load of sixty calls."""
    shutil.copytree(october[0], settings.NYCKELTAL_HOME, dirs_exist_ok=True)
    return october[1]
