"""The stored plan becomes the core's, person by person."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from nyckeltal.plan.goal import Band, Benchmark
from nyckeltal.web.plan import stored
from nyckeltal.web.plan.models import Agreement, Change, Goal, Override, Season, Unit

SPRING = (date(2026, 1, 1), date(2026, 6, 30))


def season(**said: object) -> Season:
    return Season.objects.create(**{"name": "Spring", "objective": "Fewer come back", "starts": SPRING[0], "ends": SPRING[1]} | said)


def goal(unit: Unit, key: str, **said: object) -> Goal:
    terms = {"season": unit.season, "unit": unit, "key": key, "level": unit.level, "kpi": "fcr", "starts": SPRING[0], "ends": SPRING[1]}
    return Goal.objects.create(**terms | said)


@pytest.fixture
def spring(db: None) -> Season:
    made = season()
    company = Unit.objects.create(season=made, level="company", unit_id="company", primary="service", secondary="efficiency")
    nord = Unit.objects.create(season=made, level="team", unit_id="nord", primary="service", secondary="efficiency", rotation=["csat"])
    Unit.objects.create(season=made, level="team", unit_id="syd")
    top = goal(company, "company-csat", kpi="csat", target=8.2, owner="David Berg")
    middle = goal(nord, "nord-fcr", target=0.75, owner="cecilia", parent=top, benchmark_source="none found")
    each = goal(nord, "nord-each-fcr", level="agent", target=0.75, parent=middle, support=["invoice guide"])
    Agreement.objects.create(goal=middle, agent_id="cecilia", state="agreed", answered_at=datetime(2026, 1, 2, tzinfo=UTC))
    Agreement.objects.create(goal=each, agent_id="anna", own_target=True, target=0.7, baseline={"value": 0.66, "n": 300, "periods": 6})
    Agreement.objects.create(goal=each, agent_id="bengt", state="refused", refused_why="Half of mine are transfers.")
    return made


def test_a_goal_for_each_person_is_one_a_person(spring: Season) -> None:
    plan = stored.plan(spring)
    assert [one.id for one in plan.goals] == ["company-csat", "nord-fcr", "nord-each-fcr/anna", "nord-each-fcr/bengt"]
    anna, bengt = (plan.goal(f"nord-each-fcr/{name}") for name in ("anna", "bengt"))
    assert anna is not None
    assert bengt is not None
    assert (anna.owner, anna.target, anna.together, anna.parent, anna.support) == ("anna", 0.7, "nord-each-fcr", "nord-fcr", ("invoice guide",))
    assert anna.baseline is not None
    assert (anna.baseline.value, anna.baseline.n, anna.baseline.periods) == (0.66, 300, 6)
    assert (bengt.target, bengt.refused_why, bengt.accepted_at) == (0.75, "Half of mine are transfers.", None)


def test_a_leaders_word_is_the_team_goals_acceptance(spring: Season) -> None:
    team = stored.plan(spring).goal("nord-fcr")
    assert team is not None
    assert team.accepted_at == datetime(2026, 1, 2, tzinfo=UTC)
    assert team.benchmark == Benchmark(None, "none found")


def test_units_without_directions_and_goals_are_no_part(spring: Season) -> None:
    assert [one.id for one in stored.plan(spring).units] == ["company", "nord"]
    nord = stored.plan(spring).unit("nord")
    assert nord is not None
    assert nord.rotation == ("csat",)


def test_a_goal_that_was_taken_out_is_no_part_and_nobodys_parent(spring: Season) -> None:
    Goal.objects.filter(key="nord-fcr").update(removed_at=datetime(2026, 2, 1, tzinfo=UTC))
    plan = stored.plan(spring)
    assert plan.goal("nord-fcr") is None
    assert all(one.parent in ("", "company-csat") for one in plan.goals)


def test_a_band_is_no_target(spring: Season) -> None:
    goal(Unit.objects.get(season=spring, unit_id="nord"), "nord-aht", kpi="aht", is_band=True, band_low=280, band_high=360, target=300)
    found = stored.plan(spring).goal("nord-aht")
    assert found is not None
    assert (found.band, found.target) == (Band(280, 360), None)


def test_a_rule_set_aside_for_each_is_set_aside_for_every_one(spring: Season) -> None:
    Override.objects.create(season=spring, goal=Goal.objects.get(key="nord-each-fcr"), rule="R06", by_name="Cecilia", reason="Both matter here.")
    Override.objects.create(season=spring, rule="R47", by_name="David", reason="So it is.", withdrawn_at=datetime(2026, 2, 1, tzinfo=UTC))
    overrides = stored.plan(spring).overrides
    assert {one.goal for one in overrides} == {"nord-each-fcr", "nord-each-fcr/anna", "nord-each-fcr/bengt"}
    assert {(one.rule, one.by, one.reason) for one in overrides} == {("R06", "Cecilia", "Both matter here.")}


def test_the_plan_of_a_day_is_the_one_in_force(spring: Season) -> None:
    assert stored.current(date(2026, 3, 1)) is None
    Season.objects.filter(pk=spring.pk).update(state="in_force")
    found = stored.current(date(2026, 3, 1))
    assert found is not None
    assert found.name == "Spring"
    assert stored.current(date(2026, 7, 1)) is None


def test_a_change_is_never_rewritten(spring: Season) -> None:
    change = Change.objects.create(season=spring, what="made", by_name="David Berg")
    change.what = "something else"
    with pytest.raises(TypeError, match="kept as it was written"):
        change.save()
