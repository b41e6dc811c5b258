"""The organisation as asking needs it: small tables cut into stretches of days in which nothing changes, so that each row of a
fact meets at most one of them. Read once per state of the data."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from threading import Lock
from typing import TYPE_CHECKING, Any

from nyckeltal.when.hours import Hours

if TYPE_CHECKING:
    import pyarrow as pa

    from nyckeltal.contacts.store import Coverage, Facts
    from nyckeltal.kpi.compile import Term

Row = dict[str, Any]
first_day, last_day = date.min, date.max
_read: OrderedDict[str, Organisation] = OrderedDict()
_kept = 8
_lock = Lock()


def organisation(facts: Facts) -> Organisation:
    """The organisation of these facts, from memory where it has been read before."""
    with _lock:
        found = _read.get(facts.id) or Organisation(facts)
        _read[facts.id] = found
        _read.move_to_end(facts.id)
        while len(_read) > _kept:
            _read.popitem(last=False)
    return found


@dataclass(frozen=True)
class Stretch:
    """Something that holds from a day until before another."""

    start: date
    end: date
    value: Any


class Organisation:
    """Agreements, teams, reasons and zones of one state of the facts."""

    def __init__(self, facts: Facts, agreements: list[Row] | None = None) -> None:
        self.facts = facts
        self._coverage: dict[str, list[Coverage]] = {}
        self._rows: dict[str, list[Row]] = {}
        self._agreed: dict[Term, pa.Table] = {}
        self._closed: dict[frozenset[str] | None, frozenset[date]] = {}
        self.agreements = self.rows("agreement") if agreements is None else agreements

    def rows(self, table: str) -> list[Row]:
        """A small table's rows; kept, because making rows of a table takes longer than many a question. Nobody changes them."""
        if table not in self._rows:
            self._rows[table] = self.facts.small(table).to_pylist()
        return self._rows[table]

    def coverage(self, fact: str) -> list[Coverage]:
        """Where a fact is known; kept, because a store reads all its loads for it."""
        if fact not in self._coverage:
            self._coverage[fact] = self.facts.coverage("agent_day" if fact == "agent" else fact)  # who left is known as far as who was there
        return self._coverage[fact]

    @cached_property
    def _from_menu(self) -> list[Row]:
        return [row for row in self.agreements if row["clock"] == "ivr"]

    @cached_property
    def clocks(self) -> frozenset[str]:
        """Measures whose wait starts in the menu, for some client at some time."""
        return frozenset(row["measure"] for row in self._from_menu)

    def menu_agreements(self, measure: str, first: date | None, last: date | None) -> list[Row]:
        """Agreements by which the wait of a measure starts in the menu on some of these days."""
        return [
            row
            for row in self._from_menu
            if row["measure"] == measure
            and (last is None or row["valid_from"] <= last)
            and (first is None or row["valid_to"] is None or row["valid_to"] > first)
        ]

    def terms(self, column: str, measures: Sequence[str]) -> list[Row]:
        """Agreements that say something about one of these measures in this column."""
        return [row for row in self.agreements if row["measure"] in measures and row[column] is not None]

    def agreed(self, term: Term) -> pa.Table:
        """What is agreed on which days: client, queue (null: any other queue), from, until, value."""
        if term not in self._agreed:
            self._agreed[term] = self._agreed_by(term)
        return self._agreed[term]

    def _agreed_by(self, term: Term) -> pa.Table:
        by_client: dict[str, list[Row]] = defaultdict(list)
        for row in self.terms(term.column, term.measures):
            by_client[row["client_id"]].append(row)
        found = [row for client, rows in by_client.items() for row in _agreed_with(client, rows, term)]
        return _table(found, {"client_id": "string", "queue_id": "string", "starts": "date32", "ends": "date32", "value": "float64"})

    def longest(self, term: Term) -> float:
        """The largest value that anybody agreed, or the one that holds without agreement."""
        return max([term.otherwise, *(float(row[term.column]) * term.times for row in self.terms(term.column, term.measures))])

    @cached_property
    def menu_clocks(self) -> dict[str, pa.Table]:
        """Per measure, when and for whom the wait starts in the menu: the same columns as `agreed`, value 1 for the menu."""
        return {measure: self._menu_clock(measure) for measure in self.clocks}

    def _menu_clock(self, measure: str) -> pa.Table:
        from nyckeltal.kpi.compile import Term

        numbered = [{**row, "clock": None if row["clock"] is None else float(row["clock"] == "ivr")} for row in self.agreements]
        return Organisation(self.facts, numbered).agreed(Term("clock", (measure,), 1.0, 0.0))

    @cached_property
    def teams_of_agents(self) -> pa.Table:
        """Agent, team, its leader, from, until. Of overlapping memberships the one that began later holds."""
        members = defaultdict(list)
        for row in self.rows("team_membership"):
            if row["role"] == "agent":
                members[row["agent_id"]].append(_stretch(row, row["team_id"]))
        found = [
            {"agent_id": agent, "team_id": team.value, "leader_id": leader.value, "starts": leader.start, "ends": leader.end}
            for agent, stretches in members.items()
            for team in resolved(stretches)
            for leader in self._led(team)
        ]
        return _table(found, {"agent_id": "string", "team_id": "string", "leader_id": "string", "starts": "date32", "ends": "date32"})

    @cached_property
    def _leaders(self) -> dict[str, list[Stretch]]:
        leaders = defaultdict(list)
        for row in self.rows("team_membership"):
            if row["role"] == "leader":
                leaders[row["team_id"]].append(_stretch(row, row["agent_id"]))
        return {team: resolved(stretches) for team, stretches in leaders.items()}

    def _led(self, team: Stretch) -> list[Stretch]:
        """A stretch in a team, cut where its leader changes; value is the leader, or null."""
        leading = [stretch for stretch in self._leaders.get(team.value, []) if stretch.end > team.start and stretch.start < team.end]
        return resolved([Stretch(team.start, team.end, None), *(Stretch(max(it.start, team.start), min(it.end, team.end), it.value) for it in leading)])

    def teams_of_lists(self, list_name: str) -> pa.Table:
        """What teams answer for (queue_ids, client_ids): id, team, its leader, from, until. One id may belong to several teams."""
        found = [
            {"listed_id": listed, "team_id": row["team_id"], "leader_id": leader.value, "starts": leader.start, "ends": leader.end}
            for row in self.rows("team")
            for listed in row[list_name] or ()
            for leader in self._led(Stretch(first_day, last_day, row["team_id"]))
        ]
        return _table(found, {"listed_id": "string", "team_id": "string", "leader_id": "string", "starts": "date32", "ends": "date32"})

    @cached_property
    def client_names(self) -> dict[str, str]:
        return {row["client_id"]: row["name"] or row["client_id"] for row in self.rows("client")}

    def teams_without(self, list_name: str) -> list[str]:
        """Teams that name nothing they answer for."""
        return sorted(row["team_id"] for row in self.rows("team") if not row[list_name])

    @cached_property
    def reasons(self) -> pa.Table:
        """Reason, its ancestors at levels 1 to 3, area and kind of demand. A reason nobody described stands for itself at all levels."""
        by_id = {row["reason_id"]: row for row in self.rows("reason")}
        found = [{"reason_id": reason, **_levels(reason, by_id), **_owned(by_id[reason])} for reason in by_id]
        return _table(found, dict.fromkeys(("reason_id", "reason1", "reason2", "reason3", "area", "demand"), "string"))

    @cached_property
    def agents(self) -> pa.Table:
        found = [{name: row[name] for name in ("agent_id", "site_id", "hired_on")} for row in self.rows("agent")]
        return _table(found, {"agent_id": "string", "site_id": "string", "hired_on": "date32"})

    def holidays(self, clients: Collection[str] | None = None) -> frozenset[date]:
        """Days on which some queue of these clients (of all clients where none is named) is closed, though not by the week."""
        whose = None if clients is None else frozenset(clients)
        if whose not in self._closed:
            self._closed[whose] = frozenset(self._closed_for(whose))
        return self._closed[whose]

    def _closed_for(self, clients: frozenset[str] | None) -> set[date]:
        used = {row["calendar_id"] for row in self.rows("queue") if clients is None or row["client_id"] in clients}
        return {day for calendar in used & self._holidays.keys() for day in self._holidays[calendar]}

    @cached_property
    def _holidays(self) -> dict[str, list[date]]:
        calendars = {row["calendar_id"]: Hours.read(row["calendar_id"], row["tz"], row["weekly"], row["holidays"]) for row in self.rows("calendar")}
        return {name: [day for day, spans in hours.holidays.items() if not spans] for name, hours in calendars.items()}

    @cached_property
    def zone_of_agents(self) -> str | None:
        """The zone in which most agents work whose place is known."""
        named = Counter(str(row["tz"]) for row in self.rows("agent") if row["tz"])
        return min(named, key=lambda name: (-named[name], name), default=None)

    @cached_property
    def zones(self) -> dict[str, str]:
        """The zone of each client that has one: its own, else that of its first queue."""
        queues = {row["client_id"]: row["tz"] for row in sorted(self.rows("queue"), key=lambda it: str(it["queue_id"]), reverse=True) if row["tz"]}
        return queues | {row["client_id"]: row["tz"] for row in self.rows("client") if row["tz"]}


def resolved(stretches: Iterable[Stretch], better: Callable[[Stretch], Any] = lambda it: it.start) -> list[Stretch]:
    """Stretches without overlaps: where several hold, the better one, which is the one that began later (the last of equals)."""
    given = list(stretches)
    borders = sorted({border for it in given for border in (it.start, it.end)})
    found: list[Stretch] = []
    for start, end in pairwise(borders):
        holding = [it for it in given if it.start <= start and it.end >= end]
        if not holding:
            continue
        value = max(enumerate(holding), key=lambda pair: (better(pair[1]), pair[0]))[1].value
        if found and found[-1].end == start and found[-1].value == value:
            found[-1] = Stretch(found[-1].start, end, value)
        else:
            found.append(Stretch(start, end, value))
    return found


def _agreed_with(client: str, rows: list[Row], term: Term) -> list[Row]:
    """One client's terms for each queue that an agreement names, and for all others. A measure named first goes before the queue's own."""
    named = {queue for row in rows for queue in row["queue_ids"] or ()}
    found: list[Row] = []
    for queue in (None, *sorted(named)):
        holding = [row for row in rows if not row["queue_ids"] or queue in row["queue_ids"]]
        stretches = [_stretch(row, row) for row in holding]
        best = resolved(stretches, lambda it: (-term.measures.index(it.value["measure"]), bool(it.value["queue_ids"]), it.start))
        found += [
            {"client_id": client, "queue_id": queue, "starts": it.start, "ends": it.end, "value": float(it.value[term.column]) * term.times} for it in best
        ]
    return found


def _stretch(row: Row, value: Any) -> Stretch:
    return Stretch(row["valid_from"] or first_day, row["valid_to"] or last_day, value)


def _levels(reason: str, by_id: dict[str, Row]) -> dict[str, str]:
    """The reason's ancestors by level; where there is none at a level the reason stands for itself."""
    path: list[str] = []
    at: str | None = reason
    while at is not None and at in by_id and at not in path:
        path.insert(0, at)
        at = by_id[at]["parent_id"]
    by_level = {by_id[name]["level"] or depth: name for depth, name in enumerate(path, 1)}
    return {f"reason{level}": by_level.get(level, reason) for level in (1, 2, 3)}


def _owned(row: Row) -> dict[str, str | None]:
    return {"area": row["responsible_area"], "demand": row["demand_type"]}


def _table(rows: list[Row], columns: dict[str, str]) -> pa.Table:
    import pyarrow as pa

    kinds: dict[str, pa.DataType] = {"string": pa.string(), "date32": pa.date32(), "float64": pa.float64()}
    return pa.Table.from_pylist(rows, pa.schema([pa.field(name, kinds[kind]) for name, kind in columns.items()]))
