"""Business hours: reads a calendar's opening hours and holidays, and counts the time that was open, right across DST."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from nyckeltal.errors import UserMistake
from nyckeltal.when.clock import local_date, midnight, place, zone
from nyckeltal.words import Text

weekdays = ("mo", "tu", "we", "th", "fr", "sa", "su")
day_minutes = 24 * 60

Spans = tuple[tuple[int, int], ...]  # minutes after local midnight, half-open, in order, none touching
Open = tuple[datetime, datetime]  # UTC, half-open
Week = tuple[Spans, ...]  # seven entries from Monday


@dataclass(frozen=True)
class Hours:
    """When a calendar is open. `weeks` says which hours hold from which day on; `holidays` replaces them on its days; `years` are those it covers."""

    calendar_id: str
    tz: str
    weeks: tuple[tuple[date, Week], ...]
    holidays: Mapping[date, Spans]
    years: frozenset[int]
    valid_from: date | None = None
    valid_to: date | None = None

    @classmethod
    def read(cls, calendar_id: str, tz: str, weekly: str, holidays: str, valid_from: date | None = None, valid_to: date | None = None) -> Hours:
        """From the notation of a calendar: "mo-fr 08:00-17:00; sa 10:00-14:00; from 2026-12-01; mo-fr 08:00-16:00" and
        "2026; 2026-12-25; 2026-12-24 08:00-12:00"."""
        zone(tz)
        closed, years = _read_holidays(calendar_id, holidays)
        return cls(calendar_id, tz, _read_weeks(calendar_id, weekly), closed, years, valid_from, valid_to)

    def on(self, day: date) -> Spans:
        """The open spans of a local day; a year without holidays named is a mistake, since nobody could tell a holiday from a day open."""
        if (self.valid_from and day < self.valid_from) or (self.valid_to and day >= self.valid_to):
            return ()
        if day.year not in self.years:
            values = {"calendar": self.calendar_id, "year": day.year}
            english = "The calendar “%(calendar)s” names no holidays for %(year)s. List them, or write %(year)s alone when there are none."
            raise UserMistake(Text("when.holidays_missing", english, values))
        return self.holidays[day] if day in self.holidays else self.week(day)[day.weekday()]

    def week(self, day: date) -> Week:
        """The hours that hold in general on that day."""
        return next(week for start, week in reversed(self.weeks) if start <= day)

    def open_intervals(self, first_day: date, last_day: date) -> list[Open]:
        """What is open on these local days, both included, in UTC; nights without closing are joined."""
        days = (first_day + timedelta(days=n) for n in range((last_day - first_day).days + 1))
        return _joined((_moment(day, start, self.tz), _moment(day, end, self.tz)) for day in days for start, end in self.on(day))

    def further(self, last_day: date, seconds: float) -> list[Open]:
        """What is open after a day until so many seconds have passed; less where the calendar ends, names no holidays, or stays closed for a year."""
        found: list[Open] = []
        left, closed_days, day = timedelta(seconds=seconds), 0, last_day
        while left > timedelta() and closed_days <= 366:
            day += timedelta(days=1)
            if day.year not in self.years:
                break
            opened = self.open_intervals(day, day)
            left -= sum((closes - opens for opens, closes in opened), timedelta())
            closed_days = 0 if opened else closed_days + 1
            found += opened
        return found

    def is_open(self, moment: datetime) -> bool:
        day = local_date(moment, self.tz)
        return any(start <= moment < end for start, end in self.open_intervals(day, day))

    def seconds(self, start: datetime, end: datetime) -> float:
        """Open seconds between two moments; 0 when they come in the wrong order."""
        start, end = start.astimezone(UTC), end.astimezone(UTC)  # two moments of one zone subtract by the clock on the wall
        if end <= start:
            return 0.0
        open_then = self.open_intervals(local_date(start, self.tz), local_date(end, self.tz))
        return sum((min(end, closes) - max(start, opens)).total_seconds() for opens, closes in open_then if opens < end and closes > start)

    def due(self, start: datetime, seconds: float) -> datetime | None:
        """The moment by which so many open seconds have passed since `start`; None when the calendar ends, or stays closed for a year, before that."""
        start = start.astimezone(UTC)
        left, day, closed_days = timedelta(seconds=seconds), local_date(start, self.tz), 0
        while closed_days <= 366:
            for opens, closes in self.open_intervals(day, day):
                begins, closed_days = max(opens, start), 0
                if closes > begins and closes - begins >= left:
                    return begins + left
                left -= max(closes - begins, timedelta())
            day, closed_days = day + timedelta(days=1), closed_days + 1
        return None


def open_intervals(
    tz: str,
    weekly: str,
    holidays: str,
    first_day: date,
    last_day: date,
    valid_from: date | None = None,
    valid_to: date | None = None,
    calendar_id: str = "",
) -> list[Open]:
    """The open intervals of a calendar as it is written, in UTC; both days included, `valid_to` not."""
    return Hours.read(calendar_id, tz, weekly, holidays, valid_from, valid_to).open_intervals(first_day, last_day)


def business_seconds(start: datetime, end: datetime, hours: Hours | None) -> float:
    """Open seconds between two moments; without a calendar everything is open."""
    return hours.seconds(start, end) if hours else max(0.0, end.timestamp() - start.timestamp())


def write_week(week: Week) -> str:
    """The notation of one week's hours; days with equal hours are put together."""
    parts: list[str] = []
    for spans, numbered in itertools.groupby(enumerate(week), key=lambda pair: pair[1]):
        days = [weekdays[number] for number, _ in numbered]
        if spans:
            times = ", ".join(f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in spans)
            parts.append(f"{days[0]}{f'-{days[-1]}' if len(days) > 1 else ''} {times}")
    return "; ".join(parts)


def read_spans(text: str) -> Spans:
    """The hours of one day: “08:00-12:00, 13:00-17:00”; nothing is closed."""
    return _in_order("", _read_times("", text)) if text.strip() else ()


def _moment(day: date, minutes: int, tz: str) -> datetime:
    """A time of day in UTC; of two equal times the first, so that one span ends where the next begins."""
    if minutes == day_minutes:
        return midnight(day + timedelta(days=1), tz)
    return place(datetime(day.year, day.month, day.day, *divmod(minutes, 60)), tz).moment  # noqa: DTZ001 - local on purpose


def _joined(intervals: Iterable[Open]) -> list[Open]:
    found: list[Open] = []
    for start, end in intervals:
        if end <= start:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _read_weeks(calendar_id: str, text: str) -> tuple[tuple[date, Week], ...]:
    """The hours from the beginning, and those that hold from later days on, each written whole after its “from”."""
    weeks: dict[date, list[str]] = {date.min: []}
    for part in _parts(text):
        word, _, day = part.partition(" ")
        if word.casefold() != "from":
            weeks[max(weeks)].append(part)
            continue
        try:
            start = date.fromisoformat(day)
        except ValueError:
            raise _mistake(calendar_id, part) from None
        if start <= max(weeks):
            raise _mistake(calendar_id, part)
        weeks[start] = []
    return tuple((start, _read_weekly(calendar_id, parts)) for start, parts in weeks.items())


def _read_weekly(calendar_id: str, parts: Iterable[str]) -> Week:
    spans: list[list[tuple[int, int]]] = [[] for _ in weekdays]
    for part in parts:
        days, _, times = part.partition(" ")
        for day in _read_days(calendar_id, days):
            spans[day] += _read_times(calendar_id, times)
    return tuple(_in_order(calendar_id, day) for day in spans)


def _read_holidays(calendar_id: str, text: str) -> tuple[dict[date, Spans], frozenset[int]]:
    days: dict[date, Spans] = {}
    years: set[int] = set()
    for part in _parts(text):
        if re.fullmatch(r"\d{4}", part):
            years.add(int(part))
            continue
        name, _, times = part.partition(" ")
        try:
            day = date.fromisoformat(name)
        except ValueError:
            raise _mistake(calendar_id, part) from None
        years.add(day.year)
        days[day] = _in_order(calendar_id, _read_times(calendar_id, times)) if times.strip() else ()
    return days, frozenset(years)


def _parts(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.split(";") if part.strip()]


def _read_days(calendar_id: str, text: str) -> list[int]:
    """`mo`, `mo-fr`, `mo,we,fr`; a range may run over Sunday."""
    found: list[int] = []
    for part in text.casefold().split(","):
        first, dash, last = part.partition("-")
        if first not in weekdays or (dash and last not in weekdays):
            raise _mistake(calendar_id, text)
        start, end = weekdays.index(first), weekdays.index(last or first)
        found += [(start + n) % 7 for n in range((end - start) % 7 + 1)]
    return found


def _read_times(calendar_id: str, text: str) -> list[tuple[int, int]]:
    """`08:00-12:00, 13:00-17:00`; the comma may be left out."""
    times = text.replace(",", " ").split()
    if not times:
        raise _mistake(calendar_id, text)
    return [_read_span(calendar_id, part) for part in times]


def _read_span(calendar_id: str, text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})", text)
    if not match:
        raise _mistake(calendar_id, text)
    hour, minute, end_hour, end_minute = map(int, match.groups())
    start, end = hour * 60 + minute, end_hour * 60 + end_minute
    if minute > 59 or end_minute > 59 or not start < end <= day_minutes:
        raise _mistake(calendar_id, text)
    return start, end


def _in_order(calendar_id: str, spans: list[tuple[int, int]]) -> Spans:
    found = sorted(spans)
    for (_, end), (start, _) in itertools.pairwise(found):
        if start < end:
            raise _mistake(calendar_id, f"{end // 60:02}:{end % 60:02} > {start // 60:02}:{start % 60:02}")
    return tuple(found)


def _mistake(calendar_id: str, part: str) -> UserMistake:
    english = (
        "The calendar “%(calendar)s” cannot be read at “%(part)s”. Opening hours are written like “mo-fr 08:00-17:00; sa 10:00-14:00”, "
        "each day up to 24:00 and no two spans overlapping, other hours from a later day on behind "
        "“from 2026-12-01”; holidays like “2026; 2026-12-25; 2026-12-24 08:00-12:00”."
    )
    return UserMistake(Text("when.calendar_unread", english, {"calendar": calendar_id, "part": part}))
