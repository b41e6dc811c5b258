"""How far the figures of a page reach: which month is final, which one still grows, up to when data is there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.shared_days import sentences
from nyckeltal.web.frame import facts, numbers
from nyckeltal.web.frame.say import say
from nyckeltal.when.period import Period


def foot(figures: Sequence[Figure], period: str = "", coming: Sequence[Figure] = ()) -> dict[str, Any]:
    """`period` where the page is about a single one; `coming` are the figures of the month after, which grows or is not closed yet."""
    if not figures:
        return {}
    figures, coming = _telling(figures), _telling(coming)
    until = _until(coming or figures)
    yesterday = until is not None and until.date() == timezone.now().astimezone(until.tzinfo).date() - timedelta(days=1)
    return {
        "period": period, "provisional": any(figure.provisional for figure in figures),
        "until": numbers.until(until) if until else "", "yesterday": f"{until:%H:%M}" if until and yesterday else "",
        "version": figures[0].version if len({figure.kpi for figure in figures}) == 1 else 0, "counted": figures[0].counted,
        "coming": numbers.period(coming[0].period) if coming and coming[0].period and any(one.provisional for one in coming) else "",
        "counted_to": numbers.day(until.date()) if until and _still_grows(coming, until) else "",
    }  # fmt: skip


def behind(figures: Sequence[Figure]) -> list[str]:
    """Whose data reach less far than those of the others, each said once."""
    return list(dict.fromkeys(say(said) for figure in figures for said in sentences(figure.message) if said.id == "figure.behind"))


def _telling(figures: Sequence[Figure]) -> Sequence[Figure]:
    """What has no data at all says nothing about how far the others reach."""
    return [figure for figure in figures if figure.reason != "no_data"] or figures


def _still_grows(coming: Sequence[Figure], until: datetime) -> bool:
    """Whether days of the month are still missing; what has all its days may wait for its closing."""
    return any(one.period and until.date() < Period.of(one.period).last for one in coming)


def _until(figures: Sequence[Figure]) -> datetime | None:
    known = [figure.known_until for figure in figures if figure.known_until]
    return last_moment(min(known)) if known else None


def last_moment(until: datetime) -> datetime:
    """Known until midnight is known to 23:59 of the day before, on the clock whose midnight it is: a client's, else that which a file stated,
    else UTC, in which some sources say how far they reach."""
    local = [until.astimezone(clock) for clock in facts.clocks()] or [until.astimezone(UTC)]
    return next((moment for moment in [*local, until.astimezone(UTC)] if moment.time() == time.min), local[0]) - timedelta(microseconds=1)
