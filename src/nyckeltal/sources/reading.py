"""What reading files gives to the store: facts and refused rows as Parquet, and what was counted on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.contacts.store import Facts

Progress = Callable[[str, int, int], None]
Coverage = Mapping[str, tuple[datetime, datetime]]

# fmt: off
prefixed = (
    "contact_id", "visit_id", "segment_id", "case_id", "message_id", "state_id", "invitation_id", "response_id", "callback_of",
    "shift_id", "forecast_id", "outage_id", "evaluation_id", "answer_id", "sale_id", "retention_id", "order_id", "complaint_id",
    "base_id", "finance_id", "absence_id", "talk_id", "task_id", "summary_id",
)
# fmt: on


@dataclass(frozen=True)
class Setting:
    """What holds for the whole load: whose data it is, where to work, and how a customer is hidden."""

    folder: Path
    source: str
    client: str | None
    zone: str | None
    now: datetime
    hide_sql: Callable[[str], str]
    load_id: str = ""
    progress: Progress | None = None
    known_clients: Mapping[str | None, str | None] = field(default_factory=dict)  # client → its zone
    currencies: Mapping[str, str] = field(default_factory=dict)  # client → its currency
    known_questions: frozenset[str] = frozenset()  # described by another source
    facts: Facts | None = None  # what the store holds, for a log that goes on where an earlier file ended
    beside: tuple[str, ...] = ()  # the loads of this source that the store holds
    told: Mapping[str, Any] = field(default_factory=dict)  # a mapping's tables, for what no file of a system says
    hide: Callable[[str], str] | None = None  # the same as hide_sql, for one value at a time

    def tell(self, stage: str, done: int = 0, total: int = 0) -> None:
        """Report progress where somebody listens."""
        if self.progress:
            self.progress(stage, done, total)


@dataclass
class Counted:
    """Rows of one fact: how many were read, left out and refused, by reason, and how many keys came twice. `headers` has the columns and
    the separator of each file with refused rows, so that those can be written as such a file again."""

    read: int = 0
    repeated: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    headers: dict[str, dict[str, object]] = field(default_factory=dict)

    def add(self, other: Counted) -> None:
        """The counts of another file of the same fact."""
        self.read += other.read
        self.repeated += other.repeated
        self.left_out.update(other.left_out)
        self.refused.update(other.refused)
        self.headers.update(other.headers)

    def as_dict(self) -> dict[str, object]:
        headers = {"headers": self.headers} if self.headers else {}
        return {"read": self.read, "repeated": self.repeated, "left_out": dict(self.left_out), "refused": dict(self.refused), **headers}


@dataclass
class Reading:
    """Facts in `schema.staged_schema`, keys unique; `kinds` says how far each fact is known, per client ("" where it has none)."""

    facts: dict[str, list[Path]] = field(default_factory=dict)
    set_aside: list[Path] = field(default_factory=list)
    counts: dict[str, Counted] = field(default_factory=dict)
    kinds: dict[str, dict[str, tuple[datetime, datetime]]] = field(default_factory=dict)
    warnings: list[Text] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)  # what each fact was read from, by name
    contents_are_keys: bool = False
    whole: dict[str, list[Path]] = field(default_factory=dict)  # as the store's batch has it
    log_events: list[Path] = field(default_factory=list)  # kept for the file that goes on from here
    beside: tuple[str, ...] | None = None  # the loads this was understood with: with others in the store it is read anew

    def join(self, other: Reading) -> None:
        """What other files of the same source gave."""
        for fact, paths in other.facts.items():
            self.facts.setdefault(fact, []).extend(paths)
        for fact, paths in other.whole.items():
            self.whole.setdefault(fact, []).extend(paths)
        for fact, counted in other.counts.items():
            self.counts.setdefault(fact, Counted()).add(counted)
        for fact, clients in other.kinds.items():
            known = self.kinds.setdefault(fact, {})
            for client, (first, last) in clients.items():
                earlier, later = known.get(client, (first, last))
                known[client] = (min(first, earlier), max(last, later))
        self.files.update(other.files)
        self.set_aside += other.set_aside
        self.warnings += other.warnings
        self.log_events += other.log_events
