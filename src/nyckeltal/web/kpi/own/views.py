"""Defining a KPI of one's own: form or file, a trial on own data, then kept; its earlier editions stay readable."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from nyckeltal.errors import BadDefinition, Issue
from nyckeltal.kpi import own
from nyckeltal.kpi.checks import ID
from nyckeltal.kpi.definition import Kpi
from nyckeltal.kpi.vocabulary import FACTS, words
from nyckeltal.web.frame.say import say
from nyckeltal.web.kpi import asking
from nyckeltal.web.kpi.own.form import FileForm, OwnForm, called, renamed
from nyckeltal.web.kpi.own.trial import tried
from nyckeltal.web.people import access, changes
from nyckeltal.web.people.models import User
from nyckeltal.web.people.session import signed_in


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new one: by the form, or as a file that may begin as a copy of another (`?like=aht`)."""
    person = _defining(request)
    if request.method != "POST":
        like = request.GET.get("like", "")
        if text := _text_of(like):
            return _shown(request, {"file": FileForm(initial={"text": renamed(text, f"own_{like}"[:60])})})
        return _shown(request, {"form": OwnForm()})
    if "text" in request.POST:
        return _file(request, person, None)
    form = OwnForm(request.POST)
    if not form.is_valid() or "words" in request.POST:
        return _shown(request, {"form": form, "issues": [] if "words" in request.POST else _others(form)})
    if "file" in request.POST:
        return _shown(request, {"file": FileForm(initial={"text": form.text()})})
    return _carried(request, person, form.text(), None, {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, kpi_id: str) -> HttpResponse:
    """The file of one, and what it was before."""
    person = _defining(request)
    text = own.text_of(kpi_id, settings.NYCKELTAL_HOME)
    if text is None:
        raise Http404
    if request.method == "POST":
        return _file(request, person, kpi_id)
    return _shown(request, {"file": FileForm(initial={"text": text})}, kpi_id)


@require_POST
def remove(request: HttpRequest, kpi_id: str) -> HttpResponse:
    person = _defining(request)
    if own.text_of(kpi_id, settings.NYCKELTAL_HOME) is None:
        raise Http404
    try:
        own.remove(kpi_id, settings.NYCKELTAL_HOME, now=timezone.now())
    except BadDefinition as bad:
        file = FileForm(initial={"text": own.text_of(kpi_id, settings.NYCKELTAL_HOME)})
        return _shown(request, {"file": file, "issues": _said(bad), "not_removed": True}, kpi_id)
    changes.note(person, "kpi_removed", by=person, after=kpi_id)
    return redirect("kpi:list")


def _defining(request: HttpRequest) -> User:
    person = signed_in(request)
    access.enter(person, access.Page.OWN_KPIS)
    return person


def _text_of(kpi_id: str) -> str:
    """The file of any KPI, to begin from."""
    found = asking.kpis().get(kpi_id) if ID.fullmatch(kpi_id) else None
    return _read(found) if found else ""


def _read(kpi: Kpi) -> str:
    from pathlib import Path

    return Path(kpi.file).read_text(encoding="utf-8") if kpi.file else ""


def _file(request: HttpRequest, person: User, kpi_id: str | None) -> HttpResponse:
    file = FileForm({"text": request.POST.get("text", "").replace("\r\n", "\n")})
    if not file.is_valid():
        return _shown(request, {"file": file}, kpi_id)
    return _carried(request, person, file.cleaned_data["text"], kpi_id, {"file": file})


def _others(form: OwnForm) -> list[tuple[int | None, str, str]]:
    """The mistakes of what is counted, beside those that the fields of a form tell themselves."""
    if {"kind", "over"} & form.errors.keys():
        return []
    try:
        own.check(form.text(), settings.NYCKELTAL_HOME)
    except BadDefinition as bad:
        return _said(bad, form)
    return []


def _carried(request: HttpRequest, person: User, text: str, kpi_id: str | None, context: dict[str, Any]) -> HttpResponse:
    """Checked, tried, and kept where whoever keeps it has seen the trial of just this text."""
    try:
        kpi = own.check(text, settings.NYCKELTAL_HOME, replacing=kpi_id)
    except BadDefinition as bad:
        return _shown(request, context | {"issues": _said(bad, context.get("form"))}, kpi_id)
    if "keep" in request.POST and request.POST.get("tried") == _mark(text):
        own.keep(text, settings.NYCKELTAL_HOME, now=timezone.now(), replacing=kpi_id)
        changes.note(person, "kpi_kept", by=person, after=f"{kpi.id} {kpi.version}")
        return redirect(reverse("kpi:explained", args=[kpi.id]))
    return _shown(request, context | {"trial": tried(person, kpi, text), "tried": _mark(text), "kpi": kpi, "first": "keep" in request.POST}, kpi_id)


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _said(bad: BadDefinition, form: OwnForm | None = None) -> list[tuple[int | None, str, str]]:
    """Line, key and what is wrong, for every mistake; of a form what it calls that, beside what its fields tell themselves."""
    found = bad.issues or (Issue(bad.text),)
    if form:
        return [(None, form.label(issue.field), say(form.in_its_words(issue.text))) for issue in found if form.named(issue.field) not in form.errors]
    return [(issue.line, issue.field or "", say(issue.text)) for issue in found]


def _shown(request: HttpRequest, context: dict[str, Any], kpi_id: str | None = None) -> HttpResponse:
    form = context.get("form")
    over = str((form.data or {}).get("over") or "contact") if form else ""
    context["words"] = _words(over) if over in FACTS else []
    context["counted"] = called(over) if over in FACTS else ""
    context |= {"kpi_id": kpi_id, "editions": own.editions(kpi_id, settings.NYCKELTAL_HOME) if kpi_id else []}
    context["wrong"] = bool(context.get("issues"))
    context["beyond"] = form and any(not called for _, called, _ in context.get("issues") or [])
    return render(request, "kpi/own.html", context, status=422 if context["wrong"] and not context.get("not_removed") else 200)


def _words(over: str) -> list[tuple[str, str]]:
    """The words of a fact, and what each may be."""
    kinds = {
        "flag": gettext("yes or no"),
        "seconds": gettext("seconds"),
        "moment": gettext("a moment"),
        "date": gettext("a day"),
        "text": gettext("text"),
        "id": gettext("an id"),
    }
    found = {name: word for name, word in words(over).items() if "." not in name}
    return [(name, ", ".join(word.choices) or kinds.get(word.kind, gettext("a number"))) for name, word in sorted(found.items())]
