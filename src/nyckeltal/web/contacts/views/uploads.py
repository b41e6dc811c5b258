"""A file on its way in: sent, its columns understood, looked at, handed over to be loaded."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from nyckeltal.contacts.schema import TABLES
from nyckeltal.errors import UserMistake
from nyckeltal.sources import written
from nyckeltal.web.contacts.loads import columns, draft, ledger, reading, saved, uploads, words, work
from nyckeltal.web.contacts.models import Upload
from nyckeltal.web.contacts.views.loads import feeder
from nyckeltal.web.frame import facts

ZONE_OF = {"sv": "Europe/Stockholm", "da": "Europe/Copenhagen", "fi": "Europe/Helsinki", "hu": "Europe/Budapest"}


@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Receive files; what cannot be read is told at once, and nothing of it kept."""
    person = feeder(request)
    files = request.FILES.getlist("files")
    if not files:
        return render(request, "contacts/not_taken.html", {"nothing": True, "systems": words.systems()}, status=400)
    try:
        upload = uploads.receive(person, files, request.POST.get("repairs", "")[:60], request.POST.get("system", ""))
    except UserMistake as mistake:
        return render(request, "contacts/not_taken.html", {"mistake": mistake, "systems": words.systems(), "asking": True}, status=400)
    _guess_whose(upload)
    return redirect("contacts:upload", upload.pk)


def _guess_whose(upload: Upload) -> None:
    """The only client there is, and the clock of the reader's language where nobody has said one; both are shown to be checked."""
    known = [row["client_id"] for row in facts.current().small("client").to_pylist()]
    zone = "" if reading.zones() else ZONE_OF.get(get_language() or "", "")
    if upload.system:
        upload.told(client=known[0] if len(known) == 1 else "", zone=zone)
    elif not upload.read_as:
        fact, file = upload.mapping.setdefault("fact", {}), upload.mapping.setdefault("file", {})
        if len(known) == 1 and "client" in fact:
            fact["client"] = known[0]
        if zone:
            file.setdefault("zone", zone)
        upload.told(mapping=upload.mapping)


def _find(request: HttpRequest, upload_id: Any) -> Upload:
    """The person's own file, as long as it is kept and not handed over."""
    upload = Upload.objects.filter(pk=upload_id, by=feeder(request)).select_related("job").first()
    if upload is None or not uploads.is_there(upload):
        raise Http404
    return upload


@require_safe
def upload(request: HttpRequest, upload_id: Any) -> HttpResponse:
    """What do the columns mean?"""
    found = _find(request, upload_id)
    if found.job and found.job.is_open:
        return redirect("contacts:job", found.job.pk)
    return _page(request, found)


def _page(request: HttpRequest, found: Upload, **more: Any) -> HttpResponse:
    context = {
        "upload": found,
        "clients": _clients(),
        "zones": words.ZONES,
        "sources": sorted({line.source for line in ledger.lines()}),
        "systems": words.systems(),
    } | more
    if not found.system:
        context |= _table(found) | more
    part = "#mapping" if request.headers.get("HX-Request") and not found.system else ""
    return render(request, f"contacts/upload.html{part}", context)


def _table(found: Upload) -> dict[str, Any]:
    shown = columns.shown(found.seen, found.mapping)
    told = reading.told(found)
    conditions = [*draft.conditions(found.mapping, found.seen), {}]
    return {
        "kinds": columns.kinds(found.seen, found.mapping), "used": [one for one in shown if one.used], "unused": [one for one in shown if not one.used],
        "columns": shown, "constants": columns.constants(found.seen, found.mapping), "told": told, "conditions": list(enumerate(conditions)),
        "mapping_text": written.text_of(found.mapping), "has_client": found.seen["kind"] != "client",
        "has_source": TABLES[found.seen["kind"]].family == "fact", **_remember(found),
    }  # fmt: skip


def _remember(found: Upload) -> dict[str, Any]:
    """Whether the mapping is to be remembered, and as what."""
    name = found.seen.get("name") or found.read_as or found.names[0].split(".", 1)[0]
    return {"remember": name, "remembering": found.seen.get("remembering", True)}


def _clients() -> list[tuple[str, str]]:
    return [(row["client_id"], row["name"] or row["client_id"]) for row in facts.current().small("client").to_pylist()]


@require_POST
def change(request: HttpRequest, upload_id: Any) -> HttpResponse:
    """Keep what the form says and show what it makes of the rows; or load, forget, start afresh."""
    found = _find(request, upload_id)
    wish = request.POST.get("do", "look")
    if found.job and found.job.is_open:
        return redirect("contacts:job", found.job.pk)
    if wish == "forget":
        uploads.forget(found)
        return redirect("contacts:loads")
    if wish in ("afresh", "table", "system"):
        return _looked_at(request, found, wish)
    if found.system:
        source = request.POST.get("source", "").strip()
        found.told(
            client=request.POST.get("client", "").strip(), zone=request.POST.get("zone", "").strip(), mapping={"fact": {"source": source}} if source else {}
        )
        return _handed_over(request, found)
    return _changed(request, found, wish)


def _looked_at(request: HttpRequest, found: Upload, wish: str) -> HttpResponse:
    """Look at the file anew: as a table, or as what a system has exported."""
    try:
        if wish == "system" and request.POST.get("system"):
            uploads.look(found, system=request.POST["system"])
        else:
            uploads.look(found, str(found.seen.get("kind", "contact")) if wish == "afresh" else "contact")
    except UserMistake as mistake:
        return _page(request, _find(request, found.pk), unread=mistake)
    found.save()
    if wish == "system":
        _guess_whose(found)
    return redirect("contacts:upload", found.pk)


def _changed(request: HttpRequest, found: Upload, wish: str) -> HttpResponse:
    try:
        _take(request, found, wish)
    except UserMistake as mistake:
        return _page(request, found, mistake=mistake, mapping_text=request.POST.get("text", ""), text_open=True)
    if wish == "load":
        return _handed_over(request, found)
    return _page(request, found) if request.headers.get("HX-Request") else redirect("contacts:upload", found.pk)


def _take(request: HttpRequest, found: Upload, wish: str) -> None:
    if wish == "text":
        found.mapping = _from_text(request.POST.get("text", ""))
    elif request.POST.get("kind", found.seen["kind"]) != found.seen["kind"]:
        uploads.look(found, request.POST["kind"])
        found.save()
        return
    else:
        found.seen |= {"name": request.POST.get("name", "")[:80], "remembering": "remember" in request.POST}
        found.mapping = draft.changed(found.mapping, found.seen, request.POST.dict(), request.POST.getlist("key"))
    kind = str(found.mapping.get("fact", {}).get("kind", "contact"))
    if kind != found.seen["kind"] and kind in words.KINDS:
        found.seen["kind"] = kind
    found.save()


def _from_text(text: str) -> dict[str, Any]:
    """A mapping typed or pasted; what is wrong with it is told with its line."""
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from nyckeltal.sources.mapping_file import read_mapping

    with TemporaryDirectory() as made:
        file = Path(made) / "mapping.toml"
        file.write_text(text, encoding="utf-8")
        read_mapping(file)
    return written.tables_of(text)


def _handed_over(request: HttpRequest, found: Upload) -> HttpResponse:
    """To the worker, unless the first rows already show that it cannot be loaded."""
    if not found.system and not reading.told(found).would_load:
        return redirect("contacts:upload", found.pk)
    if not found.system and request.POST.get("remember") and request.POST.get("name", "").strip():
        columns = [column["name"] for column in found.seen["columns"]]
        found.told(read_as=saved.keep(request.POST["name"], found.mapping, columns))
    job = work.begin_load(found, feeder(request))
    return redirect("contacts:job", job.pk)


@require_safe
def mapping_file(request: HttpRequest, upload_id: Any) -> HttpResponse:
    """The mapping as a file, for the command line."""
    found = _find(request, upload_id)
    if found.system:
        raise Http404
    answer = HttpResponse(written.text_of(found.mapping), content_type="application/toml; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="mapping.toml"'
    return answer
