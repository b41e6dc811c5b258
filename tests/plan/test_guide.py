"""The page about a plan's file shows one that can be read and that breaks nothing, and names every key there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from components import REPOSITORY
from nyckeltal.plan.file import _GOAL, read_text
from nyckeltal.plan.gathering import gathered
from nyckeltal.plan.guardrails import check
from nyckeltal.plan.stated import STATED

PAGE = (REPOSITORY / "docs" / "guide" / "plan-file.md").read_text(encoding="utf-8")


def test_the_example_of_the_page_is_a_plan_whose_only_errors_are_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NYCKELTAL_HOME", str(tmp_path))
    found = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert found
    plan = read_text(found[1])
    breaches = check(plan, gathered(plan, plan.starts))
    assert [(one.rule, one.goals, one.stands) for one in breaches if one.severity != "advice"] == [("R18", ("fcr/bengt",), False)]


def test_the_page_names_every_key() -> None:
    said = set(re.findall(r"[a-z_0-9]+", PAGE))
    assert {*_GOAL, *STATED} - said == set()
