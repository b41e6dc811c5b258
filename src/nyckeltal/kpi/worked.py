"""Whether the worked cases of a KPI come out as its file says."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nyckeltal.errors import BadQuestion, UserMistake
from nyckeltal.kpi.ask import ask
from nyckeltal.kpi.definition import Kpi
from nyckeltal.when.period import Period
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.contacts.world import World
    from nyckeltal.kpi.answer import Figure

FIGURES = {"by_queue": "queue", "by_agent": "agent", "as_team": "team"}
NO_FACTS = frozenset({"say", "period", "known_until", "set", "gives", "variants", *FIGURES})
CLOSE = 1e-9
MOST_ROWS = 10_000


def cases_hold(kpi: Kpi, home: Path) -> Iterator[Text]:
    """One sentence per figure that comes out otherwise. `home` is one whose catalogue holds the KPI."""
    for case in kpi.cases:
        try:
            world = _facts(case)
            yield from _of_case(kpi, case, world, home)
        except UserMistake as mistake:
            yield _unreadable(case, mistake.text)
        except Exception:  # noqa: BLE001 rows of any shape may stand in a file that a person wrote, and each part refuses them in its own way
            yield _unreadable(case, Text("kpi.case_strange", "a value in it is of another kind than its column."))


def _unreadable(case: Mapping[str, Any], why: Text) -> Text:
    return Text("kpi.case_unreadable", "The worked case “%(case)s” cannot be counted: %(error)s", {"case": case.get("say", ""), "error": why})


def _facts(case: Mapping[str, Any]) -> World:
    from nyckeltal.contacts.world import World

    rows = {name: [dict(row) for row in found] for name, found in case.items() if name not in NO_FACTS}
    if sum(int(row.get("times") or 1) for found in rows.values() for row in found) > MOST_ROWS:
        raise BadQuestion(Text("kpi.case_too_large", "A worked case has at most %(most)s rows.", {"most": MOST_ROWS}))
    return World.of(rows, case.get("known_until"), defaults=True)


def _of_case(kpi: Kpi, case: Mapping[str, Any], world: World, home: Path) -> Iterator[Text]:
    period = Period.of(case["period"]) if "period" in case else None
    start, end = (period.start, period.last) if period else (None, None)
    for variant, by, of, gives in _promised(case):
        chosen, beside = _parted(kpi, variant)
        figures = ask(kpi.id, variant=chosen, by=by or (), set=case.get("set"), floor=0, facts=world, home=home, start=start, end=end).figures
        figure = next((figure for figure in figures if not by or figure.by.get(by) == of), None)
        found = _found(figure, beside)
        if not _agrees(found, gives, kpi, variant):
            values = {"case": case.get("say", ""), "which": ", ".join(part for part in (variant, of) if part) or kpi.default, "gives": gives, "found": found}
            yield Text("kpi.case_gives_other", "The worked case “%(case)s” says %(gives)s (%(which)s), and %(found)s comes out.", values)


def _promised(case: Mapping[str, Any]) -> Iterator[tuple[str | None, str | None, str | None, str]]:
    """Variant, dimension, its value, and what is said to come out."""
    yield None, None, None, str(case["gives"])
    for variant, gives in case.get("variants", {}).items():
        yield variant, None, None, str(gives)
    for name, by in FIGURES.items():
        for of, gives in case.get(name, {}).items():
            yield None, by, of, str(gives)


def _parted(kpi: Kpi, variant: str | None) -> tuple[str | None, str | None]:
    """The variant, and what stands beside it where that is meant: `p90`, `all.p90`."""
    if variant is None or variant in kpi.variant_names:
        return variant, None
    chosen, _, beside = variant.rpartition(".")
    return chosen or None, beside


def _found(figure: Figure | None, beside: str | None) -> str:
    """What came out, written as a file writes it."""
    if figure is None:
        return "0/0"
    if beside:
        value = figure.parts.get(beside)
        return "0/0" if value is None else f"{value:.12g}"
    if figure.reason == "refused" or figure.numerator is None or figure.denominator is None:
        return figure.reason or f"{figure.value:.12g}"
    return f"{figure.numerator:.12g}/{figure.denominator:.12g}"


def _agrees(found: str, gives: str, kpi: Kpi, variant: str | None) -> bool:
    """The same fraction, or the same value where the file names only that."""
    if "/" not in found and "/" not in gives:
        return found == gives or (_number(found) is not None and _number(gives) is not None and _close(_number(found), _number(gives)))
    if "/" in found and "/" in gives:
        return all(_close(_number(one), _number(other)) for one, other in zip(found.split("/"), gives.split("/"), strict=True))
    scale = float(kpi.said(_parted(kpi, variant)[0])["scale"] or 1)
    return _close(_value(found, scale), _value(gives, scale))


def _value(written: str, scale: float) -> float | None:
    top, _, bottom = written.partition("/")
    over, under = _number(top), _number(bottom) if bottom else None
    if over is None or not bottom:
        return over
    return scale * over / under if under else None


def _number(written: str) -> float | None:
    try:
        return float(written)
    except ValueError:
        return None


def _close(one: float | None, other: float | None) -> bool:
    return (one is None and other is None) or (one is not None and other is not None and math.isclose(one, other, rel_tol=1e-6, abs_tol=CLOSE))
