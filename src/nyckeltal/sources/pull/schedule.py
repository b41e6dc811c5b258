"""When a source is due: every so many minutes, hours or days, or daily at a time of its own clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from nyckeltal.errors import UserMistake
from nyckeltal.words import Text

_every = re.compile(r"(?:(\d{1,4})\s+)?(minute|hour|day)s?")
_daily = re.compile(r"daily at (\d{1,2}):(\d{2})")
_spans = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}


@dataclass(frozen=True)
class Schedule:
    """`said` as it was written; either a span from one beginning to the next, or a time of day."""

    said: str
    span: timedelta | None = None
    at: time | None = None

    @classmethod
    def read(cls, said: str) -> Schedule:
        """A UserMistake where it is neither."""
        text = said.strip().lower()
        if (found := _every.fullmatch(text)) and int(found.group(1) or 1):
            return cls(text, span=int(found.group(1) or 1) * _spans[found.group(2)])
        if (found := _daily.fullmatch(text)) and int(found.group(1)) < 24 and int(found.group(2)) < 60:
            return cls(text, at=time(int(found.group(1)), int(found.group(2))))
        english = "“%(said)s” is no schedule. Write for example: 15 minutes, 1 hour, daily at 05:30."
        raise UserMistake(Text("pull.schedule", english, {"said": said}))

    def after(self, last: datetime, zone: str | None) -> datetime:
        """The first moment after `last` at which it is due; a time of day in the source's zone."""
        if self.at is None:
            return last + (self.span or timedelta(days=1))
        clock = ZoneInfo(zone) if zone else UTC
        here = last.astimezone(clock)
        day = here.date() if here.time() < self.at else here.date() + timedelta(days=1)
        return datetime.combine(day, self.at, clock).astimezone(UTC)
