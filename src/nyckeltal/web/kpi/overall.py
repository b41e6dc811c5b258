"""What the plan adds to the manager's page: how each goal above persons stands, how they hang together, and what needs a decision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nyckeltal.plan.goal import Goal, Level, Plan
from nyckeltal.plan.standing import Standing
from nyckeltal.web.kpi import asking, decisions, hanging, planned, standings
from nyckeltal.web.kpi.focused import BEFORE, Focused
from nyckeltal.web.kpi.question import PageQuestion
from nyckeltal.web.people.models import User
from nyckeltal.when.period import Period, add_months

BETWEEN: tuple[Level, ...] = ("client", "team")


def of_plan(person: User, page: Focused, plan: Plan, company: Sequence[Standing]) -> dict[str, Any]:
    below = list(_below(person, page, plan))
    everything = [*company, *below]
    shown = {one.goal.id: standings.in_words(one) for one in everything}
    source = planned.source()
    picture = source.hanging(person, shown) if source else {}
    return {"decisions": decisions.of_all(person, plan, everything), "hanging": hanging.hanging(picture, plan)}


def _below(person: User, page: Focused, plan: Plan) -> Iterator[Standing]:
    """Clients' and teams' goals, each level asked at once."""
    for level in BETWEEN:
        goals = [goal for goal in plan.goals if goal.level == level and goal.active(planned.today()) and goal.kpi in asking.kpis()]
        alike: dict[tuple[str, tuple[tuple[str, float], ...]], list[Goal]] = {}
        for goal in goals:
            alike.setdefault((goal.variant, tuple(sorted(goal.settings.items()))), []).append(goal)
        for way, group in alike.items():
            yield from _standing(person, page, plan, level, way, group)


def _standing(person: User, page: Focused, plan: Plan, level: Level, way: tuple[str, Any], goals: Sequence[Goal]) -> Iterator[Standing]:
    first = add_months(Period.of(page.months[0]).start, -BEFORE)
    kpis = list(dict.fromkeys(goal.kpi for goal in goals))
    question = PageQuestion(kpis[0], first, Period.of(page.months[-1]).last, by=(level,), per="month", variant=way[0], set=way[1])
    told: Mapping[str, asking.Told] = asking.tell_together(person, kpis, question)
    for unit in dict.fromkeys(goal.unit for goal in goals):
        own = [goal for goal in goals if goal.unit == unit]
        months = {goal.id: [one for one in told[goal.kpi].figures if one.by.get(level) == unit] for goal in own}
        yield from standings.of_goals(person, page, months, own, {level: unit}, plan, {})
