from __future__ import annotations

from dataclasses import replace

from nyckeltal.kpi.answer import Figure
from nyckeltal.web.kpi import findings
from nyckeltal.words import Text

BASE = Figure("service_level", 1, "excl_short", "2026-08", {}, 0.72, "share", n=900, low=0.70, high=0.74)
LATER = replace(BASE, period="2026-10", value=0.80, low=0.78, high=0.82)


def test_variants_read_from_lowest_to_highest() -> None:
    assert findings.of_variants([0.76, 0.835], "share", 0, month=True) == "The same month reads 76 to 84%, depending on the definition"
    assert findings.of_variants([0.76, 0.76], "share", 0, month=True) == "Every way of counting gives the same here"


def test_variants_that_round_alike_get_a_decimal() -> None:
    assert findings.of_variants([0.761, 0.764], "share", 0, month=False) == "The same period reads 76.1 to 76.4%, depending on the definition"


def test_a_real_change_is_named() -> None:
    assert findings.of_trend([BASE, LATER], 0) == "From 72% in August 2026 to 80% in October 2026"


def test_what_chance_could_do_is_not_called_a_change() -> None:
    assert findings.of_trend([BASE, replace(LATER, value=0.73, low=0.71, high=0.75)], 0).startswith("No clear change from August 2026 to October 2026")


def test_a_preliminary_end_does_not_decide() -> None:
    assert "September" in findings.of_trend([BASE, replace(LATER, period="2026-09"), replace(LATER, provisional=True)], 0)


def test_counts_say_when_most_and_fewest_came() -> None:
    counts = [replace(BASE, unit="count", value=value, period=f"2026-0{month}", low=None, high=None) for month, value in ((7, 90), (8, 140), (9, 100))]
    assert findings.of_trend(counts, 0) == "Most in August 2026 (140), fewest in July 2026 (90)"


def test_a_month_of_which_some_days_are_known_is_not_the_one_with_fewest() -> None:
    begun = Text("figure.shared_from", "Counted from %(day)s on: before that day not all that it rests on is known.", {"day": "2026-07-23"})
    told = [(7, 20, Text("figure.two_messages", "%(first)s %(second)s", {"first": begun, "second": begun})), (8, 140, None), (9, 100, None)]
    counts = [replace(BASE, unit="count", value=value, period=f"2026-0{month}", low=None, high=None, message=said) for month, value, said in told]
    assert findings.of_trend(counts, 0) == "Most in August 2026 (140), fewest in September 2026 (100)"


def test_few_groups_that_make_up_half_are_the_finding() -> None:
    counts = [replace(BASE, unit="count", value=value, low=None, high=None) for value in (50, 30, 10, 10)]
    assert findings.of_groups(counts, 0) == "1 of 4 stands for 50% of all"
    assert findings.of_groups([*counts, replace(counts[0], value=20)], 0) == "2 of 5 stand for 67% of all"


def test_groups_whose_intervals_touch_do_not_differ() -> None:
    assert findings.of_groups([BASE, replace(BASE, value=0.73, low=0.71, high=0.75)], 0) == "Between 72 and 73%: no clear difference"
    assert findings.of_groups([BASE, LATER], 0) == "Between 72 and 80%"


def test_lines_say_where_they_stand_in_the_last_final_period() -> None:
    assert findings.of_lines([[BASE], [BASE]], 0) == "In August 2026 they are alike: 72%"
    lines = [[BASE, replace(LATER, provisional=True)], [replace(BASE, value=0.6), replace(LATER, provisional=True)]]
    assert findings.of_lines(lines, 0) == "In August 2026 they lie between 60 and 72%"


def test_what_is_not_known_by_name_is_no_group() -> None:
    counts = [replace(BASE, unit="count", value=value, by={"reason2": name}) for name, value in (("a", 30), ("b", 20), (None, 900))]
    assert findings.of_groups(counts, 0) == "1 of 2 stands for 60% of all"


def test_nothing_known_is_said() -> None:
    nothing = replace(BASE, value=None, reason="no_data")
    assert {findings.of_trend([nothing], 0), findings.of_groups([nothing], 0), findings.of_lines([[nothing]], 0)} == {"No values in this period"}


def test_lines_stand_where_all_of_them_do_in_the_last_period_that_is_final_for_all() -> None:
    lines = [[BASE, LATER], [replace(BASE, value=0.6), replace(LATER, value=0.6, provisional=True)], [replace(BASE, value=0.5)]]
    assert findings.of_lines(lines, 0) == "In August 2026 they lie between 50 and 72%"
