from __future__ import annotations

import json
from pathlib import Path

import pytest

import world
from nyckeltal.cli.main import main


def test_what_is_exported_is_loaded_again_and_changes_nothing(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world.as_store(home)
    assert main(["organisation", "export", str(tmp_path / "out"), "--format", "json"]) == 0
    written = {row["table"]: row["rows"] for row in json.loads(capsys.readouterr().out)}
    assert written == {table: len(rows) for table, rows in world.rows.items() if (tmp_path / "out" / f"{table}.csv").exists()}
    assert main(["load", str(tmp_path / "out"), "--quiet", "--format", "json"]) == 0
    facts = json.loads(capsys.readouterr().out)["facts"]
    assert {(count["new"], count["changed"], count["unchanged"]) for count in facts.values()} == {(0, 0, rows) for rows in written.values()}


def test_an_empty_store_has_nothing_to_write(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home.mkdir()
    assert main(["organisation", "export", str(tmp_path / "out")]) == 0
    assert "nothing to write" in capsys.readouterr().out
