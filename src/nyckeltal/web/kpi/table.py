"""An answer as rows for a page: names for ids, figures in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nyckeltal.kpi.answer import Figure
from nyckeltal.web.frame import numbers
from nyckeltal.web.frame.figures import digits_for, short, show, why, why_short
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
    """Persons stand by name, never by value."""
    found = [_row(question, figure) for figure in figures]
    if "agent" in question.by:
        found.sort(key=lambda row: tuple(head.casefold() for head in row.heads))
    return found[:MOST]


def _row(question: PageQuestion, figure: Figure) -> Row:
    heads = [numbers.period(figure.period)] if figure.period else []
    heads += [names.named(dimension, figure.by.get(dimension)) for dimension in question.by]
    n = "" if figure.n is None else numbers.whole(figure.n)
    if figure.value is None:
        return Row(tuple(heads), why_short(figure), "", n, figure.provisional, why(figure))
    shown = show(figure)
    return Row(tuple(heads), short(figure.value, figure.unit, digits_for(figure)), shown.range, n, figure.provisional, "")
