"""What customers say afterwards: who is asked, who answers, and how satisfied they are."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from nyckeltal.demo.book import Contact
from nyckeltal.demo.chance import Chance
from nyckeltal.demo.columns import year_first
from nyckeltal.demo.simulate import Story
from nyckeltal.demo.telephony import contact_id, customer

ASKED = 0.15
ANSWERS = 0.27
STOPS_EARLY = 0.06  # answers the first question only
REFUSES = 0.08
SATISFIED, WHEN_UNSOLVED, PER_QUALITY, PER_LOG_MINUTE, SPREAD = 8.72, -2.2, 0.9, -0.35, 1.25
RECOMMENDS, RECOMMENDS_WHEN_UNSOLVED, RECOMMENDS_SPREAD = 9.25, -2.3, 1.6
OF_CLIENT = {"polartel": -0.25, "nordkraft": 0.0, "nordhem": 0.3}
SAYS_SOLVED, SAYS_SOLVED_THOUGH_NOT = 0.95, 0.12
QUESTIONS = {"satisfied": ("csat", "1_10"), "recommend": ("nps", "0_10"), "solved": ("resolved", "yes_no")}
ZONE = "Europe/Stockholm"


@dataclass(frozen=True)
class Asked:
    """One invitation and what came of it."""

    contact: Contact
    at: float
    outcome: str
    answered_at: float
    answers: tuple[tuple[str, int], ...]


def ask_customers(story: Story, chance: Chance) -> list[Asked]:
    """Contacts drawn at random, and the answers that came in before the end."""
    found = [_ask(contact, story.demand.end, chance) for contact in story.book.contacts if contact.solved is not None and chance.uniform() < ASKED]
    return sorted((asked for asked in found if asked.at < story.demand.end), key=lambda asked: (asked.at, asked.contact.number))


def _ask(contact: Contact, end: float, chance: Chance) -> Asked:
    at = contact.ended_at + 300 + 600 * chance.uniform()
    draw = chance.uniform()
    answered_at = at + 60 + 5 * 3600 * chance.exponential()
    if draw >= ANSWERS or answered_at >= end:
        return Asked(contact, at, "refusal" if draw > 1 - REFUSES else "non_contact", answered_at, ())
    partial = draw < ANSWERS * STOPS_EARLY
    answers = tuple(_answers(contact, chance))
    return Asked(contact, at, "partial" if partial else "complete", answered_at, answers[:1] if partial else answers)


def _answers(contact: Contact, chance: Chance) -> Iterator[tuple[str, int]]:
    minutes = (contact.wait_s or 0) / (60 if contact.queue.channel != "email" else 8 * 3600)
    quality = contact.agent.quality if contact.agent else 0.0
    unsolved = not contact.solved
    felt = PER_QUALITY * quality + PER_LOG_MINUTE * math.log1p(minutes)
    yield "satisfied", _whole(SATISFIED + felt + WHEN_UNSOLVED * unsolved + SPREAD * chance.normal(), 1)
    likely = RECOMMENDS + 0.7 * felt + RECOMMENDS_WHEN_UNSOLVED * unsolved + OF_CLIENT[contact.queue.client_id]
    yield "recommend", _whole(likely + RECOMMENDS_SPREAD * chance.normal(), 0)
    yield "solved", int(chance.uniform() < (SAYS_SOLVED_THOUGH_NOT if unsolved else SAYS_SOLVED))


def _whole(value: float, lowest: int) -> int:
    return max(lowest, min(10, round(value)))


def invitations(asked: list[Asked]) -> pa.Table:
    return pa.table(
        {
            "invitation": [_invitation_id(one) for one in asked],
            "client": [one.contact.queue.client_id for one in asked],
            "contact": [contact_id(one.contact) for one in asked],
            "customer": [customer(one.contact) for one in asked],
            "agent": [one.contact.agent.agent_id if one.contact.agent else None for one in asked],
            "channel": ["voice" for _ in asked],
            "sent": year_first((one.at for one in asked), ZONE),
            "outcome": [one.outcome for one in asked],
        }
    )


def answers(asked: list[Asked]) -> pa.Table:
    rows = [(one, question, value) for one in asked for question, value in one.answers]
    return pa.table(
        {
            "answer": [f"{_invitation_id(one)}-{question}" for one, question, _ in rows],
            "invitation": [_invitation_id(one) for one, _, _ in rows],
            "client": [one.contact.queue.client_id for one, _, _ in rows],
            "question": [question for _, question, _ in rows],
            "value": [value for _, _, value in rows],
            "answered": year_first((one.answered_at for one, _, _ in rows), ZONE),
        }
    )


def _invitation_id(one: Asked) -> str:
    return f"V{one.contact.number:07d}"
