"""Keeps sources in step: one catch-up of one source, what is due of all of them, and following without end. No source's failure harms another."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from nyckeltal.errors import CannotFetch, UserMistake, of_the_machine
from nyckeltal.sources.pull import fetch, folder, follow, sources, status
from nyckeltal.sources.pull.fetch import Caught
from nyckeltal.sources.pull.means import Means, Stopped
from nyckeltal.sources.pull.place import Place
from nyckeltal.sources.pull.sources import Feed
from nyckeltal.sources.pull.status import Status, added
from nyckeltal.words import Text

LOOK_S = 2.0  # so often is looked whether lines have come
LEAST_S = 4.0  # between two loads of one growing file
AHEAD = timedelta(minutes=5)  # a clock may be a little wrong
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=2), timedelta(hours=2)
WAYS: Mapping[str, Callable[[Feed, Place, Means], Caught]] = {"from": fetch.fetch, "folder": folder.watch, "follow": follow.follow}
TRIED: Mapping[str, Callable[[Feed, Means], object]] = {
    "from": fetch.tried, "folder": lambda feed, _: folder.files(feed), "follow": lambda feed, _: follow.tried(feed),
}  # fmt: skip

log = logging.getLogger(__name__)


def catch_up(feed: Feed, means: Means) -> Status | None:
    """Ask one source once, and keep how it went; None where another process is at it."""
    place = Place(means.home, feed.name)
    try:
        with place.alone() as mine:
            if not mine:
                return None
            begun = means.now()
            done = _told(status.read(place), feed, begun, _caught(feed, place, means))
            status.keep(place, done)
            return done
    except OSError as fault:  # its own folder cannot be written, so nothing can be kept: told by whoever looks, and no other source is held up
        log.warning("Source %s: %s", feed.name, fault)
        return status.read(place).with_error(of_the_machine(fault) or UserMistake(Text("pull.place", "%(what)s", {"what": str(fault)})))


def _caught(feed: Feed, place: Place, means: Means) -> Caught:
    """A fault of ours is told too, and stops this source only."""
    try:
        return WAYS[feed.way](feed, place, means)
    except UserMistake as mistake:
        return Caught(mistake=mistake)
    except Stopped:
        raise
    except Exception as fault:
        if told := of_the_machine(fault):
            log.warning("Source %s: %s", feed.name, fault)
            return Caught(mistake=told)
        log.exception("Source %s failed", feed.name)
        english = "This is a fault of nyckeltal, not yours; its log says more. Nothing that stood in the store was changed by halves."
        return Caught(mistake=UserMistake(Text("pull.fault", english)))


def _told(before: Status, feed: Feed, begun: datetime, caught: Caught) -> Status:
    """How the source is after a catch-up."""
    brought = bool(caught.counts.get("read"))
    now = replace(
        before,
        last_try=begun,
        reaches=max(filter(None, (before.reaches, caught.reaches)), default=None),
        counts=caught.counts if brought else before.counts,
        all_counts=added(before.all_counts, caught.counts),
        load_id=caught.load_id or before.load_id,
        behind=not caught.complete and caught.mistake is None,
    )
    if caught.mistake is not None:
        return _due_again(now.with_error(caught.mistake), feed, begun, caught.mistake)
    due = begun if now.behind else feed.every.after(begun, feed.zone)
    return replace(now, error=None, issues=(), failures=0, last_success=begun, next_due=due)


def _due_again(failed: Status, feed: Feed, begun: datetime, mistake: UserMistake) -> Status:
    """Soon after a first failure, then later and later, never sooner than the source asked for; its own hour comes in any case."""
    pause = min(FIRST_PAUSE * 2 ** min(failed.failures - 1, 10), LONGEST_PAUSE)
    asked = mistake.again_s if isinstance(mistake, CannotFetch) and mistake.again_s else 0.0
    due = min(begun + pause, feed.every.after(begun, feed.zone)) if failed.failures == 1 else begun + pause
    return replace(failed, next_due=max(due, begun + timedelta(seconds=asked)))


def tried(feed: Feed, means: Means) -> None:
    """Ask for as little as there is, and keep nothing; a UserMistake says what is wrong."""
    try:
        TRIED[feed.way](feed, means)
    except OSError as fault:
        raise (of_the_machine(fault) or fault) from fault


def is_due(feed: Feed, home: Path, now: datetime) -> bool:
    """Whether its time has come; a source that was never asked is due at once."""
    if feed.paused:
        return False
    known = status.read(Place(home, feed.name))
    if known.next_due is None or known.last_try is None or known.last_try > now + AHEAD:
        return True  # never asked, or the clock was set back since: what it said then holds no longer
    return known.next_due <= now


def do_what_is_due(means: Means, ways: Collection[str] = sources.WAYS) -> list[str]:
    """The names of the sources that were asked, one after the other."""
    means.join(means.home, means.now())
    due = [feed for feed in sources.read(means.home).feeds.values() if feed.way in ways and is_due(feed, means.home, means.now())]
    return [feed.name for feed in due if catch_up(feed, means) is not None]


def catch_up_all(feeds: Iterable[Feed], means: Means) -> dict[str, Status | None]:
    """Each until it has come to its end, or failed."""
    done: dict[str, Status | None] = {}
    for feed in feeds:
        done[feed.name] = catch_up(feed, means)
        while (found := done[feed.name]) is not None and found.behind:
            done[feed.name] = catch_up(feed, means)
    return done


def watch(means: Means) -> None:
    """Until it is asked to stop: growing files in one thread, everything else in another, so that a slow vendor delays no wallboard."""
    lines = threading.Thread(target=_until_stopped, args=(lambda: follow_lines(means), means), name="follows files", daemon=True)
    lines.start()
    _until_stopped(lambda: _due_and_wait(means), means)
    lines.join()


def _until_stopped(does: Callable[[], object], means: Means) -> None:
    while not means.stop.is_set():
        try:
            does()
        except Stopped:
            return
        except Exception:  # one bad moment must not end the following of all sources
            log.exception("Keeping sources in step failed, goes on")
            means.stop.wait(LOOK_S)


def _due_and_wait(means: Means) -> None:
    if not do_what_is_due(means, ("from", "folder")):
        means.sleep(LOOK_S)


def follow_lines(means: Means) -> None:
    """One look at every growing file: loaded where lines have come, told where it is due."""
    for feed in sources.read(means.home).feeds.values():
        place = Place(means.home, feed.name)
        if feed.way != "follow" or feed.paused or not _may_load(place, means):
            continue
        if is_due(feed, means.home, means.now()) or (not status.read(place).failures and follow.has_come(feed, place)):
            catch_up(feed, means)
    means.sleep(LOOK_S)


def _may_load(place: Place, means: Means) -> bool:
    last = status.read(place).last_try
    return last is None or not 0 <= (means.now() - last).total_seconds() < LEAST_S
