"""Each rule fires where it should and nowhere else, alone and beside any other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations

import pytest

import broken_plans as broken
import plans
from nyckeltal.plan.breach import Breach
from nyckeltal.plan.goal import Override, Plan
from nyckeltal.plan.guardrails import RULES, check
from nyckeltal.words import Text

IDS = tuple(f"R{number:02}" for number in range(1, 48))
BESIDE = {"R16": {"R47"}}  # advice that goes with what was done


def _fired(plan: Plan, around: plans.Around) -> set[str]:
    return {breach.rule for breach in check(plan, around)}


def test_there_are_forty_seven_rules_in_their_order() -> None:
    assert [rule.__name__.upper() for rule in RULES] == list(IDS)
    assert set(broken.BREAKING) == set(broken.KEEPING) == set(IDS)


def test_a_plan_in_which_all_is_well_breaks_none() -> None:
    assert check(plans.base(), plans.around()) == []


@pytest.mark.parametrize("rule", IDS)
def test_a_rule_fires_where_it_is_broken_and_no_other_does(rule: str) -> None:
    assert _fired(*broken.BREAKING[rule](plans.base(), plans.around())) - BESIDE.get(rule, set()) == {rule}


@pytest.mark.parametrize(("rule", "number"), [(rule, number) for rule, changes in broken.KEEPING.items() for number in range(len(changes))])
def test_a_rule_is_silent_where_it_is_just_kept(rule: str, number: int) -> None:
    assert rule not in _fired(*broken.KEEPING[rule][number](plans.base(), plans.around()))


@pytest.mark.parametrize("rule", IDS)
def test_two_rules_broken_together_do_not_hide_each_other(rule: str) -> None:
    hidden = []
    for one, other in combinations(IDS, 2):
        if one == rule:
            plan, around = broken.both(broken.BREAKING[one], broken.BREAKING[other])(plans.base(), plans.around())
            hidden += [(one, other)] if not {one, other} <= _fired(plan, around) else []
    assert hidden == []


@pytest.mark.parametrize("rule", IDS)
def test_what_a_rule_says_can_be_said_in_full(rule: str) -> None:
    for breach in check(*broken.BREAKING[rule](plans.base(), plans.around())):
        for text in (breach.message, breach.remedy):
            assert str(text)
            assert "%(" not in str(text)
            assert "_" not in str(text)


def test_a_goal_that_can_be_none_is_left_alone_by_every_rule_but_that_of_few() -> None:
    bare = broken.of_agent("r01", "contacts_handled", parent="", purpose="", baseline=None, benchmark=None, owner="r01", accepted_at=None)
    assert {breach.rule for breach in check(plans.added(plans.base(), bare), plans.around()) if bare.id in breach.goals} == {"R01"}
    many = [broken.of_agent("r01", kpi, parent="") for kpi in ("contacts_handled", "service_level", "asa", "answer_rate")]
    assert {breach.rule for breach in check(plans.added(plans.base(), *many), plans.around())} == {"R01", "R04"}


def test_a_rule_fires_once_per_goal_and_the_one_of_opposites_once_per_pair_and_owner() -> None:
    plan = plans.base()
    for rule, change in broken.BREAKING.items():
        told = [(breach.rule, breach.goals, breach.owner, str(breach.message)) for breach in check(*change(plan, plans.around()))]
        assert len(told) == len(set(told)), rule
    twice = plans.added(
        plan,
        broken.of_agent("edit", "csat"),
        broken.of_agent("edit", "aht", band=plans.Band(280, 360)),
        replace(broken.of_agent("edit", "aht", band=plans.Band(280, 350)), id="again"),
    )
    assert [breach.rule for breach in check(twice, plans.around())].count("R06") == 1


def test_data_that_does_not_show_a_known_pair_softens_the_words_and_not_the_rule() -> None:
    plan, around = broken.both(broken.BREAKING["R06"], broken.known(opposition=broken.SEEN_NOT))(plans.base(), plans.around())
    said = [str(breach.message) for breach in check(plan, around) if breach.rule == "R06"]
    assert len(said) == 1
    assert "not seen here among 12 agents over 20 periods" in said[0]


def _with_override(rule: str, **given: str) -> Breach:
    plan, around = broken.BREAKING[rule](plans.base(), plans.around())
    said = {"goal": "", "by": "David Dahl", "reason": "The works council has the papers.", **given}
    override = Override(rule, said["goal"], said["by"], datetime(2026, 1, 5, tzinfo=UTC), said["reason"])
    return next(breach for breach in check(replace(plan, overrides=(override,)), around) if breach.rule == rule)


def test_an_error_set_aside_by_a_named_person_with_a_reason_stays_visible_and_no_longer_stands() -> None:
    breach = _with_override("R13", goal="fcr")
    assert breach.overridden is not None
    assert breach.overridden.by == "David Dahl"
    assert not breach.stands
    assert not _with_override("R13").stands


@pytest.mark.parametrize("given", [{"by": " "}, {"reason": ""}, {"goal": "csat"}])
def test_without_name_or_reason_or_for_another_goal_it_stands(given: dict[str, str]) -> None:
    assert _with_override("R13", **{"goal": "fcr", **given}).stands


def test_the_gravest_are_told_first() -> None:
    plan, around = broken.both(*(broken.BREAKING[rule] for rule in ("R35", "R09", "R13")))(plans.base(), plans.around())
    assert [breach.severity for breach in check(plan, around)] == ["error", "warning", "advice"]


def test_numbers_in_a_sentence_are_said_in_their_unit() -> None:
    plan, around = broken.BREAKING["R11"](plans.base(), plans.around())
    assert [str(breach.message) for breach in check(plan, around)] == [
        "“Customer satisfaction” has only a chance of 5% to be reached, what is planned included."
    ]
    assert isinstance(check(plan, around)[0].message, Text)


def test_a_period_too_short_is_told_with_what_it_could_tell() -> None:
    breach = check(*broken.BREAKING["R02"](plans.base(), plans.around()))[0]
    assert "about 50 observations" in str(breach.remedy)
    assert "percentage points" in str(breach.remedy)
