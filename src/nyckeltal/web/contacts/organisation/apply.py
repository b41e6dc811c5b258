"""Carries an edit of the organisation out, or takes one back: the one way from the pages into the store."""

from __future__ import annotations

from django.conf import settings

import nyckeltal
from nyckeltal.contacts.organisation.edit import SOURCE, Edit
from nyckeltal.contacts.store import ContactStore
from nyckeltal.web.people.models import User


def apply(edit: Edit, by: User) -> str:
    """The load that the edit became. Raises what keeps it from being put into the store; then nothing has changed."""
    return nyckeltal.edit(edit, home=settings.NYCKELTAL_HOME, by=by.username).load_id


def may_be_taken_back(load_id: str) -> bool:
    """Whether this is a load of this page that stands."""
    found = (row for row in ContactStore(settings.NYCKELTAL_HOME).snapshot().small("load").to_pylist() if row["load_id"] == load_id)
    return any(row["source"] == SOURCE and row["state"] == "loaded" for row in found)


def take_back(load_id: str) -> None:
    nyckeltal.undo(load_id, home=settings.NYCKELTAL_HOME)
