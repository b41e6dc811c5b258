"""People of one team in fair comparison: the figures behind it are asked for all of them, and each reader is told what that reader may see.

An agent is told the own place, and what a colleague would have had with the same mix; a leader, who sees the persons of the team, everybody's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from nyckeltal.kpi.answer import Figure
from nyckeltal.plan.fair import MIX, WAITS, WITH_WAIT, Fair, Family, by_wait, fair, tells_of_waits
from nyckeltal.plan.goal import Goal
from nyckeltal.web.frame import facts
from nyckeltal.web.kpi import asking
from nyckeltal.web.kpi.question import PageQuestion
from nyckeltal.web.people import access
from nyckeltal.web.people.models import User
from nyckeltal.web.people.organisation import organisation
from nyckeltal.when.period import Period

LEAST_COLLEAGUES = 4  # besides oneself: of fewer, what a colleague would have had tells of one of them


def families(person: User, kpis: Sequence[str], team: str, span: Period, variants: Mapping[str, str] | None = None) -> dict[str, Family]:
    """For whoever sees the persons of the team: its leader."""
    ruling = access.figures(person, ["agent"], {"team": team})
    if not ruling.allowed or asking.narrowed(ruling.within, {"team": team}) is None or "team" not in ruling.within:
        return {}
    return _families(kpis, team, span, variants or {})


def own(person: User, agent: str, kpis: Sequence[str], team: str, span: Period, variants: Mapping[str, str] | None = None) -> dict[str, Fair]:
    """One agent among the colleagues of a team, for that agent or the own leader; nothing where the team is too small for it."""
    ruling = access.figures(person, ["agent"], {"agent": agent})
    inside = asking.narrowed(ruling.within, {"agent": agent}) if ruling.allowed else None
    if inside is None or not team or agent not in _members(team, span):
        return {}
    found = {kpi: family.people for kpi, family in _families(kpis, team, span, variants or {}).items()}
    return {kpi: people[agent] for kpi, people in found.items() if agent in people and len(people) > LEAST_COLLEAGUES}


def of_goals(person: User, goals: Sequence[Goal], span: Period) -> dict[str, Fair]:
    """For personal goals, by KPI: each among the colleagues of the team it was set in."""
    found: dict[str, Fair] = {}
    of_persons = [goal for goal in goals if goal.level == "agent" and not goal.settings]
    for unit, agent in dict.fromkeys((goal.unit, goal.owner) for goal in of_persons):
        alike = [goal for goal in of_persons if (goal.unit, goal.owner) == (unit, agent)]
        found |= own(person, agent, [goal.kpi for goal in alike], unit, span, {goal.kpi: goal.variant for goal in alike})
    return found


def _members(team: str, span: Period) -> frozenset[str]:
    return organisation(span.last).agents_in(frozenset({team}))


def _families(kpis: Sequence[str], team: str, span: Period, variants: Mapping[str, str]) -> dict[str, Family]:
    by_variant: dict[str, list[str]] = {}
    for kpi in kpis:
        by_variant.setdefault(variants.get(kpi, ""), []).append(kpi)
    found: dict[str, Family | None] = {}
    for variant, alike in by_variant.items():
        question = PageQuestion(alike[0], span.start, span.last, by=("agent", *MIX), variant=variant, chosen={"team": team})
        figures = asking.of_everybody(alike, question)
        found |= {kpi: _family(kpi, [one for one in figures if one.kpi == kpi], question) for kpi in alike}
    return {kpi: family for kpi in kpis if (family := found.get(kpi)) is not None}


def _family(kpi: str, figures: Sequence[Figure], question: PageQuestion) -> Family | None:
    better = asking.kpis()[kpi].better
    if tells_of_waits(kpi, figures):
        parts = {wait: asking.of_everybody([kpi], replace(question, kpi=kpi, where=wait)) for wait in WAITS}
        apart = by_wait(figures, parts)
        if apart and (found := fair(apart, better, _parents(), WITH_WAIT)):
            return found
    return fair(figures, better, _parents())


def _parents() -> dict[str, str]:
    """The reason of level 1 above each of level 2."""
    rows = facts.current().small("reason").to_pylist()
    return {row["reason_id"]: row["parent_id"] for row in rows if row.get("parent_id")}
