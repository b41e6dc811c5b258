"""How a thing goes on through time: what held, holds and will hold, with gaps and overlaps pointed out; and how its row came about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from django.urls import reverse
from django.utils.translation import gettext

from nyckeltal.contacts.organisation import rows
from nyckeltal.contacts.organisation.history import versions
from nyckeltal.contacts.organisation.rows import Row, by_id, days, key
from nyckeltal.web.contacts.organisation import words
from nyckeltal.web.contacts.organisation.kinds import BY_TABLE, LABELS
from nyckeltal.web.frame import facts, numbers

GAP = "gap"


@dataclass(frozen=True)
class Step:
    """One stretch. `state` is one of words.PLANNED …, or GAP; `note` says what is odd about it."""

    when: str
    what: str
    state: str
    url: str = ""
    here: bool = False
    note: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Told:
    """One version of a row: when, by whom, and what it changed."""

    when: str
    who: str
    load_id: str
    changes: tuple[str, ...]


def address(table: str, thing_id: str) -> str:
    return reverse("contacts:thing", args=[BY_TABLE[table].slug, thing_id])


def steps(table: str, row: Row, today: date, memberships: Sequence[Row], open_ones: Sequence[Row]) -> list[Step]:
    """`memberships` are those the reader may know of, `open_ones` those whose page opens."""
    closed = {one["membership_id"] for one in memberships} - {one["membership_id"] for one in open_ones}
    addresses = {address("team_membership", one) for one in closed}
    return [replace(step, url="") if step.url in addresses else step for step in _steps(table, row, today, memberships)]


def _steps(table: str, row: Row, today: date, memberships: Sequence[Row]) -> list[Step]:
    if table == "agreement":
        return _agreements(row, today)
    if table == "employment":
        return _contracts(row, today)
    if table in ("team_membership", "agent"):
        return _memberships(row, today, memberships)
    return _members(row, today, memberships) if table == "team" else []


def _agreements(row: Row, today: date) -> list[Step]:
    same = [
        other
        for other in by_id(facts.current(), "agreement").values()
        if (other["client_id"], other["measure"], sorted(other["queue_ids"] or ())) == (row["client_id"], row["measure"], sorted(row["queue_ids"] or ()))
    ]
    gap = gettext("Nothing is agreed about this")
    return _told(same, "agreement", row, today, gap, gettext("On the same days another agreement says something else."), [words.agreement(one) for one in same])


def _contracts(row: Row, today: date) -> list[Step]:
    own = [one for one in by_id(facts.current(), "employment").values() if one["agent_id"] == row["agent_id"]]
    overlap = gettext("On the same days another contract holds too. Hours are counted by the one that begins later.")
    said = [gettext("%(hours)s hours a week") % {"hours": words.value("employment", "hours_week", one["hours_week"])} for one in own]
    return _told(own, "employment", row, today, gettext("No contract"), overlap, said)


def _memberships(row: Row, today: date, known: Sequence[Row]) -> list[Step]:
    own = [one for one in known if one["agent_id"] == row["agent_id"]]
    said = [_role(one, words.named("team", one["team_id"])) for one in own]
    overlap = gettext("On the same days in another team too. Figures count for the team begun later.")
    return _told(own, "team_membership", row, today, gettext("In no team: these contacts count for none"), overlap, said)


def _role(row: Row, whom: str) -> str:
    if row["role"] == "agent":
        return whom
    return gettext("%(what)s: %(role)s") % {"what": whom, "role": words.value("team_membership", "role", row["role"])}


def _members(row: Row, today: date, known: Sequence[Row]) -> list[Step]:
    """Those in the team now and later, leaders first; those who were, last."""
    own = [one for one in known if one["team_id"] == row["team_id"] and not rows.withdrawn(one)]
    own.sort(key=lambda one: (words.state(one, today) == words.PAST, one["role"] != "leader", words.named("agent", one["agent_id"]).casefold()))
    return [_step(one, "team_membership", row, today, _role(one, words.named("agent", one["agent_id"]))) for one in own]


def _step(one: Row, table: str, row: Row, today: date, said: str, note: str = "") -> Step:
    here = one[key(table)] == row.get(key(table))
    return Step(words.stretch(one), said, words.state(one, today), address(table, one[key(table)]), here, note)


def _told(same: Sequence[Row], table: str, row: Row, today: date, gap: str, overlap: str, said: Iterable[str]) -> list[Step]:
    """The stretches in order, with what lies between them."""
    known = sorted(zip(same, said, strict=True), key=lambda pair: (rows.withdrawn(pair[0]), days(pair[0])))
    holding = [one for one, _ in known if not rows.withdrawn(one)]
    holes = {after[key(table)]: (before, after) for before, after in pairwise(holding) if days(before)[1] < days(after)[0]}
    found: list[Step] = []
    for one, what in known:
        if pair := holes.get(one[key(table)]):
            found.append(Step(_between(*pair), gap, GAP))
        clash = any(other is not one and not rows.withdrawn(one) and rows.shared(one, other) and not _apart(table, one, other) for other in holding)
        found.append(_step(one, table, row, today, what, overlap if clash else ""))
    return found


def _apart(table: str, one: Row, other: Row) -> bool:
    """Serving in one team and leading another is no overlap."""
    return table == "team_membership" and one["role"] != other["role"]


def _between(before: Row, after: Row) -> str:
    return gettext("%(start)s to %(end)s") % {"start": numbers.day(before["valid_to"]), "end": numbers.day(after["valid_from"] - timedelta(days=1))}


def history(table: str, thing_id: str, hidden: Iterable[str] = ()) -> list[Told]:
    """The versions of the row, the newest first."""
    unseen = {*hidden, "level", "described"}
    found = []
    for one in versions(facts.current(), table, thing_id):
        changes = tuple(_change(table, name, before, after) for name, before, after in one.changed if name not in unseen)
        who = gettext("first seen in a file") if one.seen else one.by or one.files
        found.append(Told(numbers.day(one.at.date()), who, one.load_id, changes))
    return found


def _change(table: str, name: str, before: object, after: object) -> str:
    said = {"field": LABELS.get(name, name), "now": words.value(table, name, after) or gettext("nothing"), "before": words.value(table, name, before)}
    return gettext("%(field)s: %(now)s instead of %(before)s") % said if said["before"] else gettext("%(field)s: %(now)s") % said
