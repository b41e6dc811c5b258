"""What comes without any action, three and twelve months ahead, with how good such forecasts were on the same figures before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from nyckeltal.kpi.answer import Figure
from nyckeltal.plan.forecast import Forecast, forecast, refused
from nyckeltal.web.frame import numbers
from nyckeltal.web.frame.say import say
from nyckeltal.web.plan import targets

MONTHS = (3, 12)


@dataclass(frozen=True)
class Ahead:
    """One look ahead; `lacks` says why there is none."""

    when: str
    value: str = ""
    band: str = ""
    tried: str = ""
    because: str = ""
    unsure: bool = False
    lacks: str = ""


def ahead(series: Sequence[Figure], unit: str) -> list[Ahead]:
    """None at all where the first look has a reason not to be."""
    found = [_look(series, unit, months) for months in MONTHS]
    return [] if found[0].lacks else found


def _look(series: Sequence[Figure], unit: str, months: int) -> Ahead:
    when = gettext("In three months") if months == MONTHS[0] else gettext("In twelve months")
    told = forecast(series, months)
    if told is None:
        return Ahead(when, lacks=say(refused(series, months)))
    low, high = (targets.in_words(value, unit) for value in (told.last.low, told.last.high))
    return Ahead(
        when=f"{when}, {numbers.period(told.last.period)}",
        value=targets.in_words(told.last.value, unit),
        band=gettext("%(low)s to %(high)s in eight cases of ten") % {"low": low, "high": high},
        tried=_tried(told),
        because=say(told.because),
        unsure=told.confidence == "low",
    )


def _tried(told: Forecast) -> str:
    if told.mase is None or told.coverage is None:
        return ""
    values = {"method": say(told.called), "error": numbers.percent(told.mase, 0), "coverage": numbers.percent(told.coverage, 0)}
    said = gettext(
        "Method: %(method)s. Tried on the past, its error was %(error)s of that of repeating earlier values, and %(coverage)s of what came lay in the band."
    )
    return said % values
