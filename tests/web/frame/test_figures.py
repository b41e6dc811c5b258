from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation

from nyckeltal.kpi.answer import REASONS, Figure
from nyckeltal.kpi.checks import SHOWN_IN
from nyckeltal.kpi.fields import fields
from nyckeltal.web.frame import figures
from nyckeltal.web.frame.say import say
from nyckeltal.words import Text

SHARE = Figure("service_level", 1, "excl_short", "2026-10", {}, 0.7755, "share", numerator=2812, denominator=3626, n=3626, low=0.762, high=0.789)


def test_a_share_has_no_decimals_while_its_interval_is_wide() -> None:
    shown = figures.show(SHARE)
    assert (shown.value, shown.unit, shown.range) == ("78", "%", "likely between 76 and 79%")


def test_a_share_known_to_two_points_shows_a_decimal() -> None:
    shown = figures.show(replace(SHARE, low=0.77, high=0.781))
    assert (shown.value, shown.range) == ("77.6", "likely between 77.0 and 78.1%")


@pytest.mark.parametrize(
    ("unit", "value", "low", "high", "said"),
    [
        ("seconds", 334.2, 320, 350, ("5:34", "min", "likely between 5:20 and 5:50")),
        ("seconds", 41.2, 39, 43, ("41", "s", "likely between 39 s and 43 s")),
        ("seconds", 6300, None, None, ("1 h 45", "", "")),
        ("count", 12345, None, None, ("12,345", "", "")),
        ("points", 34.4, 30, 39, ("+34", "", "likely between +30 and +39")),
        ("score", 8.216, 8.1, 8.3, ("8.22", "", "likely between 8.10 and 8.30")),
        ("ratio", 1.35, 1.3, 1.4, ("1.35", "", "likely between 1.30 and 1.40")),
        ("per_100", 12.34, 11, 13, ("12.3", "per 100", "likely between 11.0 and 13.0")),
        ("per_1000", 3.14, None, None, ("3.1", "per 1,000", "")),
        ("per_hour", 6.42, None, None, ("6.4", "per hour", "")),
        ("per_day", 31.5, None, None, ("31.5", "per day", "")),
        ("per_month", 1.24, None, None, ("1.2", "per month", "")),
        ("hours", 12.5, 11, 13, ("12.5", "h", "likely between 11.0 and 13.0\xa0h")),
        ("days", 4.26, None, None, ("4.3", "days", "")),
        ("alpha", 0.8123, 0.7, 0.9, ("0.81", "", "likely between 0.70 and 0.90")),
    ],
)
def test_each_unit_reads_in_its_own_way(unit: str, value: float, low: float | None, high: float | None, said: tuple[str, str, str]) -> None:
    shown = figures.show(replace(SHARE, unit=unit, value=value, low=low, high=high))
    assert (shown.value, shown.unit, shown.range) == said


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_for_no_value_has_its_words(reason: str) -> None:
    figure = replace(SHARE, value=None, reason=reason, low=None, high=None)
    assert figures.show(figure).why not in {"", "No value"}
    assert figures.why_short(figure) != "–"


def test_the_engines_own_sentence_comes_first() -> None:
    figure = replace(SHARE, value=None, reason="too_few", message=Text("x", "Rests on %(n)s; shown from %(floor)s.", {"n": 3, "floor": 10}))
    assert figures.show(figure).why == "Rests on 3; shown from 10."


def test_a_value_may_say_what_it_leaves_out() -> None:
    assert figures.show(replace(SHARE, message=Text("x", "The source does not record hold."))).note == "The source does not record hold."


def test_a_field_that_a_source_lacks_is_called_by_what_it_means() -> None:
    said = Text("figure.not_in_source", "The source never fills %(words)s.", {"words": fields(["acw_s", "hold_s", "own_field"])})
    assert say(said) == "The source never fills after-contact work, time on hold, own_field."
    assert str(said) == "The source never fills acw_s, hold_s, own_field."


@pytest.mark.parametrize(
    ("language", "currency", "said"),
    [
        ("en", "EUR", "€1,234.50"),
        ("sv", "SEK", "1\xa0234,50\xa0kr"),
        ("da", "DKK", "1.234,50\xa0kr."),
        ("hu", "HUF", "1\xa0234,50\xa0Ft"),
        ("fi", "EUR", "1\xa0234,50\xa0€"),
    ],
)
def test_an_amount_stands_in_its_rows_currency_as_the_language_sets_it(language: str, currency: str, said: str) -> None:
    figure = replace(SHARE, unit="money", value=1234.5, low=None, high=None, parts={"currency": currency})
    with translation.override(language):
        assert figures.show(figure).whole == said


def test_a_group_of_a_currency_needs_no_other_word_for_it() -> None:
    figure = replace(SHARE, unit="money", value=12.0, low=10.0, high=14.0, by={"currency": "SEK"})
    assert figures.show(figure).unit == "SEK"
    assert figures.show(figure).range == "likely between 10.00 and SEK\xa014.00"


def test_every_unit_of_a_key_figure_is_written_somehow() -> None:
    for unit in SHOWN_IN:
        assert figures.show(replace(SHARE, unit=unit, value=2.0, low=None, high=None)).value


@pytest.mark.parametrize(
    ("was", "since", "said"),
    [
        (0.80, date(2026, 11, 12), "Was 80% when the month closed; changed by what came in since 12 November 2026."),
        (0.7772, None, "Was 77.7% when the month closed."),
        (None, None, ""),
    ],
)
def test_a_revised_value_says_what_it_was_as_exactly_as_tells_the_two_apart(was: float | None, since: date | None, said: str) -> None:
    assert figures.show(replace(SHARE, revised_from=was, revised_since=since)).revised == said


def test_a_value_that_is_gone_says_what_it_was() -> None:
    gone = replace(SHARE, value=None, low=None, high=None, reason="no_data", revised_from=0.8)
    assert figures.show(gone).revised == "Was 80% when the month closed."
