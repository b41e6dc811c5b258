"""Call data records of 3CX as its documentation writes them: types in one spelling, and without the moments at which only a queue answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from nyckeltal.sources.documents import peek
from nyckeltal.sources.ready import beginning, rewritten

MOMENT = "%Y/%m/%d %H:%M:%S"
AT_ONCE_S = 2  # a queue answers by itself; whoever answers later is an agent
TYPES = ("from-type", "to-type", "final-type")
SPELLED = {"queue": "Queue", "extension": "Extension"}
OF_AN_AGENT = ("time-answered", "duration")
FIELDS = (  # all of them, in the order in which the documentation lists them and the system offers them
    *("historyid", "callid", "duration", "time-start", "time-answered", "time-end", "reason-terminated", "from-no", "to-no", "from-dn", "to-dn", "dial-no"),
    *("reason-changed", "final-number", "final-dn", "bill-code", "bill-rate", "bill-cost", "bill-name", "chain", "from-type", "to-type", "final-type"),
    *("from-dispname", "to-dispname", "final-dispname", "missed-queue-calls"),
)


def is_record(cells: Sequence[str]) -> bool:
    """Whether a first line is a call already: as many cells as there are fields, moments and types where those stand."""
    told = dict(zip(FIELDS, cells, strict=False)) if len(cells) == len(FIELDS) else {}
    return bool(told) and all(_moment(told[name]) for name in ("time-start", "time-end")) and bool(told["from-type"].strip())


def documented(file: Path, folder: Path) -> Path:
    """The same rows in a file of the same name."""
    first = beginning(iter(peek(file).splitlines()))[2]
    return rewritten(file, folder, _row, FIELDS if is_record(first) else ())


def _row(said: dict[str, str]) -> dict[str, str]:
    told = said | {name: SPELLED.get(said[name].strip().lower(), said[name]) for name in TYPES}
    if told["final-type"] != "Extension":
        told |= dict.fromkeys((*OF_AN_AGENT, "final-dn"), "")
    elif told["to-type"] == "Queue" and _at_once(said):
        told |= dict.fromkeys(OF_AN_AGENT, "")
    return told


def _at_once(said: dict[str, str]) -> bool:
    start, answered = _moment(said["time-start"]), _moment(said["time-answered"])
    return start is not None and answered is not None and (answered - start).total_seconds() <= AT_ONCE_S


def _moment(said: str) -> datetime | None:
    try:
        return datetime.strptime(said.strip(), MOMENT)  # noqa: DTZ007 all of one zone
    except ValueError:
        return None
