"""What keeping in step needs from around it: the home, the clock, a way to wait that can be ended, and how a load is done."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

from nyckeltal.contacts.store import ContactStore
from nyckeltal.sources.load import load
from nyckeltal.sources.report import LoadReport


class Stopped(Exception):
    """The process is to end: what was under way is begun again by the next one."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Means:
    """`load` is a whole load with everything that follows from it; `settle` is what follows alone, for loads that were made quickly.
    `join` lets changed rules about contacts of two sources take effect."""

    home: Path
    load: Callable[..., LoadReport] = load
    settle: Callable[[LoadReport, Path, datetime], Any] = lambda *_: None
    join: Callable[[Path, datetime], object] = lambda home, now: ContactStore(home).join(now=now)
    now: Callable[[], datetime] = _now
    clock: Callable[[], float] = time.monotonic
    stop: Event = field(default_factory=Event)
    wait: Callable[[float], object] | None = None  # instead of waiting for `stop`, in tests

    def sleep(self, seconds: float) -> None:
        """Ends at once, with Stopped, where the process is to end."""
        if self.wait is not None:
            self.wait(seconds)
        else:
            self.stop.wait(seconds)
        if self.stop.is_set():
            raise Stopped
