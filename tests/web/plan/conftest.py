"""A season of the cast's centre, set up as its people would: company, Team Nord, its agents."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from nyckeltal.web.kpi import asking

if TYPE_CHECKING:
    from nyckeltal.web.people.models import User
    from nyckeltal.web.plan.models import Season, Unit

FIRST, LAST = date(2026, 11, 1), date(2027, 4, 30)


@pytest.fixture
def winter(people: dict[str, User]) -> Season:
    """A draft: the company's contacts handled... nothing that is not asked for by the test stands in it yet."""
    from nyckeltal.web.plan import actions

    made = actions.make_season("Winter", FIRST, LAST, by=people["david"], objective="Fewer customers have to come back.")
    actions.set_directions(made.units.get(level="company"), "service", "efficiency", by=people["david"])
    return made


@pytest.fixture
def nord(winter: Season) -> Unit:
    return winter.units.get(unit_id="nord")


@pytest.fixture
def planned(winter: Season, nord: Unit, people: dict[str, User]) -> Season:
    """Company and team goal, one for each agent of Team Nord; nobody has been asked."""
    from nyckeltal.web.plan import setting

    kpis = asking.kpis()
    top = setting.add_goal(winter.units.get(level="company"), "company", kpis["fcr"], by=people["david"], target=0.75)
    team = setting.add_goal(nord, "team", kpis["fcr"], by=people["david"], target=0.75, parent=top)
    setting.add_goal(nord, "agent", kpis["fcr"], by=people["cecilia"], target=0.75, parent=team)
    return winter
