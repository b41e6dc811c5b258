"""`nyckeltal docs`: a page per key figure from the catalogue, the fields of every fact, and the list of systems; never written by hand."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.cli.fields_page import fields_page
from nyckeltal.cli.page import page
from nyckeltal.errors import CannotRead
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.kpi.definition import Kpi

NAME = "docs"
HELP = "Write docs/kpi, docs/fields.md and docs/systems.md from the catalogue, the model and the systems. For developers, from a clone."
EXAMPLE = "nyckeltal docs --check"

SYSTEMS_HEAD = """# Systems

Read without a mapping file; `nyckeltal load --as NAME` where a file does not say it itself. Any other table: [a mapping](guide/load-your-data.md).
"""
BY_HAND = "<!-- Written by `make docs`, not by hand. -->\n\n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--into", type=Path, default=Path("docs"), metavar="FOLDER", help="where the documentation lies (default %(default)s)")
    parser.add_argument("--check", action="store_true", help="write nothing; say whether the pages are up to date")


def run(args: argparse.Namespace) -> int:
    if not args.into.is_dir():
        raise CannotRead(Text("cli.no_docs", "There is no folder %(folder)s. Run this in a clone, or name one with --into.", {"folder": args.into}))
    wanted = dict(pages())
    unwanted = {file for file in (args.into / "kpi").glob("*.md") if f"kpi/{file.name}" not in wanted}
    stale = {args.into / name for name, text in wanted.items() if _read(args.into / name) != text} | unwanted
    if not args.check:
        _write(args.into, wanted)
        for file in unwanted:
            file.unlink()
    for file in sorted(stale):
        print(f"{file}: {'out of date; make docs writes it' if args.check else 'written' if file not in unwanted else 'removed'}", file=sys.stderr)
    return 1 if args.check and stale else 0


def pages() -> Iterator[tuple[str, str]]:
    from nyckeltal.kpi.catalogue import catalogue

    kpis = sorted(catalogue().values(), key=lambda kpi: kpi.id)
    yield "kpi/README.md", BY_HAND + _index(kpis)
    for kpi in kpis:
        yield f"kpi/{kpi.id}.md", BY_HAND + page(kpi)
    yield "fields.md", BY_HAND + fields_page()
    yield "systems.md", BY_HAND + _systems()


def _read(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.exists() else None


def _write(folder: Path, pages: Mapping[str, str]) -> None:
    (folder / "kpi").mkdir(exist_ok=True)
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")


def _index(kpis: list[Kpi]) -> str:
    rows = [f"| [{kpi.name}]({kpi.id}.md) | `{kpi.id}` | {kpi.asks} |" for kpi in kpis]
    return "\n".join(["# Key figures", "", "| name | id | asks |", "|---|---|---|", *rows, ""])


def _systems() -> str:
    from nyckeltal.sources.find import systems

    parts = [f"## {name}\n\n{system.title}\n" for name, system in sorted(systems().items())]
    return "\n".join([SYSTEMS_HEAD, *parts])
