"""How the goals hang together, as a manager sees it at a glance: the company's goals, a box for each client and team, and its people as counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, ngettext

from nyckeltal.plan.goal import Goal, Plan
from nyckeltal.web.kpi import decisions, names, planned
from nyckeltal.web.kpi.decisions import LEAST_COUNTED

Shown = tuple[Any, Any, str]  # a box of the picture, how its goal stands, what the goals of persons give together


@dataclass(frozen=True)
class People:
    """The persons of a unit who have goals. `short` says what does not add up."""

    count: str
    each: str
    waiting: str
    adds_up: str
    short: Sequence[str]


@dataclass(frozen=True)
class UnitBox:
    name: str
    goals: Sequence[tuple[str, Any, Any]]  # what each is about, its box, how it stands
    people: People | None


@dataclass(frozen=True)
class Hanging:
    """`left` and `right` are lines between neighbouring columns, as paths of a drawing 100 by 100, with whether they are broken."""

    season: Any
    company: Sequence[Shown]
    units: Sequence[UnitBox]
    left: Sequence[tuple[str, bool]]
    right: Sequence[tuple[str, bool]]


def hanging(picture: Mapping[str, Any], plan: Plan) -> Hanging | None:
    """None where the reader does not see the whole."""
    if not picture:
        return None
    company: Sequence[Shown] = picture["company"]
    units = list(dict.fromkeys((one[0].goal.unit.level, one[0].goal.unit.unit_id) for one in (*picture["middle"], *picture["people"])))
    boxes = [_unit(level, unit, picture, plan) for level, unit in units]
    return Hanging(picture["season"], company, boxes, _left(company, boxes), _right(boxes))


def _unit(level: str, unit: str, picture: Mapping[str, Any], plan: Plan) -> UnitBox:
    goals, people = ([one for one in picture[column] if one[0].goal.unit.unit_id == unit] for column in ("middle", "people"))
    own = [goal for goal in plan.goals if goal.level == "agent" and goal.unit == unit and goal.in_focus and goal.active(planned.today())]
    named = [(decisions.name_of(box.goal.kpi), box, stands) for box, stands, _ in goals]
    return UnitBox(names.named(level, unit), named, _people(own, people) if own else None)


def _people(goals: Sequence[Goal], boxes: Sequence[Shown]) -> People:
    persons, waiting = len({goal.owner for goal in goals}), sum(goal.accepted_at is None for goal in decisions.of_enough(goals))
    most = max(sum(goal.owner == owner for goal in goals) for owner in {goal.owner for goal in goals})
    short = [box.off for box, _, _ in boxes if box.off]
    told = persons >= LEAST_COUNTED
    return People(
        count=ngettext("%(n)s person", "%(n)s people", persons) % {"n": persons},
        each=ngettext("at most %(n)s goal each", "at most %(n)s goals each", most) % {"n": most},
        waiting=ngettext("%(n)s goal is not agreed yet.", "%(n)s goals are not agreed yet.", waiting) % {"n": waiting} if waiting else "",
        adds_up=gettext("What they are to reach adds up.") if told and not short and any(together for _, _, together in boxes) else "",
        short=short if told else (),
    )


def _left(company: Sequence[Shown], units: Sequence[UnitBox]) -> list[tuple[str, bool]]:
    """From each unit to the goals of the company that one of its own serves."""
    places = {one[0].goal.pk: _place(at, len(company)) for at, one in enumerate(company)}
    found: dict[str, bool] = {}
    for at, unit in enumerate(units):
        for _, box, _ in unit.goals:
            if box.goal.parent_id in places:
                path = _path(places[box.goal.parent_id], _place(at, len(units)))
                found[path] = found.get(path, False) or bool(box.off)
    return list(found.items())


def _right(units: Sequence[UnitBox]) -> list[tuple[str, bool]]:
    return [(_path(_place(at, len(units)), _place(at, len(units))), bool(unit.people.short)) for at, unit in enumerate(units) if unit.people]


def _place(at: int, of: int) -> float:
    return 100 * (at + 0.5) / of


def _path(start: float, end: float) -> str:
    return f"M0 {start:.1f}H100" if abs(start - end) < 0.05 else f"M0 {start:.1f}C50 {start:.1f} 50 {end:.1f} 100 {end:.1f}"
