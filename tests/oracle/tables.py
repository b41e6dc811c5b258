"""Spread between groups and agreement of raters, as their definitions say: by pairs and by squares, nothing clever."""

from __future__ import annotations

from itertools import permutations
from math import sqrt
from statistics import fmean
from typing import TYPE_CHECKING, Any

from oracle.result import Result

if TYPE_CHECKING:
    from oracle.rows import Reader
    from oracle.world import Row

SCALES = {"yes_no": "nominal", "levels": "ordinal", "nominal": "nominal", "ordinal": "ordinal"}


def figure(reader: Reader, rows: list[Row]) -> Result:
    asked = reader.asked
    rows = [row for row in rows if reader.word_of(asked["of"], row) is not None]
    found = _agreement(reader, rows) if asked["kind"] == "alpha" else _spread(reader, rows)
    if found.value is None:
        found.reason = "no_data"
    else:
        found.value *= asked.get("scale", 1)
    return found


def _spread(reader: Reader, rows: list[Row]) -> Result:
    asked = reader.asked
    if "exposure" in asked:
        rows = [row for row in rows if reader.word_of(asked["exposure"], row) is not None]
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        if (name := reader.word(asked["between"], row)) is not None:
            groups.setdefault(name, []).append(row)
    values = {name: [float(reader.word_of(asked["of"], row)) for row in found] for name, found in groups.items()}
    n = sum(map(len, values.values()))
    if asked.get("measure", "sd") == "evenness":
        exposed = {name: sum(reader.word_of(asked["exposure"], row) for row in found) if "exposure" in asked else 1 for name, found in groups.items()}
        return Result(None, None, _even([sum(values[name]) / exposed[name] for name in groups if exposed[name]]), n)
    return Result(None, None, _apart(list(values.values()), asked.get("measure", "sd")), n)


def _even(rates: list[float]) -> float | None:
    """One less half the mean difference of all pairs, by the mean: Gini as it is defined."""
    if not rates or sum(rates) <= 0:
        return None
    return 1 - sum(abs(a - b) for a in rates for b in rates) / (2 * len(rates) * sum(rates))


def _apart(groups: list[list[float]], measure: str) -> float | None:
    everything = [value for group in groups for value in group]
    n, count = len(everything), len(groups)
    if count < 2 or n <= count:
        return None
    between = sum(len(group) * (fmean(group) - fmean(everything)) ** 2 for group in groups) / (count - 1)
    within = sum((value - fmean(group)) ** 2 for group in groups for value in group) / (n - count)
    size = (n - sum(len(group) ** 2 for group in groups) / n) / (count - 1)
    if measure == "sd":
        return sqrt(max(0, (between - within) / size))
    whole = between + (size - 1) * within
    return (between - within) / whole if whole > 1e-12 else None


def _agreement(reader: Reader, rows: list[Row]) -> Result:
    asked = reader.asked
    words = asked["thing"] if isinstance(asked["thing"], list) else [asked["thing"]]
    things: dict[tuple[Any, ...], dict[Any, Row]] = {}
    for row in sorted(rows, key=lambda row: (row[str(reader.place)], row["answer_id"])):
        thing, rater = tuple(reader.word(word, row) for word in words), reader.word(asked["rater"], row)
        if rater is not None and thing[0] is not None:
            things.setdefault(thing, {})[rater] = row
    judged = [list(by_rater.values()) for by_rater in things.values() if len(by_rater) > 1]
    kinds = {SCALES.get(str(row.get(str(asked.get("scale_of")))), "interval") for found in judged for row in found}
    units = [[float(reader.word_of(asked["of"], row)) for row in found] for found in judged]
    return Result(None, None, _alpha(units, kinds.pop()) if len(kinds) == 1 else None, len(units))


def _alpha(units: list[list[float]], level: str) -> float | None:
    """One less observed by expected disagreement: the mean distance of pairs within things, and of all pairs there are."""
    everything = [value for unit in units for value in unit]
    if len(set(everything)) < 2:
        return None
    n = len(everything)
    observed = sum(_distance(a, b, level, everything) / (len(unit) - 1) for unit in units for a, b in permutations(unit, 2)) / n
    expected = sum(_distance(a, b, level, everything) for a, b in permutations(everything, 2)) / (n * (n - 1))
    return 1 - observed / expected


def _distance(a: float, b: float, level: str, everything: list[float]) -> float:
    if level == "nominal":
        return float(a != b)
    if level == "interval":
        return (a - b) ** 2
    low, high = min(a, b), max(a, b)
    between = sum(low <= value <= high for value in everything)
    return (between - (everything.count(a) + everything.count(b)) / 2) ** 2 if a != b else 0.0
