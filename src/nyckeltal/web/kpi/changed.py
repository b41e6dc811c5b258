"""What a page says about a change: whether it is real, in words and by a sign, never by colour alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.change import Changed, compared
from nyckeltal.web.frame import numbers

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


def delta(now: Figure | None, before: Figure | None) -> Delta | None:
    """Nothing is said where there is nothing to compare with."""
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
