"""Which key figures fit a unit: those that may be a goal there and serve its directions, those that serve a goal above first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nyckeltal.kpi.definition import Kpi
from nyckeltal.web.frame.say import say
from nyckeltal.web.kpi import asking
from nyckeltal.web.plan.models import Goal, Season, Unit

SLOTS = ("primary", "primary", "secondary")  # two of the first direction, one of the second
SHOWN = 6
ABOVE: Mapping[str, tuple[str, ...]] = {"company": (), "client": ("company",), "team": ("client", "company"), "agent": ("team", "client", "company")}
ASKED_OF = {"company": _("For the company"), "client": _("For this client"), "team": _("For the team"), "agent": _("For each agent")}


@dataclass(frozen=True)
class Slot:
    """One of the few: a goal, or room for one; `role` is which direction it is for."""

    role: str
    goal: Goal | None = None
    name: str = ""


@dataclass(frozen=True)
class Suggestion:
    """A key figure that fits, and why; `waits` where it stands on the rotation list."""

    kpi: str
    name: str
    asks: str
    why: str
    role: str
    waits: bool = False


def slots(goals: Sequence[Goal]) -> list[Slot]:
    """The goals in focus in their places, room where there is some; what is too much stands at the end."""
    left = [goal for goal in goals if goal.role != "guard"]
    found = []
    for role in SLOTS:
        goal = next((one for one in left if one.role == role), None)
        found.append(Slot(role, goal, name_of(goal.kpi) if goal else ""))
        left = [one for one in left if one is not goal]
    return found + [Slot(goal.role, goal, name_of(goal.kpi)) for goal in left]


def suggestions(unit: Unit, level: str, goals: Sequence[Goal], above: Sequence[Goal]) -> list[Suggestion]:
    """At most six for each direction, those that serve a goal above first, then those that wait on the rotation list."""
    taken = {goal.kpi for goal in goals}
    found: list[Suggestion] = []
    for role, direction in (("primary", unit.primary), ("secondary", unit.secondary)):
        fitting = [kpi for kpi in asking.kpis().values() if kpi.id not in taken and fits(kpi, level, direction)]
        ranked = sorted(fitting, key=lambda kpi: (not _served(kpi, above), kpi.id not in unit.rotation, direction not in kpi.purpose[:1], name_of(kpi.id)))
        found += [_suggested(kpi, role, level, unit, above) for kpi in ranked[:SHOWN] if kpi.id not in {one.kpi for one in found}]
    return found


def fits(kpi: Kpi, level: str, direction: str) -> bool:
    return bool(kpi.goal.get(level)) and level not in kpi.never and kpi.better != "none" and direction in kpi.purpose and not _counted(kpi, level)


def _counted(kpi: Kpi, level: str) -> bool:
    """How many one takes is no goal for a person who answers what comes in."""
    return level == "agent" and (kpi.unit == "count" or kpi.id == "contacts_per_hour")


def _suggested(kpi: Kpi, role: str, level: str, unit: Unit, above: Sequence[Goal]) -> Suggestion:
    served = _served(kpi, above)
    lever = say(kpi.text(f"levers.{level}"))
    why = gettext("Serves “%(goal)s”.") % {"goal": name_of(served.kpi)} if served else ""
    return Suggestion(kpi.id, name_of(kpi.id), say(kpi.text("asks")), " ".join(part for part in (why, lever) if part), role, kpi.id in unit.rotation)


def _served(kpi: Kpi, above: Sequence[Goal]) -> Goal | None:
    return next((goal for goal in above if serves(kpi, goal.kpi)), None)


def serves(kpi: Kpi, parent: str) -> bool:
    """The same key figure one level up, or one that it contributes to."""
    return kpi.id == parent or parent in kpi.serves


def parents(season: Season, unit: Unit, level: str) -> list[Goal]:
    """Goals that this unit's may serve, the nearest level first: a team's agents serve the own team's."""
    goals = season.goals.filter(removed_at=None, level__in=ABOVE[level]).exclude(role="guard").select_related("unit")
    own = [goal for goal in goals if goal.level != "team" or goal.unit.pk == unit.pk]
    return sorted(own, key=lambda goal: ABOVE[level].index(goal.level))


def natural_parent(kpi: Kpi, above: Sequence[Goal]) -> Goal | None:
    return _served(kpi, above)


def everything(level: str, taken: Collection[str]) -> list[tuple[str, str, bool]]:
    """Id, name and whether it may be a goal there, for whoever looks for another one; what may not be one says why once it is chosen."""
    found = [(kpi.id, name_of(kpi.id), bool(kpi.goal.get(level))) for kpi in asking.kpis().values() if kpi.id not in taken and kpi.better != "none"]
    return sorted(found, key=lambda one: (not one[2], one[1].casefold()))


def name_of(kpi: str) -> str:
    known = asking.kpis().get(kpi)
    return say(known.text("name")) if known else kpi


def may_be(kpi: str, level: str) -> bool:
    """Whether it may be a goal at this level at all."""
    known = asking.kpis().get(kpi)
    return known is not None and bool(known.goal.get(level))
