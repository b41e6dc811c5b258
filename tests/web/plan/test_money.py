"""A goal for a share of revenue says what it allows in money; nothing where amounts are in several currencies."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nyckeltal.kpi.answer import Figure
from nyckeltal.web.kpi import asking
from nyckeltal.web.kpi.asking import Told
from nyckeltal.web.people.models import User
from nyckeltal.web.plan import money, setting
from nyckeltal.web.plan.models import Season

COST = Figure("cost_share_of_revenue", 1, "three_months", "2026-09", {}, 0.02, "share", numerator=15_000_000.0, denominator=900_000_000.0)


@pytest.mark.parametrize(("currencies", "tells"), [(("SEK",), True), (("SEK", "EUR"), False), ((), False)])
def test_what_a_share_of_revenue_is_in_money(
    currencies: tuple[str, ...], tells: bool, winter: Season, people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    kpi = asking.kpis()["cost_share_of_revenue"]
    goal = setting.add_goal(winter.units.get(level="company"), "company", kpi, by=people["david"], target=0.02)
    monkeypatch.setattr(asking, "tell", lambda *_given: Told(tuple(replace(COST, by={"currency": one}) for one in currencies)))
    said = (
        money.allowed(people["david"], goal, kpi, [COST, replace(COST, period="2026-10", denominator=1.0, provisional=True)])
        .replace("\u202f", " ")
        .replace("\xa0", " ")
    )
    assert bool(said) is tells
    if tells:
        assert "60,000" in said  # a third of 2% of 9,000,000
        assert "50,000" in said
        assert "SEK" in said or "kr" in said


def test_other_goals_say_nothing_of_money(winter: Season, people: dict[str, User]) -> None:
    kpi = asking.kpis()["fcr"]
    goal = setting.add_goal(winter.units.get(level="company"), "company", kpi, by=people["david"], target=0.7)
    assert money.allowed(people["david"], goal, kpi, [replace(COST, kpi="fcr")]) == ""
