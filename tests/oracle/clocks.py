"""Local days, labels of periods and opening hours, by the standard library's zones alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")


def local(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone))


def label(moment: datetime | None, day: date, zone: str, per: str) -> str:
    """The period that a row falls in, as answers name it."""
    if per in ("hour", "interval") and moment is not None:
        here = local(moment, zone)
        minute = 0 if per == "hour" else here.minute - here.minute % 15
        return here.replace(minute=minute, second=0, microsecond=0).isoformat(timespec="minutes")
    if per == "week":
        year, week, _ = day.isocalendar()
        return f"{year:04}-W{week:02}"
    named = {"year": f"{day:%Y}", "quarter": f"{day:%Y}-Q{(day.month + 2) // 3}", "month": f"{day:%Y-%m}", "day": day.isoformat()}
    return named[per]


def span(text: str) -> tuple[date, date]:
    """First day and day after the last of `2026-Q1`, `2026-03`, `2026-W10` or `2026-03-29`."""
    if "W" in text:
        start = date.fromisocalendar(int(text[:4]), int(text[-2:]), 1)
        return start, start + timedelta(days=7)
    if "Q" in text:
        start = date(int(text[:4]), int(text[-1]) * 3 - 2, 1)
        return start, (start + timedelta(days=95)).replace(day=1)
    if len(text) == len("2026-03"):
        start = date.fromisoformat(text + "-01")
        return start, (start + timedelta(days=32)).replace(day=1)
    return date.fromisoformat(text), date.fromisoformat(text) + timedelta(days=1)


def months_before(day: date, months: int) -> date:
    """The first of a month, so many months earlier."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, day.day)


def part_after(day: date, per: str) -> date:
    """The first day of the part that follows the one which holds a day."""
    after = day + timedelta(days=1)
    while label(None, after, "UTC", per) == label(None, day, "UTC", per):
        after += timedelta(days=1)
    return after


def is_open(calendar: Mapping[str, Any], moment: datetime) -> bool:
    """Whether a calendar is open at a moment: on the clock of its own zone, by its week or by that day's own hours."""
    here = local(moment, calendar["tz"])
    day = here.date()
    if (calendar.get("valid_from") and day < calendar["valid_from"]) or (calendar.get("valid_to") and day >= calendar["valid_to"]):
        return False
    return any(_moment(day, start, calendar["tz"]) <= moment < _moment(day, end, calendar["tz"]) for start, end in _hours(calendar, day))


def open_spans(calendar: Mapping[str, Any], day: date) -> list[tuple[datetime, datetime]]:
    """What of a local day a calendar is open, in UTC."""
    if (calendar.get("valid_from") and day < calendar["valid_from"]) or (calendar.get("valid_to") and day >= calendar["valid_to"]):
        return []
    return [(_moment(day, start, calendar["tz"]), _moment(day, end, calendar["tz"])) for start, end in sorted(_hours(calendar, day))]


def _hours(calendar: Mapping[str, Any], day: date) -> list[tuple[int, int]]:
    own = [part.strip() for part in calendar["holidays"].split(";") if part.strip().startswith(day.isoformat())]
    if own:
        return [_span(text) for text in own[0].split()[1:]]
    found = []
    for part in calendar["weekly"].split(";"):
        names, *times = part.split()
        first, _, last = names.partition("-")
        if DAYS.index(first) <= day.weekday() <= DAYS.index(last or first):
            found += [_span(text) for text in times]
    return found


def _span(text: str) -> tuple[int, int]:
    start, end = (int(part[:2]) * 60 + int(part[3:5]) for part in text.strip(",").split("-"))
    return start, end


def _moment(day: date, minutes: int, zone: str) -> datetime:
    """A time of the local clock in UTC: the first of two, and moved on where the clock skips it."""
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minutes)  # noqa: DTZ001 - local on purpose
    return wall.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def cut(row: dict[str, Any], *, quarters: bool) -> list[dict[str, Any]]:
    """A stretch of time in pieces, each within one local day, or one quarter of an hour."""
    start, end = row["started_at"], row["ended_at"]
    found = []
    while end is not None and start < end:
        until = min(end, _next_border(start, row["clock"], quarters=quarters))
        found.append({**row, "started_at": start, "ended_at": until, "duration_s": (until - start).total_seconds()})
        start = until
    return found


def _next_border(moment: datetime, zone: str, *, quarters: bool) -> datetime:
    """The next local midnight, or the next quarter: every zone is whole quarters away from UTC."""
    step = timedelta(minutes=15)
    border = datetime.fromtimestamp(moment.timestamp() // 900 * 900, UTC) + step
    while not quarters and local(border, zone).date() == local(moment, zone).date():
        border += step
    return border
