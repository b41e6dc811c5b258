"""Ways in for programs: a person makes one for a purpose, with some of the own rights and an end. It is shown once and kept as a hash.

How often a token may call is counted in its own row, so that all processes count together: `free_at` runs ahead of the clock by one
share of a minute with each call, and a call that would put it more than a minute ahead is refused.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from math import ceil

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, FloatField, TextChoices, Value
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from nyckeltal.web.people import access, changes
from nyckeltal.web.people.links import hashed
from nyckeltal.web.people.models import Token, User

MARK = "nk_"  # so that a token is known for one wherever it turns up
MOST = 20
BURST_S = 60.0


class Scope(TextChoices):
    """What of the person's rights a token may use."""

    FIGURES = "figures", _("Read figures")
    CONTACTS = "contacts", _("Read contacts drawn as evidence")
    ORGANISATION = "organisation", _("Read the organisation")
    LOADS = "loads", _("Read what was loaded and refused")
    LOAD = "load", _("Load data, and take loads back")


def open_to(person: User) -> list[Scope]:
    """What the person has a right to, and so may hand to a program."""
    feeds = access.page(person, access.Page.LOADS).allowed
    rights = {
        Scope.FIGURES: access.figures(person).allowed,
        Scope.CONTACTS: access.contacts(person).allowed,
        Scope.ORGANISATION: access.page(person, access.Page.ORGANISATION).allowed,
        Scope.LOADS: feeds,
        Scope.LOAD: feeds,
    }
    return [scope for scope, has in rights.items() if has]


@transaction.atomic
def make(person: User, *, purpose: str, scopes: Iterable[Scope | str], days: int, now: datetime | None = None) -> str:
    """The new token, which cannot be had a second time. Raises ValidationError where the person has too many."""
    now = now or timezone.now()
    User.objects.select_for_update().get(pk=person.pk)
    if Token.objects.filter(person=person).open(now).count() >= MOST:
        raise ValidationError(_("You have %(most)s tokens already. Withdraw one that is not used any more."), params={"most": MOST})
    given = {Scope(scope) for scope in scopes}
    token = MARK + secrets.token_urlsafe(32)
    made = Token(person=person, purpose=purpose, token_hash=hashed(token), ends_in=token[-4:], made_at=now, expires_at=now + timedelta(days=days))
    made.scopes = [scope.value for scope in Scope if scope in given]
    made.save()
    changes.note(person, "token", by=person, after=str(made))
    return token


@transaction.atomic
def withdraw(person: User, token_id: int, *, by: User | None) -> bool:
    """Whether there was one that could be used."""
    now = timezone.now()
    token = Token.objects.filter(person=person, pk=token_id).open(now).first()
    if token is None or not Token.objects.filter(pk=token.pk, withdrawn_at=None).update(withdrawn_at=now):
        return False
    changes.note(person, "token_withdrawn", by=by, before=str(token))
    return True


def withdraw_all(person: User, *, by: User | None) -> None:
    for token in standing(person):
        withdraw(person, token.pk, by=by)


def standing(person: User) -> list[Token]:
    """Those that can be used, the newest first."""
    return list(Token.objects.filter(person=person).open(timezone.now()))


def may(token: Token) -> str:
    """What it may do, in words."""
    return ", ".join(str(scope.label) for scope in Scope if scope.value in token.scopes)


def found(token: str) -> Token | None:
    """The token, if it may still be used and the account is open."""
    if not token.startswith(MARK):
        return None
    return Token.objects.filter(token_hash=hashed(token), person__is_active=True).open(timezone.now()).select_related("person").first()


def wait_s(token: Token, now: datetime | None = None) -> int:
    """Counts a call: 0 where it may be made, else after how many seconds the next one may."""
    moment = now or timezone.now()
    at, share_s = moment.timestamp(), BURST_S / settings.API_CALLS_PER_MINUTE
    ahead = Greatest(F("free_at"), Value(at, FloatField())) + share_s
    counted = Token.objects.filter(pk=token.pk, free_at__lte=at + BURST_S - share_s).update(free_at=ahead, last_used_at=moment)
    if counted:
        return 0
    token.refresh_from_db(fields=["free_at"])
    return max(1, ceil(token.free_at + share_s - BURST_S - at))
