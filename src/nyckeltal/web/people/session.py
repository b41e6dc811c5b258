"""Who is signed in, typed; how a session begins, when it ends, and how all of a person's end at once.

Every page but the door is behind Django's LoginRequiredMiddleware.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from nyckeltal.errors import OurMistake
from nyckeltal.web.people.models import Session, User

NOTED_EVERY_S = 60  # a page asked for is not worth a write each time
PASSWORD = "django.contrib.auth.backends.ModelBackend"  # noqa: S105 - the name of a way to sign in
_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"))


def signed_in(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise OurMistake("A page for people who have signed in was reached without signing in.")
    return request.user


def begin(request: HttpRequest, person: User, *, demo: bool = False) -> None:
    """Signs in under a new session key."""
    login(request, person, backend=PASSWORD)
    request.session["began"] = request.session["seen"] = time.time()
    request.session["device"] = device(request.headers.get("User-Agent", ""))
    if demo:
        request.session["demo"] = True


def device(agent: str) -> str:
    """“Firefox, Linux”: enough to know one's own browsers by."""
    found = (next((name for mark, name in table if mark in agent), "") for table in (_BROWSERS, _SYSTEMS))
    return ", ".join(name for name in found if name)


def end_all(person: User, *, but: str | None = None) -> int:
    """Signs the person out in every browser, or in every other one."""
    return Session.objects.filter(user=person).exclude(session_key=but or "").delete()[0]


def leave_if_ended(request: HttpRequest) -> None:
    """Where the own session ended with all others of the person, this page may not write to it any more."""
    if not request.session.exists(str(request.session.session_key)):
        logout(request)


def ends(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: a session ends some hours after the last page, some days after it began, and a demo's with the demo."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            _keep_or_end(request, time.time())
        return get_response(request)

    return answer


def _keep_or_end(request: HttpRequest, now: float) -> None:
    session = request.session
    began, seen = session.get("began"), session.get("seen")
    idle = seen is not None and now - seen > settings.SESSION_IDLE_S
    old = began is not None and now - began > settings.SESSION_COOKIE_AGE
    if idle or old or (session.get("demo") and not settings.NYCKELTAL_DEMO):
        logout(request)
        return
    if began is None:
        session["began"] = now
    if seen is None or now - seen > NOTED_EVERY_S:
        session["seen"] = now
