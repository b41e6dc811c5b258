"""Verbs about goals: add, change, take out, put on the rotation list, set a rule aside with a reason. Each writes down who did it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from nyckeltal.contacts.world import World
from nyckeltal.kpi.ask import explain
from nyckeltal.kpi.definition import Kpi
from nyckeltal.web.frame.say import say
from nyckeltal.web.kpi import asking
from nyckeltal.web.people.models import User
from nyckeltal.web.people.organisation import organisation
from nyckeltal.web.plan import changes, choosing, stored
from nyckeltal.web.plan.actions import touch
from nyckeltal.web.plan.models import UNASKED, Agreement, Goal, Override, Season, Unit

AIM = ("target", "band_low", "band_high", "is_band")
TERMS = ("variant", "starts", "ends")  # what is counted, and by when: agreed to as much as the value
WORDS = ("purpose", "why", "influence", "method", "action", "support", "link_reason")
LEAST_REASON = 10  # letters of a reason that says something


@transaction.atomic
def add_goal(unit: Unit, level: str, kpi: Kpi, *, by: User | None, role: str = "primary", parent: Goal | None = None, **fields: Any) -> Goal:
    """With the four answers as far as the key figure's own file gives them. At the agent's level it is for each agent of the team."""
    season = editable(unit.season)
    if season.goals.filter(unit=unit, level=level, kpi=kpi.id, removed_at=None, variant=fields.get("variant", "")).exists():
        raise ValidationError(_("This key figure is in the plan of this unit already."))
    terms: dict[str, Any] = {"starts": season.starts, "ends": season.ends, "assess": assess_of(kpi, level), "is_band": kpi.better == "band"}
    terms |= answers_of(kpi, level, str(fields.get("variant", ""))) | {"owner": owner_of(unit, level, by)} | fields
    goal = Goal.objects.create(
        season=season, unit=unit, level=level, kpi=kpi.id, role=role, parent=parent, made_by=by, key=_free_key(unit, level, kpi.id), **terms
    )
    with_people(goal)
    if kpi.id in unit.rotation:
        unit.rotation = [one for one in unit.rotation if one != kpi.id]
        unit.save(update_fields=["rotation"])
    changes.note(season, "added", by=by, goal=goal)
    touch(season)
    return goal


def _free_key(unit: Unit, level: str, kpi: str) -> str:
    stem = f"{unit.unit_id}-each-{kpi}" if level == "agent" else f"{unit.unit_id}-{kpi}"
    taken = set(unit.season.goals.filter(key__startswith=stem).values_list("key", flat=True))
    return next(key for number in range(1, len(taken) + 2) if (key := stem if number == 1 else f"{stem}-{number}") not in taken)


def assess_of(kpi: Kpi, level: str) -> str:
    """The shortest that the key figure's file allows there."""
    declared = kpi.goal.get(level, "")
    return declared if declared in {"week", "month", "quarter", "year"} else "month"


def answers_of(kpi: Kpi, level: str, variant: str = "") -> dict[str, str]:
    """The four answers as far as the file gives them, in the language of whoever writes."""
    top, bottom = worded(kpi.id, variant)
    counted = top
    if top and bottom:
        counted = gettext("%(top)s, of %(bottom)s") % {"top": top, "bottom": bottom} if kpi.unit == "share" else f"{top} ÷ {bottom}"
    lever = say(kpi.text(f"levers.{level}")) or say(kpi.text("levers.team"))
    return {"purpose": say(kpi.text("asks")), "influence": lever, "method": counted}


def worded(kpi: str, variant: str) -> tuple[str, str]:
    """Above and below the line in words, settings filled in; it names no client, since none is loaded where it is asked."""
    return _worded(kpi, variant, get_language() or "", asking.stamp())


@lru_cache(maxsize=256)
def _worded(kpi: str, variant: str, _language: str, _edition: tuple[tuple[str, int], ...]) -> tuple[str, str]:
    found = explain(kpi, variant=variant or None, facts=World.of({}), home=settings.NYCKELTAL_HOME, now=timezone.now())[0]
    return say(found.top), say(found.bottom)


def owner_of(unit: Unit, level: str, by: User | None) -> str:
    if level == "agent":
        return ""
    return min(leaders_of(unit.unit_id, unit.season.starts), default="") if level == "team" else (by.name if by else "")


def leaders_of(team: str, day: date) -> list[str]:
    return sorted(agent for agent, led in organisation(min(day, timezone.now().date())).led.items() if team in led)


def people_of(goal: Goal) -> list[str]:
    """Who is to agree: each agent of the team, or whoever leads it; nobody for what managers answer for themselves."""
    if goal.level == "agent":
        return sorted(stored.members(goal))
    return [goal.owner] if goal.level == "team" and goal.owner else []


def with_people(goal: Goal) -> None:
    """Those who joined since are added; whoever left the team before being asked is let go."""
    people = people_of(goal)
    known = set(goal.agreements.values_list("agent_id", flat=True))
    Agreement.objects.bulk_create([Agreement(goal=goal, agent_id=one) for one in people if one not in known])
    goal.agreements.filter(state__in=UNASKED).exclude(agent_id__in=people).delete()


@transaction.atomic
def change_goal(goal: Goal, fields: Mapping[str, Any], *, by: User | None) -> Goal:
    """What was typed. Whoever had been asked about another target is asked anew; the earlier answer stays in the history."""
    season = editable(goal.season)
    before = {name: getattr(goal, name) for name in (*fields, *AIM)}
    for name, value in fields.items():
        setattr(goal, name, value)
    goal.changed_at = timezone.now()
    goal.last_by = {**goal.last_by, **{name: by.pk if by else None for name in fields if before[name] != getattr(goal, name)}}
    goal.save(update_fields=[*fields, "changed_at", "last_by"])  # nothing else, which somebody may be changing now
    _noted(goal, before, by)
    if any(before[name] != getattr(goal, name) for name in AIM):
        goal.agreements.filter(own_target=False).ask_anew()
    if any(name in fields and before[name] != getattr(goal, name) for name in TERMS):
        goal.agreements.all().ask_anew()
    if before.get("owner", goal.owner) != goal.owner and goal.level == "team":
        goal.agreements.exclude(agent_id=goal.owner).delete()
        with_people(goal)
    touch(season)
    return goal


def _noted(goal: Goal, before: Mapping[str, Any], by: User | None) -> None:
    after = {name: getattr(goal, name) for name in before}
    if any(before[name] != after[name] for name in AIM):
        changes.note(goal.season, "target", by=by, goal=goal, before=_aim(before), after=_aim(after))
    for name in (name for name in WORDS if name in before and before[name] != after[name]):
        changes.note(goal.season, "words", by=by, goal=goal, before=_said(before[name]), after=name)
    for name in (name for name in ("role", "variant", "owner") if name in before and before[name] != after[name]):
        changes.note(goal.season, name, by=by, goal=goal, before=before[name], after=after[name])
    if "parent" in before and before["parent"] != after["parent"]:
        told = [choosing.name_of(kept["parent"].kpi) if kept["parent"] else "" for kept in (before, after)]
        changes.note(goal.season, "parent", by=by, goal=goal, before=told[0], after=told[1])
    for what, names in (("benchmark", ("benchmark_value", "benchmark_source")), ("period", ("starts", "ends"))):
        if any(name in before and before[name] != after[name] for name in names):
            told = [" – ".join(str(kept[name]) for name in names if name in kept and kept[name] is not None) for kept in (before, after)]
            changes.note(goal.season, what, by=by, goal=goal, before=told[0], after=told[1])


def _aim(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in AIM if name in values}


def _said(value: Any) -> str:
    return "; ".join(value) if isinstance(value, list) else str(value)


@transaction.atomic
def remove_goal(goal: Goal, *, by: User | None, park: bool = False) -> None:
    """Out of the plan; what served it serves nothing until another is chosen. `park`: it waits on the rotation list."""
    season = editable(goal.season)
    Goal.objects.filter(pk=goal.pk).update(removed_at=timezone.now())
    goal.children.update(parent=None)
    changes.note(season, "parked" if park else "removed", by=by, goal=goal, after=goal.kpi)
    if park:
        park_kpi(goal.unit, goal.kpi, by=None)
    touch(season)


@transaction.atomic
def park_kpi(unit: Unit, kpi: str, *, by: User | None, waits: bool = True) -> None:
    """On the rotation list, or off it."""
    season = editable(unit.season)
    kept = [one for one in unit.rotation if one != kpi]
    unit.rotation = [*kept, kpi] if waits else kept
    unit.save(update_fields=["rotation"])
    if by is not None:
        changes.note(season, "parked" if waits else "unparked", by=by, after=kpi)
    touch(season)


@dataclass(frozen=True)
class Place:
    """Where a rule does not hold: for a goal, for a unit, or where there is neither for the whole plan."""

    season: Season
    goal: Goal | None = None
    unit: Unit | None = None


@transaction.atomic
def set_aside(place: Place, rule: str, reason: str, *, by: User) -> Override:
    """A rule does not hold there, because this person says so and why."""
    season = editable(place.season)
    reason = " ".join(reason.split())
    if len(reason) < LEAST_REASON:
        raise ValidationError({"reason": _("Say in a sentence why; it stands beside the goal wherever it is shown.")})
    season.overrides.filter(rule=rule, goal=place.goal, unit=place.unit, withdrawn_at=None).update(withdrawn_at=timezone.now())
    made = Override.objects.create(season=season, goal=place.goal, unit=place.unit, rule=rule, by=by, by_name=by.name, reason=reason)
    changes.note(season, "set_aside", by=by, goal=place.goal, after=rule, why=reason)
    touch(season)
    return made


@transaction.atomic
def hold_again(override: Override, *, by: User) -> None:
    editable(override.season)
    Override.objects.filter(pk=override.pk, withdrawn_at=None).update(withdrawn_at=timezone.now())
    changes.note(override.season, "back_in_force", by=by, goal=override.goal, after=override.rule)
    touch(override.season)


@transaction.atomic
def give_each(goal: Goal, aims: Mapping[int, tuple[float | None, float | None, float | None]], *, by: User) -> None:
    """Each person's own: target, or lower and upper end, by agreement. Whoever had been asked is asked anew."""
    season = editable(goal.season)
    for agreement in goal.agreements.filter(pk__in=aims):
        own = agreement if agreement.own_target else goal
        before = {name: getattr(own, name) for name in ("target", "band_low", "band_high")} | {"is_band": goal.is_band}
        agreement.own_target, (agreement.target, agreement.band_low, agreement.band_high) = True, aims[agreement.pk]
        agreement.save(update_fields=["own_target", "target", "band_low", "band_high"])
        after = {name: getattr(agreement, name) for name in ("target", "band_low", "band_high")} | {"is_band": goal.is_band}
        if after != before:
            changes.note(season, "own_target", by=by, goal=goal, agent_id=agreement.agent_id, before=before, after=after)
            goal.agreements.filter(pk=agreement.pk).ask_anew()
    touch(season)


@transaction.atomic
def measure_first(goal: Goal, agreements: Iterable[Agreement], *, by: User | None) -> None:
    """For whom too little is known there is no goal yet; as soon as it is, there is one to be agreed."""
    season = editable(goal.season)
    for agreement in agreements:
        goal.agreements.filter(pk=agreement.pk).update(state=Agreement.State.MEASURING, asked_at=None, answered_at=None, refused_why="")
        changes.note(season, "measured_first", by=by, goal=goal, agent_id=agreement.agent_id)
    touch(season)


def keep_measured(goal: Goal, baseline: Mapping[str, Any] | None, reach: float | None, people: Iterable[Agreement]) -> None:
    """What measuring found, kept without a line in the history: it follows from the data."""
    Goal.objects.filter(pk=goal.pk).update(baseline=baseline, reach=reach)
    goal.baseline, goal.reach = (dict(baseline) if baseline else None), reach
    Agreement.objects.bulk_update(list(people), ["baseline", "reach", "state"])


def editable(season: Season) -> Season:
    if season.is_over:
        raise ValidationError(_("This season is over; it is kept as it was."))
    return season
