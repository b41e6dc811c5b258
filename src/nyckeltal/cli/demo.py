"""`nyckeltal demo`: the simulated organisation and the web server with its sign-in by one click, ready to look at."""

from __future__ import annotations

import argparse
import errno
import hashlib
import json
import os
import shutil
import sys
import time
import webbrowser
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nyckeltal
from nyckeltal.cli import serve, webside
from nyckeltal.cli.progress import Line
from nyckeltal.errors import UserMistake
from nyckeltal.words import Text

NAME = "demo"
HELP = "Simulate an example organisation and open it in the browser. The next start opens the same one, with what was entered there."
EXAMPLE = "nyckeltal demo --home ./demo-data"

SEED, SCALE = 2026, 1.0
MOST_SCALE = 100
PORTS_TRIED = 20
REMOVAL_TRIES = 50
MARK = "demo.json"  # says of which day, version, seed and size the data is; its presence says that the folder is ours to empty


def add_arguments(parser: argparse.ArgumentParser) -> None:
    serve.add_address(parser)
    parser.add_argument("--seed", type=int, metavar="N", help=f"another organisation of the same kind (default {SEED})")
    parser.add_argument("--scale", type=_scale, metavar="X", help="more or fewer contacts (default 1.0: about 400,000)")
    parser.add_argument("--fresh", action="store_true", help="simulate again, up to yesterday; what was entered in the example goes")
    parser.add_argument("--build-only", action="store_true", help="make the data, start no server")
    parser.add_argument("--no-browser", action="store_true", help="print the address, open nothing")


def run(args: argparse.Namespace) -> int:
    home = args.home or Path(os.environ.get("NYCKELTAL_HOME") or "demo-data")
    _make(home, args)
    if args.build_only:
        return 0
    webside.wake(home, demo=True)
    webside.migrate()
    webside.plan_for_demo()
    webside.gather()
    port = webside.free_port(args.host, args.port, tries=PORTS_TRIED)
    webside.run(args.host, port, workers=1, ready=lambda: _show(f"http://{args.host}:{port}/", browser=not args.no_browser))
    return 0


def _make(home: Path, args: argparse.Namespace) -> None:
    """Simulate, unless an example stands there complete: people may have entered something in it, which goes only where they say so."""
    from nyckeltal.demo.build import build

    seed, scale = SEED if args.seed is None else args.seed, SCALE if args.scale is None else args.scale
    wanted = {"made_by": _maker(), "day": str(_today()), "seed": seed, "scale": scale}
    if not args.fresh and (found := _mark(home)) and found.get("complete"):
        _refuse_another(home, found, args)
        age = "today" if found.get("day") == wanted["day"] else f"{found.get('day')} and stays as it is; nyckeltal demo --fresh makes it anew"
        print(f"The example data in {home} is of {age}.", file=sys.stderr)
        return
    _empty(home)
    _write_mark(home, wanted | {"complete": False})
    with Line() as progress:
        build(home, seed=seed, today=_today(), scale=scale, progress=progress)
    _write_mark(home, wanted | {"complete": True})


def _refuse_another(home: Path, found: Mapping[str, Any], args: argparse.Namespace) -> None:
    asked = {name: value for name, value in (("scale", args.scale), ("seed", args.seed)) if value is not None}
    if differs := [name for name, value in asked.items() if value != found.get(name)]:
        values = {"home": home, "has": _said(found, differs), "asked": _said(asked, differs)}
        english = (
            "%(home)s holds an example with %(has)s, and what was entered there. To have one with %(asked)s, say --fresh, which removes it, or name another "
            "folder with --home. Without these options the one that is there is opened."
        )
        raise UserMistake(Text("cli.demo_another", english, values))


def _said(of: Mapping[str, Any], names: list[str]) -> str:
    return " ".join(f"--{name} {of.get(name)}" for name in names)


def _scale(said: str) -> float:
    """Above nothing, and not so much that no machine would end it."""
    if not 0 < (scale := float(said)) <= MOST_SCALE:
        raise argparse.ArgumentTypeError(f"{said} is not above 0 and at most {MOST_SCALE}")
    return scale


def _today() -> Any:
    return datetime.now(UTC).date()


def _maker() -> str:
    """The program that makes the data: another simulation, or another way to keep it, makes other data."""
    package = Path(nyckeltal.__file__).parent
    files = sorted(file for room in ("demo", "contacts") for file in (package / room).rglob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def _mark(home: Path) -> dict[str, Any] | None:
    try:
        mark: dict[str, Any] = json.loads((home / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return mark


def _write_mark(home: Path, mark: dict[str, Any]) -> None:
    home.mkdir(parents=True, exist_ok=True)
    (home / MARK).write_text(json.dumps(mark), encoding="utf-8")


def _empty(home: Path) -> None:
    """Old example data goes, its mark last, so that what an interruption left is known; a folder with anybody's own data is never touched."""
    if (home / MARK).exists():
        for path in home.iterdir():
            if path.name != MARK:
                _remove(path)
    elif home.exists() and any(home.iterdir()):
        raise UserMistake(
            Text("cli.demo_not_here", "%(home)s holds data that is not an example; name another folder with --home or NYCKELTAL_HOME.", {"home": home})
        )


def _remove(path: Path) -> None:
    """A server that is just ending may take files away, or write some, meanwhile: then once more."""
    for _ in range(REMOVAL_TRIES):
        try:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        except FileNotFoundError:
            continue
        except OSError as why:
            if why.errno != errno.ENOTEMPTY:
                raise
            time.sleep(0.1)
        else:
            return
    raise UserMistake(Text("cli.demo_in_use", "Another program keeps writing to %(home)s. End it, or name another folder with --home.", {"home": path}))


def _show(address: str, *, browser: bool) -> None:
    print(f"nyckeltal is on {address}   (stop it with Ctrl-C)", file=sys.stderr, flush=True)
    has_display = sys.platform in ("darwin", "win32") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if browser and has_display:
        webbrowser.open(address)
