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
_EXTRA: dict[PoolId, float] = {"tele": 0.65, "tele-chat": 0.75, "kraft": 0.75, "hem": 0.8, "hem-chat": 0.7, "mail": 0.0, "second": 0.8}
_WRITTEN_SHARE: dict[PoolId, float] = {"hem": 0.75, "mail": 1.2}  # in a shop part of it is answered between calls
_PRESENT = 0.87  # of a shift; the rest are breaks and meetings
_WORTH_A_SHIFT = 2.0  # half hours too few, below which nobody is called in
_EDGE_WEIGHT = 1.9  # the first and last hour would otherwise stay uncovered
_SHIFT_STEPS = 16
_ROUNDS = (0.6, 0.8, 0.9, 1.0)  # shares of the need planned for in turn


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


@dataclass(frozen=True, slots=True)
class Planned:
    """A shift as it was planned, and whether its agent fell ill."""

    day: date
    pool: PoolId
    shift: Shift
    ill: bool


@dataclass
class _Floor:
    """One pool on one day while it is being planned."""

    pool: PoolId
    day: date
    start: float
    need: NDArray[np.float64]
    cover: NDArray[np.float64]
    shifts: list[Shift]

    def best(self, share: float) -> int | None:
        """Where another shift helps most towards that share of the need; None when none is worth it."""
        steps = min(_SHIFT_STEPS, len(self.need))
        lacking = np.clip(self.need * share / _PRESENT - self.cover, 0, 1)
        lacking[:2] *= _EDGE_WEIGHT
        lacking[-2:] *= _EDGE_WEIGHT
        gains = np.convolve(lacking, np.ones(steps), "valid")
        best = int(np.argmax(gains))
        return best if gains[best] >= _WORTH_A_SHIFT else None


class Roster:
    """Plans a week at a time, its weekend first and every day in rounds, so that a shortage is spread and no day stays empty."""

    def __init__(self, agents: Sequence[Agent], demand: Demand, chance: Chance) -> None:
        self._agents = agents
        self._demand = demand
        self._chance = chance
        self._days_worked: dict[str, set[date]] = {}
        self._planned: dict[date, list[_Floor]] = {}
        self.plan: list[Planned] = []

    def day(self, day: date) -> dict[PoolId, list[Shift]]:
        """The shifts really worked on that day, by pool: those planned, less those ill."""
        if day not in self._planned:
            self._plan_week(day - timedelta(days=day.weekday()))
        today = [
            Planned(day, floor.pool, shift, ill)
            for floor in self._planned[day]
            for shift, ill in zip(floor.shifts, _some_come([self._ill(shift.agent, day) for shift in floor.shifts]), strict=True)
        ]
        self.plan += today
        return {pool: [each.shift for each in today if each.pool == pool and not each.ill] for pool in POOLS}

    def _plan_week(self, monday: date) -> None:
        self._days_worked = {agent.agent_id: set() for agent in self._agents}
        turn = monday.toordinal() // 7  # each week begins with another weekday, so that none is always planned last
        order = [monday + timedelta(days=number) for number in (5, 6, *((turn + number) % 5 for number in range(5)))]
        self._planned = {day: [self._floor(pool, day) for pool in POOLS] for day in order}
        for share in _ROUNDS:
            for day in order:
                self._plan_day(day, share)

    def _plan_day(self, day: date, share: float) -> None:
        free = [agent for agent in self._agents if self._available(agent, day)]
        free.sort(key=lambda agent: (len(self._days_worked[agent.agent_id]) / agent.share) + 0.9 * self._chance.uniform())
        for floor in self._planned[day]:
            for agent in _candidates(floor.pool, day, free):
                at = floor.best(share) if len(floor.need) else None
                if at is None:
                    break
                self._work(floor, agent, at)
                free.remove(agent)

    def _work(self, floor: _Floor, agent: Agent, at: int) -> None:
        until = min(at + _SHIFT_STEPS, len(floor.need))
        end = floor.start + until * STEP_S + (600 if until == len(floor.need) else 0)
        chats = floor.pool.endswith("chat")
        floor.cover[at:until] += CHATS_AT_ONCE * 0.9 if chats else 1
        pauses = self._pauses(floor.day, floor.start + at * STEP_S, end)
        floor.shifts.append(Shift(agent, floor.start + at * STEP_S, end, pauses, CHATS_AT_ONCE if chats else 1))
        self._days_worked[agent.agent_id].add(floor.day)

    def _floor(self, pool: PoolId, day: date) -> _Floor:
        need, start = self._need(pool, day)
        return _Floor(pool, day, start, need, np.zeros(len(need)), [])

    def _available(self, agent: Agent, day: date) -> bool:
        if agent.team_on(day) is None or day.isocalendar()[:2] in agent.holidays:
            return False
        worked = self._days_worked[agent.agent_id]
        return day not in worked and len(worked) < round(5 * agent.share)

    def _ill(self, agent: Agent, day: date) -> bool:
        illness = self._demand.events.illness
        team = agent.team_on(day)
        hit = day in illness.span and team is not None and team.team_id == illness.team_id
        return self._chance.uniform() < (illness.ill_share if hit else ILL_SHARE)

    def _need(self, pool: PoolId, day: date) -> tuple[NDArray[np.float64], float]:
        """People needed in each half hour, and when the first half hour begins."""
        open_queues = [(queue, opening) for queue in QUEUES if queue.pool == pool and (opening := self._demand.openings.get((queue.queue_id, day)))]
        if not open_queues:
            return np.zeros(0), 0.0
        start = min(opening.start for _, opening in open_queues)
        steps = round((max(opening.end for _, opening in open_queues) - start) / STEP_S)
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

    def _pauses(self, day: date, start: float, end: float) -> tuple[Pause, ...]:
        length, somewhere = end - start, self._chance.uniform
        pauses = [Pause(start + (0.2 + 0.16 * somewhere()) * length, 900, "break")]
        if length > 5 * 3600:
            pauses.append(Pause(start + (0.42 + 0.16 * somewhere()) * length, 1800, "break"))
            pauses.append(Pause(start + (0.68 + 0.16 * somewhere()) * length, 900, "break"))
        if day.weekday() == 2:
            pauses.append(Pause(start + (0.3 + 0.4 * somewhere()) * length, 1800, "meeting"))
        return tuple(pauses)


def _some_come(ill: Sequence[bool]) -> list[bool]:
    """No more than half of a floor stays away on one day: however bad the week, somebody answers."""
    most = (len(ill) + 1) // 2
    return [away and sum(ill[:at]) < most for at, away in enumerate(ill)]


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
