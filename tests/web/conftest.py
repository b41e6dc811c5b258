"""Pages under test: the cast signed in, on a centre in memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import django
import pytest
from django.test import Client
from django.utils import translation
from pytest_django.fixtures import Settings

from nyckeltal.contacts.store import World
from nyckeltal.web.frame import facts
from web import cast

if TYPE_CHECKING:
    from nyckeltal.web.people.models import User

django.setup()  # test files ask for models as soon as they are read


@pytest.fixture(scope="session")
def centre() -> World:
    return cast.centre()


@pytest.fixture(autouse=True)
def web_home(settings: Settings, tmp_path: Path, centre: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes anybody's home folder."""
    settings.NYCKELTAL_HOME = tmp_path
    for name, value in cast.SETTINGS.items():
        setattr(settings, name, value)
    monkeypatch.setattr(facts, "current", lambda: centre)


@pytest.fixture(autouse=True)
def in_english() -> None:
    """A page leaves its reader's language behind in the thread; the next test is not that reader's."""
    translation.activate("en")


@pytest.fixture
def nothing_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    world = cast.empty()
    monkeypatch.setattr(facts, "current", lambda: world)


@pytest.fixture
def people(db: None) -> dict[str, User]:
    """Everybody of the cast, by first name."""
    return {name: cast.account(name) for name in cast.CAST}


@pytest.fixture
def token_of(people: dict[str, User]) -> Callable[..., str]:
    """A token of that person, with these rights of the person's, or all of them."""
    from nyckeltal.web.people import tokens

    def made(name: str, *scopes: str, days: int = 30) -> str:
        return tokens.make(people[name], purpose=f"{name}’s sheet", scopes=scopes or list(tokens.Scope), days=days)

    return made


@pytest.fixture
def as_program(token_of: Callable[..., str]) -> Callable[..., Client]:
    """A program with that person's token."""

    def calling(name: str, *scopes: str, **headers: str) -> Client:
        return Client(headers={"Authorization": f"Bearer {token_of(name, *scopes)}", **headers})

    return calling


@pytest.fixture
def as_person(people: dict[str, User]) -> Callable[[str], Client]:
    """A browser in which that person has signed in."""

    def signed_in(name: str) -> Client:
        client = Client()
        client.force_login(people[name])
        return client

    return signed_in


@pytest.fixture
def signed_in(as_person: Callable[[str], Client]) -> Callable[[str], Client]:
    """The same browser each time, for what ends nobody's session."""
    return cache(as_person)
