"""What figures told about a plan, written down in the home: asking takes seconds, and pages, the nightly job and commands all want to know it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.state import home_folder
from nyckeltal.plan.around import Ages, Interviews, Seen, Talk

if TYPE_CHECKING:
    from nyckeltal.contacts.facts import Facts
    from nyckeltal.kpi.definition import Kpi
    from nyckeltal.plan.goal import Goal, Plan

FOLDER = "plans"
EDITION = 1  # of what is asked: raised where the same plan and data would tell something else
RESTS_ON = ("contact", "segment", "sale", "finance_month", "survey_response", "qa_evaluation", "feedback_talk")
WAITING = frozenset({"service_level", "asa", "answer_rate", "abandonment_rate"})  # whether such a goal is missed is asked
Found = Mapping[str, Any]  # fields of `Around`


@dataclass(frozen=True)
class About:
    """What was asked about: `plan` the goals, the key figures and the months there are, `state` also the very data and the day."""

    plan: str
    state: str


def about(plan: Plan, catalogue: Mapping[str, Kpi], facts: Facts, day: date, stamp: object = ()) -> About:
    """`stamp` is the edition of the organisation's own definitions, where it is known."""
    kpis = sorted((kpi.id, kpi.version) for kpi in catalogue.values())
    months = [(fact, max(known)) for fact in RESTS_ON if (known := facts.months(fact))]
    goals = [_asked(goal) for goal in plan.goals]
    of_plan = _hash((EDITION, plan.id, plan.starts, plan.ends, goals, kpis, stamp, months))
    return About(of_plan, _hash((of_plan, facts.id, day)))


def _asked(goal: Goal) -> tuple[object, ...]:
    """What of a goal is asked about; what is to be reached only where its chance is not known, or whether it is missed."""
    same = (goal.id, goal.kpi, goal.variant, sorted(goal.settings.items()), goal.level, goal.unit, goal.owner, goal.starts, goal.ends, goal.role, goal.assess)
    return (*same, goal.target, goal.band, goal.effect) if goal.reach is None or goal.kpi in WAITING else same


def _hash(of: object) -> str:
    return hashlib.sha256(repr(of).encode()).hexdigest()


def keep(home: Path | str | None, plan: Plan, of: About, found: Found) -> None:
    """In place whole or not at all; a home that cannot be written to does without."""
    path = _path(home, plan)
    new = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(exist_ok=True)
        new.write_text(json.dumps({"about": asdict(of), "found": {name: _plain(value) for name, value in found.items()}}) + "\n", encoding="utf-8")
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)


def kept(home: Path | str | None, plan: Plan) -> tuple[About, Found] | None:
    """What was found last and about what; None where there is nothing, or of an older form."""
    try:
        said = json.loads(_path(home, plan).read_text(encoding="utf-8"))
        return About(**said["about"]), {name: _BACK.get(name, _as_it_is)(value) for name, value in said["found"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _path(home: Path | str | None, plan: Plan) -> Path:
    return home_folder(home) / FOLDER / f"{hashlib.sha256(plan.id.encode()).hexdigest()[:16]}.json"


def _plain(value: Any) -> Any:
    """For JSON: pairs in place of tables whose keys are no text."""
    if isinstance(value, Mapping):
        if all(isinstance(key, str) for key in value):
            return {key: _plain(one) for key, one in value.items()}
        return [[sorted(key) if isinstance(key, frozenset) else list(key), _plain(one)] for key, one in value.items()]
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(dict(vars(value)))
    return value.isoformat() if isinstance(value, date) else value


def _as_it_is(value: Any) -> Any:
    return value


def _set(value: Any) -> Any:
    return None if value is None else frozenset(value)


def _talk(said: Mapping[str, Any]) -> Talk:
    return Talk(**{**said, "held_on": date.fromisoformat(said["held_on"])})


_BACK: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("missed", "forms", "adjusted", "for_tenure"), _set),
    **dict.fromkeys(("coverage", "without_feedback"), lambda value: {unit: tuple(one) for unit, one in value.items()}),
    "talks": lambda value: None if value is None else tuple(_talk(one) for one in value),
    "surveys": lambda value: {kpi: Ages(**one) for kpi, one in value.items()},
    "interviews": lambda value: {agent: Interviews(**one) for agent, one in value.items()},
    "opposition": lambda value: {frozenset(pair): Seen(**one) for pair, one in value},
    "moved": lambda value: {tuple(key): way for key, way in value},
}
