"""An answer as rows for a page: names for ids, figures in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nyckeltal.kpi.answer import Figure
from nyckeltal.web.frame import numbers
from nyckeltal.web.frame.figures import digits_for, figures_only, short, why, why_short
from nyckeltal.web.kpi import names
from nyckeltal.web.kpi.question import PageQuestion

MOST = 500  # rows on a page; the export has all


@dataclass(frozen=True)
class Row:
    heads: tuple[str, ...]
    value: str
    range: str
    n: str
    provisional: bool
    reason: str


def rows(question: PageQuestion, figures: Sequence[Figure]) -> list[Row]:
    return [_row(question, figure) for figure in in_order(question, figures)[:MOST]]


def in_order(question: PageQuestion, figures: Sequence[Figure]) -> list[Figure]:
    """Persons stand by name, never by value; what has an order of its own keeps it; the rest by how much is behind, the unknown last."""
    if "agent" in question.by:
        return sorted(figures, key=lambda one: (one.period or "", *(names.named(by, one.by.get(by)).casefold() for by in question.by)))
    if question.per or len(question.by) != 1 or question.by[0] in names.ORDERED:
        return list(figures)
    return sorted(figures, key=lambda one: (one.by.get(question.by[0]) is None, -((one.value if one.unit == "count" else one.n) or 0)))


def _row(question: PageQuestion, figure: Figure) -> Row:
    heads = [numbers.period(figure.period)] if figure.period else []
    heads += [names.named(dimension, figure.by.get(dimension)) for dimension in question.by]
    n = "" if figure.n is None else numbers.whole(figure.n)
    if figure.value is None:
        return Row(tuple(heads), why_short(figure), "", n, figure.provisional, why(figure))
    digits = digits_for(figure)
    return Row(tuple(heads), short(figure.value, figure.unit, digits), between(figure, digits), n, figure.provisional, "")


def between(figure: Figure, digits: int) -> str:
    """The interval, short enough for a cell: 76–79%."""
    if figure.low is None or figure.high is None or figure.low == figure.high:
        return ""
    low, high = (short(value, figure.unit, digits) for value in (figure.low, figure.high))
    return f"{figures_only(low) if figure.unit == 'share' else low}–{high}"
