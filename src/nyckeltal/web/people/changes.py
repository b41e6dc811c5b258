"""Writes down who changed which account, and says it in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nyckeltal.web.people import organisation
from nyckeltal.web.people.models import Change, User
from nyckeltal.web.people.roles import Role

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SAID: Mapping[str, _StrPromise] = {
    "created": _("Account made"),
    "invited": _("Invited"),
    "accepted": _("Took up the invitation"),
    "name": _("Name: %(before)s → %(after)s"),
    "roles": _("Roles: %(before)s → %(after)s"),
    "agent": _("Agent: %(before)s → %(after)s"),
    "clients": _("Clients: %(before)s → %(after)s"),
    "closed": _("Account closed"),
    "reopened": _("Account opened again"),
    "signed_out": _("Signed out everywhere"),
    "link": _("Link for a new password made"),
    "link_again": _("Invitation replaced by a new one"),
    "withdrawn": _("Link withdrawn"),
    "password": _("New password"),
    "unlocked": _("May try to sign in again"),
    "kpi_kept": _("Defined a key figure: %(after)s"),
    "kpi_removed": _("Removed a key figure: %(after)s"),
    "token": _("Token for a program made: %(after)s"),
    "token_withdrawn": _("Token for a program withdrawn: %(before)s"),
}


def note(person: User, what: str, *, by: User | None, before: Any = "", after: Any = "") -> None:
    """`by` nobody is the command line."""
    Change.objects.create(person=person, by=by, what=what, before=before, after=after)


def note_differences(person: User, before: Mapping[str, Any], after: Mapping[str, Any], *, by: User | None) -> None:
    """One line for each thing that became another."""
    for what, value in after.items():
        if before[what] != value:
            note(person, what, by=by, before=before[what], after=value)


def of(person: User) -> QuerySet[Change]:
    return Change.objects.filter(person=person).select_related("by", "person")


def said(change: Change) -> str:
    return str(SAID.get(change.what, change.what)) % {"before": _value(change.what, change.before), "after": _value(change.what, change.after)}


def _value(what: str, value: Any) -> str:
    if not value:
        return gettext("none")
    if what == "roles":
        return ", ".join(str(Role(role).label) for role in Role.values if role in value)
    if what == "agent":
        return organisation.agents().get(value, value)
    if what == "clients":
        return ", ".join(organisation.clients().get(one, one) for one in value)
    return str(value)
