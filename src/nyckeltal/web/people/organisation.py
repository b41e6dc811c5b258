"""What access needs of the organisation: teams led, members today. Read from the store once per version of the data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from nyckeltal.web.frame import facts


@dataclass(frozen=True)
class Organisation:
    led: Mapping[str, frozenset[str]]  # agent → teams led
    members: Mapping[str, frozenset[str]]  # team → agents

    def teams_of(self, agent_id: str) -> frozenset[str]:
        return self.led.get(agent_id, frozenset()) if agent_id else frozenset()

    def people_in(self, teams: frozenset[str]) -> frozenset[str]:
        return frozenset().union(*(self.members.get(team, frozenset()) for team in teams))


def organisation(today: date) -> Organisation:
    return _read(facts.current().id, today)


@lru_cache(maxsize=8)
def _read(_version: str, today: date) -> Organisation:
    led: dict[str, set[str]] = defaultdict(set)
    members: dict[str, set[str]] = defaultdict(set)
    for row in facts.current().small("team_membership").to_pylist():
        if row["valid_from"] <= today and (row["valid_to"] is None or today < row["valid_to"]):
            members[row["team_id"]].add(row["agent_id"])
            if row["role"] == "leader":
                led[row["agent_id"]].add(row["team_id"])
    return Organisation({who: frozenset(teams) for who, teams in led.items()}, {team: frozenset(who) for team, who in members.items()})
