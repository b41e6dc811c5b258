"""What stands in and under Explore's table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from unittest.mock import patch

from django.test import Client

from nyckeltal.kpi.answer import Figure
from nyckeltal.web.kpi import asking, table
from nyckeltal.web.kpi.question import PageQuestion
from nyckeltal.words import Text

MARCH = Figure("contacts_per_hour", 1, "contact_work", "2026-03", {}, 4.0, "number", message=Text("x", "Counted from %(day)s on.", {"day": date(2026, 3, 9)}))
APRIL, NONE = replace(MARCH, period="2026-04", message=None), replace(MARCH, period="2026-05", value=None, reason="no_data", message=Text("y", "Nothing."))
ASKED = PageQuestion("contacts_per_hour", date(2026, 3, 1), date(2026, 5, 31), per="month")


def test_what_a_value_leaves_out_is_said_with_its_row() -> None:
    assert table.remarks(ASKED, [MARCH, APRIL, NONE]) == [("March 2026", "Counted from 9 March 2026 on.")]


def test_what_is_true_of_all_values_is_said_once_and_of_none_in_particular() -> None:
    assert table.remarks(ASKED, [MARCH, replace(APRIL, message=MARCH.message)]) == [("", "Counted from 9 March 2026 on.")]


def test_of_many_rows_the_first_are_named() -> None:
    many = [replace(MARCH, period=f"2026-03-{day:02}", message=MARCH.message if day % 2 else None) for day in range(1, 31)]
    ((heads, _),) = table.remarks(ASKED, [*many, APRIL])
    assert heads.count(";") == table.MOST_REVISED
    assert heads.endswith("…")


def test_groups_are_named_once_with_the_periods_of_which_it_is_said() -> None:
    asked = replace(ASKED, by=("channel",))
    chat = [replace(MARCH, by={"channel": "chat"}, period=f"2026-0{month}") for month in (3, 4, 5)]
    voice = [replace(MARCH, by={"channel": "voice"}, period=f"2026-0{month}", message=MARCH.message if month < 5 else None) for month in (3, 4, 5)]
    assert table.remarks(asked, [*chat, *voice]) == [("chat; phone (March 2026 – April 2026)", "Counted from 9 March 2026 on.")]


def test_the_page_shows_it(as_person: Callable[[str], Client]) -> None:
    with patch.object(asking, "tell", return_value=asking.Told((MARCH, APRIL))):
        page = as_person("david").get("/explore/?kpi=contacts_per_hour&per=month").content.decode()
    assert "March 2026: " in page
    assert "Counted from 9 March 2026 on." in page
