"""Verbs about jobs: ask for one, do it while telling how far it is, find again what an interruption left behind."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Event
from typing import Any

from django.db import OperationalError, close_old_connections, transaction
from django.utils import timezone
from django_tasks.base import Task, TaskResultStatus
from django_tasks_db.models import DBTaskResult

from nyckeltal.errors import UserMistake, of_the_machine
from nyckeltal.packing import pack_mistake
from nyckeltal.web.jobs.models import Job

Progress = Callable[[str, int, int], None]
AGAIN = "again"  # what a task returns that was stopped because the worker is to end
Does = Callable[[Job, Progress], dict[str, Any]]

TOLD_EVERY_S = 0.5
WAITS_S = (1.0, 10.0, 60.0)
MOST_ATTEMPTS = 3  # work that ends its worker each time is not begun a fourth time
stopping = Event()  # the worker has been asked to end
log = logging.getLogger(__name__)


class PutBackError(Exception):
    """The worker is to end: the job waits for the next one and starts over."""


def ask_for(does: Task[[str], str], *, kind: str, title: str, by: Any, about: dict[str, Any]) -> Job:
    """A new job; the worker begins it as soon as it is free."""
    with transaction.atomic():
        job = Job.objects.create(kind=kind, title=title[:500], by=by, about=about)
        does.enqueue(str(job.pk))
    return job


def do(job_id: str, does: Does) -> str:
    """Called by a task, which returns the same: what comes of it is kept with the job, a mistake of the user's as well as one of ours."""
    job = Job.objects.get(pk=job_id)
    if not job.is_open:
        return ""
    job.told(state=Job.State.RUNNING, started_at=timezone.now(), attempts=job.attempts + 1, stage="", done=0, total=0)
    try:
        result = does(job, _Telling(job))
    except PutBackError:
        job.told(state=Job.State.WAITING, attempts=job.attempts - 1)
        return AGAIN
    except UserMistake as mistake:
        _end(job, Job.State.REFUSED, mistake=pack_mistake(mistake))
    except Exception as fault:
        log.exception("Job %s (%s) failed", job.pk, job.kind)
        if told := of_the_machine(fault):
            _end(job, Job.State.REFUSED, mistake=pack_mistake(told))
        else:
            _end(job, Job.State.FAILED)
    else:
        _end(job, Job.State.DONE, result=result)
    return ""


def _end(job: Job, state: Job.State, **values: Any) -> None:
    """What came of it must not be lost to a database that is locked or away for a while."""
    for wait_s in (*WAITS_S, None):
        try:
            job.told(state=state, finished_at=timezone.now(), **values)
        except OperationalError:
            if wait_s is None:
                raise
            log.warning("Job %s (%s) cannot be ended, tried again in %s s", job.pk, job.kind, wait_s)
            close_old_connections()
            stopping.wait(wait_s)
        else:
            return


class _Telling:
    """Keeps how far a job is, now and then; stops it where the worker is to end."""

    def __init__(self, job: Job) -> None:
        self.job, self.told_at = job, 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stopping.is_set():
            raise PutBackError
        if stage == self.job.stage and time.monotonic() - self.told_at < TOLD_EVERY_S:
            return
        self.told_at = time.monotonic()
        self.job.told(stage=stage[:40], done=done, total=total)


def find_again() -> None:
    """What was being done when a worker died is put back, or told as interrupted where it died of it too often. Called by the only worker there is."""
    for kept in DBTaskResult.objects.running():
        back_in_line(kept)
    lost = Job.objects.filter(state=Job.State.RUNNING)
    lost.filter(attempts__gte=MOST_ATTEMPTS).update(state=Job.State.INTERRUPTED, finished_at=timezone.now())
    lost.update(state=Job.State.WAITING, stage="", done=0, total=0)
    _wake_those_without_task()


def _wake_those_without_task() -> None:
    """A job that waits and whose task is over: the worker died between the two."""
    tasks = {kept.args_kwargs["args"][0]: kept for kept in DBTaskResult.objects.order_by("enqueued_at") if kept.args_kwargs["args"]}
    for job in Job.objects.filter(state=Job.State.WAITING):
        kept = tasks.get(str(job.pk))
        if kept is None:
            _end(job, Job.State.INTERRUPTED)
        elif kept.status != TaskResultStatus.READY:
            back_in_line(kept)


def back_in_line(kept: Any) -> None:
    """The task is begun anew when its turn comes."""
    kept.status, kept.started_at, kept.finished_at, kept.return_value = TaskResultStatus.READY, None, None, None
    kept.save(update_fields=["status", "started_at", "finished_at", "return_value"])
