"""What came in: every load with what became of its rows, and how far each source reaches. Read through ContactStore alone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext, ngettext

from nyckeltal.contacts.schema import TABLES
from nyckeltal.contacts.store import ContactStore
from nyckeltal.kpi import promises
from nyckeltal.sources import written
from nyckeltal.web.contacts.loads import words
from nyckeltal.web.frame import numbers

IN_STEP = timedelta(hours=36)
WITH_CONTACTS = ("queue_visit", "segment")  # reach as far as the contacts they were made from
PARTS = ("read", "new", "changed", "unchanged", "left_out", "refused", "withdrawn")


@dataclass(frozen=True)
class Line:
    """One load. `counts` are sums over its facts; `facts` the same for each."""

    load_id: str
    at: str
    moment: datetime
    by: str
    files: str
    source: str
    client: str
    system: str
    mapping: str
    undone: str
    counts: Mapping[str, int]
    facts: Mapping[str, Mapping[str, int]]
    left_out: tuple[tuple[str, int], ...]
    headers: Mapping[str, Mapping[str, Any]]

    @property
    def stands(self) -> bool:
        return not self.undone


def store() -> ContactStore:
    return ContactStore(settings.NYCKELTAL_HOME)


def lines() -> list[Line]:
    """Every load there was, the newest first. Judging promises is written like one and is none that anybody could take back."""
    kept = store()
    zone = _zone(kept)
    return [_line(row, zone) for row in reversed(kept.loads().to_pylist()) if row["source"] != promises.source]


def one(load_id: str) -> Line | None:
    return next((line for line in lines() if line.load_id == load_id), None)


def _zone(kept: ContactStore) -> ZoneInfo:
    """The clock that times are told by: the clients' where they agree."""
    zones = {row["tz"] for row in kept.snapshot().small("client").to_pylist() if row["tz"]}
    return ZoneInfo(zones.pop()) if len(zones) == 1 else ZoneInfo("UTC")


def _line(row: Mapping[str, Any], zone: ZoneInfo) -> Line:
    counts = {fact: given for fact, given in json.loads(row["counts"]).items() if isinstance(given, Mapping)}
    facts = {words.kind(fact): _parts(given) for fact, given in counts.items() if fact != "promise"}
    left: Counter[str] = sum((Counter(given.get("left_out") or {}) for given in counts.values()), Counter())
    headers = {file: header for given in counts.values() for file, header in given.get("headers", {}).items()}
    return Line(
        row["load_id"], _told(row["loaded_at"], zone), row["loaded_at"], row["loaded_by"] or "", row["files"], row["source"], row["client_id"] or "",
        row["system"] or "", row["mapping"] or "", _told(row["undone_at"], zone) if row["state"] == "undone" else "",
        {part: sum(fact[part] for fact in facts.values()) for part in PARTS}, facts, tuple((words.left_out(reason), n) for reason, n in left.items()), headers,
    )  # fmt: skip


def _parts(given: Mapping[str, Any]) -> dict[str, int]:
    found = {part: sum(n.values()) if isinstance(n := given.get(part) or 0, Mapping) else int(n) for part in PARTS}
    return found | {"read": found["read"] or found["new"] + found["changed"] + found["unchanged"]}


def zone_of(load_id: str) -> ZoneInfo:
    """The clock of a load's files: what their mapping states, else the client's."""
    kept = store()
    row = next((row for row in kept.loads().to_pylist() if row["load_id"] == load_id), {"mapping": None, "client_id": None})
    of_client = {one["client_id"]: one["tz"] for one in kept.snapshot().small("client").to_pylist()}
    said = _zone_of(row) or of_client.get(row["client_id"])
    return ZoneInfo(said) if said else _zone(kept)


def told(moment: datetime) -> str:
    """By the same clock as loads are told."""
    return _told(moment, _zone(store()))


def _told(moment: datetime | None, zone: ZoneInfo) -> str:
    return numbers.until(moment.astimezone(zone)) if moment else gettext("before")


@dataclass(frozen=True)
class Reach:
    """How far one source reaches in one fact for one client, or for those that reach equally far."""

    source: str
    fact: str
    client: str
    until: str
    since: str
    behind: str
    in_step: bool
    refused: int
    read: int


@dataclass(frozen=True)
class OfSource:
    """All that one source tells of. `until` where all of it reaches equally far."""

    source: str
    reaches: tuple[Reach, ...]

    @property
    def until(self) -> str:
        return self.reaches[0].until if len({reach.until for reach in self.reaches}) == 1 else ""

    @property
    def behind(self) -> int:
        return sum(not reach.in_step for reach in self.reaches)


def by_source(found: list[Reach]) -> list[OfSource]:
    """Those that somebody may have to look after first."""
    of: dict[str, list[Reach]] = {}
    for reach in found:
        of.setdefault(reach.source, []).append(reach)
    return sorted((OfSource(source, tuple(reaches)) for source, reaches in of.items()), key=lambda one: (not one.behind, one.source))


def reaches(now: datetime | None = None) -> list[Reach]:
    """Over the loads that stand, source by source."""
    kept = store()
    found: dict[tuple[str, str, str], list[Any]] = {}
    for row in kept.loads().to_pylist():
        if row["state"] == "loaded":
            _add(found, row)
    zones = {row["client_id"]: row["tz"] for row in kept.snapshot().small("client").to_pylist()}
    names = {row["client_id"]: row["name"] or row["client_id"] for row in kept.snapshot().small("client").to_pylist()}
    moment = now or datetime.now(UTC)
    return _together([_reach(key, stretch, names, zones.get(key[2]), moment) for key, stretch in sorted(found.items())])


def _together(found: list[Reach]) -> list[Reach]:
    """Clients that reach equally far share one line; their rows were read and refused together anyhow."""
    lines: dict[tuple[str, str, str, str], list[Reach]] = {}
    for reach in found:
        lines.setdefault((reach.source, reach.fact, reach.until, reach.since), []).append(reach)
    return [replace(alike[0], client=", ".join(reach.client for reach in alike if reach.client)) for alike in lines.values()]


def _add(found: dict[tuple[str, str, str], list[Any]], row: Mapping[str, Any]) -> None:
    counts = json.loads(row["counts"])
    for fact, clients in json.loads(row["kinds"]).items():
        for client, reach in clients.items():
            if fact == "promise" or (fact in WITH_CONTACTS and "contact" in json.loads(row["kinds"])):
                continue
            first, last = (datetime.fromisoformat(moment) for moment in reach)
            had = found.setdefault((row["source"], fact, client), [first, last, 0, 0, ""])
            parts = _parts(counts.get(fact, {}))
            had[:] = [min(had[0], first), max(had[1], last), had[2] + parts["refused"], had[3] + parts["read"], _zone_of(row) or had[4]]


def _zone_of(row: Mapping[str, Any]) -> str:
    """The zone that the mapping stated."""
    said = written.tables_of(row["mapping"]) if row["mapping"] else {}
    return str(said.get("file", {}).get("zone", ""))


def _reach(key: tuple[str, str, str], stretch: list[Any], names: Mapping[str, str], zone: str | None, now: datetime) -> Reach:
    source, fact, client = key
    first, last, refused, read, stated = stretch
    here = ZoneInfo(zone or stated or "UTC")
    ago = now - last
    month_is_in = TABLES[fact].placed_by == "month_start" and last.astimezone(here).date() >= now.astimezone(here).date().replace(day=1)
    return Reach(
        source, words.kind(fact), names.get(client, client), numbers.until((last - timedelta(microseconds=1)).astimezone(here)),
        numbers.day(first.astimezone(here).date()), _behind(ago), ago <= IN_STEP or month_is_in, refused, read,
    )  # fmt: skip


def _behind(ago: timedelta) -> str:
    days = max(1, round(ago / timedelta(days=1)))
    if days < 14:
        return ngettext("%(days)s day behind", "%(days)s days behind", days) % {"days": days}
    if days < 70:
        weeks = round(days / 7)
        return ngettext("%(weeks)s week behind", "%(weeks)s weeks behind", weeks) % {"weeks": weeks}
    months = round(days / 30.4)
    return ngettext("%(months)s month behind", "%(months)s months behind", months) % {"months": months}


def contacts_known_until(found: list[Reach]) -> str:
    """The lead of the page: until when contacts are in."""
    contacts = [reach for reach in found if reach.fact == words.kind("contact")]
    return contacts[0].until if len({reach.until for reach in contacts}) == 1 else ""
