"""Whether the sources of a figure ever say what it is asked by. Costs that name no team are some team's, and nobody knows whose: no team has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.schema import TABLES
from nyckeltal.kpi.compile import mentioned
from nyckeltal.kpi.engine import run as engine
from nyckeltal.kpi.vocabulary import DIMENSIONS, naming_word

if TYPE_CHECKING:
    from nyckeltal.kpi.compile import Scan
    from nyckeltal.kpi.request import Request


def nameless(request: Request, scan: Scan, by: tuple[Any, ...], *, of_two: bool) -> list[str]:
    """The words of what is asked by that no source of these clients ever fills. A group of one fact (not `of_two`) is there because its rows say so."""
    words = words_asked(request, scan) if of_two else words_asked(request, scan, ())
    if not words:
        return []
    clients = request.clients(scan, by)
    told = [filled for client, filled in _filled(request, scan, words) if clients is None or client is None or client in clients]
    return [word for word in words if told and not any(word in each for each in told)]


def nameless_clients(request: Request, scan: Scan) -> frozenset[str]:
    """The clients none of whose sources fills all of them."""
    words = words_asked(request, scan)
    every = _filled(request, scan, words) if words else []
    return frozenset(client for client, _ in every if client) - {client for client, filled in every if filled.issuperset(words)}


def words_asked(request: Request, scan: Scan, by: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """The columns of the fact that say whose a row is, of all that the question names, and that may be empty."""
    question, columns = request.question, TABLES[scan.over]
    asked = {*(question.by if by is None else by), *mentioned(question.where), *(name for name, _ in question.within)} & DIMENSIONS.keys()
    found = {naming_word(scan.over, name, scan.credit) for name in asked}
    return tuple(sorted(word for word in found if word and word in columns and columns[word].nullable))


def _filled(request: Request, scan: Scan, words: tuple[str, ...]) -> list[tuple[str | None, frozenset[str]]]:
    filled = engine.filled(request.facts, scan.over, words)
    return [(client, told) for (client, _), told in filled.items()]
