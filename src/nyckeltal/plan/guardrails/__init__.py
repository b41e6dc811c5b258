"""The rules of the craft (kpi-reference section 7): one function each, in files by theme, all of them in RULES."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from nyckeltal.plan.breach import SEVERITIES, Breach
from nyckeltal.plan.guardrails import agreed, aim, cascade, focus, following, influence, judging, opposing, quality, queue, sources

if TYPE_CHECKING:
    from nyckeltal.plan.around import Around
    from nyckeltal.plan.goal import Plan

Rule = Callable[["Plan", "Around"], Iterator[Breach]]

RULES: tuple[Rule, ...] = (
    influence.r01,
    judging.r02,
    judging.r03,
    focus.r04,
    focus.r05,
    opposing.r06,
    focus.r07,
    aim.r08,
    aim.r09,
    aim.r10,
    aim.r11,
    influence.r12,
    agreed.r13,
    cascade.r14,
    cascade.r15,
    focus.r16,
    opposing.r17,
    agreed.r18,
    aim.r19,
    following.r20,
    following.r21,
    following.r22,
    following.r23,
    quality.r24,
    sources.r25,
    quality.r26,
    quality.r27,
    quality.r28,
    quality.r29,
    influence.r30,
    opposing.r31,
    sources.r32,
    queue.r33,
    aim.r34,
    aim.r35,
    opposing.r36,
    sources.r37,
    following.r38,
    sources.r39,
    judging.r40,
    judging.r41,
    influence.r42,
    judging.r43,
    agreed.r44,
    sources.r45,
    opposing.r46,
    focus.r47,
)


def check(plan: Plan, around: Around) -> list[Breach]:
    """Every rule that the plan breaks, the gravest first. A goal that can be none (R01) is left alone by all other rules but R04."""
    refused = frozenset(name for breach in influence.r01(plan, around) for name in breach.goals)
    sound = replace(around, refused=refused)
    found = [replace(breach, overridden=breach.set_aside_by(plan)) for rule in RULES for breach in rule(plan, sound)]
    return sorted(found, key=lambda breach: SEVERITIES.index(breach.severity))
