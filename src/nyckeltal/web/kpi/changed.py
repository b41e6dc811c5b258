"""What a page says about a change: whether it is real, in words and by a sign, never by colour alone.

Where a year or more of final values is known, the series speaks (kpi-reference 3.5); with less, the month before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.change import Changed, compared
from nyckeltal.kpi.trend import Trend, Usual
from nyckeltal.web.frame import numbers
from nyckeltal.web.frame.figures import digits_for, figures_only, short
from nyckeltal.web.frame.say import say

_SAID: Mapping[tuple[str, bool], object] = {
    ("changed", True): _("Higher than in %(month)s, by more than chance would have it."),
    ("changed", False): _("Lower than in %(month)s, by more than chance would have it."),
    ("likely", True): _("Higher than in %(month)s; the chances are at least four in five that this is real."),
    ("likely", False): _("Lower than in %(month)s; the chances are at least four in five that this is real."),
    ("small", True): _("Higher than in %(month)s, but by too little to matter."),
    ("small", False): _("Lower than in %(month)s, but by too little to matter."),
}
_STRONG: Mapping[str, object] = {"changed": _("A real change."), "likely": _("Perhaps a change."), "small": _("A small change.")}


@dataclass(frozen=True)
class Delta:
    """`real` sets it off; the sign says up, down or neither."""

    sign: str
    strong: str
    text: str
    real: bool = False
    of_trend: bool = False


def delta(now: Figure | None, before: Figure | None, series: Trend | None = None) -> Delta | None:
    """Nothing is said where there is nothing to compare with. `series` is how the months up to the one shown vary."""
    if now is not None and now.value is not None and now.provisional and before is not None:
        return Delta("even", gettext("Not final yet."), gettext("Only what is final is judged."))
    if now is not None and series is not None and series.last == now.period:
        return of_series(series, now)
    if now is None or before is None or now.value is None or before.period is None:
        return None
    month = numbers.period(before.period)
    if before.value is None:
        return Delta("even", "", gettext("%(month)s has no value to compare with.") % {"month": month})
    found = compared(now, before)
    return None if found is None else _delta(found, month)


def _delta(found: Changed, month: str) -> Delta:
    if found.verdict == "none":
        return Delta("even", gettext("No clear change."), gettext("The months differ as much as chance would have it."))
    said = str(_SAID[found.verdict, found.up]) % {"month": month}
    return Delta("up" if found.up else "fall", str(_STRONG[found.verdict]), said, real=found.verdict == "changed")


def of_series(series: Trend, last: Figure) -> Delta:
    """`last` is the figure of the series' last final period."""
    sign = ("up" if series.up else "fall") if series.unusual else "even"
    return Delta(sign, in_words(series), usually(series.now, last), real=series.unusual, of_trend=True)


def in_words(series: Trend) -> str:
    """What a series shows at its last final period, in one sentence."""
    return say(series.says(numbers.period(series.since)))


def usually(usual: Usual, figure: Figure) -> str:
    """Between which values it usually lies."""
    digits = digits_for(figure)
    low, high = (short(value, figure.shown_in, digits) for value in (usual.low, usual.high))
    said = {"low": figures_only(low) if figure.unit == "share" else low, "high": high}
    return gettext("Usually between %(low)s and %(high)s.") % said


def signal_words(usual: Usual | None) -> str:
    """What a mark in a chart, and its row in the table, says of one period."""
    if usual is None or usual.rule is None:
        return ""
    return {
        ("X1", True): gettext("above what varied before"),
        ("X1", False): gettext("below what varied before"),
        ("X2", True): gettext("the eighth in a row in the upper half"),
        ("X2", False): gettext("the eighth in a row in the lower half"),
        ("X3", True): gettext("the third of four close to the upper end"),
        ("X3", False): gettext("the third of four close to the lower end"),
        ("X4", True): gettext("the sixth rise in a row"),
        ("X4", False): gettext("the sixth fall in a row"),
    }[usual.rule, usual.up]
