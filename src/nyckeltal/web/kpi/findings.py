"""What a chart has to say, as its title: the finding, not the axis. Careful by rule: a difference is named only where the intervals part."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.shared_days import is_whole
from nyckeltal.kpi.trend import Trend
from nyckeltal.web.frame import numbers
from nyckeltal.web.frame.figures import amount_in_words, figures_only, likely, short


def span(values: Sequence[float], unit: str, digits: int) -> tuple[str, str]:
    """Lowest and highest in words; where they round alike, with as many digits as tell them apart."""
    low, high = min(values), max(values)
    texts = short(low, unit, digits), short(high, unit, digits)
    if texts[0] == texts[1] and unit == "share" and digits == 0 and low != high:
        texts = short(low, unit, 1), short(high, unit, 1)
    return (figures_only(texts[0]), texts[1]) if unit == "share" else texts


def of_variants(values: Sequence[float], unit: str, digits: int, *, month: bool) -> str:
    low, high = span(values, unit, digits)
    if low == figures_only(high):
        return gettext("Every way of counting gives the same here")
    said = {"low": low, "high": high}
    if month:
        return gettext("The same month reads %(low)s to %(high)s, depending on the definition") % said
    return gettext("The same period reads %(low)s to %(high)s, depending on the definition") % said


def of_trend(figures: Sequence[Figure], digits: int) -> str:
    """One line: from its first to its last final value."""
    final = [figure for figure in figures if figure.value is not None and not figure.provisional] or [f for f in figures if f.value is not None]
    if not final:
        return gettext("No values in this period")
    first, last = final[0], final[-1]
    if len(final) == 1 or first.value is None or last.value is None:
        return gettext("%(value)s in %(period)s") % {"value": short(first.value or 0, first.shown_in, digits), "period": numbers.period(first.period or "")}
    said = {
        "before": short(first.value, first.shown_in, digits), "after": short(last.value, last.shown_in, digits),
        "first": numbers.period(first.period or ""), "last": numbers.period(last.period or ""),
    }  # fmt: skip
    if first.unit == "count":
        whole = [figure for figure in final if is_whole(figure)] or final
        most, fewest = max(whole, key=lambda f: f.value or 0), min(whole, key=lambda f: f.value or 0)
        extremes = {
            "most": numbers.period(most.period or ""),
            "high": numbers.whole(most.value or 0),
            "fewest": numbers.period(fewest.period or ""),
            "low": numbers.whole(fewest.value or 0),
        }
        return gettext("Most in %(most)s (%(high)s), fewest in %(fewest)s (%(low)s)") % extremes
    if _apart(first, last):
        return gettext("From %(before)s in %(first)s to %(after)s in %(last)s") % said
    return gettext("No clear change from %(first)s to %(last)s: the two differ no more than chance would have it") % said


def of_usual(series: Trend | None) -> str:
    """What the lines and marks of a judged trend stand for."""
    if series is None:
        return ""
    if any(one.rule for one in series.usual.values()):
        return gettext("Between the dotted lines lies usual variation; squares mark what was unusual.")
    return gettext("Between the dotted lines lies usual variation.")


def of_lines(lines: Sequence[Sequence[Figure]], digits: int) -> str:
    """Several lines, all of them: where they stand in the last period that is final."""
    known = [figure for line in lines for figure in line if figure.value is not None]
    if not known:
        return gettext("No values in this period")
    open_ones = {figure.period for figure in known if figure.provisional}
    period = max(figure.period or "" for figure in [figure for figure in known if figure.period not in open_ones] or known)
    last = [figure for figure in known if figure.period == period]
    low, high = span([figure.value or 0 for figure in last], known[0].shown_in, digits)
    said = {"low": low, "high": high, "period": numbers.period(period)}
    if len({figure.value for figure in last}) == 1:
        return capfirst(gettext("In %(period)s they are alike: %(high)s") % said)
    return capfirst(gettext("In %(period)s they lie between %(low)s and %(high)s") % said)


def of_groups(figures: Sequence[Figure], digits: int) -> str:
    """Rows beside each other: how far they part; for plain numbers, how few make up half. What is not known by name is no group."""
    known = [figure for figure in figures if figure.value is not None and None not in figure.by.values()]
    if not known:
        return gettext("No values in this period")
    if known[0].unit == "count":
        return _half(sorted((figure.value or 0 for figure in known), reverse=True))
    low, high = span([figure.value or 0 for figure in known], known[0].shown_in, digits)
    least, most = min(known, key=lambda f: f.value or 0), max(known, key=lambda f: f.value or 0)
    if len(known) > 1 and not _apart(least, most):
        return gettext("Between %(low)s and %(high)s: no clear difference") % {"low": low, "high": high}
    return gettext("Between %(low)s and %(high)s") % {"low": low, "high": high}


def of_funnel(inside: int, everybody: int) -> str:
    said = {"inside": inside, "everybody": everybody}
    return ngettext("%(inside)s of %(everybody)s is where chance would put it", "%(inside)s of %(everybody)s are where chance would put them", inside) % said


def sentence(figure: Figure, name: str, digits: int, unusual: str = "") -> str:
    """“June 2026: 80.3%, likely between 77.2 and 83.4%; 108”: what a mark of the chart says. `unusual` is why it is a signal."""
    said = [f"{name}: {amount_in_words(figure, digits)}", likely(figure, digits)]
    if figure.n is not None and figure.unit != "count":
        said.append(gettext("%(n)s counted") % {"n": numbers.whole(figure.n)})
    if figure.provisional:
        said.append(gettext("preliminary"))
    said.append(unusual)
    return ", ".join(part for part in said if part)


def _half(values: Sequence[float]) -> str:
    total, so_far = sum(values), 0.0
    if not total:
        return gettext("Nothing was counted")
    number = 0
    while so_far * 2 < total:
        so_far += values[number]
        number += 1
    said = {"number": number, "of": len(values), "share": numbers.percent(so_far / total)}
    return ngettext("%(number)s of %(of)s stands for %(share)s of all", "%(number)s of %(of)s stand for %(share)s of all", number) % said


def _apart(one: Figure, other: Figure) -> bool:
    """The intervals do not touch; without intervals nothing is claimed."""
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return False
    return one.high < other.low or other.high < one.low
