"""The door: signing in, by one click in the demo, and out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from nyckeltal.web.frame.views import remember_choices
from nyckeltal.web.people import demo
from nyckeltal.web.people.forms import SignInForm
from nyckeltal.web.people.models import User
from nyckeltal.web.people.roles import Role
from nyckeltal.web.people.session import begin


class SignIn(LoginView):
    template_name = "people/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"demo_people": demo.offered() if settings.NYCKELTAL_DEMO else ()}

    def form_valid(self, form: AuthenticationForm) -> HttpResponseRedirect:
        person = form.get_user()
        assert isinstance(person, User)  # noqa: S101 - for the type checker
        return let_in(self.request, person, self.get_success_url())


def let_in(request: HttpRequest, person: User, to: str, *, demo: bool = False) -> HttpResponseRedirect:
    """A new session, in the person's own language and colours."""
    begin(request, person, demo=demo)
    answer = HttpResponseRedirect(to)
    remember_choices(answer, language=person.language, theme=person.theme)
    return answer


sign_in = login_not_required(SignIn.as_view())
sign_out = LogoutView.as_view(next_page="people:sign_in")


@login_not_required
@require_POST
def demo_sign_in(request: HttpRequest, role: str) -> HttpResponse:
    """One click, demo only: elsewhere this address does not exist."""
    if not settings.NYCKELTAL_DEMO or role not in Role.values:
        raise Http404
    return let_in(request, demo.demo_person(Role(role)), redirect(settings.LOGIN_REDIRECT_URL)["Location"], demo=True)
