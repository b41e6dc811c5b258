"""One function per data rule (kpi-reference 9.3): a condition over columns, the field it is about, and what to say.

Conditions are DuckDB SQL over staged rows, so a rule works on whole columns. `aside` refuses the row, `mark` keeps it and
marks it. Long waits and negative menu times are kept too; `contacts/upkeep.py` flags them together with what it derives.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from nyckeltal.contacts.schema import TABLES, Table
from nyckeltal.words import Text

slack_s = 2  # clocks and stated seconds were each rounded on their own


@dataclass(frozen=True)
class Limits:
    """What a source may set. `seconds_hold`: it states its durations itself, so where clocks disagree they are only marked."""

    ghost_below_s: float = 0
    longest_part_s: float = 4 * 3600
    seconds_hold: bool = False


@dataclass(frozen=True)
class DataRule:
    """`broken` holds for the rows that break it; `value` is the SQL of what to show of them."""

    name: str
    field: str
    broken: str
    value: str
    text: Text
    action: Literal["aside", "mark"] = "aside"


def rules(table: str, limits: Limits) -> list[DataRule]:
    """Every rule that speaks of this table's columns."""
    described = TABLES[table]
    return [rule for make in RULES for rule in make(described, limits)]


def negative_duration(table: Table, _: Limits) -> Iterator[DataRule]:
    """Talk, hold, work, ring or queue time below zero is never clamped."""
    for field in ("wait_s", "ring_s", "talk_s", "hold_s", "acw_s"):
        if column := _column(table, field):
            text = Text("check.negative", "%(field)s is %(value)s; a duration is never negative.", {"field": field})
            yield DataRule("negative_duration", field, f"{column} < 0", f"{column}", text)


def ends_before_it_starts(table: Table, limits: Limits) -> Iterator[DataRule]:
    """An end before its start; only marked where the source states the seconds itself."""
    pairs = (
        ("ended_at", "offered_at"),
        ("answered_at", "offered_at"),
        ("abandoned_at", "offered_at"),
        ("answered_at", "queue_entered_at"),
        ("abandoned_at", "queue_entered_at"),
        ("left_at", "entered_at"),
        ("ended_at", "started_at"),
        ("own_ended_at", "own_started_at"),
        ("closed_at", "opened_at"),
        ("reopened_at", "opened_at"),
        ("answered_at", "drawn_at"),
    )
    for end, start in pairs:
        last, first = _column(table, end), _column(table, start)
        if last and first:
            said = {"end": end.removeprefix("own_"), "start": start.removeprefix("own_")}
            text = Text("check.backwards", "%(end)s is %(value)s, before %(start)s.", said)
            name = "clock_disagrees" if limits.seconds_hold else "ends_before_it_starts"
            yield DataRule(name, said["end"], f"{last} < {first}", last, text, "mark" if limits.seconds_hold else "aside")


def valid_to_before_from(table: Table, _: Limits) -> Iterator[DataRule]:
    """A validity that ends before it begins."""
    if "valid_from" in table and "valid_to" in table:
        text = Text("check.validity", "valid_to is %(value)s, before valid_from.")
        yield DataRule("valid_to_before_from", "valid_to", "valid_to < valid_from", "valid_to", text)


def too_long(table: Table, limits: Limits) -> Iterator[DataRule]:
    """A single talk, hold or after-work of more than four hours stays aside until the mapping confirms such lengths."""
    for field in ("talk_s", "hold_s", "acw_s"):
        if column := _column(table, field):
            values = {"field": field, "most": f"{limits.longest_part_s / 3600:g}"}
            text = Text("check.too_long", "%(field)s is %(value)s s, more than %(most)s hours. Raise longest_part_s under [checks] if that is right.", values)
            yield DataRule("too_long", field, f"{column} > {limits.longest_part_s}", f"{column}", text)


def parts_exceed_whole(table: Table, limits: Limits) -> Iterator[DataRule]:
    """Talk, hold and after-work together longer than the segment they are parts of."""
    start, end, talk = _column(table, "started_at"), _column(table, "own_ended_at", "ended_at"), _column(table, "talk_s")
    if not (start and end and talk):
        return
    parts = " + ".join(f"coalesce({_column(table, field)}, 0)" for field in ("talk_s", "hold_s", "acw_s"))
    broken = f"{parts} > (epoch_us({end}) - epoch_us({start})) / 1e6 + {slack_s}"
    text = Text("check.parts", "Talk, hold and after-work make %(value)s s, more than the segment lasted.")
    action: Literal["aside", "mark"] = "mark" if limits.seconds_hold else "aside"
    yield DataRule("clock_disagrees" if limits.seconds_hold else "parts_exceed_whole", "talk_s", broken, parts, text, action)


def ghost(table: Table, limits: Limits) -> Iterator[DataRule]:
    """No talk and hardly any handling: nobody was there. Only where the source's mapping says so."""
    talk = _column(table, "talk_s")
    if limits.ghost_below_s <= 0 or not talk:
        return
    handle = " + ".join(f"coalesce({_column(table, field)}, 0)" for field in ("talk_s", "hold_s", "acw_s"))
    text = Text("check.ghost", "Nobody spoke and the handling took %(value)s s: a ghost.")
    yield DataRule("ghost", "talk_s", f"{talk} = 0 AND {handle} < {limits.ghost_below_s}", handle, text)


def clock_disagrees(table: Table, limits: Limits) -> Iterator[DataRule]:
    """A stated wait that its clocks do not show; the stated one holds."""
    start = _column(table, "queue_entered_at") or _column(table, "entered_at")
    end = _column(table, "left_at") or _column(table, "answered_at")
    if limits.seconds_hold and start and end and _column(table, "wait_s"):
        broken = f"abs((epoch_us({end}) - epoch_us({start})) / 1e6 - wait_s) > {slack_s}"
        text = Text("check.clock", "The clocks show another wait than the stated %(value)s s.")
        yield DataRule("clock_disagrees", "wait_s", broken, "wait_s", text, "mark")


def off_the_scale(table: Table, _: Limits) -> Iterator[DataRule]:
    """An answer that its scale does not have."""
    if table.name != "survey_response":
        return
    for scale, (low, high) in {"0_10": (0, 10), "1_10": (1, 10), "1_5": (1, 5), "1_7": (1, 7), "yes_no": (0, 1)}.items():
        text = Text("sources.row.scale", "“%(value)s” is not on the scale from %(low)s to %(high)s.", {"low": low, "high": high})
        yield DataRule(f"off_the_scale_{scale}", "value", f"scale = '{scale}' AND NOT value BETWEEN {low} AND {high}", "value", text)


RULES = (off_the_scale, negative_duration, ends_before_it_starts, valid_to_before_from, too_long, parts_exceed_whole, ghost, clock_disagrees)


def _column(table: Table, field: str, *instead: str) -> str | None:
    """The loaded column that holds `field`: itself, what a contact carries of its segment, or one of `instead`."""
    for name in (*instead, field, f"own_{field}"):
        if any(column.name == name for column in table.loaded):
            return name
    return None
