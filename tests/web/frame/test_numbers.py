from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils.translation import override

from nyckeltal.web.frame import numbers
from nyckeltal.web.frame.say import say
from nyckeltal.words import Amount, Text


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (3, "3 s"),
        (3.24, "3.2 s"),
        (12.4, "12 s"),
        (59.4, "59 s"),
        (59.7, "1:00"),
        (95, "1:35"),
        (334, "5:34"),
        (3599, "59:59"),
        (6300, "1 h 45"),
        (3600, "1 h 00"),
    ],
)
def test_a_duration_reads_as_people_say_it(seconds: float, said: str) -> None:
    assert numbers.duration(seconds) == said


@pytest.mark.parametrize(
    ("language", "share", "number", "long_day", "month"),
    [
        ("en", "77.6%", "1,234", "29 March 2026", "March 2026"),
        ("sv", "77,6\xa0%", "1\xa0234", "29 mars 2026", "mars 2026"),
        ("da", "77,6\xa0%", "1.234", "29. marts 2026", "marts 2026"),
        ("hu", "77,6%", "1\xa0234", "2026. március 29.", "2026. március"),
        ("fi", "77,6\xa0%", "1\xa0234", "29. maaliskuuta 2026", "maaliskuu 2026"),
    ],
)
def test_each_language_writes_its_own_numbers_and_days(language: str, share: str, number: str, long_day: str, month: str) -> None:
    with override(language):
        assert numbers.percent(0.7755, 1) == share
        assert numbers.whole(1234.4) == number
        assert numbers.day(date(2026, 3, 29)) == long_day
        assert numbers.period("2026-03") == month


@pytest.mark.parametrize(
    ("label", "said"),
    [("2026", "2026"), ("2026-Q1", "Q1 2026"), ("2026-W10", "week 10, 2026"), ("2026-03-29", "29 March 2026"), ("2026-03-29T10:00+02:00", "29 Mar, 10:00")],
)
def test_every_label_of_a_period_can_be_said(label: str, said: str) -> None:
    assert numbers.period(label) == said


def test_a_month_on_an_axis_names_its_year_only_where_asked() -> None:
    assert numbers.short_period("2026-01", with_year=True) == "Jan 2026"
    assert numbers.short_period("2026-02", with_year=False) == "Feb"


def test_a_negative_number_has_a_real_minus() -> None:
    assert numbers.signed(-12.4) == "−12"
    assert numbers.signed(7) == "+7"
    assert numbers.signed(0.2) == "0"


def test_a_moment_keeps_the_clock_it_came_with() -> None:
    assert numbers.moment(datetime(2026, 10, 1, 9, 12, 40, tzinfo=UTC)) == "Thu 1 Oct, 09:12:40"


@pytest.mark.parametrize(("seconds", "said"), [(4 * 86400, "4 days"), (7200, "2 hours"), (60, "1 minute"), (30, "30 s")])
def test_a_longer_time_is_said_in_its_largest_unit(seconds: float, said: str) -> None:
    assert numbers.span(seconds) == said


def test_a_number_in_a_sentence_is_said_in_its_unit_and_in_the_readers_language() -> None:
    sentence = Text("t", "From %(now)s to %(then)s", {"now": Amount(0.755, "share"), "then": Amount(0.8, "share")})
    assert str(sentence) == "From 75.5% to 80%"
    assert say(sentence) == "From 75.5% to 80%"
    with override("sv"):
        assert say(Text("t", "%(a)s", {"a": Amount(0.755, "share")})) == "75,5\xa0%"
    said = {(372.0, "seconds"): "6:12", (9.5, "seconds"): "9.5 s", (7200.0, "seconds"): "2 h 00", (-3.0, "points"): "−3", (1234.5, "count"): "1,234.5"}
    assert {key: str(Amount(*key)) for key in said} == said
    assert {key: say(Text("t", "%(a)s", {"a": Amount(*key)})) for key in said} == said
    assert say(Text("t", "%(a)s", {"a": Amount(0.098, "share_points")})) == str(Amount(0.098, "share_points")) == "9.8 percentage points"
    assert (str(Amount(12.5, "money SEK")), say(Text("t", "%(a)s", {"a": Amount(12.5, "money EUR")}))) == ("12.5 SEK", "€12.50")
