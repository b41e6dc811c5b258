"""What was offered in calls and sold, and who asked to leave and stayed or did not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from nyckeltal.demo.book import NEVER, Contact
from nyckeltal.demo.chance import Chance
from nyckeltal.demo.columns import year_first
from nyckeltal.demo.simulate import Story
from nyckeltal.demo.staff import Agent
from nyckeltal.demo.telephony import by_telephone, contact_id, customer

ZONE = "Europe/Stockholm"
ELIGIBLE = 0.22  # of answered calls
OFFERS = {"butik": 0.7, "nord": 0.42, "syd": 0.38, "energi": 0.3, "andra": 0.15}  # of eligible calls, by team
OFFERS_SPREAD = 0.5  # of the log-odds, between agents
TAKEN = 0.21
ASKS_TO_BUY = {"Question before buying": 0.8, "Change of order": 0.3, "Price and contract": 0.08}  # by topic
BUYS = 0.42
REGRETS, REGRETS_AFTER_D = 0.07, 9.0  # share cancelled, mean days until then
WORTH = {"polartel": 1500.0, "nordkraft": 140.0, "nordhem": 520.0}  # median, in the client's currency
WORTH_SPREAD = 0.5
WANTS_TO_LEAVE = {"Change of subscription": 0.17, "Price and contract": 0.09}  # by topic
KEPT, LOST_LATER = 0.55, 0.14
UNDECIDED_S = 6 * 86_400.0

Kind = Literal["new", "upsell", "renewal"]


@dataclass(frozen=True)
class Sale:
    """One offer."""

    contact: Contact
    agent: Agent
    at: float
    kind: Kind
    accepted: bool
    amount: float
    cancelled_at: float


@dataclass(frozen=True)
class Leaver:
    """A customer who asked to leave."""

    contact: Contact
    agent: Agent
    outcome: Literal["kept", "lost", "pending"]
    lost_at: float


@dataclass(frozen=True)
class Trade:
    """`offered` says of the calls in which an offer was possible whether it was made."""

    offered: dict[int, bool]
    sales: list[Sale]
    leavers: list[Leaver]


def trade(story: Story, chance: Chance) -> Trade:
    """What came of the answered calls."""
    found = Trade({}, [], [])
    habit = {agent.agent_id: OFFERS_SPREAD * chance.normal() for agent in story.agents}
    for contact in story.book.contacts:
        agent, label = contact.agent, contact.matter.topic.label
        if agent is None or not by_telephone(contact) or contact.ended_at >= story.demand.end:
            continue
        if chance.uniform() < ASKS_TO_BUY.get(label, 0.0):
            found.sales.append(_sale(contact, agent, "new", BUYS, story.demand.end, chance))
        elif chance.uniform() < ELIGIBLE:
            found.offered[contact.number] = _offers(agent, habit[agent.agent_id], chance)
            if found.offered[contact.number]:
                found.sales.append(_sale(contact, agent, "upsell", TAKEN, story.demand.end, chance))
        if chance.uniform() < WANTS_TO_LEAVE.get(label, 0.0):
            found.leavers.append(_leaver(contact, agent, story.demand.end, chance))
    found.sales.extend(_sale(one.contact, one.agent, "renewal", 1.0, story.demand.end, chance) for one in found.leavers if one.outcome == "kept")
    return found


def _offers(agent: Agent, habit: float, chance: Chance) -> bool:
    usual = OFFERS.get(agent.memberships[0].team_id, 0.3)
    return chance.uniform() < 1 / (1 + math.exp(-(math.log(usual / (1 - usual)) + habit)))


def _sale(contact: Contact, agent: Agent, kind: Kind, taken: float, end: float, chance: Chance) -> Sale:
    accepted = chance.uniform() < taken
    worth = WORTH[contact.queue.client_id] * math.exp(WORTH_SPREAD * chance.normal()) * (0.35 if kind == "upsell" else 1.0)
    regrets_at = contact.ended_at + REGRETS_AFTER_D * 86_400 * chance.exponential() if accepted and chance.uniform() < REGRETS else NEVER
    return Sale(contact, agent, contact.ended_at, kind, accepted, round(worth, 2), regrets_at if regrets_at < end else NEVER)


def _leaver(contact: Contact, agent: Agent, end: float, chance: Chance) -> Leaver:
    kept = chance.uniform() < 1 / (1 + math.exp(-(math.log(KEPT / (1 - KEPT)) + agent.quality)))
    later, days = chance.uniform() < LOST_LATER, chance.exponential()
    if end - contact.ended_at < UNDECIDED_S and chance.uniform() < 0.4:
        return Leaver(contact, agent, "pending", NEVER)
    if not kept:
        return Leaver(contact, agent, "lost", contact.ended_at)
    lost_at = contact.ended_at + 86_400 * (5 + 20 * days) if later else NEVER
    return Leaver(contact, agent, "kept", lost_at if lost_at < end else NEVER)


def sales(found: Sequence[Sale]) -> pa.Table:
    """As the shop's system set to Swedish writes them; amounts are in the client's currency."""
    return pa.table(
        {
            "Affär": [f"S{number:06d}" for number in range(1, len(found) + 1)],
            "Uppdragsgivare": [one.contact.queue.client_id for one in found],
            "Samtal": [contact_id(one.contact) for one in found],
            "Säljare": [one.agent.agent_id for one in found],
            "Kund": [customer(one.contact) for one in found],
            "Tid": year_first((one.at for one in found), ZONE),
            "Typ": [one.kind for one in found],
            "Tackade ja": ["ja" if one.accepted else "nej" for one in found],
            "Belopp": [f"{one.amount:.2f}".replace(".", ",") for one in found],
            "Ångrad": year_first((one.cancelled_at for one in found), ZONE),
        }
    )


def leavers(found: Sequence[Leaver]) -> pa.Table:
    return pa.table(
        {
            "request": [f"R{number:06d}" for number in range(1, len(found) + 1)],
            "client": [one.contact.queue.client_id for one in found],
            "call": [contact_id(one.contact) for one in found],
            "agent": [one.agent.agent_id for one in found],
            "customer": [customer(one.contact) for one in found],
            "asked": year_first((one.contact.ended_at for one in found), ZONE),
            "outcome": [one.outcome for one in found],
            "left": year_first((one.lost_at for one in found), ZONE),
        }
    )
