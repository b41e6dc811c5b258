from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from nyckeltal.contacts.schema import arrow_schema
from nyckeltal.contacts.store import World
from nyckeltal.kpi.answer import Figure
from nyckeltal.web.frame import facts
from nyckeltal.web.kpi.foot import behind, foot
from nyckeltal.words import Text

FINAL = Figure("fcr", 1, "repeat", "2026-10", {}, 0.76, "share", n=900, known_until=datetime(2026, 10, 31, 23, tzinfo=UTC))


def test_what_has_no_data_does_not_keep_the_others_from_being_final() -> None:
    assert foot([FINAL, replace(FINAL, kpi="nps", value=None, reason="no_data", provisional=True)])["provisional"] is False
    assert foot([FINAL, replace(FINAL, kpi="nps", provisional=True)])["provisional"] is True


def test_where_no_client_has_a_clock_that_of_the_file_tells_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    load = {"load_id": "a", "marker": "a", "source": "x", "loaded_at": datetime(2026, 11, 1, tzinfo=UTC), "state": "loaded", "counts": "{}", "kinds": "{}"}
    world = World({"load": pa.Table.from_pylist([load | {"mapping": '[file]\nzone = "Europe/Stockholm"\n'}], arrow_schema("load"))})
    monkeypatch.setattr(facts, "current", lambda: world)
    assert foot([FINAL])["until"].endswith("23:59")


def test_a_source_that_reaches_to_midnight_of_utc_is_told_to_reach_to_the_end_of_that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "clocks", lambda: (ZoneInfo("Europe/Stockholm"),))
    assert foot([replace(FINAL, known_until=datetime(2026, 11, 1, tzinfo=UTC))])["until"] == "31 October 2026 23:59"
    assert foot([replace(FINAL, known_until=datetime(2026, 11, 1, 9, 30, tzinfo=UTC))])["until"] == "1 November 2026 10:29"


def test_whose_data_reach_less_far_is_said_once_for_a_page() -> None:
    late = Text("figure.behind", "The data of %(clients)s reach no further than %(day)s.", {"clients": "Bank", "day": date(2026, 10, 3)})
    both = Text("figure.two_messages", "%(first)s %(second)s", {"first": Text("x", "Something else."), "second": late})
    assert behind([FINAL, replace(FINAL, message=late), replace(FINAL, kpi="aht", message=both)]) == ["The data of Bank reach no further than 3 October 2026."]
    assert behind([FINAL]) == []
