"""What tells rows apart is proposed also where the file has a few rows twice."""

from __future__ import annotations

import tomllib
from pathlib import Path

from nyckeltal.sources.load import describe
from tables import loaded, put, rows

HEAD = "Call id,Call started,Wait\n"


def _calls(ids: list[int]) -> str:
    return HEAD + "".join(f"{number},2026-03-02 09:{at:02}:00,{at}\n" for at, number in enumerate(ids))


def test_a_few_repeated_rows_do_not_hide_the_key(home: Path, tmp_path: Path) -> None:
    file = put(tmp_path, _calls([*range(40), 7]))
    said = describe(file)
    text = said.mapping_toml()
    assert tomllib.loads(text)["key"] == {"columns": ["Call id"]}
    assert "1 of 41 rows repeat an earlier one" in text
    assert loaded(home, file, put(tmp_path, text, "calls.toml")).facts["contact"].repeated == 1
    assert len(rows(home)) == 40


def test_a_column_that_many_rows_share_is_named_but_not_proposed(tmp_path: Path) -> None:
    text = describe(put(tmp_path, _calls([1, 2, 3] * 10))).mapping_toml()
    assert "key" not in tomllib.loads(text)
    assert '["Call id"] comes nearest, but 27 of 30 rows repeat an earlier one' in text


def test_two_columns_are_the_key_where_one_is_not(tmp_path: Path) -> None:
    lines = "".join(f"{at % 10},line {at // 10},2026-03-02 09:{at:02}:00,{at}\n" for at in range(30))
    assert describe(put(tmp_path, "Call id,Trunk,Call started,Wait\n" + lines)).key.columns == ("Trunk", "Call id")


def test_a_nameless_column_that_never_repeats_is_a_candidate(tmp_path: Path) -> None:
    lines = "".join(f"K-{at},2026-03-02 09:{at:02}:00,{at}\n" for at in range(30))
    assert describe(put(tmp_path, "Löpnr,Samtal start,Kötid\n" + lines)).mapping["key"] == {"columns": ["Löpnr"]}
