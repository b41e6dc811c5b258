"""What the buttons beside a message do: each way out of a broken rule, done at once and written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nyckeltal.kpi.definition import Kpi
from nyckeltal.plan.goal import NONE_FOUND
from nyckeltal.plan.proposal import Proposal
from nyckeltal.web.kpi import asking
from nyckeltal.web.people.models import User
from nyckeltal.web.plan import choosing, measuring, setting
from nyckeltal.web.plan.models import COMPANY, Goal, Unit
from nyckeltal.when.period import add_months

ROOM = 0.1  # a range begins a tenth beside where one stands, where its natural variation is not known


def take(person: User, goal: Goal, way: str, value: str) -> Goal | None:
    """The goal as it then is, or the one that took its place; none where it went elsewhere."""
    if way not in WAYS:
        raise ValidationError(_("There is no such way out."))
    return WAYS[way](person, goal, value)


def set_up(person: User, unit: Unit, level: str, kpi_id: str, role: str) -> Goal:
    """A new goal with all that can be known of it: what it serves, its baseline, a target to begin the talk from."""
    kpi = _known(kpi_id)
    above = choosing.parents(unit.season, unit, level)
    benchmark = {"benchmark_source": kpi.benchmark.get("source", "")[:300]} if kpi.benchmark else {}
    parent = choosing.natural_parent(kpi, above)
    goal = setting.add_goal(unit, level, kpi, by=person, role=role, parent=parent, **benchmark, **_why(parent))
    return with_target(person, goal)


def _why(parent: Goal | None) -> dict[str, str]:
    return {"why": gettext("It serves “%(goal)s”.") % {"goal": choosing.name_of(parent.kpi)}} if parent else {}


def with_target(person: User, goal: Goal) -> Goal:
    """Measured, with the proposed target where there is none yet; a range takes its natural variation."""
    found = measuring.measure(person, goal)
    if goal.is_band:
        if goal.band_low is None and goal.band_high is None and found.measured is not None:
            low, high = edges(goal)
            setting.change_goal(goal, {"band_low": low, "band_high": high}, by=person)
            measuring.measure(person, goal)
        return goal
    if goal.target is None and (proposal := measuring.proposed(found, goal, measuring.peers(person, goal))):
        setting.change_goal(goal, {"target": sound(proposal, _known(goal.kpi))}, by=person)
        measuring.measure(person, goal)
    return goal


def sound(proposal: Proposal, kpi: Kpi) -> float:
    """As people set targets, and never worse than what is there already."""
    worst = min if kpi.better == "lower" else max
    return rounded(worst(proposal.target, proposal.baseline), kpi.unit)


def rounded(value: float, unit: str) -> float:
    """As people set targets: whole percents, five seconds, a tenth."""
    if unit == "share":
        return round(value * 100) / 100 if 0.03 < value < 0.97 else round(value, 3)
    if unit == "seconds":
        step = 5 if value >= 60 else 1
        return float(round(value / step) * step)
    return round(value, 1) if abs(value) < 100 else float(round(value))


def edges(goal: Goal) -> tuple[float, float]:
    base = goal.baseline or {}
    now, unit = float(base["value"]), _known(goal.kpi).unit
    low, high = base.get("low"), base.get("high")
    if low is None or high is None or low == high:
        low, high = now * (1 - ROOM), now * (1 + ROOM)
    return rounded(low, unit), rounded(high, unit)


def _to_team(person: User, goal: Goal, _value: str) -> Goal | None:
    return _moved(person, goal, goal.unit, goal.unit.level)


def _to_company(person: User, goal: Goal, _value: str) -> Goal | None:
    return _moved(person, goal, goal.season.units.get(level="company", unit_id=COMPANY), "company")


def _moved(person: User, goal: Goal, unit: Unit, level: str) -> Goal | None:
    """Where it is there already it only leaves here. Whoever may not set it there proposes it: it is added and its owner asked as usual."""
    there = goal.season.goals.filter(unit=unit, level=level, kpi=goal.kpi, removed_at=None).first()
    setting.remove_goal(goal, by=person)
    if there is None:
        set_up(person, unit, level, goal.kpi, goal.role)
    return None


def _swap(person: User, goal: Goal, value: str) -> Goal | None:
    _known(value)
    setting.remove_goal(goal, by=person)
    return set_up(person, goal.unit, goal.level, value, goal.role)


def _band(person: User, goal: Goal, value: str) -> Goal | None:
    """That goal, or the one beside it of which the message spoke; a range is the second direction's."""
    other = goal if value == str(goal.pk) else goal.season.goals.filter(pk=value if value.isdigit() else 0, unit=goal.unit, level=goal.level).first()
    other = other or goal
    if other.baseline is None:
        measuring.measure(person, other)
    low, high = edges(other) if other.baseline else (other.band_low, other.band_high or other.target)
    fields = {"is_band": True, "role": "secondary" if other.role == "primary" else other.role}
    setting.change_goal(other, fields | {"band_low": low, "band_high": high}, by=person)
    measuring.measure(person, other)
    return other


def _balance(person: User, goal: Goal, value: str) -> Goal | None:
    """Beside it as a quiet guard."""
    return set_up(person, goal.unit, goal.level, _known(value).id, "guard")


def _role(person: User, goal: Goal, value: str) -> Goal | None:
    if value not in {"primary", "secondary", "guard"}:
        raise ValidationError(_("There is no such way out."))
    return setting.change_goal(goal, {"role": value}, by=person)


def _park(person: User, goal: Goal, _value: str) -> Goal | None:
    setting.remove_goal(goal, by=person, park=True)
    return None


def _remove(person: User, goal: Goal, _value: str) -> Goal | None:
    setting.remove_goal(goal, by=person)
    return None


def _measure(person: User, goal: Goal, _value: str) -> Goal | None:
    return with_target(person, goal)


def _trial(person: User, goal: Goal, _value: str) -> Goal | None:
    ends = min(goal.ends, _day_before(add_months(goal.starts, 3)))
    return setting.change_goal(goal, {"provisional": True, "ends": ends}, by=person)


def _day_before(day: date) -> date:
    return day - timedelta(days=1)


def _none_found(person: User, goal: Goal, _value: str) -> Goal | None:
    return setting.change_goal(goal, {"benchmark_value": None, "benchmark_source": NONE_FOUND}, by=person)


def _propose(person: User, goal: Goal, _value: str) -> Goal | None:
    found = measuring.start(person, goal)
    proposal = measuring.proposed(found, goal, measuring.peers(person, goal))
    if proposal is None:
        raise ValidationError(_("There is no baseline to propose a goal from."))
    setting.change_goal(goal, {"target": sound(proposal, _known(goal.kpi))}, by=person)
    measuring.measure(person, goal)
    return goal


def _serve(person: User, goal: Goal, value: str) -> Goal | None:
    parent = next((one for one in choosing.parents(goal.season, goal.unit, goal.level) if str(one.pk) == value), None)
    if parent is None:
        raise ValidationError(_("There is no such way out."))
    return setting.change_goal(goal, {"parent": parent}, by=person)


def _period(person: User, goal: Goal, _value: str) -> Goal | None:
    return setting.change_goal(goal, {"assess": setting.assess_of(_known(goal.kpi), goal.level)}, by=person)


def _known(kpi: str) -> Kpi:
    found = asking.kpis().get(kpi)
    if found is None:
        raise ValidationError(_("There is no key figure “%(kpi)s”."), params={"kpi": kpi})
    return found


WAYS: Mapping[str, Callable[[User, Goal, str], Goal | None]] = {
    "team": _to_team, "company": _to_company, "swap": _swap, "band": _band, "balance": _balance, "role": _role, "park": _park, "remove": _remove,
    "measure": _measure, "trial": _trial, "none_found": _none_found, "propose": _propose, "serve": _serve, "period": _period,
}  # fmt: skip
