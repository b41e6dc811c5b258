"""The administrator's pages about accounts: find, invite, change, hand out a way in, close."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nyckeltal.web.people import access, actions, changes, links, tokens
from nyckeltal.web.people.forms import InvitationForm, PersonForm
from nyckeltal.web.people.models import Link, User
from nyckeltal.web.people.organisation import agents, clients
from nyckeltal.web.people.paging import page_of, question
from nyckeltal.web.people.roles import Role
from nyckeltal.web.people.session import leave_if_ended, signed_in
from nyckeltal.web.people.standing import STANDINGS, Standing, lacking, standing

SHOWN_CHANGES = 20


def _administrator(request: HttpRequest) -> User:
    person = signed_in(request)
    access.enter(person, access.Page.PEOPLE)
    return person


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    _administrator(request)
    words, role, state = (request.GET.get(name, "").strip() for name in ("q", "role", "state"))
    open_links = set(Link.objects.open(timezone.now()).values_list("person_id", flat=True))
    known = [(person, standing(person, person.pk in open_links)) for person in User.objects.order_by("name", "username")]
    rows = [(person, at, _tied(person)) for person, at in known if _sought(person, words, role) and state in {"", at.value}]
    context = {
        "page": page_of(request, rows), "q": words, "role": role, "state": state, "roles": Role.choices,
        "states": [(at.value, at.label) for at in STANDINGS], "all": len(known), "waiting": sum(at is Standing.INVITED for _, at in known),
        "may_sign_in": sum(at in {Standing.OPEN, Standing.DEMO} for _, at in known), "query": question(request),
    }  # fmt: skip
    return render(request, "people/list.html", context)


def _sought(person: User, words: str, role: str) -> bool:
    text = f"{person.name} {person.username} {agents().get(person.agent_id, person.agent_id)}".casefold()
    return all(word in text for word in words.casefold().split()) and (not role or role in person.roles)


def _tied(person: User) -> str:
    agent = [agents().get(person.agent_id, person.agent_id)] if person.agent_id else []
    return ", ".join([*agent, *(clients().get(one, one) for one in person.client_ids)])


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    by = _administrator(request)
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person, token = actions.invite(form.cleaned_data["username"], by=by, **form.details())
        except ValidationError as mistake:
            _told(form, mistake)
        else:
            return _shown_once(request, person, token)
    return render(request, "people/invite.html", {"form": form})


def _shown_once(request: HttpRequest, person: User, token: str) -> HttpResponse:
    """The link stands in this answer and nowhere else."""
    address = request.build_absolute_uri(reverse("people:by_link", args=[token]))
    link = links.standing(person)
    context = {"person": person, "address": address, "first": not person.has_usable_password(), "until": link.expires_at if link else None}
    return render(request, "people/link.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    by = _administrator(request)
    about = get_object_or_404(User, pk=person_id)
    initial = {"name": about.name, "roles": about.roles, "agent_id": about.agent_id, "client_ids": about.client_ids}
    form = PersonForm(request.POST or None, person=about, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_person(about, by=by, **({"client_ids": about.client_ids} | form.details()))
        except ValidationError as mistake:
            _told(form, mistake)
        else:
            return _back(about, "saved")
    return render(request, "people/person.html", _about(request, about, form))


def _about(request: HttpRequest, about: User, form: PersonForm) -> dict[str, Any]:
    about.refresh_from_db()
    link = links.standing(about)
    return {
        "person": about, "form": form, "link": link, "standing": standing(about, link is not None), "lacking": lacking(about),
        "tokens": [(token, tokens.may(token)) for token in tokens.standing(about)],
        "last_administrator": actions.is_last_administrator(about), "sessions": about.sessions.filter(expire_date__gt=timezone.now()).count(),
        "changes": [(change, changes.said(change)) for change in changes.of(about)[:SHOWN_CHANGES]], "done": request.GET.get("done"),
    }  # fmt: skip


def _told(form: Form, mistake: ValidationError) -> None:
    """A mistake at its field, or above the form where the form has no such field."""
    told = mistake.message_dict if hasattr(mistake, "error_dict") else {"__all__": mistake.messages}
    for field, messages in told.items():
        for message in messages:
            form.add_error(field if field in form.fields else None, message)


def _back(about: User, done: str) -> HttpResponse:
    return redirect(f"{reverse('people:person', args=[about.pk])}?done={done}")


def _done(request: HttpRequest, person_id: int, verb: Callable[..., object], done: str) -> HttpResponse:
    """One verb about one person; where it is refused the person's page says why."""
    by = _administrator(request)
    about = get_object_or_404(User, pk=person_id)
    try:
        verb(about, by=by)
    except ValidationError as mistake:
        return render(request, "people/person.html", _about(request, about, _unchanged(about)) | {"refused": mistake.messages}, status=409)
    leave_if_ended(request)
    return _back(about, done)


def _unchanged(about: User) -> PersonForm:
    return PersonForm(person=about, initial={"name": about.name, "roles": about.roles, "agent_id": about.agent_id, "client_ids": about.client_ids})


@require_POST
def close(request: HttpRequest, person_id: int) -> HttpResponse:
    return _done(request, person_id, actions.close_account, "closed")


@require_POST
def reopen(request: HttpRequest, person_id: int) -> HttpResponse:
    return _done(request, person_id, actions.reopen_account, "reopened")


@require_POST
def sign_out(request: HttpRequest, person_id: int) -> HttpResponse:
    return _done(request, person_id, actions.sign_out_everywhere, "signed_out")


@require_POST
def withdraw(request: HttpRequest, person_id: int) -> HttpResponse:
    return _done(request, person_id, links.withdraw, "withdrawn")


@require_POST
def withdraw_token(request: HttpRequest, person_id: int, token_id: int) -> HttpResponse:
    return _done(request, person_id, lambda about, by: tokens.withdraw(about, token_id, by=by), "token")


@never_cache
@require_POST
def link(request: HttpRequest, person_id: int) -> HttpResponse:
    by = _administrator(request)
    about = get_object_or_404(User, pk=person_id)
    try:
        token = actions.new_link(about, by=by)
    except ValidationError as mistake:
        return render(request, "people/person.html", _about(request, about, _unchanged(about)) | {"refused": mistake.messages}, status=409)
    return _shown_once(request, about, token)
