"""Where a goal starts from: its months asked as the person who sets it may, the baseline, and how likely the target is."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.definition import Kpi
from nyckeltal.plan import goal as core
from nyckeltal.plan.baseline import Measured, baseline, lacking, of_persons
from nyckeltal.plan.guardrails.aim import no_baseline
from nyckeltal.plan.proposal import Proposal, proposal
from nyckeltal.plan.reach import reach
from nyckeltal.plan.series import months_between
from nyckeltal.web.frame import facts
from nyckeltal.web.kpi import asking, names
from nyckeltal.web.kpi.question import PageQuestion
from nyckeltal.web.kpi.team import log_once_a_day
from nyckeltal.web.people.models import User
from nyckeltal.web.plan import setting, stored
from nyckeltal.web.plan.models import Agreement, Goal
from nyckeltal.when.period import add_months
from nyckeltal.words import Text

LOOKED_BACK = 24  # months
PER_MONTH = "month"


@dataclass(frozen=True)
class Start:
    """Where a unit stands with a key figure, and its people, where they may be seen; `lacks` says why there is no baseline."""

    series: Sequence[Figure] = ()
    measured: Measured | None = None
    lacks: Text | None = None
    people: Mapping[str, Sequence[Figure]] = field(default_factory=dict)
    persons: Mapping[str, Measured] = field(default_factory=dict)


def months_before(starts: date) -> tuple[date, date]:
    """First and last day."""
    end = min(starts, timezone.now().date()).replace(day=1)
    return add_months(end, -LOOKED_BACK), date.fromordinal(end.toordinal() - 1)


def start(person: User, goal: Goal) -> Start:
    """As this person may see it; persons only for the own leader, one's own for an agent. Kept as long as data and day are the same."""
    kpi = asking.kpis().get(goal.kpi)
    if kpi is None:
        return Start(lacks=Text("plan.no_such_kpi", "This key figure is not defined any more."))
    first, last = months_before(goal.season.starts)
    question = PageQuestion(goal.kpi, first, last, per=PER_MONTH, variant=goal.variant, chosen=chosen(goal))
    told = asking.tell(person, question)
    if told.refusal is not None:
        return Start(lacks=told.refusal)
    series = told.figures
    measured = baseline(series, rolling=_rolling(kpi, goal))
    return Start(series, measured, None if measured else lacking(series))


def chosen(goal: Goal) -> dict[str, str]:
    """Whose figures a goal is about; the company's are everybody's."""
    return {} if goal.unit.level == "company" else {goal.unit.level: goal.unit.unit_id}


def people(person: User, goal: Goal, *, looks: bool = True) -> Start:
    """The same with each agent of the team, drawn towards the others: for the own leader, who is written down as having looked. `looks`: somebody does."""
    first, last = months_before(goal.season.starts)
    question = PageQuestion(goal.kpi, first, last, by=("agent",), per=PER_MONTH, variant=goal.variant, chosen=chosen(goal))
    told = asking.tell(person, question)
    if told.refusal is not None:
        return Start(lacks=told.refusal)
    if looks:
        log_once_a_day(person, {str(one.by["agent"]) for one in told.figures if one.by.get("agent")}, _looked_at(goal))
    about = (facts.current().id, asking.stamp(), question.address, question.by, sorted(told.within.items()))  # the last: of whom this reader is told
    key = "plan:start:" + hashlib.sha256(repr(about).encode()).hexdigest()
    found: Start | None = cache.get(key)
    if found is None:
        found = _persons(told.figures, _rolling(asking.kpis()[goal.kpi], goal))
        cache.set(key, found, asking.KEPT_S)
    return found


def _persons(figures: Sequence[Figure], rolling: int) -> Start:
    by_agent: dict[str, list[Figure]] = defaultdict(list)
    for one in figures:
        if one.by.get("agent"):
            by_agent[str(one.by["agent"])].append(one)
    return Start(people=dict(by_agent), persons=of_persons(by_agent, rolling=rolling))


def _rolling(kpi: Kpi, goal: Goal) -> int:
    return int(kpi.said(goal.variant or None, goal.level)["rolling_months"] or 1)


def _looked_at(goal: Goal) -> str:
    return f"{goal.kpi}, {names.named('team', goal.unit.unit_id)}"


def own(person: User, agreement: Agreement) -> Start:
    """One agent's own months, for that agent."""
    goal = agreement.goal
    first, last = months_before(goal.season.starts)
    told = asking.tell(person, PageQuestion(goal.kpi, first, last, per=PER_MONTH, variant=goal.variant, chosen={"agent": agreement.agent_id}))
    return Start(lacks=told.refusal) if told.refusal is not None else Start(told.figures)


def measure(person: User, goal: Goal, *, looks: bool = True) -> Start:
    """Baseline and chance of the goal and of each person who is to agree to it, kept with them."""
    found = start(person, goal)
    agreements = list(goal.agreements.all())
    if goal.level == "agent" and found.measured is not None:
        told = people(person, goal, looks=looks)
        for agreement in agreements:
            one = told.persons.get(agreement.agent_id)
            agreement.baseline, agreement.reach = kept(one), chance(one, goal, agreement)
            if agreement.state == Agreement.State.MEASURING and enough(goal, agreement):
                agreement.state = Agreement.State.PROPOSED  # from here on it is a goal like the others', and can be asked about
    setting.keep_measured(goal, kept(found.measured), chance(found.measured, goal), agreements if goal.level == "agent" else ())
    return found


def enough(goal: Goal, agreement: Agreement) -> bool:
    """Whether it is known where that person stands, as far as the rules ask for it."""
    kpi = asking.kpis().get(goal.kpi)
    return kpi is not None and no_baseline(stored.goal(goal, agreement), kpi) is None


def kept(measured: Measured | None) -> dict[str, Any] | None:
    return asdict(measured.baseline) if measured is not None else None


def aim_of(goal: Goal, agreement: Agreement | None = None) -> float | core.Band | None:
    made = stored.goal(goal, agreement)
    return made.band if made.band is not None and (made.band.low, made.band.high) != (None, None) else made.target


def chance(measured: Measured | None, goal: Goal, agreement: Agreement | None = None, effect: float | None = None) -> float | None:
    """With what the action is expected to add, unless another effect is asked about."""
    aim, kpi = aim_of(goal, agreement), asking.kpis().get(goal.kpi)
    if measured is None or aim is None or kpi is None:
        return None
    return reach(measured, aim, kpi.better, months_between(measured.last, goal.ends), effect=goal.effect if effect is None else effect)


def proposed(found: Start, goal: Goal, peers: Sequence[float] = ()) -> Proposal | None:
    """A target to begin from; for a band none, since its edges are a matter of what is sound and not of what is far."""
    kpi = asking.kpis().get(goal.kpi)
    if found.measured is None or kpi is None or kpi.better not in {"higher", "lower"}:
        return None
    made = stored.goal(goal, None)
    ahead = months_between(found.measured.last, goal.ends)
    return proposal(found.measured, kpi.better, ahead, peers=peers, benchmark=made.benchmark, effect=goal.effect)


def peers(person: User, goal: Goal) -> list[float]:
    """Comparable others as this person may see them: the people of the own team, or the other teams; only those with enough behind them."""
    if goal.level == "agent":
        told = people(person, goal)
        return [one.baseline.value for agent, one in told.persons.items() if comparable(told.people[agent])]
    if goal.level != "team":
        return []
    first, last = months_before(goal.season.starts)
    told_teams = asking.tell(person, PageQuestion(goal.kpi, first, last, by=("team",), per=PER_MONTH, variant=goal.variant))
    by_team: dict[str, list[Figure]] = defaultdict(list)
    for one in told_teams.figures:
        by_team[str(one.by["team"])].append(one)
    return [found.baseline.value for series in by_team.values() if (found := baseline(series)) is not None]


def comparable(series: Sequence[Figure]) -> bool:
    """Not where every month is too small to be compared even with all of them together."""
    shown = [one for one in series if one.value is not None]
    least = asking.kpis()[shown[0].kpi].sample_of(shown[0].variant).get("compare", 0) if shown else 0
    return sum(one.n or 0 for one in shown) >= least
