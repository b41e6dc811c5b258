"""A client with goals of its own: set by managers, read by the client."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from nyckeltal.web.plan.models import Goal, Season

SignIn = Callable[[str], Client]


def test_a_client_has_goals_of_its_own(as_person: SignIn, planned: Season) -> None:
    manager, path = as_person("david"), f"/plan/{planned.pk}/of/one/"
    assert manager.post(f"{path}add/", {"kpi": "service_level", "level": "client", "role": "primary"}).status_code == 302
    goal = Goal.objects.get(kpi="service_level")
    assert (goal.level, goal.unit.unit_id) == ("client", "one")
    assert manager.post(f"/plan/goal/{goal.pk}/", {f"g{goal.pk}-target": "80", f"g{goal.pk}-role": "primary"}).status_code in (302, 422)
    page = manager.get(path).content.decode()
    assert "Service level" in page
    assert "Ask for agreement" not in page, "managers answer for it themselves"
    planned.state = Season.State.IN_FORCE
    planned.save()
    read = as_person("fatima").get(path)
    assert read.status_code == 200
    assert "Service level" in read.content.decode()
    assert as_person("fatima").get(f"/plan/{planned.pk}/of/two/").status_code == 403
