"""The plan as a file: written without persons whom the reader does not see, and read in as a draft that nobody has agreed to yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext

from nyckeltal.plan import goal as core
from nyckeltal.plan.file import EACH, read_text
from nyckeltal.plan.writing import written as as_text
from nyckeltal.web.people.models import User
from nyckeltal.web.people.planned import Sight, tells_figures
from nyckeltal.web.plan import actions, changes, stored
from nyckeltal.web.plan.models import Agreement, Goal, Override, Season, Unit

COPIED = (
    "kpi", "level", "variant", "role", "provisional", "starts", "ends", "effect", "purpose", "why", "influence", "method", "action", "link_reason",
)  # fmt: skip


def written(season: Season, sight: Sight) -> str:
    """Goals for persons stand by name for the own leader, else once for each, without what is one person's."""
    plan = stored.plan(season)
    seen = tuple(one for one in _unnamed(season, plan, sight) if sight.manages or one.level == "company" or one.unit in sight.led)
    goals = {key: one for one in seen for key in (one.id, one.together)}
    kept = {**goals, **dict.fromkeys(unit.id for unit in plan.units if sight.manages or unit.id in sight.led), "": None}
    overrides = tuple(_told(one, kept[one.goal], sight) for one in plan.overrides if one.goal in kept)
    return as_text(replace(plan, goals=seen, overrides=overrides))


def _told(one: core.Override, goal: core.Goal | None, sight: Sight) -> core.Override:
    """Why a rule was set aside for what is set for persons stays with their leader and themselves."""
    if goal is None or goal.level != "agent" or goal.unit in sight.led:
        return one
    return replace(one, reason=gettext("why stays between the leader and the team."))


def _unnamed(season: Season, plan: core.Plan, sight: Sight) -> Iterator[core.Goal]:
    """What is set for everybody is the goal's own: none of theirs, who may each have another target."""
    for_each = {one.key: one for one in season.goals.filter(level="agent", removed_at=None).select_related("unit", "parent")}
    for together, goals in groupby(plan.goals, lambda one: one.together or one.id):
        group = list(goals)
        if not tells_figures(sight, group[0].level, group[0].unit):
            yield from (replace(one, baseline=None, reach=None) for one in group)
        elif group[0].level != "agent" or all(sight.sees_person(one.owner) for one in group):
            yield from group
        else:
            yield replace(stored.goal(for_each[together], None), owner=EACH, baseline=None, reach=None)


@transaction.atomic
def read(text: str, person: User) -> Season:
    """Raises BadPlan with every mistake, ValidationError where the season cannot be."""
    plan = read_text(text, "", settings.NYCKELTAL_HOME)
    season = actions.make_season(plan.name, plan.starts, plan.ends, by=person, objective=plan.objective)
    changes.note(season, "imported", by=person)
    said = plan.stated.get("register", {}).get(stored.EVERY_KPI, {})
    actions.keep_register(season, {name: str(value) for name, value in said.items()}, by=person)
    units = {unit.unit_id: unit for unit in season.units.all()}
    for one in plan.units:
        units[one.id] = _unit(season, units.get(one.id), one)
    made: dict[str, Goal] = {}
    for level in core.LEVELS:
        for together, goals in groupby((one for one in plan.goals if one.level == level), lambda one: one.together or one.id):
            group = list(goals)
            unit = units.get(group[0].unit) or _unit(season, None, core.Unit(group[0].unit, "team" if level == "agent" else level))
            units[unit.unit_id] = unit
            goal = _goal(season, unit, together, group, made, person)
            made |= {one.id: goal for one in group} | {together: goal}
    for set_aside in plan.overrides:
        _override(season, set_aside, made, units)
    return season


def _unit(season: Season, known: Unit | None, one: core.Unit) -> Unit:
    unit = known or Unit(season=season, unit_id=one.id, level=one.level)
    unit.primary, unit.secondary, unit.claims_quality = one.primary or "", one.secondary or "", one.claims_quality
    unit.rotation = list(one.rotation)
    unit.save()
    return unit


def _goal(season: Season, unit: Unit, key: str, group: list[core.Goal], made: dict[str, Goal], person: User) -> Goal:
    first = group[0]
    goal = Goal(season=season, unit=unit, key=key, made_by=person, settings=dict(first.settings), support=list(first.support), assess=first.assess.value)
    for name in COPIED:
        setattr(goal, name, getattr(first, name))
    goal.owner = "" if first.level == "agent" else first.owner
    goal.parent = made.get(first.parent)
    _aimed(goal, first)
    if first.benchmark is not None:
        goal.benchmark_value, goal.benchmark_source = first.benchmark.value, first.benchmark.source
        goal.benchmark_variant, goal.benchmark_peers = first.benchmark.variant, first.benchmark.peers
    if first.level != "agent":
        goal.baseline, goal.reach = _base(first), first.reach
    goal.save()
    people = [one for one in group if one.level == "agent" or (one.level == "team" and one.owner)]
    Agreement.objects.bulk_create([_agreement(goal, one, first) for one in people])
    changes.note(season, "added", by=person, goal=goal)
    return goal


def _aimed(of: Goal | Agreement, one: core.Goal) -> None:
    of.target = one.target
    if one.band is not None:
        of.band_low, of.band_high = one.band.low, one.band.high
    if isinstance(of, Goal):
        of.is_band = one.band is not None


def _agreement(goal: Goal, one: core.Goal, first: core.Goal) -> Agreement:
    agreement = Agreement(goal=goal, agent_id=one.owner)
    if one.level == "agent":
        agreement.baseline, agreement.reach = _base(one), one.reach
        agreement.own_target = (one.target, one.band) != (first.target, first.band)
    if agreement.own_target:
        _aimed(agreement, one)
    return agreement


def _base(one: core.Goal) -> dict[str, float | int | None] | None:
    base = one.baseline
    return {"value": base.value, "n": base.n, "periods": base.periods, "low": base.low, "high": base.high} if base else None


def _override(season: Season, one: core.Override, made: dict[str, Goal], units: dict[str, Unit]) -> None:
    """Once for those set together; whose name stands there stays, and the history says who read the file in."""
    goal, unit = made.get(one.goal), None if one.goal in made else units.get(one.goal)
    if (goal or unit or not one.goal) and not season.overrides.filter(rule=one.rule, goal=goal, unit=unit).exists():
        Override.objects.create(season=season, goal=goal, unit=unit, rule=one.rule, by_name=one.by, reason=one.reason, at=one.at)
