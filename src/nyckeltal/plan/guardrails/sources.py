"""Figures that a goal rests on are fresh, complete, drawn by rule and promised in full: R25, R32, R37, R39, R45."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from nyckeltal.kpi.meaning import facts_of
from nyckeltal.plan.breach import Breach, of_goal
from nyckeltal.plan.goal import Goal, Plan
from nyckeltal.plan.guardrails import sayings
from nyckeltal.words import Amount, Text

if TYPE_CHECKING:
    from nyckeltal.contacts.model.organisation import Agreement
    from nyckeltal.kpi.definition import Kpi
    from nyckeltal.plan.around import Around

OLD_MEDIAN, OLD_LAST = 45, 60  # days
UNOWNED = 0.20
COMPLETES, ANSWERING = 10, 0.20
LATE, ASIDE, NAMELESS = 2, 0.05, 0.30
OF_KNOWN_CUSTOMERS = frozenset({"fcr", "repeat_contact_rate", "repurchase_rate", "csat", "ces", "nps", "total_experience", "survey_response_rate"})
_FIELDS = {
    "target": Text("agreement.target", "what was promised"),
    "threshold": Text("agreement.threshold", "the time limit"),
    "short_abandon_s": Text("agreement.short_abandon_s", "from when on giving up counts"),
    "reply_limit_s": Text("agreement.reply_limit_s", "the limit for a reply"),
    "variant": Text("agreement.variant", "how it is counted"),
    "clock": Text("agreement.clock", "where the clock starts"),
    "calendar_id": Text("agreement.calendar", "opening hours"),
}
USED = {  # of an agreement, by the KPI that it promises
    "service_level": ("threshold", "target", "short_abandon_s", "variant", "clock", "calendar_id"),
    "asa": ("target", "clock", "calendar_id"),
    "answer_rate": ("target", "short_abandon_s", "calendar_id"),
    "abandonment_rate": ("target", "short_abandon_s", "calendar_id"),
    "first_reply_time": ("target", "calendar_id"),
    "reply_in_time_share": ("target", "reply_limit_s", "calendar_id"),
}
LIMITS = {"service_level": "threshold", "reply_in_time_share": "reply_limit_s"}  # without which two agreements cannot be one figure


def r25(plan: Plan, around: Around) -> Iterator[Breach]:
    """Answers so old that they tell of another time."""
    for goal, kpi in around.goals(plan):
        ages = around.surveys.get(goal.kpi)
        if ages is None:
            continue
        values = {"kpi": sayings.named(kpi), "days": Amount(round(ages.median or 0), "count"), "last": Amount(round(ages.last or 0), "count")}
        old = Text("plan.r25", "“%(kpi)s” rests on answers that are %(days)s days old.", values)
        none_new = Text("plan.r25.last", "“%(kpi)s”: the last answer came %(last)s days ago.", values)
        is_old = (ages.median or 0) > OLD_MEDIAN
        if is_old or (ages.last or 0) > OLD_LAST:
            yield of_goal(
                "R25", "warning", goal, old if is_old else none_new, Text("plan.r25.remedy", "Ask sooner after the contact, and read the answers sooner.")
            )


def r32(plan: Plan, around: Around) -> Iterator[Breach]:
    """A promise that is not said in full; or several with different limits in one figure."""
    for goal, kpi in around.goals(plan):
        if goal.kpi in USED:
            agreements = _agreements(goal, plan, around)
            missing = next((named for one in agreements if (named := _missing(one))), None)
            limits = {getattr(one, LIMITS[goal.kpi]) for one in agreements} if goal.kpi in LIMITS else set()
            if missing:
                told = {"kpi": sayings.named(kpi), "client": around.named(missing[0].client_id), "missing": missing[1]}
                said = Text("plan.r32", "The agreement with %(client)s on “%(kpi)s” does not say: %(missing)s.", told)
                yield of_goal("R32", "error", goal, said, Text("plan.r32.remedy", "Complete the agreement."))
            elif len(limits) > 1 and not around.per_agreement and not _by_client(goal, plan, agreements):
                clients = tuple(dict.fromkeys(around.named(one.client_id) for one in agreements))
                said = Text("plan.r32.mixed", "“%(kpi)s” mixes agreements with different limits: %(clients)s.", {"kpi": sayings.named(kpi), "clients": clients})
                yield of_goal("R32", "error", goal, said, Text("plan.r32.apart", "Set a goal for each client, or show a row for each agreement."))


def _agreements(goal: Goal, plan: Plan, around: Around) -> list[Agreement]:
    """Those on this KPI, in force, with the clients and queues that the goal's unit serves."""
    day = around.day(plan)
    valid = [one for one in around.agreements if one.measure == goal.kpi and one.valid_from <= day and (one.valid_to is None or day < one.valid_to)]
    if goal.level == "company":
        return valid
    if goal.level == "client":
        return [one for one in valid if one.client_id == goal.unit]
    queues, clients = around.queues.get(goal.unit, frozenset()), around.clients.get(goal.unit, frozenset())
    return [one for one in valid if (queues & set(one.queue_ids) if one.queue_ids and queues else one.client_id in clients)]


def _missing(agreement: Agreement) -> tuple[Agreement, tuple[Text, ...]] | None:
    """The fields that its KPI uses and that are empty."""
    names = [name for name in USED[agreement.measure] if getattr(agreement, name) in (None, "")]
    return (agreement, tuple(_FIELDS[name] for name in names)) if names else None


def _by_client(goal: Goal, plan: Plan, agreements: Sequence[Agreement]) -> bool:
    """Whether each of the clients has a goal of its own on the same KPI."""
    with_goal = {other.unit for other in plan.goals if other.level == "client" and other.kpi == goal.kpi}
    return {one.client_id for one in agreements} <= with_goal


def r37(_plan: Plan, around: Around) -> Iterator[Breach]:
    """Demand that nobody owns."""
    if around.unowned is not None and around.unowned > UNOWNED:
        said = Text("plan.r37", "%(share)s of the contacts have no reason, or one that no business area answers for.", {"share": sayings.share(around.unowned)})
        yield Breach("R37", "advice", said, Text("plan.r37.remedy", "Complete the tree of reasons: area, and kind of demand."))


def r39(plan: Plan, around: Around) -> Iterator[Breach]:
    """Too few interviews for a person, customers picked by hand, or few who answer."""
    for agent, asked in around.interviews.items():
        ids = tuple(goal.id for goal, _ in around.goals(plan) if goal.level == "agent" and goal.owner == agent and goal.kpi == "total_experience")
        values = {"n": asked.completes, "least": COMPLETES, "rate": sayings.share(asked.response_rate or 0.0)}
        if not asked.drawn:
            said = Text("plan.r39.picked", "The customers interviewed about an agent were picked, not drawn by the rule.")
            yield Breach("R39", "error", said, Text("plan.r39.draw", "Draw them by the rule, and interview in the order drawn."), ids, owner=agent)
        elif asked.completes < COMPLETES:
            said = Text("plan.r39", "%(n)s interviews about an agent are too few; it takes %(least)s.", values)
            yield Breach("R39", "warning", said, Text("plan.r39.remedy", "Go on with those drawn, or read a longer time."), ids, owner=agent)
        elif asked.response_rate is not None and asked.response_rate < ANSWERING:
            said = Text(
                "plan.r39.rate", "Only %(rate)s of the customers asked about an agent answered: those who did may be others than those who did not.", values
            )
            yield Breach("R39", "warning", said, Text("plan.r39.reach", "Try at other times of the day before going on to the next."), ids, owner=agent)


def r45(plan: Plan, around: Around) -> Iterator[Breach]:
    """A source that is late, rows set aside, customers not known."""
    for goal, kpi in around.goals(plan):
        said = _incomplete(kpi, around)
        if said is not None:
            remedy = Text("plan.r45.remedy", "See to the source; until then the figures are provisional.")
            yield of_goal("R45", "warning", goal, said, remedy)


def _incomplete(kpi: Kpi, around: Around) -> Text | None:
    facts = facts_of(kpi)
    late = max((around.late_days.get(fact, 0) for fact in facts), default=0)
    aside = max((around.set_aside.get(fact, 0.0) for fact in facts), default=0.0)
    values = {"kpi": sayings.named(kpi)}
    if late > LATE:
        return Text("plan.r45", "Data for “%(kpi)s” is late: the last came %(days)s business days ago.", {**values, "days": late})
    if aside > ASIDE:
        return Text("plan.r45.aside", "Data for “%(kpi)s” is incomplete: %(share)s of the rows could not be used.", {**values, "share": sayings.share(aside)})
    if kpi.id in OF_KNOWN_CUSTOMERS and (around.without_customer or 0.0) > NAMELESS:
        share = {"share": sayings.share(around.without_customer or 0.0)}
        return Text("plan.r45.customers", "“%(kpi)s” counts known customers, and %(share)s of the contacts name none.", {**values, **share})
    return None
