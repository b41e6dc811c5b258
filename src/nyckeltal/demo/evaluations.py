"""What two evaluators made of contacts drawn at random, of some that both judged, and of a few to learn from."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import pyarrow as pa

from nyckeltal.demo.book import Contact, Leg
from nyckeltal.demo.chance import Chance
from nyckeltal.demo.columns import moments
from nyckeltal.demo.form import FORM, ITEMS, Answers, Item, failed, scores
from nyckeltal.demo.names import sign
from nyckeltal.demo.simulate import Story
from nyckeltal.demo.staff import Agent
from nyckeltal.demo.telephony import by_telephone, contact_id

A_MONTH = 6  # drawn per agent and month
FEWER = {"andra": 4}  # by team
BOTH_A_MONTH = 12  # contacts a month that both judge
TO_LEARN_FROM = 0.5  # a month for each agent
EVALUATORS = ("Eva Strand", "Pál Barta")
LENIENT = {"Pál Barta": 0.08}  # share of answers raised by a step, against one lowered by nobody
ERRS = 0.06  # share of answers in which an evaluator sees something else
WEAK, WEAKER_BY = "Viktor Ahlgren", 1.3  # whose conversations are evaluated lower, in log-odds of each item
LEAST_TALK_S = 30.0

Purpose = Literal["sample", "calibration", "coaching"]


@dataclass(frozen=True)
class Evaluation:
    """One evaluator's judgement."""

    number: int
    contact: Contact
    agent: Agent
    evaluator: str
    purpose: Purpose
    at: float
    weight: float
    answers: Answers


def evaluate(story: Story, chance: Chance) -> list[Evaluation]:
    """In the order of months and agents; what would be judged after the end is not there yet."""
    by_month: dict[tuple[int, int], dict[str, list[Leg]]] = defaultdict(lambda: defaultdict(list))
    days: dict[int, tuple[int, int]] = {}
    for leg in story.book.legs:
        if leg.answered and leg.contact.queue.channel != "chat" and leg.talk_s >= LEAST_TALK_S:
            if leg.day_number not in days:
                day = date.fromordinal(leg.day_number)
                days[leg.day_number] = (day.year, day.month)
            by_month[days[leg.day_number]][leg.agent.agent_id].append(leg)
    found: list[Evaluation] = []
    for month in sorted(by_month):
        for one in _of_month(by_month[month], month, chance):
            if one[0] < story.demand.end:
                found.append(Evaluation(len(found), one[1].contact, one[1].agent, one[2], one[3], one[0], one[4], one[5]))
    return found


Judged = tuple[float, Leg, str, Purpose, float, Answers]


def _of_month(legs: dict[str, list[Leg]], month: tuple[int, int], chance: Chance) -> Iterator[Judged]:
    everything = [leg for agent_id in sorted(legs) for leg in legs[agent_id]]
    for number, agent_id in enumerate(sorted(legs)):
        team = legs[agent_id][0].agent.team_on(date(*month, 15))
        own = _drawn(legs[agent_id], FEWER.get(team.team_id, A_MONTH) if team else A_MONTH, chance)
        for place, leg in enumerate(own):
            evaluator = EVALUATORS[(number + place) % 2]
            yield _judged(leg, evaluator, "sample", len(legs[agent_id]) / len(own), _truly(leg.agent, chance), chance)
        if chance.uniform() < TO_LEARN_FROM:
            longest = max(legs[agent_id], key=lambda leg: leg.talk_s)
            yield _judged(longest, EVALUATORS[0], "coaching", 1.0, _truly(longest.agent, chance), chance)
    for leg in _drawn(everything, BOTH_A_MONTH, chance):
        truly = _truly(leg.agent, chance)
        for evaluator in EVALUATORS:
            yield _judged(leg, evaluator, "calibration", 1.0, truly, chance)


def _drawn(legs: Sequence[Leg], count: int, chance: Chance) -> list[Leg]:
    """So many at random, each at most once."""
    if len(legs) <= count:
        return list(legs)
    places: set[int] = set()
    while len(places) < count:
        places.add(int(chance.uniform() * len(legs)))
    return [legs[place] for place in sorted(places)]


def _judged(leg: Leg, evaluator: str, purpose: Purpose, weight: float, truly: Answers, chance: Chance) -> Judged:
    at = leg.ended_at + 86_400 * (0.5 + 4 * chance.uniform())
    seen = {item.item_id: _seen(truly[item.item_id], item, evaluator, chance) for item in ITEMS}
    return at, leg, evaluator, purpose, weight, seen


def _truly(agent: Agent, chance: Chance) -> Answers:
    """What a contact deserves; both evaluators of a contact look at the same."""
    below = WEAKER_BY if agent.name == WEAK else 0.0
    return {item.item_id: _deserved(item, item.ease + item.quality * agent.quality - below * (not item.critical), chance) for item in ITEMS}


def _deserved(item: Item, log_odds: float, chance: Chance) -> float | None:
    if chance.uniform() < item.not_applicable:
        return None
    good = 1 / (1 + math.exp(-log_odds))
    draw = chance.uniform()
    if item.scale == "levels":
        return 1.0 if draw < good else 0.5 if draw < good + 0.7 * (1 - good) else 0.0
    return float(draw < good)


def _seen(truly: float | None, item: Item, evaluator: str, chance: Chance) -> float | None:
    """What the evaluator notes: mostly what is there; a lenient one rounds up."""
    if truly is None or item.critical:
        return truly
    step = 0.5 if item.scale == "levels" else 1.0
    draw = chance.uniform()
    if draw < LENIENT.get(evaluator, 0.0):
        return min(1.0, truly + step)
    if draw > 1 - ERRS:
        return truly - step if truly == 1.0 or (truly == 0.5 and draw > 1 - ERRS / 2) else truly + step
    return truly


def by_source(evaluations: Sequence[Evaluation], *, telephone: bool) -> list[Evaluation]:
    """Those of calls, or those of e-mails: the contact's number is of another system."""
    return [one for one in evaluations if by_telephone(one.contact) == telephone]


def table(evaluations: Sequence[Evaluation]) -> pa.Table:
    """One row for each evaluation with all its scores."""
    found = [scores(one.answers) for one in evaluations]
    return pa.table(
        {
            "evaluation": [number_of(one) for one in evaluations],
            "form": [FORM for _ in evaluations],
            "contact": [contact_id(one.contact) for one in evaluations],
            "client": [one.contact.queue.client_id for one in evaluations],
            "agent": [one.agent.agent_id for one in evaluations],
            "evaluator": [sign(one.evaluator) for one in evaluations],
            "why": [one.purpose for one in evaluations],
            "stands_for": pa.array([round(one.weight, 3) for one in evaluations], pa.float64()),
            "begun": moments(one.at - 900 for one in evaluations),
            "done": moments(one.at for one in evaluations),
            **{name: pa.array([each[name] for each in found], pa.float64()) for name in ("score", "zero_section", "flag", "pooled", "full")},
            "critical": ["compliance" if failed(one.answers) else "none" for one in evaluations],
        }
    )


def answers(evaluations: Sequence[Evaluation]) -> pa.Table:
    """One row for each item of each evaluation."""
    rows = [(one, item, one.answers[item.item_id]) for one in evaluations for item in ITEMS]
    return pa.table(
        {
            "evaluation": [number_of(one) for one, _, _ in rows],
            "item": [item.item_id for _, item, _ in rows],
            "kind": [item.scale for _, item, _ in rows],
            "answer": pa.array([answer for _, _, answer in rows], pa.float64()),
            "not_applicable": [answer is None for _, _, answer in rows],
        }
    )


def number_of(one: Evaluation) -> str:
    return f"Q{one.number:06d}"
