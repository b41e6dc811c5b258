"""One catch-up over the network: pages into files, files into the store, and only then the place kept from which to go on.

Killed at any point it begins at the last kept place: what was asked twice is loaded twice, which changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from nyckeltal.contacts.store import ContactStore
from nyckeltal.errors import CannotFetch, UserMistake
from nyckeltal.sources.pull import place as places
from nyckeltal.sources.pull.means import Means
from nyckeltal.sources.pull.place import Place
from nyckeltal.sources.pull.reading import options
from nyckeltal.sources.pull.sources import Feed
from nyckeltal.sources.pull.status import added, counted
from nyckeltal.sources.pull.vendor import Cursor, Page
from nyckeltal.sources.pull.web import HttpWeb, Patience
from nyckeltal.words import Text

CURSOR, CAUGHT_UP = "cursor.json", "caught_up"
KEPT = 50  # places to go back to, when a load was taken back or a backup restored
BATCH_PAGES, BATCH_BYTES, BATCH_S = 50, 50_000_000, 60.0

log = logging.getLogger(__name__)


@dataclass
class Caught:
    """What a catch-up did: `complete` unless its time ended it; `mistake` what ended it otherwise. What was loaded before that stands."""

    counts: dict[str, int] = field(default_factory=dict)
    complete: bool = False
    load_id: str | None = None
    mistake: UserMistake | None = None
    reaches: datetime | None = None


@dataclass
class _Batch:
    """Pages that are loaded as one."""

    folder: Path
    begun_s: float
    files: list[Path] = field(default_factory=list)
    size: int = 0
    cursor: Cursor | None = None
    digest: Any = field(default_factory=hashlib.sha256)

    def put(self, page: Page) -> None:
        content = page.document if isinstance(page.document, bytes) else json.dumps(page.document, ensure_ascii=False).encode()
        path = self.folder / f"{page.kind}-{len(self.files) + 1:04}.json"
        places.write(path, content)
        self.digest.update(page.kind.encode() + b"\0" + content)
        self.files.append(path)
        self.size += len(content)
        self.cursor = page.cursor

    def is_full(self, clock_s: float) -> bool:
        return len(self.files) >= BATCH_PAGES or self.size >= BATCH_BYTES or clock_s - self.begun_s >= BATCH_S


def fetch(feed: Feed, place: Place, means: Means) -> Caught:
    """Everything since the last kept place, as far as the time of one catch-up goes."""
    until, ends_s = means.now(), means.clock() + feed.most_minutes * 60
    web = connected(feed, means, ends_s)
    caught = Caught()
    try:
        _through(feed, place, means, web, until, ends_s, caught)
    except UserMistake as mistake:
        caught.mistake = mistake
    finally:
        web.close()
    place.forget_pages(means.now(), feed.keep_days)
    return caught


def tried(feed: Feed, means: Means) -> None:
    """Its first page of the last day, without patience."""
    web = connected(feed, means, None, Patience(connect_s=5, read_s=15, answer_s=20, tries=0))
    now = means.now()
    try:
        next(_asked(replace(feed, first_day=(now - timedelta(days=1)).date()), web, {}, now), None)
    finally:
        web.close()


def connected(feed: Feed, means: Means, ends_s: float | None, patience: Patience | None = None) -> HttpWeb:
    patience = patience or Patience(until_s=ends_s)
    return HttpWeb(feed.addresses, secrets=feed.secret.values(), patience=patience, proxy=feed.proxy, sleep=means.sleep, clock=means.clock)


def _through(feed: Feed, place: Place, means: Means, web: HttpWeb, until: datetime, ends_s: float, caught: Caught) -> None:
    """A page that cannot be had ends it; those before it are loaded first."""
    batch = _Batch(place.batch(until), means.clock())
    fault: UserMistake | None = None
    pages = _asked(feed, web, _cursor(place, means.home), until)
    while True:
        try:
            page = next(pages, None)
        except UserMistake as mistake:
            page, fault = None, mistake
        if page is None:
            break
        batch.put(page)
        if batch.is_full(means.clock()) or means.clock() >= ends_s:
            _load(feed, place, means, batch, caught)
            batch = _Batch(place.batch(means.now()), means.clock())
        if means.clock() >= ends_s:
            return
    _load(feed, place, means, batch, caught)
    if fault:
        raise fault
    caught.complete, caught.reaches = True, until
    if kept := _standing(place, means.home):
        done = {**kept[-1], "cursor": {**kept[-1]["cursor"], CAUGHT_UP: until.isoformat()}}
        place.keep(CURSOR, {"kept": [*kept[:-1], done]})


def _asked(feed: Feed, web: HttpWeb, cursor: Cursor, until: datetime) -> Iterator[Page]:
    """The system's pages; an answer in a form that its documentation does not know is the source's mistake, not a fault of ours."""
    given = {**feed.given, **feed.secret, "from": feed.first_day.isoformat() if feed.first_day else ""}
    try:
        yield from feed.pull.pages(web, given, cursor, until)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as odd:
        log.warning("Source %s answered in an unknown form: %s", feed.name, type(odd).__name__)
        english = (
            "The source answered in a form that is not known here (%(what)s). Nothing of that answer was loaded. It is asked again when it is next due. If it "
            "stays so, check its address and settings, and whether a newer version of nyckeltal knows that form."
        )
        raise CannotFetch(Text("pull.odd", english, {"what": web.plain(f"{type(odd).__name__}: {odd}")[:200]})) from odd


def _load(feed: Feed, place: Place, means: Means, batch: _Batch, caught: Caught) -> None:
    """The pages into the store, then the cursor; the very same pages as last time say nothing new."""
    if not batch.files:
        batch.folder.rmdir()
        return
    kept = _standing(place, means.home)
    last = kept[-1] if kept else {}
    digest = batch.digest.hexdigest()
    load_id = last.get("load_id")
    if digest != last.get("digest"):
        report = means.load(batch.files, home=means.home, now=means.now(), by=feed.name, after=load_id, **options(feed))
        caught.counts, load_id = added(caught.counts, counted(report)), report.load_id
    caught.load_id = load_id
    cursor = {name: value for name, value in (batch.cursor or {}).items() if name != CAUGHT_UP}
    entry = {"cursor": cursor, "load_id": load_id, "digest": digest, "at": means.now().isoformat()}
    place.keep(CURSOR, {"kept": [*kept, entry][-KEPT:]})


def _cursor(place: Place, home: Path) -> Cursor:
    kept = _standing(place, home)
    return dict(kept[-1]["cursor"]) if kept else {}


def _standing(place: Place, home: Path) -> list[Mapping[str, Any]]:
    """The kept places up to the last whose load counts: a load that was taken back, or that a restored store does not know, is asked for again;
    so is one from which an undo took rows, with all that came after it."""
    kept: list[Mapping[str, Any]] = place.read(CURSOR).get("kept", [])
    store = ContactStore(home)
    loads = {row["load_id"] for row in store.loads().select(["load_id", "state"]).to_pylist() if row["state"] == "loaded"} if kept else set()
    taken = store.taken() if kept else set()
    kept = kept[: next((number for number, entry in enumerate(kept) if entry["load_id"] in taken), len(kept))]
    while kept and kept[-1]["load_id"] not in loads:
        kept = kept[:-1]
    return kept
