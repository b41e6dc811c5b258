"""Counts by interval as people keep them: the interval in one cell, its length nowhere, the limit in a header."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from nyckeltal.sources import intervals
from nyckeltal.sources.describe import describe
from nyckeltal.sources.load import load
from tables import put, rows


@pytest.mark.parametrize(
    ("text", "starts", "length_s", "in_time"),
    [
        (
            (
                "Kö;Datum;Tid;Erbjudna;Besvarade;Besvarade inom 20 s\nA;2026-03-13;08:00-08:15;10;8;6\nA;2026-03-13;08:15-08:30;10;8;6\n"
                "A;2026-03-14;08:00-08:15;4;4;4\n"
            ),
            ["2026-03-13 07:00", "2026-03-13 07:15", "2026-03-14 07:00"],
            900,
            (6, None, 20),
        ),
        (
            "Queue\tDate\tInterval\tOffered\tAnswered\tWithin 30 sec %\nA\t2026-03-13\t8.00 – 8.30\t10\t8\t75 %\nA\t2026-03-13\t8.30 – 9.00\t5\t5\t100 %\n",
            ["2026-03-13 07:00", "2026-03-13 07:30"],
            1800,
            (None, 0.75, 30),
        ),
        (
            "Dátum;Sor;Beérkezett hívások;Megválaszolt hívások;SLA %\n2026.03.13.;A;100;90;85%\n2026.03.14.;A;50;50;100%\n",
            ["2026-03-12 23:00", "2026-03-13 23:00"],
            86400,
            (None, 0.85, None),
        ),
    ],
)
def test_what_a_table_of_intervals_leaves_unsaid_is_seen(
    home: Path, tmp_path: Path, text: str, starts: list[str], length_s: float, in_time: tuple[int | None, float | None, float | None]
) -> None:
    file = put(tmp_path, text)
    load(file, mapping=tomllib.loads(describe(file).mapping_toml()), client="one", home=home, zone="Europe/Stockholm")
    found = sorted(rows(home, "summary").values(), key=lambda row: row["started_at"])
    assert [f"{row['started_at']:%Y-%m-%d %H:%M}" for row in found] == starts
    assert {row["length_s"] for row in found} == {length_s}
    assert tuple(found[0][name] for name in ("in_time_n", "in_time_share", "in_time_s")) == in_time
    assert str(found[0]["local_date"]) == "2026-03-13"


def test_only_cells_that_all_name_an_interval_alike_do() -> None:
    assert intervals.form(["08:00-08:15", " 9:15-9:30"]) == "%H:%M-%H:%M"
    for odd in ([], ["08:00-08:15", "08:15"], ["08:00-08:15", "08.00-08.15"], ["2026-03-13"]):
        assert intervals.form(odd) is None
