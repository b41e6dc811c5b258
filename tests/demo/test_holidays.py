from datetime import date

import pytest

from nyckeltal.demo.holidays import easter, holidays


@pytest.mark.parametrize(("year", "day"), [(2024, date(2024, 3, 31)), (2025, date(2025, 4, 20)), (2026, date(2026, 4, 5)), (2027, date(2027, 3, 28))])
def test_easter_falls_on_its_sunday(year: int, day: date) -> None:
    assert easter(year) == day


def test_swedish_holidays_of_2026_are_the_published_ones() -> None:
    closed = holidays("se", [2026])
    expected = "01-01 01-06 04-03 04-05 04-06 05-01 05-14 05-24 06-06 06-19 06-20 10-31 12-24 12-25 12-26 12-31"
    assert [day.strftime("%m-%d") for day in closed] == expected.split()


def test_danish_holidays_of_2026_are_the_published_ones() -> None:
    closed = holidays("dk", [2026])
    expected = "01-01 04-02 04-03 04-05 04-06 05-14 05-24 05-25 06-05 12-24 12-25 12-26 12-31"
    assert [day.strftime("%m-%d") for day in closed] == expected.split()


def test_the_danish_great_prayer_day_ended_with_2023() -> None:
    assert date(2023, 5, 5) in holidays("dk", [2023])
    assert date(2024, 4, 26) not in holidays("dk", [2024])


def test_finnish_holidays_of_2026_are_the_published_ones() -> None:
    closed = holidays("fi", [2026])
    expected = "01-01 01-06 04-03 04-05 04-06 05-01 05-14 05-24 06-19 06-20 10-31 12-06 12-24 12-25 12-26"
    assert [day.strftime("%m-%d") for day in closed] == expected.split()
