"""Tokens for programs: what one has made, a new one shown once, and withdrawing."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from nyckeltal.web.people import tokens
from nyckeltal.web.people.forms import TokenForm
from nyckeltal.web.people.session import signed_in


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """The token stands in the answer to the form and nowhere else."""
    person = signed_in(request)
    form = TokenForm(person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            token = tokens.make(person, **form.details())
        except ValidationError as mistake:
            form.add_error(None, mistake)
        else:
            made = tokens.standing(person)[0]
            context = {"token": token, "made": made, "may": tokens.may(made), "address": request.build_absolute_uri("/api/")}
            return render(request, "people/token.html", context)
    held = [(token, tokens.may(token)) for token in tokens.standing(person)]
    context = {"form": form, "tokens": held, "may_any": bool(tokens.open_to(person)), "done": request.GET.get("done")}
    return render(request, "people/tokens.html", context)


@require_POST
def withdraw_own(request: HttpRequest, token_id: int) -> HttpResponse:
    tokens.withdraw(person := signed_in(request), token_id, by=person)
    return redirect(f"{reverse('people:tokens')}?done=withdrawn")
