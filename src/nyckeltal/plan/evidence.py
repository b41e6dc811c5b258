"""What figures tell the rules of a plan: asked through `kpi.ask` of the last closed months, and left unknown where nothing tells."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any, Literal

from nyckeltal.errors import UserMistake
from nyckeltal.kpi.meaning import facts_of
from nyckeltal.plan.around import Ages, Around, Interviews, Talk
from nyckeltal.plan.goal import Goal, Plan
from nyckeltal.plan.looked import WAITING
from nyckeltal.plan.standing import whose
from nyckeltal.when.clock import zone
from nyckeltal.when.period import Grain, Period

if TYPE_CHECKING:
    from nyckeltal.contacts.facts import Facts
    from nyckeltal.kpi.answer import Figure

SURVEYED = frozenset({"csat", "ces", "nps", "total_experience"})
FEW = 5
FEWEST_AGENTS = 8  # for quality to differ between them (reference 5.5)
LOOKED_BACK_DAYS, RECENT_DAYS = 365, 60
OPPOSING_MONTHS = 18
LATEST_TALKS = 12  # months
YEAR = 12


@dataclass(frozen=True)
class Asking:
    """Questions about the same facts on the same day; `day` is when the plan is looked at."""

    facts: Facts
    home: Path | str | None
    now: datetime
    day: date

    def __call__(self, *kpis: str, period: Period, **terms: Any) -> list[Figure]:
        """Figures that have a value; none where it cannot be asked so."""
        from nyckeltal.kpi.ask import ask

        try:
            found = ask(*kpis, start=period.start, end=period.last, facts=self.facts, home=self.home, now=self.now, **terms)
        except UserMistake:
            return []
        return [figure for figure in found if figure.value is not None]

    def months(self, count: int) -> Period:
        """The last closed months."""
        last = Period.holding(self.day, Grain.MONTH).before()
        return last.rolling(count)


def evidence(plan: Plan, around: Around, facts: Facts, home: Path | str | None, now: datetime, *, following: bool = True) -> dict[str, Any]:
    """Everything that figures tell, by field of `Around`; only what the plan's goals need is asked. Without `following` what is about following
    up is left out: it takes longest, and a plan that is being written has none."""
    if not any(facts.months(fact) for fact in ("contact", "segment", "sale", "finance_month", "survey_response")):
        return {}
    asking = Asking(facts, home, now, around.today)
    goals = [goal for goal, _ in around.goals(plan)]
    found: dict[str, Any] = {}
    for part in (*SETTING, *(FOLLOWING if following else ())):
        found |= part(plan, goals, around, asking)
    return found


def _standing(plan: Plan, goals: Sequence[Goal], around: Around, asking: Asking) -> dict[str, Any]:
    """Which goals on waiting are missed now, and the chance of those that do not say their own, what is planned included."""
    from nyckeltal.plan.chances import chances
    from nyckeltal.plan.standing import Asked, Status

    waiting = tuple(goal for goal in goals if goal.kpi in WAITING)
    asked = Asked(replace(plan, goals=waiting), asking.day, asking.home, asking.facts, asking.now)
    missed = frozenset(goal.id for goal in waiting if asked.standing(goal).status == Status.OFF)
    unsaid = replace(plan, goals=tuple(goal for goal in goals if goal.reach is None))
    return {"reach": chances(unsaid, around, facts=asking.facts, home=asking.home, now=asking.now).reach, "missed": missed}


def _quality(_plan: Plan, _goals: Sequence[Goal], _around: Around, asking: Asking) -> dict[str, Any]:
    """Forms in use, how many have enough evaluations, whether evaluators agree, and how far agents lie apart."""
    two, three = asking.months(2), asking.months(3)
    channels = frozenset(str(one.by["channel"]) for one in asking("qa_score", by=("channel",), period=three, floor=0) if one.n and one.by["channel"])
    agreed = [one.value for one in asking("qa_agreement", period=three)]
    spread = [one for one in asking("qa_consistency", period=three) if one.n is None or one.n >= FEWEST_AGENTS]
    return {
        "forms": channels or None,
        "coverage": _coverage(two, asking),
        "alpha": agreed[0] if agreed else None,
        "quality_sd": spread[0].value if spread else None,
        "upsell_item": bool(asking("upsell_offer_rate", variant="qa_item", period=three, floor=0)) or None,
    }


def _coverage(two: Period, asking: Asking) -> dict[str, tuple[float | None, ...]]:
    found: dict[str, dict[str, float]] = {}
    for by in ((), ("team",)):
        for one in asking("qa_coverage", by=by, per="month", period=two, floor=0):
            found.setdefault(str(one.by.get("team") or ""), {})[str(one.period)] = one.value or 0.0
    labels = [part.label for part in two.parts(Grain.MONTH)]
    return {unit: tuple(months.get(label) for label in labels) for unit, months in found.items()}


def _feedback(_plan: Plan, _goals: Sequence[Goal], _around: Around, asking: Asking) -> dict[str, Any]:
    """Talks by agent and month, each at the end of its month; how evenly they fall, and who went without."""
    if not asking.facts.months("feedback_talk"):
        return {}
    until = Period(asking.months(LATEST_TALKS).start, asking.day + timedelta(days=1))
    figures = asking("feedback_frequency", by=("agent",), per="month", period=until, floor=0)
    talks = [Talk(min(Period.of(str(one.period)).last, asking.day), str(one.by["agent"])) for one in figures if one.numerator and one.by["agent"]]
    two = asking.months(2)
    equity = {str(one.by["team"]): one.value or 0.0 for one in asking("feedback_equity", by=("team",), period=two) if one.by["team"]}
    return {"talks": tuple(talks), "of_groups": False, "equity": equity, "without_feedback": _without(equity, two, asking) if equity else {}}


def _without(teams: Collection[str], two: Period, asking: Asking) -> dict[str, tuple[str, ...]]:
    """Agents without a talk, or without an evaluation, by team, where the team has one a head or more."""
    talks, evaluations, everybody = (_had(kpi, two, asking) for kpi in ("feedback_frequency", "qa_score", "qa_coverage"))
    found: dict[str, tuple[str, ...]] = {}
    for team in teams:
        judged = dict.fromkeys(everybody.get(team, {}), 0.0) | evaluations[team] if evaluations.get(team) else {}
        without = {agent for had in (talks.get(team, {}), judged) if had and fmean(had.values()) >= 1 for agent, n in had.items() if not n}
        if without:
            found[team] = tuple(sorted(without))
    return found


def _had(kpi: str, two: Period, asking: Asking) -> dict[str, dict[str, float]]:
    """How many talks or evaluations each agent had, by team."""
    found: dict[str, dict[str, float]] = {}
    for one in asking(kpi, by=("team", "agent"), period=two, floor=0):
        if one.by["team"] and one.by["agent"]:
            counted = one.numerator if kpi == "feedback_frequency" else one.n
            found.setdefault(str(one.by["team"]), {})[str(one.by["agent"])] = float(counted or 0.0)
    return found


def _demand(_plan: Plan, goals: Sequence[Goal], _around: Around, asking: Asking) -> dict[str, Any]:
    """Demand that nobody owns; how much revenue moves within a year."""
    three = asking.months(3)
    groups = asking("contacts_offered", by=("area", "demand"), period=three)
    whole = sum(one.value or 0.0 for one in groups)
    unowned = sum(one.value or 0.0 for one in groups if not one.by["area"] or one.by["demand"] in (None, "unknown"))
    known = bool(asking.facts.small("reason").num_rows) and whole > 0
    found: dict[str, Any] = {"unowned": unowned / whole} if known else {}
    if any(goal.level == "company" and goal.kpi.startswith("cost") for goal in goals):
        revenue = [one.denominator for one in asking("cost_share_of_revenue", per="month", period=asking.months(YEAR)) if one.denominator]
        found |= {"revenue_varies": (max(revenue) - min(revenue)) / fmean(revenue)} if len(revenue) >= YEAR else {}
    return found


def _surveys(_plan: Plan, goals: Sequence[Goal], _around: Around, asking: Asking) -> dict[str, Any]:
    """How old answers are; interviews of the last 30 days about agents with a goal on them."""
    until = Period(asking.day - timedelta(days=LOOKED_BACK_DAYS), asking.day + timedelta(days=1))
    ages = {kpi: _ages(kpi, until, asking) for kpi in {goal.kpi for goal in goals} & SURVEYED}
    return {"surveys": {kpi: found for kpi, found in ages.items() if found}, "interviews": _interviews(goals, asking)}


def _ages(kpi: str, until: Period, asking: Asking) -> Ages | None:
    """Of the answer in the middle of those from the last two months, and of the last, in days. Where none came in two months, of those before."""
    figures = asking(kpi, per="day", period=until, floor=0)
    by_age = sorted(((asking.day - date.fromisoformat(str(one.period))).days, one.n or 0) for one in figures)
    recent = [(age, n) for age, n in by_age if age <= RECENT_DAYS] or by_age
    total, passed = sum(n for _, n in recent), 0
    for age, n in recent:
        passed += n
        if passed * 2 >= total > 0:
            return Ages(age, by_age[0][0])
    return None


def _interviews(goals: Sequence[Goal], asking: Asking) -> dict[str, Interviews]:
    """Over the period by which each goal is judged."""
    owners = {goal.owner: goal for goal in goals if goal.level == "agent" and goal.kpi == "total_experience"}
    found: dict[str, Interviews] = {}
    for grain in {goal.assess for goal in owners.values()}:
        last = Period.holding(asking.day, grain).before()
        completes = {one.by["agent"]: one.n or 0 for one in asking("total_experience", by=("agent",), period=last, floor=0)}
        answered = {one.by["agent"]: one.value for one in asking("survey_response_rate", by=("agent",), period=last, floor=0)}
        for owner in (name for name, goal in owners.items() if goal.assess == grain and name in completes):
            found[owner] = Interviews(completes[owner], response_rate=answered.get(owner))
    return found


def _work(_plan: Plan, goals: Sequence[Goal], _around: Around, asking: Asking) -> dict[str, Any]:
    """Days worked, requests to leave and the share of inbound, by agent in a month."""
    kpis, found = {goal.kpi for goal in goals}, dict[str, Any]()
    three = asking.months(3)
    for kpi, field in (("sales_per_day", "planned_days"), ("retention_rate", "requests")):
        if kpi in kpis:
            found[field] = _in_a_month(asking(kpi, by=("agent",), per="month", period=three, floor=0))
    if "contacts_per_hour" in kpis:
        inbound = {one.by["agent"]: one.numerator or 0.0 for one in asking("contacts_per_hour", by=("agent",), period=three, floor=0)}
        outbound = {one.by["agent"]: one.numerator or 0.0 for one in asking("contacts_per_hour", variant="outbound", by=("agent",), period=three, floor=0)}
        both = {agent: inbound.get(agent, 0.0) + outbound.get(agent, 0.0) for agent in {*inbound, *outbound}}
        found["inbound"] = {str(agent): inbound.get(agent, 0.0) / total for agent, total in both.items() if agent and total}
    return found


def _in_a_month(figures: Iterable[Figure]) -> dict[str, float]:
    """What stands below the line of each agent's figures, the mean of the months that are known."""
    found: dict[str, list[float]] = {}
    for one in figures:
        if one.by["agent"]:
            found.setdefault(str(one.by["agent"]), []).append(one.denominator or 0.0)
    return {agent: fmean(months) for agent, months in found.items()}


def _fairness(_plan: Plan, goals: Sequence[Goal], around: Around, asking: Asking) -> dict[str, Any]:
    """KPIs of persons that are read with allowance for what contacts were about, and for experience (`plan/fair.py`)."""
    from nyckeltal.plan.fair import MIX, UNITS

    kpis = {goal.kpi for goal in goals if goal.level == "agent" and around.catalogue[goal.kpi].unit in UNITS}
    some = {"agent": sorted({goal.owner for goal in goals if goal.level == "agent"})[:FEW]}  # enough to see whether it can be told at all
    fair = frozenset(kpi for kpi in kpis if asking(kpi, by=("agent", *MIX), period=asking.months(1), floor=0, within=some))
    return {"adjusted": fair or None, "for_tenure": fair or None}


def _sources(_plan: Plan, goals: Sequence[Goal], around: Around, asking: Asking) -> dict[str, Any]:
    """How late each fact is that a goal rests on, and how many contacts name no customer."""
    needed = {fact for goal in goals for fact in facts_of(around.catalogue[goal.kpi])[:1]} if goals else set()
    late = {fact: days for fact in needed if (days := _late(fact, asking)) is not None}
    unknown = [share for one in asking("fcr", period=asking.months(3), floor=0) if isinstance(share := one.parts.get("unknown_customer"), float)]
    return {"late_days": late, "without_customer": unknown[0] if unknown else None}


def _late(fact: str, asking: Asking) -> int | None:
    """Business days since the fact was last known; by the client that is furthest behind."""
    known = [stretch.known_until for stretch in asking.facts.coverage(fact)]
    if not known:
        return None
    last = min(known).astimezone(zone("UTC")).date()
    return sum((last + timedelta(days=at)).weekday() < 5 for at in range(1, (asking.day - last).days))


def _opposition(_plan: Plan, goals: Sequence[Goal], around: Around, asking: Asking) -> dict[str, Any]:
    """What own data says of pairs of the plan's KPIs, within agents."""
    from nyckeltal.plan.kept import kept
    from nyckeltal.plan.links import links, opposition

    if seen := opposition(kept(asking.home)):
        return {"opposition": seen}
    kpis = dict.fromkeys(goal.kpi for goal in goals if goal.in_focus and "agent" in around.catalogue[goal.kpi].goal)
    period = asking.months(OPPOSING_MONTHS)
    try:
        found = links(kpis, around.catalogue, start=period.start, end=period.last, facts=asking.facts, home=asking.home, now=asking.now)
    except UserMistake:
        return {}
    return {"opposition": opposition(found)}


def _movement(_plan: Plan, goals: Sequence[Goal], around: Around, asking: Asking) -> dict[str, Any]:
    """Which goals' KPIs truly became better between the last two closed months, and how those moved then that balance or oppose them."""
    found: dict[tuple[str, str], Literal["better", "worse"]] = {}
    company = next((goal.unit for goal in goals if goal.level == "company"), "company")
    for level in dict.fromkeys(goal.level for goal in goals):
        own = [goal for goal in goals if goal.level == level]
        moved = _moved({goal.kpi for goal in own}, level, company, {whose(goal) or company for goal in own}, around, asking)
        better = {key for key, way in moved.items() if way == "better"}
        near = {name for _, kpi in better for name in _near(kpi, around)} - {goal.kpi for goal in own}
        found |= moved | _moved(near, level, company, {who for who, _ in better}, around, asking)
    return {"moved": found}


def _moved(
    kpis: Iterable[str], level: str, company: str, whom: Collection[str], around: Around, asking: Asking
) -> dict[tuple[str, str], Literal["better", "worse"]]:
    askable = sorted(name for name in kpis if not around.catalogue[name].said(None, level).refused)
    terms: dict[str, Any] = {} if level == "company" else {"by": (level,), "within": {level: sorted(whom)}}
    return _moves(asking(*askable, per="month", period=asking.months(2), **terms), level, company, around) if askable and whom else {}


def _near(kpi: str, around: Around) -> Iterable[str]:
    """What balances or opposes it, by its own file or by theirs."""
    reading = around.catalogue[kpi].reading
    named = (*reading.get("balanced_by", ()), *reading.get("opposed", ()))
    return [*(name for name in named if name in around.catalogue), *(one.id for one in around.catalogue.values() if kpi in one.reading.get("opposed", ()))]


def _moves(figures: Iterable[Figure], level: str, company: str, around: Around) -> dict[tuple[str, str], Literal["better", "worse"]]:
    from nyckeltal.kpi.change import compared

    series: dict[tuple[str, str], list[Figure]] = {}
    for one in figures:
        series.setdefault((str(one.by.get(level) or company), one.kpi), []).append(one)
    found: dict[tuple[str, str], Literal["better", "worse"]] = {}
    for key, months in series.items():
        for before, now in pairwise(sorted(months, key=lambda one: str(one.period))):
            changed, better = compared(now, before), around.catalogue[key[1]].better
            if changed and changed.verdict == "changed" and better in ("higher", "lower"):
                found[key] = "better" if changed.up == (better == "higher") else "worse"
    return found


Part = Callable[[Plan, Sequence[Goal], Around, Asking], dict[str, Any]]
SETTING: tuple[Part, ...] = (_quality, _demand, _work, _fairness, _opposition)
FOLLOWING: tuple[Part, ...] = (_standing, _feedback, _surveys, _sources, _movement)
