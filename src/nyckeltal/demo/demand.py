"""When customers make contact of their own accord: a Poisson process whose rate follows hour, weekday, season and invoices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from nyckeltal.demo.chance import Chance
from nyckeltal.demo.company import CLIENTS, QUEUES, Queue
from nyckeltal.demo.events import Events
from nyckeltal.demo.holidays import Country, holidays

FIRST_SHARE = 0.70  # of a queue's volume; the rest are customers who return
OUTSIDE_SHARE = 0.015  # of live contacts come while the queue is closed
DAY_SPREAD = 0.06  # days differ by more than Poisson chance
STEP_S = 1800
NOMINAL_DAYS = 396

_WEEKDAYS = (1.22, 1.08, 1.0, 0.96, 0.92, 0.42, 0.38)
_MAIL_WEEKDAYS = (1.2, 1.05, 1.0, 0.98, 0.9, 0.55, 0.6)
# contacts in each local hour of the day, in proportion
_BY_HOUR = (0.1, 0.06, 0.05, 0.04, 0.05, 0.1, 0.3, 0.6, 0.95, 1.3, 1.42, 1.3, 1.08, 1.22, 1.2, 1.12, 1.05, 0.95, 0.82, 0.7, 0.6, 0.5, 0.35, 0.2)


@dataclass(frozen=True)
class Open:
    """A queue's opening on one day, in seconds since 1970."""

    start: float
    end: float


@dataclass(frozen=True)
class Demand:
    """What comes to which queue on which day."""

    events: Events
    scale: float

    @cached_property
    def openings(self) -> dict[tuple[str, date], Open]:
        """By queue and local day; days on which a queue is closed are absent."""
        years = range(self.events.period.first.year, self.events.period.until.year + 2)
        closed: dict[Country, set[date]] = {country: set(holidays(country, years)) for country in ("se", "dk", "fi")}
        days = [*self.events.period.days, *(self.events.period.until + timedelta(days=ahead) for ahead in range(14))]
        return {
            (queue.queue_id, day): Open(local_hour(day, hours[0], queue.zone), local_hour(day, hours[1], queue.zone))
            for queue in QUEUES
            for day in days
            if day not in closed[queue.hours.country] and (hours := queue.hours.of(day.weekday())) is not None
        }

    def expected(self, queue: Queue, day: date) -> float:
        """Contacts of that day, those that return included, before anything unforeseen."""
        live = queue.channel != "email"
        if live and (queue.queue_id, day) not in self.openings:
            return 0.0
        season = next(client.season for client in CLIENTS if client.client_id == queue.client_id)
        weekday = (_WEEKDAYS if live else _MAIL_WEEKDAYS)[day.weekday()]
        return self._level[queue.queue_id] * weekday * season[day.month - 1] * _invoices(queue, day) * self.scale

    @property
    def end(self) -> float:
        """The end of the last day; nothing later is known."""
        return local_hour(self.events.period.until, 0, "Europe/Stockholm")

    @cached_property
    def _level(self) -> dict[str, float]:
        days = self.events.period.days
        levels = {}
        for queue in QUEUES:
            weights = _MAIL_WEEKDAYS if queue.channel == "email" else _WEEKDAYS
            open_days = days if queue.channel == "email" else [day for day in days if (queue.queue_id, day) in self.openings]
            mean = sum(weights[day.weekday()] for day in open_days) / len(days)
            levels[queue.queue_id] = queue.volume / NOMINAL_DAYS / max(mean, 0.1)
        return levels

    def profile(self, queue: Queue, opening: Open) -> NDArray[np.float64]:
        """The share of a day's contacts in each half hour of an opening."""
        first = int(datetime.fromtimestamp(opening.start, ZoneInfo(queue.zone)).hour)
        steps = round((opening.end - opening.start) / STEP_S)
        weights = [_BY_HOUR[(first + step // 2) % 24] for step in range(steps)]
        return np.array(weights) / np.float64(sum(weights))

    def arrivals(self, queue: Queue, day: date, shock: float, chance: Chance) -> list[tuple[float, bool]]:
        """Moments in order, each with whether the queue was open."""
        opening = self.openings.get((queue.queue_id, day))
        rate = self.expected(queue, day) * FIRST_SHARE * shock * self._trouble(queue, day)
        if queue.channel == "email":
            start = local_hour(day, 0, queue.zone)
            day_long = Open(start, local_hour(day + timedelta(days=1), 0, queue.zone))
            return [(each, True) for each in self._moments(np.array(_BY_HOUR), day_long, rate, chance)]
        if opening is None:
            return []
        inside = [(each, True) for each in self._moments(self.profile(queue, opening), opening, rate, chance)]
        return sorted(inside + _outside(opening, rate * OUTSIDE_SHARE, chance))

    def _moments(self, weights: NDArray[np.float64], opening: Open, rate: float, chance: Chance) -> list[float]:
        generator = chance.generator
        count = int(generator.poisson(rate))
        edges = np.concatenate(([0.0], np.cumsum(weights) / weights.sum()))
        shares = np.interp(generator.random(count), edges, np.linspace(0.0, 1.0, len(edges)))
        moments: list[float] = np.sort(opening.start + shares * (opening.end - opening.start)).tolist()
        return moments

    def _trouble(self, queue: Queue, day: date) -> float:
        trouble = self.events.trouble
        return trouble.volume_factor if day == trouble.day and queue.client_id == trouble.client_id else 1.0


def _outside(opening: Open, rate: float, chance: Chance) -> list[tuple[float, bool]]:
    count = int(chance.generator.poisson(rate))
    return [(opening.start - 3600 * chance.uniform() if chance.uniform() < 0.45 else opening.end + 60 + 5400 * chance.uniform(), False) for _ in range(count)]


def _invoices(queue: Queue, day: date) -> float:
    """Invoices go out on the 20th and fall due at the end of the month."""
    if queue.client_id == "nordhem" or queue.tier == 2:
        return 1.0
    return 1.15 if day.day in range(21, 25) else 1.1 if day.day >= 28 or day.day <= 2 else 0.95


@cache
def local_hour(day: date, hour: float, zone: str) -> float:
    """Seconds since 1970 of a local hour."""
    whole = int(hour)
    return datetime(day.year, day.month, day.day, whole, int((hour - whole) * 60), tzinfo=ZoneInfo(zone)).timestamp()
