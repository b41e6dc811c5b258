"""A figure in words: value and unit, how sure, or why there is none. The only place where units meet formats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext, pgettext

from nyckeltal.web.frame import numbers
from nyckeltal.web.frame.say import say

if TYPE_CHECKING:
    from nyckeltal.kpi.answer import Figure

NARROW = 0.02  # below two points of interval, a share shows a decimal


@dataclass(frozen=True)
class Shown:
    """What is printed; `value` is empty where `why` says why there is none."""

    value: str
    unit: str
    range: str
    why: str
    provisional: bool
    note: str = ""  # what the value leaves out
    whole: str = ""  # value and unit in one piece, as running text has it


def show(figure: Figure, digits: int | None = None) -> Shown:
    if figure.value is None:
        return Shown("", "", "", why(figure), figure.provisional)
    digits = digits_for(figure) if digits is None else digits
    value, unit = amount(figure.value, figure.unit, digits)
    return Shown(value, unit, likely(figure, digits), "", figure.provisional, say(figure.message), short(figure.value, figure.unit, digits))


def digits_for(figure: Figure) -> int:
    """Decimals that the figure's own certainty can carry."""
    if figure.unit == "share":
        return 1 if figure.low is not None and figure.high is not None and figure.high - figure.low < NARROW else 0
    if figure.unit in {"count", "points", "seconds"}:
        return 0
    return 1 if figure.unit == "per_100" else 2


def amount(value: float, unit: str, digits: int = 0) -> tuple[str, str]:
    """Value and unit apart, so that a page can set the unit smaller."""
    match unit:
        case "share":
            text = numbers.percent(value, digits)
            number = figures_only(text)
            return number, text.removeprefix(number).strip()
        case "seconds":
            return _seconds(value)
        case "count":
            return numbers.whole(value), ""
        case "points":
            return numbers.signed(value, digits), ""
        case "per_100":
            return numbers.decimal(value, digits), gettext("per 100")
    return numbers.decimal(value, digits), ""


def figures_only(text: str) -> str:
    """A percentage without its sign, for the lower end of “76–79%”."""
    return text.rstrip("%\xa0 ")


def short(value: float, unit: str, digits: int = 0) -> str:
    """One word for an axis or a cell."""
    if unit == "seconds":
        return numbers.duration(value)
    if unit == "per_100":
        return numbers.decimal(value, digits)
    return numbers.percent(value, digits) if unit == "share" else "".join(amount(value, unit, digits))


def likely(figure: Figure, digits: int) -> str:
    """The interval in words; nothing where the figure is a plain count or has none."""
    if figure.low is None or figure.high is None or figure.low == figure.high:
        return ""
    low, high = amount(figure.low, figure.unit, digits)[0], short(figure.high, figure.unit, digits)
    if figure.unit == "seconds":
        low = short(figure.low, figure.unit)
    return gettext("likely between %(low)s and %(high)s") % {"low": low, "high": high}


def why(figure: Figure) -> str:
    """Why there is no value: the engine's own sentence first, else one for its reason."""
    if figure.message is not None:
        return say(figure.message)
    return {
        "no_data": gettext("Nothing to count here"),
        "too_few": gettext("Too few to show"),
        "refused": gettext("Cannot be asked this way"),
        "hidden": gettext("Not shown, to protect those asked"),
        "not_in_source": gettext("The source does not say"),
        "immature": gettext("Not yet complete"),
    }.get(figure.reason or "", gettext("No value"))


def why_short(figure: Figure) -> str:
    """For a cell of a table."""
    return {
        "no_data": pgettext("no value because", "nothing"),
        "too_few": pgettext("no value because", "too few"),
        "refused": pgettext("no value because", "not this way"),
        "hidden": pgettext("no value because", "hidden"),
        "not_in_source": pgettext("no value because", "not in the source"),
        "immature": pgettext("no value because", "not yet complete"),
    }.get(figure.reason or "", "–")


def _seconds(value: float) -> tuple[str, str]:
    text = numbers.duration(value)
    if value < 60 and round(value) < 60:
        number = numbers.decimal(value, 1) if value < 10 and value != round(value) else numbers.whole(value)
        return number, pgettext("unit", "s")
    return text, pgettext("unit", "min") if ":" in text else ""
