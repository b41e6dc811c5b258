"""Runs the demo's organisation day by day and hands over what was written down."""

from __future__ import annotations

import gc
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from nyckeltal.demo.book import Book, Visit
from nyckeltal.demo.chance import Chance
from nyckeltal.demo.company import CLIENTS, POOLS, QUEUES, PoolId
from nyckeltal.demo.customers import Customers
from nyckeltal.demo.demand import DAY_SPREAD, Demand
from nyckeltal.demo.events import Events, Span, plant
from nyckeltal.demo.floor import Floor
from nyckeltal.demo.roster import Planned, Roster
from nyckeltal.demo.staff import Agent, hire


@dataclass(frozen=True)
class Story:
    """One simulation: what happened and what was put in."""

    seed: int
    scale: float
    events: Events
    agents: list[Agent]
    book: Book
    demand: Demand
    plan: list[Planned]


def simulate(period: Span, *, seed: int, scale: float = 1.0, progress: Callable[[str, int, int], None] | None = None) -> Story:
    chance = Chance(seed)
    events = plant(period)
    agents = hire(period, chance)
    demand = Demand(events, scale)
    book = Book()
    customers = Customers(demand, book, chance)
    roster = Roster(agents, demand, chance)
    waiting: dict[str, deque[Visit]] = defaultdict(deque)
    days = period.days
    with no_collecting():
        for number, day in enumerate(days):
            _day(day, customers, roster, waiting)
            if progress is not None and number % 10 == 0:
                progress("simulate", number, len(days))
    return Story(seed, scale, events, agents, book, demand, roster.plan)


def _day(day: date, customers: Customers, roster: Roster, waiting: dict[str, deque[Visit]]) -> None:
    shifts = roster.day(day)
    shocks = {client.client_id: customers.chance.around(DAY_SPREAD) for client in CLIENTS}
    escalated: list[Visit] = []
    for pool in POOLS:
        floor = Floor(pool, day, customers, waiting)
        arrivals = list(_arrivals(pool, day, customers, shocks))
        if pool == "second":
            arrivals += escalated
        floor.run(arrivals, shifts[pool])
        escalated += floor.escalated


def _arrivals(pool: PoolId, day: date, customers: Customers, shocks: dict[str, float]) -> Iterator[Visit]:
    """Those with a new matter and those who come back, as far as they reach the queue."""
    for queue in QUEUES:
        if queue.pool == pool and queue.volume:
            for moment, is_open in customers.demand.arrivals(queue, day, shocks[queue.client_id], customers.chance):
                contact = customers.first(queue, moment)
                if customers.before_the_queue(contact, is_open):
                    yield customers.visit(contact, 1, queue, contact.entered_at)
    for contact in customers.due.pop((pool, day), ()):
        if customers.before_the_queue(contact, is_open=True):
            yield customers.visit(contact, 1, contact.queue, contact.entered_at)


@contextmanager
def no_collecting() -> Iterator[None]:
    """Half a million small objects that all stay alive: looking for garbage among them would take longer than the simulation."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
