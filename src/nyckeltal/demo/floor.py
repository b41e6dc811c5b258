"""The queue itself: one pool of agents through one day, event by event.

Customers wait in order; whoever becomes free takes the one that has waited longest, own queues first. Everything that was
measured comes out of this, nothing is drawn from a formula for waiting.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from nyckeltal.demo.book import NEVER, Absent, Contact, EndKind, Leg, Visit
from nyckeltal.demo.company import QUEUES, SECOND_LINE, TEAM, PoolId, Queue
from nyckeltal.demo.customers import Customers
from nyckeltal.demo.reasons import hard
from nyckeltal.demo.roster import Pause, Shift
from nyckeltal.demo.staff import Agent

OWN_QUEUE_BONUS_S = 40.0
CALLBACK_LATER_S = 900.0
TRANSFERRED = 0.035
ACW_SHARE, HOLD_SHARE, HELD = 0.16, 0.2, 0.22
SLOWER_WITH_TWO_CHATS = 1.2
CALLBACK_FROM_WAITING = 3  # so many before you, and a call-back is offered
CALLBACK_ACCEPTED = 0.4
CALLBACK_TAKES_S = 5400.0  # none is offered so late that it would be made the next day
NOT_REACHED = 0.09
MISSED = 0.004  # it rings and the agent does not take it
MISSED_RING_S = 20.0


@dataclass(slots=True, eq=False)
class Seat:
    """An agent on the floor today. `pause` is one that became due during a contact."""

    agent: Agent
    capacity: int
    own: tuple[str, ...]
    on_since: float
    load: int = 0
    free_since: float = 0.0
    present: bool = True
    leaving: bool = False
    pause: Pause | None = None

    @property
    def ready(self) -> bool:
        return self.present and self.load < self.capacity and not self.leaving and self.pause is None


class Floor:
    """One pool on one day. `waiting` goes in with those left from the day before and comes out with those left over."""

    def __init__(self, pool: PoolId, day: date, customers: Customers, waiting: dict[str, deque[Visit]]) -> None:
        self.day = day
        self.customers = customers
        self.book = customers.book
        self.chance = customers.chance
        self.waiting = waiting
        self.escalated: list[Visit] = []
        self._queues = [queue for queue in QUEUES if queue.pool == pool]
        self._blended = any(queue.channel != "email" for queue in self._queues)
        self._seats: list[Seat] = []
        self._events: list[tuple[float, int, Callable[[float, Any], None], Any]] = []
        self._order = itertools.count()
        self._learnt = 1 / customers.demand.scale
        self._month = (day.year, day.month)
        self._day_number = day.toordinal()
        customers.running, customers.join = (pool, day), self._join

    def run(self, arrivals: Iterable[Visit], shifts: Iterable[Shift]) -> None:
        for visit in arrivals:
            self._at(visit.entered_at, self._arrive, visit)
        for shift in shifts:
            self._at(shift.start, self._log_in, shift)
        events = self._events
        while events:
            at, _, act, what = heapq.heappop(events)
            act(at, what)

    def _at(self, at: float, act: Callable[[float, Any], None], what: object) -> None:
        heapq.heappush(self._events, (at, next(self._order), act, what))

    # customers

    def _arrive(self, at: float, visit: Visit) -> None:
        seat = self._free_seat(visit)
        if seat is not None:
            self._ring(at, seat, visit)
        elif not self._rather_called_back(at, visit):
            self.waiting[visit.queue.queue_id].append(visit)
            if visit.gives_up_at < NEVER:
                self._at(visit.gives_up_at, self._give_up, visit)

    def _join(self, contact: Contact) -> None:
        """A customer who comes back the same day."""
        if self.customers.before_the_queue(contact, is_open=True):
            self._at(contact.entered_at, self._arrive, self.customers.visit(contact, 1, contact.queue, contact.entered_at))

    def _rather_called_back(self, at: float, visit: Visit) -> bool:
        queue = visit.queue
        if queue.channel != "voice" or queue.tier == 2 or visit.seq > 1 or len(self.waiting[queue.queue_id]) < CALLBACK_FROM_WAITING:
            return False
        left_at = at + 20
        if visit.gives_up_at <= left_at or not self._staffed(queue, at + CALLBACK_TAKES_S) or self.chance.uniform() >= CALLBACK_ACCEPTED:
            return False
        contact = visit.contact
        visit.waiting, visit.left_at, visit.outcome = False, left_at, "callback_requested"
        contact.outcome, contact.wait_s, contact.ended_at = "callback_requested", left_at - contact.entered_at, left_at
        later = self.customers.call_back(contact, left_at)
        later.entered_at = left_at
        self._at(left_at, self._arrive, self.customers.visit(later, 1, later.queue, left_at))
        return True

    def _give_up(self, at: float, visit: Visit) -> None:
        if visit.waiting:
            self._abandon(at, visit)

    def _abandon(self, at: float, visit: Visit) -> None:
        contact = visit.contact
        visit.waiting, visit.left_at, visit.outcome = False, at, "abandoned"
        if visit.seq == 1:
            contact.outcome, contact.wait_s, contact.abandoned_at = "abandoned", at - contact.entered_at, at
        contact.ended_at = _later(contact.ended_at, at)
        self.customers.gave_up(contact, at)

    # agents

    def _log_in(self, at: float, shift: Shift) -> None:
        team = shift.agent.team_on(self.day)
        seat = Seat(shift.agent, shift.capacity, TEAM[team.team_id].queue_ids if team else (), at, free_since=at)
        self._seats.append(seat)
        for pause in shift.pauses:
            self._at(pause.start, self._pause, (seat, pause))
        self._at(shift.end, self._log_out, seat)
        self._next(at, seat)

    def _pause(self, at: float, due: tuple[Seat, Pause]) -> None:
        """Breaks are taken in turn: whoever would leave too few behind waits a little."""
        seat, pause = due
        away = sum(not other.present or other.pause is not None for other in self._seats)
        if seat.leaving:
            return
        if len(self._seats) > 1 and away < max(1, len(self._seats) // 4):
            seat.pause = pause
            self._next(at, seat)
        else:
            self._at(at + 300, self._pause, due)

    def _back(self, at: float, seat: Seat) -> None:
        seat.present = True
        seat.free_since = at
        self._next(at, seat)

    def _log_out(self, at: float, seat: Seat) -> None:
        seat.leaving = True
        self._next(at, seat)

    def _free(self, at: float, seat: Seat) -> None:
        seat.load -= 1
        seat.free_since = at
        self._next(at, seat)

    def _next(self, at: float, seat: Seat) -> None:
        """What an agent does who may have become free."""
        if seat.load == 0 and seat.present and (seat.leaving or seat.pause is not None):
            self._away(at, seat)
        while seat.ready and (visit := self._longest(seat)) is not None:
            self._ring(at, seat, visit)

    def _away(self, at: float, seat: Seat) -> None:
        seat.present = False
        if seat.leaving:
            self._seats.remove(seat)
            self.book.absences.append(Absent(seat.agent, seat.on_since, at, None))
        elif seat.pause is not None:
            back = at + seat.pause.seconds
            self.book.absences.append(Absent(seat.agent, at, back, seat.pause.state))
            seat.pause = None
            self._at(back, self._back, seat)

    # who meets whom

    def _free_seat(self, visit: Visit) -> Seat | None:
        """The least busy, then the one free for longest; hard cases go first to the colleague who takes them, easy ones last."""
        if self._must_wait(visit.queue):
            return None
        best, best_key = None, (2.0, 0.0)
        is_hard, queue_id = hard(visit.contact.matter.topic), visit.queue.queue_id
        for seat in self._seats:
            if seat.ready:
                rank = (-1.0 if is_hard else 1.5) if seat.agent.hard_cases else seat.load / seat.capacity
                key = (rank, seat.free_since - (OWN_QUEUE_BONUS_S if queue_id in seat.own else 0))
                if best is None or key < best_key:
                    best, best_key = seat, key
        return best

    def _longest(self, seat: Seat) -> Visit | None:
        """The one waiting longest among the heads of the queues; own queues ahead, call-backs behind."""
        best, best_key = None, NEVER
        for queue in self._queues:
            line = self.waiting[queue.queue_id]
            while line and not line[0].waiting:
                line.popleft()
            if line and not self._must_wait(queue):
                key = line[0].entered_at - (OWN_QUEUE_BONUS_S if queue.queue_id in seat.own else 0) + (CALLBACK_LATER_S if queue.channel == "callback" else 0)
                if key < best_key:
                    best, best_key = line, key
        if best is None:
            return None
        if seat.agent.hard_cases:
            return self._hardest(best)
        return best.popleft()

    def _must_wait(self, queue: Queue) -> bool:
        """Where telephone and e-mail share a floor, e-mail is answered only while a colleague is free for calls."""
        return queue.channel == "email" and self._blended and sum(seat.ready for seat in self._seats) < 2

    def _hardest(self, fallback: deque[Visit]) -> Visit:
        for queue in self._queues:
            line = self.waiting[queue.queue_id]
            for visit in line:
                if visit.waiting and hard(visit.contact.matter.topic):
                    line.remove(visit)
                    return visit
        return fallback.popleft()

    # the contact itself

    def _ring(self, at: float, seat: Seat, visit: Visit) -> None:
        channel = visit.queue.channel
        seat.load += 1
        ring = 0.0 if channel == "email" else 2 + 4 * self.chance.uniform() if channel != "chat" else 4 + 8 * self.chance.uniform()
        visit.waiting = False
        if channel == "callback" and self.chance.uniform() < NOT_REACHED:
            self._abandon(at + 25, visit)
            self._at(at + 40, self._free, seat)
        elif visit.gives_up_at <= at + ring:
            self._leg(visit, seat, at, visit.gives_up_at, answered=False)
            self._abandon(visit.gives_up_at, visit)
            self._at(visit.gives_up_at + 1, self._free, seat)
        elif channel == "voice" and self.chance.uniform() < MISSED and visit.gives_up_at > at + MISSED_RING_S:
            self._leg(visit, seat, at, at + MISSED_RING_S, answered=False)
            visit.waiting = True
            self._at(at + MISSED_RING_S, self._arrive, visit)
            self._at(at + MISSED_RING_S + 60, self._free, seat)
        else:
            self._answer(at, at + ring, seat, visit)

    def _leg(self, visit: Visit, seat: Seat, rang_at: float, until: float, *, answered: bool) -> None:
        leg = Leg(
            visit.contact,
            0,
            visit.seq,
            visit.queue,
            seat.agent,
            answered,
            rang_at,
            until,
            until,
            0,
            0,
            0,
            "customer",
            None,
            1,
            seat.agent.taken,
            self._day_number,
        )
        self.book.legs.append(leg)

    def _answer(self, rang_at: float, at: float, seat: Seat, visit: Visit) -> None:
        contact, agent = visit.contact, seat.agent
        visit.left_at, visit.outcome = at, "answered"
        if contact.agent is None:
            contact.agent, contact.answered_at, contact.outcome, contact.wait_s = agent, at, "answered", at - contact.entered_at
        self._open_case(contact, agent, at)
        talk, hold, acw = self._work(contact, visit.queue, agent, seat.load, at)
        talked = at + talk + hold
        end_kind, target = self._ends(contact, visit, agent, talked)
        contact.ended_at = _later(contact.ended_at, talked + acw)
        leg = Leg(
            contact,
            0,
            visit.seq,
            visit.queue,
            agent,
            True,
            rang_at,
            at,
            talked + acw,
            talk,
            hold,
            acw,
            end_kind,
            target,
            seat.load,
            agent.taken,
            self._day_number,
        )
        self.book.legs.append(leg)
        agent.taken += self._learnt
        self._at(talked + acw, self._free, seat)
        if target is None:
            self.customers.settle(contact, visit.queue, agent, contact.ended_at)
        else:
            self._pass_on(contact, visit, target, talked)

    def _open_case(self, contact: Contact, agent: Agent, at: float) -> None:
        matter = contact.matter
        if contact.agent is agent or matter.handled == 0:
            matter.handled += 1
        if matter.opened_at == NEVER:
            matter.opened_at, matter.opened_by = at, agent.agent_id

    def _work(self, contact: Contact, queue: Queue, agent: Agent, load: int, at: float) -> tuple[float, float, float]:
        """Seconds of talk, hold and after-contact work."""
        whole = contact.matter.topic.handle_s * queue.handle_factor * contact.difficulty * agent.speed * agent.learning_factor
        whole *= math.exp(agent.hurry.get(self._month, 0.0)) * (SLOWER_WITH_TWO_CHATS if load > 1 else 1.0)
        if self.customers.disturbed(queue, at):
            whole *= self.customers.demand.events.trouble.handle_factor
        whole = max(whole, 15.0)
        if queue.channel == "email":
            return whole, 0.0, 0.0
        acw = whole * ACW_SHARE * self.chance.around(0.4)
        hold = whole * HOLD_SHARE if queue.channel == "voice" and self.chance.uniform() < HELD else 0.0
        return whole * (1 - ACW_SHARE) - hold, hold, acw

    def _ends(self, contact: Contact, visit: Visit, agent: Agent, at: float) -> tuple[EndKind, Queue | None]:
        """How an agent's part ends, and where the customer is sent on to."""
        queue = visit.queue
        if queue.channel == "voice" and queue.tier == 1 and visit.seq == 1:
            second = SECOND_LINE.get(queue.client_id)
            if second is not None and self.chance.uniform() < contact.matter.topic.escalated * agent.learning_factor and self._staffed(second, at):
                return "escalation", second
            others = [other for other in self._queues if other.client_id == queue.client_id and other.channel == "voice" and other is not queue]
            if others and self.chance.uniform() < TRANSFERRED and self._staffed(others[0], at):
                return "transfer", others[0]
        return ("customer" if self.chance.uniform() < 0.7 else "agent"), None

    def _staffed(self, queue: Queue, at: float) -> bool:
        opening = self.customers.demand.openings.get((queue.queue_id, self.day))
        return opening is not None and opening.start <= at < opening.end - 300

    def _pass_on(self, contact: Contact, visit: Visit, target: Queue, at: float) -> None:
        onward = self.customers.visit(contact, visit.seq + 1, target, at)
        if target.tier == 2:
            self.escalated.append(onward)
        else:
            self._at(at, self._arrive, onward)


def _later(known: float, other: float) -> float:
    """A contact ends with the last of its parts; the first agent's work may outlast a short second part."""
    return other if known == NEVER else max(known, other)
