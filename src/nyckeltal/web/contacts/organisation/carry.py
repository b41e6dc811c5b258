"""From a filled-in form to the store: what is wrong, what the change would change, what somebody else changed meanwhile, or that it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext, ngettext

from nyckeltal.contacts.organisation import rows
from nyckeltal.contacts.organisation.edit import BadEdit, ChangedMeanwhile, Edit, Put, check, errors, stand, version
from nyckeltal.contacts.organisation.reach import Reach, reach
from nyckeltal.contacts.organisation.rows import Row, by_id, plain
from nyckeltal.errors import Issue, UserMistake
from nyckeltal.web.contacts.organisation import words
from nyckeltal.web.contacts.organisation.apply import apply
from nyckeltal.web.contacts.organisation.forms import mark
from nyckeltal.web.contacts.organisation.kinds import LABELS
from nyckeltal.web.frame import facts, numbers
from nyckeltal.web.frame.say import say
from nyckeltal.web.jobs.models import Job
from nyckeltal.web.people.models import User

UNSEEN = {"level", "described"}


@dataclass(frozen=True)
class Change:
    """One row that changes: what it is called, and its fields as name, before, after."""

    title: str
    fields: tuple[tuple[str, str, str], ...]
    new: bool


@dataclass(frozen=True)
class Preview:
    """Told before it is done. `mark` comes back with the second press of the button."""

    changes: tuple[Change, ...]
    reaches: tuple[str, ...]
    cautions: tuple[str, ...]
    mark: str


@dataclass(frozen=True)
class Clash:
    """A row that somebody else changed meanwhile: as it stands now and as the form has it."""

    title: str
    fields: tuple[tuple[str, str, str], ...]
    version: str
    number: int


@dataclass(frozen=True)
class Outcome:
    """One of these: done (a load, or a job that will make it one), a preview, clashes, issues, or one mistake for all of it."""

    done: str | Job = ""
    preview: Preview | None = None
    clashes: tuple[Clash, ...] = ()
    issues: tuple[Issue, ...] = ()
    mistake: str = ""
    unchanged: bool = False


def carry(edit: Edit, by: User, confirmed: str, today: date, back: str) -> Outcome:
    """Put the edit into the store, unless something has to be said first. `back` is the page that shows what became of it."""
    before = {(put.table, put.id): by_id(facts.current(), put.table).get(put.id) for put in edit.puts}
    if all(version(put.table, put.row) == version(put.table, stored) for put, stored in zip(edit.puts, before.values(), strict=True)):
        return Outcome(unchanged=True)
    found = check(edit, facts.current())
    if wrong := errors(found):
        return Outcome(issues=tuple(wrong))
    changes = [(put, before[put.table, put.id]) for put in edit.puts]
    reached = reach([(put.table, stored, put.row) for put, stored in changes], facts.current(), today)
    if (reached or found) and confirmed != mark(edit):
        return Outcome(preview=Preview(_changes(changes), reach_words(reached, today), tuple(say(issue.text) for issue in found), mark(edit)))
    try:
        stand(edit, facts.current())
        first = edit.puts[0]
        return Outcome(done=apply(edit, by, title=words.title(first.table, first.row), back=back, reaches=bool(reached)))
    except ChangedMeanwhile as meanwhile:
        return Outcome(clashes=clashes(edit, meanwhile))
    except BadEdit as bad:
        return Outcome(issues=bad.issues)
    except UserMistake as mistake:
        return Outcome(mistake=say(mistake.text))


def _changes(changes: Sequence[tuple[Put, Row | None]]) -> tuple[Change, ...]:
    return tuple(Change(words.title(put.table, put.row), _differences(put.table, stored, put.row), stored is None) for put, stored in changes)


def _differences(table: str, before: Row | None, after: Row) -> tuple[tuple[str, str, str], ...]:
    old, new = plain(table, before) if before else {}, plain(table, after)
    found = []
    for name, value in new.items():
        if name in UNSEEN or name == rows.key(table) or old.get(name) == value or (not before and value in (None, [], False)):
            continue
        found.append((str(LABELS.get(name, name)), words.value(table, name, old.get(name)), words.value(table, name, value)))
    return tuple(found)


def clashes(edit: Edit, meanwhile: ChangedMeanwhile) -> tuple[Clash, ...]:
    return tuple(_clash(edit, put, stored) for put, stored in meanwhile.stored)


def meanwhile_of(edit: Edit) -> tuple[Clash, ...]:
    """What others have changed of the rows since the edit was made."""
    try:
        stand(edit, facts.current())
    except ChangedMeanwhile as meanwhile:
        return clashes(edit, meanwhile)
    except UserMistake:
        return ()
    return ()


def _clash(edit: Edit, put: Put, stored: Row | None) -> Clash:
    number = next(at for at, one in enumerate(edit.puts) if one is put)
    fields = _differences(put.table, stored, put.row) if stored else ()
    return Clash(words.title(put.table, stored or put.row), fields, version(put.table, stored), number)


def reach_words(reached: Reach, today: date) -> tuple[str, ...]:
    """Which months' figures change, and which of them were thought to be final."""
    if not reached:
        return ()
    first, last = (numbers.period(month) for month in (reached.months[0], reached.months[-1]))
    if reached.months[-1] == today.isoformat()[:7]:
        said = [gettext("This changes figures from %(month)s to today.") % {"month": first}]
    elif first == last:
        said = [gettext("This changes figures of %(month)s.") % {"month": first}]
    else:
        said = [gettext("This changes figures from %(first)s to %(last)s.") % {"first": first, "last": last}]
    return (*said, *_closed(reached))


def _closed(reached: Reach) -> list[str]:
    if not reached.closed:
        return []
    first, last = (numbers.period(month) for month in (reached.closed[0], reached.closed[-1]))
    values: dict[str, Any] = {"count": len(reached.closed), "first": first, "last": last}
    count = len(reached.closed)
    return [ngettext("A month that is closed changes too: %(first)s.", "%(count)s closed months change too: %(first)s to %(last)s.", count) % values]
