"""The acceptance fixtures of kpi-reference 7.1: each fires exactly the errors and warnings that are listed there."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from nyckeltal.plan.file import read
from nyckeltal.plan.gathering import gathered
from nyckeltal.plan.guardrails import check

FIXTURES = Path(__file__).parent / "fixtures"
Fired = tuple[str, str, tuple[str, ...]]  # rule, severity, the KPIs of its goals

EXPECTED: dict[str, list[Fired]] = {
    "f01-service": [
        ("R34", "error", ("nps",)),
        ("R27", "error", ("aht",)),
        ("R31", "warning", ("aht",)),
        ("R06", "warning", ("aht", "csat")),
    ],
    "f02-efficiency": [],
    "f03-sales": [("R29", "warning", ("sales_per_day",))] * 5,
    "f04-tip": [],
    "f05-pitfall": [("R01", "error", (kpi,)) for kpi in ("service_level", "contacts_handled", "escalations_count")],
    "f06-measure": [("R02", "error", ("aht",)), ("R31", "warning", ("aht",))],
    "f07-all-at-once": [
        ("R04", "error", ("aht", "answer_rate", "contacts_per_hour", "employee_satisfaction", "fcr", "nps", "upsell_rate")),
        *(("R01", "error", (kpi,)) for kpi in ("answer_rate", "nps", "employee_satisfaction")),
        ("R30", "error", ("contacts_per_hour",)),
        *(("R06", "warning", pair) for pair in (("aht", "fcr"), ("aht", "upsell_rate"), ("contacts_per_hour", "fcr"), ("contacts_per_hour", "upsell_rate"))),
    ],
    "f08-thin-air": [("R08", "error", ("fcr",)), ("R09", "warning", ("fcr",)), ("R13", "error", ("fcr",))],
    "f09-agreements": [("R32", "error", ("service_level",))],
    "f10-call-back": [("R39", "warning", ("total_experience",)), ("R39", "error", ("total_experience",))],
    "f11-queue": [("R33", "warning", ("service_level",)), ("R33", "error", ("aht",)), ("R31", "warning", ("aht",))],
}
ADVICE = {"f02-efficiency": "R47", "f03-sales": "R47"}


def _fired(name: str) -> tuple[list[Fired], set[str]]:
    """Errors and warnings, and the rules of which there is advice."""
    plan = read(FIXTURES / f"{name}.toml")
    kpis = {goal.id: goal.kpi for goal in plan.goals}
    found = check(plan, gathered(plan))
    grave = [(one.rule, one.severity, tuple(sorted(kpis[goal] for goal in one.goals))) for one in found if one.severity != "advice"]
    return grave, {one.rule for one in found if one.severity == "advice"}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_fixture_fires_what_the_reference_lists_and_no_other_error_or_warning(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NYCKELTAL_HOME", str(tmp_path))
    grave, advice = _fired(name)
    assert Counter(grave) == Counter(EXPECTED[name])
    assert ADVICE.get(name) in {None, *advice}


def test_every_fixture_is_tried() -> None:
    assert {file.stem for file in FIXTURES.glob("*.toml")} == set(EXPECTED)
