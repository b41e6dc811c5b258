"""Periods: labels there and back, the parts of a year, and rolling windows."""

import itertools
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nyckeltal.errors import BadQuestion
from nyckeltal.when.period import Grain, Period, add_months, moment_label

whole_days = [grain for grain in Grain if not grain.within_a_day]


@pytest.mark.parametrize(
    ("label", "start", "end"),
    [
        ("2026", date(2026, 1, 1), date(2027, 1, 1)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 4, 1)),
        ("2026-03", date(2026, 3, 1), date(2026, 4, 1)),
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 5)),
        ("2026-W10", date(2026, 3, 2), date(2026, 3, 9)),
        ("2026-03-29", date(2026, 3, 29), date(2026, 3, 30)),
    ],
)
def test_a_label_says_which_days(label: str, start: date, end: date) -> None:
    assert Period.of(label) == Period(start, end)
    assert Period.of(label).label == label


def test_two_labels_with_dots_between_are_a_span() -> None:
    period = Period.of("2026-02..2026-03-15")
    assert period == Period.days(date(2026, 2, 1), date(2026, 3, 15))
    assert period.label == "2026-02-01..2026-03-15"
    assert Period.of(period.label) == period


@pytest.mark.parametrize("label", ["", "26", "2026-13", "2026-Q5", "2026-W54", "2026-02-30", "March", "2026-W00"])
def test_what_is_no_period_is_a_mistake_that_shows_how(label: str) -> None:
    with pytest.raises(BadQuestion, match="written like"):
        Period.of(label)


def test_a_period_may_not_end_before_it_starts() -> None:
    with pytest.raises(BadQuestion, match="before it starts"):
        Period.days(date(2026, 3, 2), date(2026, 3, 1))


def test_the_parts_are_whole_and_follow_each_other() -> None:
    assert [part.label for part in Period.of("2026-Q1").parts("month")] == ["2026-01", "2026-02", "2026-03"]
    assert [part.label for part in Period.of("2026-03-01").parts("week")] == ["2026-W09"]
    assert [part.label for part in Period.of("2026").parts(Grain.QUARTER)] == ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]


def test_three_rolling_months_end_with_the_period() -> None:
    assert Period.of("2026-01").rolling(3) == Period(date(2025, 11, 1), date(2026, 2, 1))


def test_the_period_before_has_the_same_grain_or_as_many_days() -> None:
    assert Period.of("2026-03").before().label == "2026-02"
    assert Period.of("2026-01-11..2026-01-20").before().label == "2026-01-01..2026-01-10"


def test_a_month_later_is_at_most_the_last_of_the_month() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2026, 1, 31), -2) == date(2025, 11, 30)


def test_a_moment_in_the_day_is_labelled_with_its_offset() -> None:
    moment = datetime(2026, 3, 29, 8, 22, 40, tzinfo=UTC)
    assert moment_label(moment, "Europe/Stockholm", Grain.HOUR) == "2026-03-29T10:00+02:00"
    assert moment_label(moment, "Europe/Stockholm", Grain.INTERVAL) == "2026-03-29T10:15+02:00"
    assert moment_label(moment, "Europe/Stockholm", Grain.MONTH) == "2026-03"


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.sampled_from(whole_days))
def test_every_day_lies_in_exactly_the_part_that_its_label_names(day: date, grain: Grain) -> None:
    period = Period.of(grain.label(day))
    assert day in period
    assert period == Period.holding(day, grain)
    assert period.parts(grain) == (period,)


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.integers(1, 900), st.sampled_from(whole_days))
def test_parts_cover_a_period_without_gap(day: date, days: int, grain: Grain) -> None:
    parts = Period(day, date.fromordinal(day.toordinal() + days)).parts(grain)
    assert all(earlier.end == later.start for earlier, later in itertools.pairwise(parts))
    assert day in parts[0]
    assert date.fromordinal(day.toordinal() + days - 1) in parts[-1]
