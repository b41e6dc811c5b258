"""A plan that breaks a rule, read in as a file, shows that rule's message on the page, whichever of the forty-seven it is."""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import combinations

import pytest
from django.conf import settings
from django.template.loader import render_to_string

import broken_plans as broken
import plans
from nyckeltal.errors import BadPlan
from nyckeltal.plan.around import Around
from nyckeltal.plan.goal import Plan
from nyckeltal.plan.guardrails import check
from nyckeltal.plan.writing import written
from nyckeltal.web.kpi import asking
from nyckeltal.web.people.models import User
from nyckeltal.web.people.planned import Sight
from nyckeltal.web.plan import guarding, importing, stored
from nyckeltal.web.plan.guarding import Guard
from nyckeltal.web.plan.surroundings import Surroundings

SOAK = os.environ.get("NYCKELTAL_SOAK") == "1"
WITHOUT_LEVER = """id = "own"
version = 1
name = "Our own"
asks = "How many?"
purpose = ["service"]
unit = "share"
better = "lower"
over = "contact"

[share]
of = "answered"

[goal]
team = "month"

[reading]
empty = "Nothing."
floor = 1
"""


def _told(plan: Plan, around: Around, david: User, monkeypatch: pytest.MonkeyPatch) -> dict[str, Guard]:
    """Everything the page says to somebody who leads each team and manages the whole, by rule."""
    season = importing.read(written(replace(plan, id="season")), david)
    kept = replace(around, catalogue=asking.kpis())
    monkeypatch.setattr(guarding.surroundings, "of", lambda _plan: Surroundings(kept, repr(plan), "known"))  # type: ignore[attr-defined]  # a room of guarding's
    people = frozenset(goal.owner for goal in plan.goals) | {name for names in around.without_feedback.values() for name in names}
    guards = guarding.guards(season, Sight(manages=True, led=frozenset(unit.id for unit in plan.units), names=people))
    every = [*guards.whole, *(one for told in (*guards.by_unit.values(), *guards.by_goal.values()) for one in told)]
    return {one.rule: one for one in every}


def test_each_rule_speaks_on_the_page(people: dict[str, User], monkeypatch: pytest.MonkeyPatch) -> None:
    own = settings.NYCKELTAL_HOME / "kpi"
    own.mkdir()
    (own / "own.toml").write_text(WITHOUT_LEVER, encoding="utf-8")
    monkeypatch.setattr(stored, "members", lambda _goal: frozenset())  # the plans' people are not the cast's
    assert set(_told(plans.base(), plans.around(), people["david"], monkeypatch)) == {"R18"}, "a file that is read in has been agreed by nobody"
    silent = []
    for rule, change in broken.BREAKING.items():
        told = _told(*change(plans.base(), plans.around()), people["david"], monkeypatch)
        if rule not in told or not told[rule].message or told[rule].message not in _plain(told[rule]):
            silent.append(rule)
    assert silent == []


def test_two_broken_rules_are_told_side_by_side(people: dict[str, User], monkeypatch: pytest.MonkeyPatch) -> None:
    """As many pairs as there is time for; which rules speak of both is what they say of the plan itself."""
    own = settings.NYCKELTAL_HOME / "kpi"
    own.mkdir()
    (own / "own.toml").write_text(WITHOUT_LEVER, encoding="utf-8")
    monkeypatch.setattr(stored, "members", lambda _goal: frozenset())
    differing = []
    for one, other in list(combinations(broken.BREAKING, 2))[:: 1 if SOAK else 97]:
        plan, around = broken.both(broken.BREAKING[one], broken.BREAKING[other])(plans.base(), plans.around())
        meant = {breach.rule for breach in check(plan, around)} | {"R18"}
        try:
            told = set(_told(plan, around, people["david"], monkeypatch))
        except BadPlan:
            assert (one, other) == ("R16", "R33"), "these two add a goal of the same name, which no file can say"
            continue
        if told != meant:
            differing.append((one, other, sorted(told ^ meant)))
    assert differing == []


def _plain(guard: Guard) -> str:
    from html import unescape

    return unescape(render_to_string("plan/guard.html", {"guard": replace(guard, ways=[one for one in guard.ways if one.address])}))
