"""What this room offers to the pages of figures, which stand below it: the plan in force, the rules that it breaks, how its goals hang together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from nyckeltal.plan.goal import Plan
from nyckeltal.web.kpi import planned
from nyckeltal.web.kpi.planned import Decision
from nyckeltal.web.people.models import User
from nyckeltal.web.people.planned import sight
from nyckeltal.web.plan import guarding, keeping, picture, stored
from nyckeltal.web.plan.cards import unit_name
from nyckeltal.web.plan.guarding import Guard
from nyckeltal.web.plan.models import Season, Unit
from nyckeltal.web.plan.picture import Box


class Plans:
    """The source that `nyckeltal.web.kpi.planned` describes."""

    def current(self, day: date) -> Plan | None:
        season = stored.current_season(day)
        return keeping.plan(season) if season else None

    def rules_broken(self, person: User, units: Sequence[str]) -> Sequence[Decision]:
        """One line for each unit in which rules stand unanswered, with the gravest of them."""
        season = stored.current_season(timezone.now().date())
        if season is None:
            return []
        seen = sight(person)
        told = guarding.guards(season, seen)
        found = []
        for unit in season.units.filter(unit_id__in=units):
            goals = [goal.pk for goal in unit.goals.filter(removed_at=None)]
            standing = [one for one in (*told.of_unit(unit), *(guard for pk in goals for guard in told.by_goal.get(pk, ()))) if _stands(one)]
            if standing and seen.reads_unit(unit.level, unit.unit_id):
                found.append(_decision(season, unit, standing))
        return found

    def hanging(self, person: User, shown: Mapping[str, Any]) -> Mapping[str, Any]:
        """`shown` is how a goal stands by its id in the plan; those of persons are not among them."""
        season = stored.current_season(timezone.now().date())
        if season is None:
            return {}
        seen = sight(person)
        drawn = picture.cascade(seen, season, guarding.guards(season, seen))
        columns = {name: [_with(box, shown) for box in boxes] for name, boxes in drawn.columns.items()}
        return {"season": season, "left": drawn.left, "right": drawn.right, **columns}


def _with(box: Box, shown: Mapping[str, Any]) -> tuple[Box, Any, str]:
    return box, shown.get(box.goal.key), box.adds


def _stands(guard: Guard) -> bool:
    return guard.override is None and guard.severity == "error"


def _decision(season: Season, unit: Unit, standing: Sequence[Guard]) -> Decision:
    said = {"unit": unit_name(unit), "rule": standing[0].message}
    more = len(standing) - 1
    text = standing[0].remedy if not more else gettext("%(remedy)s And %(n)s more.") % {"remedy": standing[0].remedy, "n": more}
    return Decision(gettext("%(unit)s: %(rule)s") % said, text, reverse("plan:measure", args=[season.pk, unit.unit_id]), gettext("Open the plan"))


def offer() -> None:
    planned.offer(Plans())
