"""Zendesk's schedules as calendars: intervals in minutes from Sunday midnight on a clock with a name of its own, and holidays as days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from nyckeltal.sources import cells
from nyckeltal.sources.gathered import Gathered
from nyckeltal.sources.said import listed
from nyckeltal.sources.tickets import Unreadable, known, whole
from nyckeltal.when.hours import Week, day_minutes, write_week
from nyckeltal.words import Text

FIELDS = ("id", "name", "time_zone")
_CITIES = (
    "Amsterdam Athens Belgrade Berlin Bratislava Brussels Bucharest Budapest Copenhagen Dublin Helsinki Istanbul Lisbon Ljubljana London Madrid Minsk Moscow "
    "Paris Prague Riga Rome Sarajevo Skopje Sofia Stockholm Tallinn Vienna Vilnius Warsaw Zagreb Zurich"
)
ZONES: Mapping[str, str] = {
    **{city: f"Europe/{city}" for city in _CITIES.split()},
    "Bern": "Europe/Zurich",
    "Edinburgh": "Europe/London",
    "Kyiv": "Europe/Kyiv",
    "St. Petersburg": "Europe/Moscow",
    "UTC": "UTC",
    "Pacific Time (US & Canada)": "America/Los_Angeles",
    "Mountain Time (US & Canada)": "America/Denver",
    "Arizona": "America/Phoenix",
    "Central Time (US & Canada)": "America/Chicago",
    "Eastern Time (US & Canada)": "America/New_York",
    "Atlantic Time (Canada)": "America/Halifax",
    "New Delhi": "Asia/Kolkata",
    "Mumbai": "Asia/Kolkata",
    "Singapore": "Asia/Singapore",
    "Tokyo": "Asia/Tokyo",
    "Sydney": "Australia/Sydney",
    "International Date Line West": "Etc/GMT+12",
    "American Samoa": "Pacific/Pago_Pago",
    "Midway Island": "Pacific/Midway",
    "Hawaii": "Pacific/Honolulu",
    "Alaska": "America/Juneau",
    "Tijuana": "America/Tijuana",
    "Chihuahua": "America/Chihuahua",
    "Mazatlan": "America/Mazatlan",
    "Central America": "America/Guatemala",
    "Guadalajara": "America/Mexico_City",
    "Mexico City": "America/Mexico_City",
    "Monterrey": "America/Monterrey",
    "Saskatchewan": "America/Regina",
    "Bogota": "America/Bogota",
    "Lima": "America/Lima",
    "Quito": "America/Lima",
    "Indiana (East)": "America/Indiana/Indianapolis",
    "Caracas": "America/Caracas",
    "La Paz": "America/La_Paz",
    "Santiago": "America/Santiago",
    "Newfoundland": "America/St_Johns",
    "Brasilia": "America/Sao_Paulo",
    "Buenos Aires": "America/Argentina/Buenos_Aires",
    "Montevideo": "America/Montevideo",
    "Georgetown": "America/Guyana",
    "Puerto Rico": "America/Puerto_Rico",
    "Greenland": "America/Nuuk",
    "Mid-Atlantic": "Atlantic/South_Georgia",
    "Azores": "Atlantic/Azores",
    "Cape Verde Is.": "Atlantic/Cape_Verde",
    "Casablanca": "Africa/Casablanca",
    "Monrovia": "Africa/Monrovia",
    "West Central Africa": "Africa/Algiers",
    "Harare": "Africa/Harare",
    "Pretoria": "Africa/Johannesburg",
    "Cairo": "Africa/Cairo",
    "Jerusalem": "Asia/Jerusalem",
    "Kaliningrad": "Europe/Kaliningrad",
    "Volgograd": "Europe/Volgograd",
    "Samara": "Europe/Samara",
    "Kuwait": "Asia/Kuwait",
    "Riyadh": "Asia/Riyadh",
    "Nairobi": "Africa/Nairobi",
    "Baghdad": "Asia/Baghdad",
    "Tehran": "Asia/Tehran",
    "Abu Dhabi": "Asia/Muscat",
    "Muscat": "Asia/Muscat",
    "Baku": "Asia/Baku",
    "Tbilisi": "Asia/Tbilisi",
    "Yerevan": "Asia/Yerevan",
    "Kabul": "Asia/Kabul",
    "Ekaterinburg": "Asia/Yekaterinburg",
    "Islamabad": "Asia/Karachi",
    "Karachi": "Asia/Karachi",
    "Tashkent": "Asia/Tashkent",
    "Chennai": "Asia/Kolkata",
    "Kolkata": "Asia/Kolkata",
    "Kathmandu": "Asia/Kathmandu",
    "Dhaka": "Asia/Dhaka",
    "Sri Jayawardenepura": "Asia/Colombo",
    "Almaty": "Asia/Almaty",
    "Astana": "Asia/Almaty",
    "Novosibirsk": "Asia/Novosibirsk",
    "Rangoon": "Asia/Yangon",
    "Bangkok": "Asia/Bangkok",
    "Hanoi": "Asia/Bangkok",
    "Jakarta": "Asia/Jakarta",
    "Krasnoyarsk": "Asia/Krasnoyarsk",
    "Beijing": "Asia/Shanghai",
    "Chongqing": "Asia/Shanghai",
    "Hong Kong": "Asia/Hong_Kong",
    "Urumqi": "Asia/Urumqi",
    "Kuala Lumpur": "Asia/Kuala_Lumpur",
    "Taipei": "Asia/Taipei",
    "Perth": "Australia/Perth",
    "Irkutsk": "Asia/Irkutsk",
    "Ulaanbaatar": "Asia/Ulaanbaatar",
    "Seoul": "Asia/Seoul",
    "Osaka": "Asia/Tokyo",
    "Sapporo": "Asia/Tokyo",
    "Yakutsk": "Asia/Yakutsk",
    "Darwin": "Australia/Darwin",
    "Adelaide": "Australia/Adelaide",
    "Canberra": "Australia/Canberra",
    "Melbourne": "Australia/Melbourne",
    "Brisbane": "Australia/Brisbane",
    "Hobart": "Australia/Hobart",
    "Vladivostok": "Asia/Vladivostok",
    "Guam": "Pacific/Guam",
    "Port Moresby": "Pacific/Port_Moresby",
    "Magadan": "Asia/Magadan",
    "Srednekolymsk": "Asia/Srednekolymsk",
    "Solomon Is.": "Pacific/Guadalcanal",
    "New Caledonia": "Pacific/Noumea",
    "Fiji": "Pacific/Fiji",
    "Kamchatka": "Asia/Kamchatka",
    "Marshall Is.": "Pacific/Majuro",
    "Auckland": "Pacific/Auckland",
    "Wellington": "Pacific/Auckland",
    "Nuku'alofa": "Pacific/Tongatapu",
    "Tokelau Is.": "Pacific/Fakaofo",
    "Chatham Is.": "Pacific/Chatham",
    "Samoa": "Pacific/Apia",
}
_longest = timedelta(days=366)  # of a holiday
_no_zone = "Nobody has said what “%(value)s” means. There is: %(known)s."


@dataclass(frozen=True)
class Calendar:
    """A schedule in the notation of a calendar, and the record it stood in."""

    n: int
    name: str
    tz: str
    weekly: str
    holidays: str


def calendar(n: int, row: Mapping[str, Any], now: datetime) -> Calendar:
    """The years covered are those of its holidays; without any it is this year, of which none are named."""
    name, said = known(row.get("name")) or known(row.get("id")), known(row.get("time_zone")) or ""
    zone = ZONES.get(said) or (said if said in available_timezones() else None)
    if zone is None or name is None:
        raise Unreadable("time_zone", Text("sources.ticket.no_word", _no_zone, {"value": said, "known": ", ".join(ZONES)}))
    days = sorted({day for holiday in listed(row, "holidays") for day in _days(holiday)})
    years = sorted({day.year for day in days} or {now.year})
    return Calendar(n, name, zone, write_week(_week(row)), "; ".join([*map(str, years), *(day.isoformat() for day in days)]))


def _week(row: Mapping[str, Any]) -> Week:
    """Cut at midnight; Zendesk's week begins on Sunday, ours on Monday."""
    spans: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for interval in listed(row, "intervals"):
        start, end = whole(interval.get("start_time"), "start_time") or 0, whole(interval.get("end_time"), "end_time") or 0
        if not 0 <= start <= end <= 7 * day_minutes:
            english = "“%(value)s” is no stretch of a week in minutes, which are 0 to 10080."
            raise Unreadable("intervals", Text("sources.zendesk.interval", english, {"value": f"{start}–{end}"}))
        while start < end:
            day, begins = divmod(start, day_minutes)
            until = min(end, (day + 1) * day_minutes)
            spans[(day + 6) % 7].append((begins, begins + until - start))
            start = until
    return tuple(tuple(sorted(day)) for day in spans)


def _days(holiday: Mapping[str, Any]) -> Iterator[date]:
    """Every day of it, the last one too."""
    try:
        first, last = (date.fromisoformat(str(holiday.get(name))) for name in ("start_date", "end_date"))
    except ValueError:
        first, last = date.max, date.min
    if not timedelta(0) <= last - first < _longest:
        said = {"value": f"{holiday.get('start_date')}–{holiday.get('end_date')}"}
        raise Unreadable("holidays", Text("sources.ticket.no_moment", "“%(value)s” is no date with a time.", said))
    yield from (first + timedelta(days=number) for number in range((last - first).days + 1))


def hand_over(told: Gathered, calendars: list[Calendar]) -> None:
    """Give them to the organisation; which queue keeps which is said there."""
    if not calendars:
        return
    rows = ", ".join(f"({one.n}, {', '.join(map(cells.quote, (one.name, one.tz, one.weekly, one.holidays)))})" for one in calendars)
    told.con.execute(f"CREATE OR REPLACE TEMP TABLE schedule AS SELECT * FROM (VALUES {rows}) t(n, name, tz, weekly, holidays)")
    told.hand_over("calendar", "schedule", {"source_id": "name", "calendar_id": "name", "n": "n", "tz": "tz", "weekly": "weekly", "holidays": "holidays"})
