"""Beginning from a ready plan: its directions, objective and goals in the reader's language; targets are examples until they are measured."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from nyckeltal.plan.goal import LEVELS
from nyckeltal.plan.templates import Proposed, templates
from nyckeltal.web.frame.say import say
from nyckeltal.web.kpi import asking
from nyckeltal.web.people.models import User
from nyckeltal.web.plan import actions, measuring, setting
from nyckeltal.web.plan.models import COMPANY, Goal, Season, Unit


def names() -> dict[str, str]:
    return {one.id: say(one.name) for one in templates().values()}


def described() -> list[tuple[str, str]]:
    return [(say(one.name), say(one.about)) for one in templates().values()]


@transaction.atomic
def begin(season: Season, template: str, person: User) -> None:
    """The company's goals are measured at once, the others as soon as whoever sets them opens them."""
    ready = templates()[template]
    company = season.units.get(level="company", unit_id=COMPANY)
    actions.set_directions(company, ready.primary, ready.secondary, by=person)
    actions.change_season(season, by=person, objective=season.objective or say(ready.objective))
    made: dict[tuple[str, str], Goal] = {}
    for proposed in sorted(ready.goals, key=lambda one: LEVELS.index(one.level)):
        for unit in season.units.filter(level="company" if proposed.level == "company" else "team"):
            parent = made.get((proposed.parent, unit.unit_id)) or made.get((proposed.parent, COMPANY))
            made[proposed.id, unit.unit_id] = _goal(unit, proposed, parent, person)
    for goal in season.goals.filter(level="company").select_related("unit", "season"):
        measuring.measure(person, goal)


def _goal(unit: Unit, proposed: Proposed, parent: Goal | None, person: User) -> Goal:
    said: dict[str, Any] = {name: say(text) for name, text in proposed.answers.items()}
    said |= {
        "support": [say(one) for one in proposed.support],
        "target": proposed.target,
        "is_band": proposed.band is not None,
        "assess": proposed.assess.value,
    }
    if proposed.band is not None:
        said |= {"band_low": proposed.band.low, "band_high": proposed.band.high}
    kpi = asking.kpis()[proposed.kpi]
    said["benchmark_source"] = kpi.benchmark.get("source", "")[:300]
    return setting.add_goal(unit, proposed.level, kpi, by=person, role=proposed.role, parent=parent, **said)
