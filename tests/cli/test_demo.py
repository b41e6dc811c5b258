"""`nyckeltal demo`: builds once, opens what it built, never touches anybody's own data, and starts again what was interrupted."""

from __future__ import annotations

import errno
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from nyckeltal.cli import demo
from nyckeltal.cli.main import main
from nyckeltal.demo import build as simulation


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The calls that the simulation gets, which writes one small file instead."""
    calls: list[dict[str, Any]] = []

    def build(home: Path, **how: Any) -> None:
        calls.append(how)
        (home / "truth.json").write_text("{}", encoding="utf-8")

    monkeypatch.setattr(simulation, "build", build)
    return calls


def _build(home: Path, *more: str) -> int:
    return main(["demo", "--home", str(home), "--build-only", *more])


def test_the_second_start_uses_what_the_first_made(home: Path, built: list[dict[str, Any]]) -> None:
    assert _build(home) == 0
    assert _build(home) == 0
    assert len(built) == 1


def test_a_server_that_is_just_ending_takes_no_start_away(home: Path, built: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    """It removes its own files, and writes some, while the folder is emptied."""
    _build(home)
    (home / "lake").mkdir()
    (home / "django.sqlite3-wal").write_text("", encoding="utf-8")
    removed, meanwhile = demo.shutil.rmtree, iter([FileNotFoundError(2, "gone", "django.sqlite3-wal"), OSError(errno.ENOTEMPTY, "written to")])

    def removing(path: Path) -> None:
        (home / "django.sqlite3-wal").unlink(missing_ok=True)
        for wrong in meanwhile:
            raise wrong
        removed(path)

    monkeypatch.setattr(demo.shutil, "rmtree", removing)
    assert _build(home, "--fresh") == 0
    assert sorted(file.name for file in home.iterdir()) == [demo.MARK, "truth.json"]


def test_what_an_interruption_left_is_known_as_an_example(home: Path, built: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    _build(home)
    (home / "a").mkdir()
    monkeypatch.setattr(demo, "_remove", _interrupted)
    assert _build(home, "--fresh") != 0
    assert (home / demo.MARK).exists()


def _interrupted(path: Path) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("another", [("--scale", "0.5"), ("--seed", "7")])
def test_another_example_takes_no_place_without_being_told_to(
    home: Path, built: list[dict[str, Any]], another: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    _build(home)
    (home / "django.sqlite3").write_text("what people entered", encoding="utf-8")
    assert _build(home, *another) == 1
    assert "--fresh" in (told := capsys.readouterr().err)
    assert " ".join(another) in told
    assert (home / "django.sqlite3").exists()
    assert _build(home, *another, "--fresh") == 0
    assert not (home / "django.sqlite3").exists()
    assert len(built) == 2
    assert _build(home) == 0, "whichever is there is opened"
    assert len(built) == 2


def test_the_example_of_another_day_stays_until_it_is_to_be_made_anew(
    home: Path, built: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _build(home, "--scale", "0.5")
    monkeypatch.setattr(demo, "_today", lambda: date(2030, 1, 1))
    monkeypatch.setattr(demo, "_maker", lambda: "a newer version")
    capsys.readouterr()
    assert _build(home, "--scale", "0.5") == 0
    assert len(built) == 1
    assert "--fresh" in capsys.readouterr().err
    _build(home, "--fresh", "--scale", "0.5")
    assert json.loads((home / demo.MARK).read_text())["day"] == "2030-01-01"


def test_an_interrupted_build_is_built_again(home: Path, built: list[dict[str, Any]]) -> None:
    _build(home, "--scale", "0.5")
    (home / demo.MARK).write_text(json.dumps(json.loads((home / demo.MARK).read_text()) | {"complete": False}))
    _build(home)
    assert [how["scale"] for how in built] == [0.5, 1.0]


@pytest.mark.parametrize("scale", ["0", "-1", "nan", "inf", "many"])
def test_a_size_that_cannot_be_is_wrong_usage(home: Path, built: list[dict[str, Any]], scale: str) -> None:
    with pytest.raises(SystemExit) as left:
        _build(home, "--scale", scale)
    assert left.value.code == 2
    assert not built


def test_a_folder_with_data_of_somebody_is_never_touched(home: Path, built: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]) -> None:
    home.mkdir()
    (home / "state.json").write_text("{}", encoding="utf-8")
    assert _build(home) == 1
    assert "not an example" in capsys.readouterr().err
    assert [file.name for file in home.iterdir()] == ["state.json"]
    assert built == []
