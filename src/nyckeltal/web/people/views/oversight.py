"""Who sees what: for oneself, for the representative over everybody, and the two logs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from nyckeltal.web.people import access, changes, links, looks, planned, rules, seers
from nyckeltal.web.people.forms import ChangesForm, LooksForm
from nyckeltal.web.people.models import Change
from nyckeltal.web.people.organisation import agents
from nyckeltal.web.people.paging import page_of, question
from nyckeltal.web.people.roles import Role
from nyckeltal.web.people.session import signed_in

PURPOSES_OF = timedelta(days=90)


@require_safe
def who_sees_what(request: HttpRequest) -> HttpResponse:
    """What one's roles show, who can see oneself, and who has looked."""
    person = signed_in(request)
    page = page_of(request, looks.at(person.agent_id))
    context = {
        "mine": [
            ("figures", access.figures(person)),
            ("persons", access.figures(person, ["agent"])),
            ("teams", access.figures(person, ["team"])),
            ("contacts", access.contacts(person)),
            ("plan", planned.ruling(person)),
        ],
        "seers": seers.of(person.agent_id, timezone.now().date()),
        "looks": [(look, looks.in_words(look)) for look in page],
        "page": page,
        "has_agent": bool(person.agent_id),
        "may_oversee": access.page(person, access.Page.LOOKS).allowed,
    }
    return render(request, "people/who_sees_what.html", context)


@require_safe
def oversight(request: HttpRequest) -> HttpResponse:
    """Rules, who holds which role, what people were looked at for, and what is set: everything but figures."""
    access.enter(signed_in(request), access.Page.LOOKS)
    context = {
        "rules": rules.RULES,
        "holders": [(role, seers.holding(role)) for role in Role],
        "purposes": looks.purposes(timezone.now() - PURPOSES_OF),
        "days": PURPOSES_OF.days,
        "settings": {
            "idle_hours": settings.SESSION_IDLE_S // 3600,
            "session_days": settings.SESSION_COOKIE_AGE // 86400,
            "tries": settings.AXES_FAILURE_LIMIT,
            "wait_minutes": int(settings.AXES_COOLOFF_TIME.total_seconds()) // 60,
            "link_days": links.VALID.days,
        },
    }
    return render(request, "people/oversight.html", context)


@require_safe
def all_looks(request: HttpRequest) -> HttpResponse:
    access.enter(signed_in(request), access.Page.LOOKS)
    form = LooksForm(request.GET)
    asked = {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    page = page_of(request, looks.all_of_them(**asked))
    named = agents()
    rows = [(look, looks.in_words(look), named.get(look.agent_id, look.agent_id)) for look in page]
    return render(request, "people/looks.html", {"form": form, "page": page, "rows": rows, "query": question(request)})


@require_safe
def all_changes(request: HttpRequest) -> HttpResponse:
    access.enter(signed_in(request), access.Page.CHANGES)
    form = ChangesForm(request.GET)
    found = Change.objects.select_related("by", "person")
    if form.is_valid():
        found = found.filter(**{name: value for name, value in form.cleaned_data.items() if value})
    page = page_of(request, found)
    context: dict[str, Any] = {"form": form, "page": page, "rows": [(change, changes.said(change)) for change in page], "query": question(request)}
    context["is_administrator"] = access.page(signed_in(request), access.Page.PEOPLE).allowed
    return render(request, "people/changes.html", context)
