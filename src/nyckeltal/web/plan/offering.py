"""What this room tells the pages that show figures: the plan in force, what its rules say, and how its goals hang together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from nyckeltal.plan import cascade
from nyckeltal.plan.around import Around
from nyckeltal.plan.goal import Plan
from nyckeltal.web.kpi import asking
from nyckeltal.web.kpi.planned import Decision
from nyckeltal.web.people.models import User
from nyckeltal.web.people.planned import sight
from nyckeltal.web.plan import guarding, picture, stored, targets
from nyckeltal.web.plan.guarding import Guard
from nyckeltal.web.plan.models import Season


class Offered:
    """As `web.kpi.planned.Source` asks for it."""

    def current(self, day: date) -> Plan | None:
        return stored.current(day)

    def rules_broken(self, person: User, units: Sequence[str]) -> Sequence[Decision]:
        """Each rule once for a unit, those that stand in the way and nobody has set aside."""
        season, seen = stored.current_season(timezone.now().date()), sight(person)
        if season is None:
            return []
        found: dict[tuple[str, str], Decision] = {}
        for unit, guard in _standing(season, guarding.guards(season, seen)):
            if unit in units and guard.holds_up:
                address = reverse("plan:measure", args=[season.pk, unit])
                found.setdefault((guard.rule, unit), Decision(guard.message, guard.remedy, address, gettext("Look at the goal")))
        return list(found.values())

    def hanging(self, person: User, shown: Mapping[str, Any]) -> Mapping[str, Any]:
        """The picture for whoever sees the whole; `shown` are the standings by the goal's id."""
        season, seen = stored.current_season(timezone.now().date()), sight(person)
        if season is None or not seen.whole:
            return {}
        found, plan = picture.cascade(seen, season, guarding.guards(season, seen)), stored.plan(season)
        company, middle = ([(box, shown.get(box.goal.key), "") for box in column] for column in (found.company, found.middle))
        people = [(box, None, _together(box, plan)) for box in found.people]
        return {"season": season, "company": company, "middle": middle, "people": people, "left": found.left, "right": found.right}


def _together(box: picture.Box, plan: Plan) -> str:
    """What the goals of persons give for the one above; nothing for so few that it would tell of one of them."""
    above = plan.goal(box.goal.parent.key) if box.goal.parent else None
    kpi = asking.kpis().get(above.kpi) if above else None
    if above is None or kpi is None or sum(one.together == box.goal.key for one in plan.goals) < picture.LEAST_COUNTED:
        return ""
    found = cascade.given(above, kpi, tuple(plan.children(above)), Around(today=timezone.now().date(), catalogue=asking.kpis()))
    if found is None:
        return ""
    said = {"value": targets.in_words(found.value, kpi.unit), "needed": targets.in_words(found.needed, kpi.unit)}
    if found.enough:
        return gettext("If all reach theirs, it gets %(value)s. It adds up.") % said
    return gettext("If all reach theirs, it gets %(value)s and needs %(needed)s.") % said


def _standing(season: Season, guards: guarding.Guards) -> Iterator[tuple[str, Guard]]:
    for goal in season.goals.filter(removed_at=None).select_related("unit"):
        yield from ((goal.unit.unit_id, guard) for guard in guards.of(goal))
    for unit in season.units.all():
        yield from ((unit.unit_id, guard) for guard in guards.of_unit(unit))
