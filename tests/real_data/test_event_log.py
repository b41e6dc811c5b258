"""The incidents of Volvo IT Belgium (BPI Challenge 2013) as cases: the published counts and times come out."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from components import shared_data
from nyckeltal.contacts.store import ContactStore
from nyckeltal.sources.load import load

EVENTS, CASES = 65_533, 7_554


@pytest.fixture(scope="module")
def volvo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("volvo")
    report = load([shared_data("volvo-it-incidents-2013") / "bpi_13_incidents.csv.gz"], home=home, client="volvo")
    assert report.refused_n == 0
    assert report.facts["event_log"].read == EVENTS
    return home


def _of_cases(home: Path, what: str) -> tuple[object, ...]:
    con = duckdb.connect()
    ContactStore(home).snapshot().attach(con, "case")
    return con.execute(f'select {what} from "case"').fetchone() or ()


def test_there_are_as_many_cases_as_published(volvo: Path) -> None:
    assert _of_cases(volvo, "count(*)") == (CASES,)
    assert round(EVENTS / CASES, 4) == 8.6753


def test_the_time_from_first_to_last_event_is_the_published_one(volvo: Path) -> None:
    took = "closed_after_s / 86400"
    times = f"round(avg({took}), 4), round(median({took}), 3), round(quantile_cont({took}, 0.9), 3), round(max({took}), 3), count(*) filter ({took} = 0)"
    assert _of_cases(volvo, times) == (12.0793, 7.549, 22.556, 771.352, 28)
    assert _of_cases(volvo, "min(opened_at)::date::varchar, max(closed_at)::date::varchar") == ("2010-04-01", "2012-05-23")
