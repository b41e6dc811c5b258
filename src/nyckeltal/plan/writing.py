"""Writes a plan as the file that reads back as the same plan; goals that were set for several persons at once stand as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from itertools import groupby
from typing import Any

from nyckeltal import toml
from nyckeltal.plan.goal import Band, Benchmark, Goal, Plan, Unit
from nyckeltal.when.period import Grain

_OF_PERSON = ("target", "band", "baseline", "reach", "accepted_at", "refused_why")


def written(plan: Plan) -> str:
    head = {key: getattr(plan, key) for key in ("id", "name", "objective", "starts", "ends")}
    parts = [_table("[plan]", head)]
    parts += [_table("[[unit]]", _unit(unit)) for unit in plan.units]
    parts += [part for goals in _together(plan.goals) for part in _goals(goals, plan)]
    parts += [_table("[[override]]", {key: getattr(one, key) for key in ("rule", "goal", "by", "at", "reason")}) for one in plan.overrides]
    if plan.stated:
        parts.append(_table("[around]", plan.stated))
    return "\n\n".join(parts) + "\n"


def _unit(unit: Unit) -> dict[str, Any]:
    said = {each.name: getattr(unit, each.name) for each in fields(unit)}
    return {key: value for key, value in said.items() if value not in (None, (), False)}


def _together(goals: Iterable[Goal]) -> Iterator[list[Goal]]:
    """Neighbours that were set as one and differ only in what a person may have otherwise; all others alone."""
    for _, alike in groupby(goals, _common):
        group = list(alike)
        if group[0].together and all(goal.id == f"{goal.together}/{goal.owner}" for goal in group) and len({goal.owner for goal in group}) == len(group):
            yield group
        else:
            yield from ([goal] for goal in group)


def _common(goal: Goal) -> str:
    """What goals set as one have in common, as a text that tells them from all others."""
    if not goal.together:
        return goal.id
    bare = replace(goal, id=goal.together, owner="", target=None, band=None, baseline=None, reach=None, accepted_at=None, refused_why="")
    return repr(bare)


def _goals(goals: list[Goal], plan: Plan) -> Iterator[str]:
    first = goals[0]
    if len(goals) == 1 and not (first.together and first.id == f"{first.together}/{first.owner}"):
        yield _table("[[goal]]", _said(first, plan))
        return
    own = {goal.owner: {key: value for key, value in _said(goal, plan).items() if key in _OF_PERSON} for goal in goals}
    alike = {key: value for key, value in own[first.owner].items() if all(one.get(key) == value for one in own.values())}
    shared = {key: value for key, value in _said(first, plan).items() if key not in (*_OF_PERSON, "together")}
    yield _table("[[goal]]", {**shared, "id": first.together, "owner": [goal.owner for goal in goals], **alike})
    for owner, said in own.items():
        if rest := {key: value for key, value in said.items() if key not in alike}:
            yield _table(f"[goal.person.{toml.key(owner)}]", rest)


def _said(goal: Goal, plan: Plan) -> dict[str, Any]:
    """Its fields as the file has them, those left out that say what goes without saying."""
    blank = Goal("", "", "", goal.level, "", plan.starts, plan.ends)
    found: dict[str, Any] = {}
    for each in fields(goal):
        value = getattr(goal, each.name)
        if value is not None and (each.name == "level" or value != getattr(blank, each.name)):
            found[each.name] = _plain(value)
    return found


def _plain(value: Any) -> Any:
    match value:
        case Band():
            return {key: edge for key, edge in (("low", value.low), ("high", value.high)) if edge is not None}
        case Benchmark() if value.value is None and not value.variant and not value.peers:
            return value.source
        case Grain():
            return value.value
    if hasattr(value, "__dataclass_fields__"):
        pairs = ((each.name, getattr(value, each.name)) for each in fields(value))
        return {key: one for key, one in pairs if one is not None and one is not False and one != ""}
    return value


def _table(header: str, said: Mapping[str, Any]) -> str:
    return "\n".join([header, *toml.lines(said)])
