"""`nyckeltal verify` on a small set of its own: writes what agrees, and says what does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from nyckeltal.cli import published
from nyckeltal.cli.main import main

EXPECTED = """
[[set]]
id = "calls"
title = "Ten calls"
folder = "."
files = ["calls.csv"]
mapping = "calls.toml"
[[set.figure]]
say = "Offered"
ask = "contacts_offered"
gives = {offered}
[[set.figure]]
say = "Answered by agent"
ask = "contacts_handled"
by = "agent"
gives = {{ anna = 5, bengt = 3 }}
[[set.figure]]
say = "Within 20 s"
ask = "service_level"
variant = "all_offered"
times = 100
gives = 60
rests_on = [6, 10]
published = "counted by hand"
"""


def _verify(tmp_path: Path, written: Path, offered: int) -> tuple[int, str]:
    """A folder as the repository has it: expected.toml with mappings beside it."""
    (tmp_path / "mappings").mkdir(exist_ok=True)
    (tmp_path / "mappings" / "calls.toml").write_text((written / "calls.toml").read_text())
    (tmp_path / "expected.toml").write_text(EXPECTED.format(offered=offered))
    code = main(["verify", "--data", str(written), "--expected", str(tmp_path / "expected.toml"), "--out", str(tmp_path / "out.md")])
    return code, (tmp_path / "out.md").read_text(encoding="utf-8")


def test_what_agrees_is_written_down(tmp_path: Path, written: Path) -> None:
    code, page = _verify(tmp_path, written, offered=10)
    assert code == 0
    assert "| Within 20 s | `nyckeltal ask service_level --variant all_offered --floor 0` | 60 (6 / 10) | 60 (6 / 10) | counted by hand | yes |" in page
    assert "anna 5, bengt 3" in page


def test_what_differs_makes_the_exit_code_one(tmp_path: Path, written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, page = _verify(tmp_path, written, offered=11)
    assert code == 1
    assert "**no**" in page
    assert "1 figures differ" in capsys.readouterr().out


def test_missing_data_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--data", str(tmp_path / "nosuch")]) == 1
    assert "--data" in capsys.readouterr().err


def test_a_missing_figure_never_agrees() -> None:
    compared = published.Compared("", "", {"a": 1.0, "b": None}, {"b": None}, off=0.5)
    assert compared.differing == ["a"]
