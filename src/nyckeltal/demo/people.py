"""The people of the demo with whom one can sign in, one for each role. Data only: the web side creates them, in demo mode alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nyckeltal.demo.names import sign

Role = Literal["manager", "leader", "agent", "evaluator", "client", "representative", "administrator"]


@dataclass(frozen=True)
class Person:
    """`agent_id` ties a person to own figures, or a leader to the team led; `client_ids` are those a client's person may see."""

    username: str
    name: str
    role: Role
    says: str  # what this person comes for, shown beside the name on the sign-in page
    agent_id: str | None = None
    client_ids: tuple[str, ...] = ()


PEOPLE: tuple[Person, ...] = (
    Person("birgitta", "Birgitta Hovland", "manager", "Head of customer service: are we going where we want?"),
    Person("karin", "Karin Ek", "leader", "Leader of Team Nord: what needs me?", agent_id=sign("Karin Ek")),
    Person("elsa", "Elsa Lindqvist", "agent", "Agent in Team Nord: how am I doing, what can I do?", agent_id=sign("Elsa Lindqvist")),
    Person("eva", "Eva Strand", "evaluator", "Quality evaluator: which contacts do I read?"),
    Person("jaana", "Jaana Virta", "client", "Nordkraft's representative: did we get what was agreed?", client_ids=("nordkraft",)),
    Person("hanna", "Hanna Lund", "representative", "Employee representative: who sees what about whom?"),
    Person("zoltan", "Zoltán Kelemen", "administrator", "Administrator: did the data come in?"),
)
