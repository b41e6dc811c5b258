"""Finds a season, a unit, a goal or one's own agreement for a person, or refuses: access first, then whether there is such a thing."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import get_object_or_404

from nyckeltal.web.people.models import User
from nyckeltal.web.people.planned import NOT_YOURS_TO_SET, Sight, enter, require
from nyckeltal.web.plan.models import UNASKED, Agreement, Goal, Season, Unit


def season_of(person: User, season_id: int) -> tuple[Sight, Season]:
    """A draft is for those who make it; agents and clients see what is in force or was."""
    sight = enter(person)
    season = get_object_or_404(Season, pk=season_id)
    require(sight.whole or not season.is_draft)
    return sight, season


def managed(person: User, season_id: int) -> tuple[Sight, Season]:
    sight = enter(person)
    require(sight.manages, NOT_YOURS_TO_SET)
    return sight, get_object_or_404(Season, pk=season_id)


def unit_of(person: User, season_id: int, unit_id: str) -> tuple[Sight, Unit]:
    sight, season = season_of(person, season_id)
    unit = season.units.select_related("season").filter(unit_id=unit_id).first()
    require(sight.manages or (unit is not None and sight.reads_unit(unit.level, unit.unit_id)))
    if unit is None:
        raise Http404
    return sight, unit


def unit_to_set(person: User, season_id: int, unit_id: str) -> tuple[Sight, Unit]:
    """Where this person sets goals of some level."""
    sight, unit = unit_of(person, season_id, unit_id)
    require(any(sets_level(sight, unit, level) for level in (unit.level, "agent")), NOT_YOURS_TO_SET)
    return sight, unit


def sets_level(sight: Sight, unit: Unit, level: str) -> bool:
    """May the person set goals of this level for the unit? Goals for persons belong to a team."""
    if level not in (unit.level, *(("agent",) if unit.level == "team" else ())):
        return False
    return sight.sets(level, unit.unit_id, bottom_up=unit.season.bottom_up)


def goal_to_set(person: User, goal_id: int) -> tuple[Sight, Goal]:
    sight = enter(person)
    require(sight.manages or bool(sight.led), NOT_YOURS_TO_SET)
    goal = get_object_or_404(Goal.objects.select_related("season", "unit", "unit__season", "parent"), pk=goal_id, removed_at=None)
    require(sets_level(sight, goal.unit, goal.level), NOT_YOURS_TO_SET)
    return sight, goal


def agreement_of(person: User, agreement_id: int) -> tuple[Sight, Agreement]:
    """For the person it is about, and for whoever sets that goal and sees the person by name; nobody else learns that there is one."""
    sight = enter(person)
    found = Agreement.objects.select_related("goal", "goal__season", "goal__unit", "goal__unit__season", "goal__parent").filter(pk=agreement_id)
    agreement = found.filter(goal__removed_at=None).first()
    if agreement is None or not (is_own(sight, agreement) or answers(sight, agreement)):
        raise Http404
    if is_own(sight, agreement) and not answers(sight, agreement) and agreement.state in UNASKED:
        raise Http404  # still being written
    return sight, agreement


def is_own(sight: Sight, agreement: Agreement) -> bool:
    return bool(sight.agent) and agreement.agent_id == sight.agent


def answers(sight: Sight, agreement: Agreement) -> bool:
    """The other side of the talk: the leader for the agents, managers for the leaders."""
    goal = agreement.goal
    sees = goal.level == "team" or sight.sees_person(agreement.agent_id)
    return sees and sets_level(sight, goal.unit, goal.level) and not (is_own(sight, agreement) and not sight.manages)
