"""Sources that are kept in step: how each is, its form, trying it, fetching it now, letting it rest."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nyckeltal.errors import UserMistake
from nyckeltal.sources.pull import condition, run, sources, write
from nyckeltal.web.contacts import feeds
from nyckeltal.web.contacts.feeds import FeedForm
from nyckeltal.web.contacts.views.loads import feeder
from nyckeltal.web.frame.say import say
from nyckeltal.web.jobs.models import Job

FILES = ("folder", "follow")


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Every source with what is right and wrong about it."""
    feeder(request)
    found = sources.read(feeds.home())
    context = {
        "broken": [(name, wrong, bool(_kind_of(name))) for name, wrong in found.broken.items()],
        "conditions": list(condition.of_all(feeds.home(), datetime.now(UTC))), "issues": found.wrong_rules if found.broken else found.issues,
        "under_way": set(Job.objects.open().filter(kind=feeds.PULL).values_list("title", flat=True)),
        "systems": sorted(((name, condition.titled(name)) for name in sources.askable()), key=lambda one: say(one[1])),
        "saved": request.GET.get("saved", ""), "answers": request.GET.get("answers", ""),
    }  # fmt: skip
    return render(request, "contacts/sources.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, kind: str) -> HttpResponse:
    feeder(request)
    if kind not in {*FILES, *sources.askable()}:
        raise Http404
    return _form(request, FeedForm(kind, data=request.POST or None))


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, name: str) -> HttpResponse:
    feeder(request)
    return _form(request, FeedForm(_kind(name), name, request.POST or None))


def _kind(name: str) -> str:
    """What sort of source it is; 404 where there is none of that name."""
    if not (kind := _kind_of(name)):
        raise Http404
    return kind


def _kind_of(name: str) -> str:
    """Empty where no form shows it."""
    table = write.table_of(feeds.home(), name) if sources.NAME.fullmatch(name) else {}
    kind = next((way for way in FILES if way in table), str(table.get("system", "")))
    return kind if kind in {*FILES, *sources.askable()} else ""


def _form(request: HttpRequest, form: FeedForm) -> HttpResponse:
    if request.method == "POST" and form.saved():
        return redirect(f"{reverse('contacts:sources')}?saved={form.cleaned_data['name']}")
    return render(request, "contacts/source.html", {"form": form})


@require_POST
def attempt(request: HttpRequest, name: str) -> HttpResponse:
    """Try the connection, at once."""
    feeder(request)
    _kind(name)
    try:
        run.tried(sources.read(feeds.home()).feed(name), feeds.means())
    except UserMistake as mistake:
        return render(request, "contacts/source.html", {"form": FeedForm(_kind(name), name), "mistake": mistake})
    return redirect(f"{reverse('contacts:sources')}?answers={name}")


@require_POST
def fetch(request: HttpRequest, name: str) -> HttpResponse:
    person = feeder(request)
    _kind(name)
    feeds.begin(name, person)
    return redirect("contacts:sources")


@require_POST
def rest(request: HttpRequest, name: str) -> HttpResponse:
    """Pause it, or go on with it."""
    feeder(request)
    _kind(name)
    feeds.pause(name, paused="pause" in request.POST)
    return redirect("contacts:sources")
