"""Numbers, durations, days and periods as the reader's language writes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache, wraps
from typing import ParamSpec

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_symbol
from babel.units import format_unit
from django.utils.translation import get_language, gettext

from nyckeltal.when.period import Period

_LOCALES = {"en": "en_GB", "sv": "sv_SE", "da": "da_DK", "hu": "hu_HU", "fi": "fi_FI"}


Said = ParamSpec("Said")


def locale() -> Locale:
    return _locale(_LOCALES.get(get_language() or "en", "en_GB"))


@cache
def _locale(name: str) -> Locale:
    return Locale.parse(name)


def _kept(write: Callable[Said, str]) -> Callable[Said, str]:
    """A page writes the same numbers and days again and again, and each takes a tenth of a millisecond: what was written is kept, by language."""

    @lru_cache(maxsize=8192)
    def written(_language: str | None, *args: Said.args, **named: Said.kwargs) -> str:
        return write(*args, **named)

    @wraps(write)
    def said(*args: Said.args, **named: Said.kwargs) -> str:
        return written(get_language(), *args, **named)  # type: ignore[arg-type]  # numbers, days and words: all can be looked up by

    return said


def whole(value: float) -> str:
    return decimal(value, 0)


@_kept
def decimal(value: float, digits: int = 1) -> str:
    pattern = "#,##0." + "0" * digits if digits else "#,##0"
    return _minus(format_decimal(_rounded(value, digits), format=pattern, locale=locale()))


@_kept
def money(value: float, code: str, digits: int = 2) -> str:
    """An amount as the language sets it: €12.50 or 12,50 €."""
    pattern = locale().currency_formats["standard"].pattern
    if currency(code)[-1:].isalpha():
        pattern = pattern.replace("¤#", "¤\xa0#")  # SEK 12, and not SEK12
    pattern = ";".join(part.replace("0.00", "0." + "0" * digits if digits else "0") for part in pattern.split(";"))
    return _minus(format_currency(_rounded(value, digits), code, format=pattern, locale=locale(), currency_digits=False))


@_kept
def currency(code: str) -> str:
    """The sign of a currency, or its code where the language has none."""
    return str(get_currency_symbol(code, locale=locale()))


@_kept
def percent(share: float, digits: int = 0) -> str:
    """The share with its sign, as the language sets it: 77.6% or 77,6 %."""
    pattern = locale().percent_formats[None].pattern.replace("#,##0", "#,##0." + "0" * digits if digits else "#,##0")
    return _minus(format_percent(_rounded(share, digits + 2), format=pattern, locale=locale()))


def signed(value: float, digits: int = 0) -> str:
    return ("+" if round(value, digits) > 0 else "") + decimal(value, digits)


def of_unit(value: float, unit: str) -> str:
    """A number inside a sentence, with no more decimals than it has."""
    match unit:
        case "share":
            return percent(value, _needed(value * 100, 1))
        case "share_points":
            return gettext("%(number)s percentage points") % {"number": decimal(value * 100, _needed(value * 100, 1))}
        case "seconds":
            return duration(value)
        case _ if unit.startswith("money "):
            return money(value, unit.removeprefix("money "), 2 if _needed(value, 2) else 0)
    return decimal(value, _needed(value, 2))


def _needed(value: float, most: int) -> int:
    """How many decimals are not noughts."""
    return next(digits for digits in range(most + 1) if digits == most or round(value, digits) == round(value, most))


def duration(seconds: float) -> str:
    """12 s, 5:34 (minutes), 1 h 45."""
    if seconds < 60 and round(seconds) < 60:
        return gettext("%(seconds)s s") % {"seconds": decimal(seconds, 1) if seconds < 10 and seconds != round(seconds) else whole(seconds)}
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}:{rest:02d}"
    hours, minutes = divmod(round(seconds / 60), 60)
    return gettext("%(hours)s h %(minutes)s") % {"hours": whole(hours), "minutes": f"{minutes:02d}"}


def span(seconds: float) -> str:
    """A longer time in the largest whole unit: 3 days, 5 hours, 12 minutes."""
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            return format_unit(round(seconds / size), unit, locale=locale())
    return duration(seconds)


@_kept
def day(value: date) -> str:
    return format_date(value, "long", locale=locale())


@_kept
def short_day(value: date) -> str:
    return format_skeleton("MMMd", datetime(value.year, value.month, value.day), locale=locale())  # noqa: DTZ001 - a day has no zone


def moment(value: datetime) -> str:
    """Thu 1 Oct, 09:12:40, in the zone that `value` carries."""
    return f"{format_skeleton('MMMEd', value, tzinfo=value.tzinfo, locale=locale())}, {value:%H:%M:%S}"


def until(value: datetime) -> str:
    return (
        f"{format_datetime(value, 'd MMMM y', tzinfo=value.tzinfo, locale=locale())} {value:%H:%M}"
        if locale().language == "en"
        else (f"{format_date(value.date(), 'long', locale=locale())} {value:%H:%M}")
    )


@_kept
def month(value: date) -> str:
    return format_skeleton("yMMMM", datetime(value.year, value.month, 1), locale=locale())  # noqa: DTZ001 - a month has no zone


@_kept
def month_alone(value: date) -> str:
    return format_date(value, "LLLL", locale=locale())


@_kept
def period(label: str) -> str:
    """A period's label (architecture 10) in words: 2026-03 is March 2026; one of no whole part from its first day to its last."""
    if ".." in label:
        first, last = (date.fromisoformat(one) for one in label.split(".."))
        return gettext("%(first)s to %(last)s") % {"first": day(first), "last": day(last)}
    if "T" in label:
        at = datetime.fromisoformat(label)
        return f"{short_day(at.date())}, {at:%H:%M}"
    if "W" in label:
        year, week = label.split("-W")
        return gettext("week %(week)s, %(year)s") % {"week": int(week), "year": year}
    if "Q" in label:
        return format_skeleton("yQQQ", _first_day(label), locale=locale())
    if len(label) == 4:
        return label
    return month(_first_day(label)) if len(label) == 7 else day(date.fromisoformat(label))


@_kept
def short_period(label: str, *, with_year: bool) -> str:
    """For an axis: Oct, or Oct 2026 where the year begins or the axis does."""
    if len(label) == 7 and "Q" not in label:
        return format_skeleton("yMMM" if with_year else "MMM", _first_day(label), locale=locale())
    if len(label) == 10 and "T" not in label:
        return short_day(date.fromisoformat(label))
    return period(label)


def _first_day(label: str) -> datetime:
    first = Period.of(label).start
    return datetime(first.year, first.month, first.day)  # noqa: DTZ001 - a day has no zone


def _rounded(value: float, digits: int) -> Decimal:
    """Half goes up, as people round."""
    found = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return abs(found) if found == 0 else found


def _minus(text: str) -> str:
    return text.replace("-", "−")
