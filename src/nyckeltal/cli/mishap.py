"""What went wrong, for a person at a terminal: the user's mistakes in full, our own as an apology with a place to look."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path

from nyckeltal.errors import UserMistake, of_the_machine

SHOWN = 50


def say(mistake: UserMistake) -> None:
    """The message, then every issue that it does not hold already, on a line of its own."""
    print(f"nyckeltal: {mistake.text}", file=sys.stderr)
    headline = str(mistake.text)
    issues = [str(issue) for issue in mistake.issues if str(issue) not in headline and str(issue.text) != headline]
    for issue in issues[:SHOWN]:
        print(f"  {issue}", file=sys.stderr)
    if len(issues) > SHOWN:
        print(f"  … and {len(issues) - SHOWN} more", file=sys.stderr)


def apologise(fault: BaseException, home: Path | None) -> None:
    """One sentence to the user; the traceback goes to a file."""
    if told := of_the_machine(fault):
        say(told)
        return
    print("nyckeltal: Sorry, this is a fault of nyckeltal, not yours. Nothing that stood in the store was changed by halves.", file=sys.stderr)
    print(f"  {type(fault).__name__}: {_first_line(fault)}", file=sys.stderr)
    print(f"  The details are in {_written(fault, home)}", file=sys.stderr)


def _first_line(fault: BaseException) -> str:
    return (str(fault).strip().splitlines() or ["(no message)"])[0][:300]


def _written(fault: BaseException, home: Path | None) -> Path:
    """The file with the details: in the home folder where there is one, else in a temporary folder."""
    folder = home or Path(os.environ.get("NYCKELTAL_HOME") or "nyckeltal-data")
    details = "".join(traceback.format_exception(fault))
    name = f"mishap-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.txt"
    for place in (folder, Path(tempfile.gettempdir())):
        try:
            (place / name).write_text(details, encoding="utf-8")
        except OSError:
            continue
        return place / name
    return Path("(nowhere: neither the home folder nor the temporary folder can be written)")
