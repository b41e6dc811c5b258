"""What is done every night: the store tidied, promises judged, old sessions and finished work let go."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.management import call_command
from django_tasks_db.models import DBTaskResult

from nyckeltal.contacts.store import ContactStore
from nyckeltal.web.jobs.models import Job
from nyckeltal.web.jobs.periodic import Work

TASKS_KEPT = timedelta(days=14)
JOBS_KEPT = timedelta(days=365)


def tidy_store(_now: datetime) -> None:
    """Nothing to do before the first load."""
    store = ContactStore(settings.NYCKELTAL_HOME)
    if store.snapshot().small("load").num_rows:
        store.tidy()


def judge_promises(now: datetime) -> None:
    """A month's figures become final without a load: what was promised for it is judged then."""
    if ContactStore(settings.NYCKELTAL_HOME).snapshot().small("agreement").num_rows:
        from nyckeltal.kpi import promises

        promises.keep(settings.NYCKELTAL_HOME, now)


def keep_closed_months(now: datetime) -> None:
    """What is final is written down once, so that a later change of it is seen; months that closed last night among it."""
    if ContactStore(settings.NYCKELTAL_HOME).snapshot().small("load").num_rows:
        from nyckeltal.kpi import closing

        closing.keep(settings.NYCKELTAL_HOME, now)


def keep_sums(_now: datetime) -> None:
    """What a load could not do, or what a new version or a new key figure asks for."""
    from nyckeltal.kpi.upkeep import keep

    keep.keep(settings.NYCKELTAL_HOME)


def forget_finished(now: datetime) -> None:
    DBTaskResult.objects.finished().filter(finished_at__lt=now - TASKS_KEPT).delete()
    Job.objects.filter(finished_at__lt=now - JOBS_KEPT).delete()


def forget_sessions(_now: datetime) -> None:
    call_command("clearsessions")


PERIODIC = (
    Work("tidy the store", tidy_store, hour=1),
    Work("keep sums by day", keep_sums, hour=1),
    Work("judge promises", judge_promises, hour=2),
    Work("keep closed months", keep_closed_months, hour=2),
    Work("forget finished work", forget_finished, hour=3),
    Work("forget expired sessions", forget_sessions, hour=3),
)
