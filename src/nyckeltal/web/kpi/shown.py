"""The chart that fits an answer on Explore: a line over time, rows beside each other, a funnel for persons; or none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.utils.translation import gettext

from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.trend import Usual, trend
from nyckeltal.web.frame import numbers
from nyckeltal.web.frame.drawing import Chart, Width, draw
from nyckeltal.web.frame.figures import digits_for, short
from nyckeltal.web.kpi import charts, findings, names, table
from nyckeltal.web.kpi.changed import signal_words
from nyckeltal.web.kpi.charts import Point
from nyckeltal.web.kpi.findings import sentence
from nyckeltal.web.kpi.funnels import of_people
from nyckeltal.web.kpi.question import PageQuestion, about_words

WIDTHS: tuple[Width, ...] = ("narrow", "mid", "wide", "full")
MOST_LINES, MOST_ROWS, MOST_PLACES = 4, 25, 400
ONE_LINE = ""


def chart_of(question: PageQuestion, figures: Sequence[Figure], name: str) -> Chart | None:
    """`name` is what the KPI is called. Nothing to draw gives no chart; the table says why."""
    known = [figure for figure in figures if figure.value is not None]
    if len(known) < 2 or len({figure.shown_in for figure in known}) > 1:
        return None
    digits = max(digits_for(figure) for figure in known) if known[0].unit != "share" else min(digits_for(figure) for figure in known)
    if question.by == ("agent",):
        return None if question.per else _funnel(question, known, name)
    places = len({figure.period for figure in figures})
    if places > 1:
        return _over_time(question, figures, name, digits) if len(question.by) <= 1 else None
    if len(question.by) == 1:
        return _over_order(question, figures, name, digits) if question.by[0] in names.ORDERED else _beside(question, known, name, digits)
    return None


def _point(figure: Figure, key: str, name: str, digits: int, usual: Usual | None = None) -> Point:
    label = "" if figure.value is None else short(figure.value, figure.shown_in, digits)
    drawn = figure.value is not None
    said = sentence(figure, name, digits, signal_words(usual)) if drawn else ""
    return Point(key, figure.value, figure.low, figure.high, label, said, hollow=figure.provisional, usual=usual if drawn else None)


def _over_time(question: PageQuestion, figures: Sequence[Figure], name: str, digits: int) -> Chart | None:
    places = list(dict.fromkeys(figure.period or "" for figure in figures))
    if not 2 <= len(places) <= MOST_PLACES:
        return None
    every = _lines(question, figures)
    lines = _most_behind(every)
    judged = trend(lines[ONE_LINE], question.first, question.last) if ONE_LINE in lines else None
    usual = judged.usual if judged else {}
    series = {line: [_placed(one, digits, usual) for one in members] for line, members in lines.items()}
    ticks = {place: numbers.short_period(place, with_year=at == 0 or place.endswith("-01")) for at, place in enumerate(places)}
    title = findings.of_trend(lines[ONE_LINE], digits) if ONE_LINE in lines else findings.of_lines(list(every.values()), digits)
    under = f"{name}, {about_words(question)}"
    if len(every) > MOST_LINES:
        under = _and_then(under, gettext("Drawn are the %(few)s with most behind them; the table has all %(all)s.") % {"few": MOST_LINES, "all": len(every)})
    under = _and_then(under, findings.of_usual(judged)) if judged else under
    unit = figures[0].shown_in
    return draw(title, under, f"{title}. {under}", lambda width: charts.trend(series, ticks, unit, width), WIDTHS)


def _and_then(said: str, more: str) -> str:
    """A sentence after what may end with a full stop of its own, as days do in Hungarian."""
    return f"{said.rstrip('.')}. {more}"


def _placed(figure: Figure, digits: int, usual: Mapping[str, Usual]) -> Point:
    place = figure.period or ""
    return _point(figure, place, numbers.period(place), digits, usual.get(place))


def _lines(question: PageQuestion, figures: Sequence[Figure]) -> Mapping[str, list[Figure]]:
    """Figures by line."""
    grouped: dict[str, list[Figure]] = defaultdict(list)
    for figure in figures:
        key = names.named(question.by[0], figure.by.get(question.by[0])) if question.by else ONE_LINE
        grouped[key].append(figure)
    return grouped


def _most_behind(lines: Mapping[str, list[Figure]]) -> Mapping[str, list[Figure]]:
    """Where there are too many lines to draw, those that rest on most."""
    behind = sorted(lines, key=lambda line: -sum(one.n or one.value or 0 for one in lines[line]))[:MOST_LINES]
    return {line: lines[line] for line in lines if line in behind}


def _over_order(question: PageQuestion, figures: Sequence[Figure], name: str, digits: int) -> Chart:
    """Hours and weekdays have an order of their own: along the line."""
    dimension = question.by[0]
    points = [_point(figure, str(figure.by.get(dimension)), names.named(dimension, figure.by.get(dimension)), digits) for figure in figures]
    ticks = {str(figure.by.get(dimension)): _tick(dimension, figure.by.get(dimension)) for figure in figures}
    title = findings.of_groups(figures, digits)
    under = f"{name}, {about_words(question)}"
    return draw(title, under, f"{title}. {under}", lambda width: charts.trend({ONE_LINE: points}, ticks, figures[0].shown_in, width), WIDTHS)


def _tick(dimension: str, value: object) -> str:
    return names.named(dimension, value)[: 2 if dimension == "hour" else 3 if dimension == "weekday" else None]


def _beside(question: PageQuestion, known: Sequence[Figure], name: str, digits: int) -> Chart:
    dimension = question.by[0]
    behind = table.in_order(question, known)[:MOST_ROWS]
    points = [_point(figure, named, named, digits) for figure in behind if (named := names.named(dimension, figure.by.get(dimension)))]
    if all(point.hollow for point in points):
        points = [replace(point, hollow=False) for point in points]  # said once beside the chart
    title, under, unit = findings.of_groups(known, digits), f"{name}, {about_words(question)}", known[0].shown_in
    if len(known) > MOST_ROWS:
        under = _and_then(under, gettext("Drawn are the %(few)s with most behind them; the table has all %(all)s.") % {"few": MOST_ROWS, "all": len(known)})
    return draw(title, under, f"{title}. {under}", lambda width: charts.rows(points, unit, width, bars=unit == "count", digits=digits), WIDTHS)


def _funnel(question: PageQuestion, known: Sequence[Figure], name: str) -> Chart | None:
    """Persons are compared against chance and number, never in a row."""
    found = of_people(known, f"{name}, {about_words(question)}", WIDTHS)
    return found[0] if found else None
