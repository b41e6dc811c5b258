"""What is worked out from a season, kept in this process as long as nothing it rests on is another: its rows, data, definitions, day, language, reader."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from nyckeltal.plan.goal import Plan
from nyckeltal.web.frame import facts
from nyckeltal.web.kpi import asking
from nyckeltal.web.people.planned import Sight
from nyckeltal.web.plan import stored
from nyckeltal.web.plan.models import Agreement, Goal, Override, Season, Unit

Found = TypeVar("Found")
MOST_KEPT = 64
_kept: dict[Hashable, Any] = {}


def state(season: Season) -> str:
    """The same as long as not one row of it has changed: read from the rows themselves, so that no way of writing them goes unseen."""
    own = {name: value for name, value in vars(season).items() if not name.startswith("_")}
    rows: tuple[QuerySet[Any, Any], ...] = (
        Unit.objects.filter(season=season).order_by("pk").values_list(),
        Goal.objects.filter(season=season).order_by("pk").values_list(),
        Goal.objects.filter(children__season=season).order_by("pk").values_list("pk", "key", "removed_at"),
        Agreement.objects.filter(goal__season=season).order_by("pk").values_list(),
        Override.objects.filter(season=season).order_by("pk").values_list(),
    )
    return hashlib.sha256(repr((sorted(own.items()), [list(found) for found in rows])).encode()).hexdigest()


def plan(season: Season) -> Plan:
    """The plan as it is stored, put together once for each state of it."""
    return _once(("plan", state(season)), lambda: stored.plan(season))


def seen(what: str, season: Season, sight: Sight, around: Hashable, make: Callable[[], Found]) -> Found:
    """For one sight of the season: what another person sees is never met. `around` is what stands around it beyond data and definitions."""
    outside = (settings.NYCKELTAL_HOME, facts.current().id, asking.stamp(), timezone.now().date(), get_language())
    return _once((what, state(season), sight, around, outside), make)


def _once(key: Hashable, make: Callable[[], Found]) -> Found:
    found: Found | None = _kept.get(key)
    if found is None:
        found = make()
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[key] = found
    return found
