"""Figures and how they are counted: access first, then the engine, as for pages. Persons stand in answers by pseudonym, as in every export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase

from nyckeltal.kpi import trend
from nyckeltal.kpi.answer import Figure
from nyckeltal.web.api import paging
from nyckeltal.web.api.call import Call, edition
from nyckeltal.web.api.forms import form_of, sent
from nyckeltal.web.api.plain import plain, said, written
from nyckeltal.web.api.problem import Refused
from nyckeltal.web.api.question import ApiQuestion, allow, question
from nyckeltal.web.kpi import asking
from nyckeltal.web.kpi.export import PERSONS, pseudonyms
from nyckeltal.web.kpi.question import logged_words
from nyckeltal.web.people import looks
from nyckeltal.web.people.models import Look
from nyckeltal.web.people.tokens import Scope
from nyckeltal.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

FORMS = ("json", "csv", "arrow", "parquet")


def ask(call: Call) -> HttpResponseBase:
    """The JSON is that of `nyckeltal ask --format json`."""
    kpis = _kpis(call)
    asked = question(kpis[0], call.given)
    allow(asked, asking.ruled(call.person, asked))
    told = asking.tell_together(call.person, kpis, asked)
    for one in told.values():
        if one.refusal is not None:
            raise Refused(403 if one.not_open else 422, one.refusal)
    figures = [figure for kpi in kpis for figure in told[kpi].figures or _why_none(call, replace(asked, kpi=kpi))]
    days = asked.terms["start"], asked.terms["end"]
    shown = paging.part([*zip(figures, trend.told(figures, *days), strict=True)], call.given, edition(call))
    rows = [figure for figure, _ in shown.rows]
    _log(call, kpis, asked, rows)
    rows = _without_names(asked, rows)
    form = form_of(call.request, call.given.get("format"), FORMS)
    lines = [row(figure) | {"trend": _told(found)} for figure, (_, found) in zip(rows, shown.rows, strict=True)] if form == "json" else rows
    return sent(form, lines, lambda: table(asked.by, rows), paging.headers(call.request, shown.cursor))


def _why_none(call: Call, asked: ApiQuestion) -> list[Figure]:
    """One figure of no group and no period with the reason why there is none of any: that of the same question asked as a whole."""
    whole = asking.tell(call.person, replace(asked, by=(), per=""))
    return [whole.figure] if whole.figure is not None and whole.figure.value is None else []


def _told(found: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if found is None else {**found, "says": said(found["says"])}


def _kpis(call: Call) -> tuple[str, ...]:
    return tuple(dict.fromkeys(call.given["kpi"]))


def row(figure: Figure) -> dict[str, Any]:
    return figure.as_dict() | {"message": said(figure.message) or None}


def _without_names(asked: ApiQuestion, figures: Sequence[Figure]) -> list[Figure]:
    if not PERSONS & set(asked.by):
        return list(figures)
    hide = pseudonyms(asked)
    return [replace(figure, by={name: hide(value) if name in PERSONS else value for name, value in figure.by.items()}) for figure in figures]


def _log(call: Call, kpis: Sequence[str], asked: ApiQuestion, figures: Sequence[Figure]) -> None:
    """As a page would: a line for each person whose figures go out."""
    if "agent" not in asked.by:
        return
    for kpi in kpis:
        persons = {str(figure.by.get("agent") or "") for figure in figures if figure.kpi == kpi}
        looks.log_figures(call.person, persons, what=f"{kpi}, {logged_words(asked)}", purpose=call.purpose, thing=Look.Thing.EXPORT)


def table(by: Sequence[str], figures: Sequence[Figure]) -> pa.Table:
    """A column for each dimension, and one for each part beside the value."""
    import pyarrow as pa

    columns: dict[str, pa.Array[Any]] = {}
    for each in fields(Figure):
        values = [getattr(figure, each.name) for figure in figures]
        if each.name == "by":
            columns |= {name: _array(name, [value.get(name) for value in values]) for name in by}
        elif each.name == "parts":
            names = sorted({name for value in values for name in value})
            columns |= {f"parts.{name}": _part([value.get(name) for value in values]) for name in names}
        else:
            columns[each.name] = _array(each.name, values)
    return pa.table(columns)


def _array(name: str, values: list[Any]) -> pa.Array[Any]:
    import pyarrow as pa

    match name:
        case "value" | "numerator" | "denominator" | "low" | "high" | "revised_from":
            return pa.array([None if value is None else float(value) for value in values], pa.float64())
        case "version" | "n" | "weekday" | "hour":
            return pa.array([None if value is None else int(value) for value in values], pa.int64())
        case "provisional" | "repeat":
            return pa.array(values, pa.bool_())
        case "known_until":
            return pa.array(values, pa.timestamp("us", tz="UTC"))
    return pa.array([None if value is None else said(value) if isinstance(value, Text) else str(value) for value in values], pa.string())


def _part(values: list[Any]) -> pa.Array[Any]:
    """A number, a flag, or what else there may be, as JSON."""
    import pyarrow as pa

    known = [value for value in values if value is not None]
    if all(isinstance(value, bool) for value in known):
        return pa.array(values, pa.bool_())
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in known):
        return pa.array([None if value is None else float(value) for value in values], pa.float64())
    return pa.array([None if value is None else written(value) for value in values], pa.string())


def explain(call: Call) -> HttpResponseBase:
    """How the same question is counted: words and formula for everybody, the query as it is run for whom its figures are open."""
    kpis = _kpis(call)
    asked = question(kpis[0], call.given)
    told = [_explained(replace(asked, kpi=kpi), _open(call, asked, kpi)) for kpi in kpis]
    return HttpResponse(written(told), content_type="application/json")


def _open(call: Call, asked: ApiQuestion, kpi: str) -> asking.Within | None:
    ruling = asking.ruled(call.person, asked, kpi)
    return asking.narrowed(ruling.within, asked.chosen) if ruling.allowed and Scope.FIGURES in call.token.scopes else None


def _explained(asked: ApiQuestion, within: asking.Within | None) -> dict[str, Any]:
    how = asking.explained(asked, within or {})
    sql = asking.query_alone(replace(asked, chosen={})) if within is None and not how.refused else how.sql
    return plain({**vars(how), "sql": sql})  # type: ignore[no-any-return]  # a mapping stays one
