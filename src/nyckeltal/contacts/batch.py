"""What a reader hands to the store, and what the store says when it is in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

Known = Mapping[str, Mapping[str, tuple[datetime, datetime]]]  # fact → client ("" for none) → from, until


@dataclass(frozen=True, kw_only=True)
class Batch:
    """One load, read, mapped and checked. `facts` and `set_aside` are Parquet files, per table in `staged_schema`; a source key stands
    once in a table. `whole` names by fact, in Parquet files, the rows that are told with all of their parts: id, source_id, changed_at, and in
    `parts` the facts of which there are no others than those of this batch (decision 0025). `counts` is what the reader counted per table;
    `kinds` what the file covers beyond its own rows, `log_events` what is kept of a log for the file that goes on from it."""

    load_id: str
    marker: str
    source: str
    client_id: str | None = None
    files: str = ""
    system: str | None = None
    mapping: str | None = None
    facts: Mapping[str, Sequence[Path]] = field(default_factory=dict)
    set_aside: Sequence[Path] = ()
    counts: Mapping[str, Any] = field(default_factory=dict)
    kinds: Known = field(default_factory=dict)
    loaded_by: str | None = None
    log_events: Sequence[Path] = ()
    whole: Mapping[str, Sequence[Path]] = field(default_factory=dict)


@dataclass(frozen=True)
class Merged:
    """What a load did: per table new, changed, unchanged, older, and withdrawn from what was told whole; what it covers; `already` when the same
    load was in before. Of an undo: per table `removed` and `restored`, and in `also_in` the later loads of the same source that held rows which were there
    already: an unchanged row is the earlier load's and went with it, so those files may be loaded again."""

    load_id: str
    counts: Mapping[str, Mapping[str, int]]
    known: Known = field(default_factory=dict)
    already: bool = False
    also_in: tuple[str, ...] = ()
