"""A goal is understood, agreed and rightly prepared before anybody is measured by it: R13, R18, R44."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nyckeltal.plan.around import Entry
from nyckeltal.plan.breach import Breach, of_goal
from nyckeltal.plan.goal import Goal, Plan
from nyckeltal.plan.guardrails import sayings
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.plan.around import Around

SHORTEST = 10  # characters of an answer
ANSWERS = {
    "purpose": Text("plan.answer.purpose", "what we want from it"),
    "why": Text("plan.answer.why", "why the result matters"),
    "influence": Text("plan.answer.influence", "how the owner can influence it"),
    "method": Text("plan.answer.method", "how it is measured"),
    "action": Text("plan.answer.action", "what is done when it is off target"),
    "owner": Text("plan.answer.owner", "who answers for it"),
}
REGISTER = {
    "purpose": Text("plan.register.purpose", "the purpose"),
    "legal_basis": Text("plan.register.legal_basis", "the legal basis"),
    "informed": Text("plan.register.informed", "the day on which people were informed"),
    "consulted": Text("plan.register.consulted", "the record of the consultation"),
    "assessed": Text("plan.register.assessed", "the data protection impact assessment"),
}


def r13(plan: Plan, around: Around) -> Iterator[Breach]:
    """The four questions, the action or the owner missing."""
    for goal, kpi in around.goals(plan):
        missing = tuple(said for name, said in ANSWERS.items() if _lacks(goal, name))
        if missing:
            values = {"kpi": sayings.named(kpi), "missing": missing, "shortest": SHORTEST}
            said = Text("plan.r13", "“%(kpi)s” does not say yet: %(missing)s.", values)
            remedy = Text("plan.r13.remedy", "Write a sentence on each (at least %(shortest)s characters); they are shown wherever the goal is.", values)
            yield of_goal("R13", "error", goal, said, remedy)


def _lacks(goal: Goal, name: str) -> bool:
    said = str(getattr(goal, name)).strip()
    return not said if name == "owner" else len(said) < SHORTEST


def r18(plan: Plan, around: Around) -> Iterator[Breach]:
    """Begun without the agreement of the agent or the leader."""
    for goal, kpi in around.goals(plan):
        if goal.level in ("agent", "team") and goal.accepted_at is None and around.today >= goal.starts:
            said = Text("plan.r18", "“%(kpi)s” has begun and is not yet agreed with its owner.", {"kpi": sayings.named(kpi)})
            refused = Text("plan.r18.refused", "“%(kpi)s” has begun, and its owner said why it cannot be agreed to.", {"kpi": sayings.named(kpi)})
            remedy = Text("plan.r18.remedy", "Talk it through: is it reachable, and what is needed for it? Then the owner agrees, or says why not.")
            yield of_goal("R18", "error" if goal.level == "agent" else "warning", goal, refused if goal.refused_why.strip() else said, remedy)


def r44(plan: Plan, around: Around) -> Iterator[Breach]:
    """Persons measured before the register says why, on what ground, and with whose knowledge."""
    for goal, kpi in around.goals(plan):
        if goal.level == "agent":
            entry = around.register.get(goal.kpi, around.register.get("*", Entry()))
            missing = tuple(said for name, said in REGISTER.items() if not str(getattr(entry, name)).strip())
            if missing:
                values = {"kpi": sayings.named(kpi), "missing": missing}
                said = Text("plan.r44", "Measuring persons by “%(kpi)s” is not prepared yet; missing: %(missing)s.", values)
                remedy = Text("plan.r44.remedy", "Enter it in the register of purposes, once for each key figure or for all of them.")
                yield of_goal("R44", "error", goal, said, remedy)
