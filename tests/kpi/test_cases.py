"""Every worked case of every KPI: by the oracle and by the engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

import oracle
from nyckeltal.contacts.world import World
from nyckeltal.kpi.ask import ask
from oracle import clocks, definition

FIGURES = ("gives", "variants", "by_queue", "by_agent", "as_team")
CONDITIONS = ("say", "period", "known_until", "set")


@dataclass(frozen=True)
class Expected:
    """One figure that a case promises: asked how, and what comes out (`3/4`, `12.5`, `refused`)."""

    kpi: str
    case: Mapping[str, Any]
    gives: str
    variant: str | None = None
    by: str | None = None
    of: str | None = None

    def __str__(self) -> str:
        how = ", ".join(part for part in (self.variant, f"{self.by} {self.of}" if self.by else None) if part)
        return f"{self.kpi}: {self.case['say']}" + (f" ({how})" if how else "")


def _promised() -> Iterator[Expected]:
    for kpi in definition.catalogue():
        for case in definition.read(kpi)["case"]:
            yield Expected(kpi, case, case["gives"])
            for variant, gives in case.get("variants", {}).items():
                yield Expected(kpi, case, gives, variant)
            for name, by in (("by_queue", "queue"), ("by_agent", "agent"), ("as_team", "team")):
                for of, gives in case.get(name, {}).items():
                    yield Expected(kpi, case, gives, None, by, of)


PROMISED = list(_promised())
COUNTED = [expected for expected in PROMISED if expected.gives != "hidden"]  # hiding is no counting; the engine alone hides


def _rows(case: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {name: [dict(row) for row in found] for name, found in case.items() if name not in (*FIGURES, *CONDITIONS)}


@cache
def _facts(kpi: str, say: str) -> World:
    """A case's centre for the engine; made once for all the figures that the case promises."""
    case = next(case for case in definition.read(kpi)["case"] if case["say"] == say)
    return World.of(_rows(case), case.get("known_until"), defaults=True)


def _agrees(numerator: float | None, denominator: float | None, value: float | None, gives: str, scale: float) -> bool:
    """Whether a figure is what the case says: both sums where it names both, else the value."""
    if "/" not in gives:
        return value == pytest.approx(float(gives), abs=1e-9)
    top, bottom = map(float, gives.split("/"))
    sums = (numerator or 0, denominator or 0) == pytest.approx((top, bottom), abs=1e-9)
    return sums and (value is None if not bottom else value == pytest.approx(scale * top / bottom, abs=1e-9))


@cache
def _centre(kpi: str, say: str) -> oracle.World:
    case = next(case for case in definition.read(kpi)["case"] if case["say"] == say)
    return oracle.World(_rows(case), case.get("known_until"), case=True)


@pytest.mark.parametrize("expected", COUNTED, ids=str)
def test_a_worked_case_comes_out_by_plain_python(expected: Expected) -> None:
    world = _centre(expected.kpi, expected.case["say"])
    period = clocks.span(expected.case["period"]) if "period" in expected.case else None
    by = (expected.by,) if expected.by else ()
    figures = oracle.ask(world, expected.kpi, by, variant=expected.variant, period=period, given=expected.case.get("set", {}))
    if expected.gives == "refused":
        assert list(figures) == [("refused",)]
        return
    figure = figures[None, expected.of] if expected.by else figures[None,]
    scale = definition.effective(expected.kpi, None, expected.variant).get("scale", 1)
    assert _agrees(figure.numerator, figure.denominator, figure.value, expected.gives, scale), figure


@pytest.mark.parametrize("expected", PROMISED, ids=str)
def test_a_worked_case_comes_out_on_the_engine(expected: Expected) -> None:
    variant, beside = definition.parted(expected.kpi, expected.variant)
    question: dict[str, Any] = {"variant": variant, "set": expected.case.get("set"), "by": (expected.by,) if expected.by else ()}
    if "period" in expected.case:
        start, end = clocks.span(expected.case["period"])
        question |= {"start": start, "end": end - timedelta(days=1)}
    figures = ask(expected.kpi, facts=_facts(expected.kpi, expected.case["say"]), floor=0, **question).figures
    if expected.gives == "refused":
        assert [figure.reason for figure in figures] == ["refused"]
        return
    figure = next(figure for figure in figures if not expected.by or figure.by[expected.by] == expected.of)
    if expected.gives == "hidden":
        assert (figure.reason, figure.value, figure.numerator, figure.denominator, figure.n) == ("hidden", None, None, None, None)
        return
    if beside:
        assert figure.parts.get(beside) == _value(expected.gives), figure
        return
    scale = definition.effective(expected.kpi, None, expected.variant).get("scale", 1)
    assert _agrees(figure.numerator, figure.denominator, figure.value, expected.gives, scale), figure


def _value(gives: str) -> Any:
    """What stands beside a figure has a value and no sums."""
    top, _, bottom = gives.partition("/")
    if bottom and not float(bottom):
        return None
    return pytest.approx(float(top) / float(bottom or 1), abs=1e-9)


@pytest.mark.parametrize("kpi", definition.catalogue())
def test_every_kpi_shows_several_worked_cases(kpi: str) -> None:
    says = [case["say"] for case in definition.read(kpi)["case"]]
    assert len(says) >= 2
    assert len(set(says)) == len(says)
