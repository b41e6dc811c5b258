"""The pages of this room, in the order of `urls.py`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.definition import Kpi
from nyckeltal.kpi.trend import trend
from nyckeltal.web.frame.figures import show
from nyckeltal.web.frame.say import say, say_strong
from nyckeltal.web.kpi import agreed, asking, evidence, explained, query, table, worked
from nyckeltal.web.kpi import export as files
from nyckeltal.web.kpi.changed import Delta, of_series
from nyckeltal.web.kpi.foot import foot
from nyckeltal.web.kpi.forms import ExploreForm, PeriodForm, allowed_values, months
from nyckeltal.web.kpi.question import PageQuestion, about_words, logged_words, period_words, variant_words
from nyckeltal.web.kpi.shown import chart_of
from nyckeltal.web.kpi.team import FOLLOWING_UP
from nyckeltal.web.people import access, looks
from nyckeltal.web.people.models import Look, User
from nyckeltal.web.people.session import signed_in
from nyckeltal.words import Text

NO_KPI = Text("page.no_kpi", "There is no key figure of this name that can be counted. The list of key figures names all there are.")
PURPOSES = ("service", "efficiency", "sales", "quality", "people")


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Every KPI with its question, under the purpose it serves first."""
    known = sorted(asking.kpis().values(), key=lambda kpi: say(kpi.text("name")).casefold())
    groups = [(purpose, [kpi for kpi in known if kpi.purpose[0] == purpose]) for purpose in PURPOSES]
    may_define = access.page(signed_in(request), access.Page.OWN_KPIS).allowed
    broken = [(Path(issue.file or "").name, issue.line, say(issue.text)) for issue in asking.broken()] if may_define else []
    return render(request, "kpi/list.html", {"groups": [group for group in groups if group[1]], "may_define": may_define, "broken": broken})


@require_safe
def one_explained(request: HttpRequest, kpi_id: str) -> HttpResponse:
    person = signed_in(request)
    kpi = _kpi(person, kpi_id)
    form = PeriodForm(request.GET, person)
    question = form.question(kpi)
    told = asking.tell(person, question)
    context = {"kpi": kpi, "form": form, "question": question, "told": told, "about": about_words(question), "empty": not months()}
    context |= _counted(kpi, question, told) | _figures(person, kpi, question, told) | _around(person, kpi, question)
    context |= evidence.behind(person, kpi, question, seed=_seed(request))
    return render(request, "kpi/explained.html", context)


def _counted(kpi: Kpi, question: PageQuestion, told: asking.Told) -> dict[str, Any]:
    """Formula in words, formula, query, worked case: open to everybody."""
    how = asking.explained(question, told.within)
    sql = asking.query_alone(question.without(chosen={})) if told.not_open or how.refused else how.sql
    if how.refused:  # cannot be asked of this person's own contacts: the definition itself is shown
        how = asking.explained(question.without(chosen={}), {})
    terms = explained.terms(kpi, question.chosen.get("client", ""), question.last)
    return {
        "how": how, "top": say_strong(explained.with_terms(how.top, terms)), "bottom": say_strong(explained.with_terms(how.bottom, terms)),
        "formula": explained.formula(how), "sql": "\n\n".join(sql), "tables": query.tables(sql), "case": worked.case(kpi),
    }  # fmt: skip


def _figures(person: User, kpi: Kpi, question: PageQuestion, told: asking.Told) -> dict[str, Any]:
    if told.figure is None or not months():
        return {}
    if told.figure.reason == "refused":
        return {"figure": told.figure, "shown": show(told.figure)}
    counted = explained.ways(person, kpi, question)
    goal = agreed.target(kpi, [question.chosen["client"]], question.last) if "client" in question.chosen else None
    usual = next(way for way in counted if way.usual)
    return {
        "figure": told.figure, "shown": usual.shown, "rests": explained.rests(kpi, told.figure), "beside": explained.beside(kpi, told.figure),
        "agreed": agreed.words(kpi, goal.value) if goal else "",
        "ways": counted, "ends": explained.ends(counted, kpi),
        "chart": explained.comparison(kpi, question, counted, goal),
        "foot": foot([told.figure], period_words(question.first, question.last)),
    }  # fmt: skip


def _around(person: User, kpi: Kpi, question: PageQuestion) -> dict[str, Any]:
    known = asking.kpis()
    clients = [question.chosen["client"]] if "client" in question.chosen else [client for client, _ in allowed_values(person, "client")]
    return {
        "outside": explained.outside(kpi), "levers": explained.levers(kpi), "standards": explained.standards(kpi),
        "goals": explained.goals(kpi), "changes": explained.changes(kpi, clients), "balanced_by": explained.related(kpi, known, "balanced_by"),
        "opposed": explained.related(kpi, known, "opposed"), "caution": say(kpi.text("reading.caution")), "may_explore": access.figures(person).allowed,
        "may_define": access.page(person, access.Page.OWN_KPIS).allowed,
    }  # fmt: skip


@require_safe
def explore(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    open_at_all = access.figures(person)
    context: dict[str, Any] = {"ruling": open_at_all, "empty": not months()}
    if open_at_all.allowed and not context["empty"]:
        form = ExploreForm(request.GET, person, asking.kpis())
        context |= {"form": form} | (_explored(person, form.question(), _rows(request)) if form.is_valid() else {})
    template = "kpi/explore.html" + ("#answer" if request.htmx else "")  # type: ignore[attr-defined]  # put there by the middleware of django-htmx
    return render(request, template, context)


def _explored(person: User, question: PageQuestion, most: int) -> dict[str, Any]:
    kpi, told = asking.kpis()[question.kpi], asking.tell(person, question)
    _log(person, question, told.figures, Look.Thing.FIGURES)
    name = say(kpi.text("name"))
    columns = table.beside(kpi, told.figures)
    lone = told.figures[0] if len(told.figures) == 1 and (told.figures[0].reason or not (question.by or question.per)) else None
    return {
        "kpi": kpi, "question": question, "told": told, "about": about_words(question), "variant": _called(question, told),
        "chart": chart_of(question, told.figures, name) if told.figures else None, "columns": columns,
        "rows": table.rows(question, told.figures, columns, most),
        "heads": [] if lone else _heads(question), "more": len(told.figures) - most, "further": min(most * 3, table.AT_MOST) if most < table.AT_MOST else 0,
        "lone": lone, "finding": _finding(question, told.figures), "revised": table.revised_rows(question, told.figures),
        "remarks": table.remarks(question, told.figures), "shown": show(lone) if lone else None,
        "foot": foot(told.figures),
        "counts": bool(told.figures) and told.figures[0].unit == "count", "queues_add_up": "queue" in question.by,
        "all_preliminary": bool(told.figures) and all(figure.provisional for figure in told.figures),
    }  # fmt: skip


def _called(question: PageQuestion, told: asking.Told) -> str:
    """What the way of counting is called, at the level that is asked for."""
    how = asking.explained(question, told.within) if told.figures else None
    return say(how.called) if how and not how.refused else variant_words(asking.kpis()[question.kpi], question.variant)


def _finding(question: PageQuestion, figures: Sequence[Figure]) -> Delta | None:
    """One series in one sentence; several groups are told apart in the table."""
    found = trend(figures, question.first, question.last) if question.per and not question.by else None
    return of_series(found, next(figure for figure in figures if figure.period == found.last)) if found else None


def _heads(question: PageQuestion) -> list[str]:
    from nyckeltal.web.kpi.names import DIMENSIONS

    return ([gettext("Period")] if question.per else []) + [str(DIMENSIONS[one]).capitalize() for one in question.by]


@require_safe
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The same question as on Explore, through the same access, as a file."""
    person = signed_in(request)
    if kind not in files.FORMATS:
        raise Http404
    if not (ruling := access.figures(person)).allowed:
        raise PermissionDenied(ruling.why)
    form = ExploreForm(request.GET, person, asking.kpis())
    if not form.is_valid():
        return HttpResponseBadRequest(
            "; ".join(f"{field}: {' '.join(str(error) for error in errors)}" for field, errors in form.errors.items()), content_type="text/plain"
        )
    question = form.question()
    told = asking.tell(person, question)
    if told.refusal is not None:
        raise PermissionDenied(told.refusal)
    _log(person, question, told.figures, Look.Thing.EXPORT)
    return _file(kind, files.sheet(question, told.figures, asking.explained(question, told.within), told.within, timezone.now()), question)


def _file(kind: str, sheet: files.Sheet, question: PageQuestion) -> HttpResponse:
    content_type, written = files.FORMATS[kind]
    name = f"{question.kpi}_{question.first}_{question.last}.{kind}"
    return HttpResponse(written(sheet), content_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _log(person: User, question: PageQuestion, figures: tuple[Figure, ...], thing: Look.Thing) -> None:
    if "agent" in question.by:
        what = f"{question.kpi}, {logged_words(question)}"
        looks.log_figures(person, (str(figure.by.get("agent") or "") for figure in figures), what=what, purpose=FOLLOWING_UP, thing=thing)


def _kpi(person: User, kpi_id: str) -> Kpi:
    """What is wrong with its file is told to those who read that on the list, too."""
    if found := asking.kpis().get(kpi_id):
        return found
    faulty = asking.to_be_mended(kpi_id)
    raise Http404(faulty.text if faulty and access.page(person, access.Page.OWN_KPIS).allowed else NO_KPI)


def _rows(request: HttpRequest) -> int:
    """How many rows of the table are shown."""
    given = request.GET.get("rows", "")
    return min(max(int(given), table.MOST), table.AT_MOST) if given.isascii() and given.isdigit() and len(given) < 6 else table.MOST


def _seed(request: HttpRequest) -> int:
    given = request.GET.get("draw", "0")
    return int(given) % 1_000_000 if given.isascii() and given.isdigit() and len(given) < 10 else 0
