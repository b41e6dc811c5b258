"""The kinds of chart a figure is shown in, as Vega-Lite specifications for a given width in pixels.

Places of labels are computed here and not left to the drawing, so that they never overlap and every width is exact.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nyckeltal.kpi.trend import Usual
from nyckeltal.web.frame.drawing import BAND, DATA, INK, INK_2, INK_3, QUIET, STRONG, SURFACE, TARGET, Spec
from nyckeltal.web.frame.figures import short
from nyckeltal.web.kpi import line_ends
from nyckeltal.web.kpi.scale import Scale, scale

ROW, HIGH_ROW = 38, 54  # px of one row of names, of two lines at most or of three
LEFT_BELOW_NAMES = 22  # px beside rows whose names stand above them
LETTER = 7.2  # px that a letter of 13px takes, on the safe side
LETTER_OF_NAMES = 8.8  # the same in bold, and in the widest of the fonts that machines without the usual ones fall back on
DASHES: tuple[list[int], ...] = ([], [7, 4], [2, 4], [9, 3, 2, 3])


@dataclass(frozen=True)
class Point:
    """One value to draw, with its interval, the words beside it and the sentence behind it. No value leaves a gap."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    label: str
    say: str
    hollow: bool = False
    strong: bool = False
    note: str = ""  # said after the label where there is room
    usual: Usual | None = None  # where it usually lies in a trend

    @property
    def row(self) -> dict[str, Any]:
        return {
            "name": self.name, "value": self.value, "low": self.low if self.low is not None else self.value,
            "high": self.high if self.high is not None else self.value, "label": self.label, "say": self.say, "hollow": self.hollow, "strong": self.strong,
        }  # fmt: skip


@dataclass(frozen=True)
class Goal:
    value: float
    label: str


@dataclass(frozen=True)
class Limit:
    """How far chance alone may take a value that rests on n: 19 times in 20, and 998 times in 1,000."""

    n: float
    low: float
    high: float
    lowest: float
    highest: float


def rows(points: Sequence[Point], unit: str, total: int, *, bars: bool = False, goal: Goal | None = None, digits: int = 0) -> Spec:
    """Names to the left, one row each: a dot on its interval, or a bar from zero. Where a word of a name finds no room there, names stand above."""
    values = [value for point in points for value in (point.value, point.low, point.high) if value is not None] + ([goal.value] if goal else [])
    axis = scale(values or [0], unit, zero=bars, ticks=4 if total > 600 else 2)
    left, letters = _room_for_names(points, total)
    above = _longest_word(points) > letters or any(_lines(point.name, letters)[-1].endswith("…") for point in points)
    left, letters = (LEFT_BELOW_NAMES, int((total - 2 * LEFT_BELOW_NAMES) / LETTER_OF_NAMES)) if above else (left, letters)
    ends = [f"{point.label} {point.note}".strip() if total > 600 else point.label for point in points]
    right = 20 + round(LETTER * max((len(end) for end in ends), default=4))
    names = {point.name: _lines(point.name, letters) for point in points}
    most = max((len(lines) for lines in names.values()), default=1)
    y = {"field": "name", "type": "nominal", "sort": None, "axis": None if above else _name_axis(points, names)}
    marks = _bars(y) if bars else _dots(y)
    lines = [_goal_across(goal, vertical=True)] if goal else []
    data = {"values": [point.row | {"label": end, "lines": "\n".join(names[point.name])} for point, end in zip(points, ends, strict=True)]}
    drawn = [*_in({"x": _value_axis(axis, unit, digits, vertical=True)}, marks), _text("label", y, {"value": "width"}, dx=12, test="datum.strong")]
    row = ROW + most * 16 if above else ROW if most < 3 else HIGH_ROW
    if above:
        drawn = [*(layer | {"mark": layer["mark"] | {"yOffset": most * 8}} for layer in drawn), _names_above(y, row)]
    return _sheet(total, row * len(points), left, right, 26 if goal else 8, 30, data, [*lines, *drawn])


def _names_above(y: Spec, row: int) -> Spec:
    mark = {"type": "text", "align": "left", "baseline": "top", "lineBreak": "\n", "lineHeight": 16, "yOffset": 6 - row / 2}
    mark |= {"color": {"expr": f"datum.strong ? '{INK}' : '{INK_2}'"}, "fontWeight": {"expr": "datum.strong ? 600 : 400"}}
    return {"mark": mark, "encoding": {"y": y, "x": {"value": 0}, "text": {"field": "lines"}}}


def trend(series: Mapping[str, Sequence[Point]], ticks: Mapping[str, str], unit: str, total: int, *, goal: Goal | None = None, mark: str = "") -> Spec:
    """One line for each series over the same places; one series alone carries its interval as a band. `ticks` names places to label.

    `mark` is a place whose value is written at its dot, then not at the line's end; places not yet final stand on hatched ground.
    """
    every = [point for points in series.values() for point in points]
    alone = len(series) == 1
    bounds = [value for point in every for value in ((point.value, point.low, point.high) if alone else (point.value,)) if value is not None]
    bounds += [goal.value] if goal else []
    bounds += [limit for point in every if alone and point.usual for limit in (point.usual.low, point.usual.high)]
    axis = scale(bounds or [0], unit, zero=unit == "count")
    height = 240 if total > 500 else 190
    left = 14 + round(LETTER * max(len(short(tick, unit, _axis_digits(axis, unit))) for tick in axis.ticks))
    said: dict[str, Point | None] = {} if mark else {name: _end(points) for name, points in series.items()}
    if goal:
        said |= {"goal": Point("goal", goal.value, None, None, goal.label, "")}
    texts = {name: (_end_text(name, end, total, alone=alone), end.value) for name, end in said.items() if end and end.value is not None}
    ends = line_ends.broken(texts, total)
    right, height = line_ends.room(ends), max(height, line_ends.height_of(ends))
    order = list(ticks)
    x = {
        "field": "name",
        "type": "ordinal",
        "sort": order,
        "scale": {"type": "point", "padding": 0.5, "domain": order},
        "axis": _tick_axis(ticks, total - left - right),
    }
    y = _value_axis(axis, unit, _axis_digits(axis, unit), vertical=False)
    layers: list[Spec] = [_unfinished(next(iter(series.values())), order, total - left - right, height)] if mark else []
    layers += [_goal_across(Goal(goal.value, ""), vertical=False)] if goal else []
    layers += _usually(every, x, y) if alone else []
    for number, points in enumerate(series.values()):
        layers += _line(points, x, y, number, alone=alone)
    layers += _unusual(every, x, y) if alone else []
    layers += _marked(next(iter(series.values())), mark, x, y) if mark else []
    layers += line_ends.drawn([(height - axis.at(end.value, height), end) for end in ends], list(said), height, alone=alone)
    return _sheet(total, height, left, right, 12, 34, {"values": []}, layers)


def funnel(points: Sequence[tuple[float, Point]], middle: float, limits: Sequence[Limit], unit: str, total: int, middle_label: str) -> Spec:
    """Value against number of contacts, with the room that chance alone needs. `points` carry their number; strong ones lie outside and are named."""
    values = [point.value for _, point in points if point.value is not None] + [value for limit in limits for value in (limit.lowest, limit.highest)]
    axis = scale(values, unit)
    numbers = scale([number for number, _ in points] + [limit.n for limit in limits], "count", ticks=4 if total > 500 else 3)
    height = 260 if total > 500 else 210
    left = 14 + round(LETTER * max(len(short(tick, unit, _axis_digits(axis, unit))) for tick in axis.ticks))
    x = _value_axis(numbers, "count", 0, vertical=True) | {"field": "n"}
    y = _value_axis(axis, unit, _axis_digits(axis, unit), vertical=False)
    strong = {"test": "datum.strong"}
    dots: Spec = {
        "data": {"values": [point.row | {"n": number} for number, point in points]},
        "mark": {"type": "point", "filled": True, "size": 90, "stroke": SURFACE, "strokeWidth": 1.5, "opacity": 1},
        "encoding": {
            "x": x, "y": y | {"field": "value"}, "description": {"field": "say"},
            "fill": {"condition": strong | {"value": DATA[1]}, "value": DATA[0]}, "shape": {"condition": strong | {"value": "square"}, "value": "circle"},
        },
    }  # fmt: skip
    label: Spec = {
        "data": {"values": [{"label": middle_label}]},
        "mark": {"type": "text", "align": "left", "baseline": "middle", "dx": 8, "color": INK},
        "encoding": {"x": {"value": "width"}, "y": {"datum": middle}, "text": {"field": "label"}},
    }
    right = 18 + round(LETTER * len(middle_label))
    middle_line = _goal_across(Goal(middle, ""), vertical=False)
    return _sheet(total, height, left, right, 12, 34, {"values": []}, [*_room(limits, x, y), middle_line, dots, label, *_named(points, numbers, x, y)])


def _named(points: Sequence[tuple[float, Point]], numbers: Scale, x: Spec, y: Spec) -> list[Spec]:
    """The names of those outside, on the side where there is room."""
    layers: list[Spec] = []
    for number, point in points:
        if point.strong:
            side = {"align": "right", "dx": -10} if number > numbers.low + 0.6 * (numbers.high - numbers.low) else {"align": "left", "dx": 10}
            mark = {"type": "text", "baseline": "middle", "color": INK, "fontWeight": 600, **side}
            text = {"text": {"field": "name"}}
            layers.append({"data": {"values": [point.row | {"n": number}]}, "mark": mark, "encoding": {"x": x, "y": y | {"field": "value"}, **text}})
    return layers


def _room(limits: Sequence[Limit], x: Spec, y: Spec) -> list[Spec]:
    """The field of 19 in 20, and dashed further out the lines of 998 in 1,000."""
    data = {"values": [{"n": limit.n, "low": limit.low, "high": limit.high, "lowest": limit.lowest, "highest": limit.highest} for limit in limits]}
    field: Spec = {
        "data": data,
        "mark": {"type": "area", "color": QUIET, "opacity": 0.16, "clip": True},
        "encoding": {"x": x, "y": y | {"field": "low"}, "y2": {"field": "high"}},
    }
    line = {"type": "line", "color": QUIET, "strokeWidth": 1.25, "strokeDash": [3, 4], "clip": True}
    return [field, *({"data": data, "mark": line, "encoding": {"x": x, "y": y | {"field": side}}} for side in ("lowest", "highest"))]


def _sheet(total: int, height: int, left: int, right: int, top: int, bottom: int, data: Spec, layer: list[Spec]) -> Spec:
    padding = {"left": left, "right": right, "top": top, "bottom": bottom}
    return {"width": max(total - left - right, 60), "height": height, "padding": padding, "autosize": "none", "data": data, "layer": layer}


def _in(shared: Spec, layers: list[Spec]) -> list[Spec]:
    return [layer | {"encoding": shared | {"x": shared["x"] | layer["encoding"].pop("x_field", {})} | layer["encoding"]} for layer in layers]


def _room_for_names(points: Sequence[Point], total: int) -> tuple[int, int]:
    """Pixels to the left of the plot, and letters that fit on one line there."""
    share, most = (0.36, 0.36) if total > 600 else (0.44, 0.5)  # the second where a single word needs it
    longest = max((len(point.name) for point in points), default=8)
    fit, fit_word = (int((total * one - 16) / LETTER_OF_NAMES) for one in (share, most))
    letters = max(min(longest, max(fit, min(_longest_word(points), fit_word))), 6)
    return 16 + round(letters * LETTER_OF_NAMES), letters


def _longest_word(points: Sequence[Point]) -> int:
    """Letters that must stand together; a hyphen may end a line."""
    return max((len(word) for point in points for word in re.split(r"\s|(?<=-)", point.name)), default=8)


def _lines(name: str, letters: int) -> list[str]:
    lines = textwrap.wrap(name, letters, max_lines=3, placeholder="…", break_long_words=True)
    return lines or [name]


def _name_axis(points: Sequence[Point], names: Mapping[str, list[str]]) -> Spec:
    strong = json.dumps([point.name for point in points if point.strong])
    test = f"indexof({strong}, datum.value) >= 0"
    return {
        "labelExpr": f"{json.dumps(names, ensure_ascii=False)}[datum.value]", "labelPadding": 14, "labelLineHeight": 16,
        "labelOffset": {"condition": [{"test": _among(names, lines), "value": (1 - lines) * 8} for lines in (2, 3)], "value": 0},
        "labelColor": {"condition": {"test": test, "value": INK}, "value": INK_2},
        "labelFontWeight": {"condition": {"test": test, "value": 600}, "value": "normal"},
    }  # fmt: skip


def _among(names: Mapping[str, list[str]], lines: int) -> str:
    """Whether a name is on so many lines: the first of them would else stand where the middle belongs."""
    return f"indexof({json.dumps([name for name, said in names.items() if len(said) == lines])}, datum.value) >= 0"


def _value_axis(axis: Scale, unit: str, digits: int, *, vertical: bool) -> Spec:
    digits = max(digits if unit != "share" else 0, _axis_digits(axis, unit))
    texts = {str(number): short(tick, unit, digits) for number, tick in enumerate(axis.ticks)}
    values = json.dumps(list(axis.ticks))
    label = f"{json.dumps(texts, ensure_ascii=False)}[indexof({values}, datum.value)]"
    drawn = {"domain": [axis.low, axis.high], "nice": False, "zero": False, "clamp": False}
    overlap = "parity" if vertical else False
    return {
        "field": "value", "type": "quantitative", "scale": drawn,
        "axis": {"values": list(axis.ticks), "labelExpr": label, "grid": True, "labelFlush": False, "labelBound": False, "labelOverlap": overlap},
    }  # fmt: skip


def _axis_digits(axis: Scale, unit: str) -> int:
    if unit == "share":
        return 0 if axis.step >= 0.01 - 1e-9 else 1
    if unit in {"count", "seconds", "points"}:
        return 0
    return 0 if axis.step >= 1 else 1 if axis.step >= 0.1 else 2


def _dots(y: Spec) -> list[Spec]:
    def size(strong: int, other: int) -> Spec:
        return {"condition": {"test": "datum.strong", "value": strong}, "value": other}

    fill = {"condition": {"test": "datum.hollow", "value": SURFACE}, "value": DATA[0]}
    stroke = {"condition": {"test": "datum.hollow", "value": DATA[0]}, "value": SURFACE}
    return [
        {"mark": {"type": "rule", "color": INK, "strokeWidth": 1.5}, "encoding": {"y": y, "x_field": {"field": "low"}, "x2": {"field": "high"}}},
        {
            "mark": {"type": "point", "filled": True, "opacity": 1, "strokeWidth": 2},
            "encoding": {"y": y, "size": size(150, 100), "fill": fill, "stroke": stroke, "description": {"field": "say"}},
        },
    ]


def _bars(y: Spec) -> list[Spec]:
    opacity = {"condition": {"test": "datum.hollow", "value": 0.55}, "value": 1}
    return [
        {
            "mark": {"type": "bar", "height": 16, "color": DATA[0], "cornerRadiusEnd": 2},
            "encoding": {"y": y, "opacity": opacity, "description": {"field": "say"}},
        }
    ]


def _goal_across(goal: Goal, *, vertical: bool) -> Spec:
    """A dashed line over the whole plot, its words at the end."""
    along = {"x": {"datum": goal.value}} if vertical else {"y": {"datum": goal.value}}
    line: Spec = {"data": {"values": [{}]}, "mark": {"type": "rule", "color": TARGET, "strokeDash": [6, 4], "strokeWidth": 1.25}, "encoding": along}
    if not goal.label:
        return line
    text: Spec = {"data": {"values": [{"label": goal.label}]}, "mark": {"type": "text", "baseline": "bottom", "dy": -6, "color": INK},
                  "encoding": along | {"y": {"value": 0}, "text": {"field": "label"}}}  # fmt: skip
    return {"layer": [line, text]}


def _text(field: str, y: Spec, x: Spec, *, dx: int, test: str) -> Spec:
    return {
        "mark": {"type": "text", "align": "left", "baseline": "middle", "dx": dx},
        "encoding": {
            "y": y, "x": x, "text": {"field": field},
            "color": {"condition": {"test": test, "value": INK}, "value": INK_3},
        },
    }  # fmt: skip


def _tick_axis(ticks: Mapping[str, str], room: int) -> Spec:
    """As many labels as fit beside each other: every one, every second, every third…"""
    longest = max((len(text) for text in ticks.values()), default=1) * LETTER + 10
    every = max(1, -(-len(ticks) * longest // max(room, 1)))
    shown = [name for number, name in enumerate(ticks) if (len(ticks) - 1 - number) % int(every) == 0]
    return {
        "values": shown,
        "labelExpr": f"{json.dumps(dict(ticks), ensure_ascii=False)}[datum.value]",
        "labelAngle": 0,
        "grid": False,
        "labelPadding": 10,
        "labelOverlap": False,
    }


def _line(points: Sequence[Point], x: Spec, y: Spec, number: int, *, alone: bool) -> list[Spec]:
    """Band, line, dots. The way into provisional values is dotted, and they are hollow."""
    colour = DATA[number % len(DATA)]
    final = [point.row | ({"value": None, "low": None, "high": None} if point.hollow else {}) for point in points]
    coming = [point.row if point.hollow or _before_hollow(points, at) else point.row | {"value": None} for at, point in enumerate(points)]
    stroke = {"type": "line", "color": colour, "strokeWidth": 2.25, "strokeJoin": "round", "strokeCap": "round", "invalid": "break-paths-show-domains"}
    layers: list[Spec] = []
    if alone:
        band = {"type": "area", "color": BAND, "opacity": 1, "invalid": "break-paths-show-domains"}
        layers.append(
            {"data": {"values": [point.row for point in points]}, "mark": band, "encoding": {"x": x, "y": y | {"field": "low"}, "y2": {"field": "high"}}}
        )
    layers.append({"data": {"values": final}, "mark": stroke | {"strokeDash": DASHES[number % len(DASHES)]}, "encoding": {"x": x, "y": y}})
    if any(point.hollow for point in points):
        layers.append({"data": {"values": coming}, "mark": stroke | {"strokeDash": [2, 5]}, "encoding": {"x": x, "y": y}})
    fill = {"condition": {"test": "datum.hollow", "value": SURFACE}, "value": colour}
    line = {"condition": {"test": "datum.hollow", "value": colour}, "value": SURFACE}
    size = 60 if len(points) <= 40 else 16
    dots = {"type": "point", "filled": True, "opacity": 1, "size": size, "strokeWidth": 1.75 if size == 60 else 0}
    shown = [point.row for point in points if point.value is not None]
    layers.append({"data": {"values": shown}, "mark": dots, "encoding": {"x": x, "y": y, "fill": fill, "stroke": line, "description": {"field": "say"}}})
    return layers


def _usually(points: Sequence[Point], x: Spec, y: Spec) -> list[Spec]:
    """Between two calm lines a value usually lies; they step where the level has moved."""
    known = [{"name": point.name, "low": point.usual.low, "high": point.usual.high} for point in points if point.usual]
    line = {"type": "line", "color": QUIET, "strokeWidth": 1.25, "strokeDash": [3, 4], "interpolate": "step"}
    return [{"data": {"values": known}, "mark": line, "encoding": {"x": x, "y": y | {"field": side}}} for side in ("low", "high")] if known else []


def _unusual(points: Sequence[Point], x: Spec, y: Spec) -> list[Spec]:
    """Signals, told from the other dots by shape and colour."""
    found = [point.row for point in points if point.usual and point.usual.rule and point.value is not None]
    mark = {"type": "point", "shape": "square", "filled": True, "opacity": 1, "size": 110, "color": DATA[1], "stroke": SURFACE, "strokeWidth": 1.75}
    return [{"data": {"values": found}, "mark": mark, "encoding": {"x": x, "y": y, "description": {"field": "say"}}}] if found else []


def _marked(points: Sequence[Point], mark: str, x: Spec, y: Spec) -> list[Spec]:
    """A value written at its dot: above it, or below where the line comes down to it."""
    at = next((number for number, point in enumerate(points) if point.name == mark and point.value is not None), None)
    if at is None:
        return []
    value = points[at].value or 0
    beside = [point.value for point in points[max(at - 1, 0) : at + 2] if point.value is not None]
    place = {"baseline": "top", "dy": 9} if sum(beside) / len(beside) > value else {"baseline": "bottom", "dy": -9}
    text = {"type": "text", "color": INK, "fontWeight": 600, **place}
    return [{"data": {"values": [points[at].row]}, "mark": text, "encoding": {"x": x, "y": y, "text": {"field": "label"}}}]


def _unfinished(points: Sequence[Point], order: Sequence[str], across: int, height: int) -> Spec:
    """Slanting lines behind the places that are not final: one path, so that it weighs little."""
    step = across / max(len(order), 1)
    paths = [_slants(order.index(point.name) * step, step, height) for point in points if point.hollow]
    mark = {"type": "point", "shape": " ".join(paths) or "M0,0", "size": 4, "stroke": STRONG, "strokeWidth": 1, "strokeOpacity": 0.35, "filled": False}
    return {"data": {"values": [{}]}, "mark": mark | {"aria": False}, "encoding": {"x": {"value": 0}, "y": {"value": 0}}}


def _slants(left: float, step: float, height: int, apart: int = 8) -> str:
    """Each from the left edge or the foot up to the right edge or the top."""
    right, found = left + step, []
    for at in range(apart, int(height + step), apart):
        start = (left, float(at)) if at <= height else (left + at - height, float(height))
        end = (left + at, 0.0) if at <= step else (right, at - step)
        found.append(f"M{start[0]:.1f},{start[1]:.1f}L{end[0]:.1f},{end[1]:.1f}")
    return "".join(found)


def _before_hollow(points: Sequence[Point], at: int) -> bool:
    return at + 1 < len(points) and points[at + 1].hollow


def _end(points: Sequence[Point]) -> Point | None:
    return next((point for point in reversed(points) if point.value is not None), None)


def _end_text(name: str, end: Point, total: int, *, alone: bool) -> str:
    """The value, the name, or both where there is room."""
    return end.label if alone else f"{name} {end.label}" if total > 500 else name


__all__ = ["STRONG", "Goal", "Limit", "Point", "funnel", "rows", "trend"]
