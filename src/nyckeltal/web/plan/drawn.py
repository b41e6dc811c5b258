"""The line on which a goal stands: natural variation, now, the goal, the best quarter; the finding is its title."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from nyckeltal.plan import goal as core
from nyckeltal.web.frame.drawing import DATA, INK, INK_3, QUIET, STRONG, SURFACE, TARGET, Chart, Spec, draw
from nyckeltal.web.kpi.charts import LETTER
from nyckeltal.web.kpi.scale import Scale, scale
from nyckeltal.web.plan.targets import in_words

TOP, LINE, FOOT = 34, 74, 160  # px: the label above, the line itself, the whole
ROWS = (96, 116, 136)  # px below the line, one for each label, so that none stands on another


@dataclass(frozen=True)
class Line:
    """What stands on it, in the unit of the key figure."""

    unit: str
    now: float
    low: float | None = None
    high: float | None = None
    target: float | None = None
    band: core.Band | None = None
    best: float | None = None
    better: str = "higher"

    @property
    def edges(self) -> list[float]:
        band = self.band or core.Band()
        return [edge for edge in (band.low, band.high, self.target if self.band is None else None) if edge is not None]

    @property
    def values(self) -> list[float]:
        return [value for value in (self.now, self.low, self.high, self.best, *self.edges) if value is not None]


def line(about: Line, under: str) -> Chart:
    title = finding(about)
    said = [f"{label} {in_words(value, about.unit)}" for label, value in _named(about)]
    description = ". ".join([title, *said, *([_variation(about)] if _variation(about) else [])])
    return draw(title, under, description, lambda width: _spec(about, width))


def finding(about: Line) -> str:
    """The one sentence: where one stands, and what there is room for."""
    now = in_words(about.now, about.unit)
    if about.band is not None and about.edges:
        return (gettext("Now %(now)s, within the range") if about.band.holds(about.now) else gettext("Now %(now)s, outside the range")) % {"now": now}
    up = about.better != "lower"
    if about.best is not None and (about.best > about.now if up else about.best < about.now):
        return gettext("Now %(now)s, with room up to the best quarter") % {"now": now}
    if about.target is None:
        return gettext("Now %(now)s") % {"now": now}
    if about.now >= about.target if up else about.now <= about.target:
        return gettext("Now %(now)s, where the goal is already") % {"now": now}
    return gettext("Now %(now)s, on the way to %(goal)s") % {"now": now, "goal": in_words(about.target, about.unit)}


def _variation(about: Line) -> str:
    if about.low is None or about.high is None:
        return ""
    said = {"low": in_words(about.low, about.unit), "high": in_words(about.high, about.unit)}
    return gettext("natural variation, %(low)s to %(high)s") % said


def _named(about: Line) -> list[tuple[str, float]]:
    found = [(gettext("now"), about.now)]
    found += [(gettext("goal"), edge) for edge in about.edges]
    return found + ([(gettext("best quarter"), about.best)] if about.best is not None else [])


def _spec(about: Line, total: int) -> Spec:
    axis = scale(about.values, about.unit, ticks=4 if total > 500 else 2)
    room = 24
    width = total - 2 * room
    x = {"type": "quantitative", "scale": {"domain": [axis.low, axis.high], "nice": False, "zero": False}, "axis": None}
    layers = [_rule(axis, x), *_zone(about, x, axis, width)]
    layers += [_goal(edge, x) for edge in about.edges]
    layers += [_dot(about.now, x, hollow=False), *([_dot(about.best, x, hollow=True)] if about.best is not None else [])]
    layers += _labels(about, axis, width)
    layers += [_text(in_words(end, about.unit), place, FOOT - 6, side, INK_3) for end, place, side in ((axis.low, 0, "left"), (axis.high, width, "right"))]
    padding = {"left": room, "right": room, "top": 4, "bottom": 4}
    return {"width": width, "height": FOOT, "padding": padding, "autosize": "none", "data": {"values": [{}]}, "layer": layers}


def _rule(axis: Scale, x: Spec) -> Spec:
    mark = {"type": "rule", "color": STRONG, "strokeWidth": 1.5}
    return {"mark": mark, "encoding": {"x": x | {"datum": axis.low}, "x2": {"datum": axis.high}, "y": {"value": LINE}}}


def _zone(about: Line, x: Spec, axis: Scale, width: int) -> list[Spec]:
    if about.low is None or about.high is None:
        return []
    field = {"x": x | {"datum": about.low}, "x2": {"datum": about.high}, "y": {"value": TOP + 4}, "y2": {"value": LINE}}
    middle = axis.at((about.low + about.high) / 2, width)
    return [
        {"mark": {"type": "rect", "color": QUIET, "opacity": 0.18, "aria": False}, "encoding": field},
        _beside(_variation(about), middle, TOP - 8, width, INK_3),
    ]


def _goal(value: float, x: Spec) -> Spec:
    mark = {"type": "rule", "color": TARGET, "strokeWidth": 1.75, "strokeDash": [5, 4]}
    return {"mark": mark, "encoding": {"x": x | {"datum": value}, "y": {"value": TOP - 2}, "y2": {"value": LINE + 10}}}


def _dot(value: float, x: Spec, *, hollow: bool) -> Spec:
    mark = {"type": "point", "filled": True, "size": 120, "opacity": 1, "strokeWidth": 2, "aria": False}
    colours = {"fill": {"value": SURFACE if hollow else DATA[0]}, "stroke": {"value": DATA[0]}}
    return {"mark": mark, "encoding": {"x": x | {"datum": value}, "y": {"value": LINE}, **colours}}


def _labels(about: Line, axis: Scale, width: int) -> list[Spec]:
    """Each on a row of its own; two edges of a range share theirs where there is room between them."""
    found = []
    goals = [(gettext("goal %(value)s") % {"value": in_words(edge, about.unit)}, edge) for edge in about.edges]
    rows: Sequence[tuple[list[tuple[str, float]], str]] = (
        ([(gettext("now %(value)s") % {"value": in_words(about.now, about.unit)}, about.now)], INK),
        (_merged(goals, axis, width, about.unit), INK),
        ([(gettext("best quarter %(value)s") % {"value": in_words(about.best, about.unit)}, about.best)] if about.best is not None else [], INK_3),
    )
    for row, (labels, colour) in zip(ROWS, rows, strict=True):
        found += [_beside(text, axis.at(value, width), row, width, colour) for text, value in labels]
    return found


def _merged(goals: list[tuple[str, float]], axis: Scale, width: int, unit: str) -> list[tuple[str, float]]:
    if len(goals) == 2 and axis.at(goals[1][1], width) - axis.at(goals[0][1], width) < LETTER * (len(goals[0][0]) + len(goals[1][0])) / 2 + 12:
        said = {"low": in_words(goals[0][1], unit), "high": in_words(goals[1][1], unit)}
        return [(gettext("goal %(low)s to %(high)s") % said, (goals[0][1] + goals[1][1]) / 2)]
    return goals


def _beside(text: str, place: float, y: int, width: int, colour: str) -> Spec:
    """In the middle above or below its place, and at the edge where it would stand out."""
    half = LETTER * len(text) / 2
    if place - half < -16:
        return _text(text, -16, y, "left", colour)
    if place + half > width + 16:
        return _text(text, width + 16, y, "right", colour)
    return _text(text, place, y, "center", colour)


def _text(text: str, x: float, y: float, align: str, colour: str) -> Spec:
    mark = {"type": "text", "align": align, "baseline": "middle", "color": colour}
    return {"data": {"values": [{"text": text}]}, "mark": mark, "encoding": {"x": {"value": x}, "y": {"value": y}, "text": {"field": "text"}}}
