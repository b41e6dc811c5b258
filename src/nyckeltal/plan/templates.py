"""Ready plans to start from, one file each in `templates/`: purpose, goals at three levels, and the words that a whole goal needs."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from nyckeltal.errors import OurMistake
from nyckeltal.plan.goal import Band, Direction, Goal, Level, Plan, Role, Unit
from nyckeltal.when.period import Grain
from nyckeltal.words import Text

FOLDER = Path(__file__).parent / "templates"
ANSWERED = ("purpose", "why", "influence", "method", "action")


@dataclass(frozen=True)
class Proposed:
    """A goal of a ready plan; target and band are examples in the figure's unit. `parent` is the id of another."""

    id: str
    kpi: str
    level: Level
    role: Role
    target: float | None
    band: Band | None
    assess: Grain
    parent: str
    answers: Mapping[str, Text]
    support: tuple[Text, ...]


@dataclass(frozen=True)
class Team:
    """A team for which a plan is made: who leads it, and whose goals they are."""

    id: str
    leader: str = ""
    agents: Sequence[str] = ()


@dataclass(frozen=True)
class Template:
    id: str
    name: Text
    about: Text
    objective: Text
    primary: Direction
    secondary: Direction
    goals: tuple[Proposed, ...]

    def plan(self, starts: date, ends: date, teams: Sequence[Team], *, company: str = "company", owner: str = "", name: str = "") -> Plan:
        """The plan for these teams, in plain English; baselines, benchmarks and agreements are still to come."""
        units = (Unit(company, "company", self.primary, self.secondary), *(Unit(team.id, "team", self.primary, self.secondary) for team in teams))
        goals = tuple(goal for proposed in self.goals for goal in self._goals(proposed, starts, ends, teams, company, owner))
        return Plan(self.id, name or str(self.name), str(self.objective), starts, ends, units, goals)

    def _goals(self, proposed: Proposed, starts: date, ends: date, teams: Sequence[Team], company: str, owner: str) -> Iterator[Goal]:
        at_company = _goal(proposed, proposed.id, company, owner, proposed.parent, starts, ends)
        if proposed.level == "company":
            yield at_company
            return
        above = next((one for one in self.goals if one.id == proposed.parent), None)
        for team in teams:
            parent = f"{proposed.parent}-{team.id}" if above and above.level == "team" else proposed.parent
            goal = replace(at_company, id=f"{proposed.id}-{team.id}", unit=team.id, owner=team.leader, parent=parent)
            if proposed.level == "team":
                yield goal
            else:
                yield from (replace(goal, id=f"{goal.id}/{agent}", owner=agent, together=goal.id) for agent in team.agents)


def _goal(proposed: Proposed, name: str, unit: str, owner: str, parent: str, starts: date, ends: date) -> Goal:
    answers: dict[str, Any] = {key: str(said) for key, said in proposed.answers.items()}
    return Goal(
        id=name,
        unit=unit,
        kpi=proposed.kpi,
        level=proposed.level,
        owner=owner,
        starts=starts,
        ends=ends,
        role=proposed.role,
        target=proposed.target,
        band=proposed.band,
        assess=proposed.assess,
        parent=parent,
        support=tuple(map(str, proposed.support)),
        **answers,
    )


@cache
def templates() -> Mapping[str, Template]:
    """By id, in the order of their files' names."""
    return {file.stem: _read(file) for file in sorted(FOLDER.glob("*.toml"))}


def _read(file: Path) -> Template:
    from nyckeltal.kpi.catalogue import HERE
    from nyckeltal.kpi.checks import read

    data = tomllib.loads(file.read_text(encoding="utf-8"))
    units = {one["kpi"]: read(HERE / f"{one['kpi']}.toml").unit for one in data["goal"]}
    name, about, objective = (Text(f"plan.template.{data['id']}.{key}", data[key]) for key in ("name", "about", "objective"))
    goals = tuple(_proposed(data["id"], one, units[one["kpi"]]) for one in data["goal"])
    return Template(data["id"], name, about, objective, data["primary"], data["secondary"], goals)


def _proposed(template: str, said: Mapping[str, Any], unit: str) -> Proposed:
    path = f"plan.template.{template}.{said['id']}"
    return Proposed(
        id=said["id"],
        kpi=said["kpi"],
        level=said["level"],
        role=said.get("role", "primary"),
        target=_value(said.get("target"), unit),
        band=_band(said.get("band"), unit),
        assess=Grain(said.get("assess", "month")),
        parent=said.get("parent", ""),
        answers={key: Text(f"{path}.{key}", said[key]) for key in ANSWERED},
        support=tuple(Text(f"{path}.support.{at}", one) for at, one in enumerate(said["support"])),
    )


def _band(said: Any, unit: str) -> Band | None:
    if isinstance(said, Mapping):
        return Band(_value(said.get("low"), unit), _value(said.get("high"), unit))
    return None if said is None else Band(*(_value(edge, unit) for edge in said))


def _value(said: object, unit: str) -> float | None:
    from nyckeltal.plan import values

    found = None if said is None else values.read(said, unit)
    if isinstance(found, Text):
        raise OurMistake(str(found))  # one of our own files, which the tests read
    return found
