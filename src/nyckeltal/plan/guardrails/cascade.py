"""Goals hang together and add up, from the company down: R14, R15."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nyckeltal.plan.breach import Breach, of_goal
from nyckeltal.plan.cascade import given
from nyckeltal.plan.goal import Goal, Plan
from nyckeltal.plan.guardrails import sayings
from nyckeltal.plan.guardrails.sets import higher, serves
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.kpi.definition import Kpi
    from nyckeltal.plan.around import Around


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
    below: dict[str, list[Goal]] = {}
    for child, _ in around.goals(plan):
        below.setdefault(child.parent, []).append(child)
    for goal, kpi in around.goals(plan):
        found = given(goal, kpi, below.get(goal.id, []), around)
        if found is not None and not found.enough:
            values = {"given": sayings.amount(found.value, goal, kpi), "needed": sayings.amount(found.needed, goal, kpi), "kpi": sayings.named(kpi)}
            said = Text("plan.r15", "“%(kpi)s”: the goals below give %(given)s, this one needs %(needed)s.", values)
            more = Text("plan.r15.sum", "Share out what is missing or too much among the goals below, or set this one to %(given)s.", values)
            mean = Text("plan.r15.mean", "Bring the goals below to %(needed)s, each counting for as much as it rests on, or set this one to %(given)s.", values)
            yield of_goal("R15", "warning", goal, said, more if found.way == "sum" else mean)
