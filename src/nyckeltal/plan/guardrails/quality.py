"""Quality comes first, and is read with care: R24, R26 to R29."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nyckeltal.plan.breach import Breach, of_goal
from nyckeltal.plan.goal import Goal, Plan
from nyckeltal.plan.guardrails import sayings
from nyckeltal.plan.guardrails.sets import under
from nyckeltal.words import Amount, Text

if TYPE_CHECKING:
    from nyckeltal.plan.around import Around

AGREED = 0.80
COVERED = 0.80
MONTHS = 2
UNEVEN = 5.0
ASSURING = frozenset({"qa_score", "critical_pass_rate"})
EXPERIENCE = frozenset({"csat", "ces", "total_experience"})
SELLING = frozenset({"sales_per_day", "upsell_rate", "order_size"})
HANDLING = frozenset({"aht", "acw_time"})


def r24(plan: Plan, around: Around) -> Iterator[Breach]:
    """A person's goal on evaluations on which evaluators do not agree."""
    for goal, kpi in around.goals(plan):
        evaluated = goal.kpi in ASSURING or (goal.kpi == "upsell_offer_rate" and goal.variant == "qa_item")
        if goal.level == "agent" and evaluated and (around.alpha is None or around.alpha < AGREED):
            values = {"kpi": sayings.named(kpi), "alpha": Amount(around.alpha or 0.0, "alpha"), "least": Amount(AGREED, "alpha")}
            unknown = Text(
                "plan.r24.unknown", "“%(kpi)s” of a person rests on evaluators who agree; nothing of the last three months tells whether they do.", values
            )
            low = Text("plan.r24", "Evaluators do not agree enough for “%(kpi)s” of a person: alpha is %(alpha)s, it takes %(least)s.", values)
            remedy = Text("plan.r24.remedy", "Let evaluators score the same contacts by themselves, talk about the differences, and sharpen the items.")
            yield of_goal("R24", "error", goal, unknown if around.alpha is None else low, remedy)


def r26(plan: Plan, around: Around) -> Iterator[Breach]:
    """Customers' experience of a person read while quality is uneven, or without allowing for what contacts were about."""
    for goal, kpi in around.goals(plan):
        if goal.level == "agent" and goal.kpi in EXPERIENCE:
            uneven = around.quality_sd is not None and around.quality_sd > UNEVEN
            raw = around.adjusted is not None and goal.kpi not in around.adjusted
            values = {"kpi": sayings.named(kpi), "sd": Amount(around.quality_sd or 0.0, "score"), "most": Amount(UNEVEN, "score")}
            spread = Text("plan.r26", "Read “%(kpi)s” with care: quality differs between agents by %(sd)s points, more than %(most)s.", values)
            mixed = Text("plan.r26.raw", "Read “%(kpi)s” with care: it does not allow for what contacts were about and how long people waited.", values)
            if uneven or raw:
                remedy = Text("plan.r26.remedy", "Even out the standard first.") if uneven else Text("plan.r26.adjust", "Judge the value that allows for both.")
                yield of_goal("R26", "warning", goal, spread if uneven else mixed, remedy)


def r27(plan: Plan, around: Around) -> Iterator[Breach]:
    """A target for handling time before there is a standard of quality, and evaluations that run."""
    for goal, kpi in around.goals(plan):
        if goal.kpi in HANDLING and goal.in_focus:
            said = _not_ready(goal, around)
            if said is not None:
                values = {"kpi": sayings.named(kpi), "why": said}
                message = Text("plan.r27", "A target for “%(kpi)s” comes after the standard of quality: %(why)s", values)
                remedy = Text("plan.r27.remedy", "Publish an evaluation form and let evaluations run for two months, each agent with enough of them.")
                yield of_goal("R27", "error", goal, message, remedy)


def _not_ready(goal: Goal, around: Around) -> Text | None:
    channels = around.channels.get(goal.unit, frozenset())
    if not around.forms or (channels and not channels <= around.forms):
        return Text("plan.r27.form", "no evaluation form is published for the channel.")
    known = around.coverage.get(goal.unit, around.coverage.get("", ()))[-MONTHS:]
    if len(known) < MONTHS or any(one is None for one in known):
        return Text("plan.r27.no_coverage", "how many have enough evaluations is not known for the last two months.")
    least = min(one for one in known if one is not None)
    if least < COVERED:
        values = {"least": sayings.share(least), "needed": sayings.share(COVERED)}
        return Text("plan.r27.coverage", "in one of the last two months %(least)s of the agents had enough evaluations; it takes %(needed)s.", values)
    return None


def r28(plan: Plan, around: Around) -> Iterator[Breach]:
    """Quality is claimed, and nothing assures it."""
    day = around.day(plan)
    for unit in plan.units:
        ids = under(plan, unit.id) if unit.claims_quality else set()
        assured = any(goal.kpi in ASSURING and goal.active(day) and goal.id in ids for goal, _ in around.goals(plan))
        if unit.claims_quality and not assured:
            said = Text("plan.r28", "%(unit)s claims quality, and no goal assures it.", {"unit": around.named(unit.id)})
            kpis = {"score": around.catalogue["qa_score"].text("name"), "passed": around.catalogue["critical_pass_rate"].text("name")}
            remedy = Text("plan.r28.remedy", "Begin to evaluate contacts, and set a goal on “%(score)s” or “%(passed)s”.", kpis)
            yield Breach("R28", "warning", said, remedy, unit=unit.id)


def r29(plan: Plan, around: Around) -> Iterator[Breach]:
    """Sales without the behaviour behind them."""
    for goal, kpi in around.goals(plan):
        if goal.kpi in SELLING and not around.upsell_item:
            said = Text("plan.r29", "“%(kpi)s” asks for sales, and no evaluation looks at how they come about.", {"kpi": sayings.named(kpi)})
            remedy = Text("plan.r29.remedy", "Add an item to the evaluation form: needs mapped, offer made.")
            yield of_goal("R29", "warning", goal, said, remedy)
