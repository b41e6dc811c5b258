"""What a change of the organisation changes in figures: from which day until which, told before it is made."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from nyckeltal.contacts.facts import Facts
from nyckeltal.contacts.organisation.rows import Days, Row, days, plain
from nyckeltal.contacts.schema import TABLES
from nyckeltal.errors import UserMistake
from nyckeltal.when.clock import month_closed_on
from nyckeltal.when.hours import Hours
from nyckeltal.when.period import Period

ALWAYS: Days = (date.min, date.max)
_FOR_ALL_DAYS = {  # fields that decide what a figure is, whenever; the others are names and notes
    "client": {"tz"},
    "queue": {"tz", "calendar_id"},
    "team": {"queue_ids", "client_ids"},
    "agent": {"hired_on", "site_id", "tz"},
    "reason": {"parent_id", "level", "responsible_area", "demand_type", "is_other"},
}
_FROM_TO = {  # tables whose rows say something about the days between their ends
    "agreement": {column.name for column in TABLES["agreement"].loaded} - {"agreement_id", "penalty_note"},
    "team_membership": {"agent_id", "team_id", "role", "valid_from", "valid_to"},
    "employment": {column.name for column in TABLES["employment"].loaded} - {"employment_id"},
}


@dataclass(frozen=True)
class Reach:
    """The months with data whose figures change, and which of them are closed already."""

    months: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.months)


def reach(changes: Iterable[tuple[str, Row | None, Row]], facts: Facts, today: date) -> Reach:
    """Of rows (table, before, after); a month is touched when one of its days is."""
    months = [month for month in facts.months("contact") if month[:2].isdigit()]
    touched = [stretch for table, before, after in changes for stretch in stretches(table, before, after, months)]
    found = [month for month in months if Period.of(month).start <= today and any(_meets(month, stretch) for stretch in touched)]
    return Reach(tuple(found), tuple(month for month in found if month_closed_on(Period.of(month).start) <= today))


def stretches(table: str, before: Row | None, after: Row, months: Collection[str] = ()) -> list[Days]:
    """The days on which figures differ between the two rows."""
    if table == "calendar":
        return _opening(before, after, months)
    old, new = plain(table, before) if before else {}, plain(table, after)
    changed = {field for field in new if before is None or old[field] != new[field]}
    if changed & _FOR_ALL_DAYS.get(table, set()):
        return [] if before is None and table != "team" else [ALWAYS]
    if not changed & _FROM_TO.get(table, set()):
        return []
    if before is None:
        return [days(after)]
    return _apart(days(before), days(after)) if changed <= {"valid_from", "valid_to"} else [days(before), days(after)]


def _apart(one: Days, other: Days) -> list[Days]:
    """The days that lie in one of two stretches only."""
    if one[0] >= other[1] or other[0] >= one[1]:
        return [one, other]
    return [(min(one[0], other[0]), max(one[0], other[0])), (min(one[1], other[1]), max(one[1], other[1]))]


def _opening(before: Row | None, after: Row, months: Collection[str]) -> list[Days]:
    """Months in which some day's opening hours differ; all of them where a calendar cannot be read."""
    if before is None:
        return []
    try:
        old, new = _hours(before), _hours(after)
        return [(Period.of(month).start, Period.of(month).end) for month in months if any(_on(old, day) != _on(new, day) for day in _days(month))]
    except UserMistake:
        return [ALWAYS]


def _hours(row: Row) -> Hours:
    return Hours.read(row["calendar_id"], row["tz"], row["weekly"], row["holidays"], row.get("valid_from"), row.get("valid_to"))


def _on(hours: Hours, day: date) -> object:
    try:
        return hours.tz, hours.on(day)
    except UserMistake:
        return None


def _days(month: str) -> list[date]:
    period = Period.of(month)
    return [period.start + timedelta(days=n) for n in range((period.end - period.start).days)]


def _meets(month: str, stretch: Days) -> bool:
    period = Period.of(month)
    return stretch[0] < stretch[1] and stretch[0] < period.end and period.start < stretch[1]
