"""What the doctor looks at: one function per organ, each a list of findings, and to everything that is wrong how to mend it."""

from __future__ import annotations

import json
import os
import platform
import shutil
import stat
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from nyckeltal.cli import database as databases
from nyckeltal.cli import webside

if TYPE_CHECKING:
    from nyckeltal.contacts.store import ContactStore

PACKAGES = ("nyckeltal", "deltalake", "duckdb", "ibis-framework", "sqlglot", "pyarrow", "scipy", "django", "granian")
LEAST_FREE_BYTES = 1_000_000_000
SILENT_S = 60.0  # a worker that has not shown itself for so long hangs
AHEAD_S = 300.0  # a clock may be a little wrong


class Finding(NamedTuple):
    """One line of the report; `wrong` says what is wrong, `mend` what to do about it."""

    about: str
    is_: str
    wrong: str | None = None
    mend: str | None = None


def remedy(fault: BaseException) -> str:
    """What to do about a look that failed."""
    if isinstance(fault, PermissionError):
        return "Run this as the user that owns the home folder, or give it to that user: chown -R USER FOLDER."
    if type(fault).__module__.startswith(("django.db", "psycopg")):
        return "Is the database server running, and does DATABASE_URL name it rightly? See docs/guide/install.md, With PostgreSQL."
    return "See docs/guide/keep-safe.md; if nothing there helps, restore the last backup: nyckeltal restore FILE --force."


def installed(_: Path) -> Iterator[Finding]:
    from importlib.metadata import PackageNotFoundError, version

    yield Finding("python", platform.python_version())
    for package in PACKAGES:
        try:
            yield Finding(package, version(package))
        except PackageNotFoundError:
            yield Finding(package, "not installed", f"{package} is missing", "Install again: pip install --require-hashes -r requirements/run.txt")
    for program in ("chromium", "java"):
        yield Finding(program, shutil.which(program) or "not found (needed for tests in a browser, or for Spark; not for use)")


def home_folder(home: Path) -> Iterator[Finding]:
    no_folder = "it is a file, no folder" if home.exists() and not home.is_dir() else None
    made = "" if home.exists() else " (made at the first load)"
    yield Finding("home", f"{home.resolve()}{made}", no_folder, no_folder and "Name the home folder with --home or NYCKELTAL_HOME.")
    there = next(path for path in (home.resolve(), *home.resolve().parents) if path.exists())
    writable = os.access(there, os.W_OK)
    wrong = None if writable else f"{there} cannot be written to by this user"
    yield Finding("may write", "yes" if writable else "no", wrong, None if writable else "Run as its owner, or chown the folder to this user.")
    free = shutil.disk_usage(there).free
    short = "less than 1 GB is free" if free < LEAST_FREE_BYTES else None
    yield Finding("disk free", f"{free / 1e9:,.1f} GB", short, short and "Make room, or move the home folder: a backup, and a restore on a larger disk.")


def secrets(home: Path) -> Iterator[Finding]:
    """The keys of pseudonyms and links: readable by the owner, by nobody else. One that is not there is made when it is needed."""
    for name, lost in (("secret", "Pseudonyms"), ("web-secret", "Links")):
        path = home / name
        if not path.exists():
            continue
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            yield Finding(name, f"mode {mode:o}", "others on this machine can read it", f"chmod 600 {path}")
        elif not os.access(path, os.R_OK):
            yield Finding(name, f"mode {mode:o}", "this user cannot read it", f"chown it to the user that runs nyckeltal: {path}")
        elif not path.read_text("ascii", errors="replace").strip():
            yield Finding(name, "empty", "it is empty", f"Take it from a backup. {lost} of before are lost without it.")
        else:
            yield Finding(name, "there, readable by its owner only")


def lock(home: Path) -> Iterator[Finding]:
    """Who is writing to the store just now."""
    path = home / "lock"
    holder = _holder(path) if path.exists() else None
    if holder is None:
        yield Finding("lock", "free")
        return
    pid, command, since_s = holder
    yield Finding("lock", f"held by process {pid} for at most {since_s / 60:,.0f} minutes: {command}")


def _holder(path: Path) -> tuple[int, str, float] | None:
    """Process, its command and its age, of whoever has locked a file; told by the kernel's list, where there is one."""
    inode = path.stat().st_ino
    listed = Path("/proc/locks")
    for line in listed.read_text("ascii").splitlines() if listed.exists() else ():
        parts = line.split()
        if len(parts) > 5 and parts[1] == "FLOCK" and parts[5].rsplit(":", 1)[-1] == str(inode):
            process = Path("/proc") / parts[4]
            words = process.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip() if process.exists() else "gone"
            return int(parts[4]), words[:120], time.time() - process.stat().st_mtime if process.exists() else 0.0
    return None


def store(home: Path) -> Iterator[Finding]:
    from nyckeltal.contacts.store import ContactStore

    kept = ContactStore(home)
    loads = kept.loads().to_pylist()
    standing = [load for load in loads if load["state"] == "loaded"]
    yield Finding("loads", f"{len(standing)} ({len(loads) - len(standing)} undone)")
    if standing:
        last = max(load["loaded_at"] for load in standing)
        yield Finding("last load", f"{last:%Y-%m-%d %H:%M} UTC")
        yield from _clock(last, home)
    if kept.is_older:
        yield Finding("store", "written by an older version", "it has not been brought up to this version", "nyckeltal serve does it; so does the next load.")
        return
    yield from _files(home, kept)
    yield from _calendars(kept)


def _clock(last: datetime, home: Path) -> Iterator[Finding]:
    """A clock that was set back makes new loads look older than those that stand."""
    ahead_s = max(last.timestamp(), (home / "state.json").stat().st_mtime) - time.time()
    wrong = f"the last load is {ahead_s / 3600:,.1f} hours in the future" if ahead_s > AHEAD_S else None
    mend = "Set the machine's clock (timedatectl set-ntp true); then load what was loaded since." if wrong else None
    yield Finding("clock", f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", wrong, mend)


def _files(home: Path, kept: ContactStore) -> Iterator[Finding]:
    """Tables against state.json: what an interrupted load left ahead is put right by the next writer; what is behind or gone is lost."""
    from nyckeltal.contacts.copy import versions_on_disk

    snapshot = kept.snapshot()
    found = list(versions_on_disk(home, snapshot.state))
    behind = [table for table, version, here in found if here is None or here < version]
    ahead = [table for table, version, here in found if here is not None and here > version]
    lost = f"{', '.join(behind)}: older than state.json says, or gone" if behind else None
    missing = [] if behind else [file for table in snapshot.state.tables for file in snapshot.files(table) if not Path(file).exists()]
    lost = lost or (f"{len(missing)} files of the store are gone, first {missing[0]}" if missing else None)
    yield Finding("state", snapshot.id, lost, lost and "Restore the last backup: nyckeltal restore FILE --force. Then load again what came since.")
    if ahead:
        yield Finding("tables ahead", f"{', '.join(ahead)} (a load that is being written, or was interrupted; the next load puts it right)")


def _calendars(kept: ContactStore) -> Iterator[Finding]:
    """A year without holidays named stops the loads of that year; better said before it begins."""
    from nyckeltal.when.hours import Hours

    today = datetime.now(UTC).date()
    for row in kept.snapshot().small("calendar").to_pylist():
        hours = Hours.read(row["calendar_id"], row["tz"], row["weekly"], row["holidays"], row["valid_from"], row["valid_to"])
        if (row["valid_to"] is None or row["valid_to"] > today) and today.year not in hours.years:
            wrong = f"it names no holidays for {today.year}, so contacts of its queues cannot be loaded"
            mend = f"List them on the Organisation page, or write {today.year} alone when there are none."
            yield Finding(f"calendar {row['calendar_id']}", "incomplete", wrong, mend)


def sources(home: Path) -> Iterator[Finding]:
    """Each source that is kept in step: how far, how late, with which gaps, and what is wrong with it."""
    from nyckeltal.contacts.store import ContactStore
    from nyckeltal.sources.pull import condition
    from nyckeltal.sources.pull import secrets as kept
    from nyckeltal.sources.pull import sources as named

    for path, mode in kept.too_open(home):
        yield Finding(f"secret {path.name}", f"mode {mode:o}", "others on this machine can read it", f"chmod 600 {path}")
    found = named.read(home)
    for issue in found.issues:
        yield Finding("sources.toml", "cannot be used whole", str(issue), "Mend it there, or on the page Sources; the other sources go on.")
    if not found.feeds or ContactStore(home).is_older:
        return
    for one in condition.of_all(home, datetime.now(UTC)):
        wrong = "; ".join(map(str, [*one.wrong, *one.more[:5]])) or None
        yield Finding(f"source {one.feed.name}", one.said, wrong, wrong and "See the page Sources, or nyckeltal pull --list.")


def told_twice(home: Path) -> Iterator[Finding]:
    """Contacts that two sources tell of: what rules joined, and what probably counts twice."""
    from nyckeltal.contacts.store import ContactStore
    from nyckeltal.sources import alike

    if ContactStore(home).is_older:
        return  # looking at it would bring it up
    facts = ContactStore(home).snapshot()
    for one in alike.joined(facts):
        unknown = None if one.of else f"a rule in sources.toml names {one.source}, and no contact of that name is in the store"
        is_ = f"{one.n:,} of {one.of:,} joined with another source's by rule, {one.unclear:,} could be either of two"
        yield Finding(f"contacts of {one.source}", is_, unknown, unknown and "nyckeltal loads names the sources; write one of them.")
    for found in alike.alike(facts):
        mend = "\n  ".join(["Write into sources.toml in the home folder, then run nyckeltal pull:", *found.rule.toml().splitlines()])
        is_ = f"{found.n:,} of the {found.of:,} latest are alike to some of {found.rule.keep}"
        yield Finding(f"contacts of {found.rule.also}", is_, str(found.text), mend)


def sums_by_day(home: Path) -> Iterator[Finding]:
    """Of which facts sums are kept, how much room they take, and whether they are those of the store as it stands."""
    from nyckeltal.contacts.store import ContactStore
    from nyckeltal.kpi.rollup import held
    from nyckeltal.kpi.upkeep import keep

    if ContactStore(home).is_older:
        return  # looking at it would bring it up
    snapshot = ContactStore(home).snapshot()
    facts, kept = keep.large(snapshot), held.read(home)
    if not facts:
        yield Finding("sums by day", "off: no fact is so large that they would save time")
        return
    here = kept is not None and kept.state == snapshot.id
    room = sum(path.stat().st_size for path in kept.folder.glob("*.parquet")) / 1e6 if kept else 0.0
    wrong = None if here else "they are not those of the store as it stands, so large questions are counted row by row"
    yield Finding("sums by day", f"of {', '.join(facts)} ({room:,.0f} MB)", wrong, wrong and "The next load brings them up, or the worker tonight.")


def leftovers(home: Path) -> Iterator[Finding]:
    """What interrupted work left, and faults of ours that somebody should be told of."""
    staged = [path for path in (home / "staging").glob("*") if path.is_dir()]
    if staged:
        yield Finding("staging", f"{len(staged)} folders (loads under way, or interrupted; the next load clears those)")
    beside = (home.parent.glob(pattern) for pattern in (f"{home.name}.before-*", f".restoring-{home.name}-*"))
    if old := sorted({*home.glob("before-*"), *home.glob(".restoring-*"), *chain(*beside)}):
        yield Finding("kept aside", f"{len(old)} (of restores, first {old[0]}; remove what nobody misses)")
    if mishaps := sorted(home.glob("mishap-*.txt")):
        yield Finding("mishaps", f"{len(mishaps)}, the last {mishaps[-1].name} (faults of nyckeltal; send them to whoever maintains it, then remove them)")


def definitions(home: Path) -> Iterator[Finding]:
    """One faulty file keeps its own key figure away, and those that rest on it; each has its line."""
    from nyckeltal.kpi.catalogue import catalogue, mistakes

    wrong = mistakes(home)
    yield Finding("key figures", str(len(catalogue(home))))
    for file in sorted({issue.file or "" for issue in wrong}):
        said = "; ".join(f"line {issue.line}: {issue.text}" if issue.line else str(issue.text) for issue in wrong if issue.file == file)
        yield Finding("key figure’s file", Path(file).name, f"{Path(file).name} is not counted: {said}", f"Mend or remove {file}. All others are counted.")


def engine(_: Path) -> Iterator[Finding]:
    """What counts the figures, and whether it can be reached."""
    from nyckeltal.errors import UserMistake
    from nyckeltal.kpi import engines

    try:
        name = engines.named()
        engines.tried()
    except UserMistake as mistake:
        mend = "Mend that, or set NYCKELTAL_ENGINE=duckdb. See docs/guide/scale-out.md."
        yield Finding("engine", os.environ.get("NYCKELTAL_ENGINE", ""), str(mistake), mend)
    else:
        yield Finding("engine", name)


def database(home: Path) -> Iterator[Finding]:
    if not _has_database(home):
        yield Finding("database", "made at the first start")
        return
    webside.wake(home)
    waiting = webside.pending()
    yield Finding("database", webside.database())
    wrong = f"{waiting} migrations are waiting" if waiting else None
    yield Finding("migrations", f"{waiting} waiting" if waiting else "all run", wrong, wrong and "nyckeltal serve runs them; so does nyckeltal admin.")


def _has_database(home: Path) -> bool:
    """A look makes none where there is none."""
    return databases.is_elsewhere() or (home / "django.sqlite3").exists()


def static_files(home: Path) -> Iterator[Finding]:
    """Gathered at each start of the server; nothing is wrong with a home that was never served."""
    manifest = home / "static" / "staticfiles.json"
    if not (home / "static").exists():
        yield Finding("static files", "gathered at the first start")
        return
    mend = "Start nyckeltal serve again; it gathers them."
    try:
        paths = json.loads(manifest.read_text(encoding="utf-8"))["paths"].values()
    except (OSError, ValueError, KeyError):
        yield Finding("static files", "incomplete", "their list is missing or broken", mend)
        return
    missing = [path for path in paths if not (home / "static" / path).exists()]
    yield Finding("static files", str(len(paths)), f"{len(missing)} are missing" if missing else None, mend if missing else None)


def worker(home: Path) -> Iterator[Finding]:
    """Whether somebody does long and scheduled work, and what of it went wrong."""
    if not home.exists():
        return
    silent_s, doing = webside.worker_seen(home)
    if silent_s is None:
        yield Finding("worker", "not running (nyckeltal serve starts it)")
    else:
        wrong = f"it lives and has been silent for {silent_s:,.0f} seconds" if silent_s > SILENT_S else None
        yield Finding("worker", doing or "at rest", wrong, wrong and "Stop nyckeltal serve and start it again; what it was doing is begun anew.")
    if not _has_database(home):
        return
    webside.wake(home)
    for name, fault in webside.periodic_faults():
        yield Finding(name, "failed last time", fault, "It is tried again by itself; if it stays, see the server's log.")


LOOKS = (installed, home_folder, secrets, lock, store, sources, told_twice, sums_by_day, leftovers, definitions, engine, database, static_files, worker)
