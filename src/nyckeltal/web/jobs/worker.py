"""The one worker: does what was asked for, in order, and what is due. Ends when it is told to or when the server that started it is gone."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from nyckeltal.web.jobs import actions, heartbeat, periodic
from nyckeltal.web.jobs.actions import stopping
from nyckeltal.web.jobs.models import Job

IDLE_S = 0.5
DUE_EVERY_S = 60.0


def run(*, parent: int | None = None) -> None:
    """Until asked to stop. `parent` is the process that this one must not outlive."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    home = Path(settings.NYCKELTAL_HOME)
    _in_background(lambda: _watch(parent))
    with heartbeat.only_one(home, stopping) as alone:
        if not alone:
            return
        _in_background(lambda: _beat(home))
        _in_background(lambda: _keep_in_step(home))
        actions.find_again()
        periodic.do_what_is_due(timezone.now(), starting=True)
        _work_on()


def do_all() -> None:
    """Everything that waits, one after the other."""
    while not stopping.is_set() and DBTaskResult.objects.ready().exists():
        _One().run()


class _One(Worker):
    """Takes one task and does it."""

    def __init__(self) -> None:
        super().__init__(
            queue_names=["*"], excluded_queue_names=[], interval=0, batch=True, backend_name="default", startup_delay=False, max_tasks=1,
            worker_id=str(os.getpid()),
        )  # fmt: skip

    def run_task(self, db_task_result: Any) -> None:
        super().run_task(db_task_result)
        if db_task_result.return_value == actions.AGAIN:
            actions.back_in_line(db_task_result)


def _work_on() -> None:
    looked_at = 0.0
    while not stopping.is_set():
        close_old_connections()
        do_all()
        if time.monotonic() - looked_at > DUE_EVERY_S and not stopping.is_set():
            looked_at = time.monotonic()
            periodic.do_what_is_due(timezone.now())
        close_old_connections()
        stopping.wait(IDLE_S)


def _beat(home: Path) -> None:
    heartbeat.beat(home, "")
    while not stopping.wait(heartbeat.BEAT_S):
        heartbeat.beat(home, _doing())
        close_old_connections()


def _keep_in_step(home: Path) -> None:
    """Sources are asked and followed beside everything else: a long job delays no wallboard."""
    import nyckeltal
    from nyckeltal.sources.pull import run as running
    from nyckeltal.sources.pull.means import Means

    running.watch(Means(home, load=nyckeltal.load, settle=nyckeltal.promises_judged, join=nyckeltal.join, stop=stopping))


def _doing() -> str:
    """What is being done; nothing where the database does not say so just now, since the worker lives all the same."""
    try:
        return str(Job.objects.filter(state=Job.State.RUNNING).first() or "")
    except DatabaseError:
        return ""


def _watch(parent: int | None) -> None:
    """A server that was killed cannot tell its worker to stop."""
    while parent is not None and not stopping.wait(1.0):
        if os.getppid() != parent:
            stopping.set()


def _in_background(does: Callable[[], None]) -> None:
    threading.Thread(target=does, daemon=True).start()
