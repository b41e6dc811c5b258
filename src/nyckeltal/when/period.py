"""Periods: half-open spans of local days, from a quarter of an hour up to a year, and the labels they carry in answers."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache

from nyckeltal.errors import BadQuestion
from nyckeltal.when.clock import zone
from nyckeltal.words import Text


class Grain(StrEnum):
    """How finely time is cut. `interval` is a quarter of an hour; weeks are ISO weeks."""

    INTERVAL = "interval"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def within_a_day(self) -> bool:
        return self in (Grain.INTERVAL, Grain.HOUR)

    @property
    def minutes(self) -> int | None:
        """Length of a slot within a day; None for days and longer."""
        return 15 if self is Grain.INTERVAL else 60 if self is Grain.HOUR else None

    def start(self, day: date) -> date:
        """First day of the part that holds `day`."""
        match self:
            case Grain.WEEK:
                return day - timedelta(days=day.weekday())
            case Grain.MONTH:
                return day.replace(day=1)
            case Grain.QUARTER:
                return day.replace(month=day.month - (day.month - 1) % 3, day=1)
            case Grain.YEAR:
                return day.replace(month=1, day=1)
        return day

    def next(self, start: date) -> date:
        """First day of the part after the one that begins on `start`."""
        match self:
            case Grain.WEEK:
                return start + timedelta(days=7)
            case Grain.MONTH:
                return add_months(start, 1)
            case Grain.QUARTER:
                return add_months(start, 3)
            case Grain.YEAR:
                return add_months(start, 12)
        return start + timedelta(days=1)

    def label(self, day: date) -> str:
        """Label of the part that holds `day`; for parts within a day, the day's."""
        match self:
            case Grain.WEEK:
                year, week, _ = day.isocalendar()
                return f"{year:04}-W{week:02}"
            case Grain.MONTH:
                return f"{day:%Y-%m}"
            case Grain.QUARTER:
                return f"{day:%Y}-Q{(day.month + 2) // 3}"
            case Grain.YEAR:
                return f"{day:%Y}"
        return day.isoformat()


@dataclass(frozen=True, order=True)
class Period:
    """Local days from `start` until before `end`."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            values = {"start": self.start, "end": self.end - timedelta(days=1)}
            raise BadQuestion(Text("when.period_backwards", "The period ends (%(end)s) before it starts (%(start)s).", values))

    @staticmethod
    def of(label: str) -> Period:
        """`2026`, `2026-Q1`, `2026-03`, `2026-W10`, `2026-03-29`, or two of them with `..` between, the last one included."""
        return _of(label)

    @classmethod
    def days(cls, first: date, last: date) -> Period:
        """From the first to the last day, both included."""
        return cls(first, last + timedelta(days=1))

    @classmethod
    def holding(cls, day: date, grain: Grain) -> Period:
        """The whole part that holds `day`."""
        start = grain.start(day)
        return cls(start, grain.next(start))

    @property
    def last(self) -> date:
        return self.end - timedelta(days=1)

    @cached_property
    def grain(self) -> Grain | None:
        """The grain of which this is exactly one part."""
        grains = (Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR)
        return next((grain for grain in grains if grain.start(self.start) == self.start and grain.next(self.start) == self.end), None)

    @property
    def label(self) -> str:
        return self.grain.label(self.start) if self.grain else f"{self.start}..{self.last}"

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def parts(self, grain: Grain | str) -> tuple[Period, ...]:
        """The whole parts that touch this period; parts within a day are asked of `when.clock.slots`."""
        return _parts(self, Grain(grain))

    def rolling(self, months: int) -> Period:
        """The `months` months that end with this period."""
        return Period(add_months(self.end, -months), self.end)

    def before(self) -> Period:
        """The period of the same grain before this one, or as many days."""
        if self.grain:
            return Period.holding(self.start - timedelta(days=1), self.grain)
        return Period(self.start - (self.end - self.start), self.start)


@lru_cache(maxsize=256)  # each key figure of a question has the same
def _parts(period: Period, grain: Grain) -> tuple[Period, ...]:
    found, start = [], grain.start(period.start)
    while start < period.end:
        found.append(Period(start, grain.next(start)))
        start = found[-1].end
    return tuple(found)


def add_months(day: date, months: int) -> date:
    """The same day so many months on; the last of the month where the day does not exist."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def moment_label(moment: datetime, tz: str, grain: Grain) -> str:
    """Label of the slot that holds a moment, such as `2026-03-29T10:00+02:00`."""
    local = moment.astimezone(zone(tz))
    if grain.minutes is None:
        return grain.label(local.date())
    return local.replace(minute=local.minute - local.minute % grain.minutes, second=0, microsecond=0).isoformat(timespec="minutes")


@lru_cache(maxsize=4096)  # pages ask for the same months hundreds of times
def _of(label: str) -> Period:
    first, dots, last = label.strip().partition("..")
    if dots:
        return Period(_of(first).start, _of(last).end)
    grain, start = _read(first)
    return Period(start, grain.next(start))


def _read(label: str) -> tuple[Grain, date]:
    shapes = {
        Grain.YEAR: r"(\d{4})",
        Grain.QUARTER: r"(\d{4})-[Qq]([1-4])",
        Grain.MONTH: r"(\d{4})-(\d{2})",
        Grain.WEEK: r"(\d{4})-[Ww](\d{2})",
        Grain.DAY: r"(\d{4})-(\d{2})-(\d{2})",
    }
    for grain, shape in shapes.items():
        if match := re.fullmatch(shape, label.strip()):
            try:
                return grain, _start(grain, [int(part) for part in match.groups()])
            except ValueError:
                break
    example = "2026, 2026-Q1, 2026-03, 2026-W10, 2026-03-29"
    raise BadQuestion(Text("when.period_unread", "“%(label)s” is not a period. Periods are written like %(example)s.", {"label": label, "example": example}))


def _start(grain: Grain, parts: list[int]) -> date:
    match grain:
        case Grain.YEAR:
            return date(parts[0], 1, 1)
        case Grain.QUARTER:
            return date(parts[0], parts[1] * 3 - 2, 1)
        case Grain.WEEK:
            return date.fromisocalendar(parts[0], parts[1], 1)
    return date(parts[0], parts[1], parts[2] if grain is Grain.DAY else 1)
