"""An answer as rows for a page: names for ids, figures in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.definition import Kpi
from nyckeltal.kpi.trend import trend
from nyckeltal.web.frame import numbers
from nyckeltal.web.frame.figures import amount_in_words, digits_for, figures_only, revised, short, why, why_short
from nyckeltal.web.frame.say import say
from nyckeltal.web.kpi import names
from nyckeltal.web.kpi.changed import signal_words
from nyckeltal.web.kpi.question import PageQuestion

MOST_REVISED = 12
MOST, AT_MOST = 100, 1000  # rows on a page at first, and ever; the export has all


@dataclass(frozen=True)
class Row:
    heads: tuple[str, ...]
    value: str
    beside: tuple[tuple[str, str], ...]  # heading and cell
    range: str
    n: str
    provisional: bool
    reason: str
    unusual: str = ""  # why this period is a signal in its series
    revised: str = ""  # what it was when its month closed


@dataclass(frozen=True)
class Beside:
    """A column of what stands beside the value: the part's name in a figure, its heading, how it is written."""

    part: str
    heading: str
    unit: str
    digits: int | None = None

    def cell(self, figure: Figure) -> str:
        value = figure.parts.get(self.part)
        return (
            ""
            if value is None
            else short(value, figure.shown_in if self.unit == figure.unit else self.unit, digits_for(figure) if self.digits is None else self.digits)
        )


def beside(kpi: Kpi, figures: Sequence[Figure]) -> list[Beside]:
    """Median and nine in ten, the parts of handling time, a count's share of the whole: what these figures have."""
    given = {part for figure in figures for part, value in figure.parts.items() if value is not None}
    columns = [
        Beside(name, say(kpi.text(f"beside.{name}.called")) or name, str(kpi.beside[name].get("unit") or kpi.unit)) for name in kpi.beside if name in given
    ]
    return [*columns, Beside("share_of_all", gettext("Share of all"), "share", 1)] if "share_of_all" in given else columns


def rows(question: PageQuestion, figures: Sequence[Figure], columns: Sequence[Beside] = (), most: int = MOST) -> list[Row]:
    signals = _signals(question, figures)
    return [_row(question, figure, columns, signals.get((figure.period, *figure.by.values()), "")) for figure in in_order(question, figures)[:most]]


def _signals(question: PageQuestion, figures: Sequence[Figure]) -> dict[tuple[object, ...], str]:
    """What is unusual, each group against its own series."""
    series: dict[tuple[object, ...], list[Figure]] = {}
    for figure in figures if question.per else ():
        series.setdefault(tuple(figure.by.values()), []).append(figure)
    judged = {group: trend(members, question.first, question.last) for group, members in series.items()}
    return {(period, *group): signal_words(usual) for group, found in judged.items() if found for period, usual in found.usual.items()}


def in_order(question: PageQuestion, figures: Sequence[Figure]) -> list[Figure]:
    """Persons stand by name, never by value; what has an order of its own keeps it; the rest by how much is behind, the unknown last."""
    if "agent" in question.by:
        return sorted(figures, key=lambda one: (one.period or "", *(names.named(by, one.by.get(by)).casefold() for by in question.by)))
    if question.per or len(question.by) != 1 or question.by[0] in names.ORDERED:
        return list(figures)
    return sorted(figures, key=lambda one: (one.by.get(question.by[0]) is None, -((one.value if one.unit == "count" else one.n) or 0)))


def _heads(question: PageQuestion, figure: Figure) -> list[str]:
    period = [numbers.period(figure.period)] if figure.period else []
    return period + [names.named(dimension, figure.by.get(dimension)) for dimension in question.by]


def _row(question: PageQuestion, figure: Figure, columns: Sequence[Beside], unusual: str) -> Row:
    heads = _heads(question, figure)
    n = "" if figure.n is None else numbers.whole(figure.n)
    if figure.value is None:
        return Row(
            tuple(heads), why_short(figure), tuple((column.heading, "") for column in columns), "", n, figure.provisional, why(figure), "", revised(figure)
        )
    digits = digits_for(figure)
    more = tuple((column.heading, column.cell(figure)) for column in columns)
    return Row(tuple(heads), amount_in_words(figure, digits), more, between(figure, digits), n, figure.provisional, "", unusual, revised(figure))


def revised_rows(question: PageQuestion, figures: Sequence[Figure]) -> list[tuple[str, str]]:
    """Which groups and months have moved since they were final, and what they were; said once under the table, the first few."""
    found = [figure for figure in figures if figure.revised_from is not None][:MOST_REVISED]
    return [(", ".join(_heads(question, figure)) or gettext("The month"), revised(figure)) for figure in found]


def remarks(question: PageQuestion, figures: Sequence[Figure]) -> list[tuple[str, str]]:
    """What a reader must know of values that stand there, each sentence once, and of which rows (nothing: of all) it is said."""
    told, valued = dict[str, list[Figure]](), [figure for figure in in_order(question, figures) if figure.value is not None]
    for figure in valued:
        if figure.message:
            told.setdefault(say(figure.message), []).append(figure)
    return [("" if len(those) == len(valued) else _whose(question, those, valued), said) for said, those in told.items()]


def _whose(question: PageQuestion, those: Sequence[Figure], valued: Sequence[Figure]) -> str:
    """Groups by name, with their periods where it is not said of all of them; periods that follow each other as one span."""
    periods, every = _periods(those), _periods(valued)
    order = sorted({period for known in every.values() for period in known})
    found = []
    for group, known in periods.items():
        spans = _spans(known, order) if (question.per and len(known) < len(every[group])) or not group else []
        name = ", ".join(names.named(dimension, value) for dimension, value in zip(question.by, group, strict=True))
        found += [f"{name} ({', '.join(spans)})" if spans else name] if group else spans
    return "; ".join([*found[:MOST_REVISED], *("…" for _ in found[MOST_REVISED:][:1])])


def _periods(figures: Sequence[Figure]) -> dict[tuple[object, ...], list[str]]:
    """Of each group of figures."""
    found: dict[tuple[object, ...], list[str]] = {}
    for figure in figures:
        found.setdefault(tuple(figure.by.values()), []).append(figure.period or "")
    return found


def _spans(periods: Sequence[str], order: Sequence[str]) -> list[str]:
    """August to October 2026 is said as one."""
    runs: list[list[str]] = []
    for at, period in enumerate(order):
        if period in periods:
            if at and order[at - 1] in periods:
                runs[-1].append(period)
            else:
                runs.append([period])
    return [" – ".join(numbers.period(one) for one in dict.fromkeys((run[0], run[-1]))) for run in runs]


def between(figure: Figure, digits: int) -> str:
    """The interval, short enough for a cell: 76–79%."""
    if figure.low is None or figure.high is None or figure.low == figure.high:
        return ""
    low, high = (short(value, figure.shown_in, digits) for value in (figure.low, figure.high))
    return f"{figures_only(low) if figure.unit == 'share' else low}–{high}"
