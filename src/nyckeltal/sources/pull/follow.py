"""Follows a file that grows: its new lines are in the store a few seconds after they were written.

New lines join a piece that is loaded anew and whole each time, as one load that grows; a piece is closed after an hour. So each hour leaves
one load, and it holds what the hour's lines would have given if they had been loaded at its end.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from nyckeltal.contacts.store import ContactStore
from nyckeltal.errors import CannotRead
from nyckeltal.sources.load import load as load_quickly
from nyckeltal.sources.load import new_id
from nyckeltal.sources.pull import place as places
from nyckeltal.sources.pull.fetch import Caught
from nyckeltal.sources.pull.means import Means
from nyckeltal.sources.pull.place import Place
from nyckeltal.sources.pull.reading import options
from nyckeltal.sources.pull.sources import Feed
from nyckeltal.sources.pull.status import counted
from nyckeltal.sources.tables.text import packed
from nyckeltal.words import Text

FILE, PIECE = "follow.json", "piece.log"
HEAD = 512  # bytes by which a file is known again under another name
PIECE_BYTES, PIECE_AGE = 1 << 20, timedelta(hours=1)
AT_ONCE = 64 << 20  # bytes taken in one go, where following begins with a long file
SETTLED = timedelta(minutes=10)
HALF_PACKED = (EOFError, zlib.error)  # it is being packed just now: what it is made of still lies beside it
ROTATED = re.compile(r"[.-]\d+([.-]\d+)*(\.gz)?")  # what logrotate puts behind a name: numbers or days


@dataclass(frozen=True)
class _Standing:
    """How far the file was read: up to `offset`, of the file that begins with what `known` was made of. `piece_bytes` of the piece are loaded."""

    known: str = ""
    known_bytes: int = 0
    offset: int = 0
    load_id: str = ""
    piece_bytes: int = 0
    begun: str = ""
    settled: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)  # what the piece has brought


def follow(feed: Feed, place: Place, means: Means) -> Caught:
    """Take in whatever lines have come, of the file and of the one that was put aside since."""
    caught = Caught(complete=True)
    standing = _read(place)
    for path in _still_to_read(path_of(feed), standing):
        if standing.known and not _is_known(path, standing):
            standing = _closed(standing, means)
            standing = replace(standing, known="", known_bytes=0, offset=0)
        while fresh := _fresh(path, standing.offset):
            standing = _taken(feed, place, means, path, standing, fresh, caught)
    return caught


def has_come(feed: Feed, place: Place) -> bool:
    """Whether there may be something to read; costs nothing."""
    try:
        path = path_of(feed)
        standing = _read(place)
        return path.stat().st_size != standing.offset or not _is_known(path, standing)
    except (OSError, CannotRead):
        return False


def path_of(feed: Feed) -> Path:
    path = feed.place
    if path is None or not path.is_file():
        raise CannotRead(Text("pull.no_file", "There is no file “%(path)s” to follow.", {"path": str(path)}))
    return path


def tried(feed: Feed) -> None:
    """Whether the file is there and may be read."""
    path_of(feed).open("rb").close()


def _read(place: Place) -> _Standing:
    kept = place.read(FILE)
    return _Standing(**{name: value for name, value in kept.items() if name in _Standing.__dataclass_fields__})


def _still_to_read(path: Path, standing: _Standing) -> Iterator[Path]:
    """The file that was being read, wherever rotation put it, those that were rotated after it, then the one that goes by its name now."""
    if standing.known and not _is_known(path, standing):
        beside = sorted((other for other in path.parent.glob(f"{path.name}*") if other != path and other.is_file()), key=lambda other: other.stat().st_mtime_ns)
        known = [other for other in beside if _is_known(other, standing)]
        yield from known[:1]
        yield from _since([other for other in beside if other not in known and ROTATED.fullmatch(other.name.removeprefix(path.name))], known[:1])
    yield path


def _since(rotated: list[Path], known: list[Path]) -> Iterator[Path]:
    """Those that came after the one that was being read, while nobody looked; one that lies there packed as well is read once."""
    seen: set[bytes] = set()
    for other in rotated:
        try:
            with _opened(other) as file:
                begins = file.read(HEAD)
        except HALF_PACKED:
            continue
        if known and other.stat().st_mtime_ns > known[0].stat().st_mtime_ns and begins not in seen:
            seen.add(begins)
            yield other


def _opened(path: Path) -> BinaryIO:
    return gzip.open(path) if packed(path) else path.open("rb")  # type: ignore[return-value]  # both are read in the same way


def _is_known(path: Path, standing: _Standing) -> bool:
    """Whether this file begins as the one that was being read and is at least as long."""
    if not standing.known:
        return False
    try:
        with _opened(path) as file:
            begins = hashlib.sha256(file.read(standing.known_bytes)).hexdigest() == standing.known
            return begins and file.seek(0, 2) >= standing.offset
    except HALF_PACKED:
        return False


def _fresh(path: Path, offset: int) -> bytes:
    """The whole lines that have come since; one that is still being written is left for the next time."""
    with _opened(path) as file:
        file.seek(offset)
        content = file.read(AT_ONCE)
    return content[: content.rfind(b"\n") + 1]


def _taken(feed: Feed, place: Place, means: Means, path: Path, standing: _Standing, fresh: bytes, caught: Caught) -> _Standing:
    """The piece with its new lines into the store; only then what was read is kept as read."""
    now = means.now()
    standing = _piece(standing, place, means, now)
    first = not standing.piece_bytes
    before = (place.folder / PIECE).read_bytes()[: standing.piece_bytes] if not first else _header(feed, path, standing)
    places.write(place.folder / PIECE, before + fresh)
    due = first or abs(now - datetime.fromisoformat(standing.settled)) >= SETTLED
    doing = means.load if due else load_quickly
    report = doing([place.folder / PIECE], home=means.home, now=now, by=feed.name, grows=standing.load_id, **options(feed))
    caught.load_id, caught.reaches = report.load_id, now
    counts = counted(report)
    caught.counts = {name: caught.counts.get(name, 0) + n - standing.counts.get(name, 0) for name, n in counts.items()}
    settled = now.isoformat() if due else standing.settled
    standing = replace(_recognised(path, standing), offset=standing.offset + len(fresh), piece_bytes=len(before) + len(fresh), settled=settled, counts=counts)
    place.keep(FILE, asdict(standing))
    return standing


def _piece(standing: _Standing, place: Place, means: Means, now: datetime) -> _Standing:
    """The piece that is growing, or the next one: after an hour, when it is large, and when its load was taken back."""
    if standing.load_id and standing.piece_bytes:
        aged = abs(now - datetime.fromisoformat(standing.begun)) >= PIECE_AGE or standing.piece_bytes >= PIECE_BYTES
        if not aged and _state(means.home, standing.load_id) == "loaded" and (place.folder / PIECE).exists():
            return standing
        standing = _closed(standing, means)
    if standing.load_id and not standing.piece_bytes and _state(means.home, standing.load_id) != "undone":
        return standing  # begun, and killed before its first lines were kept as read: the same load is gone on with
    standing = replace(standing, load_id=new_id(now), piece_bytes=0, begun=now.isoformat(), settled="", counts={})
    place.keep(FILE, asdict(standing))
    return standing


def _closed(standing: _Standing, means: Means) -> _Standing:
    """What follows from a load is done once more when its piece is over."""
    if standing.load_id and standing.piece_bytes:
        from nyckeltal.sources.report import LoadReport

        means.settle(LoadReport(standing.load_id, []), means.home, means.now())
    return replace(standing, load_id="", piece_bytes=0, counts={})


def _state(home: Path, load_id: str) -> str | None:
    """Whether the load counts, was taken back, or was never there."""
    return next((row["state"] for row in ContactStore(home).loads().select(["load_id", "state"]).to_pylist() if row["load_id"] == load_id), None)


def _header(feed: Feed, path: Path, standing: _Standing) -> bytes:
    """A table's names stand in its first line only; each piece needs them."""
    if feed.mapping is None or feed.system is not None or not standing.offset:
        return b""
    with _opened(path) as file:
        return file.readline()


def _recognised(path: Path, standing: _Standing) -> _Standing:
    """With that by which the file is known again; more of it, as long as it is short."""
    if standing.known_bytes >= HEAD:
        return standing
    with _opened(path) as file:
        start = file.read(HEAD)
    start = start[: start.rfind(b"\n") + 1] or start
    return replace(standing, known=hashlib.sha256(start).hexdigest(), known_bytes=len(start))
