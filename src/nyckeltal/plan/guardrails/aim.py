"""A target rests on where one stands, on what others reach, and on what can be reached: R08 to R11, R19, R34, R35."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nyckeltal.plan.breach import Breach, of_goal
from nyckeltal.plan.goal import NONE_FOUND, Goal, Plan
from nyckeltal.plan.guardrails import sayings
from nyckeltal.when.period import add_months
from nyckeltal.words import Amount, Text

if TYPE_CHECKING:
    from nyckeltal.kpi.definition import Kpi
    from nyckeltal.plan.around import Around

FEWEST_PERIODS = 3
PROVISIONAL_MONTHS = 3
EASY, OUT_OF_REACH = 0.90, 0.10
RANGES = {"points": (-100.0, 100.0), "recommend_mean_1_10": (1.0, 10.0)}
SCALES = {"nps_0_10": "0_10", "nps_1_10": "1_10", "recommend_mean_1_10": "1_10", "enps_0_10": "0_10"}
USUAL = (-20.0, 10.0)  # a baseline in which a score of seven is thinkable
STEADY = 0.10


def r08(plan: Plan, around: Around) -> Iterator[Breach]:
    """No baseline, one of too few periods, or for a person of too few observations."""
    for goal, kpi in around.goals(plan):
        said = None if _may_wait(goal) else no_baseline(goal, kpi)
        if said is not None:
            measure = Text("plan.r08.remedy", "Measure first, for at least three periods.")
            wait = Text("plan.r08.provisional", "Measure first, for at least three periods; until then a provisional goal may stand for up to three months.")
            yield of_goal("R08", "error", goal, said, measure if goal.level == "agent" else wait)


def _may_wait(goal: Goal) -> bool:
    return goal.provisional and goal.level != "agent" and goal.ends <= add_months(goal.starts, PROVISIONAL_MONTHS)


def no_baseline(goal: Goal, kpi: Kpi) -> Text | None:
    """Why there is none, or too little of one."""
    base, values = goal.baseline, {"kpi": sayings.named(kpi)}
    if base is None:
        return Text("plan.r08", "No baseline: where “%(kpi)s” stands now is not known.", values)
    if base.periods < FEWEST_PERIODS:
        periods = {"periods": base.periods, "fewest": FEWEST_PERIODS}
        return Text("plan.r08.periods", "The baseline of “%(kpi)s” rests on %(periods)s periods; it takes at least %(fewest)s.", {**values, **periods})
    compare = kpi.sample_of(goal.variant or None).get("compare", 0)
    if goal.level == "agent" and (base.n or 0) < compare:
        counted = {"n": Amount(base.n or 0, "count"), "compare": compare}
        return Text("plan.r08.few", "The baseline of “%(kpi)s” rests on %(n)s observations; for a person it takes at least %(compare)s.", {**values, **counted})
    return None


def r09(plan: Plan, around: Around) -> Iterator[Breach]:
    """Nothing from outside or from peers beside the target, or something that is counted otherwise."""
    for goal, kpi in around.goals(plan):
        said = _no_reference(goal, kpi)
        if said is not None:
            values = {"none": NONE_FOUND, "known": kpi.text("benchmark.text")}
            known = Text("plan.r09.known", "Give a figure with its source, or write “%(none)s”. Known from outside: %(known)s", values)
            plain = Text("plan.r09.remedy", "Give a figure with its source, or write “%(none)s”.", values)
            has_one = kpi.benchmark.get("text") and kpi.benchmark.get("source") != "no source"
            yield of_goal("R09", "warning", goal, said, known if has_one else plain)


def _no_reference(goal: Goal, kpi: Kpi) -> Text | None:
    mark, values = goal.benchmark, {"kpi": sayings.named(kpi)}
    if mark is None or (mark.value is None and not mark.none_found and not mark.peers and mark.source.strip()):
        return Text("plan.r09", "The target for “%(kpi)s” stands alone: no figure from outside or from peers.", values)
    if not mark.source.strip() and not mark.peers:
        return Text("plan.r09.no_source", "The figure beside the target for “%(kpi)s” has no source.", values)
    variant = goal.variant or kpi.default
    if mark.variant and mark.variant != variant:
        named = {"theirs": _called(kpi, mark.variant), "ours": _called(kpi, variant)}
        return Text("plan.r09.variant", "The figure from outside is counted otherwise (%(theirs)s) than the goal (%(ours)s).", {**values, **named})
    return None


def _called(kpi: Kpi, variant: str) -> Text | str:
    said = kpi.text("words.called" if variant == kpi.default else f"variants.{variant}.called")
    return said if said.english else variant


def r10(plan: Plan, around: Around) -> Iterator[Breach]:
    """Reached without effort."""
    for goal, kpi, p in _reaches(plan, around):
        if p > EASY:
            values = {"kpi": sayings.named(kpi), "p": sayings.share(p)}
            said = Text("plan.r10", "“%(kpi)s” is reached with a chance of %(p)s without effort. Too easy a goal asks for nothing.", values)
            remedy = Text("plan.r10.remedy", "Take the target that the plan proposes, with a chance between 30 and 70 per cent.")
            yield of_goal("R10", "warning", goal, said, remedy)


def r11(plan: Plan, around: Around) -> Iterator[Breach]:
    """Out of reach, planned action included."""
    for goal, kpi, p in _reaches(plan, around):
        if p < OUT_OF_REACH:
            values = {"kpi": sayings.named(kpi), "p": sayings.share(p)}
            said = Text("plan.r11", "“%(kpi)s” has only a chance of %(p)s to be reached, what is planned included.", values)
            remedy = Text("plan.r11.remedy", "Lower the target, give it more time, or add support and say what it is expected to bring.")
            yield of_goal("R11", "error" if goal.level == "agent" else "warning", goal, said, remedy)


def _reaches(plan: Plan, around: Around) -> Iterator[tuple[Goal, Kpi, float]]:
    for goal, kpi in around.goals(plan):
        p = goal.reach if goal.reach is not None else around.reach.get(goal.id)
        if p is not None:
            yield goal, kpi, p


def r19(plan: Plan, around: Around) -> Iterator[Breach]:
    """Better than now is asked for, and nothing given for it."""
    for goal, kpi in around.goals(plan):
        step = _asked(goal, kpi)
        if step is not None and not goal.support and goal.baseline:
            least = sayings.worthwhile(sayings.unit_of(goal, kpi), goal.baseline.value)
            if step > least + 1e-9:
                values = {
                    "kpi": sayings.named(kpi),
                    "now": sayings.amount(goal.baseline.value, goal, kpi),
                    "target": sayings.amount(goal.aim() or 0.0, goal, kpi),
                }
                said = Text("plan.r19", "“%(kpi)s” is to go from %(now)s to %(target)s, and no support is planned.", values)
                yield of_goal("R19", "warning", goal, said, Text("plan.r19.remedy", "Add what helps: training, a tool, time set aside."))


def _asked(goal: Goal, kpi: Kpi) -> float | None:
    """By how much the target is better than the baseline."""
    aim, base = goal.aim(), goal.baseline
    if aim is None or base is None:
        return None
    if goal.band is not None:
        return 0.0 if goal.band.holds(base.value) else abs(aim - base.value)
    return base.value - aim if kpi.better == "lower" else aim - base.value


def r34(plan: Plan, around: Around) -> Iterator[Breach]:
    """A score of recommendation on the wrong scale."""
    for goal, kpi in around.goals(plan):
        variant = goal.variant or kpi.default
        if kpi.id in ("nps", "enps") and goal.aim() is not None and _off_scale(goal, kpi, variant, around):
            values = {"target": sayings.amount(goal.aim() or 0.0, goal, kpi), "variant": _called(kpi, variant)}
            said = Text("plan.r34", "The target %(target)s does not fit the scale (%(variant)s).", values)
            mean = {"mean": _called(kpi, "recommend_mean_1_10")}
            choose = Text("plan.r34.remedy", "Choose “%(mean)s”, or set a score between −100 and 100.", mean)
            score = Text("plan.r34.score", "Set a score between −100 and 100, and ask on the scale that it is counted from.")
            yield of_goal("R34", "error", goal, said, choose if "recommend_mean_1_10" in kpi.variants else score)


def _off_scale(goal: Goal, kpi: Kpi, variant: str, around: Around) -> bool:
    asked = around.scales.get(kpi.id)
    if asked is not None and asked != SCALES.get(variant, asked):
        return True
    low, high = RANGES.get(variant, RANGES["points"])
    edges = [edge for edge in ((goal.band.low, goal.band.high) if goal.band else (goal.target,)) if edge is not None]
    if any(not low <= edge <= high for edge in edges):
        return True
    as_score = variant not in RANGES and goal.baseline is not None and not USUAL[0] <= goal.baseline.value <= USUAL[1]
    return kpi.id == "nps" and as_score and any(0 < edge <= 10 for edge in edges)


def r35(plan: Plan, around: Around) -> Iterator[Breach]:
    """A cost in money for the company, where revenue moves."""
    for goal, kpi in around.goals(plan):
        in_money = sayings.unit_of(goal, kpi).startswith("money") and kpi.better == "lower"
        if goal.level == "company" and in_money and (around.revenue_varies or 0.0) > STEADY:
            values = {"kpi": sayings.named(kpi), "varies": sayings.share(around.revenue_varies or 0.0)}
            said = Text("plan.r35", "“%(kpi)s” in money punishes growth: revenue moves by %(varies)s within a year.", values)
            instead = {"instead": around.catalogue["cost_share_of_revenue"].text("name")}
            yield of_goal("R35", "advice", goal, said, Text("plan.r35.remedy", "“%(instead)s” follows revenue.", instead))
