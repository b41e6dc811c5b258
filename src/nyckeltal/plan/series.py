"""Periods by number, so that a gap in a series is a gap in time."""

from __future__ import annotations

from datetime import date

from nyckeltal.when.period import Grain, Period

MONTHS_IN = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}


def grain_of(label: str) -> Grain:
    return Period.of(label).grain or Grain.MONTH


def number(label: str) -> int:
    """Numbers of neighbouring periods of one grain differ by one."""
    period = Period.of(label)
    grain = period.grain or Grain.MONTH
    if grain in MONTHS_IN:
        return (period.start.year * 12 + period.start.month - 1) // MONTHS_IN[grain]
    return (period.start.toordinal() - 1) // (7 if grain is Grain.WEEK else 1)  # day 1 was a Monday


def after(label: str, steps: int) -> str:
    """The label of the period that comes so many later."""
    grain, start = grain_of(label), Period.of(label).start
    for _ in range(steps):
        start = grain.next(start)
    return grain.label(start)


def months_between(label: str, last: date) -> int:
    """How many months lie between the end of a period and the end of the month that holds `last`; never fewer than one, the month that comes."""
    end = Period.of(label).last
    return max(1, (last.year - end.year) * 12 + last.month - end.month)
