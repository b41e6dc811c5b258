"""The organisation: an overview, lists, one thing with its time line and form, many described at once, files, and taking a change back."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from nyckeltal.contacts.organisation.edit import Edit, version
from nyckeltal.contacts.organisation.files import FORMATS
from nyckeltal.contacts.organisation.rows import Row, key, withdrawn
from nyckeltal.web.contacts.organisation import listed, timeline, words
from nyckeltal.web.contacts.organisation.apply import edit_of, job_of, may_be_taken_back, under_way
from nyckeltal.web.contacts.organisation.carry import Outcome, carry, meanwhile_of
from nyckeltal.web.contacts.organisation.forms import ALWAYS, RowForm, ThingForm, moved_along, withdrawal
from nyckeltal.web.contacts.organisation.kinds import BY_SLUG, LABELS, Kind
from nyckeltal.web.contacts.organisation.opening import opening
from nyckeltal.web.frame.say import say
from nyckeltal.web.jobs.models import Job
from nyckeltal.web.people import access
from nyckeltal.web.people.models import User
from nyckeltal.web.people.session import signed_in

AT_ONCE = 25  # rows of the table in which many are described


def _today() -> date:
    return timezone.now().date()


def _kind(person: User, slug: str) -> tuple[Kind, access.Ruling]:
    """The kind of that address, and what of it the person may read."""
    access.enter(person, access.Page.ORGANISATION)
    if slug not in BY_SLUG:
        raise Http404
    ruling = access.organisation_table(person, BY_SLUG[slug].table)
    if not ruling.allowed:
        raise PermissionDenied(ruling.why)
    return BY_SLUG[slug], ruling


def _editing(person: User, slug: str) -> Kind:
    kind, _ruling = _kind(person, slug)
    if not access.may_edit_organisation(person):
        raise PermissionDenied(access.ONLY_READ)
    return kind


def _saved(request: HttpRequest) -> dict[str, Any]:
    load = request.GET.get("saved", "")
    return {"saved": load, "undoable": bool(load) and may_be_taken_back(load)}


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    person, today = signed_in(request), _today()
    access.enter(person, access.Page.ORGANISATION)
    cards, open_ones, planned = [], [], []
    for kind in listed.readable(person):
        found = listed.rows(kind.table, access.organisation_table(person, kind.table))
        unknown = listed.undescribed(kind.table, found)
        cards.append({"kind": kind, "count": len(found)})
        open_ones += [{"kind": kind, "count": len(unknown)}] if unknown else []
        planned += [(row["valid_from"], listed.item(kind, row, today)) for row in found if row.get("valid_from") and words.state(row, today) == words.PLANNED]
    planned.sort(key=lambda pair: (pair[0], pair[1].title))
    context = {"cards": cards, "undescribed": open_ones, "planned": planned[:10], "may_edit": access.may_edit_organisation(person)}
    return render(request, "contacts/organisation/overview.html", context | {"under_way": under_way() if context["may_edit"] else []})


@require_safe
def things(request: HttpRequest, slug: str) -> HttpResponse:
    person = signed_in(request)
    kind, ruling = _kind(person, slug)
    found = listed.rows(kind.table, ruling)
    context = {
        "kind": kind, "page": listed.page(kind, found, request.GET.dict(), _today(), ruling.hidden), "heads": listed.heads(kind, ruling.hidden),
        "all": len(found), "undescribed": len(listed.undescribed(kind.table, found)), "q": request.GET.get("q", ""), "only": request.GET.get("only", ""),
        "dated": any(row.get("valid_from") for row in found), "may_edit": access.may_edit_organisation(person), "formats": tuple(FORMATS),
    }  # fmt: skip
    return render(request, "contacts/organisation/things.html", context | _saved(request))


@require_http_methods(["GET", "HEAD", "POST"])
def thing(request: HttpRequest, slug: str, thing_id: str) -> HttpResponse:
    """One thing: what it says, its time line, and for administrators the form."""
    person = signed_in(request)
    kind, ruling = _kind(person, slug)
    stored = next((row for row in listed.rows(kind.table, ruling) if str(row[key(kind.table)]) == thing_id), None)
    if stored is None:
        raise Http404
    if request.method != "POST":
        form = ThingForm(kind, stored, initial=_as_asked(kind, request) | _fresh()) if access.may_edit_organisation(person) else None
        return render(request, "contacts/organisation/thing.html", _about(person, kind, stored, ruling) | {"form": form} | _saved(request))
    _editing(person, slug)
    form = ThingForm(kind, stored, request.POST)
    withdrawing = "withdraw" in request.POST and bool(stored.get("valid_from"))
    edit = withdrawal(kind, stored, request.POST.get("version", ""), request.POST.get("token", "")) if withdrawing else _edit(form)
    back = timeline.address(kind.table, thing_id)
    outcome = carry(edit, person, request.POST.get("confirmed", ""), _today(), back) if edit else Outcome()
    if outcome.done:
        return _onward(outcome.done, back)
    context = _about(person, kind, stored, ruling) | {"form": _told(form, outcome, withdrawing=withdrawing), "withdrawing": withdrawing}
    return render(request, "contacts/organisation/thing.html", context | _outcome(outcome))


def _fresh() -> dict[str, str]:
    """A mark of the form, so that pressing the button twice is one change."""
    return {"token": uuid.uuid4().hex}


def _as_asked(kind: Kind, request: HttpRequest) -> dict[str, Any]:
    """What a change that could not be carried out had said, so that nothing has to be typed again."""
    job = job_of(request.GET["from"]) if "from" in request.GET else None
    edit = edit_of(job) if job else None
    last = edit.puts[-1] if edit and edit.puts[-1].table == kind.table else None
    return {name: last.row[name] for name in kind.fields} | {"since": ALWAYS} if last else {}


def _edit(form: ThingForm) -> Edit | None:
    return form.edit() if form.is_valid() else None


def _told(form: ThingForm, outcome: Outcome, *, withdrawing: bool = False) -> ThingForm:
    """The form with what was said about it; after a clash it knows the row as it stands now."""
    if withdrawing:
        return ThingForm(form.kind, form.stored, initial=_fresh())
    form.is_valid()
    if outcome.preview:
        form.keep(confirmed=outcome.preview.mark)
    if outcome.clashes:
        form.keep(version=outcome.clashes[0].version, **_fresh())
    form.tell(outcome.issues)
    return form


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {"preview": outcome.preview, "clashes": outcome.clashes, "mistake": outcome.mistake, "unchanged": outcome.unchanged}


def _about(person: User, kind: Kind, stored: Row, ruling: access.Ruling) -> dict[str, Any]:
    table, today = kind.table, _today()
    facts = [(LABELS[name], words.value(table, name, stored.get(name))) for name in kind.fields if name not in ruling.hidden and name not in _TOLD_APART]
    return {
        "kind": kind, "thing_id": stored[key(table)], "title": words.title(table, stored), "described": stored.get("described", True),
        "sentence": words.agreement(stored) if table == "agreement" else "", "terms": words.terms(stored) if table == "agreement" else [],
        "stretch": words.stretch(stored) if stored.get("valid_from") or stored.get("valid_to") else "", "state": words.state(stored, today),
        "facts": [(name, value) for name, value in facts if value],
        "steps": timeline.steps(table, stored, today, listed.memberships(person), listed.open_memberships(person)),
        "history": timeline.history(table, str(stored[key(table)]), ruling.hidden), "opening": opening(stored, today) if table == "calendar" else None,
        "may_withdraw": kind.dated and not withdrawn(stored), "version": version(table, stored), "token": uuid.uuid4().hex,
    }  # fmt: skip


_TOLD_APART = {"weekly", "holidays"}


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Something that is not there yet; the address may say what is known of it."""
    person = signed_in(request)
    kind = _editing(person, slug)
    if request.method != "POST":
        known = {name: value for name, value in request.GET.items() if name in kind.fields}
        form = ThingForm(kind, None, initial=known | _as_asked(kind, request) | _fresh())
        return render(request, "contacts/organisation/new.html", {"kind": kind, "form": form})
    form = ThingForm(kind, None, request.POST)
    edit = _edit(form)
    back = timeline.address(kind.table, edit.puts[0].id) if edit else ""
    outcome = carry(edit, person, request.POST.get("confirmed", ""), _today(), back) if edit else Outcome()
    if outcome.done:
        return _onward(outcome.done, back)
    return render(request, "contacts/organisation/new.html", {"kind": kind, "form": _told(form, outcome)} | _outcome(outcome))


@require_http_methods(["GET", "HEAD", "POST"])
def describe(request: HttpRequest, slug: str) -> HttpResponse:
    """Many at once in one table: those nobody has described, or all."""
    person = signed_in(request)
    kind = _editing(person, slug)
    if not kind.few:
        raise Http404
    forms = _row_forms(kind, request)
    context: dict[str, Any] = {"kind": kind, "token": uuid.uuid4().hex, "everything": "all" in request.GET, "q": request.GET.get("q", "")}
    if request.method == "POST":
        back = reverse("contacts:things", args=[slug])
        outcome = _many(forms, person, request, back)
        if outcome.done:
            return _onward(outcome.done, back)
        context |= _outcome(outcome) | {"nothing": not any(form.counts for form in forms)}
    shown = _to_describe(kind, request)
    context |= {"forms": forms, "heads": [LABELS[name] for name in kind.few], "left": max(shown.paginator.count - len(forms), 0)}
    return render(request, "contacts/organisation/describe.html", context | ({"page": shown} if context["everything"] else {}))


def _to_describe(kind: Kind, request: HttpRequest) -> Page[Row]:
    found = listed.rows(kind.table, access.organisation_table(signed_in(request), kind.table))
    wanted = found if "all" in request.GET else listed.undescribed(kind.table, found)
    asked = request.GET.get("q", "").casefold().split()
    found = [row for row in wanted if all(word in f"{row[key(kind.table)]} {words.title(kind.table, row)}".casefold() for word in asked)]
    return Paginator(found, AT_ONCE).get_page(request.GET.get("page"))


def _row_forms(kind: Kind, request: HttpRequest) -> list[RowForm]:
    """The rows that were shown, or the first that are to be."""
    if request.method != "POST":
        return [RowForm(kind, row, number) for number, row in enumerate(_to_describe(kind, request).object_list)]
    known = {str(row[key(kind.table)]): row for row in listed.rows(kind.table, access.organisation_table(signed_in(request), kind.table))}
    return [RowForm(kind, known[one], number, request.POST) for number, one in enumerate(request.POST.getlist("row")) if one in known]


def _many(forms: list[RowForm], person: User, request: HttpRequest, back: str) -> Outcome:
    """All rows that count, in one change; what is wrong with one stands beside it."""
    chosen = [form for form in forms if form.counts]
    if not chosen or any([not form.is_valid() for form in chosen]):  # noqa: C419 - each is to say what is wrong with it
        return Outcome()
    puts = [form.put() for form in chosen]
    edit = Edit((*puts, *moved_along(puts)), request.POST.get("token") or uuid.uuid4().hex)
    outcome = carry(edit, person, request.POST.get("confirmed", ""), _today(), back)
    for issue in outcome.issues:
        form = chosen[min(issue.line or 1, len(chosen)) - 1]
        form.add_error(issue.field if issue.field in form.fields else None, say(issue.text))
    for clash in outcome.clashes:
        form = chosen[min(clash.number, len(chosen) - 1)]
        form.keep(version=clash.version)
        form.add_error(None, gettext("Somebody else has changed this meanwhile. Look at it once more, then save again."))
    return outcome


@require_safe
def download(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """The table as a file that can be loaded again."""
    kind = _editing(signed_in(request), slug)
    if form not in FORMATS:
        raise Http404
    media_type, write = FORMATS[form]
    rows = sorted(listed.rows(kind.table, access.organisation_table(signed_in(request), kind.table)), key=lambda row: str(row[key(kind.table)]))
    answer = HttpResponse(write(kind.table, rows), content_type=media_type)
    answer["Content-Disposition"] = f'attachment; filename="{kind.table}.{form}"'
    return answer


@require_safe
def work(request: HttpRequest, job_id: Any) -> HttpResponse:
    """How far a change is that the worker carries out; may be left and found again."""
    person = signed_in(request)
    access.enter(person, access.Page.ORGANISATION)
    if not access.may_edit_organisation(person):
        raise PermissionDenied(access.ONLY_READ)
    job = job_of(job_id)
    if job is None:
        raise Http404
    if job.state != Job.State.DONE:
        template = "contacts/organisation/job.html" + ("#state" if request.headers.get("HX-Request") else "")
        return render(request, template, {"job": job, "clashes": meanwhile_of(edit_of(job)) if not job.is_open else ()})
    address = f"{job.about['back']}?saved={job.result['load_id']}"
    if request.headers.get("HX-Request"):
        answer = HttpResponse()
        answer["HX-Redirect"] = address
        return answer
    return redirect(address)


def _onward(done: str | Job, back: str) -> HttpResponse:
    """To the page that shows what was saved, or to the one that shows how far it is."""
    return redirect("contacts:organisation_work", done.pk) if isinstance(done, Job) else redirect(f"{back}?saved={done}")
