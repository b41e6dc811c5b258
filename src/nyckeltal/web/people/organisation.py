"""What access needs of the organisation: teams led, members on a day, whose a queue is. Read from the store once per version of the data."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from nyckeltal.web.frame import facts


@dataclass(frozen=True)
class Organisation:
    led: Mapping[str, frozenset[str]]  # agent → teams led
    members: Mapping[str, frozenset[str]]  # team → persons, whatever they do there
    agents: Mapping[str, frozenset[str]]  # team → persons who serve customers there

    def teams_of(self, agent_id: str) -> frozenset[str]:
        return self.led.get(agent_id, frozenset()) if agent_id else frozenset()

    def people_in(self, teams: frozenset[str]) -> frozenset[str]:
        return frozenset().union(*(self.members.get(team, frozenset()) for team in teams))

    def agents_in(self, teams: frozenset[str]) -> frozenset[str]:
        """Members who serve customers there, not those who lead, plan or evaluate."""
        return frozenset().union(*(self.agents.get(team, frozenset()) for team in teams))


def organisation(day: date) -> Organisation:
    return _read(facts.current().id, day)


def ever_agents_in(teams: frozenset[str]) -> frozenset[str]:
    """Whoever served customers in one of the teams on some day."""
    return _ever_agents_in(facts.current().id, teams)


@lru_cache(maxsize=256)
def _ever_agents_in(_version: str, teams: frozenset[str]) -> frozenset[str]:
    return frozenset(row["agent_id"] for row in facts.current().small("team_membership").to_pylist() if row["role"] == "agent" and row["team_id"] in teams)


def client_of(queue_id: str) -> str | None:
    return next((row["client_id"] for row in facts.current().small("queue").to_pylist() if row["queue_id"] == queue_id), None)


def agents() -> Mapping[str, str]:
    """Ids to names, in the order of the names; two that are called alike are told apart by their ids."""
    return _names(facts.current().id, "agent", "display_name")


def clients() -> Mapping[str, str]:
    return _names(facts.current().id, "client", "name")


def teams() -> Mapping[str, str]:
    return _names(facts.current().id, "team", "name")


@lru_cache(maxsize=16)
def _names(_version: str, table: str, column: str) -> Mapping[str, str]:
    found = {row[f"{table}_id"]: row[column] or row[f"{table}_id"] for row in facts.current().small(table).to_pylist()}
    often = Counter(found.values())
    told = {one: name if often[name] == 1 else f"{name} ({one})" for one, name in found.items()}
    return dict(sorted(told.items(), key=lambda pair: pair[1].casefold()))


@lru_cache(maxsize=512)  # one for each day of the contacts that are opened
def _read(_version: str, day: date) -> Organisation:
    led: dict[str, set[str]] = defaultdict(set)
    members: dict[str, set[str]] = defaultdict(set)
    agents: dict[str, set[str]] = defaultdict(set)
    for row in facts.current().small("team_membership").to_pylist():
        if row["valid_from"] <= day and (row["valid_to"] is None or day < row["valid_to"]):
            members[row["team_id"]].add(row["agent_id"])
            if row["role"] == "leader":
                led[row["agent_id"]].add(row["team_id"])
            if row["role"] == "agent":
                agents[row["team_id"]].add(row["agent_id"])
    return Organisation(_frozen(led), _frozen(members), _frozen(agents))


def _frozen(found: Mapping[str, set[str]]) -> Mapping[str, frozenset[str]]:
    return {one: frozenset(others) for one, others in found.items()}
