"""Whatever stands in a plan, half-written or odd, the rules find words for it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import plans
from nyckeltal.kpi.catalogue import catalogue
from nyckeltal.plan.around import MARKS, Ages, Around, Interviews, Talk, Tile, View
from nyckeltal.plan.breach import SEVERITIES
from nyckeltal.plan.goal import DIRECTIONS, LEVELS, ROLES, Band, Baseline, Benchmark, Goal, Plan, Unit
from nyckeltal.plan.guardrails import check
from nyckeltal.plan.structural import Finding
from nyckeltal.plan.unknown import unchecked
from nyckeltal.when.period import Grain

KPIS = [*catalogue(), "no_such"]
names = st.sampled_from(["", "nord", "syd", "company", "anna", "bengt"])
numbers = st.none() | st.sampled_from([-5.0, 0.0, 0.5, 1.0, 7.0, 300.0])
days = st.integers(0, 400).map(lambda at: date(2025, 10, 1) + timedelta(days=at))
words = st.sampled_from(["", "short", "A sentence that is long enough."])
ids = [f"g{at}" for at in range(8)]
bands = st.builds(Band, numbers, numbers)
baselines = st.builds(Baseline, st.sampled_from([0.0, 0.7, 30.0]), numbers, st.integers(0, 6))
benchmarks = st.builds(Benchmark, numbers, st.sampled_from(["", "none found", "a survey"]), st.sampled_from(["", "no_such", "survey"]), st.booleans())


@st.composite
def a_goal(draw: Any, name: str) -> Goal:
    given: dict[str, Any] = {
        "unit": draw(names),
        "owner": draw(names),
        "starts": draw(days),
        "ends": draw(days),
        "role": draw(st.sampled_from(ROLES)),
        "variant": draw(st.sampled_from(["", "outbound", "qa_item", "recommend_mean_1_10", "no_such"])),
        "target": draw(numbers),
        "band": draw(st.none() | bands),
        "assess": draw(st.sampled_from(list(Grain))),
        "provisional": draw(st.booleans()),
        "baseline": draw(st.none() | baselines),
        "benchmark": draw(st.none() | benchmarks),
        "reach": draw(st.sampled_from([None, 0.0, 0.5, 1.0])),
        "purpose": draw(words),
        "parent": draw(st.sampled_from(["", *ids])),
        "link_reason": draw(words),
        "support": (),
        "accepted_at": draw(st.sampled_from([None, datetime(2026, 1, 1, tzinfo=UTC)])),
    }
    return plans.goal(name, draw(st.sampled_from(KPIS)), draw(st.sampled_from(LEVELS)), **given)


@st.composite
def a_plan(draw: Any) -> Plan:
    ways = st.sampled_from([None, *DIRECTIONS])
    units = tuple(Unit(name, "team", draw(ways), draw(ways), draw(st.booleans()), ("fcr", "no_such")) for name in ("nord", "syd"))
    goals = tuple(draw(a_goal(name)) for name in ids[: draw(st.integers(0, 8))])
    return Plan("any", "Any", draw(words), plans.STARTS, plans.ENDS, units, goals)


@st.composite
def what_stands_around(draw: Any) -> dict[str, Any]:
    tile = st.builds(Tile, st.sampled_from(KPIS), names, numbers, st.just(""), st.booleans(), st.booleans(), st.booleans(), st.booleans())
    marks = frozenset(draw(st.lists(st.sampled_from(MARKS), max_size=3)))
    tiles = tuple(draw(st.lists(tile, max_size=4)))
    view = View("v", draw(st.sampled_from(LEVELS)), Grain.DAY, tiles, marks, draw(st.sampled_from(["page", "contest"])), since=draw(st.none() | days))
    known: dict[str, Any] = {
        "views": (view,),
        "acted": {},
        "talks": draw(st.sampled_from([None, (), (Talk(date(2026, 3, 1), "anna"),)])),
        "follow_ups": {},
        "reports": {},
        "interviews": {"anna": Interviews(draw(st.integers(0, 12)), draw(st.booleans()), 0.1)},
        "surveys": {"csat": Ages(None, 90), "nps": Ages(50, None)},
        "structural": {"nord": Finding("structural_understaffing", 2.0, 70.0)},
        "missed": frozenset(ids),
        "moved": {("anna", "fcr"): "better", ("anna", "aht"): "worse"},
        "clients": {"nord": frozenset({"one"}), "syd": frozenset({"one"})},
        "revenue_varies": 0.2,
        "agreements": (plans.agreement("one"), plans.agreement("two", threshold=30, variant=None)),
    }
    return {"today": draw(days), **(known if draw(st.booleans()) else {})}


@settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(a_plan(), what_stands_around())
def test_whatever_stands_in_a_plan_the_rules_find_words_for_it(plan: Plan, known_around: dict[str, Any]) -> None:
    around = Around(catalogue=catalogue(), **known_around)
    found = check(plan, around)
    known = {goal.id for goal in plan.goals}
    for breach in found:
        assert breach.severity in SEVERITIES
        assert set(breach.goals) <= known
        assert "%(" not in str(breach.message) + str(breach.remedy)
    refused = {name for breach in found if breach.rule == "R01" for name in breach.goals}
    assert all(not refused & set(breach.goals) for breach in found if breach.rule not in ("R01", "R04"))
    once = [(breach.rule, breach.goals) for breach in found if breach.goals and breach.rule not in ("R04", "R05", "R06", "R17", "R39")]
    assert len(once) == len(set(once))
    assert all(str(said) for _, said in unchecked(plan, around))
