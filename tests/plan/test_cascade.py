"""Goals below and the one above: numbers add up, ratios never do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from nyckeltal.kpi.catalogue import catalogue
from nyckeltal.plan.cascade import Branch, given, needs, tree
from nyckeltal.plan.goal import Band, Baseline, Goal, Plan
from nyckeltal.when.period import Grain

KPIS = catalogue()
JUNE, END = date(2026, 6, 1), date(2026, 11, 30)


@dataclass(frozen=True)
class Known:
    agents: Mapping[str, int] = field(default_factory=dict)
    planned_days: Mapping[str, float] = field(default_factory=dict)
    requests: Mapping[str, float] = field(default_factory=dict)
    volumes: Mapping[str, float] = field(default_factory=dict)


def goal(name: str, kpi: str = "fcr", target: float | None = 0.75, parent: str = "", **said: Any) -> Goal:
    return Goal(name, **{"unit": name, "level": "team", "owner": name, "starts": JUNE, "ends": END, **said}, kpi=kpi, target=target, parent=parent)


def plan(*goals: Goal) -> Plan:
    return Plan("p", "Autumn", "More are helped at once", JUNE, END, (), goals)


def top(*goals: Goal, known: Known | None = None) -> Branch:
    (found,) = tree(plan(*goals), KPIS, known or Known())
    return found


def test_five_agents_with_a_sale_a_day_on_twenty_days_are_a_hundred_sales() -> None:
    agents = [goal(f"a{at}", "sales_per_day", 1.0, "all", level="agent") for at in range(5)]
    found = top(goal("all", "sales_count", 100.0), *agents, known=Known(planned_days={"": 20}))
    assert found.given
    assert (found.given.value, found.given.way, found.given.enough) == (100, "sum", True)
    fewer = top(goal("all", "sales_count", 100.0), *agents[:4], known=Known(planned_days={"": 20}))
    assert fewer.given
    assert (fewer.given.value, fewer.given.enough) == (80, False)
    assert [(need.alone, need.together) for need in fewer.needs] == [(pytest.approx(2.0), pytest.approx(1.25))] * 4


def test_a_goal_of_a_whole_team_counts_for_all_who_are_in_it() -> None:
    found = top(goal("all", "sales_count", 100.0), goal("nord", "sales_per_day", 1.0, "all"), known=Known({"nord": 5}, {"nord": 20}))
    assert found.given
    assert found.given.value == 100
    assert top(goal("all", "sales_count", 100.0), goal("nord", "sales_per_day", 1.0, "all"), known=Known({"nord": 5})).given is None


def test_half_of_two_hundred_who_want_to_leave_are_a_hundred_kept() -> None:
    found = top(goal("all", "retentions_count", 100.0), goal("nord", "retention_rate", 0.5, "all"), known=Known(requests={"nord": 200}))
    assert found.given
    assert (found.given.value, found.given.enough) == (100, True)


def test_numbers_of_teams_add_up_over_the_period_of_the_goal_above() -> None:
    weekly = goal("nord", "sales_count", 25.0, "all", assess=Grain.WEEK)
    found = top(goal("all", "sales_count", 200.0), weekly, goal("syd", "sales_count", 80.0, "all"))
    assert found.given
    assert found.given.value == pytest.approx(25 * 52 / 12 + 80)
    assert found.given.enough


def test_ratios_are_weighed_by_what_they_rest_on_and_never_added_up() -> None:
    found = top(
        goal("all", target=0.78),
        goal("nord", target=0.80, parent="all"),
        goal("syd", target=0.70, parent="all"),
        known=Known(volumes={"nord": 3000, "syd": 1000}),
    )
    assert found.given
    assert (found.given.value, found.given.enough, found.given.weighed) == (pytest.approx(0.775), False, True)
    nord, syd = found.needs
    assert (nord.alone, syd.alone) == (pytest.approx(0.80 + 0.005 * 4 / 3), pytest.approx(0.72))
    assert (nord.together, syd.together) == (pytest.approx(0.805), pytest.approx(0.705))
    assert found.holding_back == ("syd",)


def test_what_goals_rest_on_is_read_from_their_baselines_where_it_is_not_said() -> None:
    known = goal("nord", target=0.80, parent="all", baseline=Baseline(0.7, 18_000, 6)), goal("syd", target=0.70, parent="all", baseline=Baseline(0.7, 6000, 6))
    found = top(goal("all", target=0.78), *known)
    assert found.given
    assert found.given.value == pytest.approx(0.775)
    unknown = top(goal("all", target=0.78), replace(known[0], baseline=None), known[1])
    assert unknown.given
    assert (unknown.given.value, unknown.given.weighed) == (pytest.approx(0.75), False)


def test_no_team_can_solve_more_than_all() -> None:
    found = top(goal("all", target=0.95), goal("nord", target=0.90, parent="all"), goal("syd", target=0.60, parent="all"))
    assert [need.alone for need in found.needs] == [None, pytest.approx(1.0)]
    assert [need.together for need in found.needs] == [None, pytest.approx(0.8)]


def test_a_band_counts_by_its_edge_nearest_to_what_is_needed() -> None:
    times = goal("all", "aht", 340.0), goal("nord", "aht", None, "all", band=Band(280, 350)), goal("syd", "aht", 330.0, "all")
    found = top(*times)
    assert found.given
    assert [part.value for part in found.given.parts] == [350, 330]
    assert found.given.enough  # 340 on average
    within = top(goal("all", "aht", None, band=Band(300, 345)), *times[1:])
    assert within.given
    assert within.given.enough


def test_a_goal_below_on_something_else_gives_nothing_that_can_be_counted() -> None:
    assert top(goal("all", "csat", 8.0), goal("nord", "fcr", 0.8, "all")).given is None
    assert top(goal("all", target=None), goal("nord", target=0.8, parent="all")).given is None


def test_the_tree_goes_down_to_the_agents_and_a_circle_is_no_tree() -> None:
    found = top(goal("all"), goal("kund", parent="all", level="client"), goal("nord", parent="kund"), goal("anna", parent="nord", level="agent"))
    assert [found.goal.id, found.below[0].goal.id, found.below[0].below[0].goal.id, found.below[0].below[0].below[0].goal.id] == ["all", "kund", "nord", "anna"]
    assert tree(plan(goal("a", parent="b"), goal("b", parent="a")), KPIS, Known()) == ()
    later = goal("nord", parent="all", starts=date(2026, 9, 1))
    (early,) = tree(plan(goal("all"), later), KPIS, Known(), date(2026, 7, 1))
    assert early.below == ()


@drawn(st.lists(st.tuples(st.floats(0.3, 0.9), st.floats(10, 5000)), min_size=1, max_size=6), st.floats(0.3, 0.9))
def test_what_is_said_to_be_needed_is_enough(teams: list[tuple[float, float]], target: float) -> None:
    children = [goal(f"t{at}", target=value, parent="all") for at, (value, _) in enumerate(teams)]
    known = Known(volumes={f"t{at}": size for at, (_, size) in enumerate(teams)})
    found = given(goal("all", target=target), KPIS["fcr"], children, known)
    assert found
    for need in needs(found, KPIS["fcr"]):
        if need.alone is not None:
            moved = [replace(child, target=need.alone) if child.id == need.goal.id else child for child in children]
            after = given(goal("all", target=target), KPIS["fcr"], moved, known)
            assert after
            assert after.value == pytest.approx(target)
