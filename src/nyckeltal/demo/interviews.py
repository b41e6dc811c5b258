"""Customers who are called back by somebody else and asked about the whole of their contact: some for each agent and month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from nyckeltal.demo.book import Contact
from nyckeltal.demo.chance import Chance
from nyckeltal.demo.columns import year_first
from nyckeltal.demo.simulate import Story
from nyckeltal.demo.telephony import by_telephone, contact_id, customer

ZONE = "Europe/Stockholm"
DRAWN, WANTED = 18, 10  # for each agent and month; they are called until so many have answered
OUTCOMES = (("complete", 0.56), ("partial", 0.62), ("refusal", 0.78), ("non_contact", 1.0))
QUESTIONS = {"heard": ("total", "1_10"), "skilled": ("total", "1_10"), "whole": ("total", "1_10"), "easy": ("ces", "1_7")}
SURVEY = "call-back"
FELT, PER_QUALITY, WHEN_UNSOLVED = 8.3, 1.1, -1.9


@dataclass(frozen=True)
class Interview:
    """One customer drawn, and what came of it."""

    contact: Contact
    drawn_at: float
    outcome: str
    answered_at: float
    weight: float
    answers: tuple[tuple[str, int], ...]


def interview(story: Story, chance: Chance) -> list[Interview]:
    by_month: dict[tuple[int, int, str], list[Contact]] = defaultdict(list)
    months: dict[int, tuple[int, int]] = {}
    for contact in story.book.contacts:
        if contact.agent is not None and contact.solved is not None and by_telephone(contact):
            number = int(contact.answered_at // 86_400)
            if number not in months:
                day = date.fromordinal(number + 719_163)
                months[number] = (day.year, day.month)
            by_month[(*months[number], contact.agent.agent_id)].append(contact)
    found = [one for place in sorted(by_month) for one in _of_agent(by_month[place], chance) if one.answered_at < story.demand.end]
    return sorted(found, key=lambda one: (one.drawn_at, one.contact.number))


def _of_agent(contacts: Sequence[Contact], chance: Chance) -> Iterator[Interview]:
    """One contact of each customer; calls go on until enough have answered."""
    customers = {contact.matter.customer: contact for contact in contacts}
    pool, done = list(customers.values()), 0
    drawn = {int(chance.uniform() * len(pool)): None for _ in range(DRAWN)}
    asked: list[Interview] = []
    for place in drawn:
        if done == WANTED:
            break
        one = _asked(pool[place], chance)
        done += one.outcome == "complete"
        asked.append(one)
    weight = round(len(pool) / max(done, 1), 3)
    yield from (Interview(one.contact, one.drawn_at, one.outcome, one.answered_at, weight, one.answers) for one in asked)


def _asked(contact: Contact, chance: Chance) -> Interview:
    drawn_at = contact.ended_at + 86_400 * (1 + 6 * chance.uniform())
    draw = chance.uniform()
    outcome = next(outcome for outcome, until in OUTCOMES if draw <= until)
    answers = tuple(_answers(contact, chance)) if outcome == "complete" else ()
    return Interview(contact, drawn_at, outcome, drawn_at + 86_400 * (0.1 + 2 * chance.uniform()), 1.0, answers)


def _answers(contact: Contact, chance: Chance) -> Iterator[tuple[str, int]]:
    quality = contact.agent.quality if contact.agent else 0.0
    felt = FELT + PER_QUALITY * quality + WHEN_UNSOLVED * (not contact.solved) + 0.7 * chance.normal()
    for question, (_, scale) in QUESTIONS.items():
        value = felt + 0.8 * chance.normal()
        yield question, max(1, min(7, round(value * 0.7))) if scale == "1_7" else max(1, min(10, round(value)))


def invitations(found: Sequence[Interview]) -> pa.Table:
    return pa.table(
        {
            "interview": [_number(one) for one in found],
            "client": [one.contact.queue.client_id for one in found],
            "call": [contact_id(one.contact) for one in found],
            "customer": [customer(one.contact) for one in found],
            "agent": [one.contact.agent.agent_id if one.contact.agent else None for one in found],
            "drawn": year_first((one.drawn_at for one in found), ZONE),
            "outcome": [one.outcome for one in found],
        }
    )


def answers(found: Sequence[Interview]) -> pa.Table:
    rows = [(one, question, value) for one in found for question, value in one.answers]
    return pa.table(
        {
            "interview": [_number(one) for one, _, _ in rows],
            "client": [one.contact.queue.client_id for one, _, _ in rows],
            "question": [question for _, question, _ in rows],
            "scale": [QUESTIONS[question][1] for _, question, _ in rows],
            "value": pa.array([value for _, _, value in rows], pa.int64()),
            "weight": [one.weight for one, _, _ in rows],
            "answered": year_first((one.answered_at for one, _, _ in rows), ZONE),
        }
    )


def _number(one: Interview) -> str:
    return f"W{one.contact.number:07d}"
