"""`nyckeltal doctor`: what is installed, where data lies, what is wrong, and how to mend it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from nyckeltal.cli import checkup, output
from nyckeltal.cli.checkup import Finding
from nyckeltal.errors import NyckeltalError

NAME = "doctor"
HELP = "Say what is installed, where the data lies, what is wrong, and how to mend it."
EXAMPLE = "nyckeltal doctor --format json"

Look = Callable[[Path], Iterator[Finding]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    output.add_format(parser)


def run(args: argparse.Namespace) -> int:
    from nyckeltal.contacts.store import home_folder

    home = home_folder(args.home)
    findings = [found for look in checkup.LOOKS for found in _looked(look, home)]
    rows = [{"about": found.about, "is": found.is_, "wrong": found.wrong, "mend": found.mend} for found in findings]
    if args.format == "json":
        output.print_json(rows)
    else:
        output.print_table(rows, ("about", "is"))
        _say_what_is_wrong(findings)
    return 1 if any(found.wrong for found in findings) else 0


def _say_what_is_wrong(findings: list[Finding]) -> None:
    wrong = [found for found in findings if found.wrong]
    sys.stdout.flush()
    for found in wrong:
        print(f"\n{found.about}: {found.wrong}" + (f"\n  {found.mend}" if found.mend else ""))
    print(f"\n{len(wrong)} things are wrong." if len(wrong) > 1 else "\nOne thing is wrong." if wrong else "\nAll is well.")


def _looked(look: Look, home: Path) -> list[Finding]:
    """A look that fails is a finding itself: a doctor does not fall ill."""
    found: list[Finding] = []
    about = look.__name__.replace("_", " ")
    try:
        found.extend(look(home))
    except (NyckeltalError, OSError, ImportError) as fault:
        found.append(Finding(about, "cannot be looked at", str(fault), checkup.remedy(fault)))
    except Exception as fault:  # noqa: BLE001 whatever a broken store or database raises is what the doctor was asked for
        found.append(Finding(about, "cannot be looked at", f"{type(fault).__name__}: {fault}", checkup.remedy(fault)))
    return found
