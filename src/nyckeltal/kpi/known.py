"""How far a fact is known, for whom, and when a period is over there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from nyckeltal.when.clock import local_date, midnight, month_closed_on

if TYPE_CHECKING:
    import pyarrow as pa

    from nyckeltal.contacts.store import Coverage
    from nyckeltal.kpi.organisation import Organisation
    from nyckeltal.when.period import Period

epoch = datetime(1970, 1, 1, tzinfo=UTC)
second = timedelta(seconds=1)
microsecond = timedelta(microseconds=1)
EVER = (1970, 9999)  # years that a centre in memory is known from and until
Days = tuple[date | None, date | None]
lately = timedelta(days=60)  # for how long a client that stopped sending is waited for at most
late = timedelta(days=7)  # a client that lies farther behind the others than that is named
nobody: frozenset[str] = frozenset()


class Known:
    """Coverage of one fact, by client; what is known for all is known for each. Nothing is known beyond `now`, where that is given.
    `also`: of another fact that says the same."""

    def __init__(self, fact: str, organisation: Organisation, zones: Mapping[str, str], now: datetime | None = None, also: str | None = None) -> None:
        told = [*organisation.coverage(fact), *(organisation.coverage(also) if also else ())]
        self.stretches = [it if now is None or it.known_until <= now else replace(it, known_until=now) for it in told]
        self.organisation = organisation
        self.zone_of = zones
        self._there: dict[tuple[Days, frozenset[str]], datetime | None] = {}  # an answer asks the same of each of its figures
        self._behind: dict[tuple[Days, frozenset[str]], dict[str, datetime]] = {}
        self._days: dict[frozenset[str] | None, Days] = {}
        self._zones: dict[frozenset[str] | None, list[str]] = {}
        self._closed: dict[tuple[Period, frozenset[str] | None], datetime] = {}

    @cached_property
    def untils(self) -> dict[str | None, datetime]:
        """The last moment known for each client that is named, and for all others (None) where something is known for all."""
        found: dict[str | None, datetime] = {}
        for it in self.stretches:
            found[it.client_id] = max(it.known_until, found.get(it.client_id, it.known_until))
        for_all = found.get(None)
        return {client: max(until, for_all) if for_all else until for client, until in found.items()}

    def until(self, clients: Collection[str] | None = None) -> datetime | None:
        """Until when all of these clients are known (of all clients where none is named)."""
        if clients is None:
            return min(self.untils.values(), default=None)
        found = [self.untils.get(client, self.untils.get(None)) for client in clients]
        return None if not found or None in found else min(it for it in found if it)

    def until_of_those_there(self, first: date | None, end: date | None = None, without: frozenset[str] = nobody) -> datetime | None:
        """Until when all clients are known of this time that are waited for (decision 0024), `without` those that the figure leaves out."""
        if (about := ((first, end), without)) not in self._there:
            there = [until for client, until in self._of_the_time(first, end, without).items() if client in self._waited_for]
            self._there[about] = min(there, default=max(self.untils.values(), default=None))
        return self._there[about]

    def behind(self, first: date | None, end: date | None = None, without: frozenset[str] = nobody) -> dict[str, datetime]:
        """The clients of whom something may be missing in this time though all others are known further, and until when each is known."""
        if (about := ((first, end), without)) not in self._behind:
            self._behind[about] = self._found_behind(first, end, without)
        return self._behind[about]

    def _found_behind(self, first: date | None, end: date | None, without: frozenset[str]) -> dict[str, datetime]:
        there = self._of_the_time(first, end, without) if self._lagging else {}
        return {client: until for client, until in self._lagging.items() if client in there and (end is None or until < midnight(end, self.zone(client)))}

    @cached_property
    def _lagging(self) -> dict[str, datetime]:
        """The clients whose data end well before those of others, or of whom no more is expected."""
        ended = {client: until for client, until in self.untils.items() if client and until < self._latest}
        return {client: until for client, until in ended.items() if self._latest - until > late or client not in self._waited_for}

    def _of_the_time(self, first: date | None, end: date | None, without: frozenset[str]) -> dict[str | None, datetime]:
        """Until when each client is known that began before the end of this time and had not left long before it; without a first day, before the
        last moment known."""
        left = {zone: (midnight(first, zone) if first else self._latest) - lately for zone, _ in self._in_zones}
        over = {zone: midnight(end, zone) for zone, _ in self._in_zones} if end else {}
        there = {it.client_id for zone, it in self._in_zones if self.untils[it.client_id] > left[zone] and (end is None or it.known_from < over[zone])}
        return {client: until for client, until in self.untils.items() if client in there and client not in without}

    @cached_property
    def _waited_for(self) -> frozenset[str | None]:
        """Of whom more is expected: for as long after the last moment of each as it had been heard of before, and at most 60 days."""
        latest, begun = self._latest, dict[str | None, datetime]()
        for it in self.stretches:
            begun[it.client_id] = min(it.known_from, begun.get(it.client_id, it.known_from))
        return frozenset(client for client, until in self.untils.items() if until == latest or until > latest - min(until - begun[client], lately))

    @cached_property
    def _latest(self) -> datetime:
        return max(self.untils.values(), default=epoch)

    @cached_property
    def _in_zones(self) -> list[tuple[str, Coverage]]:
        return [(self.zone(it.client_id), it) for it in self.stretches]

    @cached_property
    def same_s(self) -> float | None:
        """The one moment until which everything is known, in seconds since 1970; None where clients differ or nothing is known."""
        moments = set(self.untils.values())
        return (moments.pop() - epoch) / second if len(moments) == 1 else None

    @cached_property
    def least_s(self) -> float | None:
        """The moment until which all is known whoever a row is about, in seconds since 1970."""
        until = self.until()
        return None if until is None else (until - epoch) / second

    @cached_property
    def by_client(self) -> pa.Table | None:
        """Until when each client is known, where clients differ."""
        import pyarrow as pa

        if len(set(self.untils.values())) < 2:
            return None
        clients = {row["client_id"] for row in self.organisation.rows("client")} | {client for client in self.untils if client}
        untils = {client: self.untils.get(client, self.untils.get(None)) for client in sorted(clients)}
        named = {client: (until - epoch) / second for client, until in untils.items() if until}
        return pa.table({"client_id": pa.array(list(named), pa.string()), "until_s": pa.array(list(named.values()), pa.float64())})

    def covers(self, period: Period | None, clients: Collection[str] | None = None) -> bool:
        """Whether any part of the period is known for any of these clients."""
        for it in self.stretches:
            if clients is None or it.client_id is None or it.client_id in clients:
                zone = self.zone(it.client_id)
                if period is None or (it.known_from < midnight(period.end, zone) and it.known_until > midnight(period.start, zone)):
                    return True
        return False

    def days(self, clients: frozenset[str] | None = None) -> Days:
        """The first and the last local day known for any of these clients; none where it is known for ever, or not at all."""
        if clients not in self._days:
            self._days[clients] = self._first_and_last([it for it in self.stretches if clients is None or it.client_id is None or it.client_id in clients])
        return self._days[clients]

    def _first_and_last(self, stretches: list[Coverage]) -> Days:
        starts = [local_date(it.known_from, self.zone(it.client_id)) for it in stretches if it.known_from.year > EVER[0]]
        ends = [local_date(it.known_until - microsecond, self.zone(it.client_id)) for it in stretches if it.known_until.year < EVER[1]]
        return min(starts, default=None) if len(starts) == len(stretches) else None, max(ends, default=None) if len(ends) == len(stretches) else None

    def is_today(self, until: datetime, now: datetime) -> bool:
        """Whether the last day known is that of `now`, on some client's clock."""
        return any(local_date(until - microsecond, zone) == local_date(now, zone) for zone in self.zones())

    def zone(self, client: str | None) -> str:
        return self.zone_of.get(client or "") or next(iter(self.zone_of.values()), "UTC")

    def zones(self, clients: Collection[str] | None = None) -> list[str]:
        whose = None if clients is None else frozenset(clients)
        if whose not in self._zones:
            self._zones[whose] = sorted({self.zone(client) for client in (self.zone_of if whose is None else whose)}) or ["UTC"]
        return self._zones[whose]

    def over(self, period: Period, clients: Collection[str] | None = None) -> datetime:
        """When the period is over for all of these clients."""
        return max(midnight(period.end, zone) for zone in self.zones(clients))

    def closed(self, period: Period, clients: Collection[str] | None = None) -> datetime:
        """When nothing is expected to change any more: a month closes on business day 5 of the next, and with it all that ended in it."""
        whose = None if clients is None else frozenset(clients)
        if (period, whose) not in self._closed:
            day = month_closed_on(period.last, self.organisation.holidays(whose))
            self._closed[period, whose] = max(midnight(day, zone) for zone in self.zones(whose))
        return self._closed[period, whose]
