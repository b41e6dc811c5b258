"""Each public data set loaded twice changes nothing, and a corrected row replaces the old one, in its figures too."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from components import shared_data
from nyckeltal.kpi.ask import ask
from nyckeltal.sources.load import LoadReport, load, undo
from real_data.conftest import HERE, SETS


def _load(name: str, file: Path, home: Path) -> LoadReport:
    return load([file], mapping=HERE / "mappings" / SETS[name]["mapping"], home=home)


@pytest.fixture
def loaded(homes: Mapping[str, Path], home: Path) -> Path:
    """A home of one's own with the simulated set in it."""
    return shutil.copytree(homes["simulated"], home)


def _original(name: str) -> Path:
    return shared_data(SETS[name]["folder"]) / str(SETS[name]["files"][0])


def _counts(report: LoadReport, fact: str = "contact") -> dict[str, Any]:
    counts: dict[str, Any] = report.as_dict()["facts"][fact]
    return counts


def _figure(home: Path, kpi: str, **asked: Any) -> tuple[float | None, float | None]:
    [figure] = ask(kpi, floor=0, home=home, **asked)
    return figure.numerator, figure.denominator


@pytest.mark.parametrize("name", ["technion", "pwc", "simulated"])
def test_the_same_file_again_changes_nothing(name: str, homes: Mapping[str, Path], home: Path) -> None:
    shutil.copytree(homes[name], home)
    before = _figure(home, "contacts_offered"), _figure(home, "aht")
    again = _load(name, _original(name), home)
    assert again.already
    assert (_figure(home, "contacts_offered"), _figure(home, "aht")) == before


def _corrected(name: str, change: Callable[[list[str]], list[str]], folder: Path) -> Path:
    """The gzipped table with its first data row changed."""
    with gzip.open(_original(name), "rt", encoding="utf-8", newline="") as file:
        head, first, *rest = file.read().splitlines()
    separator = "\t" if "\t" in head else ","
    corrected = folder / "corrected.csv"
    corrected.write_text("\n".join([head, separator.join(change(first.split(separator))), *rest]) + "\n", encoding="utf-8")
    return corrected


def test_a_corrected_call_replaces_the_old_one_until_it_is_taken_back(loaded: Path, tmp_path: Path) -> None:
    """One second more service in the first row: one row changed, all others unchanged, the sum one second more."""
    total, calls = _figure(loaded, "aht")
    report = _load("simulated", _corrected("simulated", _one_second_longer, tmp_path), loaded)
    counts = _counts(report)
    assert (counts["new"], counts["changed"], counts["unchanged"]) == (0, 1, 51_707)
    assert _figure(loaded, "aht") == ((total or 0) + 1, calls)
    undo(report.load_id, home=loaded)
    assert _figure(loaded, "aht") == (total, calls)


def test_a_call_whose_date_was_corrected_stands_once_in_its_new_month(loaded: Path, tmp_path: Path) -> None:
    before = {figure.period: figure.value or 0 for figure in ask("contacts_offered", per="month", floor=0, home=loaded)}
    report = _load("simulated", _corrected("simulated", lambda row: [row[0], "2021-03-01", *row[2:]], tmp_path), loaded)
    assert _counts(report)["changed"] == 1
    assert _figure(loaded, "contacts_offered") == (51_708, 1)
    by_month = {figure.period: figure.value for figure in ask("contacts_offered", per="month", floor=0, home=loaded)}
    assert sum(value or 0 for value in by_month.values()) == 51_708
    assert (by_month["2021-01"], by_month["2021-03"]) == (before["2021-01"] - 1, before["2021-03"] + 1)


def _one_second_longer(row: list[str]) -> list[str]:
    """call_id, date, daily_caller, call_started, call_answered, call_ended, wait_length, service_length, meets_standard."""
    return [*row[:7], str(int(row[7]) + 1), *row[8:]]


def test_a_queue_log_again_changes_nothing_and_a_longer_one_adds(home: Path, tmp_path: Path) -> None:
    scenario = shared_data("xivo-queue-log") / "queue-02-generate-stats-for-received-answered-calls"
    lines = (scenario / "queue_log").read_text(encoding="utf-8").splitlines()
    log = tmp_path / "queue_log"
    log.write_text("\n".join(lines) + "\n", encoding="utf-8")
    load([log], system="queue_log", client="xivo", home=home)
    assert load([log], system="queue_log", client="xivo", home=home).already
    later = [_later(line) for line in lines if lines[0].split("|")[1] in line]
    log.write_text("\n".join([*lines, *later]) + "\n", encoding="utf-8")
    load([log], system="queue_log", client="xivo", home=home)
    expected = len({line.split("|")[1] for line in lines}) + 1
    assert _figure(home, "contacts_offered") == (expected, 1)


def _later(line: str) -> str:
    """The same call two hours later, under another id."""
    at, call, *rest = line.split("|")
    return "|".join([str(int(at) + 7200), f"{call}-later", *rest])


def test_what_was_read_is_told_as_json(home: Path) -> None:
    report = _load("technion", _original("technion"), home)
    assert not report.already
    assert json.loads(json.dumps(report.as_dict(), default=str))
    counts = _counts(report)
    assert counts["read"] == 33_344
    assert sum(counts["left_out"].values()) == 278
    assert counts["new"] + sum(counts["refused"].values()) == 33_066
