"""Goals hang together and add up, from the company down: R14, R15."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from nyckeltal.plan.breach import Breach, of_goal
from nyckeltal.plan.goal import Goal, Plan
from nyckeltal.plan.guardrails import sayings
from nyckeltal.plan.guardrails.sets import higher, serves
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.kpi.definition import Kpi
    from nyckeltal.plan.around import Around

MOST_OFF = 0.10


def r14(plan: Plan, around: Around) -> Iterator[Breach]:
    """No active goal above, or one to which this does not contribute; a company's goal without the plan's objective."""
    for goal, kpi in around.goals(plan):
        said = _unlinked(goal, kpi, plan, around)
        if said is not None:
            above = [one for one, _ in around.goals(plan) if higher(one.level, goal.level) and serves(goal, kpi, one.kpi)]
            values = {"above": tuple(f"{one.id}" for one in above)}
            pick = Text("plan.r14.pick", "It can hang on: %(above)s. Or write how it contributes, or drop it.", values)
            none = Text("plan.r14.none", "Set a goal above it to which it contributes, write how it contributes to another, or drop it.")
            if goal.level == "company":
                none = Text("plan.r14.write", "Write in a sentence what the season is for.")
            yield of_goal("R14", "error", goal, said, pick if above else none)


def _unlinked(goal: Goal, kpi: Kpi, plan: Plan, around: Around) -> Text | None:
    values = {"kpi": sayings.named(kpi), "parent": goal.parent}
    if goal.level == "company":
        return None if plan.objective.strip() else Text("plan.r14.objective", "“%(kpi)s” serves nothing yet: the plan has no objective.", values)
    if goal.level not in ("team", "agent"):
        return None
    parent = plan.parent(goal)
    if parent is None:
        return Text("plan.r14.missing", "“%(kpi)s” is not linked to a goal above.", values)
    day = min(max(around.today, goal.starts), goal.ends)
    if not higher(parent.level, goal.level):
        return Text("plan.r14.not_above", "“%(kpi)s” hangs on “%(parent)s”, which is at no higher level.", values)
    if not parent.active(day):
        return Text("plan.r14.not_active", "“%(kpi)s” hangs on “%(parent)s”, which is not in force at that time.", values)
    if not serves(goal, kpi, parent.kpi) and not goal.link_reason.strip():
        above = around.catalogue.get(parent.kpi)
        return Text(
            "plan.r14.no_link", "“%(kpi)s” is not known to contribute to “%(above)s”.", values | {"above": sayings.named(above) if above else parent.kpi}
        )
    return None


def r15(plan: Plan, around: Around) -> Iterator[Breach]:
    """What the goals below give is not what the one above needs."""
    for goal, kpi in around.goals(plan):
        needed = _needed(goal)
        children = [(child, of) for child, of in around.goals(plan) if child.parent == goal.id]
        if needed is None or not children:
            continue
        given = _sum(goal, kpi, children, around) if kpi.unit == "count" else _mean(goal, children, needed, around)
        if given is not None and (_off(given, needed) if kpi.unit == "count" else _falls_short(given, needed, goal, kpi)):
            values = {"given": sayings.amount(given, goal, kpi), "needed": sayings.amount(needed, goal, kpi), "kpi": sayings.named(kpi)}
            said = Text("plan.r15", "“%(kpi)s”: the goals below give %(given)s, this one needs %(needed)s.", values)
            more = Text("plan.r15.sum", "Share out what is missing or too much among the goals below, or set this one to %(given)s.", values)
            mean = Text(
                "plan.r15.mean",
                "Raise the goals below until they give %(needed)s, each counting for as much as it has contacts, or set this one to %(given)s.",
                values,
            )
            yield of_goal("R15", "warning", goal, said, more if kpi.unit == "count" else mean)


def _needed(goal: Goal) -> float | None:
    return goal.aim()


def _reached(goal: Goal, needed: float) -> float | None:
    """A band counts by its edge nearest what is needed above."""
    return goal.band.edge_nearest(needed) if goal.band is not None else goal.target


def _off(given: float, needed: float) -> bool:
    return abs(given - needed) > MOST_OFF * abs(needed) + 1e-9


def _falls_short(given: float, needed: float, goal: Goal, kpi: Kpi) -> bool:
    if goal.band is not None:
        return not goal.band.holds(given)
    tolerance = 1e-9 * max(1.0, abs(needed))
    return given > needed + tolerance if kpi.better == "lower" else given < needed - tolerance


def _mean(goal: Goal, children: Sequence[tuple[Goal, Kpi]], needed: float, around: Around) -> float | None:
    """Of the children with the same KPI, weighed by how many observations each has; a ratio is never added up."""
    alike = [(child, value) for child, _ in children if child.kpi == goal.kpi and (value := _reached(child, needed)) is not None]
    weights = [
        around.volumes.get(child.id) or (child.baseline.n / child.baseline.periods if child.baseline and child.baseline.n else None) for child, _ in alike
    ]
    known = [weight for weight in weights if weight]
    if not alike:
        return None
    if len(known) < len(alike):
        return sum(value for _, value in alike) / len(alike)
    return sum(value * weight for (_, value), weight in zip(alike, known, strict=True)) / sum(known)


def _sum(goal: Goal, kpi: Kpi, children: Sequence[tuple[Goal, Kpi]], around: Around) -> float | None:
    """Of the children that count the same, or can be turned into it; None where there is none, or one cannot be turned yet."""
    months = sayings.MONTHS.get(goal.assess, 1.0)
    parts: list[float | None] = []
    for child, _ in children:
        reached = child.target if child.band is None else child.aim()
        if child.kpi == goal.kpi:
            parts.append(None if reached is None else reached * months / sayings.MONTHS.get(child.assess, 1.0))
        elif (kpi.id, child.kpi) in CONVERSIONS:
            factor = CONVERSIONS[kpi.id, child.kpi](child, around)
            parts.append(None if reached is None or factor is None else reached * factor * months)
    known = [part for part in parts if part is not None]
    return sum(known) if parts and len(known) == len(parts) else None


def _days(child: Goal, around: Around) -> float | None:
    """Days worked in a month by all to whom the goal is set."""
    days = next((around.planned_days[name] for name in (child.owner, child.unit, "") if name in around.planned_days), None)
    people = 1 if child.level == "agent" else around.agents.get(child.unit)
    return None if days is None or people is None else days * people


def _requests(child: Goal, around: Around) -> float | None:
    return next((around.requests[name] for name in (child.owner, child.unit) if name in around.requests), None)


CONVERSIONS = {("sales_count", "sales_per_day"): _days, ("retentions_count", "retention_rate"): _requests}  # to a number a month
