"""A queue that persists although handling time is on target is no reason to ask for faster calls: R33."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nyckeltal.plan.breach import Breach, of_goal
from nyckeltal.plan.goal import Goal, Plan
from nyckeltal.plan.guardrails import sayings
from nyckeltal.words import Amount, Text

if TYPE_CHECKING:
    from nyckeltal.plan.around import Around
    from nyckeltal.plan.structural import Finding

WAITING = frozenset({"service_level", "asa", "answer_rate", "abandonment_rate"})


def r33(plan: Plan, around: Around) -> Iterator[Breach]:
    """A waiting goal missed for want of people; or a tighter target for handling time under such a finding."""
    for goal, kpi in around.goals(plan):
        found = around.structural.get(goal.unit)
        if found is None or not found.is_structural:
            continue
        values = {"kpi": sayings.named(kpi), "gap": Amount(round(found.gap, 1), "count"), "hours": Amount(round(found.hours_a_week), "count")}
        remedy = Text("plan.r33.remedy", "Make the case for people: about %(gap)s more at once, %(hours)s hours a week.", values)
        if goal.kpi in WAITING and goal.id in around.missed:
            said = Text("plan.r33", "The queue persists with handling time on target: about %(gap)s more agents, not faster calls.", values)
            yield of_goal("R33", "warning", goal, said, remedy)
        elif goal.kpi == "aht" and _tighter(goal, plan, found):
            english = "A tighter target for “%(kpi)s” does not shorten this queue: handling time is on target, and about %(gap)s agents are missing."
            yield of_goal("R33", "error", goal, Text("plan.r33.tighter", english, values), remedy)


def _tighter(goal: Goal, plan: Plan, found: Finding) -> bool:
    """Below the target that holds at present: of an earlier goal, else the one under which the finding was made, else the baseline."""
    earlier = [one for one in plan.goals if (one.kpi, one.unit, one.level) == (goal.kpi, goal.unit, goal.level) and one.starts < goal.starts]
    before = max(earlier, key=lambda one: one.starts, default=None)
    present = _upper(before) if before else found.handling_target_s
    if present is None and goal.baseline:
        present = goal.baseline.value
    asked = _upper(goal)
    return asked is not None and present is not None and asked < present


def _upper(goal: Goal) -> float | None:
    """The most that a handling time may be."""
    return goal.target if goal.band is None else goal.band.high
