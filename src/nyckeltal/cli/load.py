"""`nyckeltal load`: files into the store, told in counts; also lists the systems and takes a load back."""

from __future__ import annotations

import argparse
import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nyckeltal
from nyckeltal.cli import output
from nyckeltal.cli.progress import Line

if TYPE_CHECKING:
    from nyckeltal.sources.load import LoadReport

NAME = "load"
HELP = "Read files or folders into the store, or take a load back."
EXAMPLE = "nyckeltal load calls.csv --mapping calls.toml --client bank"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="file or folder")
    parser.add_argument("--as", dest="system", metavar="SYSTEM", help="the system the files come from, where they do not say it themselves")
    parser.add_argument(
        "--mapping", type=Path, metavar="MAPPING", help="how a table becomes facts: a file (see nyckeltal describe), or the name of a saved one"
    )
    parser.add_argument("--client", metavar="ID", help="whose contacts they are, where the file does not say")
    parser.add_argument("--zone", metavar="ZONE", help="of times without an offset, where the file does not say: Europe/Stockholm")
    parser.add_argument("--list", action="store_true", help="name the systems that can be read")
    parser.add_argument("--undo", metavar="LOAD", help="take this load back whole")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    parser.set_defaults(usage=parser.error)
    output.add_format(parser)


def run(args: argparse.Namespace) -> int:
    if args.list:
        return _list(args)
    if bool(args.paths) == bool(args.undo):
        args.usage("name files or folders to load, or --undo LOAD, or --list")
    report = _undo(args) if args.undo else _load(args)
    _say(report, args.format)
    return 1 if report.refused_n else 0


def _list(args: argparse.Namespace) -> int:
    from nyckeltal.sources.find import systems

    rows = [{"system": name, "reads": str(system.title)} for name, system in sorted(systems().items())]
    if args.format == "json":
        output.print_json(rows)
    else:
        output.print_table(rows, empty="No systems are built in; any table is read with --mapping.")
    return 0


def _load(args: argparse.Namespace) -> LoadReport:
    with Line(quiet=args.quiet) as progress:
        return nyckeltal.load(
            args.paths, system=args.system, mapping=args.mapping, client=args.client, zone=args.zone, home=args.home, by=getpass.getuser(), progress=progress
        )


def _undo(args: argparse.Namespace) -> LoadReport:
    return nyckeltal.undo(args.undo, home=args.home)


def _say(report: LoadReport, form: str) -> None:
    if form == "json":
        output.print_json(report.as_dict())
        return
    print(_headline(report))
    output.print_table([_row(fact, count) for fact, count in _counts(report)], empty="")
    for fact, count in report.facts.items():
        for what in ("left_out", "refused"):
            for reason, n in getattr(count, what).items():
                print(f"  {fact} {what.replace('_', ' ')}: {n:,} {reason}")
    for warning in report.warnings:
        print(f"  note: {warning}")
    if report.also_in:
        print(f"  Later loads held some of the same rows, which went with this one: {', '.join(report.also_in)}. Load their files again to have them back.")
    if report.refused_n:
        print(f"{report.refused_n:,} rows were refused; nyckeltal refused {report.load_id} lists them.")


def _headline(report: LoadReport) -> str:
    if report.undone:
        return f"Load {report.load_id} was taken back; what it had replaced stands again."
    if report.already:
        return f"Already in, as load {report.load_id}: nothing changed."
    return f"Load {report.load_id}"


def _counts(report: LoadReport) -> list[tuple[str, Any]]:
    return list(report.undone_counts.items() if report.undone else report.facts.items())


def _row(fact: str, count: Any) -> dict[str, Any]:
    """What became of the rows of one fact."""
    if isinstance(count, dict):
        return {"fact": fact} | count
    told = {name: getattr(count, name) for name in ("read", "new", "changed", "unchanged", "older", "withdrawn", "repeated")}
    return {"fact": fact} | told | {name: sum(getattr(count, name).values()) for name in ("left_out", "refused")}
