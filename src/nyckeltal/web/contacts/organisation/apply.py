"""Carries an edit of the organisation out: at once where no figure changes, else by the worker. The one way from the pages into the store."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django_tasks import task

import nyckeltal
from nyckeltal.contacts.organisation.edit import SOURCE, Edit, put
from nyckeltal.contacts.store import ContactStore
from nyckeltal.errors import StoreBusy
from nyckeltal.web.jobs import actions
from nyckeltal.web.jobs.actions import Progress
from nyckeltal.web.jobs.models import Job
from nyckeltal.web.people.models import User

EDIT = "organisation"
PATIENCE_S = 2.0  # a page does not wait longer for a load that is running: the worker does


def apply(edit: Edit, by: User, *, title: str, back: str, reaches: bool) -> str | Job:
    """The load that the edit became, or the job that will make it one. `back` is the page that shows what became of it; `reaches` says that
    figures change. Raises what keeps the edit from being put into the store; then nothing has changed."""
    if not reaches:
        try:
            return put(edit, home=settings.NYCKELTAL_HOME, now=datetime.now(UTC), by=by.username, wait_s=PATIENCE_S).load_id
        except StoreBusy:
            pass
    return actions.ask_for(change, kind=EDIT, title=title, by=by, about={"edit": edit.as_json(), "back": back})


@task()
def change(job_id: str) -> str:
    return actions.do(job_id, _change)


def _change(job: Job, progress: Progress) -> dict[str, Any]:
    """May be begun anew at any time: the same edit counts once."""
    by = job.by.username if job.by else None
    report = nyckeltal.edit(edit_of(job), home=settings.NYCKELTAL_HOME, by=by, progress=progress)
    return {"load_id": report.load_id}


def job_of(job_id: Any) -> Job | None:
    try:
        return Job.objects.filter(pk=job_id, kind=EDIT).select_related("by").first()
    except ValidationError:  # no number of a job
        return None


def edit_of(job: Job) -> Edit:
    return Edit.from_json(job.about["edit"])


def under_way() -> list[Job]:
    """Changes that the worker has not finished."""
    return list(Job.objects.open().filter(kind=EDIT).select_related("by"))


def may_be_taken_back(load_id: str) -> bool:
    """Whether this is a load of these pages that stands."""
    found = (row for row in ContactStore(settings.NYCKELTAL_HOME).snapshot().small("load").to_pylist() if row["load_id"] == load_id)
    return any(row["source"] == SOURCE and row["state"] == "loaded" for row in found)
