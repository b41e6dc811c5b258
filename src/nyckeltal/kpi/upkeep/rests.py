"""What cells rest on besides the rows themselves: what is agreed, what the organisation says of the things that rows name, and its clocks.
Where that changes, the days on which it did are told."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nyckeltal.kpi.engine import cells
from nyckeltal.kpi.vocabulary import LINKS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nyckeltal.kpi.request import Request
    from nyckeltal.kpi.rollup.cuts import Cut

MOST_NAMED = 1000  # things changed at once whose rows are looked for; beyond that all days are made anew


@dataclass(frozen=True)
class Rests:
    """By the name of each term what is agreed in which stretch of days; by each link the words of what it leads to; a fingerprint of the clocks."""

    agreed: Mapping[str, list[list[Any]]]
    told: Mapping[str, Mapping[str, list[Any]]]
    clocks: str = ""

    def save(self, folder: Path) -> str:
        """Written under a name that tells its content."""
        text = json.dumps(asdict(self), sort_keys=True)
        name = f"rests-{hashlib.sha256(text.encode()).hexdigest()[:16]}.json"
        (folder / name).write_text(text, "utf-8")
        return name


def read(path: Path) -> Rests | None:
    try:
        return Rests(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def of(cut: Cut, request: Request) -> Rests:
    """As it is now."""
    tables = cells.terms(cut.scan, cut.sieves, cut.wanted, request.organisation, request.known(cut.scan.over))
    agreed = {name: sorted((_plain(row) for row in table.to_pylist()), key=str) for name, table in tables.items()}
    told: dict[str, dict[str, list[Any]]] = {}
    for link, words in _links(cut).items():
        table, _ = LINKS[cut.scan.over][link]
        rows = request.organisation.rows(table)
        told[link] = {row[f"{table}_id"]: [_text(row[word]) for word in words] for row in rows}
    return Rests(agreed, told, _clocks(request) if cut.scan.split else "")


def days(cut: Cut, was: Rests, now: Rests, request: Request) -> set[date] | None:
    """The days of which cells may differ; None: any."""
    found: set[date] = set()
    if was.clocks != now.clocks:
        return None
    for name in was.agreed.keys() | now.agreed.keys():
        one, other = ({tuple(row) for row in rests.agreed.get(name, ())} for rests in (was, now))
        if one != other and cut.scan.place.day != "local_date":
            return None  # what is agreed holds by the day a contact was offered
        found |= {day for row in one ^ other for day in _stretch(row, cut, request)}
    for link in was.told.keys() | now.told.keys():
        one_told, other_told = was.told.get(link, {}), now.told.get(link, {})
        changed = [name for name in one_told.keys() | other_told.keys() if one_told.get(name) != other_told.get(name)]
        through = LINKS[cut.scan.over][link][1]
        if changed and ("." in through or cut.scan.split or len(changed) > MOST_NAMED):
            return None
        if changed:
            found |= set(cells.days_naming(cut.scan, through, sorted(changed), request.organisation, request.known(cut.scan.over), request.facts))
    return found


def _links(cut: Cut) -> dict[str, list[str]]:
    """The links to the organisation whose words are looked at."""
    from nyckeltal.kpi.upkeep.worth import OF_ORGANISATION

    found: dict[str, list[str]] = {}
    for word in sorted(cells.linked_words(cut.scan, cut.sieves, cut.wanted)):
        link, _, name = word.partition(".")
        if LINKS[cut.scan.over][link][0] in OF_ORGANISATION:
            found.setdefault(link, []).append(name)
    return found


def _stretch(row: tuple[Any, ...], cut: Cut, request: Request) -> set[date]:
    """The days of a row of what is agreed, as far as there are facts."""
    months = [month for month in request.facts.months(cut.scan.over) if month[:1].isdigit()]
    if not months:
        return set()
    first = max(date.fromisoformat(row[2]), date.fromisoformat(f"{months[0]}-01"))
    last = min(date.fromisoformat(row[3]), date.fromisoformat(f"{months[-1]}-01") + timedelta(days=62))
    return {first + timedelta(days=number) for number in range((last - first).days)}


def _clocks(request: Request) -> str:
    """Who has which zone: what is cut at midnight is cut by it."""
    named = {table: {row[f"{table}_id"]: row["tz"] for row in request.organisation.rows(table)} for table in ("agent", "queue", "client")}
    return hashlib.sha256(json.dumps(named, sort_keys=True).encode()).hexdigest()[:16]


def _plain(row: Mapping[str, Any]) -> list[Any]:
    return [_text(row[name]) for name in ("client_id", "queue_id", "starts", "ends", "value")]


def _text(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
