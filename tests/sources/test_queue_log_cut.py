"""A log that is rotated anywhere, and loaded file by file, tells what the whole log tells."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from nyckeltal.contacts.store import ContactStore
from nyckeltal.sources import find
from nyckeltal.sources import load as loading
from nyckeltal.sources.load import LoadReport, load, undo
from tables import put, rows

SAMPLE = (Path(find.__file__).parent / "systems" / "queue_log" / "samples" / "an-hour-at-the-desk.log").read_text(encoding="utf-8")
LINES = SAMPLE.splitlines()
FACTS = ("contact", "queue_visit", "segment", "agent_state")
SOAK = os.environ.get("NYCKELTAL_SOAK") == "1"
ABOUT_LOADING = {"load_id", "loaded_at", "month"}


def _load(home: Path, file: Path) -> LoadReport:
    """Into homes of one secret, so that customers have the same pseudonym in each."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "secret").write_text("0" * 64, encoding="ascii")
    return load(file, system="queue_log", home=home)


def _facts(home: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """Everything but which load it was. After-work that no log knew yet and none at all are the same to see."""
    return {fact: {key: _seen(row) for key, row in rows(home, fact).items()} for fact in FACTS}


def _seen(row: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in row.items() if name not in ABOUT_LOADING}
    return {name: value or 0 if name == "acw_s" else value for name, value in kept.items() if not name.endswith("handle_s")}


@pytest.fixture(scope="module")
def whole_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home into which the whole log went."""
    folder = tmp_path_factory.mktemp("whole")
    _load(folder / "home", put(folder, SAMPLE, "queue_log"))
    return folder / "home"


@pytest.fixture(scope="module")
def whole(whole_home: Path) -> dict[str, dict[str, dict[str, Any]]]:
    return _facts(whole_home)


@pytest.mark.parametrize("cut", range(1, len(LINES), 1 if SOAK else 16))
def test_a_log_cut_anywhere_and_loaded_in_order_is_the_whole_log(cut: int, whole: Any, home: Path, tmp_path: Path) -> None:
    _load(home, put(tmp_path, "\n".join(LINES[:cut]) + "\n", "queue_log.1"))
    _load(home, put(tmp_path, "\n".join(LINES[cut:]) + "\n", "queue_log"))
    assert _facts(home) == whole


@pytest.mark.parametrize("cut", range(5, len(LINES) - 1, 2) if SOAK else [13])
def test_the_calls_are_whole_too_where_the_later_file_came_first(cut: int, whole: Any, home: Path, tmp_path: Path) -> None:
    _load(home, put(tmp_path, "\n".join(LINES[cut:]) + "\n", "queue_log"))
    _load(home, put(tmp_path, "\n".join(LINES[:cut]) + "\n", "queue_log.1"))
    found = _facts(home)
    assert {fact: found[fact] for fact in FACTS[:3]} == {fact: whole[fact] for fact in FACTS[:3]}


def test_a_log_in_three_files_is_the_whole_log(whole: Any, home: Path, tmp_path: Path) -> None:
    for at, piece in enumerate((LINES[:6], LINES[6:13], LINES[13:])):
        _load(home, put(tmp_path, "\n".join(piece) + "\n", f"queue_log.{at}"))
    assert _facts(home) == whole


def test_a_part_of_a_log_that_is_in_takes_nothing_away(whole: Any, whole_home: Path, home: Path, tmp_path: Path) -> None:
    shutil.copytree(whole_home, home)
    for name, piece in (("tail", LINES[5:]), ("head", LINES[:12]), ("middle", LINES[5:12])):
        _load(home, put(tmp_path, "\n".join(piece) + "\n", name))
        assert _facts(home) == whole, name


def test_a_call_of_long_ago_that_is_known_better_is_counted_and_stays(home: Path, tmp_path: Path) -> None:
    later = "".join(f"{1772439000 + 8 * 3600 + at}|x{at}|moving|NONE|CLOSED|\n" for at in range(3))
    _load(home, put(tmp_path, SAMPLE + later, "queue_log"))
    before = rows(home)["1772439800.16"]
    early = "".join(f"{1772439000 - 8 * 3600 + at}|y{at}|moving|NONE|CLOSED|\n" for at in range(3))
    report = _load(home, put(tmp_path, early + "1772439841|1772439800.16|moving|NONE|ABANDON|1|1|41\n" + later, "tail"))
    assert rows(home)["1772439800.16"]["customer_key"] == before["customer_key"]
    assert rows(home)["1772439800.16"]["offered_at"] == before["offered_at"]
    assert report.facts["contact"].changed == 0


def test_what_was_kept_of_a_log_goes_when_its_load_is_taken_back(whole_home: Path, home: Path) -> None:
    shutil.copytree(whole_home, home)
    snapshot = ContactStore(home).snapshot()
    assert snapshot.small("log_event").num_rows > 0
    assert "+4670" not in str(snapshot.small("log_event").to_pylist())
    [load_id] = snapshot.small("load")["load_id"].to_pylist()
    undo(load_id, home=home)
    assert ContactStore(home).snapshot().small("log_event").num_rows == 0


def test_the_other_half_that_comes_in_while_this_one_is_read_is_understood(whole: Any, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head, tail = put(tmp_path, "\n".join(LINES[:9]) + "\n", "queue_log.1"), put(tmp_path, "\n".join(LINES[9:]) + "\n", "queue_log")
    read, readings = loading._read, []

    def read_and_be_overtaken(*given: Any) -> Any:
        reading = read(*given)
        readings.append(reading)
        if len(readings) == 1:
            _load(home, head)
        return reading

    monkeypatch.setattr(loading, "_read", read_and_be_overtaken)
    _load(home, tail)
    assert len(readings) == 3
    assert _facts(home) == whole
