"""Signing in and out, and the page on which everybody sees who sees what."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from nyckeltal.web.people import access, demo, looks
from nyckeltal.web.people.forms import SignInForm
from nyckeltal.web.people.roles import Role
from nyckeltal.web.people.session import signed_in

SHOWN_LOOKS = 50


class SignIn(LoginView):
    template_name = "people/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"demo_roles": demo.OFFERED if settings.NYCKELTAL_DEMO else ()}


sign_in = login_not_required(SignIn.as_view())
sign_out = LogoutView.as_view(next_page="people:sign_in")


@login_not_required
@require_POST
def demo_sign_in(request: HttpRequest, role: str) -> HttpResponse:
    """One click, demo only: elsewhere this address does not exist."""
    if not settings.NYCKELTAL_DEMO or role not in demo.OFFERED:
        raise Http404
    login(request, demo.demo_person(Role(role)), backend="django.contrib.auth.backends.ModelBackend")
    return redirect(settings.LOGIN_REDIRECT_URL)


@require_safe
def who_sees_what(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    context = {
        "mine": [
            ("figures", access.figures(person)),
            ("persons", access.figures(person, ["agent"])),
            ("teams", access.figures(person, ["team"])),
            ("contacts", access.contacts(person)),
        ],
        "looks": looks.at(person.agent_id)[:SHOWN_LOOKS],
        "has_agent": bool(person.agent_id),
    }
    return render(request, "people/who_sees_what.html", context)
