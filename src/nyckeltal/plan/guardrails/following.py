"""What is measured is shown so that it can be read, given back, and acted on: R20 to R23, R38."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from nyckeltal.plan.breach import Breach, of_goal
from nyckeltal.plan.goal import Goal, Plan
from nyckeltal.plan.guardrails import sayings
from nyckeltal.when.period import Grain, Period, add_months
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.kpi.definition import Kpi
    from nyckeltal.plan.around import Around, Talk

TWO_QUARTERS = 6  # months
TO_FEED_BACK = 10  # business days
MOST_TILES, MOST_BARE = 7, 40
EVEN = 0.80
IN_A_ROW = 3
A_MONTH = 30.44  # days


def r20(_plan: Plan, around: Around) -> Iterator[Breach]:
    """Shown for half a year, off target, and nothing done."""
    told: set[str] = set()
    for view in around.views if around.acted is not None else ():
        for tile in view.tiles:
            last = (around.acted or {}).get(tile.kpi)
            long = view.since is not None and add_months(view.since, TWO_QUARTERS) <= around.today
            idle = last is None or add_months(last, TWO_QUARTERS) <= around.today
            if tile.off and long and idle and tile.kpi in around.catalogue and tile.kpi not in told and view.since:
                told.add(tile.kpi)
                months = round((around.today - max(filter(None, (last, view.since)))).days / A_MONTH)
                said = Text(
                    "plan.r20",
                    "“%(kpi)s” was measured but not acted on for %(months)s months.",
                    {"kpi": sayings.named(around.catalogue[tile.kpi]), "months": months},
                )
                yield Breach("R20", "warning", said, Text("plan.r20.remedy", "Plan what to do about it, or stop showing it."), unit=view.id)


def r21(plan: Plan, around: Around) -> Iterator[Breach]:
    """A period's results not given back to the person or the team within ten business days."""
    for goal, kpi in around.goals(plan) if around.talks is not None else ():
        period = _due(goal, around.today)
        told = goal.level == "agent" or (goal.level == "team" and around.of_groups)
        if told and period and not any(_gives_back(talk, goal, period) for talk in around.talks or ()):
            values = {"kpi": sayings.named(kpi), "first": period.start, "last": period.last}
            alone = Text("plan.r21", "“%(kpi)s” of %(first)s to %(last)s was not given back to the person it is about.", values)
            group = Text("plan.r21.group", "“%(kpi)s” of %(first)s to %(last)s was not given back to the team.", values)
            is_person = goal.level == "agent"
            yield of_goal("R21", "error" if is_person else "advice", goal, alone if is_person else group, Text("plan.r21.remedy", "Book a talk about it."))


def _due(goal: Goal, today: date) -> Period | None:
    """The last whole period of a goal that closed more than ten business days ago."""
    period = Period.holding(min(today, goal.ends + timedelta(days=1)), goal.assess).before()
    while period.start >= goal.starts:
        if _business_days(period.end, today) > TO_FEED_BACK:
            return period
        period = period.before()
    return None


def _business_days(start: date, end: date) -> int:
    return sum((start + timedelta(days=at)).weekday() < 5 for at in range((end - start).days))


def _gives_back(talk: Talk, goal: Goal, period: Period) -> bool:
    if talk.held_on < period.end:
        return False
    return talk.agent == goal.owner and talk.kind != "group" if goal.level == "agent" else talk.kind == "group" and talk.unit == goal.unit


def r22(plan: Plan, around: Around) -> Iterator[Breach]:
    """No follow-up in time, misses without another action, or a client without its report."""
    for goal, kpi in around.goals(plan):
        said = _not_followed(goal, kpi, around) if goal.active(around.today) else None
        if said is not None:
            yield of_goal("R22", "warning", goal, said, Text("plan.r22.remedy", "Meet about it: where it stands, why, what is changed, until when."))


def _not_followed(goal: Goal, kpi: Kpi, around: Around) -> Text | None:
    values = {"kpi": sayings.named(kpi)}
    if around.misses.get(goal.id, 0) >= IN_A_ROW:
        return Text("plan.r22.misses", "“%(kpi)s” missed its target %(n)s times in a row, and nothing was changed.", values | {"n": around.misses[goal.id]})
    if around.follow_ups is not None:
        last = around.follow_ups.get(goal.id, goal.starts)
        if (around.today - last).days > 1.5 * A_MONTH * sayings.MONTHS.get(goal.assess, 1.0):
            return Text("plan.r22", "“%(kpi)s” has not been followed up since %(last)s.", values | {"last": last})
    if goal.level == "client" and around.reports is not None and (month := _not_reported(goal, around)):
        told = {"client": around.named(goal.unit), "first": month.start, "last": month.last}
        return Text("plan.r22.report", "%(client)s has had no report of %(first)s to %(last)s.", told)
    return None


def _not_reported(goal: Goal, around: Around) -> Period | None:
    """The last whole month that ended a month ago or earlier, where no report of it went to the client."""
    month = Period.holding(add_months(around.today, -1), Grain.MONTH).before()
    reported = (around.reports or {}).get(goal.unit, frozenset())
    return month if month.start >= goal.starts and month.label not in reported else None


def r23(_plan: Plan, around: Around) -> Iterator[Breach]:
    """A graveyard of figures, or figures that nobody explains."""
    for view in around.views:
        unexplained = sum(not tile.explained or (tile.off and not tile.comment) for tile in view.tiles)
        crowded = len(view.tiles) > (MOST_BARE if view.kind == "report" else MOST_TILES) and not (view.kind == "report" and view.charts)
        if crowded or unexplained:
            values = {"view": around.named(view.id), "n": len(view.tiles), "unexplained": unexplained}
            said = Text("plan.r23", "Too much to act on (%(view)s): %(n)s figures, %(unexplained)s of them without explanation or comment.", values)
            yield Breach("R23", "warning", said, Text("plan.r23.remedy", "Take figures away, say what each means, and draw what develops."), unit=view.id)


def r38(_plan: Plan, around: Around) -> Iterator[Breach]:
    """Feedback that is uneven, or that somebody goes without."""
    for unit in dict.fromkeys((*around.equity, *around.without_feedback)):
        equity, without = around.equity.get(unit), around.without_feedback.get(unit, ())
        if without or (equity is not None and equity < EVEN):
            values = {"unit": around.named(unit), "n": len(without)}
            some = Text("plan.r38.without", "Feedback in %(unit)s is uneven: %(n)s went without talks or evaluations for two months.", values)
            uneven = Text("plan.r38", "Feedback in %(unit)s is uneven.", values)
            remedy = Text("plan.r38.remedy", "Plan it by person, so that everybody has as much.")
            yield Breach("R38", "warning", some if without else uneven, remedy, unit=unit, names=tuple(without))
