"""The key figures there are, and how each is defined: the same for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase

from nyckeltal.errors import did_you_mean
from nyckeltal.kpi.definition import Kpi
from nyckeltal.web.api import paging
from nyckeltal.web.api.call import Call, edition
from nyckeltal.web.api.plain import written
from nyckeltal.web.api.problem import Refused
from nyckeltal.web.kpi import asking
from nyckeltal.words import Text


def listed(call: Call) -> HttpResponseBase:
    shown = paging.part([_line(kpi) for _, kpi in sorted(asking.kpis().items())], call.given, edition(call))
    return HttpResponse(written(shown.rows), content_type="application/json", headers=paging.headers(call.request, shown.cursor))


def one(call: Call) -> HttpResponseBase:
    known = asking.kpis()
    kpi = known.get(call.path["kpi"])
    if kpi is None:
        raise _none(call.path["kpi"], known)
    return HttpResponse(written(_line(kpi) | _definition(kpi)), content_type="application/json")


def _none(name: str, known: Mapping[str, Kpi]) -> Refused:
    near = did_you_mean(name[:80], known)
    if near:
        return Refused(404, Text("api.no_kpi_near", "There is no such key figure. Did you mean “%(near)s”?", {"near": near}))
    return Refused(404, Text("api.no_kpi", "There is no such key figure. /api/catalogue lists all of them."))


def _line(kpi: Kpi) -> dict[str, Any]:
    return {
        "id": kpi.id, "version": kpi.version, "name": kpi.text("name"), "asks": kpi.text("asks"), "purpose": kpi.purpose, "unit": kpi.unit,
        "better": kpi.better, "variants": [_variant(kpi, name) for name in kpi.variant_names], "own": kpi.own,
    }  # fmt: skip


def _variant(kpi: Kpi, name: str) -> dict[str, Any]:
    called = kpi.text("words.called" if name == kpi.default else f"variants.{name}.called")
    return {"name": name, "called": called, "usual": name == kpi.default}


def _definition(kpi: Kpi) -> dict[str, Any]:
    settings = {
        name: {"otherwise": one.otherwise / one.worth, "agreed": one.column, "allowed": [each / one.worth for each in one.allowed]}
        for name, one in kpi.settings.items()
    }
    return {
        "top": kpi.text("words.top"), "bottom": kpi.text("words.bottom"), "formula": kpi.base.keys, "settings": settings, "levels": kpi.levels,
        "beside": sorted(kpi.beside), "sample": kpi.sample, "goal": kpi.goal, "never": {level: kpi.text(f"never.{level}") for level in kpi.never},
        "reading": kpi.reading, "cases": kpi.cases,
    }  # fmt: skip
