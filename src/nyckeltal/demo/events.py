"""What happens in the demo's 13 months besides the ordinary: when, to whom and how much."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Span:
    """Local days from `first` until before `until`."""

    first: date
    until: date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day < self.until

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range((self.until - self.first).days)]


@dataclass(frozen=True)
class Illness:
    """A week in which much of one team is ill and nobody can be called in."""

    span: Span
    team_id: str = "energi"
    ill_share: float = 0.5


@dataclass(frozen=True)
class Trouble:
    """A day on which a client's systems stand still for some hours: calls are lost, take longer, and more people call."""

    day: date
    client_id: str = "polartel"
    from_hour: float = 9.5
    to_hour: float = 14.0
    lost_share: float = 0.35  # of those who call meanwhile
    handle_factor: float = 1.5
    volume_factor: float = 1.6


@dataclass(frozen=True)
class Shortage:
    """A month for which too few people were planned: this share of those needed."""

    span: Span
    pool: str = "tele"
    planned_share: float = 0.76


@dataclass(frozen=True)
class Events:
    """The events of one simulation; `tighter_from` is the day on which Polartel's 30 seconds become 20."""

    period: Span
    illness: Illness
    trouble: Trouble
    shortage: Shortage
    tighter_from: date


def plant(period: Span) -> Events:
    """The events at their places in a period; in a short one (tests) they lie closer and last shorter."""
    length = (period.until - period.first).days
    monday = _at(period, 0.80)
    monday -= timedelta(days=monday.weekday())
    trouble = _at(period, 0.90)
    trouble += timedelta(days=(2 - trouble.weekday()) % 7)
    short = _month(_at(period, 0.36)) if length > 200 else Span(_at(period, 0.36), _at(period, 0.36) + timedelta(days=math.ceil(length / 13)))
    return Events(
        period=period,
        illness=Illness(Span(max(monday, period.first), monday + timedelta(days=7))),
        trouble=Trouble(min(trouble, period.until - timedelta(days=1))),
        shortage=Shortage(short),
        tighter_from=_at(period, 0.5).replace(day=1) if length > 200 else _at(period, 0.5),
    )


def _at(period: Span, share: float) -> date:
    return period.first + timedelta(days=int((period.until - period.first).days * share))


def _month(day: date) -> Span:
    first = day.replace(day=1)
    return Span(first, (first + timedelta(days=32)).replace(day=1))


def thirteen_months_before(today: date) -> date:
    """The same day thirteen months earlier, or the last day of that month."""
    months = today.year * 12 + today.month - 1 - 13
    year, month = divmod(months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=today.day - 1), following - timedelta(days=1))
