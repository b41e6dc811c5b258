"""What the rules of the craft say about a season, where it arises: by goal, by unit, each with the ways out that a button can take."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.urls import reverse
from django.utils.translation import gettext

from nyckeltal.kpi.definition import Kpi
from nyckeltal.plan.breach import SEVERITIES, Breach
from nyckeltal.plan.guardrails import check
from nyckeltal.web.frame.say import say
from nyckeltal.web.kpi import asking
from nyckeltal.web.kpi import names as names_of
from nyckeltal.web.people.access import LEAST_PERSONS
from nyckeltal.web.people.planned import Sight, tells_figures
from nyckeltal.web.plan import choosing, keeping, surroundings
from nyckeltal.web.plan.models import Goal, Override, Season, Unit
from nyckeltal.web.plan.surroundings import Known

_MOVES = ("team", "company")  # ways that set a goal at another level
LATER = frozenset({"R03", "R18", "R20", "R21", "R22", "R23", "R25", "R38", "R39", "R40", "R42", "R43", "R45", "R46"})  # about following up, not about setting
MEASURED = frozenset({"R10", "R11", "R15"})  # they say what was measured, or what persons give together
_GRAVITY: tuple[str, ...] = SEVERITIES
ICONS = {"error": "info", "warning": "warning", "advice": "info", "good": "check"}


@dataclass(frozen=True)
class Way:
    """A way out: a button that does it (`do`, with `value`), or a link to where it is done."""

    label: str
    do: str = ""
    value: str = ""
    address: str = ""


@dataclass(frozen=True)
class Guard:
    """One rule's message on a page; `names` are the persons it concerns, where the reader sees them and not all are. `open`: the reader may set it
    aside or let it hold again; `reason` is why it was set aside, empty where that stays with the own leader and the people."""

    rule: str
    severity: str
    message: str
    remedy: str
    ways: Sequence[Way] = ()
    names: Sequence[str] = ()
    override: Override | None = None
    open: bool = False
    reason: str = ""

    @property
    def icon(self) -> str:
        return "check" if self.override else ICONS[self.severity]

    @property
    def holds_up(self) -> bool:
        """An error stands in the way, and a warning wants a written reason, before anybody is asked."""
        return self.override is None and self.severity in {"error", "warning"} and self.rule not in LATER


@dataclass(frozen=True)
class Guards:
    by_goal: Mapping[int, Sequence[Guard]] = field(default_factory=dict)
    by_unit: Mapping[str, Sequence[Guard]] = field(default_factory=dict)
    whole: Sequence[Guard] = ()
    around: Hashable = ()  # by what that which stood around the plan is known again
    known: Known = "known"  # what rules that rest on figures have to go by

    def of(self, goal: Goal) -> Sequence[Guard]:
        return self.by_goal.get(goal.pk, ())

    def of_unit(self, unit: Unit) -> Sequence[Guard]:
        return self.by_unit.get(unit.unit_id, ())


def guards(season: Season, sight: Sight) -> Guards:
    """Of the goals that the person reads, for those who see figures and the whole; what concerns single persons for the own leader alone."""
    if not (sight.whole and sight.figures):
        return Guards()
    plan = keeping.plan(season)
    found = surroundings.of(plan)
    about = (found.edition, found.known)
    return keeping.seen("guards", season, sight, about, lambda: replace(_guards(season, sight, check(plan, found.around)), around=about, known=found.known))


def _guards(season: Season, sight: Sight, breaches: Sequence[Breach]) -> Guards:
    goals = {goal.key: goal for goal in season.goals.filter(removed_at=None).select_related("unit").prefetch_related("agreements")}
    by_goal: dict[int, list[Guard]] = {}
    units = {unit.unit_id: unit for unit in season.units.all()}
    by_unit: dict[str, list[Guard]] = {}
    whole: list[Guard] = []
    overrides = list(season.overrides.filter(withdrawn_at=None).select_related("goal", "goal__unit", "unit"))
    for group in _grouped(breaches, goals):
        about = [goals[key] for key in group.goals if sight.reads_goal(goals[key].level, goals[key].unit.level, goals[key].unit.unit_id)]
        if (group.goals and not about) or not _open(group, goals, sight):
            continue
        if not group.goals:
            unit = units.get(group.first.unit)
            place = by_unit.setdefault(unit.unit_id, []) if unit else whole
            place.append(_wide(group.first, unit, season, sight, overrides))
        for goal in about:
            by_goal.setdefault(goal.pk, []).append(_guard(group, goal, overrides, sight, season))
    return Guards({pk: _in_order(found) for pk, found in by_goal.items()}, {unit: _in_order(found) for unit, found in by_unit.items()}, _in_order(whole))


def _open(group: _Group, goals: Mapping[str, Goal], sight: Sight) -> bool:
    """A message may name the person whose goal it is about."""
    personal = [goals[key] for key in group.goals if goals[key].level == "agent"]
    if group.first.rule in MEASURED and _of_few([goals[key] for key in group.goals], goals.values(), sight):
        return False
    return all(sight.sets("agent", goal.unit.unit_id) for goal in personal)


def _of_few(about: Sequence[Goal], every: Iterable[Goal], sight: Sight) -> bool:
    """Whether a message with figures would tell of one or two persons: the unit's own, or of those whose goals are added up."""
    if any(not tells_figures(sight, one.unit.level, one.unit.unit_id) for one in about):
        return True
    below = [one for one in every if one.level == "agent" and one.unit.unit_id not in sight.led and one.parent_id in {goal.pk for goal in about}]
    return any(0 < len(one.agreements.all()) < LEAST_PERSONS for one in below)


def _in_order(found: Sequence[Guard]) -> list[Guard]:
    return sorted(found, key=lambda one: (one.override is not None, _GRAVITY.index(one.severity), one.rule))


@dataclass
class _Group:
    """One rule about the same stored goals: of those set for each person it fires once a person."""

    first: Breach
    goals: tuple[str, ...]
    owners: list[str]


def _grouped(found: Iterable[Breach], goals: Mapping[str, Goal]) -> list[_Group]:
    groups: dict[tuple[str, tuple[str, ...], str, str], _Group] = {}
    for breach in found:
        keys = tuple(dict.fromkeys(key for one in breach.goals if (key := one.partition("/")[0] if one not in goals else one) in goals))
        shared = any(goals[key].level == "agent" for key in keys)
        place = (breach.rule, keys, breach.severity, "" if shared else f"{breach.unit}/{breach.owner}")
        group = groups.setdefault(place, _Group(breach, keys, []))
        if shared and breach.owner:
            group.owners.append(breach.owner)
    return list(groups.values())


def _guard(group: _Group, goal: Goal, overrides: Sequence[Override], sight: Sight, season: Season) -> Guard:
    breach = group.first
    told = next((one for one in overrides if one.rule == breach.rule and _holds(one, breach.unit, group.goals)), None)
    open_to = sight.sets(goal.level, goal.unit.unit_id, bottom_up=season.bottom_up) and not season.is_over
    ways = [*_ways(breach, goal, group), *_set_aside(breach)] if open_to and told is None else []
    ways = [one for one in ways if one.do not in _MOVES or sight.sets(one.do, goal.unit.unit_id, bottom_up=season.bottom_up)]
    names = _names(group, goal, breach, sight)
    return Guard(breach.rule, breach.severity, say(breach.message), say(breach.remedy), ways, names, told, open_to, said(told, sight) if told else "")


def _wide(breach: Breach, unit: Unit | None, season: Season, sight: Sight, overrides: Sequence[Override]) -> Guard:
    """About a unit as a whole, or the plan."""
    told = next((one for one in overrides if one.rule == breach.rule and _holds(one, breach.unit, ())), None)
    open_to = sets_whole(unit, season, sight) and not season.is_over
    ways = [*_wide_ways(breach, unit, season, sight), *_set_aside(breach, _aside_at(breach.rule, unit, season))] if open_to and told is None else []
    names = sorted(names_of.named("agent", one) for one in breach.names if sight.sees_person(one))
    return Guard(breach.rule, breach.severity, say(breach.message), say(breach.remedy), ways, names, told, open_to, said(told, sight) if told else "")


def sets_whole(unit: Unit | None, season: Season, sight: Sight) -> bool:
    """May the person set a rule aside for all of a unit, or of the plan?"""
    if unit is None:
        return sight.manages
    levels = (unit.level, "agent") if unit.level == "team" else (unit.level,)
    return any(sight.sets(level, unit.unit_id, bottom_up=season.bottom_up) for level in levels)


def _aside_at(rule: str, unit: Unit | None, season: Season) -> str:
    return reverse("plan:override_unit", args=[season.pk, unit.unit_id, rule]) if unit else reverse("plan:override_plan", args=[season.pk, rule])


def _wide_ways(breach: Breach, unit: Unit | None, season: Season, sight: Sight) -> list[Way]:
    if breach.rule != "R05" or unit is None or not sight.sets(unit.level, unit.unit_id, bottom_up=season.bottom_up):
        return []
    return [Way(gettext("Define the purpose"), address=reverse("plan:purpose", args=[season.pk, unit.unit_id]))]


def _holds(one: Override, unit: str, goals: Sequence[str]) -> bool:
    """For one of the goals, for the unit, or for the whole plan."""
    if one.goal is not None:
        return one.goal.key in goals
    return one.unit is None or one.unit.unit_id == unit


def said(one: Override, sight: Sight) -> str:
    """Why; of what is set for persons that stays with their leader and themselves."""
    personal = one.goal is not None and one.goal.level == "agent"
    return one.reason if not personal or (one.goal is not None and one.goal.unit.unit_id in sight.led | sight.team) else ""


def _names(group: _Group, goal: Goal, breach: Breach, sight: Sight) -> list[str]:
    """Whom it concerns, where it is not everybody; for whoever sees them by name."""
    people = {one.agent_id for one in goal.agreements.all()} if goal.level == "agent" else set()
    meant = {*(group.owners if people else ()), *breach.names}
    return sorted(names_of.named("agent", one) for one in meant if sight.sees_person(one)) if meant and meant != people else []


def _set_aside(breach: Breach, address: str = "") -> list[Way]:
    if breach.severity == "advice":
        return []
    label = gettext("Keep both and say why") if breach.rule == "R06" else gettext("Keep it and say why")
    return [Way(label, "" if address else "override", breach.rule, address)]


def _ways(breach: Breach, goal: Goal, group: _Group) -> list[Way]:
    makes = _WAYS.get(breach.rule)
    return makes(goal, group) if makes else []


def _upwards(goal: Goal, _group: _Group) -> list[Way]:
    kpi = asking.kpis().get(goal.kpi)
    found = []
    if kpi and goal.level == "agent" and kpi.goal.get("team"):
        found.append(Way(gettext("Make it the team’s goal"), "team"))
    elif kpi and goal.level != "company" and kpi.goal.get("company"):
        found.append(Way(gettext("Make it the company’s goal"), "company"))
    return found + [Way(gettext("Use “%(kpi)s” instead") % {"kpi": choosing.name_of(one)}, "swap", one) for one in _instead(goal, kpi)]


def _instead(goal: Goal, kpi: Kpi | None) -> list[str]:
    """One that the person can influence and that serves what was meant."""
    taken = set(goal.season.goals.filter(unit=goal.unit, level=goal.level, removed_at=None).values_list("kpi", flat=True))
    fitting = [one for one in asking.kpis().values() if one.id not in taken and choosing.fits(one, goal.level, goal.unit.primary or "service")]
    meant = [one.id for one in fitting if kpi is not None and choosing.serves(one, kpi.id)]
    return (meant or [one.id for one in fitting])[:1]


def _pulling(goal: Goal, group: _Group) -> list[Way]:
    """The time goes into a range; or a third figure keeps the balance."""
    found = []
    for key in group.goals:
        other = goal.season.goals.filter(key=key, removed_at=None).first()
        if other and not other.is_band and asking.kpis()[other.kpi].unit == "seconds":
            found.append(Way(gettext("Make %(kpi)s a range") % {"kpi": _small(other.kpi)}, "band", str(other.pk)))
    kpi = asking.kpis().get(goal.kpi)
    present = set(goal.season.goals.filter(unit=goal.unit, level=goal.level, removed_at=None).values_list("kpi", flat=True))
    balances = [one for one in (kpi.reading.get("balanced_by", []) if kpi else []) if one not in present and asking.kpis()[one].goal.get(goal.level)]
    return found + [Way(gettext("Add %(kpi)s as balance") % {"kpi": _small(one)}, "balance", one) for one in balances[:1]]


def _small(kpi: str) -> str:
    name = choosing.name_of(kpi)
    return name if name[1:2].isupper() else f"“{name}”"


def _time_first(_goal: Goal, _group: _Group) -> list[Way]:
    return [Way(gettext("Keep it as a quiet guard"), "role", "guard"), Way(gettext("Put it on the rotation list"), "park")]


def _range(goal: Goal, _group: _Group) -> list[Way]:
    return [Way(gettext("Make it a range"), "band", str(goal.pk))]


def _too_many(_goal: Goal, _group: _Group) -> list[Way]:
    return [Way(gettext("Put it on the rotation list"), "park"), Way(gettext("Keep it as a quiet guard"), "role", "guard")]


def _without_baseline(goal: Goal, _group: _Group) -> list[Way]:
    found = [Way(gettext("Measure now"), "measure")]
    if goal.level == "agent":
        return [Way(gettext("Measure first, set the goal later"), "first")]
    return [*found, Way(gettext("Set it for trial, three months at most"), "trial")]


def _no_reference(_goal: Goal, _group: _Group) -> list[Way]:
    return [Way(gettext("State that none was found"), "none_found")]


def _proposal(goal: Goal, _group: _Group) -> list[Way]:
    """A range has none: what is proposed is one value to reach. What is too easy for some and out of reach for others can be each one's own."""
    found = [Way(gettext("Make the range fit"), "band", str(goal.pk))] if goal.is_band else [Way(gettext("Take the proposed goal"), "propose")]
    return [Way(gettext("Give each person a goal from where they stand"), "each"), *found] if goal.level == "agent" else found


def _linked(goal: Goal, _group: _Group) -> list[Way]:
    above = choosing.parents(goal.season, goal.unit, goal.level)
    kpi = asking.kpis().get(goal.kpi)
    best = sorted(above, key=lambda one: kpi is None or not choosing.serves(kpi, one.kpi))[:2]
    return [Way(gettext("Let it serve “%(goal)s”") % {"goal": choosing.name_of(one.kpi)}, "serve", str(one.pk)) for one in best if one.pk != goal.parent_id]


def _period(_goal: Goal, _group: _Group) -> list[Way]:
    return [Way(gettext("Follow it by the period it needs"), "period")]


def _register(goal: Goal, _group: _Group) -> list[Way]:
    return [Way(gettext("Say how it was prepared"), address=reverse("plan:register", args=[goal.season.pk]))]


_WAYS = {
    "R44": _register,
    "R01": _upwards, "R12": _upwards, "R02": _period, "R04": _too_many, "R06": _pulling, "R08": _without_baseline, "R09": _no_reference, "R10": _proposal,
    "R11": _proposal, "R14": _linked, "R27": _time_first, "R31": _range, "R30": _upwards,
}  # fmt: skip
