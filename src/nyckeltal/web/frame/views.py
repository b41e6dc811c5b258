"""Home, the switches for language and theme, and the pages for errors."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from nyckeltal.web.frame import facts, nav
from nyckeltal.web.frame.context import THEME_COOKIE, THEMES
from nyckeltal.words import Text


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Each begins where their own figures are."""
    return redirect(nav.start(request, loaded=bool(facts.current().months("contact"))))


@login_not_required
@require_safe
def alive(_request: HttpRequest) -> HttpResponse:
    """For whoever watches the server: it answers, without touching data."""
    return HttpResponse("nyckeltal", content_type="text/plain")


@login_not_required
@require_POST
def switch_language(request: HttpRequest) -> HttpResponse:
    return _switched(request, settings.LANGUAGE_COOKIE_NAME, chosen if (chosen := request.POST.get("language", "")) in dict(settings.LANGUAGES) else "")


@login_not_required
@require_POST
def switch_theme(request: HttpRequest) -> HttpResponse:
    return _switched(request, THEME_COOKIE, chosen if (chosen := request.POST.get("theme", "")) in THEMES else "")


def _switched(request: HttpRequest, cookie: str, chosen: str) -> HttpResponse:
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    answer = HttpResponseRedirect(back if safe else "/")
    if chosen:
        _remember(answer, cookie, chosen)
        if request.user.is_authenticated:
            request.user.keep_choice(cookie, chosen)
    return answer


def remember_choices(answer: HttpResponse, *, language: str, theme: str) -> None:
    """What a person has chosen, in this browser too; what is empty stays as this browser has it."""
    for cookie, chosen in ((settings.LANGUAGE_COOKIE_NAME, language), (THEME_COOKIE, theme)):
        if chosen:
            _remember(answer, cookie, chosen)


def _remember(answer: HttpResponse, cookie: str, chosen: str) -> None:
    answer.set_cookie(cookie, chosen, max_age=settings.LANGUAGE_COOKIE_AGE, samesite="Lax", secure=settings.HTTPS, httponly=True)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django calls it so
    return _mistake(request, "400.html", 400)


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """`PermissionDenied(Text)` says why; anything else gets the general sentence."""
    return _mistake(request, "403.html", 403, reason=exception.args[0] if exception and exception.args else None)


def form_too_old(request: HttpRequest, **_: Any) -> HttpResponse:
    return _mistake(request, "403_csrf.html", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """`Http404(Text)` says what is not there; anything else gets the general sentence."""
    reason = exception.args[0] if exception and exception.args and isinstance(exception.args[0], Text) else None
    return _mistake(request, "404.html", 404, reason=reason)


def failed(_request: HttpRequest) -> HttpResponse:
    """Drawn without user, menu or database: any of them may be what failed."""
    try:
        stylesheet = static("frame/base.css")
    except ValueError:  # the list of static files is what is broken
        stylesheet = ""
    return HttpResponse(render_to_string("500.html", {"stylesheet": stylesheet}), status=500)


def _mistake(request: HttpRequest, template: str, status: int, **context: Any) -> HttpResponse:
    return render(request, template, context, status=status)
