"""`nyckeltal doctor`: what is there, and exit code 1 when something is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nyckeltal.cli import doctor
from nyckeltal.cli.main import main


def _findings(capsys: pytest.CaptureFixture[str], code: int) -> dict[str, Any]:
    assert main(["doctor", "--format", "json"]) == code
    return {row["about"]: row for row in json.loads(capsys.readouterr().out)}


def test_a_home_that_does_not_exist_yet_is_no_fault(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = _findings(capsys, 0)
    assert "made at the first load" in found["home"]["is"]
    assert {"python", "duckdb", "loads", "database"} <= set(found)
    assert not home.exists()


def test_a_loaded_home_names_its_loads(loaded: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "web", lambda _: iter(()))
    found = _findings(capsys, 0)
    assert found["loads"]["is"] == "1 (0 undone)"


def test_a_store_that_is_broken_is_what_the_doctor_finds(loaded: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "web", lambda _: iter(()))
    (loaded / "state.json").write_text("{", encoding="utf-8")
    assert any(row["wrong"] for row in _findings(capsys, 1).values())


def test_files_that_are_gone_are_found(loaded: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "web", lambda _: iter(()))
    for file in (loaded / "lake" / "contact").rglob("*.parquet"):
        file.unlink()
    assert any("gone" in (row["wrong"] or "") for row in _findings(capsys, 1).values())


def test_a_store_of_an_older_version_is_named_and_left_as_it_is(loaded: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "web", lambda _: iter(()))
    state = loaded / "state.json"
    content = json.loads(state.read_text())
    state.write_text(json.dumps(content | {"model": 1}), encoding="utf-8")
    found = _findings(capsys, 1)
    assert "nyckeltal serve" in found["store"]["wrong"]
    assert json.loads(state.read_text())["model"] == 1
    state.write_text(json.dumps(content | {"model": 99}), encoding="utf-8")
    assert any("newer version" in (row["wrong"] or "") for row in _findings(capsys, 1).values())
