"""Verbs about a season and its units: make, change, put in force, end. Each is one transaction and writes down who did it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from nyckeltal.web.people.models import User
from nyckeltal.web.people.organisation import clients, organisation, teams
from nyckeltal.web.plan import changes
from nyckeltal.web.plan.models import COMPANY, Agreement, Goal, Reminder, Season, Unit

CARRIED = (
    "key", "level", "kpi", "variant", "settings", "owner", "target", "band_low", "band_high", "is_band", "assess", "benchmark_value", "benchmark_source",
    "benchmark_variant", "benchmark_peers", "effect", "purpose", "why", "influence", "method", "action", "support", "link_reason",
)  # fmt: skip


@transaction.atomic
def make_season(name: str, starts: date, ends: date, *, by: User | None, objective: str = "", bottom_up: bool = False, follows: Season | None = None) -> Season:
    """A draft with a unit for the company, each client and each team that has agents on its first day or today."""
    season = Season(name=name, starts=starts, ends=ends, objective=objective, bottom_up=bottom_up, follows=follows, made_by=by)
    _checked(season)
    season.save()
    Unit.objects.bulk_create([Unit(season=season, level=level, unit_id=unit) for level, unit in _units(starts)])
    changes.note(season, "made", by=by, after=name)
    return season


def _units(day: date) -> list[tuple[str, str]]:
    """A client and a team may be called alike: the second keeps its place by its level."""
    now = organisation(min(day, timezone.now().date()))
    found = [("company", COMPANY), *(("client", one) for one in clients()), *(("team", one) for one in teams() if now.agents.get(one))]
    return [(level, unit) for number, (level, unit) in enumerate(found) if unit not in [one for _level, one in found[:number]]]


def _checked(season: Season) -> None:
    if season.ends < season.starts:
        raise ValidationError({"ends": _("The last day lies before the first.")})
    if (season.ends - season.starts).days < 27:
        raise ValidationError({"ends": _("A season lasts at least a month; half a year is usual.")})
    season.full_clean(exclude=["made_by", "follows"])


@transaction.atomic
def change_season(season: Season, *, by: User | None, **fields: Any) -> Season:
    """Name, dates, objective and order of work; goals follow the dates that they had from the season, and whoever had answered is asked anew."""
    _open(season)
    was = {"starts": season.starts, "ends": season.ends}
    for what, names in (("name", ("name",)), ("dates", ("starts", "ends")), ("objective", ("objective",)), ("order", ("bottom_up",))):
        before = _said(season, names)
        for name in names:
            setattr(season, name, fields.get(name, getattr(season, name)))
        if _said(season, names) != before:
            changes.note(season, what, by=by, before=before, after=_said(season, names))
    _checked(season)
    season.changed_at = timezone.now()
    season.save(update_fields=["name", "starts", "ends", "objective", "bottom_up", "changed_at"])  # not the state, which may have moved on
    for name, value in was.items():
        if value != getattr(season, name):
            _moved(season, name, value)
    return season


def _moved(season: Season, name: str, was: date) -> None:
    """One agreed to reach it by a day: with another day it is another goal, and another chance."""
    moved = list(season.goals.filter(**{name: was}).values_list("pk", flat=True))
    Goal.objects.filter(pk__in=moved).update(**{name: getattr(season, name)}, reach=None)
    Agreement.objects.filter(goal__in=moved).update(reach=None)
    Agreement.objects.filter(goal__in=moved, goal__removed_at=None).ask_anew()


def _said(season: Season, names: tuple[str, ...]) -> str:
    if names == ("bottom_up",):
        return "bottom_up" if season.bottom_up else "top_down"
    return " – ".join(str(getattr(season, name)) for name in names)


@transaction.atomic
def set_directions(unit: Unit, primary: str, secondary: str, *, by: User | None, claims_quality: bool = False) -> None:
    """The company's directions are those of every unit that has none of its own."""
    _open(unit.season)
    if primary and primary == secondary:
        raise ValidationError({"secondary": _("Choose another direction than the first.")})
    before = [unit.primary, unit.secondary]
    inherit = [one for one in unit.season.units.exclude(pk=unit.pk) if [one.primary, one.secondary] in (["", ""], before)] if unit.level == "company" else []
    if claims_quality != unit.claims_quality:
        changes.note(unit.season, "claims_quality", by=by, before=unit.claims_quality, after=claims_quality)
    for one in [unit, *inherit]:
        one.primary, one.secondary = primary, secondary
    unit.claims_quality = claims_quality
    Unit.objects.bulk_update([unit, *inherit], ["primary", "secondary", "claims_quality"])
    if before != [primary, secondary]:
        changes.note(unit.season, "directions", by=by, before=before, after=[primary, secondary])
    touch(unit.season)


@transaction.atomic
def keep_register(season: Season, entry: Mapping[str, str], *, by: User | None) -> None:
    """What has been done before persons are measured; what is empty is missing."""
    _open(season)
    kept = {name: said.strip() for name, said in entry.items() if said.strip()}
    if kept != season.register:
        changes.note(season, "register", by=by, before=season.register, after=kept)
        season.register = kept
        season.save(update_fields=["register"])
        touch(season)


@transaction.atomic
def put_in_force(season: Season, *, by: User | None) -> None:
    """From its first day on it is the plan; one that it follows ends the day before."""
    _open(season)
    if not season.goals.filter(removed_at=None).exists():
        raise ValidationError(_("There is no goal in this plan yet."))
    for other in Season.objects.filter(state=Season.State.IN_FORCE, ends__gte=season.starts, starts__lte=season.ends).exclude(pk=season.pk):
        raise ValidationError(_("%(plan)s is in force in those days. End it first, or begin after it."), params={"plan": other.name})
    Season.objects.filter(pk=season.pk).update(state=Season.State.IN_FORCE)
    season.refresh_from_db()
    changes.note(season, "in_force", by=by)


@transaction.atomic
def end_season(season: Season, *, by: User | None) -> None:
    _open(season)
    Season.objects.filter(pk=season.pk).update(state=Season.State.OVER)
    Reminder.objects.filter(agreement__goal__season=season).delete()
    season.refresh_from_db()
    changes.note(season, "over", by=by)


@transaction.atomic
def next_season(season: Season, name: str, starts: date, ends: date, *, roles: Mapping[int, str], by: User | None) -> Season:
    """The next one from this: `roles` says of each goal what it is then: primary, secondary, guard; those that are not named are left behind."""
    made = make_season(name, starts, ends, by=by, objective=season.objective, bottom_up=season.bottom_up, follows=season)
    Season.objects.filter(pk=made.pk).update(register=season.register)
    for unit in season.units.all():
        Unit.objects.filter(season=made, unit_id=unit.unit_id).update(
            primary=unit.primary, secondary=unit.secondary, claims_quality=unit.claims_quality, rotation=unit.rotation
        )
    units = {unit.unit_id: unit for unit in made.units.all()}
    copies: dict[int, Goal] = {}
    for goal in season.goals.filter(removed_at=None).select_related("unit").order_by("pk"):
        if goal.pk in roles and goal.unit.unit_id in units:
            copies[goal.pk] = _carried(goal, made, units[goal.unit.unit_id], roles[goal.pk], by)
    for goal in season.goals.filter(pk__in=copies, parent__in=copies):
        Goal.objects.filter(pk=copies[goal.pk].pk).update(parent=copies[goal.parent_id or 0])
    changes.note(season, "rotated", by=by, after=made.name)
    return made


def _carried(goal: Goal, season: Season, unit: Unit, role: str, by: User | None) -> Goal:
    """Asked anew and measured anew: a baseline and an answer are of their season."""
    people = [(one.agent_id, one.own_target, one.target, one.band_low, one.band_high) for one in goal.agreements.all()]
    fields = {name: getattr(goal, name) for name in CARRIED}
    copy = Goal.objects.create(**fields, season=season, unit=unit, role=role, starts=season.starts, ends=season.ends, made_by=by)
    made = [Agreement(goal=copy, agent_id=agent, own_target=own, target=target, band_low=low, band_high=high) for agent, own, target, low, high in people]
    Agreement.objects.bulk_create(made)
    changes.note(season, "added", by=by, goal=copy)
    return copy


def touch(season: Season, now: datetime | None = None) -> None:
    Season.objects.filter(pk=season.pk).update(changed_at=now or timezone.now())


def _open(season: Season) -> None:
    if season.is_over:
        raise ValidationError(_("This season is over; it is kept as it was."))
