"""`nyckeltal describe`: what it prints is a mapping file that can be loaded with."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from nyckeltal.cli.main import main


def test_what_is_printed_is_a_mapping_file(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", str(written / "calls.csv")]) == 0
    proposed = tomllib.loads(capsys.readouterr().out)
    assert {"fact", "columns"} <= set(proposed)


def test_as_json_the_columns_are_named(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", str(written / "calls.csv"), "--format", "json"]) == 0
    assert "started" in json.dumps(json.loads(capsys.readouterr().out))


def test_a_file_that_cannot_be_read_is_a_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty.csv").touch()
    assert main(["describe", str(tmp_path / "empty.csv")]) == 1
    assert capsys.readouterr().err.startswith("nyckeltal: ")
