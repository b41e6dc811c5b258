"""The stored plan as the core's `Plan`, which is what rules, standings and files work with; and which plan is in force on a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, cast

from django.utils import timezone

from nyckeltal.plan import goal as core
from nyckeltal.web.people.organisation import organisation
from nyckeltal.web.plan.models import Agreement, Goal, Override, Season, Unit
from nyckeltal.when.period import Grain

EVERY_KPI = "*"


def current(day: date) -> core.Plan | None:
    """The plan in force on that day; where there are two, the one that began later."""
    season = current_season(day)
    return plan(season) if season else None


def current_season(day: date) -> Season | None:
    return Season.objects.in_force(day).order_by("-starts", "-pk").first()


def plan(season: Season) -> core.Plan:
    """A goal for each person stands as one goal a person, `key/agent`, all with the key as `together`."""
    goals = list(season.goals.filter(removed_at=None).select_related("unit", "parent").prefetch_related("agreements").order_by("pk"))
    units = list(season.units.all())
    used = {one.unit.pk for one in goals}
    return core.Plan(
        id=f"season-{season.pk}",
        name=season.name,
        objective=season.objective,
        starts=season.starts,
        ends=season.ends,
        units=tuple(unit(one) for one in units if one.primary or one.pk in used or one.level == "company"),
        goals=tuple(made for one in goals for made in goals_of(one)),
        overrides=tuple(made for one in _overrides(season) for made in overrides_of(one)),
        stated={"register": {EVERY_KPI: dict(season.register)}} if season.register else {},
    )


def unit(stored: Unit) -> core.Unit:
    return core.Unit(
        id=stored.unit_id,
        level=cast("core.Level", stored.level),
        primary=cast("core.Direction", stored.primary) if stored.primary else None,
        secondary=cast("core.Direction", stored.secondary) if stored.secondary else None,
        claims_quality=stored.claims_quality,
        rotation=tuple(stored.rotation),
    )


def goals_of(stored: Goal) -> Iterator[core.Goal]:
    """One, or at the agent's level one for each person who is there and has one yet."""
    if stored.level == "agent":
        yield from (goal(stored, one) for one in of_those_present(stored) if one.state != Agreement.State.MEASURING)
    else:
        yield goal(stored, next((one for one in stored.agreements.all() if one.agent_id == stored.owner), None))


def of_those_present(stored: Goal) -> list[Agreement]:
    """Without whoever has left the team since: their word is kept and counts no more."""
    agreements = list(stored.agreements.all())
    if stored.level != "agent":
        return agreements
    there = members(stored)
    return [one for one in agreements if one.agent_id in there] if there else agreements


def members(stored: Goal) -> frozenset[str]:
    """The agents of its team today, or on the day of its time that is nearest."""
    today = timezone.now().date()
    day = max(stored.starts, min(stored.ends, today))
    return frozenset(organisation(min(day, today)).agents_in(frozenset({stored.unit.unit_id})))


def goal(stored: Goal, agreement: Agreement | None) -> core.Goal:
    """A goal with what that person has of the own: target, baseline, chance, answer."""
    personal = stored.level == "agent" and agreement is not None
    own = agreement if agreement is not None and agreement.own_target else stored
    return core.Goal(
        id=key_of(stored, agreement) if personal and agreement else stored.key,
        unit=stored.unit.unit_id,
        kpi=stored.kpi,
        level=cast("core.Level", stored.level),
        owner=agreement.agent_id if personal and agreement else stored.owner,
        starts=stored.starts,
        ends=stored.ends,
        role=cast("core.Role", stored.role),
        variant=stored.variant,
        settings=stored.settings,
        target=None if stored.is_band else own.target,
        band=core.Band(own.band_low, own.band_high) if stored.is_band else None,
        assess=Grain(stored.assess),
        provisional=stored.provisional,
        baseline=_baseline(agreement.baseline if personal and agreement else stored.baseline),
        benchmark=_benchmark(stored),
        reach=agreement.reach if personal and agreement else stored.reach,
        effect=stored.effect,
        **_words(stored),
        parent=stored.parent.key if stored.parent and stored.parent.removed_at is None else "",
        accepted_at=agreement.answered_at if agreement and agreement.state == Agreement.State.AGREED else None,
        refused_why=agreement.refused_why if agreement and agreement.state == Agreement.State.REFUSED else "",
        together=stored.key if personal else "",
    )


def key_of(stored: Goal, agreement: Agreement) -> str:
    return f"{stored.key}/{agreement.agent_id}"


def overrides_of(stored: Override) -> Iterator[core.Override]:
    """For the goal; for a goal of each person, each person's and what they have together; for a unit, or for the plan."""
    goal = stored.goal
    named = (
        [stored.unit.unit_id if stored.unit else ""]
        if goal is None
        else [goal.key, *(key_of(goal, one) for one in goal.agreements.all() if goal.level == "agent")]
    )
    for key in named:
        yield core.Override(stored.rule, key, stored.by_name, stored.at, stored.reason)


def _overrides(season: Season) -> list[Override]:
    found = season.overrides.filter(withdrawn_at=None).select_related("goal", "unit").prefetch_related("goal__agreements")
    return [one for one in found if one.goal is None or one.goal.removed_at is None]


def _words(stored: Goal) -> dict[str, Any]:
    names = ("purpose", "why", "influence", "method", "action", "link_reason")
    return {name: getattr(stored, name) for name in names} | {"support": tuple(stored.support)}


def _baseline(kept: Mapping[str, Any] | None) -> core.Baseline | None:
    return core.Baseline(kept["value"], kept.get("n"), kept["periods"], kept.get("low"), kept.get("high")) if kept else None


def _benchmark(stored: Goal) -> core.Benchmark | None:
    if stored.benchmark_value is None and not stored.benchmark_source:
        return None
    return core.Benchmark(stored.benchmark_value, stored.benchmark_source, stored.benchmark_variant, stored.benchmark_peers)
