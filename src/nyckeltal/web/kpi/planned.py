"""The plan in force, for the pages that show figures. The room of plans stands above this one, so it offers what it knows when the server starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.utils import timezone

from nyckeltal.plan.goal import Goal, Level, Plan
from nyckeltal.web.people.models import User


@dataclass(frozen=True)
class Decision:
    """Something that waits for somebody to decide: what, why, and where it is done."""

    title: str
    text: str = ""
    address: str = ""
    label: str = ""


class Source(Protocol):
    """What the room of plans offers."""

    def current(self, day: date) -> Plan | None: ...

    def rules_broken(self, person: User, units: Sequence[str]) -> Sequence[Decision]:
        """What the rules of the craft say about the goals of these units, for someone who may read them."""

    def hanging(self, person: User, shown: Mapping[str, Any]) -> Mapping[str, Any]:
        """How the goals hang together, with `shown` how each stands by its id, for a template."""


_offered: list[Source] = []


def offer(source: Source) -> None:
    _offered[:] = [source]


def source() -> Source | None:
    return _offered[0] if _offered else None


def current() -> Plan | None:
    """The plan in force today."""
    offered = source()
    return offered.current(today()) if offered else None


def today() -> date:
    return timezone.now().date()


def goals(plan: Plan | None, level: Level, whose: str = "") -> tuple[Goal, ...]:
    """Today's goals of a unit, or of a person at the agent's level; those in focus first, and each KPI once."""
    if plan is None:
        return ()
    found = [one for one in plan.goals if one.level == level and one.active(today()) and whose == _whose(one)]
    found.sort(key=lambda one: not one.in_focus)
    return tuple({one.kpi: one for one in reversed(found)}[kpi] for kpi in dict.fromkeys(one.kpi for one in found))


def of_persons(plan: Plan | None, team: str) -> list[str]:
    """The KPIs that the persons of a team have goals for."""
    found = [one for one in plan.goals if one.level == "agent" and one.unit == team and one.active(today())] if plan else []
    return list(dict.fromkeys(one.kpi for one in found if one.in_focus))


def _whose(goal: Goal) -> str:
    return {"company": "", "agent": goal.owner}.get(goal.level, goal.unit)
