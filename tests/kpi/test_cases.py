"""Every worked case of every KPI: by the oracle and by the engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

import oracle
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

    @property
    def rows(self) -> dict[str, list[dict[str, Any]]]:
        return {name: [dict(row) for row in found] for name, found in self.case.items() if name not in (*FIGURES, *CONDITIONS)}

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


def _agrees(numerator: float | None, denominator: float | None, value: float | None, gives: str, scale: float) -> bool:
    """Whether a figure is what the case says: both sums where it names both, else the value."""
    if "/" not in gives:
        return value == pytest.approx(float(gives), abs=1e-9)
    top, bottom = map(float, gives.split("/"))
    sums = (numerator or 0, denominator or 0) == pytest.approx((top, bottom), abs=1e-9)
    return sums and (value is None if not bottom else value == pytest.approx(scale * top / bottom, abs=1e-9))


@pytest.mark.parametrize("expected", PROMISED, ids=str)
def test_a_worked_case_comes_out_by_plain_python(expected: Expected) -> None:
    world = oracle.World(expected.rows, expected.case.get("known_until"), case=True)
    period = clocks.span(expected.case["period"]) if "period" in expected.case else None
    by = (expected.by,) if expected.by else ()
    figures = oracle.ask(world, expected.kpi, by, None, expected.variant, period, expected.case.get("set"))
    if expected.gives == "refused":
        assert list(figures) == [("refused",)]
        return
    figure = figures[None, expected.of] if expected.by else figures[None,]
    scale = definition.effective(expected.kpi, None, expected.variant).get("scale", 1)
    assert _agrees(figure.numerator, figure.denominator, figure.value, expected.gives, scale), figure


@pytest.mark.parametrize("expected", PROMISED, ids=str)
def test_a_worked_case_comes_out_on_the_engine(expected: Expected) -> None:
    from nyckeltal.kpi.ask import ask

    from nyckeltal.contacts.world import World

    world = World.of(expected.rows, expected.case.get("known_until"), defaults=True)
    question: dict[str, Any] = {"variant": expected.variant, "set": expected.case.get("set"), "by": (expected.by,) if expected.by else ()}
    if "period" in expected.case:
        start, end = clocks.span(expected.case["period"])
        question |= {"start": start, "end": end - timedelta(days=1)}
    figures = ask(expected.kpi, facts=world, floor=0, **question).figures
    if expected.gives == "refused":
        assert [figure.reason for figure in figures] == ["refused"]
        return
    figure = next(figure for figure in figures if not expected.by or figure.by[expected.by] == expected.of)
    scale = definition.effective(expected.kpi, None, expected.variant).get("scale", 1)
    assert _agrees(figure.numerator, figure.denominator, figure.value, expected.gives, scale), figure


@pytest.mark.parametrize("kpi", definition.catalogue())
def test_every_kpi_shows_several_worked_cases(kpi: str) -> None:
    says = [case["say"] for case in definition.read(kpi)["case"]]
    assert len(says) >= 2
    assert len(set(says)) == len(says)
