"""A plan that breaks no rule, in circumstances that leave nothing to wish for; tests change one thing, or two."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from nyckeltal.contacts.model.organisation import Agreement
from nyckeltal.kpi.catalogue import catalogue
from nyckeltal.plan.around import Around, Entry
from nyckeltal.plan.goal import Band, Baseline, Benchmark, Goal, Plan, Unit

STARTS, ENDS, TODAY = date(2026, 1, 1), date(2026, 6, 30), date(2026, 3, 20)
AGREED = datetime(2025, 12, 10, 9, tzinfo=UTC)
ANSWERED: dict[str, Any] = {
    "purpose": "Customers whose matter is settled.",
    "why": "They stay, and do not have to come back.",
    "influence": "Ask until the whole matter is known.",
    "method": "As the catalogue counts it, each month.",
    "action": "Listen to three contacts together.",
    "support": ("training",),
    "accepted_at": AGREED,
    "reach": 0.5,
}


def goal(name: str, kpi: str, level: Any, **given: Any) -> Goal:
    """A goal in which everything is said; what is `given` replaces it."""
    of_agent = level == "agent"
    said: dict[str, Any] = {
        "id": name,
        "unit": "company" if level == "company" else "nord",
        "kpi": kpi,
        "level": level,
        "owner": "anna" if of_agent else "cecilia",
        "starts": STARTS,
        "ends": ENDS,
        "baseline": Baseline(given.get("target", 0.7) or 0.7, 1200, 6),
        "benchmark": Benchmark(0.7, "a survey of the trade"),
        **ANSWERED,
    }
    return Goal(**(said | given))


def base() -> Plan:
    goals = (
        goal("nps", "nps", "company", target=35, baseline=Baseline(30, 600, 6)),
        goal("csat-nord", "csat", "team", target=8, parent="nps"),
        goal("csat", "csat", "agent", target=8, parent="csat-nord"),
        goal("fcr", "fcr", "agent", target=0.75, parent="csat-nord"),
        goal("aht", "aht", "agent", band=Band(280, 360), role="secondary", parent="csat-nord", baseline=Baseline(372, 1800, 6)),
    )
    units = (Unit("company", "company", "service", "efficiency"), Unit("nord", "team", "service", "efficiency"))
    return Plan("spring", "Spring", "Customers get help at the first contact.", STARTS, ENDS, units, goals)


def around(**given: Any) -> Around:
    known: dict[str, Any] = {
        "today": TODAY,
        "catalogue": catalogue(),
        "forms": frozenset({"voice", "chat", "email"}),
        "upsell_item": True,
        "coverage": {"": (0.92, 0.9)},
        "alpha": 0.85,
        "register": {"*": Entry("To help people improve.", "legitimate interest", "2025-10-01", "minutes of 1 October", "assessment 7")},
        "planned_days": {"": 20.0},
        "tenure_months": {"anna": 30.0},
    }
    return Around(**(known | given))


def agreement(client: str, **given: Any) -> Agreement:
    said: dict[str, Any] = {
        "agreement_id": f"{client}-sl",
        "client_id": client,
        "measure": "service_level",
        "variant": "excl_short",
        "threshold": 20.0,
        "target": 80.0,
        "short_abandon_s": 5.0,
        "clock": "queue",
        "calendar_id": "office",
        "valid_from": date(2025, 1, 1),
    }
    return Agreement(**(said | given))


def with_goal(plan: Plan, name: str, **changes: Any) -> Plan:
    """The same with one goal changed."""
    return replace(plan, goals=tuple(replace(one, **changes) if one.id == name else one for one in plan.goals))


def without_goal(plan: Plan, *names: str) -> Plan:
    return replace(plan, goals=tuple(one for one in plan.goals if one.id not in names))


def added(plan: Plan, *goals: Goal) -> Plan:
    return replace(plan, goals=(*plan.goals, *goals))


def with_unit(plan: Plan, name: str, **changes: Any) -> Plan:
    return replace(plan, units=tuple(replace(one, **changes) if one.id == name else one for one in plan.units))
