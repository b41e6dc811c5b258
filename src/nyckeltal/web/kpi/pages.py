"""The pages of the roles: my figures, a team and its people, customer service, our service, evaluations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from nyckeltal.plan.goal import Goal, Plan
from nyckeltal.plan.standing import Standing
from nyckeltal.web.frame import facts, numbers
from nyckeltal.web.kpi import agreed, decisions, fairly, lead, mine, names, overall, planned, queues, reasons, standings, team
from nyckeltal.web.kpi.cards import Card, cards
from nyckeltal.web.kpi.focused import Focused, focused
from nyckeltal.web.kpi.foot import behind, foot
from nyckeltal.web.kpi.forms import allowed_values, months, no_month
from nyckeltal.web.people import access, looks
from nyckeltal.web.people.access import Page
from nyckeltal.web.people.models import User
from nyckeltal.web.people.organisation import organisation
from nyckeltal.web.people.roles import Role
from nyckeltal.web.people.session import signed_in
from nyckeltal.when.period import Period
from nyckeltal.words import Text


@require_safe
def my_figures(request: HttpRequest) -> HttpResponse:
    person = _entering(request, Page.MY_FIGURES)
    ruling = access.figures(person, ["agent"], {"agent": person.agent_id}) if person.agent_id else _ruling(person, Role.AGENT, "agent")
    context: dict[str, Any] = {"ruling": ruling}
    if ruling.allowed:
        plan = planned.current()
        goals, chosen = planned.goals(plan, "agent", person.agent_id), {"agent": person.agent_id}
        page = focused(person, "agent", chosen, _month(request), goals)
        stand = _standings(person, page, goals, chosen, plan)
        context |= _shown(page, "agent", stand=stand) | {"seen": mine.seen(person), "evidence": True}
    return render(request, "kpi/mine.html", context)


@require_safe
def one_team(request: HttpRequest, team_id: str = "") -> HttpResponse:
    person = _entering(request, Page.TEAM)
    teams = team.led(person)
    if not teams:
        return render(request, "kpi/team.html", {"ruling": team.ruling(person)})
    team_id = _one_of(teams, team_id)
    plan = planned.current()
    goals, chosen = planned.goals(plan, "team", team_id), {"team": team_id}
    page = focused(person, "leader", chosen, _month(request), goals)
    stand = _standings(person, page, goals, chosen, plan)
    context = {"teams": teams, "team_id": team_id, "name": names.named("team", team_id), "members": team.members(team_id)}
    if page:
        context["people"] = team.people(person, page, team_id, planned.of_persons(plan, team_id))
        context["decisions"] = decisions.of_team(person, plan, team_id, list(stand.values())) if plan else []
    clients = team.clients_of(facts.current().small("team").to_pylist(), team_id)
    return render(request, "kpi/team.html", context | _shown(page, "team", clients, stand))


@require_safe
def one_person(request: HttpRequest, team_id: str, agent_id: str) -> HttpResponse:
    """A person of the own team, by month; opening it is written down for that person to read."""
    person = _entering(request, Page.TEAM)
    ruling = access.figures(person, ["agent"], {"team": team_id, "agent": agent_id})
    _one_of(team.led(person), team_id)
    if not ruling.allowed or agent_id not in ruling.within.get("agent", {agent_id}):
        raise PermissionDenied(access.OUTSIDE)
    plan = planned.current()
    goals, chosen = _set_in(team_id, agent_id, planned.goals(plan, "agent", agent_id)), {"team": team_id, "agent": agent_id}
    page = focused(person, "agent", chosen, _month(request), goals)
    name = names.named("agent", agent_id)
    if page:
        looks.log_figures(person, [agent_id], what=page.month, purpose=team.FOLLOWING_UP)
    context = {"name": name, "team_id": team_id, "team": names.named("team", team_id)}
    return render(request, "kpi/person.html", context | _shown(page, "person", stand=_standings(person, page, goals, chosen, plan)))


def _set_in(team_id: str, agent_id: str, goals: Sequence[Goal]) -> list[Goal]:
    """What a person agreed to in another team is between that person and its leader; and a leader's reach ends with the membership."""
    members = organisation(planned.today()).agents_in(frozenset({team_id}))
    return [goal for goal in goals if goal.unit == team_id] if agent_id in members else []


@require_safe
def customer_service(request: HttpRequest) -> HttpResponse:
    person = _entering(request, Page.CUSTOMER_SERVICE)
    plan = planned.current()
    goals = planned.goals(plan, "company")
    page = focused(person, "manager", {}, _month(request), goals)
    stand = _standings(person, page, goals, {}, plan)
    context = _shown(page, "company", [client for client, _ in allowed_values(person, "client")], stand)
    if page:
        context |= {"about": reasons.about(person, page, {}, areas=True), "heads": queues.heads(), "service": queues.by_client(person, page)}
        context |= overall.of_plan(person, page, plan, list(stand.values())) if plan else {}
    return render(request, "kpi/service.html", context)


@require_safe
def our_service(request: HttpRequest, client_id: str = "") -> HttpResponse:
    person = _entering(request, Page.OUR_SERVICE)
    ruling = _ruling(person, Role.CLIENT, "client")
    if not ruling.allowed:
        return render(request, "kpi/ours.html", {"ruling": ruling})
    own = sorted(((client, names.named("client", client)) for client in ruling.within["client"]), key=lambda pair: pair[1].casefold())
    client = _one_of(own, client_id)
    plan = planned.current()
    goals, chosen = planned.goals(plan, "client", client), {"client": client}
    page = focused(person, "client", chosen, _month(request), goals)
    stand = _standings(person, page, goals, chosen, plan)
    context = {"own": own, "client_id": client, "name": names.named("client", client)} | _shown(page, "client", [client], stand)
    if page:
        promises = agreed.promises(person, client, page.period.start)
        context |= {"promises": promises, "about": reasons.about(person, page, {"client": client}, areas=False)}
        context |= {"heads": queues.heads(), "service": queues.by_queue(person, page, client)}
        context["lead"] = lead.of_promises(page, promises) or context["lead"]
    return render(request, "kpi/ours.html", context)


@require_safe
def evaluations(request: HttpRequest) -> HttpResponse:
    """What an evaluator will find here, and what there is to read until then."""
    person = signed_in(request)
    if not person.holds(Role.EVALUATOR):
        raise PermissionDenied(Text("access.page", "This page is for those with the role %(role)s.", {"role": str(Role.EVALUATOR.label)}))
    return render(request, "kpi/evaluations.html")


def _entering(request: HttpRequest, page: Page) -> User:
    person = signed_in(request)
    access.enter(person, page)
    return person


def _month(request: HttpRequest) -> str:
    """The month that the address names; the usual one is none."""
    month = request.GET.get("month", "")
    if month and (known := months()) and month not in known:
        raise Http404(no_month(month))
    return month


def _ruling(person: User, role: Role, by: str) -> access.Ruling:
    """What this one role of the person's says."""
    return next(one for one in access.explain(person, access.Thing.FIGURES, [by]) if one.role is role)


def _one_of(own: Sequence[tuple[str, str]], asked: str) -> str:
    """The one asked for, else the first; what is not one's own is refused, whether it exists or not."""
    if not asked and own:
        return own[0][0]
    if asked not in dict(own):
        raise PermissionDenied(access.OUTSIDE)
    return asked


def _standings(person: User, page: Focused | None, goals: Sequence[Goal], chosen: Mapping[str, str], plan: Plan | None) -> dict[str, Standing]:
    """Of a page's goals; a person's are judged in fair comparison with the colleagues of the team they are of."""
    if page is None:
        return {}
    known = [goal for goal in goals if (one := page.figure(goal.kpi, page.month)) is not None and one.value is not None]
    fairs = fairly.of_goals(person, known, page.period)
    return standings.of_page(person, page, goals, chosen, plan, fairs)


def _shown(page: Focused | None, level: str, clients: Sequence[str] = (), stand: Mapping[str, Standing] | None = None) -> dict[str, Any]:
    """What all these pages have in common; nothing where nothing has been loaded."""
    if page is None:
        return {"empty": True}
    found: list[Card] = cards(page, level, clients, stand)
    coming = page.newest if page.months[-1] > page.month else []
    loud = [card for card in found if card.stands is None or not card.stands.quiet]
    stands = [card.stands for card in found if card.stands is not None]
    told = foot(page.shown, numbers.period(page.month), coming)
    return {
        "page": page, "cards": loud, "quiet": [card for card in found if card not in loud], "month": numbers.period(page.month),
        "lead": lead.in_all(lead.of_goals(stands, own=level == "agent"), lead.of_cards(page, loud)),
        "before": _neighbour(page.before, page.month), "after": _neighbour(page.after, page.month),
        "nothing": not any(card.shown and card.shown.value for card in found),
        "foot": told and told | {"behind": behind([*page.shown, *coming])},
    }  # fmt: skip


def _neighbour(month: str, shown: str) -> Mapping[str, str] | None:
    """Without the year where it is the same."""
    short = numbers.month_alone(Period.of(month).start) if month and month[:4] == shown[:4] else numbers.period(month) if month else ""
    return {"id": month, "name": numbers.period(month), "short": short} if month else None
