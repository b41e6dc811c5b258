"""What the buttons beside a message do: each way out of a broken rule, done at once and written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from statistics import median

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nyckeltal.kpi.definition import Kpi
from nyckeltal.plan import goal as core
from nyckeltal.plan.baseline import Measured
from nyckeltal.plan.goal import NONE_FOUND
from nyckeltal.plan.proposal import Proposal
from nyckeltal.plan.reach import reach
from nyckeltal.plan.series import months_between
from nyckeltal.stats.forecast import SOFTEST
from nyckeltal.web.kpi import asking
from nyckeltal.web.people.models import User
from nyckeltal.web.plan import choosing, measuring, setting
from nyckeltal.web.plan.measuring import Start
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
            low, high = _fitting(person, goal)
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
    """Where one period usually lies."""
    base = goal.baseline or {}
    return _usual(float(base["value"]), base.get("low"), base.get("high"), _known(goal.kpi).unit)


def _usual(now: float, low: float | None, high: float | None, unit: str) -> tuple[float, float]:
    if low is None or high is None or low == high:
        low, high = now * (1 - ROOM), now * (1 + ROOM)
    return rounded(low, unit), rounded(high, unit)


def asking_for_something(low: float, high: float, unit: str, chance: Callable[[core.Band], float | None]) -> tuple[float, float]:
    """As wide as usual is reached by itself: narrowed around its middle until it is as hard as a proposed target is at the softest."""
    middle, half = (low + high) / 2, (high - low) / 2
    for step in range(10):
        ends = rounded(middle - half * (1 - step / 10), unit), rounded(middle + half * (1 - step / 10), unit)
        if ends[0] >= ends[1]:
            break
        low, high = ends
        found = chance(core.Band(low, high))
        if found is None or found <= SOFTEST:
            break
    return low, high


def _fitting(person: User, goal: Goal) -> tuple[float, float]:
    """For the unit; where each person has the goal, for the one in the middle."""
    low, high = edges(goal)
    told = measuring.people(person, goal).persons.values() if goal.level == "agent" else [measuring.start(person, goal).measured]
    known = [one for one in told if one is not None]
    return asking_for_something(low, high, _known(goal.kpi).unit, lambda band: median(_chance(one, band, goal) for one in known) if known else None)


def _chance(measured: Measured, aim: float | core.Band, goal: Goal) -> float:
    return reach(measured, aim, _known(goal.kpi).better, months_between(measured.last, goal.ends), effect=goal.effect)


def _each(person: User, goal: Goal, _value: str) -> Goal | None:
    """From where each stands: who has no baseline keeps the goal of all."""
    if goal.level != "agent":
        raise ValidationError(_("There is no such way out."))
    told = measuring.people(person, goal)
    found = {one.pk: _own(told, one.agent_id, goal) for one in goal.agreements.all() if one.agent_id in told.persons}
    aims = {pk: aim for pk, aim in found.items() if aim is not None}
    if not aims:
        raise ValidationError(_("There is no baseline to propose a goal from."))
    setting.give_each(goal, aims, by=person)
    measuring.measure(person, goal)
    return goal


def _own(told: Start, agent: str, goal: Goal) -> tuple[float | None, float | None, float | None] | None:
    """Target, lower and upper end."""
    kpi, measured = _known(goal.kpi), told.persons[agent]
    if goal.is_band:
        base = measured.baseline
        usual = _usual(base.value, base.low, base.high, kpi.unit)
        return None, *asking_for_something(*usual, kpi.unit, lambda band: _chance(measured, band, goal))
    peers = [one.baseline.value for name, one in told.persons.items() if name != agent and measuring.comparable(told.people[name])]
    proposal = measuring.proposed(Start(measured=measured), goal, peers)
    return (sound(proposal, kpi), None, None) if proposal else None


def _first(person: User, goal: Goal, _value: str) -> Goal | None:
    """Measured now; whoever is still too little known is measured first and has no goal until then."""
    measuring.measure(person, goal)
    setting.measure_first(goal, [one for one in goal.agreements.all() if not measuring.enough(goal, one)], by=person)
    return goal


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
    low, high = _fitting(person, other) if other.baseline else (other.band_low, other.band_high or other.target)
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
    "each": _each, "first": _first,
}  # fmt: skip
