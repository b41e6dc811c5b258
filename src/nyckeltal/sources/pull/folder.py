"""Watches a folder: files are loaded once they are complete, and again when they have changed. They stay where they lie."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from nyckeltal.errors import CannotRead, UserMistake
from nyckeltal.sources.pull.fetch import Caught
from nyckeltal.sources.pull.means import Means
from nyckeltal.sources.pull.place import Place
from nyckeltal.sources.pull.reading import options
from nyckeltal.sources.pull.sources import Feed
from nyckeltal.sources.pull.status import added, counted, pack, unpack
from nyckeltal.words import Text

FILE = "files.json"
SETTLES_S = 5.0  # a file that has not changed for so long is complete
UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".filepart", "~")


def watch(feed: Feed, place: Place, means: Means) -> Caught:
    """Load what is new or has changed, oldest first; a file that is refused keeps out no other, and is tried again when it has changed."""
    caught, seen = Caught(complete=True), place.read(FILE)
    for path in files(feed):
        name, looks = str(path.relative_to(feed.place or path)), _looks(path)
        known = seen.get(name, {})
        if known.get("looks") != looks:
            if not _is_complete(path, looks, means):
                continue
            seen[name] = _loaded(feed, path, looks, known, means, caught)
            place.keep(FILE, seen)
        elif known.get("error"):
            caught.mistake = UserMistake(unpack(known["error"]))
    caught.reaches = means.now() if caught.load_id else None
    return caught


def files(feed: Feed) -> list[Path]:
    folder = feed.place
    if folder is None or not folder.is_dir():
        raise CannotRead(Text("pull.no_folder", "There is no folder “%(path)s” to watch.", {"path": str(folder)}))
    return sorted(_wanted(folder, feed.pattern), key=lambda path: (path.stat().st_mtime, path.name))


def _wanted(folder: Path, pattern: str) -> Iterator[Path]:
    for path in folder.rglob(pattern):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden and not path.name.endswith(UNFINISHED):
            yield path


def _looks(path: Path) -> list[int]:
    found = path.stat()
    return [found.st_size, found.st_mtime_ns]


def _is_complete(path: Path, looks: list[int], means: Means) -> bool:
    """Nobody is writing to it any more: it has not changed for some seconds, as a file that was moved here whole has not."""
    age_s = means.now().timestamp() - looks[1] / 1e9
    if 0 <= age_s < SETTLES_S:
        means.sleep(SETTLES_S - age_s)
    return path.exists() and _looks(path) == looks


def _loaded(feed: Feed, path: Path, looks: list[int], known: dict[str, Any], means: Means, caught: Caught) -> dict[str, Any]:
    """What is remembered of the file. What it said before it changed counts again when it says so again."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest == known.get("digest"):
        return {**known, "looks": looks}
    now: datetime = means.now()
    try:
        report = means.load([path], home=means.home, now=now, by=feed.name, after=known.get("load_id"), **options(feed))
    except UserMistake as mistake:
        caught.mistake = mistake
        return {**known, "looks": looks, "error": pack(mistake.text)}
    caught.counts, caught.load_id = added(caught.counts, counted(report)), report.load_id
    return {"looks": looks, "digest": digest, "load_id": report.load_id, "at": now.isoformat()}
