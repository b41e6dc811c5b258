"""Verbs about accounts: make, invite, change, close, open again, sign out, new password. Each writes down who did it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from nyckeltal.web.people import changes, links, throttle, tokens
from nyckeltal.web.people.models import User
from nyckeltal.web.people.organisation import agents
from nyckeltal.web.people.roles import Role
from nyckeltal.web.people.session import end_all


@transaction.atomic
def create_person(
    username: str,
    *,
    roles: Iterable[Role | str],
    name: str = "",
    password: str | None = None,
    agent_id: str = "",
    client_ids: Iterable[str] = (),
    language: str = "",
    by: User | None = None,
) -> User:
    """A new user; without a password nobody can sign in as that user by form. Raises ValidationError with all mistakes."""
    held = [role.value for role in _in_order(roles)]
    person = User(username=User.normalize_username(username), name=name or username, roles=held, agent_id=agent_id, client_ids=list(client_ids))
    person.language = language
    _with_password(person, password)
    changes.note(person, "created" if password is not None else "invited", by=by)
    changes.note_differences(person, _NOBODY, _tied(person), by=by)
    return person


@transaction.atomic
def invite(username: str, *, by: User | None, **details: Any) -> tuple[User, str]:
    """A new user who chooses the password by a link; with the link's token, to be shown once."""
    free_for(None, str(details.get("agent_id", "")))
    person = create_person(username, by=by, **details)
    return person, links.hand_out(person, by=by)


@transaction.atomic
def new_link(person: User, *, by: User | None) -> str:
    """Another way in: the invitation again, or a new password for somebody who has lost the old one. The old one holds until the link is used."""
    if not person.is_active:
        raise ValidationError(_("This account is closed. Open it again first."))
    token = links.hand_out(person, by=by)
    changes.note(person, "link" if person.has_usable_password() else "link_again", by=by)
    return token


@transaction.atomic
def change_person(person: User, *, name: str, roles: Iterable[Role | str], agent_id: str, client_ids: Iterable[str], by: User) -> User:
    """What an administrator may change. It holds from the person's next page on."""
    held = [role.value for role in _in_order(roles)]
    if Role.ADMINISTRATOR.value not in held:
        _keep_an_administrator(without=person)
    free_for(person, agent_id)
    person = User.objects.select_for_update().get(pk=person.pk)
    before = {"name": person.name} | _tied(person)
    person.name, person.roles, person.agent_id, person.client_ids = name, held, agent_id, list(client_ids)
    person.full_clean()
    person.save(update_fields=["name", "roles", "agent_id", "client_ids"])
    changes.note_differences(person, before, {"name": person.name} | _tied(person), by=by)
    return person


@transaction.atomic
def close_account(person: User, *, by: User) -> None:
    """Nobody signs in as this person any more; what was done stays in the logs under the name."""
    _keep_an_administrator(without=person)
    User.objects.filter(pk=person.pk).update(is_active=False)
    links.withdraw(person, by=by)
    tokens.withdraw_all(person, by=by)
    end_all(person)
    changes.note(person, "closed", by=by)


@transaction.atomic
def reopen_account(person: User, *, by: User) -> None:
    free_for(person, person.agent_id)
    User.objects.filter(pk=person.pk).update(is_active=True)
    changes.note(person, "reopened", by=by)


def sign_out_everywhere(person: User, *, by: User, but: str | None = None) -> int:
    """How many browsers. `but` is the session that stays."""
    ended = end_all(person, but=but)
    changes.note(person, "signed_out", by=by)
    return ended


@transaction.atomic
def give_password(username: str, password: str, *, by: User | None = None) -> User:
    """Ends every session, every open link and every token. Raises User.DoesNotExist or ValidationError."""
    person = _with_password(User.objects.get(username=username), password)
    links.withdraw(person, by=by)
    tokens.withdraw_all(person, by=by)
    end_all(person)
    throttle.forget(username)
    changes.note(person, "password", by=by)
    return person


@transaction.atomic
def change_own_password(person: User, password: str, *, session_key: str | None) -> None:
    """Other browsers are signed out; this one stays."""
    _with_password(person, password)
    links.withdraw(person, by=person)
    end_all(person, but=session_key)
    changes.note(person, "password", by=person)


@transaction.atomic
def change_own(person: User, *, name: str, language: str, theme: str) -> None:
    before = {"name": person.name}
    person.name, person.language, person.theme = name, language, theme
    person.full_clean()
    person.save(update_fields=["name", "language", "theme"])
    changes.note_differences(person, before, {"name": name}, by=person)


def unlock(username: str, *, by: User | None = None) -> int:
    """How many counts of wrong passwords were forgotten. Raises User.DoesNotExist."""
    person = User.objects.get(username=username)
    forgotten = throttle.forget(person.username)
    changes.note(person, "unlocked", by=by)
    return forgotten


def free_for(person: User | None, agent_id: str) -> None:
    """An agent has one open account: a second one would show its holder another person's figures as the own."""
    others = User.objects.filter(agent_id=agent_id, is_active=True).exclude(pk=person.pk if person else 0)
    if agent_id and (other := others.first()):
        values = {"agent": agents().get(agent_id, agent_id), "person": other.name}
        raise ValidationError({"agent_id": ValidationError(_("%(agent)s already has an account: %(person)s."), params=values)})


def is_last_administrator(person: User) -> bool:
    return person.holds(Role.ADMINISTRATOR) and person.is_active and not _others(User.objects.filter(is_active=True), person)


def _keep_an_administrator(*, without: User) -> None:
    """Locks those it counts, so that two who remove each other at once do not both succeed."""
    others = _others(User.objects.select_for_update().filter(is_active=True).order_by("pk"), without)
    current = User.objects.get(pk=without.pk)
    if current.is_active and current.holds(Role.ADMINISTRATOR) and not others:
        raise ValidationError(_("This is the last administrator. Make somebody else an administrator first."))


def _others(people: Iterable[User], person: User) -> list[User]:
    """Administrators beside this one who can sign in: an invitation that nobody took up does not count."""
    return [one for one in people if one.pk != person.pk and one.holds(Role.ADMINISTRATOR) and one.has_usable_password()]


def _in_order(roles: Iterable[Role | str]) -> list[Role]:
    given = {Role(role) for role in roles}
    return [role for role in Role if role in given]


_NOBODY: dict[str, Collection[str]] = {"roles": [], "agent": "", "clients": []}


def _tied(person: User) -> dict[str, Any]:
    return {"roles": person.roles, "agent": person.agent_id, "clients": person.client_ids}


def _with_password(person: User, password: str | None) -> User:
    if password is not None:
        validate_password(password, person)
    person.set_password(password)
    person.full_clean()
    person.save()
    return person
