"""Writes down who changed what in a plan, and says it in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nyckeltal.web.kpi import asking, names
from nyckeltal.web.people.models import User
from nyckeltal.web.plan import choosing, targets
from nyckeltal.web.plan.forms import DIRECTIONS, ROLES
from nyckeltal.web.plan.models import Change, Goal, Season

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SAID: Mapping[str, _StrPromise] = {
    "made": _("Plan made"),
    "imported": _("Plan read from a file"),
    "name": _("Name: %(before)s → %(after)s"),
    "dates": _("Season: %(before)s → %(after)s"),
    "objective": _("Objective: %(before)s → %(after)s"),
    "order": _("Order of work: %(before)s → %(after)s"),
    "directions": _("Directions: %(before)s → %(after)s"),
    "claims_quality": _("Says to customers that quality is assured: %(before)s → %(after)s"),
    "register": _("Measuring persons: what was done before"),
    "added": _("Goal added"),
    "removed": _("Goal taken out"),
    "parked": _("Put on the rotation list: %(after)s"),
    "unparked": _("Taken off the rotation list: %(after)s"),
    "target": _("To reach: %(before)s → %(after)s"),
    "role": _("Role: %(before)s → %(after)s"),
    "variant": _("Way of counting: %(before)s → %(after)s"),
    "owner": _("Answers for it: %(before)s → %(after)s"),
    "parent": _("Serves: %(before)s → %(after)s"),
    "words": _("%(after)s written"),
    "benchmark": _("Comparison from outside: %(before)s → %(after)s"),
    "period": _("From and to: %(before)s → %(after)s"),
    "baseline": _("Baseline measured: %(after)s"),
    "set_aside": _("Rule %(after)s set aside"),
    "back_in_force": _("Rule %(after)s holds again"),
    "asked": _("Asked for agreement"),
    "agreed": _("Agreed"),
    "refused": _("Says no"),
    "own_target": _("Own target: %(before)s → %(after)s"),
    "measured_first": _("Measured first, the goal comes later"),
    "answered": _("Answered"),
    "reminded": _("Reminded"),
    "in_force": _("Put in force"),
    "over": _("Ended"),
    "rotated": _("Next season begun"),
}
WORDS: Mapping[str, _StrPromise] = {
    "purpose": _("What we want from it"),
    "why": _("Why it matters"),
    "influence": _("How one can influence it"),
    "method": _("How it is measured"),
    "action": _("What is done when it is off"),
    "support": _("Support"),
    "link_reason": _("Why it serves the goal above"),
}

OF_A_GOAL = frozenset(
    {"added", "target", "role", "variant", "parent", "asked", "agreed", "refused", "own_target", "measured_first", "set_aside", "back_in_force", "period"}
)


def note(
    season: Season, what: str, *, by: User | None, goal: Goal | None = None, agent_id: str = "", before: Any = "", after: Any = "", why: str = ""
) -> Change:
    """`by` nobody is the command line or the demo."""
    name = by.name if by else ""
    return Change.objects.create(season=season, goal=goal, agent_id=agent_id, by=by, by_name=name, what=what, before=before, after=after, why=why)


def said(change: Change) -> str:
    return str(SAID.get(change.what, change.what)) % {"before": _value(change, change.before), "after": _value(change, change.after)}


def _value(change: Change, value: Any) -> str:
    if value in ("", None, []):
        return gettext("none")
    if change.what in {"target", "own_target"}:
        return _aim(change, value)
    if change.what == "words":
        return str(WORDS.get(value, value))
    if change.what == "directions":
        return ", ".join(str(DIRECTIONS[one]) for one in value if one in DIRECTIONS) or gettext("none")
    if change.what == "role":
        return str(ROLES.get(value, value))
    if change.what in {"parked", "unparked"}:
        return choosing.name_of(value)
    if change.what == "order":
        return gettext("from below") if value == "bottom_up" else gettext("from the top")
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return str(value)


def _aim(change: Change, value: Mapping[str, Any]) -> str:
    kpi = asking.kpis().get(change.goal.kpi) if change.goal else None
    return targets.limits(value.get("target"), value.get("band_low"), value.get("band_high"), kpi, is_band=bool(value.get("is_band")))


def about(change: Change) -> str:
    """Which goal, and whose, where it is one person's."""
    parts = [choosing.name_of(change.goal.kpi) if change.goal else "", names.named("agent", change.agent_id) if change.agent_id else ""]
    return ", ".join(part for part in parts if part)
