"""`nyckeltal check`: rule, gravity, message and remedy of what a plan breaks; 1 while an error stands."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

import plans
from nyckeltal.cli.main import main
from nyckeltal.plan.goal import Override, Plan
from nyckeltal.plan.writing import written

STATED: dict[str, Any] = {
    "day": date(2026, 3, 20),
    "forms": ["voice"],
    "coverage": [0.9, 0.9],
    "alpha": 0.85,
    "register": {"*": {"purpose": "to improve", "legal_basis": "interest", "informed": "2025-10-01", "consulted": "minutes", "assessed": "7"}},
}


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NYCKELTAL_HOME", str(tmp_path / "home"))


def _checked(plan: Plan, tmp_path: Path, *options: str) -> int:
    file = tmp_path / "plan.toml"
    file.write_text(written(replace(plan, stated=STATED)), encoding="utf-8")
    return main(["check", str(file), *options])


def test_a_plan_without_an_error_is_done_and_what_was_not_looked_at_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _checked(plans.base(), tmp_path) == 0
    said = capsys.readouterr().out
    assert "No rule is broken." in said
    assert "R32: No agreements with clients are known." in said


def test_an_error_is_told_with_its_remedy_and_gives_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = plans.with_goal(plans.base(), "fcr", purpose="")
    assert _checked(plan, tmp_path, "--format", "json") == 1
    told = capsys.readouterr()
    assert "R32: No agreements" in told.err
    (breach,) = json.loads(told.out)
    assert (breach["rule"], breach["severity"], breach["goals"], breach["overridden"], breach["stands"]) == ("R13", "error", ["fcr"], None, True)
    assert "what we want from it" in breach["message"]
    assert breach["remedy"]


def test_an_error_set_aside_with_a_reason_no_longer_stands_and_is_still_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    override = Override("R13", "fcr", "David Dahl", datetime(2026, 1, 5, tzinfo=UTC), "Everybody knows it here.")
    plan = replace(plans.with_goal(plans.base(), "fcr", purpose=""), overrides=(override,))
    assert _checked(plan, tmp_path) == 0
    said = capsys.readouterr().out
    assert "set aside by David Dahl on 2026-01-05: Everybody knows it here." in said
    assert "errors: 1 (1 set aside)" in said


def test_a_warning_alone_gives_nought(tmp_path: Path) -> None:
    assert _checked(plans.with_goal(plans.base(), "csat", benchmark=None), tmp_path) == 0


def test_the_day_may_be_another(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = plans.with_goal(plans.base(), "csat", accepted_at=None)
    assert _checked(plan, tmp_path, "--day", "2025-12-20") == 0
    capsys.readouterr()
    assert _checked(plan, tmp_path, "--day", "2026-01-01") == 1
    assert "R18" in capsys.readouterr().out


def test_what_concerns_goals_set_together_is_told_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    csat = next(goal for goal in plans.base().goals if goal.id == "csat")
    each = [replace(csat, id=f"csat/{agent}", owner=agent, together="csat", why="") for agent in ("anna", "bengt", "doris")]
    assert _checked(plans.added(plans.without_goal(plans.base(), "csat"), *each), tmp_path) == 1
    assert "goal: csat/anna and 2 more alike" in capsys.readouterr().out


def test_a_file_that_is_no_plan_is_told_with_its_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "no.toml").write_text('[plan]\nid = "x"\nname = "X"\nstarts = "spring"\nends = 2026-06-30\n', encoding="utf-8")
    assert main(["check", str(tmp_path / "no.toml")]) == 1
    assert "no.toml:4: plan.starts: This must be a day" in capsys.readouterr().err


def test_wrong_usage_gives_two() -> None:
    with pytest.raises(SystemExit) as left:
        main(["check"])
    assert left.value.code == 2
    with pytest.raises(SystemExit) as left:
        main(["check", "plan.toml", "--day", "spring"])
    assert left.value.code == 2
