"""Public holidays of Sweden, Denmark and Finland, and the eves on which offices are closed all the same."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Literal

Country = Literal["se", "dk", "fi"]

_FIXED: dict[Country, tuple[tuple[int, int], ...]] = {
    "se": ((1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31)),
    "dk": ((1, 1), (6, 5), (12, 24), (12, 25), (12, 26), (12, 31)),
    "fi": ((1, 1), (1, 6), (5, 1), (12, 6), (12, 24), (12, 25), (12, 26)),
}
_FROM_EASTER: dict[Country, tuple[int, ...]] = {  # Good Friday, Easter, Easter Monday, Ascension, Whit Sunday; Denmark: Maundy Thursday, Whit Monday
    "se": (-2, 0, 1, 39, 49),
    "dk": (-3, -2, 0, 1, 39, 49, 50),
    "fi": (-2, 0, 1, 39, 49),
}


def holidays(country: Country, years: Iterable[int]) -> list[date]:
    """The closed days of a country, in order. Denmark's Great Prayer Day is gone since 2024; before that year it is included."""
    return sorted({day for year in years for day in _of_year(country, year)})


def _of_year(country: Country, year: int) -> Iterable[date]:
    yield from (date(year, month, day) for month, day in _FIXED[country])
    yield from (easter(year) + timedelta(days=days) for days in _FROM_EASTER[country])
    if country == "dk":
        if year < 2024:
            yield easter(year) + timedelta(days=26)
    else:
        midsummer = _saturday_from(date(year, 6, 20))
        yield from (midsummer - timedelta(days=1), midsummer, _saturday_from(date(year, 10, 31)))


def _saturday_from(day: date) -> date:
    return day + timedelta(days=(5 - day.weekday()) % 7)


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (Meeus, Jones and Butcher)."""
    golden, century, rest = year % 19, year // 100, year % 100
    shift = (8 * century + 13) // 25
    epact = (19 * golden + century - century // 4 - shift + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
