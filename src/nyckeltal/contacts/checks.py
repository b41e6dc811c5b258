"""One function per data rule (kpi-reference 9.3): a condition over columns, the field it is about, and what to say.

Conditions are DuckDB SQL over staged rows, so a rule works on whole columns. `aside` refuses the row, `mark` keeps it and
marks it. Long waits and negative menu times are kept too; `contacts/upkeep.py` flags them together with what it derives.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from nyckeltal.contacts.schema import REACH_D, TABLES, Table
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


@cache
def rules(table: str, limits: Limits) -> tuple[DataRule, ...]:
    """Every rule that speaks of this table's columns."""
    described = TABLES[table]
    return tuple(replace(rule, value=f"regexp_replace(({rule.value})::VARCHAR, '[.]0$', '')") for make in RULES for rule in make(described, limits))


def negative_duration(table: Table, _: Limits) -> Iterator[DataRule]:
    """Talk, hold, work, ring or queue time below zero is never clamped."""
    for field in ("wait_s", "ring_s", "talk_s", "hold_s", "acw_s", "aht_s", "patience_s", "new_s", "open_s", "pending_s", "on_hold_s"):
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
        ("resolved_at", "opened_at"),
        ("locked_at", "opened_at"),
        ("answered_at", "drawn_at"),
        ("completed_at", "started_at"),
        ("cancelled_at", "sold_at"),
        ("lost_at", "requested_at"),
        ("closed_at", "received_at"),
        ("acknowledged_at", "held_at"),
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
        if (column := _column(table, field)) and table.name != "summary":  # which adds up those of many
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


def below_zero(table: Table, _: Limits) -> Iterator[DataRule]:
    """Amounts, hours and numbers of things that cannot be negative. Revenue can: more may be paid back than comes in."""
    for field in _NEVER_NEGATIVE.get(table.name, ()):
        text = Text("check.below_zero", "%(field)s is %(value)s, and cannot be below zero.", {"field": field})
        shown = f'round("{field}" / 100.0, 2)' if table[field].kind == "money" else f'"{field}"'
        yield DataRule("below_zero", field, f'"{field}" < 0', shown, text)


def zero(table: Table, _: Limits) -> Iterator[DataRule]:
    """What others are divided by, or counted with, is more than nothing."""
    for field in _MORE_THAN_ZERO.get(table.name, ()):
        text = Text("check.zero", "%(field)s is %(value)s, and must be more than zero.", {"field": field})
        yield DataRule("zero", field, f"{field} <= 0", field, text)


def beyond_its_range(table: Table, _: Limits) -> Iterator[DataRule]:
    """Shares lie between 0 and 1, scores between 0 and 100, a day has 24 hours and a week 168, and contacts are told to each other for so many days."""
    for field, most in _AT_MOST.get(table.name, {}).items():
        values = {"field": field, "most": most}
        if most == 1:
            text = Text("check.share", "%(field)s is %(value)s; a share lies between 0 and 1, so that 30 %% is 0.3.", values)
        else:
            text = Text("check.range", "%(field)s is %(value)s; it lies between 0 and %(most)s.", values)
        yield DataRule("beyond_its_range", field, f"NOT {field} BETWEEN 0 AND {most}", field, text)


def more_than_the_whole(table: Table, _: Limits) -> Iterator[DataRule]:
    """A part that is larger than what it is a part of."""
    for part, whole in _PARTS.get(table.name, ()):
        text = Text("check.more_than_whole", "%(part)s is %(value)s, more than %(whole)s.", {"part": part, "whole": whole})
        yield DataRule("more_than_the_whole", part, f"{part} > {whole}", part, text)


def customers_do_not_add_up(table: Table, _: Limits) -> Iterator[DataRule]:
    """Opening and new customers less those lost are not those at the end; the row is kept and marked."""
    if table.name == "customer_base_month":
        text = Text("check.customer_base", "opening + new - churned is %(value)s, and closing says otherwise.")
        yield DataRule("customers_do_not_add_up", "closing", 'opening + "new" - churned <> closing', 'opening + "new" - churned', text, "mark")


def no_currency(table: Table, _: Limits) -> Iterator[DataRule]:
    """Amounts are added up per currency, so each has one name."""
    if any(column.kind == "money" for column in table.loaded):
        text = Text("check.currency", "“%(value)s” is no currency; write its three letters, such as SEK or EUR.")
        yield DataRule("no_currency", "currency", "NOT regexp_full_match(currency, '[A-Z]{3}')", "currency", text)


_NEVER_NEGATIVE: dict[str, tuple[str, ...]] = {
    "schedule_shift": ("version",),
    "forecast": ("contacts", "agents_required", "agents_scheduled"),
    "summary": ("offered_n", "answered_n", "abandoned_n", "short_abandoned_n", "in_time_n"),
    "sale": ("amount",),
    "order": ("amount",),
    "customer_base_month": ("opening", "new", "churned", "closing", "active"),
    "finance_month": ("service_cost", "transactions"),
    "absence": ("days", "hours"),
    "report_task": ("reasons_n", "with_owner_and_action_n"),
}
_MORE_THAN_ZERO = {"forecast": ("interval_s",), "summary": ("length_s",), "qa_evaluation": ("design_weight",), "employment": ("day_h",)}
_AT_MOST: dict[str, dict[str, int]] = {
    "agreement": {"repeat_window_d": REACH_D},
    "forecast": {"shrinkage": 1},
    "summary": {"in_time_share": 1, "length_s": 90_000},
    "outage": {"lost_agent_share": 1},
    "qa_answer": {"value_n": 1},
    "qa_evaluation": dict.fromkeys(("score", "score_zero_section", "score_flag", "score_pooled", "score_full"), 100),
    "employment": {"hours_week": 168, "day_h": 24},
}
_PARTS = {
    "report_task": (("with_owner_and_action_n", "reasons_n"),),
    "summary": (("answered_n", "offered_n"), ("abandoned_n", "offered_n"), ("short_abandoned_n", "abandoned_n"), ("in_time_n", "offered_n")),
}

RULES = (
    *(off_the_scale, negative_duration, ends_before_it_starts, valid_to_before_from, too_long, parts_exceed_whole, ghost, clock_disagrees),
    *(below_zero, zero, beyond_its_range, more_than_the_whole, customers_do_not_add_up, no_currency),
)


def _column(table: Table, field: str, *instead: str) -> str | None:
    """The loaded column that holds `field`: itself, what a contact carries of its segment, or one of `instead`."""
    for name in (*instead, field, f"own_{field}"):
        if any(column.name == name for column in table.loaded):
            return name
    return None
