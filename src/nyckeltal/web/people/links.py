"""Ways in that a person hands over: an invitation, or a new password. The token is shown once and kept as a hash."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils import timezone

from nyckeltal.web.people import changes, throttle
from nyckeltal.web.people.models import Link, User
from nyckeltal.web.people.session import end_all

VALID = timedelta(days=7)


def hashed(token: str) -> str:
    """The token has 256 bits of chance in it, so that a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def hand_out(person: User, *, by: User | None, now: datetime | None = None) -> str:
    """The token of a new link, which replaces those before it. It cannot be had a second time."""
    now = now or timezone.now()
    Link.objects.filter(person=person).open(now).update(withdrawn_at=now)
    token = secrets.token_urlsafe(32)
    Link.objects.create(person=person, token_hash=hashed(token), made_by=by, made_at=now, expires_at=now + VALID)
    return token


def withdraw(person: User, *, by: User | None) -> bool:
    """Whether there was one."""
    now = timezone.now()
    found = Link.objects.filter(person=person).open(now).update(withdrawn_at=now)
    if found:
        changes.note(person, "withdrawn", by=by)
    return bool(found)


def standing(person: User) -> Link | None:
    """The link that could still be used."""
    return Link.objects.filter(person=person).open(timezone.now()).first()


def found(token_hash: str) -> Link | None:
    """The link behind a hash, if it may still be used and the account is open."""
    return Link.objects.filter(token_hash=token_hash, person__is_active=True).open(timezone.now()).select_related("person").first()


@transaction.atomic
def use(token_hash: str, *, password: str, name: str = "", language: str = "") -> User | None:
    """The person with the new password, and everybody who was signed in as that person signed out; None where the link was used meanwhile."""
    now = timezone.now()
    link = Link.objects.select_for_update().filter(token_hash=token_hash, person__is_active=True).open(now).first()
    if link is None:
        return None
    person = User.objects.select_for_update().get(pk=link.person_id)
    first = not person.has_usable_password()
    validate_password(password, person)
    person.set_password(password)
    person.name, person.language = name or person.name, language or person.language
    person.full_clean()
    person.save()
    Link.objects.filter(person=person).open(now).update(used_at=now)
    changes.note(person, "accepted" if first else "password", by=person)
    end_all(person)
    throttle.forget(person.username)
    return person
