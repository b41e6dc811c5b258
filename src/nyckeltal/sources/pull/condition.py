"""How each source is doing, in one place for the page and the doctor: how far, how late, which gaps, how much refused, what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from nyckeltal.contacts.snapshot import Snapshot
from nyckeltal.contacts.store import ContactStore
from nyckeltal.errors import Issue, did_you_mean
from nyckeltal.sources import find
from nyckeltal.sources.pull import sources, status
from nyckeltal.sources.pull.gaps import Seen, seen
from nyckeltal.sources.pull.place import Place
from nyckeltal.sources.pull.sources import Feed
from nyckeltal.sources.pull.status import Status
from nyckeltal.words import Amount, Text

LATE = timedelta(hours=1)  # beyond the moment at which it was due
NOTABLE_REFUSED = 0.01
MOST_NAMED = 5  # clients


@dataclass(frozen=True)
class Condition:
    """`lag` is how long ago the last success was; None where there was none yet."""

    feed: Feed
    status: Status
    seen: Seen
    lag: timedelta | None
    wrong: tuple[Text, ...]

    @property
    def title(self) -> Text:
        """What it is, in words."""
        return titled(self.feed.system if self.feed.way == "from" else self.feed.way)

    @property
    def more(self) -> list[Issue]:
        """What else is wrong beside its first mistake."""
        error = str(self.status.error) if self.status.error and not self.feed.paused else None
        return [issue for issue in self.status.issues if str(issue) not in error and str(issue.text) != error] if error else []

    @property
    def refused(self) -> Text | None:
        """Of all rows that it ever told."""
        counts, share = self.status.all_counts, self.status.refused_share
        if share is None:
            return None
        told = {"refused": Amount(counts.get("refused", 0), ""), "read": Amount(counts.get("read", 0), ""), "share": Amount(share, "share")}
        return Text("pull.refused_of", "%(refused)s of %(read)s (%(share)s)", told)

    @property
    def _fails(self) -> bool:
        return self.status.failures > 0 and self.status.next_due is not None

    @property
    def said(self) -> str:
        """In a line, for a terminal."""
        if self.feed.paused:
            return "paused"
        n = self.status.failures
        again = f", failed {n} time{'s' * (n > 1)} since, is asked again at {self.status.next_due:%Y-%m-%d %H:%M} UTC" if self._fails else ""
        if self.status.last_success is None:
            return "never asked" if self.status.last_try is None else f"never with success{again}"
        until = f", contacts until {self.seen.latest:%Y-%m-%d %H:%M}" if self.seen.latest else ""
        return f"last success {self.status.last_success:%Y-%m-%d %H:%M} UTC{until}, {len(self.seen.gaps)} hours missing{again}"


def titled(kind: str | None) -> Text:
    """A system by its title; files by how they come."""
    ways = {"folder": Text("pull.way_folder", "Files in a folder"), "follow": Text("pull.way_follow", "A file that grows")}
    return ways[kind] if kind in ways else find.systems()[kind or ""].title


def of_all(home: Path, now: datetime) -> Iterator[Condition]:
    """Every source that can be used."""
    facts = ContactStore(home).snapshot()
    for feed in sources.read(home).feeds.values():
        known = status.read(Place(home, feed.name))
        looked = known.last_success or known.reaches  # of files of which one is wrong the others came in
        found = seen(facts, feed.stored_as, looked) if looked else Seen(None)
        lag = now - known.last_success if known.last_success else None
        yield Condition(feed, known, found, lag, (*_wrong(feed, known, found, now), *nothing_yet(feed, known, facts)))


def nothing_yet(feed: Feed, known: Status, facts: Snapshot) -> Iterator[Text]:
    """What may be why a source has brought nothing: it looks where nothing is, or its client is one that nobody knows."""
    if feed.paused or known.error is not None:
        return
    if feed.way == "folder" and feed.place and not feed.place.is_dir():
        yield Text("pull.no_folder", "There is no folder “%(path)s” to watch.", {"path": str(feed.place)})
    elif feed.way == "follow" and feed.place and not feed.place.is_file():
        yield Text("pull.no_file", "There is no file “%(path)s” to follow.", {"path": str(feed.place)})
    elif known.load_id is None and known.last_success is not None and feed.way == "folder":
        values = {"path": str(feed.place), "pattern": feed.pattern}
        yield Text("pull.found_none", "No file that fits “%(pattern)s” was ever found in the folder “%(path)s”.", values)
    elif known.load_id is None and known.last_success is not None and feed.way == "follow":
        yield Text("pull.no_line", "No line was ever found in the file “%(path)s”.", {"path": str(feed.place)})
    clients = {str(one) for one in facts.small("client")["client_id"].to_pylist()} if known.load_id is None else set()
    if feed.client and clients and feed.client not in clients:
        near = did_you_mean(feed.client, clients)
        values = {"client": feed.client, "known": near or ", ".join(sorted(clients)[:MOST_NAMED])}
        yield Text("pull.new_client", "There is no client “%(client)s” yet; its first rows will make one. Those there are: %(known)s.", values)


def ailing(home: Path) -> list[tuple[str, Text]]:
    """The sources that cannot be used, or that failed last time, each with what is wrong; costs next to nothing."""
    found = sources.read(home)
    broken = [(name, issues[0].text) for name, issues in found.broken.items()]
    broken += [(sources.FILE, issue.text) for issue in (found.wrong_rules if broken else found.issues)]
    states = [(feed.name, status.read(Place(home, feed.name)).error) for feed in found.feeds.values() if not feed.paused]
    return broken + [(name, error) for name, error in states if error is not None]


def _wrong(feed: Feed, known: Status, found: Seen, now: datetime) -> Iterator[Text]:
    """What somebody should look at; of a paused source nothing."""
    if feed.paused:
        return
    if known.error is not None:
        yield known.error
    elif known.next_due is not None and now - known.next_due > LATE:
        yield Text(
            "pull.late", "It was due at %(moment)s and has not been asked since. Is the worker running?", {"moment": f"{known.next_due:%Y-%m-%d %H:%M} UTC"}
        )
    if found.gaps:
        values = {"n": len(found.gaps), "first": f"{found.gaps[0]:%Y-%m-%d %H:%M} UTC"}
        yield Text("pull.gaps", "Hours without a contact in the last seven days, where there usually are some: %(n)s, first %(first)s.", values)
    share = known.refused_share
    if share is not None and share > NOTABLE_REFUSED:
        yield Text("pull.refused_share", "%(share)s of its rows were refused. Loads show why.", {"share": Amount(share, "share")})
