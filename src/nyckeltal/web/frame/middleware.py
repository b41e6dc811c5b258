"""Pages with people's figures are kept by nobody on the way; what is sent in is refused by its size before it is read; an engine that is away is said."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.module_loading import import_string

from nyckeltal.errors import EngineAway

Answering = Callable[[HttpRequest], HttpResponseBase]


def private_pages(get_response: Answering) -> Answering:
    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_cache=True)
        patch_vary_headers(response, ["HX-Request", "Cookie"])
        return response

    return answer


def bounded(get_response: Answering) -> Answering:
    """Anybody may send a form, files only those who may, where files are taken. Asked before anything of the body is read."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        takes_files = request.user.is_authenticated and request.path in settings.FILES_ARE_SENT_TO
        if takes_files:
            import_string(settings.FILES_ARE_SENT_TO[request.path])(request.user)
        limit = settings.UPLOAD_LIMIT_BYTES if takes_files else settings.FORM_LIMIT_BYTES
        if not _sent(request) <= limit:
            return render(request, "413.html", {"megabytes": limit // 1_000_000}, status=413)
        return get_response(request)

    return answer


def _sent(request: HttpRequest) -> float:
    given = request.META.get("CONTENT_LENGTH") or "0"
    return int(given) if given.isascii() and given.isdigit() else float("inf")


class EngineIsAway:
    """A page that needs figures while the engine that counts them cannot be reached."""

    def __init__(self, get_response: Answering) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, EngineAway):
            return None
        return render(request, "503.html", {"reason": exception.text}, status=503)
