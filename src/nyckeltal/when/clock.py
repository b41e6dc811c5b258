"""From a local clock to UTC and back: the hour that comes twice, the hour that never comes, and the day a month closes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from nyckeltal.errors import UserMistake, did_you_mean
from nyckeltal.words import Text

closing_business_day = 5  # reference 9.3, rule 8


@dataclass(frozen=True)
class Placed:
    """A local time placed in UTC. `flag` says when the local clock alone could not tell."""

    moment: datetime
    flag: Literal["ambiguous", "shifted"] | None = None


@lru_cache(maxsize=512)
def zone(name: str) -> tzinfo:
    """The time zone of that name, or a mistake that names the nearest one."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        near = did_you_mean(name, available_timezones())
    if near is None:
        raise UserMistake(Text("when.zone", "There is no time zone called “%(name)s”. Zones are written like Europe/Stockholm.", {"name": name}))
    raise UserMistake(Text("when.zone_near", "There is no time zone called “%(name)s”. Did you mean %(near)s?", {"name": name, "near": near}))


def place(local: datetime, tz: str, after: datetime | None = None) -> Placed:
    """A local time without offset, in UTC.

    In the hour that comes twice the first is taken and flagged, unless `after`, a moment that must lie before it in
    the same row or file, leaves only the second. An hour that never comes is shifted forward and flagged.
    """
    here = zone(tz)
    first = local.replace(tzinfo=here, fold=0).astimezone(UTC)
    second = local.replace(tzinfo=here, fold=1).astimezone(UTC)
    if first == second:
        return Placed(first)
    if first.astimezone(here).replace(tzinfo=None) != local:
        return Placed(first, "shifted")
    if after is not None and first < after <= second:
        return Placed(second)
    return Placed(first, "ambiguous")


def place_sql(local: str, zone_name: str) -> str:
    """The same for whole columns, as DuckDB SQL (without `after`): both arguments are SQL, the result is a TIMESTAMPTZ.

    DuckDB alone takes the later of two occurrences, so the earlier one is tried: it counts when it reads the same on the local clock.
    """
    late = f"timezone({zone_name}, {local})"
    early = f"({late} - INTERVAL 1 HOUR)"
    return f"CASE WHEN timezone({zone_name}, {early}) = {local} THEN {early} ELSE {late} END"


def flag_sql(local: str, zone_name: str) -> str:
    """Which flag `place_sql` earns, as DuckDB SQL: 'ambiguous', 'shifted' or NULL."""
    late = f"timezone({zone_name}, {local})"
    ambiguous = f"timezone({zone_name}, {late} - INTERVAL 1 HOUR) = {local}"
    shifted = f"timezone({zone_name}, {late}) <> {local}"
    return f"CASE WHEN {ambiguous} THEN 'ambiguous' WHEN {shifted} THEN 'shifted' END"


@lru_cache(maxsize=16384)
def midnight(day: date, tz: str) -> datetime:
    """The moment the local day begins, in UTC; where midnight is skipped, the first moment after it."""
    return place(datetime(day.year, day.month, day.day), tz).moment  # noqa: DTZ001 - local on purpose, placed at once


def local_date(moment: datetime, tz: str) -> date:
    """The local day on which a moment falls."""
    return moment.astimezone(zone(tz)).date()


def slots(day: date, tz: str, minutes: int = 15) -> list[datetime]:
    """The starts of a local day's slots in UTC: 92, 96 or 100 quarters."""
    start, end = midnight(day, tz), midnight(day + timedelta(days=1), tz)
    step = timedelta(minutes=minutes)
    return [start + n * step for n in range(-(-(end - start) // step))]


def month_closed_on(month: date, holidays: Collection[date] = ()) -> date:
    """The day on which a month closes: business day 5 of the next."""
    day = (month.replace(day=1) + timedelta(days=31)).replace(day=1)
    seen = 0
    while True:
        seen += day.isoweekday() <= 5 and day not in holidays
        if seen == closing_business_day:
            return day
        day += timedelta(days=1)
