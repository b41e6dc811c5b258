"""Nobody is held to what they cannot influence: R01, R12, R30; and what is shown to whom: R42."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nyckeltal.plan.breach import Breach, of_goal
from nyckeltal.plan.goal import Goal, Plan
from nyckeltal.plan.guardrails import sayings
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.kpi.definition import Kpi
    from nyckeltal.plan.around import Around

MOST_INBOUND = 0.20


def r01(plan: Plan, around: Around) -> Iterator[Breach]:
    """A KPI that is never a goal at this level, or a count for a person."""
    for goal in plan.goals:
        kpi = around.catalogue.get(goal.kpi)
        if kpi is None:
            said = Text("plan.r01.unknown", "There is no key figure called “%(kpi)s”, so it cannot be a goal.", {"kpi": goal.kpi})
            yield of_goal(
                "R01", "error", goal, said, Text("plan.r01.unknown_remedy", "Choose one from the catalogue, or describe it as a key figure of your own.")
            )
        elif goal.level not in kpi.goal or (goal.level == "agent" and kpi.unit == "count"):
            values = {"kpi": sayings.named(kpi), "level": sayings.LEVEL[goal.level], "reason": _reason(goal, kpi)}
            yield of_goal(
                "R01", "error", goal, Text("plan.r01", "“%(kpi)s” cannot be a goal at this level (%(level)s): %(reason)s", values), _other(goal, kpi, around)
            )


def _reason(goal: Goal, kpi: Kpi) -> Text:
    if goal.level in kpi.never:
        return kpi.text(f"never.{goal.level}")
    if goal.level == "agent" and kpi.unit == "count":
        return Text("plan.r01.count", "How many a person has follows from hours, routing and volume, more than from the work done in each.")
    return Text("plan.r01.undeclared", "Its definition does not say that it may be one here.")


def _other(goal: Goal, kpi: Kpi, around: Around) -> Text:
    """Where it may be a goal, and for an agent what else can be."""
    levels = sayings.allowed_levels(kpi)
    instead = sayings.for_agents(around, kpi.purpose) if goal.level == "agent" else ()
    values = {"levels": levels, "instead": instead}
    if levels and instead:
        return Text(
            "plan.r01.move_or_choose", "It may be a goal at: %(levels)s. For an agent choose what an agent can do something about: %(instead)s.", values
        )
    if instead:
        return Text("plan.r01.choose", "Nowhere is it a goal. Choose what an agent can do something about: %(instead)s.", values)
    if levels:
        return Text("plan.r01.move", "It may be a goal at: %(levels)s.", values)
    return Text("plan.r01.observe", "Keep it as a figure to look at; it is a goal at no level.")


def r12(plan: Plan, around: Around) -> Iterator[Breach]:
    """No lever for the owner at this level."""
    for goal, kpi in around.goals(plan):
        if not sayings.lever(kpi, goal.level):
            levels = tuple(said for level, said in sayings.LEVEL.items() if level in kpi.goal and sayings.lever(kpi, level))
            values = {"kpi": sayings.named(kpi), "level": sayings.LEVEL[goal.level], "levels": levels}
            said = Text("plan.r12", "The owner has no lever on “%(kpi)s”: none is described for this level (%(level)s).", values)
            move = Text("plan.r12.move", "Move the goal to where there is one (%(levels)s), or describe the lever in the key figure’s own file.", values)
            alone = Text("plan.r12.describe", "Describe in the key figure’s own file what can be done about it at this level.")
            yield of_goal("R12", "error", goal, said, move if levels else alone)


def r30(plan: Plan, around: Around) -> Iterator[Breach]:
    """How many contacts an agent takes in an hour, where customers contact us."""
    for goal, kpi in around.goals(plan):
        if goal.kpi == "contacts_per_hour" and goal.level == "agent" and (inbound := _inbound(goal, around)) > MOST_INBOUND:
            values = {"kpi": sayings.named(kpi), "inbound": sayings.share(inbound), "most": sayings.share(MOST_INBOUND)}
            said = Text(
                "plan.r30", "The number of contacts is no personal goal where customers contact us: %(inbound)s are inbound, at most %(most)s may be.", values
            )
            names = {"aht": sayings.named(around.catalogue["aht"]), "qa": sayings.named(around.catalogue["qa_score"])}
            yield of_goal("R30", "error", goal, said, Text("plan.r30.remedy", "Use “%(aht)s” as a band, together with “%(qa)s”.", names))


def _inbound(goal: Goal, around: Around) -> float:
    """Share of inbound; where it is not known, by what the goal's variant counts."""
    known = around.inbound.get(goal.owner, around.inbound.get(goal.unit))
    return known if known is not None else 0.0 if goal.variant.startswith("outbound") else 1.0


def r42(_plan: Plan, around: Around) -> Iterator[Breach]:
    """Shown to agents who cannot change it, without saying that it is for information."""
    for view in around.views:
        for tile in view.tiles if view.audience == "agent" else ():
            kpi = around.catalogue.get(tile.kpi)
            if kpi is not None and "agent" not in kpi.goal and not tile.information:
                values = {"kpi": sayings.named(kpi), "view": around.named(view.id)}
                said = Text("plan.r42", "“%(kpi)s” is shown on %(view)s to people who cannot change it.", values)
                yield Breach("R42", "warning", said, Text("plan.r42.remedy", "Mark it as information, or take it away."), unit=view.id)
