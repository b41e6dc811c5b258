"""Taking up an invitation, or choosing a new password, by a link that somebody handed over."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from nyckeltal.web.people import links
from nyckeltal.web.people.forms import WelcomeForm
from nyckeltal.web.people.views.sign_in import let_in

KEPT = "welcome"


@login_not_required
@never_cache
@require_safe
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The token leaves the address at once, so that it stands in no history and no header of the pages that follow."""
    if links.found(token_hash := links.hashed(token)):
        request.session[KEPT] = token_hash
    else:  # strangers who guess leave no session behind
        request.session.pop(KEPT, None)
    return redirect("people:welcome")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    token_hash = str(request.session.get(KEPT, ""))
    link = links.found(token_hash)
    if link is None:
        return render(request, "people/welcome_gone.html", status=410)
    person, first = link.person, not link.person.has_usable_password()
    form = WelcomeForm(person, request.POST or None, first=first, initial={"name": person.name, "language": person.language or get_language()})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        entered = links.use(token_hash, password=given["new_password1"], name=given.get("name", ""), language=given.get("language", ""))
        if entered is not None:
            request.session.flush()
            return let_in(request, entered, reverse("frame:home"))
    return render(request, "people/welcome.html", {"form": form, "person": person, "first": first})
