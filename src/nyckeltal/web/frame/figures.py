"""A figure in words: value and unit, how sure, or why there is none. The only place where units meet formats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext_

from nyckeltal.web.frame import numbers
from nyckeltal.web.frame.say import say

if TYPE_CHECKING:
    from nyckeltal.kpi.answer import Figure

_DIGITS = {"count": 0, "points": 0, "seconds": 0, **dict.fromkeys(("per_100", "per_1000", "per_hour", "per_day", "per_month", "hours", "days"), 1)}
_CALLED = {
    "per_100": _("per 100"),
    "per_1000": _("per 1,000"),
    "per_hour": _("per hour"),
    "per_day": _("per day"),
    "per_month": _("per month"),
    "hours": pgettext_("unit", "h"),
    "days": pgettext_("unit", "days"),
}
MOST_DIGITS = 3  # to tell a revised value from what it was
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
    revised: str = ""  # what it was when its month was final first, where it has moved since


def show(figure: Figure, digits: int | None = None) -> Shown:
    if figure.value is None:
        return Shown("", "", "", why(figure), figure.provisional, revised=revised(figure))
    digits = digits_for(figure) if digits is None else digits
    value, unit = amount(figure.value, figure.shown_in, digits)
    whole = amount_in_words(figure, digits)
    return Shown(value, unit, likely(figure, digits), "", figure.provisional, say(figure.message), whole, revised(figure))


def revised(figure: Figure) -> str:
    """“Was 78.1% when the month closed; new data came on 12 November 2026”, as exact as tells the two apart."""
    if figure.revised_from is None:
        return ""
    digits = digits_for(figure)
    while digits < MOST_DIGITS and figure.value is not None and short(figure.revised_from, figure.shown_in, digits) == amount_in_words(figure, digits):
        digits += 1
    said = {"was": short(figure.revised_from, figure.shown_in, digits)}
    if figure.revised_since is None:
        return gettext("Was %(was)s when the month closed.") % said
    return gettext("Was %(was)s when the month closed; changed by what came in since %(day)s.") % (said | {"day": numbers.day(figure.revised_since)})


def amount_in_words(figure: Figure, digits: int) -> str:
    """Value and unit as running text has them: 76%, 41,20 kr."""
    return "" if figure.value is None else short(figure.value, figure.shown_in, digits)


def digits_for(figure: Figure) -> int:
    """Decimals that the figure's own certainty can carry."""
    if figure.unit == "share":
        return 1 if figure.low is not None and figure.high is not None and figure.high - figure.low < NARROW else 0
    return _DIGITS.get(figure.unit, 2)


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
        case _ if unit.startswith("money "):
            return numbers.decimal(value, digits), numbers.currency(unit.removeprefix("money "))
    return numbers.decimal(value, digits), _called(unit)


def _called(unit: str) -> str:
    """What stands after the number, small; nothing where the number speaks for itself."""
    return str(_CALLED.get(unit, ""))


def figures_only(text: str) -> str:
    """A percentage without its sign, for the lower end of “76–79%”."""
    return text.rstrip("%\xa0 ")


def short(value: float, unit: str, digits: int = 0) -> str:
    """One word for an axis or a cell."""
    if unit == "seconds":
        return numbers.duration(value)
    if unit == "share":
        return numbers.percent(value, digits)
    if unit.startswith("money "):
        return numbers.money(value, unit.removeprefix("money "), digits)
    if unit in {"hours", "days"}:
        return "\xa0".join(amount(value, unit, digits))
    return amount(value, unit, digits)[0]


def likely(figure: Figure, digits: int) -> str:
    """The interval in words; nothing where the figure is a plain count or has none."""
    if figure.low is None or figure.high is None or figure.low == figure.high:
        return ""
    low, high = amount(figure.low, figure.shown_in, digits)[0], short(figure.high, figure.shown_in, digits)
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
        "no_data": pgettext("no value because", "nothing to count"),
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
