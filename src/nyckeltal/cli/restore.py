"""`nyckeltal restore`: a backup put in place, whole or not at all, here or on another machine."""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

from nyckeltal.cli import archive, database, webside
from nyckeltal.cli.progress import Line
from nyckeltal.errors import CannotRead, UserMistake
from nyckeltal.words import Text

NAME = "restore"
HELP = "Put a backup in place. Refuses a home that holds something, unless --force: then the old one is kept aside."
EXAMPLE = "nyckeltal restore nyckeltal.backup --home /srv/nyckeltal"

LOCK_S = 10.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="what nyckeltal backup wrote")
    parser.add_argument("--force", action="store_true", help="also where there is something; that is kept beside, under a name that ends in the moment")


def run(args: argparse.Namespace) -> int:
    from nyckeltal.contacts.store import home_folder

    home = home_folder(args.home)
    _refuse(home, force=args.force)
    with _unpacked(args.file, home) as fresh:
        aside = _put(fresh, home, force=args.force)
    print(f"Restored into {home}.")
    if aside:
        print(f"What was there before is in {aside}.")
    print("Everybody signs in anew. nyckeltal doctor says whether all is well; nyckeltal serve starts it.")
    return 0


def _refuse(home: Path, *, force: bool) -> None:
    from nyckeltal.web.jobs import heartbeat

    if not force and not archive.is_empty(home):
        english = "%(home)s holds something already. Name another folder with --home, or say --force: then what is there is kept aside."
        raise UserMistake(Text("restore.not_empty", english, {"home": home}))
    if home.exists() and (worker := heartbeat.seen(home)):
        english = "nyckeltal serve is running on %(home)s (process %(pid)s). Stop it first."
        raise UserMistake(Text("restore.served", english, {"home": home, "pid": worker["pid"]}))


@contextmanager
def _unpacked(file: Path, home: Path) -> Iterator[Path]:
    """The backup, unpacked and checked, in a folder from which it can be renamed into place."""
    room = home if _stays(home) else home.parent
    room.mkdir(parents=True, exist_ok=True)
    fresh = room / f".restoring-{home.name}-{os.getpid()}"
    fresh.mkdir(mode=0o700)
    try:
        with Line() as progress:
            manifest = archive.read(file.absolute(), fresh, progress)
        (fresh / "home").mkdir(exist_ok=True)
        if manifest["database"] == "sqlite":
            (fresh / archive.SQLITE).rename(fresh / "home" / archive.SQLITE)
        yield fresh
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _stays(home: Path) -> bool:
    """Whether the folder itself cannot be renamed: a mounted volume, or one in a folder of somebody else's."""
    return home.exists() and (home.is_mount() or not os.access(home.parent, os.W_OK))


def _put(fresh: Path, home: Path, *, force: bool) -> Path | None:
    from nyckeltal.contacts.state import locked

    with locked(home, LOCK_S) if home.exists() else nullcontext():
        holds = not archive.is_empty(home)
        aside = (home if _stays(home) else home.parent) / f"{'before' if _stays(home) else home.name + '.before'}-{datetime.now(UTC):%Y%m%dT%H%M%S}"
        kept = _database_into(fresh, force=force)
        moved = aside if holds and _move_aside(home, aside) else None
        if kept and moved:
            kept.rename(moved / archive.DUMP)
        _move_in(fresh / "home", home)
        return moved


def _database_into(fresh: Path, *, force: bool) -> Path | None:
    """Fill the database that the settings name, all or nothing; what it held before as a dump, None where it held nobody."""
    dump, file = fresh / archive.DUMP, fresh / "home" / archive.SQLITE
    if not dump.exists() and not (database.is_elsewhere() and file.exists()):
        return None
    webside.wake(fresh / "home")
    if database.holds_people() and not force:
        raise CannotRead(Text("restore.database_not_empty", "The database that DATABASE_URL names holds people already. Name an empty one, or say --force."))
    kept = fresh / "database-before.jsonl"
    if database.is_elsewhere() and database.holds_people():
        database.dump(kept)
    if not dump.exists():
        database.dump(dump, database.use_file(file))
    database.fill(dump)
    webside.sleep()
    if database.is_elsewhere():
        file.unlink(missing_ok=True)
    return kept if kept.exists() else None


def _move_aside(home: Path, aside: Path) -> bool:
    if not _stays(home):
        home.rename(aside)
        return True
    aside.mkdir(mode=0o700)
    stays = (".restoring-", "before-", "lock", "worker.lock")
    for entry in [entry for entry in home.iterdir() if not entry.name.startswith(stays)]:
        entry.rename(aside / entry.name)
    return True


def _move_in(fresh: Path, home: Path) -> None:
    """Into place; what counts, state.json, last where it must be moved piece by piece."""
    if not _stays(home):
        if home.exists():
            shutil.rmtree(home)  # nothing but a lock and what is made anew by itself
        fresh.rename(home)
        return
    for entry in sorted(fresh.iterdir(), key=lambda entry: entry.name == "state.json"):
        old = home / entry.name
        if old.is_dir():
            shutil.rmtree(old)
        entry.rename(old)
