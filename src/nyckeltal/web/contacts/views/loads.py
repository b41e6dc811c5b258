"""What came in: all loads, one load with its refused rows, and taking it back. No figures here: whoever feeds the data need not see them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nyckeltal.errors import UserMistake
from nyckeltal.packing import unpack
from nyckeltal.sources import templates
from nyckeltal.sources.pull import condition
from nyckeltal.web.contacts import same
from nyckeltal.web.contacts.loads import ledger, refused, uploads, words, work
from nyckeltal.web.contacts.models import Upload
from nyckeltal.web.jobs.models import Job
from nyckeltal.web.people import access
from nyckeltal.web.people.models import User
from nyckeltal.web.people.session import signed_in

PAGE = 10
SOURCES = 6  # shown at once; the others are folded
FORMS = {".csv": "text/csv; charset={}", ".txt": "text/plain; charset=utf-8", ".zip": "application/zip"}


def feeder(request: HttpRequest) -> User:
    """Whoever may be here; others are told why not."""
    person = signed_in(request)
    access.enter(person, access.Page.LOADS)
    return person


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Where data comes in: how far it reaches, what is under way, what came in, and the place to send a file."""
    person = feeder(request)
    if request.headers.get("HX-Request"):
        return render(request, "contacts/loads.html#under_way", {"under_way": _under_way()})
    lines, reaches = ledger.lines(), ledger.reaches()
    of_source, last = ledger.by_source(reaches), _page(request, len(lines))
    context = {
        "lines": lines[last - PAGE : last], "earlier": last + PAGE if last < len(lines) else 0, "later": max(last - PAGE, 0), "sources": of_source[:SOURCES],
        "more_sources": of_source[SOURCES:], "empty": not lines,
        "templates": [(kind, words.KINDS[kind]) for kind in templates.OFFERED],
        "until": ledger.contacts_known_until(reaches), "under_way": _under_way(), "begun": _begun(person), "most": settings.UPLOAD_LIMIT_BYTES // 1_000_000,
        "systems": words.systems(), "ailing": condition.ailing(Path(settings.NYCKELTAL_HOME)), "twice": same.twice(),
    }  # fmt: skip
    return render(request, "contacts/loads.html", context)


@require_POST
def same_rule(request: HttpRequest) -> HttpResponse:
    """Count the contacts of two sources once, or twice again."""
    feeder(request)
    try:
        same.change(request)
    except UserMistake as mistake:
        return render(request, "contacts/rule.html", {"form": same.RuleForm(same.written(request.POST.get("drop", ""))), "mistake": mistake})
    return redirect(reverse("contacts:loads") + "#twice")


@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest) -> HttpResponse:
    """Write a rule about contacts of two sources, or change one; which one stands in the address as the file tells it."""
    feeder(request)
    before = same.written(request.GET.get("of", ""))
    if before is None and "of" in request.GET:
        raise Http404
    form = same.RuleForm(before, request.POST or None)
    if request.method == "POST" and form.saved():
        return redirect(reverse("contacts:loads") + "#twice")
    return render(request, "contacts/rule.html", {"form": form})


def _page(request: HttpRequest, n: int) -> int:
    """The number of the last load to be shown."""
    given = request.GET.get("to", "")
    return max(PAGE, min(int(given), n + PAGE)) if given.isascii() and given.isdigit() and len(given) < 9 else PAGE


def _under_way() -> list[Job]:
    return list(Job.objects.open().filter(kind__in=(work.LOAD, work.UNDO)).select_related("by"))


def _begun(person: User) -> list[Upload]:
    """Files the person sent and has not loaded."""
    return [upload for upload in Upload.objects.filter(by=person, job=None) if uploads.is_there(upload)]


@require_safe
def template(request: HttpRequest, kind: str, form: str) -> HttpResponse:
    """A table to fill in, its headers in the reader's language."""
    feeder(request)
    if kind not in templates.OFFERED or form not in templates.FORMATS:
        raise Http404
    kind_of_file, write = templates.FORMATS[form]
    language = (get_language() or "en").split("-")[0]
    answer = HttpResponse(write(kind, language, words.of_template(language)), content_type=kind_of_file)
    answer["Content-Disposition"] = f'attachment; filename="{kind}.{form}"'
    return answer


@require_safe
def one(request: HttpRequest, load_id: str) -> HttpResponse:
    feeder(request)
    line = _line(load_id)
    job = _job(work.LOAD, "load_id", load_id)
    undone = _job(work.UNDO, "load_id", load_id) if line.undone else None
    repairs = job.about.get("repairs") if job else ""
    context = {
        "line": line, "refused": refused.of_load(load_id), "warnings": [unpack(one) for one in job.result.get("warnings", ())] if job else [],
        "back": _back(undone), "also_in": undone.result.get("also_in", []) if undone else [], "repairs": repairs,
        "repaired": refused.of_load(repairs).open if repairs and ledger.one(repairs) else 0,
        "undoing": Job.objects.open().filter(kind=work.UNDO, about__load=load_id).first(), "may_see": access.figures(signed_in(request)).allowed,
    }  # fmt: skip
    return render(request, "contacts/load.html", context)


def _line(load_id: str) -> ledger.Line:
    line = ledger.one(load_id)
    if line is None:
        raise Http404
    return line


def _job(kind: str, name: str, load_id: str) -> Job | None:
    """The job that did it, where it was done from these pages."""
    return Job.objects.filter(kind=kind, **{f"result__{name}": load_id}).order_by("asked_at").first()


def _back(job: Job | None) -> dict[str, int]:
    """What an undo took away and what stands again, over all facts."""
    counts = job.result.get("back", {}).values() if job else ()
    return {part: sum(count.get(part, 0) for count in counts) for part in ("removed", "restored")} if job else {}


@require_safe
def refused_rows(request: HttpRequest, load_id: str) -> HttpResponse:
    """The refused rows as a file to be mended."""
    feeder(request)
    line = _line(load_id)
    name, content = refused.file_of(line)
    answer = HttpResponse(content, content_type=FORMS[Path(name).suffix].format(refused.charset(line)))
    answer["Content-Disposition"] = f'attachment; filename="{_plain(name)}"'
    return answer


@require_POST
def settle(request: HttpRequest, load_id: str) -> HttpResponse:
    """Nothing more is to be done about a refused row, or about all of the load that stand open; or it stands open again."""
    person = feeder(request)
    _line(load_id)
    with suppress(UserMistake):  # a later load has put it right meanwhile, as the page tells
        refused.settle(load_id, request.POST.getlist("row") or None, "reopen" not in request.POST, person.username)
    return redirect(reverse("contacts:load", args=[load_id]) + "#refused")


def _plain(name: str) -> str:
    return "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "_" for letter in name)


@require_POST
def undo(request: HttpRequest, load_id: str) -> HttpResponse:
    """Asked for at once and without a question: loading the file again brings it back."""
    person = feeder(request)
    line = _line(load_id)
    waiting = Job.objects.open().filter(kind=work.UNDO, about__load=load_id).first()
    if line.undone:
        return redirect("contacts:load", load_id)
    job = waiting or work.begin_undo(load_id, line.files, person)
    return redirect("contacts:job", job.pk)


@require_safe
def job(request: HttpRequest, job_id: Any) -> HttpResponse:
    """How far a load or an undo is; may be left and found again."""
    feeder(request)
    found = Job.objects.filter(pk=job_id, kind__in=(work.LOAD, work.UNDO)).select_related("by").first()
    if found is None:
        raise Http404
    if found.state == Job.State.DONE:
        again = "?again=1" if found.kind == work.LOAD and found.result.get("already") and found.attempts == 1 else ""
        return _moved_on(request, reverse("contacts:load", args=[found.result["load_id"]]) + again)
    upload = Upload.objects.filter(job=found).first()
    context = {"job": found, "upload": upload if upload and uploads.is_there(upload) else None, "undo": found.kind == work.UNDO, "told": _told(found)}
    return render(request, "contacts/job.html" + ("#state" if request.headers.get("HX-Request") else ""), context)


def _told(found: Job) -> dict[str, Any]:
    from nyckeltal.web.contacts.loads.words import STAGES

    return {"stage": STAGES.get(found.stage, ""), "bytes": found.stage == "read" and found.total > 10_000}


def _moved_on(request: HttpRequest, address: str) -> HttpResponse:
    """To the load itself, also where only a part of the page was asked for."""
    if request.headers.get("HX-Request"):
        answer = HttpResponse()
        answer["HX-Redirect"] = address
        return answer
    return redirect(address)
