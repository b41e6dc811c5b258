"""What came in, what was refused, and sending more: a file is taken in at once and loaded by the worker, as when it is sent by page."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from nyckeltal.errors import Issue
from nyckeltal.kpi import promises
from nyckeltal.packing import unpack
from nyckeltal.sources import filled, find
from nyckeltal.sources import written as tables
from nyckeltal.sources.refused import refused_rows, settle, still_refused
from nyckeltal.web.api import paging
from nyckeltal.web.api.call import Call
from nyckeltal.web.api.forms import form_of, sent
from nyckeltal.web.api.parameters import NOT_SO, Parameter, checked
from nyckeltal.web.api.plain import said, written
from nyckeltal.web.api.problem import Refused
from nyckeltal.web.contacts.loads import ledger, reading, saved, uploads, work
from nyckeltal.web.contacts.models import Upload
from nyckeltal.web.jobs.models import Job
from nyckeltal.web.people import access
from nyckeltal.words import Text

FORMS = ("json", "csv", "arrow", "parquet")
MAPPING_BYTES = 200_000
FIELDS = (
    Parameter("mapping", _("The mapping, as TOML; nyckeltal describe proposes one.")),
    Parameter("mapping_name", _("A mapping that is kept in this house, by its name.")),
    Parameter("system", _("The system the files come from, where they do not say it themselves.")),
    Parameter("client", _("Whose contacts they are, whatever the mapping says; needed where neither files nor mapping say it.")),
    Parameter("zone", _("The zone of times without an offset, whatever the mapping says: Europe/Stockholm.")),
)
ALL = Parameter("all", _("Also rows that a later load has put right, or that are settled."), kind="flag")
ROWS = Parameter("rows", _("The row_id of each row that is meant; without it all refused rows of the load."), kind="names", most=10_000)
SETTLED = Parameter("settled", _("True where nothing more is to be done about the rows, false where they stand open again."), kind="flag", required=True)


def listed(call: Call) -> HttpResponseBase:
    """The newest first, as `nyckeltal loads --format json` says them. Judging promises is kept like a load and is none."""
    access.enter(call.person, access.Page.LOADS)
    shown = paging.part(_loads(), call.given, ledger.store().snapshot().id)
    return HttpResponse(written(shown.rows), content_type="application/json", headers=paging.headers(call.request, shown.cursor))


def _loads() -> list[dict[str, Any]]:
    kept = (row for row in reversed(ledger.store().loads().to_pylist()) if row["source"] != promises.source)
    return [row | {name: json.loads(row[name]) for name in ("counts", "kinds")} for row in kept]


def one(call: Call) -> HttpResponseBase:
    access.enter(call.person, access.Page.LOADS)
    return HttpResponse(written(_found(call)), content_type="application/json")


def _found(call: Call) -> dict[str, Any]:
    found = next((row for row in _loads() if row["load_id"] == call.path["load"]), None)
    if found is None:
        raise Refused(404, Text("api.no_load", "There is no such load. /api/loads lists all of them."))
    return found


def refused(call: Call) -> HttpResponseBase:
    """The rows that were set aside, with file, line, field and reason, as they came."""
    access.enter(call.person, access.Page.LOADS)
    found = refused_rows(ledger.store(), _found(call)["load_id"])
    if not call.given.get("all"):
        found = still_refused(found)
    shown = paging.part(range(found.num_rows), call.given, ledger.store().snapshot().id)
    rows = found.slice(shown.rows[0], len(shown.rows)) if shown.rows else found.slice(0, 0)
    form = form_of(call.request, call.given.get("format"), FORMS)
    return sent(form, rows.to_pylist() if form == "json" else shown.rows, lambda: rows, paging.headers(call.request, shown.cursor))


def settled(call: Call) -> HttpResponseBase:
    """Say that nothing more is to be done about refused rows; they leave the list, and who said so and when is kept. Its rows as they are now."""
    access.enter(call.person, access.Page.LOADS)
    load_id, store = _found(call)["load_id"], ledger.store()
    settle(store, load_id, call.given.get("rows"), settled=call.given["settled"], now=timezone.now(), by=call.person.username)
    return HttpResponse(written(refused_rows(store, load_id).to_pylist()), content_type="application/json")


def send(call: Call) -> HttpResponseBase:
    """202 with the address of the job; 422 with what is wrong, before anything is loaded."""
    request = call.request
    if request.content_type != "multipart/form-data":
        raise Refused(415, Text("api.files_only", "Send files as multipart/form-data, each as “files”."), headers={"Accept": "multipart/form-data"})
    files = request.FILES.getlist("files")
    words = _words(request)
    if not files:
        raise Refused(422, NOT_SO, [Issue(Text("api.no_files", "Send at least one file as “files”."), field="files")])
    mapping = _mapping(words)
    upload = uploads.receive(call.person, files, system=words.get("system") or "")
    try:
        _understood(upload, words, mapping)
    except BaseException:
        uploads.forget(upload)
        raise
    return _begun(work.begin_load(upload, call.person))


def _words(request: HttpRequest) -> dict[str, Any]:
    """The mapping may have lines, and so is looked at apart."""
    given = {name: value for name, value in request.POST.items() if isinstance(value, str) and value.strip()}
    mapping = given.pop("mapping", "") or _file_said(request, "mapping")
    unknown_files = [name for name in request.FILES if name not in ("files", "mapping")]
    if unknown_files:
        raise Refused(422, NOT_SO, [Issue(Text("api.other_files", "Files are sent as “files”."), field=name[:80]) for name in unknown_files])
    found = checked(given, FIELDS)
    if len(mapping) > MAPPING_BYTES or "\0" in mapping:
        raise Refused(422, NOT_SO, [Issue(Text("api.long_mapping", "This is no mapping."), field="mapping")])
    if sum(bool(one) for one in (mapping, found.get("mapping_name"), found.get("system"))) > 1:
        raise Refused(422, NOT_SO, [Issue(Text("api.one_way", "Say mapping, mapping_name or system, one of them."), field="mapping")])
    if (system := found.get("system")) and system not in find.systems():
        text = Text("api.no_system", "There is no such system. There are: %(known)s", {"known": ", ".join(find.systems())})
        raise Refused(422, NOT_SO, [Issue(text, field="system")])
    return found | ({"mapping": mapping} if mapping else {})


def _file_said(request: HttpRequest, name: str) -> str:
    """What a word says that was sent as a file."""
    file = request.FILES.get(name)
    if not isinstance(file, UploadedFile):
        return ""
    try:
        content: bytes = file.read(MAPPING_BYTES + 1)
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(422, NOT_SO, [Issue(Text("api.long_mapping", "This is no mapping."), field=name)]) from None


def _understood(upload: Upload, words: Mapping[str, Any], mapping: dict[str, Any] | None) -> None:
    """What the files are, as the call says or as they show themselves; raises Refused where that would not load."""
    if system := words.get("system") or (mapping is None and upload.system):
        upload.told(system=system, mapping={}, client=words.get("client", ""), zone=words.get("zone", ""))
        return
    upload.system = ""
    mapping = mapping if mapping is not None or upload.read_as else _filled_in(upload, words)
    if mapping is not None:
        upload.mapping = _said_beside(mapping, words)
        upload.seen = {**upload.seen, "kind": str(upload.mapping.get("fact", {}).get("kind", "contact"))}
    elif not upload.read_as:
        text = Text("api.no_mapping", "No mapping that is kept here reads this file. Send one as “mapping”; proposed_mapping may be a beginning.")
        raise Refused(422, text, [Issue(text, field="mapping")], proposed_mapping=tables.text_of(upload.mapping))
    else:
        upload.mapping = _said_beside(upload.mapping, words)
    upload.save()
    told = reading.told(upload)
    if not told.would_load:
        raise _would_not_load(told)


def _filled_in(upload: Upload, words: Mapping[str, Any]) -> dict[str, Any] | None:
    """How a filled-in template is read, where that is what was sent."""
    with uploads.paths(upload) as files:
        found = filled.mapping(files, words.get("client"))
    return tables.tables_of(tables.text_of(dict(found))) if found is not None else None


def _said_beside(mapping: Mapping[str, Any], words: Mapping[str, Any]) -> dict[str, Any]:
    """A client or zone that is said beside the mapping goes before what the mapping says."""
    fact, file, columns = (dict(mapping.get(part, {})) for part in ("fact", "file", "columns"))
    if client := words.get("client"):
        fact["client"] = client
        if fact.get("kind") != "client":
            columns.pop("client_id", None)
    if zone := words.get("zone"):
        file["zone"] = zone
    return {**mapping, **({"file": file} if file else {}), "fact": fact, **({"columns": columns} if columns else {})}


def _mapping(words: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the call says, if it does; read by the same reader as the command line's, so that what is wrong is told with its line."""
    from nyckeltal.sources.mapping_file import read_mapping

    if name := words.get("mapping_name"):
        if name not in saved.names():
            raise Refused(422, NOT_SO, [Issue(Text("api.no_such_mapping", "No mapping is kept under this name."), field="mapping_name")])
        return saved.read(name)
    if "mapping" not in words:
        return None
    with TemporaryDirectory() as made:
        file = Path(made) / "mapping.toml"
        file.write_text(words["mapping"], encoding="utf-8")
        read_mapping(file)
    return tables.tables_of(words["mapping"])


def _would_not_load(told: reading.Told) -> Refused:
    """The first rows say it already."""
    issues = [Issue(_as_it_is(sentence), field="mapping") for sentence in told.wrong]
    issues += [Issue(_as_it_is(sentence), field="files", line=line) for sentence, _n, line in told.refusals]
    return Refused(422, Text("api.would_not_load", "The files cannot be loaded so; nothing was changed."), issues)


def _as_it_is(sentence: str) -> Text:
    """In the reader's language already."""
    return Text("api.said", "%(sentence)s", {"sentence": sentence})


def _begun(job: Job) -> HttpResponse:
    address = reverse("api:job", args=[job.pk])
    return HttpResponse(written(_told(job)), content_type="application/json", status=202, headers={"Location": address})


def undo(call: Call) -> HttpResponseBase:
    """Takes a load back whole; loading its file again brings it back."""
    access.enter(call.person, access.Page.LOADS)
    found = _found(call)
    if found["state"] == "undone":
        raise Refused(409, Text("api.undone", "This load has been taken back already."))
    waiting = Job.objects.open().filter(kind=work.UNDO, about__load=found["load_id"]).first()
    return _begun(waiting or work.begin_undo(found["load_id"], found["files"], call.person))


def job(call: Call) -> HttpResponseBase:
    access.enter(call.person, access.Page.LOADS)
    try:
        number = uuid.UUID(call.path["job"])
    except ValueError:
        number = uuid.UUID(int=0)
    found = Job.objects.filter(pk=number, kind__in=(work.LOAD, work.UNDO)).first()
    if found is None:
        raise Refused(404, Text("api.no_job", "There is no such job."))
    return HttpResponse(written(_told(found)), content_type="application/json")


def _told(found: Job) -> dict[str, Any]:
    mistake = None
    if found.wrong is not None:
        issues = [{"detail": said(one.text), "file": one.file, "line": one.line, "field": one.field} for one in found.issues]
        mistake = {"detail": said(found.wrong), "issues": issues}
    result = {name: found.result[name] for name in ("load_id", "already", "undone") if name in found.result}
    return {
        "job": str(found.pk), "kind": found.kind, "files": found.title, "state": found.state, "stage": found.stage, "done": found.done, "total": found.total,
        "asked_at": found.asked_at, "started_at": found.started_at, "finished_at": found.finished_at, "load_id": None, "already": None, "undone": None,
        **result, "warnings": [said(unpack(one)) for one in found.result.get("warnings", ())], "mistake": mistake,
    }  # fmt: skip
