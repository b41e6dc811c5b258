"""What was put into the demo is found in its figures, and nothing else: minutes, therefore only under NYCKELTAL_SOAK=1."""

from __future__ import annotations

import os
from datetime import date
from math import log
from pathlib import Path

import numpy as np
import pytest

from nyckeltal import ask
from nyckeltal.demo.build import build
from nyckeltal.demo.truth import Truth, read
from nyckeltal.kpi.catalogue import catalogue
from nyckeltal.plan.baseline import baseline
from nyckeltal.plan.fair import fair
from nyckeltal.plan.forecast import forecast
from nyckeltal.plan.links import links

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.environ.get("NYCKELTAL_SOAK") != "1", reason="simulates thirteen months of sixty agents")]
KPIS = catalogue()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("truths")
    build(folder, today=date(2026, 11, 22))
    return folder


@pytest.fixture(scope="module")
def truth(home: Path) -> Truth:
    return read(home)


def test_the_pair_that_pulls_against_each_other_is_found_and_no_other(home: Path, truth: Truth) -> None:
    told = links(["aht", "fcr", "logged_share", "transfer_rate", "csat", "qa_score", "retention_rate"], KPIS, home=home)
    opposing = [link for link in told if link.verdict == "opposing"]
    assert [{link.first, link.second} for link in opposing] == [set(truth.opposing["kpis"])]
    (link,) = opposing
    assert link.high is not None
    assert link.high < -0.2
    assert link.groups >= 30


def test_who_only_gets_difficult_cases_is_as_usual_once_that_is_allowed_for(home: Path, truth: Truth) -> None:
    agent = truth.case_mix["agent_id"]
    (team, *_) = [each[0] for each in reversed(truth.agents[agent]["teams"])]
    asked = ask("aht", by=("agent", "reason2", "channel", "tenure"), start="2026-04", end="2026-09", within={"team": [team]}, floor=0, home=home)
    found = fair(asked.figures, "lower")
    assert found
    one = found.people[agent]
    assert one.place == "usual"
    assert abs(one.value / found.overall - 1) < abs(one.raw / found.overall - 1)


def test_handling_time_falls_with_experience_as_it_was_made_to(home: Path, truth: Truth) -> None:
    """Ln time = a - b ln number within each new agent, months weighed by their contacts."""
    so_far = {agent: float(told["contacts_before"]) for agent, told in truth.agents.items() if told["contacts_before"] <= 100}
    rows: dict[str, list[tuple[float, float, float]]] = {agent: [] for agent in so_far}
    for one in sorted(ask("aht", by="agent", per="month", within={"agent": [*so_far]}, floor=0, home=home), key=lambda figure: str(figure.period)):
        agent, n = str(one.by["agent"]), one.denominator or 0
        if agent in so_far and one.value and n >= 50:
            rows[agent].append((log(so_far[agent] + n / 2), log(one.value), n))
        if agent in so_far:
            so_far[agent] += n
    within = [np.array(each) for each in rows.values() if len(each) >= 4]
    centred = np.concatenate([np.c_[each[:, :2] - np.average(each[:, :2], axis=0, weights=each[:, 2]), each[:, 2]] for each in within])
    x, y, weight = centred.T
    slope = float((weight * x * y).sum() / (weight * x * x).sum())
    assert -slope == pytest.approx(truth.parameters["learning_exponent"], abs=0.04)


def test_every_series_of_the_demo_has_a_baseline_or_a_reason_and_a_forecast_within_its_ends(home: Path) -> None:
    kpis = [kpi for kpi in KPIS if not KPIS[kpi].said(None, "company").refused]
    figures = ask(*kpis, per="month", start="2025-06", home=home).figures
    measured = {kpi: baseline([one for one in figures if one.kpi == kpi]) for kpi in kpis}
    told = {kpi: found for kpi, found in measured.items() if found is not None}
    assert {"aht", "fcr", "csat", "service_level", "contacts_handled"} <= told.keys()
    for kpi, found in told.items():
        assert found.ends[0] <= found.level <= found.ends[1], kpi
        ahead = forecast([one for one in figures if one.kpi == kpi], 3)
        assert ahead is None or all(point.low <= point.value <= point.high for point in ahead.points), kpi
