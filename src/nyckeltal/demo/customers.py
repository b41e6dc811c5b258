"""What customers do: whom they are, what they want, whether a contact settles it, and when they come back."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from nyckeltal.demo.book import NEVER, Book, Contact, Matter, Visit
from nyckeltal.demo.chance import Chance
from nyckeltal.demo.company import CALLBACK, CLIENTS, QUEUES, PoolId, Queue
from nyckeltal.demo.demand import Demand, local_hour
from nyckeltal.demo.reasons import TOPICS, Topic
from nyckeltal.demo.staff import EXPERIENCED_AT, Agent

DIFFICULTY_SPREAD = 0.55
HURRY_ON_SOLVED = 1.3  # log-odds of solving, per unit of the logarithm of handling time: who pushes time solves less
LEARNING_ON_SOLVED = 0.12  # log-odds per unit of the logarithm of contacts taken
SECOND_LINE_ON_SOLVED = 0.5
LATER_ON_SOLVED = 0.35
TROUBLE_ON_SOLVED = -0.6
COMES_BACK = 0.87  # of those whose matter was not settled
COMES_BACK_AFTER_S = 2.1 * 86_400  # mean
OTHER_CHANNEL = 0.15
CALLS_AGAIN = 0.42  # of those who gave up waiting
QUICK_SHARE = 0.012  # hang up within seconds whatever happens
QUICK_S = 2.5
IN_MENU = 0.02


class Customers:
    """Makes contacts and decides what they lead to.

    `due` holds those who will come back, by pool and local day; who comes back to the floor now `running` goes to its `join`.
    """

    running: tuple[PoolId, date]
    join: Callable[[Contact], None]

    def __init__(self, demand: Demand, book: Book, chance: Chance) -> None:
        self.demand = demand
        self.book = book
        self.chance = chance
        self.due: dict[tuple[PoolId, date], list[Contact]] = defaultdict(list)
        self._customers = {client.client_id: max(40, int(client.customers * demand.scale)) for client in CLIENTS}
        self._menus = {queue.queue_id: _topics(queue) for queue in QUEUES}
        self._elsewhere = {queue.queue_id: _elsewhere(queue) for queue in QUEUES}

    def first(self, queue: Queue, offered_at: float) -> Contact:
        """A customer with a new matter."""
        uniform = self.chance.uniform
        draw = uniform()
        topic = next(topic for until, topic in self._menus[queue.queue_id] if draw <= until)
        matter = Matter(
            number=len(self.book.matters),
            customer=int(uniform() * self._customers[queue.client_id]),
            topic=topic,
            leaf=int(uniform() * uniform() * len(topic.leaves)),
            has_case=uniform() < topic.case_share,
        )
        self.book.matters.append(matter)
        return self.contact(queue, matter, offered_at)

    def contact(self, queue: Queue, matter: Matter, offered_at: float, callback_of: int | None = None) -> Contact:
        menu = 8 + 16 * self.chance.exponential() if queue.channel == "voice" else 0.0
        contact = Contact(
            number=len(self.book.contacts),
            queue=queue,
            matter=matter,
            offered_at=offered_at,
            menu_s=menu,
            difficulty=self.chance.around(DIFFICULTY_SPREAD),
            callback_of=callback_of,
        )
        self.book.contacts.append(contact)
        return contact

    def before_the_queue(self, contact: Contact, is_open: bool) -> bool:
        """Whether the contact reaches its queue; those that find it closed, disturbed or hang up in the menu end here."""
        queue, lost = contact.queue, self._lost(contact)
        if not is_open:
            contact.outcome, contact.ended_at = "closed", contact.offered_at + 15
        elif lost:
            contact.outcome, contact.ended_at = ("technical" if self.chance.uniform() < 0.7 else "blocked"), contact.offered_at + 5
            self._call_again(contact, contact.ended_at)
        elif queue.channel == "voice" and self.chance.uniform() < IN_MENU:
            contact.left_in_menu, contact.outcome, contact.wait_s = True, "abandoned", 0.0
            contact.abandoned_at = contact.ended_at = contact.offered_at + contact.menu_s * self.chance.uniform()
        else:
            contact.entered_at = contact.offered_at + contact.menu_s
            return True
        return False

    def disturbed(self, queue: Queue, at: float) -> bool:
        """Whether the planted trouble stands in the way at that moment."""
        trouble = self.demand.events.trouble
        if queue.client_id != trouble.client_id:
            return False
        return local_hour(trouble.day, trouble.from_hour, queue.zone) <= at < local_hour(trouble.day, trouble.to_hour, queue.zone)

    def _lost(self, contact: Contact) -> bool:
        """A letter waits until the trouble is over."""
        struck = contact.queue.channel != "email" and self.disturbed(contact.queue, contact.offered_at)
        return struck and self.chance.uniform() < self.demand.events.trouble.lost_share

    def visit(self, contact: Contact, seq: int, queue: Queue, entered_at: float) -> Visit:
        """A new stay in a queue. Written matters and call-backs wait for ever; a transferred customer waits more patiently."""
        patience = NEVER
        if queue.channel in ("voice", "chat"):
            quick = seq == 1 and self.chance.uniform() < QUICK_SHARE
            patience = self.chance.exponential() * (QUICK_S if quick else queue.patience_s * (1 if seq == 1 else 2))
        visit = Visit(contact, seq, queue, entered_at, entered_at + patience)
        self.book.visits.append(visit)
        return visit

    def gave_up(self, contact: Contact, at: float) -> None:
        if at - contact.entered_at > 5:
            self._call_again(contact, at)

    def _call_again(self, contact: Contact, at: float) -> None:
        if self.chance.uniform() < CALLS_AGAIN:
            self._come_back(contact.queue, contact.matter, at + 120 + 1800 * self.chance.exponential())

    def call_back(self, contact: Contact, at: float) -> Contact:
        """The second contact that a call-back request leads to."""
        return self.contact(CALLBACK[contact.queue.client_id], contact.matter, at, callback_of=contact.number)

    def settle(self, contact: Contact, queue: Queue, agent: Agent, at: float) -> None:
        """Decides whether this contact solved the matter, and if not whether and when the customer comes back."""
        matter = contact.matter
        contact.solved = self.chance.uniform() < self.chance_of_solving(contact, queue, agent, at)
        if contact.solved:
            matter.solved, matter.closed_at = True, at + (self._work_behind() if matter.has_case else 0)
        elif self.chance.uniform() < COMES_BACK:
            after = 1200 + COMES_BACK_AFTER_S * self.chance.exponential()
            elsewhere = self._elsewhere[contact.queue.queue_id]
            other = elsewhere and self.chance.uniform() < OTHER_CHANNEL
            back = elsewhere[int(self.chance.uniform() * len(elsewhere))] if other else _own(contact.queue)
            self._come_back(back, matter, at + after + (86_400 if other else 0))
        else:
            matter.closed_at = at + (3 + 12 * self.chance.uniform()) * 86_400  # nobody heard more: closed by rule

    def chance_of_solving(self, contact: Contact, queue: Queue, agent: Agent, at: float) -> float:
        local = datetime.fromtimestamp(at, UTC)
        odds = math.log(contact.matter.topic.solved / (1 - contact.matter.topic.solved)) + agent.quality
        odds += HURRY_ON_SOLVED * agent.hurry.get((local.year, local.month), 0.0) + LEARNING_ON_SOLVED * math.log(agent.taken / EXPERIENCED_AT)
        odds += SECOND_LINE_ON_SOLVED * (queue.tier == 2) + LATER_ON_SOLVED * (contact.matter.handled > 1)
        odds += TROUBLE_ON_SOLVED * self.disturbed(queue, contact.answered_at)
        return 1 / (1 + math.exp(-odds))

    def _work_behind(self) -> float:
        """Time until a case is closed after the contact that solved it: mostly at once, sometimes days."""
        return 0.0 if self.chance.uniform() < 0.7 else 86_400 * self.chance.exponential() * 1.5

    def _come_back(self, queue: Queue, matter: Matter, at: float) -> None:
        moment, day = self._when_open(queue, at)
        pool, today = self.running
        if day <= today and queue.pool != pool:  # that floor's day may be over already
            moment, day = self._when_open(queue, local_hour(today + timedelta(days=1), 6.0, queue.zone))
        if moment is None:
            return
        contact = self.contact(queue, matter, moment)
        if (queue.pool, day) == self.running:
            self.join(contact)
        else:
            self.due[(queue.pool, day)].append(contact)

    def _when_open(self, queue: Queue, at: float) -> tuple[float | None, date]:
        """That moment, or soon after the next opening; None beyond the end of the simulation."""
        day = datetime.fromtimestamp(at, ZoneInfo(queue.zone)).date()
        if queue.channel == "email":
            return (at if day < self.demand.events.period.until else None), day
        for _ in range(8):
            if day >= self.demand.events.period.until:
                break
            opening = self.demand.openings.get((queue.queue_id, day))
            if opening is not None and at < opening.end - 60:
                return max(at, opening.start + 4 * 3600 * self.chance.uniform() * (at < opening.start)), day
            day += timedelta(days=1)
        return None, day


def _topics(queue: Queue) -> list[tuple[float, Topic]]:
    """The queue's topics with the upper end of each one's share of 0 to 1."""
    found = {topic.label: topic for topic in TOPICS if topic.client_id == queue.client_id}
    total = sum(weight for _, weight in queue.topics)
    until, ends = 0.0, []
    for label, weight in queue.topics:
        until += weight / total
        ends.append((until, found[label]))
    return [*ends[:-1], (1.0, ends[-1][1])]


def _elsewhere(queue: Queue) -> list[Queue]:
    """Where a customer may turn instead: another channel of the same client in the same language, or its e-mail."""
    return [other for other in QUEUES if other.client_id == queue.client_id and other.channel not in (queue.channel, "callback") and other.tier == 1]


def _own(queue: Queue) -> Queue:
    """Who was called back returns through a telephone queue."""
    if queue.channel != "callback":
        return queue
    return next(other for other in QUEUES if other.client_id == queue.client_id and other.channel == "voice")
