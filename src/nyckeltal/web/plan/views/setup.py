"""Set-up in three steps, unit by unit: define the purpose, choose the few, measure and follow up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nyckeltal.web.kpi import asking
from nyckeltal.web.people.models import User
from nyckeltal.web.people.planned import NOT_YOURS_TO_SET, Sight, enter, require
from nyckeltal.web.people.session import signed_in
from nyckeltal.web.plan import actions, agreeing, cards, choosing, finding, guarding, measuring, setting, ways
from nyckeltal.web.plan.forms import DIRECTIONS, MEANT, GoalForm, PurposeForm, ReasonForm
from nyckeltal.web.plan.models import Goal, Override, Unit
from nyckeltal.web.plan.setting import Place

FORM = ["GET", "HEAD", "POST"]


@require_http_methods(FORM)
def purpose(request: HttpRequest, season_id: int, unit_id: str) -> HttpResponse:
    """Step one: what it is for."""
    person = signed_in(request)
    sight, unit = finding.unit_of(person, season_id, unit_id)
    sets = sight.sets(unit.level, unit.unit_id, bottom_up=unit.season.bottom_up) and not unit.season.is_over
    if request.method == "POST":
        require(sets, NOT_YOURS_TO_SET)
        form = PurposeForm(request.POST, unit=unit)
        if form.is_valid():
            _keep_purpose(form, unit, person)
            return redirect("plan:choose", unit.season.pk, unit.unit_id)
    else:
        known = {"objective": unit.season.objective, "primary": unit.primary or "service", "secondary": unit.secondary or "efficiency"}
        form = PurposeForm(initial=known | {"claims_quality": unit.claims_quality}, unit=unit)
    context = {"form": form, "meant": [(DIRECTIONS[one], MEANT[one]) for one in DIRECTIONS], "sets": sets}
    return render(request, "plan/purpose.html", context | _about(sight, unit, 1), status=422 if form.errors else 200)


def _keep_purpose(form: PurposeForm, unit: Unit, person: User) -> None:
    said = form.cleaned_data
    actions.set_directions(unit, said["primary"], said["secondary"], by=person, claims_quality=said["claims_quality"])
    if "objective" in said:
        actions.change_season(unit.season, by=person, objective=said["objective"].strip())


@require_safe
def choose(request: HttpRequest, season_id: int, unit_id: str) -> HttpResponse:
    """Step two: the few."""
    person = signed_in(request)
    sight, unit = finding.unit_to_set(person, season_id, unit_id)
    level = cards.level_set(sight, unit)
    goals = [goal for goal in cards.goals_of(unit) if goal.level == level]
    above = choosing.parents(unit.season, unit, level)
    context = {
        "level": level,
        "asked_of": choosing.ASKED_OF[level],
        "slots": choosing.slots(goals),
        "quiet": [(goal, choosing.name_of(goal.kpi)) for goal in goals if goal.role == "guard"],
        "suggestions": choosing.suggestions(unit, level, goals, above),
        "rotation": [(kpi, choosing.name_of(kpi)) for kpi in unit.rotation],
        "everything": choosing.everything(level, {goal.kpi for goal in goals}),
        "above": [(choosing.name_of(goal.kpi), cards.unit_name(goal.unit)) for goal in above],
        "guards": guarding.guards(unit.season, sight).of_unit(unit),
        "sets": not unit.season.is_over,
    }
    return render(request, "plan/choose.html", context | _about(sight, unit, 2))


@require_safe
def measure(request: HttpRequest, season_id: int, unit_id: str) -> HttpResponse:
    """Step three: measure and follow up. For those who read, the goals as they stand."""
    person = signed_in(request)
    sight, unit = finding.unit_of(person, season_id, unit_id)
    return _measured(request, person, sight, unit)


def _measured(request: HttpRequest, person: User, sight: Sight, unit: Unit, data: dict[int, Any] | None = None, status: int = 200) -> HttpResponse:
    cards.begin(person, sight, unit)
    page = cards.page(person, sight, unit, guarding.guards(unit.season, sight), data)
    return render(request, "plan/measure.html", {"page": page} | _about(sight, unit, 3), status=status)


def _about(sight: Sight, unit: Unit, step: int) -> dict[str, Any]:
    """What all three steps show."""
    return {
        "season": unit.season,
        "unit": unit,
        "name": cards.unit_name(unit),
        "sight": sight,
        "step": step,
        "may_set": any(finding.sets_level(sight, unit, level) for level in (unit.level, "agent")),
        "directions": [DIRECTIONS.get(one, "") for one in (unit.primary, unit.secondary)],
    }


@require_POST
def add(request: HttpRequest, season_id: int, unit_id: str) -> HttpResponse:
    """A key figure becomes a goal, or waits on the rotation list, or leaves it."""
    person = signed_in(request)
    sight, unit = finding.unit_to_set(person, season_id, unit_id)
    level, kpi, do = request.POST.get("level", unit.level), request.POST.get("kpi", ""), request.POST.get("do", "add")
    require(finding.sets_level(sight, unit, level), NOT_YOURS_TO_SET)
    if kpi not in asking.kpis():
        raise Http404
    if do in {"park", "unpark"}:
        setting.park_kpi(unit, kpi, by=person, waits=do == "park")
        return redirect("plan:choose", season_id, unit_id)
    role = request.POST.get("role", "primary")
    try:
        ways.set_up(person, unit, level, kpi, role if role in {"primary", "secondary", "guard"} else "primary")
    except ValidationError as mistake:
        return _not_done(request, unit, mistake)
    return redirect("plan:choose", season_id, unit_id)


@require_POST
def save(request: HttpRequest, goal_id: int) -> HttpResponse:
    """The draft of a goal as typed; to htmx only what follows from it, so that nobody’s cursor is moved."""
    person = signed_in(request)
    sight, goal = finding.goal_to_set(person, goal_id)
    try:
        form = _saved(request, person, goal)
    except ValidationError as mistake:
        return _not_done(request, goal.unit, mistake)
    measuring.measure(person, form.goal)
    if not getattr(request, "htmx", False):
        if form.errors or form.clashes:
            form.show_stored()
            return _measured(request, person, sight, goal.unit, {goal.pk: form}, status=409 if form.clashes else 422)
        return redirect(_place(goal))
    return _live(request, person, sight, goal.unit, form)


@transaction.atomic
def _saved(request: HttpRequest, person: User, goal: Goal) -> GoalForm:
    """Against what stands there now, which nobody changes until it is done."""
    now = Goal.objects.select_for_update(of=("self",)).select_related("season", "unit", "unit__season", "parent").get(pk=goal.pk)
    form = cards.form_of(now, asking.kpis().get(now.kpi), request.POST)
    form.is_valid()
    setting.change_goal(now, form.fields_of_goal(person), by=person)
    return form


def _live(request: HttpRequest, person: User, sight: Sight, unit: Unit, form: GoalForm | None = None) -> HttpResponse:
    """What the rules say now, in its places on the page that is open; `form` is what was typed."""
    page = cards.page(person, sight, unit, guarding.guards(unit.season, sight), {form.goal.pk: form} if form else None)
    typed = {"changed": form.goal.pk, "bad": bool(form.errors or form.clashes)} if form else {}
    return render(request, "plan/live.html", {"page": page} | typed | _about(sight, unit, 3))


@require_safe
def known(request: HttpRequest, season_id: int, unit_id: str) -> HttpResponse:
    """Asked by a page while what its rules rest on is being worked out."""
    person = signed_in(request)
    sight, unit = finding.unit_to_set(person, season_id, unit_id)
    return _live(request, person, sight, unit)


@require_POST
def way(request: HttpRequest, goal_id: int) -> HttpResponse:
    """A way out that a message offers."""
    person = signed_in(request)
    sight, goal = finding.goal_to_set(person, goal_id)
    do, value = request.POST.get("do", ""), request.POST.get("value", "")
    if do in {"team", "company"}:
        require(finding.sets_level(sight, goal.unit, "team") if do == "team" else sight.manages, NOT_YOURS_TO_SET)
    try:
        found = ways.take(person, goal, do, value)
    except ValidationError as mistake:
        return _not_done(request, goal.unit, mistake)
    if request.POST.get("back") == "choose":
        return redirect("plan:choose", goal.season.pk, goal.unit.unit_id)
    return redirect(_place(found) if found else reverse("plan:measure", args=[goal.season.pk, goal.unit.unit_id]))


@require_http_methods(FORM)
def override(request: HttpRequest, goal_id: int, rule: str) -> HttpResponse:
    """Set a rule aside for a goal, with a reason that stands beside it wherever it is shown."""
    person = signed_in(request)
    sight, goal = finding.goal_to_set(person, goal_id)
    about = {"what": choosing.name_of(goal.kpi), "back": _place(goal)} | _about(sight, goal.unit, 3)
    return _override(request, person, guarding.guards(goal.season, sight).of(goal), rule, Place(goal.season, goal=goal), about)


@require_http_methods(FORM)
def override_unit(request: HttpRequest, season_id: int, unit_id: str, rule: str) -> HttpResponse:
    """The same for what is said of a unit as a whole."""
    person = signed_in(request)
    sight, unit = finding.unit_to_set(person, season_id, unit_id)
    about = {"what": cards.unit_name(unit), "back": _measure(unit)} | _about(sight, unit, 3)
    return _override(request, person, guarding.guards(unit.season, sight).of_unit(unit), rule, Place(unit.season, unit=unit), about)


@require_http_methods(FORM)
def override_plan(request: HttpRequest, season_id: int, rule: str) -> HttpResponse:
    """And for what is said of the plan."""
    person = signed_in(request)
    sight, season = finding.managed(person, season_id)
    about = {"what": season.name, "back": reverse("plan:season", args=[season.pk]), "season": season, "sight": sight}
    return _override(request, person, guarding.guards(season, sight).whole, rule, Place(season), about)


def _override(request: HttpRequest, person: User, told: Sequence[guarding.Guard], rule: str, place: Place, about: Mapping[str, Any]) -> HttpResponse:
    guard = next((one for one in told if one.rule == rule and one.override is None), None)
    if guard is None or guard.severity == "advice":
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            setting.set_aside(place, rule, form.cleaned_data["reason"], by=person)
            return redirect(about["back"])
        except ValidationError as mistake:
            form.add_error("reason", mistake.messages[0])
    return render(request, "plan/override.html", {"form": form, "guard": guard, **about}, status=422 if form.errors else 200)


@require_POST
def hold_again(request: HttpRequest, override_id: int) -> HttpResponse:
    person = signed_in(request)
    sight = enter(person)
    found = Override.objects.filter(pk=override_id, withdrawn_at=None).select_related("goal", "goal__unit", "goal__season", "unit", "season").first()
    require(found is not None, NOT_YOURS_TO_SET)
    if found is None:
        raise Http404
    if found.goal is not None:
        _sight, goal = finding.goal_to_set(person, found.goal.pk)
        back = _place(goal)
    else:
        require(guarding.sets_whole(found.unit, found.season, sight), NOT_YOURS_TO_SET)
        back = _measure(found.unit) if found.unit else reverse("plan:season", args=[found.season.pk])
    setting.hold_again(found, by=person)
    return redirect(back)


@require_POST
def ask(request: HttpRequest, season_id: int, unit_id: str) -> HttpResponse:
    """Ask for agreement, where nothing stands in the way."""
    person = signed_in(request)
    sight, unit = finding.unit_to_set(person, season_id, unit_id)
    page = cards.page(person, sight, unit, guarding.guards(unit.season, sight))
    if page.blocked or not page.sets:
        return _measured(request, person, sight, unit, status=409)
    agreeing.ask([card.goal for card in page.cards], by=person)
    return redirect("plan:measure", season_id, unit_id)


def _measure(unit: Unit) -> str:
    return reverse("plan:measure", args=[unit.season.pk, unit.unit_id])


def _place(goal: Goal) -> str:
    return f"{_measure(goal.unit)}#goal-{goal.pk}"


def _not_done(request: HttpRequest, unit: Unit, mistake: ValidationError) -> HttpResponse:
    context = {"season": unit.season, "unit": unit, "name": cards.unit_name(unit), "messages": mistake.messages}
    return render(request, "plan/not_done.html", context, status=409)
