"""A rule of the craft that a plan breaks: which, how grave, what is wrong, and what would be right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nyckeltal.plan.goal import Goal, Override, Plan
from nyckeltal.words import Text

Severity = Literal["error", "warning", "advice"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "advice")  # the gravest first


@dataclass(frozen=True)
class Breach:
    """`goals` are the ids of those that it concerns, none where it concerns a unit, a view or the plan.

    `names` are persons whom only their leader may see named. An error with `overridden` stays visible and no longer stands in the way.
    """

    rule: str
    severity: Severity
    message: Text
    remedy: Text
    goals: tuple[str, ...] = ()
    unit: str = ""
    owner: str = ""
    names: tuple[str, ...] = ()
    overridden: Override | None = None

    @property
    def stands(self) -> bool:
        """Whether it keeps the plan from being used."""
        return self.severity == "error" and self.overridden is None

    def set_aside_by(self, plan: Plan) -> Override | None:
        """A named person's reason to go on all the same: for one of the goals, for those set together with it, for the unit, or for the whole plan."""
        places = {"", self.unit, *self.goals, *(goal.together for goal in plan.goals if goal.id in self.goals and goal.together)}
        meant = (one for one in plan.overrides if one.rule == self.rule and one.goal in places)
        return next((one for one in meant if one.by.strip() and one.reason.strip()), None)


def of_goal(rule: str, severity: Severity, goal: Goal, message: Text, remedy: Text) -> Breach:
    return Breach(rule, severity, message, remedy, (goal.id,), goal.unit, goal.owner)
