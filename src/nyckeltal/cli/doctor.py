"""`nyckeltal doctor`: what is installed, where data lies, what is wrong."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from nyckeltal.cli import output, webside
from nyckeltal.errors import NyckeltalError

NAME = "doctor"
HELP = "Say what is installed, where the data lies, and what is wrong."
EXAMPLE = "nyckeltal doctor --format json"

PACKAGES = ("nyckeltal", "deltalake", "duckdb", "ibis-framework", "sqlglot", "pyarrow", "scipy", "django", "granian")
LEAST_FREE_BYTES = 1_000_000_000
SILENT_S = 60.0  # a worker that has not shown itself for so long hangs


class Finding(NamedTuple):
    """One line of the report; `wrong` carries what to do about it."""

    about: str
    is_: str
    wrong: str | None = None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    output.add_format(parser)


def run(args: argparse.Namespace) -> int:
    findings = [found for look in (installed, home_folder, store, web, worker) for found in _looked(look, args.home)]
    rows = [{"about": found.about, "is": found.is_, "wrong": found.wrong} for found in findings]
    if args.format == "json":
        output.print_json(rows)
    else:
        output.print_table(rows)
    return 1 if any(found.wrong for found in findings) else 0


def _looked(look: Callable[[Path | None], Iterator[Finding]], home: Path | None) -> list[Finding]:
    """A look that fails is a finding itself: a doctor does not fall ill."""
    found: list[Finding] = []
    try:
        found.extend(look(home))
    except (NyckeltalError, OSError, ImportError) as fault:
        found.append(Finding(look.__name__.replace("_", " "), "cannot be looked at", str(fault)))
    except Exception as fault:  # noqa: BLE001 whatever a broken store or database raises is what the doctor was asked for
        found.append(Finding(look.__name__.replace("_", " "), "cannot be looked at", f"{type(fault).__name__}: {fault}"))
    return found


def installed(_: Path | None) -> Iterator[Finding]:
    from importlib.metadata import PackageNotFoundError, version

    yield Finding("python", platform.python_version())
    for package in PACKAGES:
        try:
            yield Finding(package, version(package))
        except PackageNotFoundError:
            yield Finding(package, "not installed", "make demo installs it")
    for program in ("chromium", "java"):
        yield Finding(program, shutil.which(program) or "not found (needed for tests in a browser, or for Spark; not for use)")


def home_folder(home: Path | None) -> Iterator[Finding]:
    from nyckeltal.contacts.store import home_folder as folder_of

    folder = folder_of(home)
    yield Finding("home", f"{folder.resolve()}{'' if folder.exists() else ' (made at the first load)'}")
    there = next(path for path in (folder.resolve(), *folder.resolve().parents) if path.exists())
    writable = os.access(there, os.W_OK)
    yield Finding("may write", "yes" if writable else "no", None if writable else f"{there} cannot be written to by this user")
    free = shutil.disk_usage(there).free
    yield Finding("disk free", f"{free / 1e9:,.1f} GB", "less than 1 GB is free" if free < LEAST_FREE_BYTES else None)


def store(home: Path | None) -> Iterator[Finding]:
    from nyckeltal.contacts.store import ContactStore

    kept = ContactStore(home)
    loads = kept.loads().to_pylist()
    standing = [load for load in loads if load["state"] == "loaded"]
    yield Finding("loads", f"{len(standing)} ({len(loads) - len(standing)} undone)")
    if standing:
        yield Finding("last load", f"{max(load['loaded_at'] for load in standing):%Y-%m-%d %H:%M} UTC")
    if kept.is_older:
        yield Finding("store", "written by an older version", "nyckeltal serve brings it up to this one; so does the next load")
        return
    snapshot = kept.snapshot()
    missing = [file for table in ("contact", "segment", "queue_visit") for file in snapshot.files(table) if not Path(file).exists()]
    yield Finding("state", snapshot.id, f"{len(missing)} files of the store are gone, first {missing[0]}" if missing else None)


def web(home: Path | None) -> Iterator[Finding]:
    from nyckeltal.contacts.store import home_folder as folder_of

    if not folder_of(home).exists() and "DATABASE_URL" not in os.environ:
        yield Finding("database", "made at the first start")
        return
    webside.wake(home)
    waiting = webside.pending()
    yield Finding("database", webside.database())
    yield Finding("migrations", f"{waiting} waiting (nyckeltal serve runs them)" if waiting else "all run")


def worker(home: Path | None) -> Iterator[Finding]:
    """Whether somebody does long and scheduled work, and what of it went wrong."""
    from nyckeltal.contacts.store import home_folder as folder_of

    folder = folder_of(home)
    if not folder.exists():
        return
    webside.wake(home)
    silent_s, doing = webside.worker_seen(folder)
    if silent_s is None:
        yield Finding("worker", "not running (nyckeltal serve starts it)")
        return
    yield Finding("worker", doing or "at rest", f"silent for {silent_s:,.0f} seconds; start nyckeltal serve again" if silent_s > SILENT_S else None)
    for name, fault in webside.periodic_faults():
        yield Finding(name, "failed last time", fault)
