"""Asks a KPI of a world: the rows that belong, the groups they fall in, and the sums of each group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from oracle import clocks, conditions, definition
from oracle.rows import Reader, dimension

if TYPE_CHECKING:
    from oracle.definition import Definition
    from oracle.world import Row, World

Key = tuple[Any, ...]


@dataclass
class Result:
    """One figure. `reason` is null, no_data, immature or refused."""

    numerator: float | None = None
    denominator: float | None = None
    value: float | None = None
    n: int = 0
    reason: str | None = None
    beside: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """What is asked: dimensions, grain, first day, day after the last, and settings by hand."""

    by: Sequence[str] = ()
    per: str | None = None
    start: date | None = None
    end: date | None = None
    given: Mapping[str, float] = field(default_factory=dict)


def ask(
    world: World,
    kpi: str,
    by: Sequence[str] = (),
    per: str | None = None,
    variant: str | None = None,
    period: tuple[date, date] | None = None,
    given: Mapping[str, float] | None = None,
) -> dict[Key, Result]:
    """Figures by (label of the period or None, value of each dimension); a refusal stands alone under ("refused",)."""
    start, end = period or (None, None)
    question = Question(by, per, start, end, given or {})
    level = next((level for level in ("agent", "team", "queue") if level in by), None)
    found = counted(world, definition.effective(kpi, level, variant), question, kpi)
    file = definition.read(kpi)
    if not set((variant or "").split(".")) & set(file.get("beside", {})):
        for name in file.get("beside", {}):
            beside = f"{variant}.{name}" if variant and variant != file["default"] else name
            for key, part in counted(world, definition.effective(kpi, level, beside), question, kpi).items():
                found[key].beside[name] = part.value
    return found


def counted(world: World, asked: Definition, question: Question, kpi: str) -> dict[Key, Result]:
    if asked["kind"] == "ratio" and "refuse" not in asked:
        return _ratio(world, asked, question, kpi)
    reader = Reader(world, asked, kpi, question.given)
    if not reader.knows(question.by):
        return {("refused",): Result(reason="refused")}
    groups: dict[Key, list[Row]] = {}
    for row in reader.belonging():
        for key in _keys(reader, row, question):
            groups.setdefault(key, []).append(row)
    if not question.by and not question.per:
        groups.setdefault((None,), [])
    apart = asked.get("apart")
    everything = {id(row): row for rows in groups.values() for row in rows}.values()
    if apart and apart not in question.by and len({row[apart] for row in everything if reader.holds(asked.get("among"), row)}) > 1:
        return {("refused",): Result(reason="refused")}
    return {key: _figure(reader, rows) for key, rows in groups.items()}


def _keys(reader: Reader, row: Row, question: Question) -> list[Key]:
    """The groups a row falls in: none outside the period, several where several teams answer for its queue."""
    day = reader.day(row)
    if day is None or (question.start and day < question.start) or (question.end and day >= question.end):
        return []
    label = clocks.label(reader.moment(row), day, row["clock"], question.per) if question.per else None
    keys: list[Key] = [(label,)]
    for name in question.by:
        keys = [(*key, found) for key in keys for found in dimension(reader, row, name)]
    return keys


def _figure(reader: Reader, rows: list[Row]) -> Result:
    asked = reader.asked
    among = [row for row in rows if reader.holds(asked.get("among"), row)]
    ripe = [row for row in among if reader.is_ripe(row)]
    if asked["kind"] == "count":
        return Result(len(ripe), 1, len(ripe) * asked.get("scale", 1), len(ripe))
    if asked["kind"] == "quantile":
        return _quantile(sorted(row[asked["of"]] for row in ripe if row[asked["of"]] is not None), asked["at"])
    found = _sums(reader, ripe)
    if not found.denominator:
        found.reason = "immature" if len(among) > len(ripe) else "no_data"
        return found
    found.value = asked.get("scale", 1) * (found.numerator or 0) / found.denominator
    return found


def _sums(reader: Reader, rows: list[Row]) -> Result:
    """Numerator, denominator and how many rows they rest on, for shares, balances and means."""
    asked = reader.asked
    if asked["kind"] == "mean":
        rows = [row for row in rows if reader.word(asked["of"], row) is not None]
    weight = [float(row[asked["weight"]]) if "weight" in asked else 1.0 for row in rows]
    if asked["kind"] == "mean":
        points = [float(reader.word(asked["of"], row)) for row in rows]
    elif asked["kind"] == "balance":
        points = [float(reader.holds(asked["up"], row)) - float(reader.holds(asked["down"], row)) for row in rows]
    else:
        points = [float(reader.holds(asked["of"], row)) for row in rows]
    return Result(sum(w * x for w, x in zip(weight, points, strict=True)), sum(weight), None, len(rows))


def _quantile(values: list[float], at: float) -> Result:
    if not values:
        return Result(reason="no_data")
    place = at * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return Result(None, None, values[low] + (values[high] - values[low]) * (place - low), len(values))


def _ratio(world: World, asked: Definition, question: Question, kpi: str) -> dict[Key, Result]:
    """The two facts are counted apart and joined on what was asked."""
    sides = [_side(world, asked[side], question, kpi) for side in ("top", "bottom")]
    if any(("refused",) in side for side in sides):
        return {("refused",): Result(reason="refused")}
    found = {}
    for key in {*sides[0], *sides[1]}:
        top, bottom = (side.get(key, Result(0, 1, 0, 0)) for side in sides)
        figure = Result(top.numerator, bottom.numerator, None, bottom.n)
        if figure.denominator:
            figure.value = asked.get("scale", 1) * (figure.numerator or 0) / figure.denominator
        else:
            figure.reason = "no_data"
        found[key] = figure
    return found


def _side(world: World, side: Mapping[str, Any], question: Question, kpi: str) -> dict[Key, Result]:
    if "kpi" in side:
        level = next((level for level in ("agent", "team", "queue") if level in question.by), None)
        return counted(world, definition.effective(side["kpi"], level, None), question, side["kpi"])
    return counted(world, {"kind": "count", "among": side.get("where"), **side}, question, kpi)


def days_of(text: str) -> tuple[date, date]:
    return clocks.span(text)


DAY = timedelta(days=1)
__all__ = ["DAY", "Question", "Result", "ask", "conditions", "days_of"]
