"""Who works when: shifts planned from expected contacts, kept to contracts, and then thinned by illness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nyckeltal.demo.chance import Chance
from nyckeltal.demo.company import POOLS, QUEUES, TEAMS, PoolId, Queue
from nyckeltal.demo.demand import STEP_S, Demand
from nyckeltal.demo.reasons import topic
from nyckeltal.demo.staff import Agent

CHATS_AT_ONCE = 2
ILL_SHARE = 0.02  # on the day itself, nobody called in
_EXTRA: dict[PoolId, float] = {"tele": 0.65, "tele-chat": 0.6, "kraft": 0.7, "hem": 0.75, "hem-chat": 0.6, "mail": 0.0, "second": 0.5}
_WRITTEN_SHARE: dict[PoolId, float] = {"hem": 0.75, "mail": 1.2}  # in a shop part of it is answered between calls
_PRESENT = 0.87  # of a shift; the rest are breaks and meetings
_WORTH_A_SHIFT = 2.0  # half hours too few, below which nobody is called in
_EDGE_WEIGHT = 1.9  # the first and last hour would otherwise stay uncovered
_SHIFT_STEPS = 16


@dataclass(frozen=True)
class Pause:
    start: float
    seconds: float
    state: Literal["break", "meeting"]


@dataclass(frozen=True)
class Shift:
    """One agent's work in one pool on one day, with the pauses planned into it."""

    agent: Agent
    start: float
    end: float
    pauses: tuple[Pause, ...]
    capacity: int = 1


class Roster:
    """Plans a week at a time, its weekend first, so that contracts leave people for it."""

    def __init__(self, agents: Sequence[Agent], demand: Demand, chance: Chance) -> None:
        self._agents = agents
        self._demand = demand
        self._chance = chance
        self._worked: dict[str, int] = {}
        self._planned: dict[date, dict[PoolId, list[Shift]]] = {}

    def day(self, day: date) -> dict[PoolId, list[Shift]]:
        """The shifts really worked on that day, by pool: those planned, less those ill."""
        if day not in self._planned:
            self._plan_week(day - timedelta(days=day.weekday()))
        return {pool: [shift for shift in shifts if not self._ill(shift.agent, day)] for pool, shifts in self._planned[day].items()}

    def _plan_week(self, monday: date) -> None:
        self._worked.clear()
        turn = monday.toordinal() // 7  # each week begins with another weekday, so that none is always planned last
        order = [5, 6, *((turn + number) % 5 for number in range(5))]
        self._planned = {day: self._plan_day(day) for day in (monday + timedelta(days=number) for number in order)}

    def _plan_day(self, day: date) -> dict[PoolId, list[Shift]]:
        free = [agent for agent in self._agents if self._available(agent, day)]
        free.sort(key=lambda agent: (self._worked.get(agent.agent_id, 0) / agent.share) + 0.9 * self._chance.uniform())
        planned: dict[PoolId, list[Shift]] = {}
        for pool in POOLS:
            planned[pool] = self._plan(pool, day, free)
            for shift in planned[pool]:
                free.remove(shift.agent)
                self._worked[shift.agent.agent_id] = self._worked.get(shift.agent.agent_id, 0) + 1
        return planned

    def _available(self, agent: Agent, day: date) -> bool:
        if agent.team_on(day) is None or day.isocalendar()[:2] in agent.holidays:
            return False
        return self._worked.get(agent.agent_id, 0) < round(5 * agent.share)

    def _ill(self, agent: Agent, day: date) -> bool:
        illness = self._demand.events.illness
        team = agent.team_on(day)
        hit = day in illness.span and team is not None and team.team_id == illness.team_id
        return self._chance.uniform() < (illness.ill_share if hit else ILL_SHARE)

    def _plan(self, pool: PoolId, day: date, free: Sequence[Agent]) -> list[Shift]:
        need, start = self._need(pool, day)
        if not len(need):
            return []
        lacking = need / _PRESENT
        edges = np.ones(len(need))
        edges[:2] = edges[-2:] = _EDGE_WEIGHT
        shifts: list[Shift] = []
        for agent in _candidates(pool, day, free):
            steps = min(_SHIFT_STEPS, len(need))
            gains = np.convolve(np.clip(lacking, 0, 1) * edges, np.ones(steps), "valid")
            best = int(np.argmax(gains))
            if gains[best] < _WORTH_A_SHIFT:
                break
            lacking[best : best + steps] -= CHATS_AT_ONCE * 0.9 if pool.endswith("chat") else 1
            last = best + steps == len(need)
            shifts.append(self._shift(agent, day, pool, start + best * STEP_S, start + (best + steps) * STEP_S + (600 if last else 0)))
        return shifts

    def _need(self, pool: PoolId, day: date) -> tuple[NDArray[np.float64], float]:
        """People needed in each half hour, and when the first half hour begins."""
        open_queues = [(queue, opening) for queue in QUEUES if queue.pool == pool and (opening := self._demand.openings.get((queue.queue_id, day)))]
        if not open_queues:
            return np.zeros(0), 0.0
        start = min(opening.start for _, opening in open_queues)
        steps = int(round((max(opening.end for _, opening in open_queues) - start) / STEP_S))
        live, written = np.zeros(steps), np.zeros(steps)
        for queue, opening in open_queues:
            at = int((opening.start - start) / STEP_S)
            shares = self._demand.profile(queue, opening)
            work = self._contacts(queue, day) * mean_handle_s(queue) / STEP_S
            if queue.channel == "email":
                written[at : at + len(shares)] += work / len(shares)
            else:
                live[at : at + len(shares)] += work * shares
        need = live + _EXTRA[pool] * np.sqrt(live) + written * _WRITTEN_SHARE.get(pool, 1.0)
        shortage = self._demand.events.shortage
        planned = shortage.planned_share if day in shortage.span and pool == shortage.pool else 1.0
        return np.maximum(need * planned, 1.0), start

    def _contacts(self, queue: Queue, day: date) -> float:
        """E-mail of the weekend is answered on Monday; second line gets what first line passes on."""
        if queue.queue_id.endswith("-second"):
            first = [each for each in QUEUES if each.client_id == queue.client_id and each.tier == 1 and each.channel == "voice"]
            return 0.05 * sum(self._demand.expected(each, day) for each in first)
        if queue.channel != "email":
            return self._demand.expected(queue, day)
        waiting = 1
        while waiting < 6 and (queue.queue_id, day - timedelta(days=waiting)) not in self._demand.openings:
            waiting += 1
        return sum(self._demand.expected(queue, day - timedelta(days=ago)) for ago in range(waiting))

    def _shift(self, agent: Agent, day: date, pool: PoolId, start: float, end: float) -> Shift:
        length = end - start
        somewhere = self._chance.uniform
        pauses = [Pause(start + (0.2 + 0.16 * somewhere()) * length, 900, "break")]
        if length > 5 * 3600:
            pauses.append(Pause(start + (0.42 + 0.16 * somewhere()) * length, 1800, "break"))
            pauses.append(Pause(start + (0.68 + 0.16 * somewhere()) * length, 900, "break"))
        if day.weekday() == 2:
            pauses.append(Pause(start + (0.3 + 0.4 * somewhere()) * length, 1800, "meeting"))
        return Shift(agent, start, end, tuple(pauses), CHATS_AT_ONCE if pool.endswith("chat") else 1)


def _candidates(pool: PoolId, day: date, free: Sequence[Agent]) -> list[Agent]:
    """Those whose team works in the pool; who is slow by cases alone stays on the telephone."""
    teams = {team.team_id for team in TEAMS if pool in team.pools}
    found = [agent for agent in free if (team := agent.team_on(day)) is not None and team.team_id in teams]
    return [agent for agent in found if not (agent.hard_cases and pool != "tele")]


def mean_handle_s(queue: Queue) -> float:
    """Planned handling time: chats count once for each that runs at the same time."""
    mix = queue.topics
    mean = sum(weight * topic(queue.client_id, label).handle_s for label, weight in mix) / sum(weight for _, weight in mix)
    return mean * queue.handle_factor * 0.84
