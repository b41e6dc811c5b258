"""Local clocks: the hour that comes twice, the one that never comes, days of 92 and 100 quarters, and when a month closes."""

from datetime import UTC, date, datetime

import duckdb
import pytest

from nyckeltal.errors import UserMistake
from nyckeltal.when.clock import Placed, flag_sql, local_date, midnight, month_closed_on, place, place_sql, slots, zone

stockholm = "Europe/Stockholm"


def naive(text: str) -> datetime:
    return datetime.fromisoformat(text)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_an_ordinary_time_carries_no_flag() -> None:
    assert place(naive("2026-07-01T12:00"), stockholm) == Placed(utc("2026-07-01T10:00"))


def test_of_two_equal_times_the_first_is_taken_and_flagged() -> None:
    assert place(naive("2026-10-25T02:30"), stockholm) == Placed(utc("2026-10-25T00:30"), "ambiguous")


def test_a_time_that_must_lie_after_another_is_the_second() -> None:
    assert place(naive("2026-10-25T02:05"), stockholm, after=utc("2026-10-25T00:50")) == Placed(utc("2026-10-25T01:05"))


def test_a_time_that_could_still_be_either_stays_flagged() -> None:
    assert place(naive("2026-10-25T02:30"), stockholm, after=utc("2026-10-25T00:10")).flag == "ambiguous"


def test_a_time_that_never_comes_is_shifted_forward_and_flagged() -> None:
    assert place(naive("2026-03-29T02:30"), stockholm) == Placed(utc("2026-03-29T01:30"), "shifted")


times = ["2026-03-29T01:59", "2026-03-29T02:00", "2026-03-29T02:30", "2026-03-29T03:00", "2026-07-01T12:00", "2026-10-25T01:59", "2026-10-25T02:00"]
times += ["2026-10-25T02:59", "2026-10-25T03:00", "2026-12-24T00:00"]


@pytest.mark.parametrize("tz", [stockholm, "Europe/Helsinki", "America/New_York", "Asia/Jerusalem", "UTC"])
def test_whole_columns_are_placed_as_single_times_are(tz: str) -> None:
    sql = f"SELECT epoch_us({place_sql('t', 'z')}), {flag_sql('t', 'z')} FROM (SELECT $1::TIMESTAMP t, $2 z)"
    for text in times:
        found = duckdb.execute(sql, [naive(text), tz]).fetchone()
        expected = place(naive(text), tz)
        assert found == (int(expected.moment.timestamp() * 1_000_000), expected.flag)


def test_days_have_92_96_or_100_quarters() -> None:
    assert [len(slots(day, stockholm)) for day in (date(2026, 3, 29), date(2026, 3, 30), date(2026, 10, 25))] == [92, 96, 100]


def test_a_day_begins_at_local_midnight() -> None:
    assert midnight(date(2026, 7, 1), stockholm) == utc("2026-06-30T22:00")
    assert local_date(utc("2026-06-30T22:00"), stockholm) == date(2026, 7, 1)


def test_a_month_closes_on_the_fifth_business_day_of_the_next() -> None:
    assert month_closed_on(date(2026, 10, 1)) == date(2026, 11, 6)
    assert month_closed_on(date(2026, 12, 31), [date(2027, 1, 1), date(2027, 1, 6)]) == date(2027, 1, 11)


def test_a_zone_that_does_not_exist_names_the_nearest() -> None:
    with pytest.raises(UserMistake, match="Did you mean Europe/Stockholm"):
        zone("Europe/Stokholm")
    with pytest.raises(UserMistake, match="written like"):
        zone("../../etc")
