"""A calendar shown as people read one: this week, the hours planned for later, the next holidays, and the years it does not know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext, pgettext

from nyckeltal.contacts.organisation.rows import Row
from nyckeltal.errors import UserMistake
from nyckeltal.web.contacts.organisation.fields import WeekWidget
from nyckeltal.web.frame import numbers
from nyckeltal.web.frame.say import say
from nyckeltal.when.hours import Hours, Spans

HOLIDAYS = 6


@dataclass(frozen=True)
class Opening:
    """Pairs of a day and its hours; `later` are weeks that begin on a later day; `missing` the years that are not named."""

    week: tuple[tuple[str, str], ...] = ()
    holidays: tuple[tuple[str, str], ...] = ()
    later: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    missing: tuple[int, ...] = ()
    mistake: str = ""


def opening(row: Row, today: date) -> Opening:
    try:
        hours = Hours.read(row["calendar_id"], row["tz"], row["weekly"], row["holidays"], row.get("valid_from"), row.get("valid_to"))
    except UserMistake as mistake:
        return Opening(mistake=say(mistake.text))
    monday = today - timedelta(days=today.weekday())
    week = tuple(
        (f"{name} {numbers.short_day(day)}", _on(hours, day))
        for name, day in zip(WeekWidget.days(), (monday + timedelta(days=n) for n in range(7)), strict=True)
    )
    coming = sorted(day for day in hours.holidays if day >= today)[:HOLIDAYS]
    holidays = tuple((numbers.day(day), spans(hours.holidays[day])) for day in coming)
    later = tuple((numbers.day(start), tuple(zip(WeekWidget.days(), map(spans, one), strict=True))) for start, one in hours.weeks if start > today)
    return Opening(week, holidays, later, tuple(year for year in (today.year, today.year + 1) if year not in hours.years))


def _on(hours: Hours, day: date) -> str:
    if day.year not in hours.years:
        return gettext("not known: the year is not named")
    return spans(hours.on(day))


def spans(given: Spans) -> str:
    """08:00–17:00, or closed."""
    told = ", ".join(f"{start // 60:02}:{start % 60:02}–{end // 60:02}:{end % 60:02}" for start, end in given)
    return told or pgettext("opening hours", "closed")
