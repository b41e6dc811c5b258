"""What the worker does with files: load them, take a load back. Both may be begun anew at any time: a load counts once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django_tasks import task

from nyckeltal.contacts.store import ContactStore
from nyckeltal.errors import UserMistake
from nyckeltal.packing import pack
from nyckeltal.sources import written
from nyckeltal.web.contacts.loads import uploads
from nyckeltal.web.contacts.models import Upload
from nyckeltal.web.jobs import actions
from nyckeltal.web.jobs.actions import Progress
from nyckeltal.web.jobs.models import Job
from nyckeltal.web.people.models import User

if TYPE_CHECKING:
    from nyckeltal.sources.report import LoadReport

LOAD, UNDO = "load", "undo"


def begin_load(upload: Upload, by: User) -> Job:
    """Hand the files over to the worker."""
    about = {"upload": str(upload.pk), "files": upload.names, "repairs": upload.repairs}
    with transaction.atomic():  # the worker sees neither without the other
        job = actions.ask_for(load_files, kind=LOAD, title=upload.title, by=by, about=about)
        upload.told(job=job)
    return job


def begin_undo(load_id: str, files: str, by: User) -> Job:
    return actions.ask_for(take_back, kind=UNDO, title=files, by=by, about={"load": load_id})


@task()
def load_files(job_id: str) -> str:
    again = actions.do(job_id, _load)
    for upload in Upload.objects.filter(job__pk=job_id, job__state=Job.State.DONE):  # only once it is kept that they are in
        uploads.drop_files(upload)
    return again


@task()
def take_back(job_id: str) -> str:
    return actions.do(job_id, _undo)


def _load(job: Job, progress: Progress) -> dict[str, Any]:
    import nyckeltal

    upload = Upload.objects.get(pk=job.about["upload"])
    if not uploads.is_there(upload):
        raise uploads.gone(upload)
    by = job.by.username if job.by else None
    with uploads.paths(upload) as files:
        options: dict[str, Any] = {"mapping": _mapping_file(upload)} if not upload.system else {"system": upload.system}
        if upload.system:
            options |= {"client": upload.client or None, "zone": upload.zone or None, "mapping": upload.mapping or None}
        report = nyckeltal.load(files, home=settings.NYCKELTAL_HOME, by=by, progress=progress, **options)
    if report.already and job.attempts > 1:  # an earlier attempt died after its rows counted and before the promises were judged
        nyckeltal.promises_judged(report, settings.NYCKELTAL_HOME)
    return _result(report)


def _mapping_file(upload: Upload) -> Path:
    file = uploads.folder(upload) / "mapping.toml"
    file.write_text(written.text_of(upload.mapping), encoding="utf-8")
    return file


def _undo(job: Job, _progress: Progress) -> dict[str, Any]:
    import nyckeltal
    from nyckeltal.sources.report import LoadReport

    load_id = job.about["load"]
    try:
        return _result(nyckeltal.undo(load_id, home=settings.NYCKELTAL_HOME))
    except UserMistake:
        if job.attempts == 1 or not _is_undone(load_id):
            raise
    # an earlier attempt died after it was done and before the promises were judged
    return _result(nyckeltal.promises_judged(LoadReport(load_id, [], undone=True), settings.NYCKELTAL_HOME))


def _is_undone(load_id: str) -> bool:
    rows = ContactStore(settings.NYCKELTAL_HOME).loads().to_pylist()
    return any(row["load_id"] == load_id and row["state"] == "undone" for row in rows)


def _result(report: LoadReport) -> dict[str, Any]:
    """What the ledger does not keep: what was noted, what came back, where else the rows were."""
    return {
        "load_id": report.load_id, "already": report.already, "undone": report.undone, "warnings": [pack(warning) for warning in report.warnings],
        "back": report.undone_counts, "also_in": report.also_in,
    }  # fmt: skip
