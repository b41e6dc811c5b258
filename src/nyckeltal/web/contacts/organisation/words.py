"""What rows of the organisation say in words: names of what they link to, agreements as sentences, stretches of days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from babel.units import format_unit
from django.conf import settings
from django.utils.translation import gettext

from nyckeltal.contacts.organisation import rows
from nyckeltal.contacts.organisation.rows import Row
from nyckeltal.contacts.schema import TABLES
from nyckeltal.kpi.catalogue import catalogue
from nyckeltal.kpi.definition import Kpi
from nyckeltal.web.contacts.organisation.kinds import CHOICES
from nyckeltal.web.frame import facts, numbers
from nyckeltal.web.frame.figures import short
from nyckeltal.web.frame.say import say

_LINKS = {
    "client_id": "client", "client_ids": "client", "queue_ids": "queue", "queue_id": "queue", "team_id": "team", "agent_id": "agent", "parent_id": "reason",
    "calendar_id": "calendar",
}  # fmt: skip


def kpis() -> Mapping[str, Kpi]:
    return catalogue(settings.NYCKELTAL_HOME)


def measure_name(measure: str) -> str:
    known = kpis().get(measure)
    return say(known.text("name")) if known else measure


def names(table: str) -> Mapping[str, str]:
    """Ids to names, in the order of the names."""
    return _names(facts.current().id, table)


@lru_cache(maxsize=32)
def _names(_version: str, table: str) -> Mapping[str, str]:
    found = {thing: rows.name(table, row) for thing, row in rows.by_id(facts.current(), table).items()}
    return dict(sorted(found.items(), key=lambda pair: pair[1].casefold()))


def named(table: str, thing_id: str | None) -> str:
    return names(table).get(thing_id or "", thing_id or "")


def title(table: str, row: Row) -> str:
    """What a page about the row is called."""
    if table == "agreement":
        return f"{named('client', row['client_id'])}: {measure_name(row['measure'])}"
    if table == "team_membership":
        return f"{named('agent', row['agent_id'])}, {named('team', row['team_id'])}"
    return named("agent", row["agent_id"]) if table == "employment" else rows.name(table, row)


def value(table: str, field: str, given: Any) -> str:
    """A field's value as a reader knows it."""
    if given is None or given in ([], ()):
        return ""
    if field == "valid_to":
        return numbers.day(given - timedelta(days=1))
    if isinstance(given, date):
        return numbers.day(given)
    if isinstance(given, bool):
        return gettext("yes") if given else gettext("no")
    if field in CHOICES:
        return str(CHOICES[field].get(given, given))
    if field == "measure":
        return measure_name(given)
    if field == "fte_share":
        return numbers.percent(given)
    if field in _LINKS and field != TABLES[table].key:
        return ", ".join(named(_LINKS[field], one) for one in (given if isinstance(given, list | tuple) else [given]))
    if isinstance(given, list | tuple):
        return ", ".join(str(one) for one in given)
    return numbers.decimal(given, 0 if float(given).is_integer() else 1) if isinstance(given, int | float) else str(given)


def agreement(row: Row) -> str:
    """The promise as one sentence."""
    kpi = kpis().get(row["measure"])
    if row["target"] is None:
        return gettext("%(measure)s: measured, nothing promised") % {"measure": measure_name(row["measure"])}
    said = {"measure": measure_name(row["measure"]), "target": _target(kpi, row["target"])}
    if row["measure"] == "service_level" and row["threshold"] is not None:
        return gettext("%(target)s of contacts answered within %(time)s") % {**said, "time": _seconds(row["threshold"])}
    if row["measure"] == "asa":
        return gettext("Answered after %(target)s on average, or sooner") % said
    if kpi and kpi.better == "lower":
        return gettext("%(measure)s: %(target)s at most") % said
    return gettext("%(measure)s: %(target)s at least") % said


def _target(kpi: Kpi | None, target: float) -> str:
    if kpi is None:
        return numbers.decimal(target, 0 if float(target).is_integer() else 1)
    if kpi.unit == "share":
        return short(target / 100, "share", 0 if float(target).is_integer() else 1)
    if kpi.unit in ("seconds", "s"):
        return _seconds(target)
    return numbers.decimal(target, 0 if float(target).is_integer() else 1)


def _seconds(seconds: float) -> str:
    """20 seconds, 90 seconds, 2 minutes."""
    if seconds >= 60 and seconds % 60 == 0:
        return numbers.span(seconds)
    return format_unit(int(seconds) if float(seconds).is_integer() else seconds, "second", locale=numbers.locale())


def terms(row: Row) -> list[str]:
    """What else an agreement says, each term by itself."""
    kpi, found = kpis().get(row["measure"]), []
    if kpi and (row["variant"] or len(kpi.variant_names) > 1):
        variant = row["variant"] or kpi.default
        found.append(say(kpi.text("words.called" if variant == kpi.default else f"variants.{variant}.called")) or variant)
    if row["queue_ids"]:
        found.append(value("agreement", "queue_ids", row["queue_ids"]))
    else:
        found.append(gettext("all queues"))
    if row["short_abandon_s"] is not None:
        found.append(gettext("hang-ups under %(time)s left out") % {"time": _seconds(row["short_abandon_s"])})
    if row["clock"] == "ivr":
        found.append(gettext("the wait begins in the menu"))
    if row["repeat_window_d"] is not None:
        found.append(gettext("no new contact within %(time)s") % {"time": numbers.span(row["repeat_window_d"] * 86400)})
    if row["reply_limit_s"] is not None:
        found.append(gettext("reply within %(time)s") % {"time": numbers.span(row["reply_limit_s"])})
    return found


def stretch(row: Row) -> str:
    """From when until when a row holds."""
    start, end = row.get("valid_from"), row.get("valid_to")
    if rows.withdrawn(row):
        return gettext("never, taken out again")
    if start and end:
        return gettext("%(start)s to %(end)s") % {"start": numbers.day(start), "end": numbers.day(end - timedelta(days=1))}
    if start:
        return gettext("from %(start)s") % {"start": numbers.day(start)}
    return gettext("until %(end)s") % {"end": numbers.day(end - timedelta(days=1))} if end else gettext("always")


PLANNED, NOW, PAST, NEVER = "planned", "now", "past", "never"


def state(row: Row, today: date) -> str:
    """Whether a row holds on a day, has held, will hold, or never was to."""
    if rows.withdrawn(row):
        return NEVER
    start, end = rows.days(row)
    return PLANNED if today < start else PAST if today >= end else NOW
