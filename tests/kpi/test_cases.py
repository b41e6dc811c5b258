"""Every worked case of every KPI: by the oracle and by the engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

import oracle
from nyckeltal.contacts.world import World
from nyckeltal.kpi.answer import Figure
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


def _case(kpi: str, say: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(case for case in definition.read(kpi)["case"] if case["say"] == say)
    return found


@cache
def _facts(kpi: str, say: str) -> World:
    """A case's centre for the engine; made once for all the figures that the case promises."""
    case = _case(kpi, say)
    return World.of(_rows(case), case.get("known_until"), defaults=True)


@cache
def _counted(kpi: str, say: str, variant: str | None, by: str | None) -> Mapping[Any, Any]:
    """The figures by plain python; counted once for all of whom the case promises one."""
    world = _centre(kpi, say)
    case = _case(kpi, say)
    period = clocks.span(case["period"]) if "period" in case else None
    return oracle.ask(world, kpi, (by,) if by else (), variant=variant, period=period, given=case.get("set", {}))


@cache
def _asked(kpi: str, say: str, variant: str | None, by: str | None) -> Sequence[Figure]:
    """The same by the engine."""
    case = _case(kpi, say)
    question: dict[str, Any] = {"variant": variant, "set": case.get("set"), "by": (by,) if by else ()}
    if "period" in case:
        start, end = clocks.span(case["period"])
        question |= {"start": start, "end": end - timedelta(days=1)}
    return ask(kpi, facts=_facts(kpi, say), floor=0, **question).figures


def _agrees(numerator: float | None, denominator: float | None, value: float | None, gives: str, scale: float) -> bool:
    """Whether a figure is what the case says: both sums where it names both, else the value."""
    if "/" not in gives:
        return value == pytest.approx(float(gives), abs=1e-9)
    top, bottom = map(float, gives.split("/"))
    sums = (numerator or 0, denominator or 0) == pytest.approx((top, bottom), abs=1e-9)
    return sums and (value is None if not bottom else value == pytest.approx(scale * top / bottom, abs=1e-9))


@cache
def _centre(kpi: str, say: str) -> oracle.World:
    case = _case(kpi, say)
    return oracle.World(_rows(case), case.get("known_until"), case=True)


@pytest.mark.parametrize("expected", COUNTED, ids=str)
def test_a_worked_case_comes_out_by_plain_python(expected: Expected) -> None:
    figures = _counted(expected.kpi, expected.case["say"], expected.variant, expected.by)
    if expected.gives == "refused":
        assert list(figures) == [("refused",)]
        return
    figure = figures[None, expected.of] if expected.by else figures[None,]
    scale = definition.effective(expected.kpi, None, expected.variant).get("scale", 1)
    assert _agrees(figure.numerator, figure.denominator, figure.value, expected.gives, scale), figure


@pytest.mark.parametrize("expected", PROMISED, ids=str)
def test_a_worked_case_comes_out_on_the_engine(expected: Expected) -> None:
    variant, beside = definition.parted(expected.kpi, expected.variant)
    figures = _asked(expected.kpi, expected.case["say"], variant, expected.by)
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
