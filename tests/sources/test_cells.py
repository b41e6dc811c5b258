"""How cells are read: moments, durations and numbers as people write them."""

from __future__ import annotations

from typing import Any

import pytest

from nyckeltal.sources import cells


def read(kind: str, text: str, *forms: str, decimal: str | None = None) -> Any:
    import duckdb

    reading = cells.read(kind, "x", forms, decimal)
    value = (
        f"coalesce({reading.value}, {reading.local}::TIMESTAMPTZ)::VARCHAR" if reading.local else f"({reading.value}){'::VARCHAR' if kind == 'moment' else ''}"
    )
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    row = con.execute(f"SELECT {value} FROM (SELECT $text AS x)", {"text": text}).fetchone()
    return row[0] if row else None


@pytest.mark.parametrize(
    ("text", "form", "moment"),
    [
        ("2026-03-29 10:00:00", None, "2026-03-29 10:00:00+00"),
        ("2026-03-29T10:00:00+02:00", None, "2026-03-29 08:00:00+00"),
        ("2026-03-29T10:00:00.5Z", None, "2026-03-29 10:00:00.5+00"),
        ("2026-03-29", None, "2026-03-29 00:00:00+00"),
        ("29.3.2026 8:05", "%d.%m.%Y %H:%M", "2026-03-29 08:05:00+00"),
        ("1/2/26 08:05", "%d/%m/%y %H:%M", "2026-02-01 08:05:00+00"),
        ("990201 7:02:47", "%y%m%d %H:%M:%S", "1999-02-01 07:02:47+00"),
        ("2021-01-01 8:02:42 PM", "%Y-%m-%d %I:%M:%S %p", "2021-01-01 20:02:42+00"),
        ("1383904389", "epoch", "2013-11-08 09:53:09+00"),
        ("44197.5", "excel", "2021-01-01 12:00:00+00"),
        ("31.9.2026 10:00", "%d.%m.%Y %H:%M", None),
        ("29.3.2026", None, None),
        ("infinity", None, None),
    ],
)
def test_a_moment_in_many_forms(text: str, form: str | None, moment: str | None) -> None:
    assert read("moment", text, *([form] if form else [])) == moment


@pytest.mark.parametrize(
    ("text", "form", "seconds"),
    [
        ("166", "seconds", 166),
        ("12.5", None, 12.5),
        ("-3", "seconds", -3),
        ("2:05", "mm:ss", 125),
        ("75:05", "mm:ss", 4505),
        ("1:02:03", "mm:ss", 3723),
        ("00:02:23", None, 143),
        ("27:00:01", "h:mm:ss", 97201),
        ("12:02:23 AM", "%I:%M:%S %p", 143),
        ("0:02", "h:mm", 120),
        ("0.5", "days", 43200),
        ("1500", "milliseconds", 1.5),
        ("2:05", None, None),
        ("2:75", "mm:ss", None),
        ("soon", "seconds", None),
        ("nan", "seconds", None),
        ("inf", "seconds", None),
    ],
)
def test_a_duration_in_many_forms(text: str, form: str | None, seconds: float | None) -> None:
    assert read("seconds", text, *([form] if form else [])) == seconds


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("12,5", ",", 12.5),
        ("1.234,5", ",", 1234.5),
        ("1,234.5", ".", 1234.5),
        ("12,5", None, 12.5),
        ("1 234", None, 1234),
        ("1,234", None, None),
        ("1e3", None, 1000),
        ("", None, None),
        ("1_000", None, None),
    ],
)
def test_a_number_with_its_decimal_sign_and_never_a_guess(text: str, decimal: str | None, number: float | None) -> None:
    assert read("number", text, decimal=decimal) == number


def test_a_whole_number_has_no_fraction() -> None:
    assert read("count", "3.0") == 3
    assert read("count", "3.5") is None


def test_yes_and_no_in_five_languages() -> None:
    assert [read("flag", word) for word in ("Yes", "ja", "igen", "kyllä", "TRUE", "no", "nej", "nem", "ei", "0", "perhaps")] == [True] * 5 + [False] * 5 + [
        None
    ]


def test_a_list_is_split_at_commas_and_semicolons() -> None:
    assert read("ids", "q1; q2,q3") == ["q1", "q2", "q3"]
    assert read("ids", '["a", "b"]') == ["a", "b"]
