"""How likely the goals of a plan are reached, in a world in which handling times are known for months."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest

from monthly import months
from nyckeltal.errors import BadQuestion
from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.catalogue import catalogue
from nyckeltal.plan.around import Around
from nyckeltal.plan.baseline import baseline
from nyckeltal.plan.chances import chances
from nyckeltal.plan.goal import Band, Goal, Plan
from nyckeltal.plan.reach import reach
from nyckeltal.words import Text

KPIS = catalogue()
TODAY, END = date(2026, 1, 10), date(2026, 6, 30)
TIMES = [372, 365, 381, 358, 369, 376, 362, 370, 379, 366, 374, 361]


@dataclass(frozen=True)
class Answered:
    figures: tuple[Figure, ...]


def goal(name: str, level: str, whose: str, **said: Any) -> Goal:
    return Goal(name, **{"unit": whose, "owner": whose, "kpi": "aht", "starts": TODAY, "ends": END, "target": 360.0, **said}, level=level)  # type: ignore[arg-type]  # one of the levels


def plan(*goals: Goal) -> Plan:
    return Plan("p", "Spring", "More are helped at once", TODAY, END, (), goals)


def series(whose: Mapping[str, Any], shift: float = 0.0) -> list[Figure]:
    return [replace(one, by=dict(whose), n=300) for one in months([value + shift for value in TIMES], first="2025-01")]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[tuple[str, ...], dict[str, Any]]]:
    """Questions as they come; teams and agents have their own times."""
    questions: list[tuple[tuple[str, ...], dict[str, Any]]] = []

    def ask(*kpis: str, **question: Any) -> Answered:
        questions.append((kpis, question))
        if question.get("variant") == "nonsense":
            raise BadQuestion(Text("ask.nothing", "No such form."))
        (level,) = question.get("by") or ("",)
        names = (question.get("within") or {}).get(level, ())
        found = [one for at, name in enumerate(names) for one in series({level: name}, 10.0 * at)] if level else series({})
        return Answered(tuple(one for one in found if "aht" in kpis))

    monkeypatch.setattr("nyckeltal.kpi.ask.ask", ask)
    return questions


def test_each_goal_has_its_chance_from_its_own_figures(asked: list[Any]) -> None:
    goals = goal("all", "company", ""), goal("n", "team", "nord"), goal("s", "team", "syd"), goal("b", "team", "syd", target=None, band=Band(350, 390))
    found = chances(plan(*goals), Around(TODAY, KPIS))
    measured = baseline(series({}))
    assert measured
    assert found.reach["all"] == pytest.approx(reach(measured, 360.0, "lower", 6))
    assert found.reach["s"] < found.reach["n"] == found.reach["all"]  # syd is ten seconds slower
    assert found.reach["b"] > 0.4
    assert found.volumes["n"] == 300
    assert [(kpis, question.get("within")) for kpis, question in asked] == [
        (("aht",), None),
        (("aht",), {"team": ["nord", "syd"]}),
    ]


def test_what_is_planned_counts_and_what_has_nothing_to_reach_has_no_chance(asked: list[Any]) -> None:
    goals = goal("plain", "company", ""), goal("planned", "company", "", effect=-15.0), goal("open", "company", "", target=None)
    found = chances(plan(*goals), Around(TODAY, KPIS))
    assert found.reach["planned"] > 0.8 > found.reach["plain"]
    assert "open" not in found.reach
    assert found.volumes["open"] == 300


def test_agents_are_drawn_towards_those_of_the_same_team(asked: list[Any]) -> None:
    agents = [goal(f"g{at}", "agent", f"a{at}", unit="nord") for at in range(6)]
    found = chances(plan(*agents), Around(TODAY, KPIS))
    alone = baseline(series({"agent": "a5"}, 50.0))
    assert alone
    assert found.reach["g5"] >= reach(alone, 360.0, "lower", 6)
    assert found.reach["g0"] > found.reach["g5"]


def test_a_form_that_cannot_be_asked_has_no_chance_and_others_have(asked: list[Any]) -> None:
    found = chances(plan(goal("odd", "company", "", variant="nonsense"), goal("plain", "company", "")), Around(TODAY, KPIS))
    assert found.reach.keys() == {"plain"}
