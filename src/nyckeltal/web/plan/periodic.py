"""What this room does every night: whoever has not answered about a goal is reminded."""

from __future__ import annotations

from datetime import datetime

from nyckeltal.web.jobs.periodic import Work
from nyckeltal.web.plan import agreeing


def remind(now: datetime) -> None:
    agreeing.remind(now)


PERIODIC = (Work("remind of goals that wait for an answer", remind, hour=4),)
