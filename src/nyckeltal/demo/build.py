"""Builds the demo: simulates, writes the files a customer would have, loads them, and writes the truth beside the data."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nyckeltal.demo.files import Files
    from nyckeltal.demo.truth import Truth

Progress = Callable[[str, int, int], None]
FOLDER = "demo-files"


def build(home: Path | str, *, seed: int = 2026, today: date, scale: float = 1.0, days: int | None = None, progress: Progress | None = None) -> Truth:
    """The demo organisation in `home`: thirteen months ending the day before `today`, or the last `days` of such a time.

    `scale` shrinks demand; the sixty agents stay, fewer of them work on a day. The same arguments give the same files.
    """
    from nyckeltal.contacts.store import home_folder
    from nyckeltal.demo.events import Span, thirteen_months_before
    from nyckeltal.demo.files import write
    from nyckeltal.demo.simulate import no_collecting, simulate
    from nyckeltal.demo.truth import tell

    folder = home_folder(home)
    first = thirteen_months_before(today) if days is None else today - timedelta(days=days)
    timings: dict[str, float] = {}
    with no_collecting():
        with _timed(timings, "simulate"):
            story = simulate(Span(first, today), seed=seed, scale=scale, progress=progress)
        with _timed(timings, "write"):
            files = write(story, folder / FOLDER)
            truth = tell(story, files)
    del story
    now = datetime.combine(today, clock_time(5), UTC)
    with _timed(timings, "load"):
        _load(files, folder, now, progress)
    with _timed(timings, "promises"):
        _keep_promises(folder, now)
    truth.write(folder)
    return replace(truth, timings=timings)


def _load(files: Files, home: Path, now: datetime, progress: Progress | None) -> None:
    from nyckeltal.sources.load import load_together

    systems = files.by_source
    for number, (source, written) in enumerate(systems.items()):
        if progress is not None:
            progress(source, number, len(systems))
        load_together([(each.data, each.mapping) for each in written], home=home, now=now, by="demo")


def _keep_promises(home: Path, now: datetime) -> None:
    from nyckeltal.kpi import promises

    promises.keep(home, now)


@contextmanager
def _timed(timings: dict[str, float], name: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    timings[name] = round(time.perf_counter() - began, 2)
