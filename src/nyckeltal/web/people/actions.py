"""Verbs about people: create, give a new password."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from nyckeltal.web.people.models import User
from nyckeltal.web.people.roles import Role


@transaction.atomic
def create_person(
    username: str,
    *,
    roles: Iterable[Role | str],
    name: str = "",
    password: str | None = None,
    agent_id: str = "",
    client_ids: Iterable[str] = (),
) -> User:
    """A new user; without a password nobody can sign in as that user by form. Raises ValidationError with all mistakes."""
    held = [Role(role).value for role in roles]
    person = User(username=User.normalize_username(username), name=name or username, roles=held, agent_id=agent_id, client_ids=list(client_ids))
    return _with_password(person, password)


def give_password(username: str, password: str) -> User:
    """Raises User.DoesNotExist or ValidationError."""
    return _with_password(User.objects.get(username=username), password)


def _with_password(person: User, password: str | None) -> User:
    if password is not None:
        validate_password(password, person)
    person.set_password(password)
    person.full_clean()
    person.save()
    return person
