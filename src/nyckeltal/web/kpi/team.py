"""The people of a team, for the one who leads it: by name, never by value, against chance and number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop, ngettext

from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.definition import Kpi
from nyckeltal.kpi.funnel import comparable
from nyckeltal.plan.fair import Fair, Family
from nyckeltal.web.frame import numbers
from nyckeltal.web.frame.drawing import Chart, Width
from nyckeltal.web.frame.figures import digits_for, short, why, why_short
from nyckeltal.web.frame.say import say
from nyckeltal.web.kpi import asking, fairly, funnels, names, table
from nyckeltal.web.kpi.focused import Focused
from nyckeltal.web.kpi.question import PageQuestion, period_words
from nyckeltal.web.people import access, looks
from nyckeltal.web.people.models import Look, User
from nyckeltal.web.people.organisation import organisation
from nyckeltal.web.people.roles import Role
from nyckeltal.when.period import Period, add_months

COMPARED_MONTHS = 3
WIDTHS: tuple[Width, ...] = ("narrow", "mid", "wide")
FOLLOWING_UP = gettext_noop("Following up the own team")


@dataclass(frozen=True)
class Member:
    name: str
    address: str


@dataclass(frozen=True)
class PersonRow:
    name: str
    address: str
    value: str
    range: str
    n: str
    reason: str
    alone: bool  # shown, but resting on too little to be compared
    adjusted: str = ""
    about: str = ""  # what the same mix would have given


@dataclass(frozen=True)
class People:
    """One KPI over the people of a team. `raw` are the plain figures, where `chart` shows them adjusted."""

    kpi: Kpi
    name: str
    period: str
    chart: Chart | None
    instead: str  # said where nothing can be drawn
    spread: bool
    outside: bool
    rows: Sequence[PersonRow]
    raw: Chart | None = None


def ruling(person: User) -> access.Ruling:
    """What being a leader opens: the teams led today."""
    rulings = access.explain(person, access.Thing.FIGURES, ["agent"])
    return next(one for one in rulings if one.role is Role.LEADER)


def led(person: User) -> list[tuple[str, str]]:
    """Ids and names of the teams, by name."""
    found = ruling(person)
    teams = found.within.get("team", frozenset()) if found.allowed else frozenset()
    return sorted(((team, names.named("team", team)) for team in teams), key=lambda pair: pair[1].casefold())


def members(team: str) -> list[Member]:
    """Who serves customers there today, by name."""
    people = organisation(_today()).agents_in(frozenset({team}))
    return [Member(name, reverse("kpi:person", args=[team, agent])) for name, agent in sorted((names.named("agent", one), one) for one in people)]


def clients_of(team_rows: Sequence[Mapping[str, Any]], team: str) -> list[str]:
    return next((list(row["client_ids"] or ()) for row in team_rows if row["team_id"] == team), [])


def people(person: User, page: Focused, team: str, kpis: Sequence[str] = ()) -> list[People]:
    """For each of these KPIs, else of the page's, that a person can have; three months together, since one is little. What is shown of persons is logged."""
    span = Period(add_months(page.period.start, 1 - COMPARED_MONTHS), page.period.end)
    known = [asking.kpis()[kpi] for kpi in (kpis or page.told) if kpi in asking.kpis()]
    asked = [kpi.id for kpi in known if not kpi.said(level="agent").refused and "agent" not in kpi.never]
    if not asked:
        return []
    question = PageQuestion(asked[0], span.start, span.last, by=("agent",), chosen={"team": team})
    told = asking.tell_together(person, asked, question)
    shown = [kpi for kpi in asked if any(one.value is not None for one in told[kpi].figures)]
    families = fairly.families(person, shown, team, span) if shown else {}
    words = period_words(span.start, span.last)
    found = [_people(asking.kpis()[kpi], list(told[kpi].figures), team, words, families.get(kpi)) for kpi in asked]
    seen = {str(figure.by["agent"]) for one in told.values() for figure in one.figures if figure.by.get("agent")}
    log_once_a_day(person, seen, ", ".join([names.named("team", team), span.label]))
    return [one for one in found if one.rows]


def log_once_a_day(person: User, agents: set[str], what: str) -> None:
    """A page that shows several persons is one look at each of them a day, however often it is opened."""
    since = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    seen = set(Look.objects.filter(by=person, at__gte=since, thing=Look.Thing.FIGURES, what=what).values_list("agent_id", flat=True))
    looks.log_figures(person, agents - seen, what=what, purpose=FOLLOWING_UP)


def _people(kpi: Kpi, figures: list[Figure], team: str, words: str, family: Family | None = None) -> People:
    named = sorted((figure for figure in figures if figure.by.get("agent")), key=lambda one: names.named("agent", one.by["agent"]).casefold())
    name = say(kpi.text("name"))
    about = f"{name}, {names.named('team', team)}, {words}"
    drawn = funnels.of_people(named, about, WIDTHS)
    fair = _fair(family, named) if drawn is not None else {}
    rows = [_row(figure, team, fair.get(str(figure.by["agent"]))) for figure in named]
    if drawn is None:
        return People(kpi, name, words, None, _instead(kpi, named), spread=False, outside=False, rows=rows)
    chart, found = drawn
    if family is None or not fair:
        return People(kpi, name, words, chart, "", found.spread, outside=not all(found.inside(figure) for figure in found.figures), rows=rows)
    adjusted = funnels.of_fair(family, fair, about, found.figures[0].shown_in, digits_for(found.figures[0]), WIDTHS)
    outside = any(one.place != "usual" for one in fair.values())
    return People(kpi, name, words, adjusted, "", family.spread, outside=outside, rows=rows, raw=chart)


def _fair(family: Family | None, figures: Sequence[Figure]) -> dict[str, Fair]:
    """Of those who are shown and rest on enough to be compared."""
    shown = {str(figure.by["agent"]) for figure in figures if comparable(figure)}
    return {agent: one for agent, one in family.people.items() if agent in shown} if family is not None else {}


def _instead(kpi: Kpi, figures: Sequence[Figure]) -> str:
    """Why people are not compared here."""
    least = kpi.sample_of(figures[0].variant if figures else None).get("compare", 0)
    enough = sum(1 for figure in figures if figure.value is not None and figure.parts.get("compare", True))
    said = {"n": enough, "least": numbers.whole(least)}
    if not least:
        return gettext("There are too few people to compare.")
    return (
        ngettext(
            "%(n)s person has the %(least)s that a fair comparison takes, so nobody is compared.",
            "%(n)s persons have the %(least)s that a fair comparison takes, so nobody is compared.",
            enough,
        )
        % said
    )


def _row(figure: Figure, team: str, fair: Fair | None = None) -> PersonRow:
    agent = str(figure.by["agent"])
    name, address = names.named("agent", agent), reverse("kpi:person", args=[team, agent])
    n = "" if figure.n is None else numbers.whole(figure.n)
    if figure.value is None:
        return PersonRow(name, address, why_short(figure), "", n, why(figure), alone=False)
    digits = digits_for(figure)
    alone = figure.parts.get("compare") is False
    adjusted, about = (short(fair.value, figure.shown_in, digits), say(fair.about)) if fair else ("", "")
    return PersonRow(name, address, short(figure.value, figure.shown_in, digits), table.between(figure, digits), n, "", alone, adjusted, about)


def _today() -> date:
    return timezone.now().date()
