"""Sales, answers, illness and feedback of random centres: the engine and plain Python come to the same."""

from __future__ import annotations

import os
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

import oracle
from nyckeltal.contacts.world import World
from nyckeltal.kpi.ask import ask
from oracle import definition, working

KPIS = [
    *("ces", "total_experience", "survey_response_rate", "sales_per_day", "sales_count", "retention_rate", "retentions_count", "upsell_offer_rate"),
    *("upsell_rate", "order_size", "repurchase_rate", "net_customer_growth", "enps", "employee_satisfaction", "sickness_rate", "attrition_rate"),
    *("feedback_frequency", "feedback_equity"),
]
BY = ((), *((name,) for name in ("client", "team", "agent", "leader", "channel", "weekday", "tenure")))
SOAK = bool(os.environ.get("NYCKELTAL_SOAK"))
QUESTIONS = [(kpi, variant, by, per) for kpi in KPIS if SOAK for variant in definition.variants(kpi) for by in BY for per in (None, "month")]

pytestmark = pytest.mark.skipif(not SOAK, reason="minutes; every worked case asks both ways already")


@cache
def _centre(seed: int) -> tuple[World, oracle.World]:
    rows = working.rows(seed)
    return World.of(rows, working.KNOWN_UNTIL), oracle.World(rows, working.KNOWN_UNTIL)


@pytest.mark.parametrize("seed", [1, 2, 3] if SOAK else [])
@pytest.mark.parametrize(("kpi", "variant", "by", "per"), QUESTIONS)
def test_the_engine_agrees_with_plain_python(kpi: str, variant: str, by: tuple[str, ...], per: str | None, seed: int) -> None:
    facts, plain = _centre(seed)
    first, end = working.PERIOD
    figures = ask(kpi, facts=facts, variant=variant, by=by, per=per, start=first, end=end - timedelta(days=1), floor=0).figures
    expected = oracle.ask(plain, kpi, by, variant=variant, per=per, period=working.PERIOD)
    if [figure.reason for figure in figures] == ["refused"]:
        assert {key[-1] for key in expected} == {"refused"} or all(found.reason == "refused" for found in expected.values())
        return
    found: dict[Any, Any] = {(figure.period if per else None, *(figure.by[name] for name in by)): figure for figure in figures}
    for key in found.keys() | expected.keys():
        if key in found and found[key].reason == "hidden":
            continue
        value = found[key].value if key in found else 0
        assert (value or 0) == pytest.approx((expected[key].value if key in expected else 0) or 0, rel=1e-9), key
