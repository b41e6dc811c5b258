"""Watches a folder: files are loaded once they are complete, and again when they have changed. They stay where they lie."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from nyckeltal.contacts.store import ContactStore
from nyckeltal.errors import CannotRead, Issue, UserMistake, of_the_machine
from nyckeltal.packing import pack_mistake, unpack, unpack_mistake
from nyckeltal.sources.pull.fetch import Caught
from nyckeltal.sources.pull.means import Means
from nyckeltal.sources.pull.place import Place
from nyckeltal.sources.pull.reading import options
from nyckeltal.sources.pull.sources import Feed
from nyckeltal.sources.pull.status import added, counted
from nyckeltal.words import Text

FILE = "files.json"
SETTLES_S = 5.0  # a file that has not changed for so long is complete
UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".filepart", "~")


def watch(feed: Feed, place: Place, means: Means) -> Caught:
    """Load what is new or has changed, oldest first; a file that is refused keeps out no other, and is tried again when it has changed."""
    caught, seen, taken = Caught(complete=True), place.read(FILE), ContactStore(means.home).taken()
    for path in files(feed):
        name, looks = str(path.relative_to(feed.place or path)), _looks(path)
        known = seen.get(name, {})
        lost = known.get("load_id") in taken
        if known.get("looks") != looks or lost:
            if not _is_complete(path, looks, means):
                continue
            try:
                digest = _digest(path)
            except OSError as fault:  # told, and tried again the next time; the other files come in
                _wrong(caught, name, of_the_machine(fault))
                continue
            same = {**known, "looks": looks, "error": None}
            as_before = digest == known.get("digest")
            after = known.get("after") if as_before else known.get("load_id")  # what an undo took of the same file comes back as the load that it was
            seen[name] = same if as_before and not lost else _loaded(feed, path, looks, digest, known | {"after": after}, means, caught)
            place.keep(FILE, seen)
        elif known.get("error"):
            error = known["error"]  # once its text alone was kept
            _wrong(caught, name, unpack_mistake(error) if "text" in error else UserMistake(unpack(error)))
    caught.reaches = means.now() if caught.load_id else None
    return caught


def _wrong(caught: Caught, file: str, mistake: UserMistake | None) -> None:
    """The first file's mistake, and those of the others below it."""
    if mistake is not None:
        first = caught.mistake
        caught.mistake = UserMistake(first.text, (*first.issues, Issue(mistake.text, file))) if first else mistake


def files(feed: Feed) -> list[Path]:
    folder = feed.place
    if folder is None or not folder.is_dir():
        raise CannotRead(Text("pull.no_folder", "There is no folder “%(path)s” to watch.", {"path": str(folder)}))
    return sorted(_wanted(folder, feed.pattern), key=lambda path: (path.stat().st_mtime, path.name))


def _wanted(folder: Path, pattern: str) -> Iterator[Path]:
    """A folder that may not be read is told, not taken for an empty one."""
    for inside, folders, names in os.walk(folder, onerror=_told):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for path in (Path(inside, name) for name in names):
            if path.is_file() and path.match(pattern) and not path.name.startswith(".") and not path.name.endswith(UNFINISHED):
                yield path


def _told(fault: OSError) -> None:
    raise fault


def _looks(path: Path) -> list[int]:
    found = path.stat()
    return [found.st_size, found.st_mtime_ns]


def _is_complete(path: Path, looks: list[int], means: Means) -> bool:
    """Nobody is writing to it any more: it has not changed for some seconds, as a file that was moved here whole has not."""
    age_s = means.now().timestamp() - looks[1] / 1e9
    if 0 <= age_s < SETTLES_S:
        means.sleep(SETTLES_S - age_s)
    return path.exists() and _looks(path) == looks


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _loaded(feed: Feed, path: Path, looks: list[int], digest: str, known: dict[str, Any], means: Means, caught: Caught) -> dict[str, Any]:
    """What is remembered of the file. What it said before it changed counts again when it says so again."""
    now: datetime = means.now()
    try:
        report = means.load([path], home=means.home, now=now, by=feed.name, after=known.get("after"), **options(feed))
    except UserMistake as mistake:
        _wrong(caught, path.name, mistake)
        return {**known, "looks": looks, "error": pack_mistake(mistake)}
    caught.counts, caught.load_id = added(caught.counts, counted(report)), report.load_id
    return {"looks": looks, "digest": digest, "load_id": report.load_id, "after": known.get("after"), "at": now.isoformat()}
