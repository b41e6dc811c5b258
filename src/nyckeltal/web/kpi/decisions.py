"""What needs a decision, from how the goals stand and who has agreed: for the leader of a team, and for whoever manages all. Not everything: only that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from nyckeltal.plan.goal import Goal, Plan
from nyckeltal.plan.standing import Standing, Status
from nyckeltal.web.frame import numbers
from nyckeltal.web.frame.say import say
from nyckeltal.web.kpi import asking, names, planned
from nyckeltal.web.kpi.planned import Decision
from nyckeltal.web.people.models import User
from nyckeltal.web.people.organisation import organisation

SOON = timedelta(days=30)  # before a season ends, the next wants to be thought of
LEAST_COUNTED = 3  # of fewer persons, a count would tell of one


def of_team(person: User, plan: Plan, team: str, standings: Sequence[Standing]) -> list[Decision]:
    """For the leader, who sees the persons by name."""
    members = organisation(planned.today()).agents_in(frozenset({team}))  # whoever left is no longer the leader's to see
    own = [goal for goal in plan.goals if goal.level == "agent" and goal.unit == team and goal.owner in members and goal.active(planned.today())]
    found = [_off(one) for one in standings if one.status is Status.OFF]
    found += [_refused(goal) for goal in own if goal.refused_why]
    waiting = [goal for goal in own if goal.in_focus and goal.accepted_at is None and not goal.refused_why]
    if waiting:
        said = ngettext("%(n)s goal in the team is not agreed yet.", "%(n)s goals in the team are not agreed yet.", len(waiting)) % {"n": len(waiting)}
        found.append(Decision(said, gettext("A goal that nobody has agreed to is only a wish."), *_plan()))
    return found + _rules(person, [team])


def of_all(person: User, plan: Plan, standings: Sequence[Standing]) -> list[Decision]:
    """For managers, who see no persons: what is off without an action, guard figures that are off, what is not agreed, the end of the season."""
    found = [_off(one) for one in standings if one.status is Status.OFF and (one.quiet or not one.goal.action.strip())]
    found += [*_refusals(plan), *_not_agreed(plan), *_ends(plan)]
    return found + _rules(person, ["company", *dict.fromkeys(goal.unit for goal in plan.goals)])


def _off(one: Standing) -> Decision:
    said = {"name": _called(one.goal)}
    title = gettext("%(name)s, a guard figure, is off.") % said if one.quiet else gettext("%(name)s is off goal.") % said
    if one.goal.action.strip():
        return Decision(title, gettext("Agreed for this: %(action)s") % {"action": one.goal.action.strip()}, *_plan())
    return Decision(title, gettext("Nothing is agreed for when it is off goal. Decide what is done, and by whom."), *_plan())


def _refused(goal: Goal) -> Decision:
    said = {"who": names.named("agent", goal.owner), "name": _called(goal)}
    why = gettext("“%(why)s”") % {"why": goal.refused_why}
    if goal.reach is not None:
        chance = gettext("The chance of reaching it was %(chance)s when it was set.") % {"chance": numbers.percent(goal.reach)}
        why = f"{why} {chance}"
    return Decision(gettext("%(who)s says no to the goal for %(name)s.") % said, why, *_plan())


def _refusals(plan: Plan) -> Iterator[Decision]:
    """Of goals above persons by what they are about; of persons none."""
    for goal in plan.goals:
        if goal.level != "agent" and goal.refused_why and goal.active(planned.today()):
            yield Decision(
                gettext("The goal for %(name)s is not agreed to.") % {"name": _called(goal)}, gettext("“%(why)s”") % {"why": goal.refused_why}, *_plan()
            )


def _not_agreed(plan: Plan) -> Iterator[Decision]:
    for unit in dict.fromkeys(goal.unit for goal in plan.goals if goal.level == "agent"):
        goals = [goal for goal in plan.goals if goal.level == "agent" and goal.unit == unit and goal.in_focus and goal.active(planned.today())]
        told = of_enough(goals)
        waiting = [goal for goal in told if goal.accepted_at is None]
        if waiting:
            said = {"n": len(waiting), "all": len(told), "team": names.named("team", unit)}
            yield Decision(
                gettext("%(team)s: %(n)s of %(all)s personal goals are not agreed yet.") % said, gettext("Its leader talks with each of them."), *_plan()
            )


def of_enough(goals: Sequence[Goal]) -> list[Goal]:
    """Those that so many persons have together that a count tells of none of them."""
    sizes = Counter(goal.together or goal.id for goal in goals)
    return [goal for goal in goals if sizes[goal.together or goal.id] >= LEAST_COUNTED]


def _ends(plan: Plan) -> Iterator[Decision]:
    if plan.ends - planned.today() <= SOON:
        said = gettext("The season ends on %(day)s.") % {"day": numbers.day(plan.ends)}
        yield Decision(said, gettext("Choose what is in focus next; what was in focus goes on as a quiet guard figure."), *_plan())


def _rules(person: User, units: Sequence[str]) -> list[Decision]:
    source = planned.source()
    return list(source.rules_broken(person, units)) if source else []


def _called(goal: Goal) -> str:
    """The key figure, and whose where it is not the company's."""
    name = name_of(goal.kpi)
    return f"{names.named(goal.level, goal.unit)} · {name}" if goal.level in ("client", "team") else name


def name_of(kpi: str) -> str:
    return say(asking.kpis()[kpi].text("name")) if kpi in asking.kpis() else kpi


def _plan() -> tuple[str, str]:
    return reverse("plan:home"), gettext("Open the plan")
