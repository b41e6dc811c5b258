"""Answers calls by the table of operations, and shows the table: as OpenAPI document to programs, as page to people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import parse_etags
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from nyckeltal.errors import EngineAway, Issue, NotAllowed, StoreBusy, UserMistake
from nyckeltal.web.api.call import Call, Operation, tag
from nyckeltal.web.api.document import document
from nyckeltal.web.api.door import forbidden, token_of
from nyckeltal.web.api.forms import form_of
from nyckeltal.web.api.operations import OPERATIONS, PATHS
from nyckeltal.web.api.parameters import NOT_SO, from_address, from_body
from nyckeltal.web.api.plain import written
from nyckeltal.web.api.problem import USUAL, Refused, problem
from nyckeltal.words import Text

_NAME = re.compile(r"[^\x00-\x1f\ud800-\udfff]{1,200}")


@csrf_exempt
def resource(request: HttpRequest, address: str, **path: str) -> HttpResponseBase:
    """One address. No cookie opens it, so that no other site can make a browser call it."""
    try:
        return _answered(request, PATHS[address], path)
    except Refused as refused:
        return problem(refused)
    except PermissionDenied as denied:
        return problem(forbidden(denied))
    except (EngineAway, StoreBusy) as busy:
        return problem(Refused(503, busy.text, headers={"Retry-After": "5"}))
    except UserMistake as mistake:
        return problem(Refused.of(mistake, 403 if isinstance(mistake, NotAllowed) else 422))


def _answered(request: HttpRequest, known: Mapping[str, Operation], path: Mapping[str, str]) -> HttpResponseBase:
    operation = known.get("GET" if request.method == "HEAD" else str(request.method))
    if operation is None:
        allowed = [*known, *(["HEAD"] if "GET" in known else [])]
        raise Refused(405, USUAL[405], headers={"Allow": ", ".join(allowed)})
    call = _call(request, operation, path)
    form = form_of(request, call.given.get("format"), operation.forms)
    if not operation.kept:
        return operation.does(call)
    name = tag(call, form)
    if name in [one.removeprefix("W/") for one in parse_etags(request.headers.get("If-None-Match", ""))]:
        return HttpResponseNotModified(headers={"ETag": name})
    answer = operation.does(call)
    answer.headers["ETag"] = name
    return answer


def _call(request: HttpRequest, operation: Operation, path: Mapping[str, str]) -> Call:
    token = token_of(request)
    if operation.scope and not any(scope in token.scopes for scope in (operation.scope, operation.or_scope)):
        english = "This token may not do that: it was made without “%(scope)s”."
        raise Refused(403, Text("api.no_scope", english, {"scope": operation.scope.label}))
    if wrong := [name for name, value in path.items() if not _NAME.fullmatch(value)]:
        raise Refused(404, USUAL[404], [Issue(Text("api.bad_name", "This is no name."), field=name) for name in wrong])
    given = from_address(request, operation.parameters if not operation.body else ())
    if operation.body == "json":
        given = from_body(request, operation.parameters)
    if given.get("format") and given["format"] not in operation.forms:
        raise Refused(422, NOT_SO, [Issue(Text("api.no_choice", "Choose one of: %(known)s", {"known": ", ".join(operation.forms)}), field="format")])
    return Call(request, token.person, token, given, path)


@login_not_required
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """For programs that make programs; it tells how to call, and nothing of what is in the house."""
    return HttpResponse(written(document(request)), content_type="application/json")


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """The same for people who have signed in."""
    from django.conf import settings

    context: dict[str, Any] = {"operations": OPERATIONS, "per_minute": settings.API_CALLS_PER_MINUTE, "address": request.build_absolute_uri(request.path)}
    return render(request, "api/reference.html", context)
