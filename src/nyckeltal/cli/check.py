"""`nyckeltal check`: which rules of the craft a plan breaks, and what would be right."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nyckeltal.cli import opening, output, usage

if TYPE_CHECKING:
    from nyckeltal.plan.around import Around
    from nyckeltal.plan.breach import Breach
    from nyckeltal.plan.goal import Plan
    from nyckeltal.words import Text

NAME = "check"
HELP = "Check a plan: which rules of the craft it breaks, how gravely, and what would be right."
EXAMPLE = "nyckeltal check spring.toml"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("plan", type=Path, metavar="PLAN.toml", help="the plan's file (docs/guide/plan-file.md)")
    parser.add_argument("--day", type=usage.day, metavar="DAY", help="look at it as on this day (default: today, or the season's day nearest to it)")
    output.add_format(parser)


def run(args: argparse.Namespace) -> int:
    from nyckeltal.plan.file import read
    from nyckeltal.plan.gathering import gathered
    from nyckeltal.plan.guardrails import check
    from nyckeltal.plan.unknown import unchecked

    opening.bring_up(args.home)
    plan = read(args.plan, args.home)
    around = gathered(plan, args.day, home=args.home)
    breaches, open_questions = check(plan, around), list(unchecked(plan, around))
    if args.format == "json":
        output.print_json([_as_dict(breach) for breach in breaches])
        print("\n".join(_not_checked(open_questions)), file=sys.stderr)
    else:
        print("\n".join(_lines(plan, around, breaches, open_questions)))
    return 1 if any(breach.stands for breach in breaches) else 0


def _as_dict(breach: Breach) -> dict[str, Any]:
    """Persons whom only their leader may see named are left out."""
    plain = {key: getattr(breach, key) for key in ("rule", "severity", "goals", "unit", "owner")}
    overridden = asdict(breach.overridden) if breach.overridden else None
    return {**plain, "message": str(breach.message), "remedy": str(breach.remedy), "overridden": overridden, "stands": breach.stands}


def _not_checked(open_questions: Sequence[tuple[tuple[str, ...], Text]]) -> Iterator[str]:
    if open_questions:
        yield "Not checked:"
        yield from (f"  {', '.join(rules)}: {said}" for rules, said in open_questions)


def _lines(plan: Plan, around: Around, breaches: Sequence[Breach], open_questions: Sequence[tuple[tuple[str, ...], Text]]) -> Iterator[str]:
    yield f"{plan.name}: {len(plan.goals)} goals, as on {around.today}"
    for alike in _alike(plan, breaches):
        first = alike[0]
        yield ""
        yield f"{first.rule}  {first.severity:<8} {first.message}"
        yield f"{'':<14}{first.remedy}"
        yield from (f"{'':<14}{line}" for line in _where(alike))
    if not breaches:
        yield "No rule is broken."
    yield ""
    yield from _not_checked(open_questions)
    counted = {severity: sum(breach.severity == severity for breach in breaches) for severity in ("error", "warning", "advice")}
    set_aside = sum(breach.severity == "error" and not breach.stands for breach in breaches)
    yield ""
    yield f"errors: {counted['error']} ({set_aside} set aside), warnings: {counted['warning']}, advice: {counted['advice']}"


def _alike(plan: Plan, breaches: Sequence[Breach]) -> list[list[Breach]]:
    """What is the same for goals that were set together is told once."""
    together = {goal.id: goal.together or goal.id for goal in plan.goals}
    groups: dict[tuple[Any, ...], list[Breach]] = {}
    for breach in breaches:
        about = tuple(together.get(name, name) for name in breach.goals) or (breach.owner,)
        key = (breach.rule, breach.severity, str(breach.message), about, breach.unit, breach.overridden)
        groups.setdefault(key, []).append(breach)
    return list(groups.values())


def _where(alike: Sequence[Breach]) -> Iterator[str]:
    first = alike[0]
    if first.goals:
        others = f" and {len(alike) - 1} more alike" if len(alike) > 1 else ""
        yield f"goal: {', '.join(first.goals)}{others}"
    elif first.owner or first.unit:
        yield f"about: {first.owner or first.unit}"
    if first.overridden:
        yield f"set aside by {first.overridden.by} on {first.overridden.at:%Y-%m-%d}: {first.overridden.reason}"
