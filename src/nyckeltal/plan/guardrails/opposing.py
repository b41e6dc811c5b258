"""KPIs that pull against each other, and handling time with what keeps it honest: R06, R17, R31, R36, R46."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING

from nyckeltal.plan.breach import Breach, of_goal
from nyckeltal.plan.goal import Goal, Plan
from nyckeltal.plan.guardrails import sayings
from nyckeltal.plan.guardrails.sets import against, by_owner, clears, in_focus, overlap, pairs, serves, sets_in_time
from nyckeltal.when.period import add_months
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.plan.around import Around

HANDLING = frozenset({"aht", "acw_time"})
TO_RE_BASE = 2  # months after logging began


def r06(plan: Plan, around: Around) -> Iterator[Breach]:
    """Two goals of one owner that pull against each other, or a goal and the one above it."""
    told: set[tuple[str, frozenset[str]]] = set()
    for one, other in _together(plan, around):
        pair = (one.owner, frozenset({one.kpi, other.kpi}))
        a, b = around.catalogue[one.kpi], around.catalogue[other.kpi]
        evidence = against(a, b, around)
        if evidence is not None and not clears(one, other) and pair not in told:
            told.add(pair)
            values = {"a": sayings.named(a), "b": sayings.named(b), "evidence": evidence}
            said = Text("plan.r06", "“%(a)s” and “%(b)s” pull against each other (%(evidence)s).", values)
            remedy = Text("plan.r06.remedy", "Make one of them a secondary goal with a band, drop one, or let one stand guard.")
            yield Breach("R06", "warning", said, remedy, (one.id, other.id), one.unit, one.owner)


def _together(plan: Plan, around: Around) -> Iterator[tuple[Goal, Goal]]:
    """Pairs in focus at once: of one owner, then each goal with the one above unless that link is a known contribution."""
    sound = [goal for goal, _ in around.goals(plan)]
    for goals in by_owner(in_focus(sound)).values():
        yield from (pair for pair in pairs(goals) if overlap(*pair))
    ids = {goal.id for goal in sound}
    for goal in sound:
        parent = plan.parent(goal)
        if parent and parent.id in ids and overlap(goal, parent) and not serves(goal, around.catalogue[goal.kpi], parent.kpi):
            yield goal, parent


def r17(plan: Plan, around: Around) -> Iterator[Breach]:
    """Teams that share a queue or a client and pull against each other."""
    focus: dict[str, list[Goal]] = {}
    for goal in in_focus(goal for goal, _ in around.goals(plan) if goal.level in ("team", "agent")):
        focus.setdefault(goal.unit, []).append(goal)
    for first, second in combinations(focus, 2):
        if _share(first, second, around):
            for one, other, evidence in _opposing(focus[first], focus[second], around):
                kpis = {"a": sayings.named(around.catalogue[one.kpi]), "b": sayings.named(around.catalogue[other.kpi])}
                values = {"first": around.named(first), "second": around.named(second), **kpis, "evidence": evidence}
                english = "%(first)s and %(second)s work for the same customers with goals against each other: “%(a)s” and “%(b)s” (%(evidence)s)."
                remedy = Text("plan.r17.remedy", "Give them a goal together, or give both teams both, one of them as a secondary goal with a band.")
                yield Breach("R17", "warning", Text("plan.r17", english, values), remedy, (one.id, other.id), first)


def _share(first: str, second: str, around: Around) -> bool:
    return any(bool(table.get(first, frozenset()) & table.get(second, frozenset())) for table in (around.queues, around.clients))


def _opposing(ours: list[Goal], theirs: list[Goal], around: Around) -> Iterator[tuple[Goal, Goal, Text]]:
    """Each opposing pair of KPIs once, cleared as in R06 or where both teams hold both."""
    held = [{goal.kpi for goal in goals} for goals in (ours, theirs)]
    told: set[frozenset[str]] = set()
    for one in ours:
        for other in theirs:
            pair = frozenset({one.kpi, other.kpi})
            evidence = against(around.catalogue[one.kpi], around.catalogue[other.kpi], around)
            if evidence and overlap(one, other) and not clears(one, other) and not all(pair <= kpis for kpis in held) and pair not in told:
                told.add(pair)
                yield one, other, evidence


def r31(plan: Plan, around: Around) -> Iterator[Breach]:
    """Handling time as an agent's only or only primary goal, or pushed down without a lower edge."""
    alone = _alone(plan, around)
    for goal, kpi in around.goals(plan):
        no_edge = goal.target is not None if goal.band is None else goal.band.low is None
        if goal.kpi in HANDLING and (no_edge or goal.id in alone):
            said = Text("plan.r31.alone", "“%(kpi)s” alone invites cutting corners.", {"kpi": sayings.named(kpi)})
            if no_edge and goal.id not in alone:
                said = Text("plan.r31.no_edge", "“%(kpi)s” without a lower edge invites cutting corners.", {"kpi": sayings.named(kpi)})
            pair = {"qa": around.catalogue["qa_score"].text("name"), "fcr": around.catalogue["fcr"].text("name")}
            remedy = Text("plan.r31.remedy", "Write it as a band with a lower edge, beside “%(qa)s” or “%(fcr)s”.", pair)
            yield of_goal("R31", "warning", goal, said, remedy)


def _alone(plan: Plan, around: Around) -> set[str]:
    """Agents' goals on handling time that are the only one in focus, or the only primary one, on some day."""
    found: set[str] = set()
    focus = in_focus(goal for goal, _ in around.goals(plan) if goal.level == "agent")
    for goals in by_owner(focus).values():
        for chosen in sets_in_time(goals):
            primary = [goal for goal in chosen if goal.role == "primary"]
            found |= {group[0].id for group in (chosen, primary) if len(group) == 1 and group[0].kpi in HANDLING}
    return found


def r36(plan: Plan, around: Around) -> Iterator[Breach]:
    """Logging asked for without watching what it costs: no after-contact work beside it, or the old target for handling time kept."""
    sound = [goal for goal, _ in around.goals(plan)]
    for goal in (goal for goal in sound if goal.kpi == "logged_share"):
        beside = any(other.kpi == "acw_time" and (other.level, other.owner) == (goal.level, goal.owner) and overlap(goal, other) for other in sound)
        old = next((other for other in sound if _kept(other, goal, sound)), None)
        names = {name: around.catalogue[name].text("name") for name in ("aht", "acw_time", "logged_share")}
        if not beside:
            said = Text("plan.r36", "“%(logged_share)s” takes time after the contact, and nothing beside it watches “%(acw_time)s”.", names)
            remedy = Text("plan.r36.remedy", "Give the same owner “%(acw_time)s” too, as a secondary goal with a band or as a guard.", names)
            yield of_goal("R36", "warning", goal, said, remedy)
        elif old is not None:
            said = Text("plan.r36.old_target", "“%(logged_share)s” begins, and the target for “%(aht)s” is still the one from before.", names)
            remedy = Text("plan.r36.re_base", "Measure “%(aht)s” anew within two months, and set its target from there.", names)
            yield of_goal("R36", "warning", goal, said, remedy)


def _kept(other: Goal, logging: Goal, goals: list[Goal]) -> bool:
    """A target for handling time of the same unit from before the logging, with none set anew in the two months after it began."""
    if other.kpi != "aht" or other.unit != logging.unit or not other.starts < logging.starts <= other.ends:
        return False
    until: date = add_months(logging.starts, TO_RE_BASE)
    return not any(new.kpi == "aht" and new.unit == other.unit and logging.starts <= new.starts <= until for new in goals)


def r46(plan: Plan, around: Around) -> Iterator[Breach]:
    """A goal's KPI became better while what balances or opposes it became worse."""
    for goal, kpi in around.goals(plan):
        who = goal.owner if goal.level == "agent" else goal.unit
        near = dict.fromkeys((*kpi.reading.get("balanced_by", ()), *kpi.reading.get("opposed", ()), *_opposing_it(goal, around)))
        worse = [name for name in near if around.moved.get((who, name)) == "worse" and name in around.catalogue]
        if around.moved.get((who, goal.kpi)) == "better" and worse:
            values = {"kpi": sayings.named(kpi), "worse": sayings.names(around.catalogue[name] for name in worse)}
            said = Text("plan.r46", "“%(kpi)s” became better while this became worse: %(worse)s. See how it was done.", values)
            yield of_goal("R46", "warning", goal, said, Text("plan.r46.remedy", "Look at cases behind both figures, and balance the goals anew."))


def _opposing_it(goal: Goal, around: Around) -> list[str]:
    return [other.id for other in around.catalogue.values() if goal.kpi in other.reading.get("opposed", ())]
