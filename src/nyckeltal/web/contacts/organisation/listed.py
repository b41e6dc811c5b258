"""The rows of one kind as a list to look through: searched, narrowed, page by page, what nobody has described first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.core.paginator import Page, Paginator

from nyckeltal.contacts.organisation.rows import UNDESCRIBED, Row, by_id, days, key, withdrawn
from nyckeltal.web.contacts.organisation import words
from nyckeltal.web.contacts.organisation.kinds import KINDS, LABELS, Kind
from nyckeltal.web.contacts.organisation.timeline import address
from nyckeltal.web.frame import facts
from nyckeltal.web.people import access
from nyckeltal.web.people.models import User

PER_PAGE = 50


@dataclass(frozen=True)
class Item:
    id: str
    title: str
    url: str
    cells: tuple[tuple[Any, str], ...]  # what the column is called, and what stands in it
    state: str
    described: bool


def readable(person: User) -> list[Kind]:
    """The kinds of thing that the person may read."""
    return [kind for kind in KINDS if access.organisation_table(person, kind.table).allowed]


def rows(table: str, ruling: access.Ruling) -> list[Row]:
    """Those the ruling reaches: a leader reads about the own team's members only."""
    found = _all(facts.current().id, table).values()
    teams = ruling.within.get("team")
    if teams is None:
        return list(found)
    if table == "team_membership":
        return [row for row in found if row["team_id"] in teams]
    members = {row["agent_id"] for row in _all(facts.current().id, "team_membership").values() if row["team_id"] in teams and _holds(row)}
    return [row for row in found if row["agent_id"] in members]


def open_memberships(person: User) -> list[Row]:
    """Those whose own page the person may open."""
    ruling = access.organisation_table(person, "team_membership")
    return rows("team_membership", ruling) if ruling.allowed else []


def memberships(person: User) -> list[Row]:
    """Who belongs where, as far as the person may read it; whoever leads a team is known to all who may read of teams."""
    own = open_memberships(person)
    known = {row["membership_id"] for row in own}
    everybody = _all(facts.current().id, "team_membership").values()
    return [*own, *(row for row in everybody if row["role"] == "leader" and row["membership_id"] not in known)]


@lru_cache(maxsize=16)
def _all(_version: str, table: str) -> Mapping[str, Row]:
    return by_id(facts.current(), table)


def _holds(row: Row) -> bool:
    from django.utils import timezone

    start, end = days(row)
    return start <= timezone.now().date() < end


def undescribed(table: str, found: Iterable[Row]) -> list[Row]:
    return [row for row in found if table in UNDESCRIBED and not row["described"]]


def page(kind: Kind, found: Iterable[Row], asked: Mapping[str, str], today: date, hidden: frozenset[str]) -> Page[Item]:
    """`asked` may hold `q` (any words), `only` (now, planned, past, undescribed) and `page`."""
    items = [item(kind, row, today, hidden) for row in found]
    wanted = [one for one in items if _matches(one, asked.get("q", "")) and _in_part(one, asked.get("only", ""))]
    wanted.sort(key=lambda one: (one.described, one.state == words.NEVER, one.title.casefold(), [cell for _, cell in one.cells]))
    return Paginator(wanted, PER_PAGE).get_page(asked.get("page"))


def heads(kind: Kind, hidden: frozenset[str]) -> list[Any]:
    return [LABELS[name] for name in kind.listed if name not in hidden and name not in _TITLE]


_TITLE = ("name", "display_name", "label", "measure")


def item(kind: Kind, row: Row, today: date, hidden: frozenset[str] = frozenset()) -> Item:
    shown = [name for name in kind.listed if name not in hidden and name not in _TITLE]
    cells = tuple((LABELS[name], words.value(kind.table, name, row.get(name))) for name in shown)
    title = words.agreement(row) if kind.table == "agreement" else words.title(kind.table, row)
    state = words.NEVER if withdrawn(row) else words.state(row, today)
    thing_id = str(row[key(kind.table)])
    return Item(thing_id, title, address(kind.table, thing_id), cells, state, bool(row.get("described", True)))


def _matches(one: Item, text: str) -> bool:
    held = " ".join([one.id, one.title, *(cell for _, cell in one.cells)]).casefold()
    return all(word in held for word in text.casefold().split())


def _in_part(one: Item, part: str) -> bool:
    return not part or (part == "undescribed" and not one.described) or one.state == part
