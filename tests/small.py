"""Small worlds that can be counted by hand, and figures of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from nyckeltal import ask
from nyckeltal.contacts.facts import Coverage
from nyckeltal.contacts.world import World
from nyckeltal.kpi.answer import Figure

LATE = datetime(2026, 4, 1, tzinfo=UTC)


class Covered(World):
    """A world of which each fact is known as far as is said here; a fact that is not named is known for ever."""

    stretches: dict[str, list[Coverage]]

    def coverage(self, fact: str) -> list[Coverage]:
        return self.stretches[fact] if fact in self.stretches else super().coverage(fact)


def covered(facts: World, **stretches: list[tuple[str | None, datetime]]) -> Covered:
    """The same world, its facts known from the beginning of 2026 until these moments."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    found = Covered(facts.tables)
    found.stretches = {fact: [Coverage(client, start, until) for client, until in untils] for fact, untils in stretches.items()}
    return found


def contact(day: int = 2, hour: int = 9, **said: Any) -> dict[str, Any]:
    return {"offered_at": datetime(2026, 3, day, hour, tzinfo=UTC), **said}


def of(known_until: datetime | None = None, **rows: list[dict[str, Any]]) -> World:
    return World.of(rows, known_until, defaults=True)


def one(*kpis: str, **question: Any) -> Figure:
    (figure,) = ask(*kpis, floor=0, **question)
    return figure


def by(dimension: str, kpi: str, facts: World, **question: Any) -> dict[Any, float | None]:
    return {figure.by[dimension]: figure.value for figure in ask(kpi, by=dimension, facts=facts, floor=0, **question)}


def silence(**told: dict[str, Any]) -> World:
    """Contacts of a client and source each (`one`, `one_mail`), taken by an agent called like the source."""
    rows = [contact(contact_id=name, client_id=name.partition("_")[0], source=name, agent_id=name, **words) for name, words in told.items()]
    return of(contact=rows, client=[{"client_id": "one", "name": "One"}, {"client_id": "two", "name": "Two"}])
