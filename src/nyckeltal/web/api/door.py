"""Who calls: a program with a person's token, and nobody else; a browser's session opens the page about the API only.

What goes wrong under /api/, wherever on the way, is told as a problem and never as a page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.module_loading import import_string

from nyckeltal.errors import OurMistake
from nyckeltal.web.api.problem import TYPE, Refused, problem, usual
from nyckeltal.web.people import tokens
from nyckeltal.web.people.models import Token
from nyckeltal.words import Text

ROOT = "/api/"
OPEN = (ROOT, "/api/openapi.json")
Answering = Callable[[HttpRequest], HttpResponseBase]
_HOW = {"WWW-Authenticate": 'Bearer realm="nyckeltal"'}
NO_TOKEN = Text("api.no_token", "Send a token: Authorization: Bearer nk_…. My account makes one.")
NOT_A_TOKEN = Text("api.not_a_token", "This token is unknown, withdrawn or past its day. My account makes a new one.")
TOO_OFTEN = Text("api.too_often", "This token may call %(most)s times a minute. Wait %(seconds)s seconds.")


def in_its_own_words(get_response: Answering) -> Answering:
    """Middleware: errors of Django's own, and ours, become problems."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not request.path.startswith(ROOT) or request.path == ROOT:
            return response
        if response.status_code >= 400 and not response.headers.get("Content-Type", "").startswith(TYPE):
            allow = {"Allow": response.headers["Allow"]} if "Allow" in response.headers else {}
            response = usual(response.status_code, allow)
        patch_vary_headers(response, ["Authorization", "Accept"])
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_cache=True)
        return response

    return answer


def by_token(get_response: Answering) -> Answering:
    """Middleware: whoever calls under /api/ is the person behind the token. A session there is not looked at."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(ROOT) or request.path in OPEN:
            return get_response(request)
        request.user = AnonymousUser()
        try:
            _let_in(request)
        except Refused as refused:
            return problem(refused)
        return get_response(request)

    return answer


def _let_in(request: HttpRequest) -> None:
    token = _token(request.headers.get("Authorization", ""))
    if wait_s := tokens.wait_s(token):
        text = Text(TOO_OFTEN.id, TOO_OFTEN.english, {"most": settings.API_CALLS_PER_MINUTE, "seconds": wait_s})
        raise Refused(429, text, headers={"Retry-After": str(wait_s)})
    request.user, request.token = token.person, token  # type: ignore[attr-defined]  # read by `token_of` alone
    if request.path in settings.FILES_ARE_SENT_TO:
        try:
            import_string(settings.FILES_ARE_SENT_TO[request.path])(token.person)
        except PermissionDenied as denied:
            raise forbidden(denied) from None


def _token(header: str) -> Token:
    way, _, given = header.partition(" ")
    if way.casefold() != "bearer" or not given.strip():
        raise Refused(401, NO_TOKEN, headers=_HOW)
    found = tokens.found(given.strip())
    if found is None:
        raise Refused(401, NOT_A_TOKEN, headers={"WWW-Authenticate": f'{_HOW["WWW-Authenticate"]}, error="invalid_token"'})
    return found


def forbidden(denied: PermissionDenied) -> Refused:
    """Access says why."""
    reason: Any = denied.args[0] if denied.args else None
    return Refused(403, reason if isinstance(reason, Text) else Text("api.not_open", "This is not open to you."))


def token_of(request: HttpRequest) -> Token:
    token = getattr(request, "token", None)
    if not isinstance(token, Token):
        raise OurMistake("A call was answered without a token.")
    return token
