"""A plan knows who answers for what, and a goal whether a value meets it."""

from __future__ import annotations

from datetime import date

from nyckeltal.plan.goal import Band, Baseline, Goal, Plan

JUNE = date(2026, 6, 1)
END = date(2026, 11, 30)


def a_goal(name: str = "g", **changes: object) -> Goal:
    said = {"unit": "nord", "kpi": "fcr", "level": "team", "owner": "cecilia", "starts": JUNE, "ends": END, "target": 0.75}
    return Goal(id=name, **{**said, **changes})  # type: ignore[arg-type]  # a handful of fields of different types, named by the test


def test_a_share_that_should_be_high_meets_its_target_from_the_target_on() -> None:
    assert a_goal().met(0.75, "higher") is True
    assert a_goal().met(0.7499, "higher") is False


def test_a_time_that_should_be_low_meets_its_target_up_to_the_target() -> None:
    goal = a_goal(kpi="asa", target=60.0)
    assert goal.met(60.0, "lower") is True
    assert goal.met(60.1, "lower") is False


def test_a_band_with_one_open_edge_is_a_limit() -> None:
    assert Band(None, 60).holds(0)
    assert not Band(None, 60).holds(61)
    assert a_goal(target=None, band=Band(280, 360)).met(300, "lower") is True


def test_a_goal_without_anything_to_reach_is_neither_met_nor_missed() -> None:
    assert a_goal(target=None).met(0.5, "higher") is None


def test_the_edge_of_a_band_nearest_the_baseline_is_its_target() -> None:
    goal = a_goal(target=None, band=Band(280, 360), baseline=Baseline(400, 300, 6))
    assert goal.aim() == 360
    assert goal.aim(200) == 280
    assert a_goal(target=None, band=Band(None, 60)).aim() == 60


def test_the_last_day_of_a_goal_belongs_to_it() -> None:
    assert a_goal().active(END)
    assert not a_goal().active(date(2026, 12, 1))


def test_an_agent_answers_for_goals_wherever_that_person_serves() -> None:
    mine, other = a_goal("a", level="agent", owner="anna"), a_goal("b", level="agent", owner="bengt")
    plan = Plan("p", "Autumn", "Satisfied customers", JUNE, END, goals=(mine, other, a_goal("t")))
    assert plan.of("syd", "agent", "anna", JUNE) == (mine,)
    assert [one.id for one in plan.of("nord", "team", "cecilia", JUNE)] == ["t"]


def test_goals_hang_on_the_one_they_serve() -> None:
    top, below = a_goal("top", level="company", owner="david"), a_goal("below", parent="top")
    plan = Plan("p", "Autumn", "Satisfied customers", JUNE, END, goals=(top, below))
    assert plan.parent(below) == top
    assert list(plan.children(top)) == [below]
