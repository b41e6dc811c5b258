"""Queue logs of XiVO give the statistics that their vendor demands: 10 queue scenarios with 172 cells, 4 agent scenarios."""

from __future__ import annotations

from pathlib import Path

import pytest

from components import shared_data
from nyckeltal.cli import scenarios

QUEUE = tuple(range(10))
AGENT = tuple(range(4))


def _differing(kind: str, at: int, home: Path, log: str) -> tuple[int, list[str]]:
    folder = scenarios.scenarios(shared_data("xivo-queue-log"), kind)[at]
    cells = list(scenarios.cells(folder, home=home, log=log))
    return len(cells), [f"{cell.about} {cell.row} {cell.column}: {cell.found!r}, not {cell.expected!r}" for cell in cells if not cell.agrees]


@pytest.mark.parametrize("at", QUEUE)
def test_a_queue_scenario_agrees_in_every_cell(at: int, home: Path) -> None:
    cells, differing = _differing("queue", at, home, "queue_log")
    assert cells
    assert differing == []


@pytest.mark.parametrize("at", AGENT)
def test_an_agent_scenario_agrees_in_every_cell(at: int, home: Path) -> None:
    cells, differing = _differing("agent", at, home, "queue_log")
    assert cells
    assert differing == []


def test_all_scenarios_are_there() -> None:
    folder = shared_data("xivo-queue-log")
    assert (len(scenarios.scenarios(folder, "queue")), len(scenarios.scenarios(folder, "agent"))) == (len(QUEUE), len(AGENT))
