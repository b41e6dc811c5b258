"""The plan as a whole: what waits for oneself, the seasons, how the goals hang together, what changed, the file, and the season that comes after."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nyckeltal.web.people.models import User
from nyckeltal.web.people.paging import page_of
from nyckeltal.web.people.planned import NOT_YOURS_TO_SET, Sight, enter, require
from nyckeltal.web.people.session import signed_in
from nyckeltal.web.plan import actions, cards, changes, choosing, finding, guarding, picture, ready, rotation, waiting
from nyckeltal.web.plan.forms import NewSeasonForm, RegisterForm, RotationForm, SeasonForm, dates
from nyckeltal.web.plan.models import Agreement, Change, Override, Season
from nyckeltal.when.period import add_months

FORM = ["GET", "HEAD", "POST"]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for oneself, and the seasons one may open."""
    person = signed_in(request)
    sight = enter(person)
    seasons = [one for one in Season.objects.all() if sight.whole or not one.is_draft]
    current = next((one for one in seasons if one.state == Season.State.IN_FORCE and one.starts <= _today() <= one.ends), None)
    context = {"sight": sight, "seasons": seasons, "current": current, "own": waiting.own(sight), "waiting": waiting.on_others(sight)}
    if not sight.whole and current:
        context["readable"] = picture.readable(sight, current)
    return render(request, "plan/home.html", context)


@require_http_methods(FORM)
def new(request: HttpRequest) -> HttpResponse:
    """A season begins: its name and dates, from nothing or from a ready plan."""
    person = signed_in(request)
    sight = enter(person)
    require(sight.manages)
    starts = add_months(_today().replace(day=1), 1)
    initial = {"starts": starts, "ends": add_months(starts, 6) - timedelta(days=1), "order": "top"}
    form = NewSeasonForm(request.POST or None, initial=initial, ready=ready.names())
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("plan:purpose", _made(form, person).pk, "company")
        except ValidationError as mistake:
            form.add_error(None, mistake)
    return render(request, "plan/new.html", {"form": form, "ready": ready.described()}, status=422 if form.errors else 200)


def _made(form: NewSeasonForm, person: User) -> Season:
    said = form.cleaned_data
    season = actions.make_season(said["name"], said["starts"], said["ends"], by=person, bottom_up=said["order"] == "bottom")
    if said["template"]:
        ready.begin(season, said["template"], person)
    return season


@require_safe
def season(request: HttpRequest, season_id: int) -> HttpResponse:
    """How the goals hang together, and what stands between the plan and its beginning."""
    person = signed_in(request)
    sight, found = finding.season_of(person, season_id)
    if not sight.whole:
        return render(request, "plan/season.html", _season(sight, found) | {"readable": picture.readable(sight, found)})
    guards = guarding.guards(found, sight)
    context = {"picture": picture.cascade(sight, found, guards), "units": picture.units(sight, found, guards), "whole": guards.whole, "known": guards.known}
    return render(request, "plan/season.html", _season(sight, found) | context)


def _season(sight: Sight, season: Season) -> dict[str, Any]:
    return {"season": season, "sight": sight, "overrides": _overrides(sight, season)}


def _overrides(sight: Sight, season: Season) -> list[tuple[Override, str, str]]:
    """Each with what it is about, and why, where the reader may know."""
    found = season.overrides.filter(withdrawn_at=None).select_related("goal", "goal__unit", "unit")
    return [(one, _about(one), guarding.said(one, sight)) for one in found if _reads(sight, one)]


def _reads(sight: Sight, one: Override) -> bool:
    if one.goal is not None:
        return sight.reads_goal(one.goal.level, one.goal.unit.level, one.goal.unit.unit_id)
    return one.unit is None or sight.reads_unit(one.unit.level, one.unit.unit_id)


def _about(one: Override) -> str:
    if one.goal is not None:
        return f"{choosing.name_of(one.goal.kpi)} · {cards.unit_name(one.goal.unit)}"
    return cards.unit_name(one.unit) if one.unit else ""


@require_http_methods(FORM)
def edit(request: HttpRequest, season_id: int) -> HttpResponse:
    """Name and dates."""
    person = signed_in(request)
    _sight, found = finding.managed(person, season_id)
    form = SeasonForm(request.POST or None, initial=dates(found))
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_season(found, by=person, **form.cleaned_data)
            return redirect("plan:season", found.pk)
        except ValidationError as mistake:
            form.add_error(None, mistake)
    answered = Agreement.objects.filter(goal__season=found, goal__removed_at=None, answered_at__isnull=False).count()
    return render(request, "plan/edit.html", {"form": form, "season": found, "answered": answered}, status=422 if form.errors else 200)


@require_http_methods(FORM)
def register(request: HttpRequest, season_id: int) -> HttpResponse:
    """Measuring persons: purpose, legal basis, who was told and heard. Read by whoever sees the whole plan, kept by managers."""
    person = signed_in(request)
    sight, found = finding.season_of(person, season_id)
    require(sight.whole)
    form = RegisterForm(request.POST or None, initial=found.register)
    if request.method == "POST":
        require(sight.manages, NOT_YOURS_TO_SET)
        if form.is_valid() and not found.is_over:
            actions.keep_register(found, form.cleaned_data, by=person)
            return redirect("plan:register", found.pk)
    said = [(field.label, found.register.get(field.name, "")) for field in form]
    context = {"season": found, "form": form, "said": said, "sets": sight.manages and not found.is_over}
    return render(request, "plan/register.html", context, status=422 if form.errors else 200)


@require_POST
def begin(request: HttpRequest, season_id: int) -> HttpResponse:
    """Put in force."""
    return _turned(request, season_id, actions.put_in_force)


@require_POST
def end(request: HttpRequest, season_id: int) -> HttpResponse:
    return _turned(request, season_id, actions.end_season)


def _turned(request: HttpRequest, season_id: int, verb: Any) -> HttpResponse:
    person = signed_in(request)
    _sight, found = finding.managed(person, season_id)
    try:
        verb(found, by=person)
    except ValidationError as mistake:
        return render(request, "plan/not_done.html", {"season": found, "messages": mistake.messages}, status=409)
    return redirect("plan:season", found.pk)


@require_safe
def history(request: HttpRequest, season_id: int) -> HttpResponse:
    """Who set, changed, agreed, refused, and why; of persons only those whom the reader sees by name."""
    person = signed_in(request)
    sight, found = finding.season_of(person, season_id)
    require(sight.whole)
    rows = Change.objects.filter(season=found).select_related("by", "goal", "goal__unit")
    page = page_of(request, rows.filter(_of_goals_read(sight), _of_persons_seen(sight, found)))
    context = {"season": found, "page": page, "rows": [(change, changes.said(change), changes.about(change), _why(change, sight)) for change in page]}
    return render(request, "plan/history.html", context)


def _why(change: Change, sight: Sight) -> str:
    """Why a rule was set aside for what is set for persons stays with their leader and themselves."""
    goal = change.goal
    kept = change.what == "set_aside" and goal is not None and goal.level == "agent" and goal.unit.unit_id not in sight.led | sight.team
    return "" if kept else change.why


def _of_goals_read(sight: Sight) -> Q:
    if sight.manages or sight.represents:
        return Q()
    above = Q(goal=None) | Q(goal__unit__level="company") | Q(goal__unit__level="client", goal__unit__unit_id__in=sight.clients)
    return above | Q(goal__unit__level="team", goal__unit__unit_id__in=sight.led | sight.team)


def _of_persons_seen(sight: Sight, season: Season) -> Q:
    """One's own, those of the teams led, and for managers the leaders' word on the goals of teams."""
    people = Q(agent_id__in=["", sight.agent]) | Q(agent_id__in=sight.names, goal__level="agent", goal__unit__unit_id__in=sight.led)
    return people | Q(agent_id__in=waiting.leaders(sight, season), goal__level="team")


@require_http_methods(FORM)
def rotate(request: HttpRequest, season_id: int) -> HttpResponse:
    """The next season from this one: what was in focus becomes a quiet guard, what waited takes its turn."""
    person = signed_in(request)
    sight, found = finding.managed(person, season_id)
    proposals = rotation.proposals(found)
    form = RotationForm(request.POST or None, goals={one.goal.pk: (one.label, one.role) for one in proposals}, initial=_next(found))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = actions.next_season(found, said["name"], said["starts"], said["ends"], roles=form.chosen, by=person)
            return redirect("plan:season", rotation.with_waiting(made, person, sight).pk)
        except ValidationError as mistake:
            form.add_error(None, mistake)
    rows = [(one, form[f"goal_{one.goal.pk}"]) for one in proposals]
    context = {"season": found, "form": form, "rows": rows, "waiting": rotation.waiting(found)}
    return render(request, "plan/rotate.html", context, status=422 if form.errors else 200)


def _next(season: Season) -> dict[str, Any]:
    starts = season.ends + timedelta(days=1)
    months = (season.ends.year - season.starts.year) * 12 + season.ends.month - season.starts.month + 1
    ends = add_months(starts.replace(day=1), max(months, 1)) - timedelta(days=1)
    return {"name": "", "starts": starts, "ends": ends}


def _today() -> date:
    return timezone.now().date()
