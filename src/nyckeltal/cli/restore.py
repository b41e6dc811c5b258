"""`nyckeltal restore`: a backup put in place, whole or not at all, here or on another machine."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

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
    aside = _aside(home)
    try:
        with _unpacked(args.file, home) as fresh:
            _put(fresh, home, aside, force=args.force)
    except BaseException:
        _tell_kept(aside, sys.stderr)
        raise
    print(f"Restored into {home}.")
    _tell_kept(aside, sys.stdout)
    print("Everybody signs in anew. nyckeltal doctor says whether all is well; nyckeltal serve starts it.")
    return 0


def _aside(home: Path) -> Path:
    """Where what was there before is kept; never below what is unpacked, which goes away again."""
    return (home if _stays(home) else home.parent) / f"{'before' if _stays(home) else home.name + '.before'}-{datetime.now(UTC):%Y%m%dT%H%M%S}"


def _dump_of(aside: Path) -> Path:
    """The database of before, beside the home of before."""
    return aside.with_name(f"{aside.name}.{archive.DUMP}")


def _tell_kept(aside: Path, out: TextIO) -> None:
    for kept in filter(Path.exists, (aside, _dump_of(aside))):
        print(f"What was there before is in {kept}.", file=out)


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
            database.close_doors(fresh / "home" / archive.SQLITE)
        yield fresh
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _stays(home: Path) -> bool:
    """Whether the folder itself cannot be renamed: a mounted volume, or one in a folder of somebody else's."""
    return home.exists() and (home.is_mount() or not os.access(home.parent, os.W_OK))


def _put(fresh: Path, home: Path, aside: Path, *, force: bool) -> None:
    from nyckeltal.contacts.state import locked

    with locked(home, LOCK_S) if home.exists() else nullcontext():
        holds = not archive.is_empty(home)
        _database_into(fresh, _dump_of(aside), force=force)
        if holds:
            _move_aside(home, aside)
        _move_in(fresh / "home", home)


def _database_into(fresh: Path, kept: Path, *, force: bool) -> None:
    """Fill the database that the settings name, all or nothing; what it held before as a dump in `kept`, unless it held nobody."""
    dump, file = fresh / archive.DUMP, fresh / "home" / archive.SQLITE
    if not dump.exists() and not (database.is_elsewhere() and file.exists()):
        return
    webside.wake(fresh / "home")
    if database.holds_people() and not force:
        raise CannotRead(Text("restore.database_not_empty", "The database that DATABASE_URL names holds people already. Name an empty one, or say --force."))
    if database.is_elsewhere() and database.holds_people():
        database.dump(kept)
    if not dump.exists():
        database.dump(dump, database.use_file(file))
    database.fill(dump)
    webside.sleep()
    if database.is_elsewhere():
        file.unlink(missing_ok=True)


def _move_aside(home: Path, aside: Path) -> None:
    if not _stays(home):
        home.rename(aside)
        return
    aside.mkdir(mode=0o700)
    stays = (".restoring-", "before-", "lock", "worker.lock")
    for entry in [entry for entry in home.iterdir() if not entry.name.startswith(stays)]:
        entry.rename(aside / entry.name)


def _move_in(fresh: Path, home: Path) -> None:
    """Into place; what counts, state.json, last where there is a folder already. What lies in it beside is left alone: none of it is in a backup."""
    if not home.exists():
        fresh.rename(home)
        return
    for entry in sorted(fresh.iterdir(), key=lambda entry: entry.name == "state.json"):
        entry.rename(home / entry.name)
