"""What this room does every night: whoever has not answered about a goal is reminded, and own figures are looked at for what pulls against each other.
And soon after each load: what the rules of each plan rest on is worked out."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from nyckeltal.contacts.store import ContactStore
from nyckeltal.web.jobs.periodic import Work
from nyckeltal.web.plan import agreeing, surroundings

SOON = timedelta(minutes=10)  # at the latest so long after a load; a plan that has not changed since costs a look at two files


def remind(now: datetime) -> None:
    agreeing.remind(now)


def look_for_opposing(now: datetime) -> None:
    """For pages that warn while one sets goals: they cannot ask for all agents then."""
    if ContactStore(settings.NYCKELTAL_HOME).snapshot().small("load").num_rows:
        from nyckeltal.plan import kept

        kept.keep(settings.NYCKELTAL_HOME, now)


PERIODIC = (
    Work("remind of goals that wait for an answer", remind, hour=4),
    Work("look for key figures that pull against each other", look_for_opposing, hour=3),
    Work("work out what the rules of plans rest on", surroundings.work_out, every=SOON, at_start=True),
)
