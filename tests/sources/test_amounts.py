"""Amounts of money, months and weeks are read as people write them, and refused where they could mean two things."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from nyckeltal.sources import amounts, cells, spans


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        yield made


def _read(con: duckdb.DuckDBPyConnection, kind: str, text: str, decimal: str | None = None) -> object:
    reading = cells.read(kind, "text", (), decimal)
    [found] = con.execute(f"SELECT {reading.value} FROM (SELECT $text AS text)", {"text": text}).fetchone() or (None,)
    return found


@pytest.mark.parametrize(
    ("text", "decimal", "minor_units"),
    [
        ("349.90", None, 34990),
        ("349,90", None, 34990),
        ("1 234,50 kr", None, 123450),
        ("1\u00a0234,50", None, 123450),
        ("EUR 1.234,50", None, 123450),
        ("$1,234.50", None, 123450),
        ("1'234.50", None, 123450),
        ("349:-", None, 34900),
        ("349,-", None, 34900),
        ("-€12.00", None, -1200),
        ("12,5 Ft", None, 1250),
        ("1.234.567", None, 123456700),
        ("0.125", None, 13),
        ("12.3450001", None, 1235),
        ("1.234", ",", 123400),
        ("1,234", ".", 123400),
        ("1.234", ".", 123),
        ("1234,5", ",", 123450),
        ("0.07", None, 7),
        ("1.005", ".", 101),
    ],
)
def test_an_amount_is_read_in_minor_units(con: duckdb.DuckDBPyConnection, text: str, decimal: str | None, minor_units: int) -> None:
    assert _read(con, "money", text, decimal) == minor_units


@pytest.mark.parametrize(
    ("text", "decimal"), [("1,234", None), ("1.234", None), ("349.90-", None), ("349.90", ","), ("349,90", "."), ("free", None), ("1e5", None), ("", None)]
)
def test_an_amount_that_could_be_another_is_none(con: duckdb.DuckDBPyConnection, text: str, decimal: str | None) -> None:
    assert _read(con, "money", text, decimal) is None


@pytest.mark.parametrize(("text", "code"), [("349 EUR", "EUR"), ("€ 3", "EUR"), ("SEK3", "SEK"), ("12 SEK.", "SEK"), ("3 kr", ""), ("3", ""), ("$3", "")])
def test_an_amount_may_name_its_currency(con: duckdb.DuckDBPyConnection, text: str, code: str) -> None:
    assert con.execute(f"SELECT {amounts.currency('text')} FROM (SELECT $text AS text)", {"text": text}).fetchone() == (code,)


@pytest.mark.parametrize(
    "text",
    [
        *("2026-03", "202603", "3/2026", "03.2026", "2026/3", "2026.03.", "2026-03-01", "2026-03-31", "2026-03-31 10:00:00", "46083"),
        *("March 2026", "Mar-2026", "mars 2026", "2026 mars", "marts 2026", "2026. március", "márc. 2026", "maaliskuu 2026", "MAALISKUUTA 2026"),
    ],
)
def test_a_month_is_its_first_day(con: duckdb.DuckDBPyConnection, text: str) -> None:
    assert _read(con, "month", text) == date(2026, 3, 1)


@pytest.mark.parametrize("text", ["2026-13", "foo 2026", "2026", "3", "01.03.2026x", "13/2026"])
def test_no_month_is_none(con: duckdb.DuckDBPyConnection, text: str) -> None:
    assert _read(con, "month", text) is None


@pytest.mark.parametrize("text", ["2026-W10", "2026W10", "2026v10", "2026-03-02", "2026-03-08", "2026-03-05 12:11:10"])
def test_a_week_is_its_monday(con: duckdb.DuckDBPyConnection, text: str) -> None:
    assert _read(con, "week", text) == date(2026, 3, 2)


def test_no_name_of_a_month_is_two_months() -> None:
    names = spans.month_names()
    assert set(names.values()) == set(range(1, 13))
    assert len(names) > 70
    assert (names["maj"], names["máj"], names["touko"], names["dec"]) == (5, 5, 5, 12)
