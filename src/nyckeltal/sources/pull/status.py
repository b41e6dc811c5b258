"""How a source is: when it was asked and with what success, what came in, what is wrong, when it is due again. Kept as `status.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from nyckeltal.errors import Issue, UserMistake
from nyckeltal.packing import pack, pack_issue, unpack, unpack_issue
from nyckeltal.sources.pull.place import Place
from nyckeltal.sources.report import LoadReport, rows_read
from nyckeltal.words import Text

FILE = "status.json"
MOST_ISSUES = 20  # kept
COUNTED = ("read", "new", "changed", "refused")


@dataclass(frozen=True)
class Status:
    """`reaches` is how far its data was asked for, or was found; `counts` are of the last catch-up that brought anything, `all_counts` of all.
    `behind` says that the last catch-up was stopped by its time, and goes on at once."""

    last_try: datetime | None = None
    last_success: datetime | None = None
    reaches: datetime | None = None
    next_due: datetime | None = None
    failures: int = 0
    behind: bool = False
    error: Text | None = None
    issues: tuple[Issue, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    all_counts: Mapping[str, int] = field(default_factory=dict)
    load_id: str | None = None

    @property
    def refused_share(self) -> float | None:
        """Of all rows that were read; None where none was."""
        read = self.all_counts.get("read", 0)
        return self.all_counts.get("refused", 0) / read if read else None

    def with_error(self, mistake: UserMistake) -> Status:
        return replace(self, error=mistake.text, issues=mistake.issues[:MOST_ISSUES], failures=self.failures + 1)

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON; what is wrong packed, so that each reader reads it in the own language."""
        told = {one.name: getattr(self, one.name) for one in fields(self)}
        moments = {name: value.isoformat() for name, value in told.items() if isinstance(value, datetime)}
        return told | moments | {"error": pack(self.error) if self.error else None, "issues": [pack_issue(issue) for issue in self.issues]}


def read(place: Place) -> Status:
    """As it was kept; a source that was never asked has nothing to tell."""
    kept = place.read(FILE)
    known = {one.name for one in fields(Status)}
    told = {name: value for name, value in kept.items() if name in known}
    for name in ("last_try", "last_success", "reaches", "next_due"):
        told[name] = datetime.fromisoformat(told[name]) if told.get(name) else None
    told["error"] = unpack(told["error"]) if told.get("error") else None
    issues = [unpack_issue(issue) for issue in told.get("issues", ()) if isinstance(issue, Mapping)]  # once they were kept as sentences
    return Status(**{**told, "issues": tuple(issues)})


def keep(place: Place, status: Status) -> None:
    place.keep(FILE, status.as_dict())


def counted(report: LoadReport) -> dict[str, int]:
    """What a load brought, over all facts."""
    counts = report.facts.values()
    if report.already:
        return dict.fromkeys(COUNTED, 0)
    return {
        "read": rows_read({name: count.read for name, count in report.facts.items()}),
        "new": sum(count.new for count in counts),
        "changed": sum(count.changed for count in counts),
        "refused": report.refused_n,
    }


def added(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in COUNTED}
