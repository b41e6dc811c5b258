"""`nyckeltal doctor`: what is there, and exit code 1 when something is wrong."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import world
from nyckeltal.cli import checkup
from nyckeltal.cli.main import main
from nyckeltal.contacts.store import ContactStore


def _findings(capsys: pytest.CaptureFixture[str], code: int) -> dict[str, Any]:
    assert main(["doctor", "--format", "json"]) == code
    return {row["about"]: row for row in json.loads(capsys.readouterr().out)}


def _without_the_web(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process has its Django on another home already."""
    monkeypatch.setattr(checkup, "LOOKS", tuple(look for look in checkup.LOOKS if look not in (checkup.database, checkup.worker)))


def _wrong(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, str]]:
    """What is wrong; to everything there is a way to mend it."""
    found = {about: row for about, row in _findings(capsys, 1).items() if row["wrong"]}
    assert all(row["mend"] for row in found.values())
    return found


def test_a_home_that_does_not_exist_yet_is_no_fault(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = _findings(capsys, 0)
    assert "made at the first load" in found["home"]["is"]
    assert {"python", "duckdb", "loads", "database"} <= set(found)
    assert not home.exists()


def test_a_loaded_home_names_its_loads(loaded: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    _without_the_web(monkeypatch)
    found = _findings(capsys, 0)
    assert found["loads"]["is"] == "1 (0 undone)"


def test_a_store_that_is_broken_is_what_the_doctor_finds(loaded: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    _without_the_web(monkeypatch)
    (loaded / "state.json").write_text("{", encoding="utf-8")
    assert any(row["wrong"] for row in _findings(capsys, 1).values())


def test_files_that_are_gone_are_found(loaded: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    _without_the_web(monkeypatch)
    for file in (loaded / "lake" / "contact").rglob("*.parquet"):
        file.unlink()
    assert any("gone" in (row["wrong"] or "") for row in _findings(capsys, 1).values())


def test_a_store_of_an_older_version_is_named_and_left_as_it_is(loaded: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    _without_the_web(monkeypatch)
    state = loaded / "state.json"
    content = json.loads(state.read_text())
    state.write_text(json.dumps(content | {"model": 1}), encoding="utf-8")
    found = _findings(capsys, 1)
    assert "nyckeltal serve" in found["store"]["mend"]
    assert json.loads(state.read_text())["model"] == 1
    state.write_text(json.dumps(content | {"model": 99}), encoding="utf-8")
    assert any("newer version" in (row["wrong"] or "") for row in _findings(capsys, 1).values())


def test_a_table_that_is_gone_is_found(loaded: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    _without_the_web(monkeypatch)
    shutil.rmtree(loaded / "lake" / "contact")
    assert "contact" in _wrong(capsys)["state"]["wrong"]


def test_a_table_ahead_of_the_state_is_no_fault(loaded: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from deltalake import DeltaTable

    _without_the_web(monkeypatch)
    DeltaTable(str(loaded / "lake" / "contact")).alter.set_table_description("written by a load that was killed")
    assert "contact" in _findings(capsys, 0)["tables ahead"]["is"]


def test_a_secret_that_others_can_read_is_found(loaded: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    _without_the_web(monkeypatch)
    (loaded / "secret").write_text("0" * 64, encoding="ascii")
    (loaded / "secret").chmod(0o644)
    (loaded / "web-secret").write_text("", encoding="ascii")
    (loaded / "web-secret").chmod(0o600)
    found = _wrong(capsys)
    assert found["secret"]["mend"] == f"chmod 600 {loaded / 'secret'}"
    assert "empty" in found["web-secret"]["wrong"]


def test_whoever_holds_the_lock_is_named(loaded: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from nyckeltal.contacts.state import locked

    _without_the_web(monkeypatch)
    with locked(loaded, 1):
        assert f"process {os.getpid()}" in _findings(capsys, 0)["lock"]["is"]
    assert _findings(capsys, 0)["lock"]["is"] == "free"


def test_a_disk_that_is_nearly_full_is_found(loaded: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    _without_the_web(monkeypatch)
    monkeypatch.setattr(checkup, "LEAST_FREE_BYTES", 1 << 60)
    assert set(_wrong(capsys)) == {"disk free"}


def test_a_clock_set_back_is_found(loaded: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    _without_the_web(monkeypatch)
    later = time.time() + 7200
    os.utime(loaded / "state.json", (later, later))
    assert "in the future" in _wrong(capsys)["clock"]["wrong"]


def test_static_files_that_are_gone_and_leftovers_are_found(loaded: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    _without_the_web(monkeypatch)
    (loaded / "static").mkdir()
    (loaded / "static" / "staticfiles.json").write_text('{"paths": {"a.css": "a.1.css"}}', encoding="utf-8")
    (loaded / "mishap-1.txt").touch()
    found = _findings(capsys, 1)
    assert "1 are missing" in found["static files"]["wrong"]
    assert "mishap-1.txt" in found["mishaps"]["is"]


def test_an_own_key_figure_that_cannot_be_read_is_found(loaded: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    _without_the_web(monkeypatch)
    (loaded / "kpi").mkdir()
    (loaded / "kpi" / "mine.toml").write_text("id = ", encoding="utf-8")
    found = _wrong(capsys)
    assert [*found] == ["key figure’s file"]
    assert found["key figure’s file"]["wrong"].startswith("mine.toml is not counted: ")
    assert found["key figure’s file"]["mend"] == f"Mend or remove {loaded / 'kpi' / 'mine.toml'}. All others are counted."


def test_a_database_that_cannot_be_reached_is_found(loaded: Path) -> None:
    env = os.environ | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing", "NYCKELTAL_HOME": str(loaded)}
    ran = subprocess.run([sys.executable, "-m", "nyckeltal.cli.main", "doctor", "--format", "json"], env=env, capture_output=True, text=True, check=False)
    found = {row["about"]: row for row in json.loads(ran.stdout)}
    assert ran.returncode == 1
    assert found["database"]["wrong"]
    assert "DATABASE_URL" in found["database"]["mend"]


def test_a_healthy_home_is_told_in_words(loaded: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    _without_the_web(monkeypatch)
    assert main(["doctor"]) == 0
    assert capsys.readouterr().out.endswith("All is well.\n")


def test_the_engine_is_told_and_one_that_is_none_is_wrong(loaded: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup, "LOOKS", (checkup.engine,))
    assert _findings(capsys, 0)["engine"]["is"] == "duckdb"
    monkeypatch.setenv("NYCKELTAL_ENGINE", "postgres")
    assert "spark://host:7077" in _wrong(capsys)["engine"]["wrong"]


def test_it_tells_of_which_facts_sums_are_kept_and_whether_they_are_up_to_date(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world.as_store(home)
    (off,) = checkup.sums_by_day(home)
    assert off.is_.startswith("off")
    monkeypatch.setenv("NYCKELTAL_ROLLUPS_FROM", "10")
    (behind,) = checkup.sums_by_day(home)
    assert "contact" in behind.is_
    assert behind.wrong
    (home / "rollup").mkdir()
    state = ContactStore(home).snapshot().id
    (home / "rollup" / "kept.json").write_text(json.dumps({"state": state, "tables": {}}), encoding="utf-8")
    (there,) = checkup.sums_by_day(home)
    assert there.wrong is None
