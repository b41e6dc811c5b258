"""What could not be looked at, because nothing tells of it: said beside the rules, so that silence is not read as approval."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.plan.around import Around
    from nyckeltal.plan.goal import Plan


def unchecked(plan: Plan, around: Around) -> Iterator[tuple[tuple[str, ...], Text]]:
    """Rules that had nothing to go by, and what is missing for them."""
    goals = [goal for goal, _ in around.goals(plan)]
    if any(goal.reach is None and goal.id not in around.reach for goal in goals):
        yield ("R10", "R11"), Text("plan.unchecked.reach", "The chance of reaching some of the goals is not known.")
    if not around.opposition:
        yield (
            ("R06", "R17"),
            Text("plan.unchecked.opposition", "Pairs that pull against each other are those known to the craft; own figures were not asked."),
        )
    if not around.agreements:
        yield ("R32",), Text("plan.unchecked.agreements", "No agreements with clients are known.")
    if not around.clients and not around.queues:
        yield ("R17",), Text("plan.unchecked.teams", "Which clients and queues the teams serve is not known.")
    if not around.structural:
        yield ("R33",), Text("plan.unchecked.structural", "Whether queues persist for want of people is not known.")
    if around.talks is None and around.follow_ups is None:
        yield ("R21", "R22", "R38"), Text("plan.unchecked.talks", "Talks and follow-ups are not known.")
    if not around.views:
        yield _OF_VIEWS, Text("plan.unchecked.views", "Pages, wall screens and contests are not described in the plan.")
    if not around.tenure_months and any(goal.level == "agent" for goal in goals):
        yield ("R41",), Text("plan.unchecked.tenure", "How long people have worked here is not known.")
    if not around.late_days:
        yield ("R25", "R37", "R39", "R45", "R46"), Text("plan.unchecked.data", "How fresh and complete the data is, and where it moves, is not known.")


_OF_VIEWS = ("R03", "R20", "R23", "R40", "R42", "R43")
