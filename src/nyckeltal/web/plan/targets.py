"""What is to be reached, as people write and read it: 75 %, 4:40 to 6:00, 8,2; in the unit of the key figure inside."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from nyckeltal.kpi.definition import Kpi
from nyckeltal.web.frame.figures import short
from nyckeltal.web.plan.models import Agreement, Goal

_DIGITS = {"share": 0, "count": 0, "seconds": 0, "points": 0}
_TIME = re.compile(r"(\d+):([0-5]\d)(?::([0-5]\d))?")
_WITH_UNIT = re.compile(r"([+-]?[\d.,\s]+?)\s*(%|s|sec|min|h|d|days?)?")
_WORTH = {"s": 1, "sec": 1, "min": 60, "h": 3600}
MOST = 1e12


def in_words(value: float | None, unit: str) -> str:
    """A single value with its unit: 75%, 5:34, 8.2."""
    return "" if value is None else short(value, unit, _digits(value, unit))


def typed(value: float | None, unit: str) -> str:
    """As it stands in a field, without its unit."""
    if value is None:
        return ""
    if unit == "share":
        return _plain(value * 100, 1)
    if unit == "seconds" and value >= 60:
        minutes, seconds = divmod(round(value), 60)
        return f"{minutes}:{seconds:02d}"
    return _plain(value, 2)


def read(text: str, unit: str) -> float | None:
    """What was typed; nothing is none. Raises ValidationError with what would have been right."""
    text = text.strip().replace("\u2212", "-").replace("\xa0", " ")
    if not text:
        return None
    found = _seconds(text) if unit == "seconds" else _number(text, unit)
    if found is None or abs(found) > MOST:
        raise ValidationError(_("“%(typed)s” cannot be read. Write it as %(example)s."), params={"typed": text, "example": example(unit)})
    if unit == "share" and not 0 <= found <= 1:
        raise ValidationError(_("A share lies between 0 and 100 %%."), params={})
    return found


def example(unit: str) -> str:
    return {"share": "75", "seconds": "5:30", "points": "35", "count": "120"}.get(unit, "8.2")


def unit_word(unit: str) -> str:
    """What stands after the field."""
    return {
        "share": "%",
        "seconds": gettext("minutes and seconds"),
        "hours": pgettext("unit", "hours"),
        "days": pgettext("unit", "days"),
        "points": gettext("points"),
        "score": gettext("of the scale"),
    }.get(unit, "")


def aim(goal: Goal, kpi: Kpi | None, agreement: Agreement | None = None) -> str:
    """What is to be reached, in words: “75% or more”, “between 4:40 and 6:00”."""
    own = agreement if agreement is not None and agreement.own_target else goal
    low, high = (own.band_low, own.band_high) if goal.is_band else (None, None)
    return limits(own.target, low, high, kpi, is_band=goal.is_band)


def limits(target: float | None, low: float | None, high: float | None, kpi: Kpi | None, *, is_band: bool) -> str:
    unit = kpi.unit if kpi else ""
    if is_band and low is not None and high is not None:
        return gettext("between %(low)s and %(high)s") % {"low": in_words(low, unit), "high": in_words(high, unit)}
    if is_band and (low is not None or high is not None):
        return _or_more(low, unit) if low is not None else _at_most(high, unit)
    if target is None:
        return gettext("no target yet")
    return _at_most(target, unit) if kpi is not None and kpi.better == "lower" else _or_more(target, unit)


def _or_more(value: float | None, unit: str) -> str:
    return gettext("%(value)s or more") % {"value": in_words(value, unit)}


def _at_most(value: float | None, unit: str) -> str:
    return gettext("at most %(value)s") % {"value": in_words(value, unit)}


def _digits(value: float, unit: str) -> int:
    if unit == "share":
        return 0 if abs(value * 100 - round(value * 100)) < 0.05 else 1
    return _DIGITS.get(unit, 1)


def _plain(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".rstrip("0").rstrip(".") if digits else f"{value:.0f}"


def _seconds(text: str) -> float | None:
    if time := _TIME.fullmatch(text):
        first, second, third = (int(part) if part else None for part in time.groups())
        return float((first or 0) * 60 + (second or 0)) if third is None else float((first or 0) * 3600 + (second or 0) * 60 + third)
    return _with_unit(text, _WORTH)


def _number(text: str, unit: str) -> float | None:
    found = _with_unit(text, {"%": 1.0, "days": 1.0, "day": 1.0, "d": 1.0, "h": 1.0})
    return found / 100 if found is not None and unit == "share" else found


def _with_unit(text: str, worth: dict[str, float] | dict[str, int]) -> float | None:
    found = _WITH_UNIT.fullmatch(text)
    if not found or (found[2] and found[2] not in worth):
        return None
    try:
        return float(re.sub(r"\s", "", found[1]).replace(",", ".")) * (worth[found[2]] if found[2] else 1)
    except ValueError:
        return None
