"""A home folder in one file: a packed tar of its files, its database, and a manifest with a checksum of each."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from nyckeltal.errors import CannotRead
from nyckeltal.words import Text

FORMAT = 1
MANIFEST, DUMP, SQLITE = "manifest.json", "database.jsonl", "django.sqlite3"
SOURCES = "pulled"
CHUNK = 1 << 20
TRIES = 3

# Made anew by themselves, or of this moment and this machine only.
_left_out = {"lock", "worker.lock", "worker.json", "staging", "static", "uploads", "rollup", "lake", "state.json", SQLITE, f"{SQLITE}-wal", f"{SQLITE}-shm"}
_left_out_beginnings = (".", "mishap-", "before-", "state.json.", "secret.", "worker.json.")

Manifest = dict[str, Any]


def is_content(name: str) -> bool:
    """Whether a file or folder directly under a home is something that a person would miss; `lake`, state and database are taken apart."""
    return name not in _left_out and not name.startswith(_left_out_beginnings)


def is_empty(home: Path) -> bool:
    """Whether nothing would be lost with this home."""
    kept = {"lake", "state.json", SQLITE, f"{SQLITE}-wal", f"{SQLITE}-shm"}
    return not home.exists() or not any(is_content(entry.name) or entry.name in kept for entry in home.iterdir())


class _Vanished(Exception):
    """Upkeep took a file away before it was read: the state has gone on, and the copy begins anew."""


def write(file: Path, home: Path, database: Path | None) -> Manifest:
    """Write the home as it counts at one moment. `database` is a copy of Django's database, made before: what it says was published is in the lake."""
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        for attempt in range(TRIES):
            try:
                manifest = _write(part, home, database, file)
                break
            except _Vanished:
                if attempt == TRIES - 1:
                    raise CannotRead(Text("backup.moving", "The store changes too fast to be copied. Try again when less is loaded.")) from None
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def _write(part: Path, home: Path, database: Path | None, file: Path) -> Manifest:
    from nyckeltal.contacts.copy import files_in_force, read_state

    reached = dict(_places(home))  # before the state: a source goes on from where the store was, or from a little before that
    state, text = read_state(home)
    sums: dict[str, dict[str, Any]] = {}
    with os.fdopen(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as out, gzip.GzipFile(fileobj=out, mode="wb", compresslevel=1) as packed:
        with tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar:
            if database:
                _add(tar, database.name, database, sums)
            for path in files_in_force(home, state):
                _add(tar, f"home/{path.relative_to(home).as_posix()}", path, sums)
            for path in _others(home, {part, file}):
                _add(tar, f"home/{path.relative_to(home).as_posix()}", path, sums)
            for name, content in reached.items():
                _put(tar, f"home/{name}", content, sums)
            if text:
                _put(tar, "home/state.json", text, sums)
            manifest = _manifest(state, database, sums)
            _put(tar, MANIFEST, json.dumps(manifest, indent=1).encode(), {})
        packed.close()
        out.flush()
        os.fsync(out.fileno())
    return manifest


def _manifest(state: Any, database: Path | None, sums: dict[str, Any]) -> Manifest:
    from importlib.metadata import version

    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    kind = None if database is None else "sqlite" if database.name == SQLITE else "dump"
    return {"format": FORMAT, "nyckeltal": version("nyckeltal"), "made_at": made_at, "state": state.id, "model": state.model, "database": kind, "files": sums}


def _others(home: Path, but: set[Path]) -> Iterator[Path]:
    """Secrets, mappings, own key figures, the demo's files and truths, and whatever else somebody put there."""
    for entry in sorted(home.iterdir()):
        if is_content(entry.name) and entry.name != SOURCES:
            inside = sorted(entry.rglob("*")) if entry.is_dir() else [entry]
            yield from (path for path in inside if path.is_file() and path.absolute() not in but)


def _places(home: Path) -> Iterator[tuple[str, bytes]]:
    """How far each source was asked. Not the pages as they came: no pseudonym hides whom they name, and the store has what was in them."""
    for path in sorted((home / SOURCES).glob("*/*")):
        if path.is_file() and path.name != "lock" and not path.name.startswith("."):
            yield path.relative_to(home).as_posix(), path.read_bytes()


def _add(tar: tarfile.TarFile, name: str, path: Path, sums: dict[str, dict[str, Any]]) -> None:
    try:
        opened = path.open("rb")
    except FileNotFoundError:
        raise _Vanished from None
    with opened:
        stat, digest = os.fstat(opened.fileno()), hashlib.sha256()
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = stat.st_size, stat.st_mode & 0o777, int(stat.st_mtime)
        tar.addfile(info, _Summed(opened, digest))
    sums[name] = {"bytes": stat.st_size, "sha256": digest.hexdigest()}


def _put(tar: tarfile.TarFile, name: str, text: bytes, sums: dict[str, dict[str, Any]]) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(text), 0o600
    tar.addfile(info, io.BytesIO(text))
    sums[name] = {"bytes": len(text), "sha256": hashlib.sha256(text).hexdigest()}


class _Summed(io.RawIOBase):
    """Reads a file and sums what was read."""

    def __init__(self, file: IO[bytes], digest: Any) -> None:
        self.file, self.digest = file, digest

    def read(self, size: int = -1) -> bytes:
        chunk = self.file.read(size)
        self.digest.update(chunk)
        return chunk


def read(file: Path, into: Path, progress: Callable[[str, int, int], None]) -> Manifest:
    """Unpack a backup below `into` and check every sum; whatever is not as the manifest says is a mistake that names it."""
    found: dict[str, dict[str, Any]] = {}
    manifest: Manifest | None = None
    with _whole(file), tarfile.open(file, "r|gz") as tar:
        for number, member in enumerate(tar):
            progress("unpack", number, 0)
            opened = tar.extractfile(member) if member.isfile() else None
            if opened is None:
                raise _damaged(file)
            if member.name == MANIFEST:
                manifest = json.load(opened)
            else:
                found[member.name] = _unpack(file, opened, member, into)
    if manifest is None or manifest.get("format") != FORMAT or manifest["files"] != found:
        raise _damaged(file)
    _not_newer(manifest)
    return manifest


def _unpack(file: Path, opened: IO[bytes], member: tarfile.TarInfo, into: Path) -> dict[str, Any]:
    name = PurePosixPath(member.name)
    if name.is_absolute() or ".." in name.parts:
        raise _damaged(file)
    target, digest = into / name, hashlib.sha256()
    target.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_EXCL, member.mode & 0o777), "wb") as out:
        while chunk := opened.read(CHUNK):
            digest.update(chunk)
            out.write(chunk)
    return {"bytes": member.size, "sha256": digest.hexdigest()}


@contextmanager
def _whole(file: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as gone:
        raise CannotRead(Text("restore.missing", "There is no file %(file)s.", {"file": str(gone.filename)})) from None
    except (IsADirectoryError, tarfile.TarError, gzip.BadGzipFile, EOFError, zlib.error, ValueError, KeyError):
        raise _damaged(file) from None


def _damaged(file: Path) -> CannotRead:
    english = "%(file)s is no whole backup of nyckeltal: it is damaged, cut off, or something else. Nothing was changed. Fetch it again, or take an older one."
    return CannotRead(Text("restore.damaged", english, {"file": file.name}))


def _not_newer(manifest: Manifest) -> None:
    from importlib.metadata import version

    from nyckeltal.contacts.schema import STORE_VERSION

    here, there = ([int(part) if part.isdigit() else 0 for part in text.split(".")] for text in (version("nyckeltal"), str(manifest["nyckeltal"])))
    if there > here or int(manifest["model"]) > STORE_VERSION:
        english = (
            "This backup was made by nyckeltal %(there)s, which is newer than the one installed, %(here)s. Install that version first. Nothing was changed."
        )
        raise CannotRead(Text("restore.newer", english, {"there": manifest["nyckeltal"], "here": version("nyckeltal")}))
