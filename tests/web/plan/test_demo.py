"""The demo's plan is made once, of what the store holds, and left alone from then on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from nyckeltal.web.plan import demo, stored
from nyckeltal.web.plan.models import Season

NOW = datetime(2026, 11, 5, tzinfo=UTC)


def test_a_plan_is_in_force_with_a_draft_behind_it(db: None) -> None:
    made = demo.make(NOW)
    assert made is not None
    assert [(one.state, one.starts.isoformat(), one.ends.isoformat()) for one in Season.objects.all()] == [
        ("draft", "2027-01-01", "2027-06-30"), ("in_force", "2026-07-01", "2026-12-31"),
    ]  # fmt: skip
    plan = stored.current(NOW.date())
    assert plan is not None
    assert {(one.level, one.kpi) for one in plan.goals} >= {("company", "csat"), ("team", "fcr"), ("agent", "aht")}
    assert not any(one.kpi == "aht" and one.in_focus for one in plan.goals)  # handling time comes after the standard of quality
    refused = [one for one in plan.goals if one.refused_why]
    assert len(refused) <= 1
    assert demo.make(NOW) is None
    assert Season.objects.count() == 2


@pytest.mark.parametrize("template", ["service", "efficiency", "sales"])
def test_a_ready_plan_begins_with_goals_at_three_levels(template: str, as_person: object, people: dict[str, object]) -> None:
    browser: Client = as_person("david")  # type: ignore[operator]  # a fixture that signs somebody in
    said = {"name": "Spring", "starts": "2027-01-01", "ends": "2027-06-30", "order": "top", "template": template}
    assert browser.post("/plan/new/", said).status_code == 302
    made = Season.objects.get()
    assert made.objective
    assert {one.level for one in made.goals.all()} == {"company", "team", "agent"}
    assert all(one.parent for one in made.goals.exclude(level="company"))
    assert all(one.purpose and one.why and one.influence and one.method and one.action for one in made.goals.all())


def test_nothing_is_planned_where_nothing_is_loaded(db: None, nothing_loaded: None) -> None:
    assert demo.make(NOW) is None
    assert not Season.objects.exists()
