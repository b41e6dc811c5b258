"""What the simulation writes down: contacts with their matters, stays in queues, agents' parts, and time logged in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from nyckeltal.demo.company import Queue
from nyckeltal.demo.reasons import Topic
from nyckeltal.demo.staff import Agent

Outcome = Literal["answered", "abandoned", "callback_requested", "blocked", "closed", "technical"]
EndKind = Literal["customer", "agent", "transfer", "escalation"]
NEVER = float("inf")


@dataclass(slots=True, eq=False)
class Matter:
    """What a customer wants settled; it lives until a contact solves it or the customer gives up."""

    number: int
    customer: int
    topic: Topic
    leaf: int
    has_case: bool
    handled: int = 0
    contacts: int = 0  # that could be tied to its case
    solved: bool = False
    opened_at: float = NEVER
    opened_by: str | None = None
    closed_at: float = NEVER


@dataclass(slots=True, eq=False)
class Contact:
    """One contact; moments are seconds since 1970, `NEVER` where there was none."""

    number: int
    queue: Queue
    matter: Matter
    offered_at: float
    menu_s: float = 0.0
    difficulty: float = 1.0
    callback_of: int | None = None
    entered_at: float = NEVER
    answered_at: float = NEVER
    abandoned_at: float = NEVER
    ended_at: float = NEVER
    wait_s: float | None = None
    outcome: Outcome | None = None
    agent: Agent | None = None  # who answered first
    solved: bool | None = None
    left_in_menu: bool = False


@dataclass(slots=True, eq=False)
class Visit:
    """One stay in one queue."""

    contact: Contact
    seq: int
    queue: Queue
    entered_at: float
    gives_up_at: float
    waiting: bool = True
    left_at: float = NEVER
    outcome: Outcome | None = None


class Leg(NamedTuple):
    """One agent's part of a contact."""

    contact: Contact
    seq: int
    visit_seq: int
    queue: Queue
    agent: Agent
    answered: bool
    rang_at: float
    started_at: float
    ended_at: float
    talk_s: float
    hold_s: float
    acw_s: float
    end_kind: EndKind
    target: Queue | None
    chats: int
    taken: float  # contacts the agent had behind them
    day_number: int


class Absent(NamedTuple):
    """An agent logged in (`state` None) or away from contacts for a while."""

    agent: Agent
    start: float
    end: float
    state: Literal["break", "meeting"] | None


@dataclass
class Book:
    """Everything that was written down, in the order in which it happened."""

    contacts: list[Contact] = field(default_factory=list)
    matters: list[Matter] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    legs: list[Leg] = field(default_factory=list)
    absences: list[Absent] = field(default_factory=list)
