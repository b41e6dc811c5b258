"""Ready plans: given complete circumstances, none of them breaks a rule, and all that they say can be translated."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

import plans
from nyckeltal.kpi.catalogue import catalogue
from nyckeltal.locale.from_plans import from_plans
from nyckeltal.plan.file import read_text
from nyckeltal.plan.goal import Baseline, Benchmark, Goal, Plan
from nyckeltal.plan.guardrails import check
from nyckeltal.plan.templates import FOLDER, Team, Template, templates
from nyckeltal.plan.writing import written

FIVE = ("anna", "bengt", "doris", "elsa", "farid")
NAMES = ("efficiency", "sales", "service")


def _whole(template: Template) -> Plan:
    """With all that a ready plan leaves to those who take it."""
    plan = template.plan(date(2026, 1, 1), date(2026, 6, 30), [Team("nord", "cecilia", FIVE)], owner="David Dahl")
    return replace(plan, goals=tuple(map(_measured, plan.goals)))


def _measured(goal: Goal) -> Goal:
    known = Baseline(goal.aim() or 0.0, 1200, 6)
    return replace(goal, baseline=known, benchmark=Benchmark(None, "none found"), reach=0.5, accepted_at=plans.AGREED)


def test_there_is_one_for_each_direction() -> None:
    assert tuple(templates()) == NAMES
    assert {one.primary for one in templates().values()} == {"service", "efficiency", "sales"}
    assert all(one.primary != one.secondary for one in templates().values())


@pytest.mark.parametrize("name", NAMES)
def test_a_ready_plan_breaks_no_rule_where_all_else_is_in_place(name: str) -> None:
    around = plans.around(requests=dict.fromkeys(FIVE, 40.0), tenure_months=dict.fromkeys(FIVE, 30.0))
    assert [(one.rule, str(one.message)) for one in check(_whole(templates()[name]), around) if one.severity != "advice"] == []


@pytest.mark.parametrize("name", NAMES)
def test_an_agent_has_two_goals_in_the_primary_direction_and_one_in_the_secondary(name: str) -> None:
    template = templates()[name]
    known = catalogue()
    mine = [known[goal.kpi].purpose for goal in template.goals if goal.level == "agent"]
    counted = Counter(way for purposes in mine for way in {template.primary, template.secondary} & set(purposes))
    assert len(mine) == 3
    assert counted[template.primary] >= 2
    assert sum(template.secondary in purposes for purposes in mine) == 1


@pytest.mark.parametrize("name", NAMES)
def test_each_team_has_its_own_branch_under_the_company(name: str) -> None:
    plan = templates()[name].plan(date(2026, 1, 1), date(2026, 6, 30), [Team("nord", "cecilia", ["anna"]), Team("syd", "erik", ["bengt"])])
    assert {goal.owner for goal in plan.goals if goal.level == "agent"} == {"anna", "bengt"}
    for goal in plan.goals:
        parent = plan.parent(goal)
        assert goal.level == "company" or (parent is not None and parent.unit in ("company", goal.unit))


@pytest.mark.parametrize("name", NAMES)
def test_a_ready_plan_can_be_written_as_a_file(name: str) -> None:
    plan = _whole(templates()[name])
    assert read_text(written(plan)) == plan


def test_all_that_ready_plans_say_is_collected_for_translation() -> None:
    collected = {message.english for message in from_plans(FOLDER.parent.parent)}
    for template in templates().values():
        said = [template.name, template.about, template.objective]
        for goal in template.goals:
            said += [*goal.answers.values(), *goal.support]
            assert all(len(str(answer)) >= 10 for answer in goal.answers.values())
        assert {text.english for text in said} <= collected
