"""`nyckeltal pull`: sources brought up to date once, or kept so until Ctrl-C; also lists them and how they are."""

from __future__ import annotations

import argparse
import signal
import sys
from typing import TYPE_CHECKING, Any

import nyckeltal
from nyckeltal.cli import mishap, output
from nyckeltal.errors import UserMistake
from nyckeltal.words import Text

if TYPE_CHECKING:
    from pathlib import Path

    from nyckeltal.sources.pull.means import Means
    from nyckeltal.sources.pull.sources import Feed, Sources
    from nyckeltal.sources.pull.status import Status

NAME = "pull"
HELP = "Bring the sources of sources.toml up to date: ask them, load what lies in their folders, follow their files."
EXAMPLE = "nyckeltal pull --list"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sources", nargs="*", metavar="SOURCE", help="only these (default: all that are not paused)")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--list", action="store_true", help="say how each source is, and ask none")
    how.add_argument("--once", action="store_true", help="at most as long as most_minutes says for each, even where more is there")
    how.add_argument("--watch", action="store_true", help="go on until Ctrl-C, each source when it is due, growing files within seconds")
    parser.set_defaults(usage=parser.error)
    output.add_format(parser)


def run(args: argparse.Namespace) -> int:
    from nyckeltal.contacts.store import home_folder
    from nyckeltal.sources.pull import sources

    home = home_folder(args.home)
    found = sources.read(home)
    if args.watch:
        if args.sources:
            args.usage("--watch keeps all sources in step; pause those that are to wait in sources.toml")
        return _watch(home)
    feeds = _chosen(found, args.sources)
    if args.list:
        return _list(found, feeds, home, args.format)
    return _pull(found, feeds, home, args)


def _chosen(found: Sources, names: list[str]) -> list[Feed]:
    """Those that were named, else all that are not paused."""
    if names and (found.feeds or found.issues):
        return [found.feed(name) for name in dict.fromkeys(names)]
    if not found.feeds and not found.issues and not found.same:
        english = "There is no source yet. Name them in sources.toml in the home folder, as docs/guide/keep-in-step.md says, or on the page Sources."
        raise UserMistake(Text("cli.no_sources", english))
    return list(found.feeds.values())


def means(home: Path, **changes: Any) -> Means:
    """Loads with all that follows from them."""
    from nyckeltal.sources.pull.means import Means

    return Means(home, load=nyckeltal.load, settle=nyckeltal.promises_judged, join=nyckeltal.join, **changes)


def _pull(found: Sources, feeds: list[Feed], home: Path, args: argparse.Namespace) -> int:
    from nyckeltal.sources.pull import run as running

    asked = [feed for feed in feeds if args.sources or not feed.paused]
    doing = means(home)
    doing.join(home, doing.now())
    done = {feed.name: running.catch_up(feed, doing) for feed in asked} if args.once else running.catch_up_all(asked, doing)
    rows = [_row(feed, done[feed.name], home, busy=done[feed.name] is None) for feed in asked]
    _say(rows, args.format)
    broken = not args.sources and _say_broken(found)
    return 1 if broken or any(status is None or status.error for status in done.values()) else 0


def _list(found: Sources, feeds: list[Feed], home: Path, form: str) -> int:
    from nyckeltal.sources.pull import status
    from nyckeltal.sources.pull.place import Place

    rows = [_row(feed, status.read(Place(home, feed.name)), home) for feed in feeds]
    _say(rows, form)
    return 1 if _say_broken(found) or any(row["error"] for row in rows) else 0


def _row(feed: Feed, status: Status | None, home: Path, *, busy: bool = False) -> dict[str, Any]:
    from nyckeltal.contacts.store import ContactStore
    from nyckeltal.sources.pull import condition

    told: dict[str, Any] = {"source": feed.name, "system": feed.system, "way": feed.way, "every": feed.every.said, "paused": feed.paused}
    if status is None:
        return told | dict.fromkeys(("last_success", "reaches", "next_due", "read", "new", "changed", "refused", "error", "issues", "notes")) | {"busy": busy}
    counts = {name: status.counts.get(name, 0) for name in ("read", "new", "changed", "refused")}
    moments = {"last_success": status.last_success, "reaches": status.reaches, "next_due": None if feed.paused else status.next_due}
    said: dict[str, Any] = {"error": str(status.error) if status.error else None, "issues": list(map(str, status.issues))}
    said["notes"] = list(map(str, condition.nothing_yet(feed, status, ContactStore(home).snapshot())))
    return told | moments | counts | said | {"busy": busy}


def _say(rows: list[dict[str, Any]], form: str) -> None:
    if form == "json":
        output.print_json(rows)
        return
    output.print_table(rows, ("source", "system", "last_success", "reaches", "next_due", "read", "new", "changed", "refused"))
    sys.stdout.flush()
    for row in rows:
        if row["busy"]:
            print(f"{row['source']}: another process is asking it just now.", file=sys.stderr)
        elif row["error"]:
            print("\n  ".join([f"{row['source']}: {row['error']}", *(said for said in row["issues"] if said not in row["error"])]), file=sys.stderr)
        for note in row["notes"] or ():
            print(f"{row['source']}: {note}", file=sys.stderr)


def _say_broken(found: Sources) -> bool:
    if found.issues:
        mishap.say(UserMistake(Text("cli.sources_wrong", "Some of sources.toml cannot be used; the other sources go on."), found.issues))
    return bool(found.issues)


def _watch(home: Path) -> int:
    """Ends between two loads where it is asked to; killed in one, it begins that anew the next time."""
    from nyckeltal.sources.pull import run as running

    doing = means(home)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: doing.stop.set())
    print("Keeping sources in step. Stop with Ctrl-C.", file=sys.stderr)
    running.watch(doing)
    return 0
