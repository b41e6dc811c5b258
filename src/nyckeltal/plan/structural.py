"""Whether a queue persists although handling time is on target: the structural rule of kpi-reference 4.4, over the last twenty business days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from statistics import fmean
from typing import Literal

from nyckeltal.stats.queueing import DEFAULT_PATIENCE_S, erlang_a, servers_needed

Verdict = Literal[
    "structural_understaffing", "structural_forecast_bias", "temporary_demand", "absence", "schedule_fit", "handling_time", "outage", "unclear", "kept"
]
STRUCTURAL = frozenset({"structural_understaffing", "structural_forecast_bias"})

FEWEST_DAYS = 20
HALF = 0.5
MOST_BIAS = 0.05
MOST_OUTAGE = 0.05
MOST_ABSENCE = 0.02


@dataclass(frozen=True)
class Slot:
    """An interval of a queue: who came and who was expected, at which handling time it was planned, how many were at work by the schedule."""

    day: date
    length_s: float
    contacts: float
    forecast: float
    planned_s: float
    scheduled: float
    outage: bool = False


@dataclass(frozen=True)
class Promise:
    """The share answered within so many seconds, and how long people wait before they give up."""

    target: float
    within_s: float
    patience_s: float = DEFAULT_PATIENCE_S


@dataclass(frozen=True)
class Handling:
    """Handling time allowing for what contacts were about, its 90 % interval, and its target."""

    target_s: float
    value_s: float
    low_s: float | None = None

    @property
    def on_target(self) -> bool:
        return (self.value_s if self.low_s is None else min(self.low_s, self.value_s)) <= self.target_s


@dataclass(frozen=True)
class Finding:
    """Why the queue persists; `gap` is how many agents are missing on average, `hours_a_week` what that makes in a week."""

    verdict: Verdict
    gap: float = 0.0
    hours_a_week: float = 0.0
    handling_target_s: float | None = None

    @property
    def is_structural(self) -> bool:
        return self.verdict in STRUCTURAL


def required(slot: Slot, promise: Promise) -> int:
    """The fewest agents that keep the promise at the planned handling time with those who really came."""
    rate = slot.contacts / slot.length_s
    if rate <= 0:
        return 0
    return servers_needed(lambda n: erlang_a(rate, slot.planned_s, n, promise.patience_s, promise.within_s), promise.target)


def finding(slots: Sequence[Slot], off_target: Sequence[bool], promise: Promise, handling: Handling, absence_over_plan: float = 0.0) -> Finding:
    """The first verdict that fits. `off_target` says of each day whether the promise was missed; `absence_over_plan` is a share of planned time."""
    if len(off_target) < FEWEST_DAYS or not slots:
        return Finding("unclear", handling_target_s=handling.target_s)
    if sum(off_target) < HALF * len(off_target):
        return Finding("kept", handling_target_s=handling.target_s)
    needed = [required(slot, promise) for slot in slots]
    gap = fmean(need - slot.scheduled for need, slot in zip(needed, slots, strict=True))
    weeks = len({slot.day for slot in slots}) / 5
    hours = gap * sum(slot.length_s for slot in slots) / 3600 / weeks
    return Finding(_verdict(slots, needed, handling, absence_over_plan), max(0.0, gap), max(0.0, hours), handling.target_s)


def _verdict(slots: Sequence[Slot], needed: Sequence[int], handling: Handling, absence_over_plan: float) -> Verdict:
    if not handling.on_target:
        return "handling_time"
    troubled = fmean(slot.outage for slot in slots) >= MOST_OUTAGE
    surprised = _bias(slots) > MOST_BIAS
    absent = absence_over_plan > MOST_ABSENCE
    if _short(slots, needed):
        if surprised:
            return "structural_forecast_bias" if _in_every_week(slots) else "temporary_demand"
        if troubled:
            return "outage"
        return "absence" if absent else "structural_understaffing"
    if troubled and not surprised and not absent:
        return "outage"
    return "schedule_fit" if _enough_by_day(slots, needed) else "unclear"


def _short(slots: Sequence[Slot], needed: Sequence[int]) -> bool:
    """Too few were scheduled in half of the intervals, each as heavy as its contacts."""
    all_contacts = sum(slot.contacts for slot in slots)
    return sum(slot.contacts for slot, need in zip(slots, needed, strict=True) if need > slot.scheduled) >= HALF * all_contacts > 0


def _bias(slots: Sequence[Slot]) -> float:
    expected = sum(slot.forecast for slot in slots)
    return sum(slot.contacts for slot in slots) / expected - 1 if expected else 0.0


def _in_every_week(slots: Sequence[Slot]) -> bool:
    def week(slot: Slot) -> tuple[int, int]:
        return slot.day.isocalendar()[:2]

    return all(_bias(list(each)) > MOST_BIAS for _, each in groupby(sorted(slots, key=week), week))


def _enough_by_day(slots: Sequence[Slot], needed: Sequence[int]) -> bool:
    """Over each day there were as many hours as needed, though not at the right times."""
    spare: dict[date, float] = {}
    for slot, need in zip(slots, needed, strict=True):
        spare[slot.day] = spare.get(slot.day, 0.0) + (slot.scheduled - need) * slot.length_s
    return all(left >= 0 for left in spare.values())
