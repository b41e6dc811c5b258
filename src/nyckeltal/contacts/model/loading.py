"""The ledgers of loading: what came in, what was refused, what was replaced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nyckeltal.contacts.model.kinds import Count, Day, Flag, Id, Moment, Words


@dataclass(frozen=True, kw_only=True)
class Load:
    """One load, whole: `marker` is the hash of file, mapping, client and model version; counts are a JSON object per table.

    `taken_at` says since when it may lack rows that it had: they were an earlier load's too and went when that was undone. Its files may then be
    loaded again, which puts it back whole in the place that it had among the loads, and is told in `read_again_at`."""

    load_id: Id
    marker: Id
    files: Words
    system: Words | None = None
    mapping: Words | None = None
    source: Words
    client_id: Id | None = None
    loaded_at: Moment
    loaded_by: Words | None = None
    counts: Words  # JSON: {"contact": {"read": …, "new": …, "changed": …, "unchanged": …, "left_out": {reason: n}, "refused": {reason: n}}}
    known_from: Moment | None = None
    known_until: Moment | None = None
    kinds: Words  # JSON: {fact: [known_from, known_until]} in ISO form
    undone_at: Moment | None = None
    taken_at: Moment | None = None
    read_again_at: Moment | None = None
    whole: Words | None = None  # JSON: of which facts it told all that belongs to its tickets or conversations, and of which of these not
    state: Literal["loaded", "undone"] = "loaded"


@dataclass(frozen=True, kw_only=True)
class SetAside:
    """A refused row: file, line, field, reason, and the row as it stood."""

    load_id: Id
    fact: Id
    file: Words
    line: Count
    field: Words | None = None
    reason_id: Id  # of the Text
    reason: Words  # its English
    values: Words  # JSON of the Text's values
    original: Words
    set_aside_at: Moment
    source_id: Words | None = None  # its key, where it could be read: a later row with it has corrected this one


@dataclass(frozen=True, kw_only=True)
class SettledRow:
    """What somebody said of a refused row: that nothing more is to be done about it, or that it stands open again. The last word counts."""

    load_id: Id
    row_id: Id  # as `sources/refused.py` tells refused rows apart
    is_settled: Flag
    said_at: Moment
    said_by: Words | None = None


@dataclass(frozen=True, kw_only=True)
class LogEvent:
    """An event near the beginning or end of a log, kept because the file before or after it may tell the rest."""

    load_id: Id
    source: Words
    moment: Moment
    begins: Moment  # of the file it stood in, which with `place` gives the order of events of one second
    place: Count
    fields: Words  # JSON of what the system's reader needs again


@dataclass(frozen=True, kw_only=True)
class Replaced:
    """A row that a later load replaced, with its fields as loaded, so that undo can bring it back; or that a load told a ticket or conversation whole
    without a row that another one has of it, which is a version of that row too: `gone_from` names the ticket then, and there are no fields."""

    fact: Id
    source: Words
    source_id: Words
    replaced_by: Id | None = None  # the load that did it; None where the row is gone to this day
    load_id: Id  # the load it came with
    loaded_at: Moment
    changed_at: Moment | None = None
    fields: Words  # JSON of the loaded fields
    month: Day | None = None
    gone_from: Id | None = None
