"""The table of periodic work: each room names its own in `periodic.PERIODIC`; the worker does what is due, once a day or more often."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.conf import settings

from nyckeltal.web.jobs.models import Periodic

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Work:
    """`hour` (UTC) for what is done once a day, at night; else `every`. `at_start`: also whenever a worker begins."""

    name: str
    does: Callable[[datetime], object]
    hour: int | None = None
    every: timedelta = timedelta(hours=1)
    at_start: bool = False

    def due(self, last: datetime, now: datetime) -> bool:
        if self.hour is None:
            return now - last >= self.every
        today = now.replace(hour=self.hour, minute=0, second=0, microsecond=0)
        return last < (today if now >= today else today - timedelta(days=1))


@cache
def work() -> tuple[Work, ...]:
    """Everything periodic, of all rooms."""
    names = ["nyckeltal.web.jobs.nightly", *(f"nyckeltal.web.{room}.periodic" for room in settings.ROOMS if room != "jobs")]
    return tuple(one for name in names if find_spec(name) for one in import_module(name).PERIODIC)


def do_what_is_due(now: datetime, *, starting: bool = False) -> list[str]:
    """The names of what was done. A work seen for the first time waits for its hour; one that fails is tried again at the next."""
    done = []
    for one in work():
        kept, first = Periodic.objects.get_or_create(name=one.name, defaults={"last_at": now})
        if (one.at_start and starting) or (not first and one.due(kept.last_at, now)):
            Periodic.objects.filter(pk=one.name).update(last_at=now, fault=_done(one, now))
            done.append(one.name)
    return done


def _done(one: Work, now: datetime) -> str:
    """What went wrong, in words for the log and for `nyckeltal doctor`; empty where nothing did."""
    try:
        one.does(now)
    except Exception as fault:  # one work must not stop the others
        log.exception("Periodic work %s failed", one.name)
        return f"{type(fault).__name__}: {fault}"
    return ""
