"""Opening hours: the worked figures of the reference, both changes of the clock, and what a calendar may not leave out."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nyckeltal.errors import UserMistake
from nyckeltal.when.hours import Hours, business_seconds, open_intervals, read_spans, write_week

stockholm = ZoneInfo("Europe/Stockholm")
office = Hours.read("office", "Europe/Stockholm", "mo-fr 08:00-17:00", "2026")
always = Hours.read("always", "Europe/Stockholm", "mo-su 00:00-24:00", "2026")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=stockholm)


def hours_between(start: str, end: str, hours: Hours | None) -> float:
    return business_seconds(at(start), at(end), hours) / 3600


def test_a_mail_on_friday_afternoon_answered_on_monday_morning_took_one_and_three_quarter_hours() -> None:
    assert hours_between("2026-03-06T16:30", "2026-03-09T09:15", office) == 1.75


def test_the_night_of_spring_is_an_hour_shorter() -> None:
    assert hours_between("2026-03-28T22:00", "2026-03-29T06:00", always) == 7.0


def test_the_night_of_autumn_is_an_hour_longer() -> None:
    assert hours_between("2026-10-24T22:00", "2026-10-25T06:00", always) == 9.0


def test_without_a_calendar_everything_is_open() -> None:
    assert hours_between("2026-03-28T22:00", "2026-03-29T06:00", None) == 8 - 1


def test_a_night_shift_span_holds_both_equal_hours() -> None:
    night = Hours.read("night", "Europe/Stockholm", "su 02:00-03:00", "2026")
    assert hours_between("2026-10-25T00:00", "2026-10-25T06:00", night) == 2.0
    assert hours_between("2026-03-29T00:00", "2026-03-29T06:00", night) == 0.0


def test_intervals_come_in_utc_and_follow_the_clock() -> None:
    found = open_intervals("Europe/Stockholm", "mo-fr 08:00-17:00", "2026", date(2026, 3, 27), date(2026, 3, 30))
    assert found == [
        (datetime(2026, 3, 27, 7, tzinfo=UTC), datetime(2026, 3, 27, 16, tzinfo=UTC)),
        (datetime(2026, 3, 30, 6, tzinfo=UTC), datetime(2026, 3, 30, 15, tzinfo=UTC)),
    ]


def test_days_that_never_close_are_joined() -> None:
    found = always.open_intervals(date(2026, 3, 28), date(2026, 3, 30))
    assert found == [(datetime(2026, 3, 27, 23, tzinfo=UTC), datetime(2026, 3, 30, 22, tzinfo=UTC))]


def test_a_day_may_open_twice_and_a_list_of_days_may_run_over_sunday() -> None:
    hours = Hours.read("c", "UTC", "mo,we 08:00-12:00, 13:00-17:00; sa-su 10:00-14:00", "2026")
    assert hours.on(date(2026, 3, 4)) == ((480, 720), (780, 1020))
    assert hours.on(date(2026, 3, 3)) == ()
    assert hours.on(date(2026, 3, 8)) == ((600, 840),)


def test_a_holiday_closes_and_a_holiday_with_hours_opens() -> None:
    hours = Hours.read("c", "UTC", "mo-fr 08:00-17:00", "2026; 2026-12-25; 2026-12-24 08:00-12:00")
    assert hours.on(date(2026, 12, 25)) == ()
    assert hours.on(date(2026, 12, 24)) == ((480, 720),)
    assert not hours.is_open(datetime(2026, 12, 24, 12, tzinfo=UTC))
    assert hours.is_open(datetime(2026, 12, 24, 8, tzinfo=UTC))


def test_a_year_without_holidays_named_is_a_mistake_that_names_calendar_and_year() -> None:
    with pytest.raises(UserMistake, match=r"“office” names no holidays for 2027"):
        office.open_intervals(date(2026, 12, 31), date(2027, 1, 1))


def test_a_calendar_is_closed_and_needs_no_holidays_outside_its_dates() -> None:
    hours = Hours.read("c", "UTC", "mo-su 00:00-24:00", "2026", date(2026, 3, 1), date(2026, 4, 1))
    assert len(hours.open_intervals(date(2025, 1, 1), date(2026, 2, 28))) == 0
    assert hours.on(date(2026, 3, 31))
    assert not hours.on(date(2026, 4, 1))


@pytest.mark.parametrize("weekly", ["mo", "mo-fr", "må 08:00-17:00", "mo 17:00-08:00", "mo 08:00-25:00", "mo 08:60-09:00", "mo 08:00-12:00 11:00-13:00"])
def test_hours_that_cannot_be_read_are_a_mistake_that_shows_how(weekly: str) -> None:
    with pytest.raises(UserMistake, match=r"office.*written like"):
        Hours.read("office", "UTC", weekly, "2026")


def test_a_holiday_that_is_no_date_is_a_mistake() -> None:
    with pytest.raises(UserMistake, match="2026-13-01"):
        Hours.read("office", "UTC", "mo 08:00-17:00", "2026; 2026-13-01")


def test_eight_hours_from_friday_afternoon_are_due_on_monday() -> None:
    assert office.due(at("2026-03-06T16:30"), 8 * 3600) == at("2026-03-09T15:30")
    assert office.due(at("2026-03-07T12:00"), 0) == at("2026-03-09T08:00")


def test_nothing_is_due_in_a_calendar_that_never_opens() -> None:
    closed = Hours.read("c", "UTC", "", "2026; 2027")
    assert closed.due(at("2026-03-06T16:30"), 60) is None


@given(st.integers(0, 5_000_000), st.integers(0, 200_000))
def test_what_is_due_after_so_many_seconds_is_so_many_seconds_away(offset: int, seconds: int) -> None:
    start = datetime.fromtimestamp(1767300000 + offset, UTC)
    due = office.due(start, seconds)
    assert due is not None
    assert office.seconds(start, due) == seconds


@given(st.lists(st.integers(0, 20_000_000), min_size=3, max_size=3).map(sorted))
def test_open_time_adds_up(moments: list[int]) -> None:
    a, b, c = (datetime.fromtimestamp(1767300000 + moment, UTC) for moment in moments)
    assert office.seconds(a, b) + office.seconds(b, c) == pytest.approx(office.seconds(a, c))


def test_other_hours_hold_from_a_later_day_on() -> None:
    hours = Hours.read("c", "UTC", "mo-fr 08:00-17:00; from 2026-03-04; mo-we 10:00-12:00; from 2026-03-11; mo-fr 09:00-10:00", "2026")
    spans = [hours.on(date(2026, 3, day)) for day in (3, 4, 5, 11)]
    assert spans == [((480, 1020),), ((600, 720),), (), ((540, 600),)]


@pytest.mark.parametrize("weekly", ["from tomorrow; mo 08:00-17:00", "mo 08:00-17:00; from 2026-03-04; mo 09:00-17:00; from 2026-03-01; mo 10:00-11:00"])
def test_later_hours_begin_on_a_day_and_in_order(weekly: str) -> None:
    with pytest.raises(UserMistake, match="from"):
        Hours.read("c", "UTC", weekly, "2026")


def test_a_week_is_written_as_it_is_read() -> None:
    text = "mo-th 08:00-12:00, 13:00-17:00; fr 08:00-15:00; su 10:00-24:00"
    assert write_week(Hours.read("c", "UTC", text, "2026").week(date(2026, 3, 4))) == text
    assert read_spans("08:00-12:00, 13:00-17:00") == ((480, 720), (780, 1020))
    assert read_spans(" ") == ()
