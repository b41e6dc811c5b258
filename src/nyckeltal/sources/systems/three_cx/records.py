"""Call data records of 3CX as its documentation writes them: types in one spelling, and without the moments at which only a queue answered."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from nyckeltal.sources.ready import rewritten

MOMENT = "%Y/%m/%d %H:%M:%S"
AT_ONCE_S = 2  # a queue answers by itself; whoever answers later is an agent
TYPES = ("from-type", "to-type", "final-type")
SPELLED = {"queue": "Queue", "extension": "Extension"}
OF_AN_AGENT = ("time-answered", "duration")


def documented(file: Path, folder: Path) -> Path:
    """The same rows in a file of the same name."""
    return rewritten(file, folder, _row)


def _row(said: dict[str, str]) -> dict[str, str]:
    told = said | {name: SPELLED.get(said[name].strip().lower(), said[name]) for name in TYPES}
    if told["final-type"] != "Extension":
        told |= dict.fromkeys((*OF_AN_AGENT, "final-dn"), "")
    elif told["to-type"] == "Queue" and _at_once(said):
        told |= dict.fromkeys(OF_AN_AGENT, "")
    return told


def _at_once(said: dict[str, str]) -> bool:
    try:
        start, answered = (datetime.strptime(said[name].strip(), MOMENT) for name in ("time-start", "time-answered"))  # noqa: DTZ007 both of one zone
    except ValueError:
        return False
    return (answered - start).total_seconds() <= AT_ONCE_S
