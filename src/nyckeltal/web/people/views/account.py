"""My account: what one may change oneself, where one is signed in, and what the own roles mean."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from nyckeltal.web.frame.context import THEME_COOKIE
from nyckeltal.web.frame.say import say
from nyckeltal.web.frame.views import remember_choices
from nyckeltal.web.people import access, actions, changes, tokens
from nyckeltal.web.people.forms import OwnForm, OwnPasswordForm
from nyckeltal.web.people.models import Session, User
from nyckeltal.web.people.session import leave_if_ended, signed_in

SHOWN_CHANGES = 10


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    form = OwnForm(request.POST or None, initial={"name": person.name, "language": person.language, "theme": person.theme})
    if request.method == "POST" and form.is_valid():
        actions.change_own(person, **form.cleaned_data)
        return _saved(person)
    return _page(request, person, form=form)


def _saved(person: User) -> HttpResponse:
    answer = HttpResponseRedirect(f"{reverse('people:account')}?done=saved")
    answer.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
    answer.delete_cookie(THEME_COOKIE)
    remember_choices(answer, language=person.language, theme=person.theme)
    return answer


@require_POST
def own_password(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    form = OwnPasswordForm(person, request.POST)
    if not form.is_valid():
        return _page(request, User.objects.get(pk=person.pk), password_form=form)
    actions.change_own_password(person, form.cleaned_data["new_password1"], session_key=request.session.session_key)
    update_session_auth_hash(request, person)
    return redirect(f"{reverse('people:account')}?done=password")


@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Everywhere, here too."""
    actions.sign_out_everywhere(person := signed_in(request), by=person)
    leave_if_ended(request)
    return redirect("people:sign_in")


def _page(request: HttpRequest, person: User, *, form: OwnForm | None = None, password_form: OwnPasswordForm | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form or OwnForm(initial={"name": person.name, "language": person.language, "theme": person.theme}),
        "password_form": password_form or OwnPasswordForm(person),
        "has_password": person.has_usable_password(),
        "sessions": Session.objects.filter(user=person, expire_date__gt=timezone.now()).order_by("-seen_at"),
        "here": request.session.session_key,
        "roles": [(role, list(dict.fromkeys(say(ruling.why) for ruling in _says(person) if ruling.role is role))) for role in person.held],
        "changes": [(change, changes.said(change)) for change in changes.of(person)[:SHOWN_CHANGES]],
        "tokens": len(tokens.standing(person)),
        "done": request.GET.get("done"),
    }
    return render(request, "people/account.html", context)


def _says(person: User) -> list[access.Ruling]:
    return [*access.explain(person, access.Thing.FIGURES), *access.explain(person, access.Thing.CONTACTS)]
